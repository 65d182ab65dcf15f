"""The tables of families, releases and names: compiled as edited, and refused where they are wrong."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest

from licscan.errors import KnowledgeError
from licscan.files import data_folder, data_json
from licscan.knowledge.families import lineage_from, squeezed
from scripts.compile_lineage import compile_lineage

TABLES = compile_lineage(data_folder() / "lineage")


def test_what_is_compiled_is_what_was_edited() -> None:
    assert json.loads(json.dumps(TABLES)) == data_json("compiled/lineage.json"), "run scripts/compile_lineage.py"


def test_an_entry_that_is_no_repository_is_refused() -> None:
    for place, value in (("legacy", {"a b": ["c"]}), ("renamed", {"x/y": "not a repository"})):
        wrong = deepcopy(TABLES)
        wrong["names"][place] = value
        with pytest.raises(KnowledgeError, match="no repository"):
            lineage_from(wrong)


def test_a_broken_expression_is_refused() -> None:
    wrong = deepcopy(TABLES)
    wrong["reading"]["prose"]["negative"]["before"].append("(unclosed")
    with pytest.raises(KnowledgeError):
        lineage_from(wrong)


def test_a_missing_key_is_refused() -> None:
    wrong = deepcopy(TABLES)
    del wrong["families"]["family"][0]["orgs"]
    with pytest.raises(KnowledgeError):
        lineage_from(wrong)


def test_every_type_belongs_to_one_family() -> None:
    seen: dict[str, str] = {}
    for family in lineage_from(TABLES).families:
        for word in (*family.types, *family.classes):
            assert seen.setdefault(word.lower(), family.name) == family.name, word


def test_no_release_is_a_repackaged_copy() -> None:
    assert not [name for name in lineage_from(TABLES).releases if name.endswith(("awq", "gptq", "exl2"))]


@pytest.mark.parametrize("name", ["Qwen2.5-7B", "qwen2.5_7b", "QWEN 2.5 7B"])
def test_spellings_of_one_name(name: str) -> None:
    assert squeezed(name) == "qwen257b"


def test_the_data_is_found_beside_the_package() -> None:
    assert (Path(data_folder()) / "lineage" / "families.toml").is_file()

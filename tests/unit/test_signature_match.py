"""What is concluded from sizes, names and bytes, and on which look-alikes nothing may fire."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from licscan.core.evidence import Confidence
from licscan.core.signature import Shape, Signature
from licscan.errors import KnowledgeError
from licscan.files import data_folder, parse_toml
from licscan.knowledge.registry import Registry, read
from licscan.lineage.name_words import spoken
from licscan.lineage.signature_match import Candidate, match

TRUTH = Path(__file__).resolve().parents[1] / "truth" / "signatures.toml"
TABLE = parse_toml(TRUTH.read_text(encoding="utf-8"), TRUTH.name, KnowledgeError)


@pytest.fixture(scope="module")
def known() -> Registry:
    return read()


def signature(case: dict[str, Any]) -> Signature:
    repo = case.get("repo", "")
    return Signature(
        org=repo.partition("/")[0],
        repo=repo,
        names=(case.get("name") or repo.partition("/")[2],),
        shape=Shape(TABLE["shape"][case["shape"]] | case.get("with", {})),
        parameters=case.get("parameters"),
    )


@pytest.mark.parametrize("case", TABLE["case"], ids=lambda one: one.get("name") or one["repo"])
def test_what_may_be_concluded(case: dict[str, Any], known: Registry) -> None:
    found = match(signature(case), known)
    assert (found[0].grade.value if found else "none") == case["grade"], found
    if "is" in case:
        assert found[0].model.repo == case["is"]
    assert set(case.get("all", ())) <= {one.model.repo for one in found}
    sure = {one.model.repo for one in found if one.grade is not Confidence.POSSIBLE}
    assert not sure & set(case.get("never", ()))


def by_bytes(known: Registry, repo: str = "") -> tuple[str, tuple[Candidate, ...]]:
    digest, owner, _ = (
        (data_folder() / "registry" / "files.tsv").read_text(encoding="utf-8").split("\n", 1)[0].split("\t")
    )
    own = Signature(org=repo.partition("/")[0], repo=repo, names=("x",), weights=(("x.gguf", digest),))
    return owner, match(own, known)


def test_an_equal_file_is_certain(known: Registry) -> None:
    owner, found = by_bytes(known)
    assert [(one.model.repo, one.grade) for one in found] == [(owner, Confidence.CERTAIN)]


def test_a_file_of_the_own_account_is_no_parent(known: Registry) -> None:
    owner, _ = by_bytes(known)
    assert by_bytes(known, f"{owner.partition('/')[0]}/another-copy")[1] == ()


@pytest.mark.parametrize(
    "values",
    [
        {"type": "llama", "hidden_size": -1, "num_hidden_layers": 10**30},
        {"type": 7, "hidden_size": 4096, "num_hidden_layers": "32", "intermediate_size": 14336},
        {"hidden_size": True, "vocab_size": False},
        {"type": ("llama",), "hidden_size": (4096,), "num_hidden_layers": (32,)},
    ],
)
def test_absurd_shapes_name_nobody(values: dict[str, Any], known: Registry) -> None:
    assert match(Signature(names=("x",), shape=Shape(values), parameters=10**40), known) == ()


def test_a_long_name_costs_little(known: Registry) -> None:
    assert spoken(("llama-" * 50_000,), known).lines == {"llama"}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("MedicalLlama3-8B", "llama"),
        ("open_llama_3b", "openllama"),
        ("TinyLlama-x", "tinyllama"),
        ("DeepSeek-R1-Distill-Qwen-7B", "qwen"),
        ("my-qwen2.5-coder", "qwen"),
        ("translategemma-4b", "gemma"),
    ],
)
def test_words_that_name_a_line(name: str, line: str, known: Registry) -> None:
    said = spoken((name,), known)
    assert said.agrees(line)
    if line not in ("llama", "qwen", "gemma"):
        assert not said.agrees("llama")

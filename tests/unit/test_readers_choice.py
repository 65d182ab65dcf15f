"""Which files are asked for: only such as are listed, and for an ancestor whose card tells all at most one or two."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from licscan.core.artifact import FileEntry, Source
from licscan.core.ids import RepoId, RepoKind
from licscan.extract.file_selection import wanted
from licscan.sources.protocol import RepoInfo

PLAIN = (
    "README.md",
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
)
TOLD = {"license": "apache-2.0", "base_model": "a/b"}


def info(*files: str, **more: Any) -> RepoInfo:
    repo = RepoId.parse("me/mine")
    return replace(RepoInfo(repo, repo, Source.HUB, tags=(), files=tuple(map(FileEntry, files))), **more)


def brief(*files: str, **more: Any) -> list[str]:
    return [want.path for want in wanted(info(*files, **more), deep=False)]


@pytest.mark.parametrize("told", [TOLD, {"license": "mit"}])
def test_a_card_that_tells_all_costs_one_file_more(told: dict[str, str]) -> None:
    assert brief(*PLAIN, card=told) == ["config.json"]


def test_an_adapter_costs_its_own_config() -> None:
    assert brief(*PLAIN, "adapter_config.json", card=TOLD) == ["adapter_config.json"]


def test_a_licence_text_is_read_because_it_governs() -> None:
    assert brief(*PLAIN, "LICENSE", card=TOLD) == ["config.json", "LICENSE"]
    assert brief(*PLAIN, "LICENSE", "NOTICE", "USE_POLICY.md", card=TOLD) == ["config.json", "LICENSE"]


def test_where_the_licence_is_open_everything_legal_is_read() -> None:
    other = {"license": "other", "license_name": "mine", "base_model": "a/b"}
    assert sorted(brief(*PLAIN, "LICENSE", "NOTICE", "USE_POLICY.md", card=other)) == [
        "LICENSE",
        "NOTICE",
        "USE_POLICY.md",
        "config.json",
    ]


def test_a_card_is_read_where_the_hubs_copy_leaves_something_open() -> None:
    assert "README.md" in brief(*PLAIN, card={})
    assert "README.md" in brief(*PLAIN, card={"license": "mit"}, tags=("gguf",))
    assert "README.md" in brief(*PLAIN, card={"license": "mit"}, tags=("generated_from_trainer",))
    assert "README.md" not in brief(*PLAIN, card={"license": "mit"}, tags=("text-generation",))


def test_heads_are_asked_for_where_the_card_names_no_base() -> None:
    files = ("README.md", "a-00001-of-00002.gguf", "a-00002-of-00002.gguf", "mmproj-a.gguf")
    told = wanted(info(*files, card=TOLD), deep=False)
    assert [want.path for want in told] == []
    silent = wanted(info(*files, card={"license": "mit"}), deep=False)
    assert [(want.path, want.length) for want in silent if want.length] == [("a-00001-of-00002.gguf", 65_536)]
    deep = wanted(info(*files, card=TOLD), deep=True)
    assert [want.path for want in deep if want.length] == ["a-00001-of-00002.gguf", "mmproj-a.gguf"]


def test_nothing_is_asked_for_that_is_not_listed() -> None:
    listed = ("README.md", "weights.bin")
    for deep in (False, True):
        assert {want.path for want in wanted(info(*listed, card={}), deep=deep)} <= set(listed)
    assert wanted(info(card={}), deep=True) == ()
    assert wanted(info(card={}, files=None), deep=True) == ()


def test_the_subject_is_read_in_one_go_and_within_bounds() -> None:
    many = (
        *PLAIN,
        *(f"LICENSE-{index}" for index in range(50)),
        *(f"part{index}.py" for index in range(50)),
        *(f"style{index}.safetensors" for index in range(50)),
        *(f"q{index}.gguf" for index in range(50)),
        *(f"{index}_Transformer/config.json" for index in range(50)),
    )
    wants = wanted(info(*many, card=TOLD), deep=True)
    assert len(wants) < 60
    assert len(set(wants)) == len(wants)
    assert sum(want.length or 0 for want in wants) < 1_000_000


def test_a_data_set_costs_its_card_only_where_the_licence_is_open() -> None:
    repo = RepoId.parse("x/y", RepoKind.DATASET)
    known = replace(info("README.md", "data.parquet", "LICENSE", card={"license": "mit"}), id=repo, asked=repo)
    assert [want.path for want in wanted(known, deep=False)] == ["LICENSE"]
    assert [want.path for want in wanted(replace(known, card={}), deep=False)] == ["README.md", "LICENSE"]

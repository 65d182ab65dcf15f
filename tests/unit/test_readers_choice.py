"""Which files are asked for: only such as are listed, and of an ancestor every one that can name a term."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from licscan.core.artifact import FileEntry, Source
from licscan.core.bounds import CHECKPOINTS, CODE_FILES, HEADS, LEGAL_TEXTS, NESTED_ADAPTERS, RECIPES, Bound
from licscan.core.evidence import GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.extract.file_selection import select, wanted
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


def test_an_ancestor_costs_its_card_and_its_config() -> None:
    assert brief(*PLAIN, card=TOLD) == ["README.md", "config.json"]
    assert brief(*PLAIN, "adapter_config.json", card=TOLD) == ["README.md", "config.json", "adapter_config.json"]


@pytest.mark.parametrize(
    "path",
    [
        *("LICENSE", "LICENSE.txt", "LICENSE_WEIGHTS", "LICENSE-MODEL", "MODEL_LICENSE", "WEIGHTS_TERMS_OF_USE.md"),
        *("COPYING", "NOTICE", "USE_POLICY.md", "LICENSE.weights", "model.LICENSE", "LICENSE(1).txt", "LICENSE_CN.md"),
        *("LICENSES/MIT.txt", "UNLICENSE", "model-agreement.md", "tos.md", "ACCEPTABLE_USE.md", "weights/LICENSE"),
        *("LICENSE-CC-BY-NC-4.0", "terms.md", "third_party_notices.txt", "许可证.txt", "이용약관.md", "ライセンス.md"),
    ],
)
def test_every_file_that_names_terms_is_read_of_an_ancestor(path: str) -> None:
    assert path in brief(*PLAIN, path, card=TOLD)


@pytest.mark.parametrize(
    "path",
    [
        *("license_plate.txt", "license-plate-detector.md", "license.py", "license.json", "license.png", "photos.txt"),
        *("search_terms.txt", "medical_terms.txt", "glossary-terms.md", "copyrighted.txt"),
        *("license_server.md", "license.yaml", "a/b/c/LICENSE", "notice.py", "license_check.md"),
    ],
)
def test_what_only_sounds_like_terms_is_not_read_as_terms(path: str) -> None:
    assert path not in brief(*PLAIN, path, card=TOLD)


def test_one_head_of_each_model_is_asked_for_whatever_the_card_says() -> None:
    copies = ("a-Q4_K_M.gguf", "a-Q8_0.gguf", "a-UD-IQ2_XXS.gguf", "a.f16.gguf", "a-bf16-00001-of-00002.gguf")
    files = ("README.md", *copies, "a-bf16-00002-of-00002.gguf", "mmproj-a-f16.gguf")
    for deep in (False, True):
        wants = wanted(info(*files, card=TOLD), deep=deep)
        assert [want.path for want in wants if want.length] == ["a-Q4_K_M.gguf", "mmproj-a-f16.gguf"]


def test_steps_of_one_run_are_one_model_and_different_models_are_not() -> None:
    run = tuple(f"style-{step:06}.safetensors" for step in range(100, 2000, 100))
    wants = wanted(info("README.md", *run, "other.safetensors", card={}), deep=True)
    assert [want.path for want in wants if want.length] == ["other.safetensors", "style-000100.safetensors"]
    steps = tuple(f"checkpoint-{step}/adapter_config.json" for step in range(100, 4000, 100))
    assert select(info("README.md", *steps, card={}), deep=True).left == []


@pytest.mark.parametrize(
    ("bound", "paths"),
    [
        (LEGAL_TEXTS, [f"LICENSE-{index}" for index in range(60)]),
        (CODE_FILES, [f"part{index}.py" for index in range(60)]),
        (HEADS, [f"style{index}.safetensors" for index in range(50)]),
        (RECIPES, [f"merge{index}.yml" for index in range(50)]),
        (NESTED_ADAPTERS, [f"lora{index}/adapter_config.json" for index in range(50)]),
        (CHECKPOINTS, [f"model{index}/config.json" for index in range(50)]),
    ],
)
def test_a_limit_says_what_it_leaves_out(bound: Bound, paths: list[str]) -> None:
    chosen = select(info("README.md", *paths, card={}), deep=True)
    ((reached, left),) = chosen.left
    assert reached is bound
    assert set(left) == set(paths) - {want.path for want in chosen.wants}
    assert len(paths) - len(left) == bound.value
    gap = bound.gap("me/mine", left)
    assert gap.reason is GapReason.TRUNCATED
    assert left[0] in gap.detail
    assert select(info("README.md", *paths[: bound.value], card={}), deep=True).left == []


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
    assert len(wants) < 150
    assert len(set(wants)) == len(wants)
    assert sum(want.length or 0 for want in wants) < 1_000_000


def test_a_data_set_costs_its_card_and_its_terms() -> None:
    repo = RepoId.parse("x/y", RepoKind.DATASET)
    known = replace(info("README.md", "data.parquet", "LICENSE", card={"license": "mit"}), id=repo, asked=repo)
    assert [want.path for want in wanted(known, deep=False)] == ["README.md", "LICENSE"]

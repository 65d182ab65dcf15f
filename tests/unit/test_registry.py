"""The registry of known models: compiled as edited, found by every key, refused where it is broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from licscan.errors import KnowledgeError
from licscan.files import data_folder
from licscan.knowledge import registry
from licscan.knowledge.registry import Registry, parse, read, squeezed
from scripts.compile_registry import compile_registry


@pytest.fixture(scope="module")
def known() -> Registry:
    return read()


def test_what_a_run_loads_is_what_was_edited() -> None:
    raw = (data_folder() / registry.NAME).read_bytes()
    assert raw == compile_registry(data_folder() / "registry"), "run scripts/compile_registry.py"


def test_a_model_is_found_by_its_name_a_former_name_its_shape_and_its_size(known: Registry) -> None:
    model = known.model("meta-llama/Meta-Llama-3.1-8B")
    assert model is not None
    assert model.repo == "meta-llama/Llama-3.1-8B"
    assert model.line == "llama"
    assert model.is_root
    for kind, value in (("name", "llama318b"), ("body", "4096:32:14336"), ("params", 8030261248)):
        assert model in known.models(kind, value), kind
    assert known.model("nobody/nothing") is None


def test_what_a_tuned_model_goes_back_to(known: Registry) -> None:
    for repo, root in (
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "meta-llama/Llama-3.1-8B"),
        ("HuggingFaceH4/zephyr-7b-beta", "mistralai/Mistral-7B-v0.1"),
        ("kakaocorp/kanana-safeguard-8b", "kakaocorp/kanana-1.5-8b-base"),
    ):
        model = known.model(repo)
        assert model is not None
        assert model.root == root


def test_a_shape_that_two_trainings_share_stays_with_both(known: Registry) -> None:
    roots = {model.line for model in known.models("body", "4096:32:14336") if model.is_root}
    assert {"llama", "kanana", "marin"} <= roots


def test_a_file_is_found_by_its_digest(known: Registry) -> None:
    first = (data_folder() / "registry" / "files.tsv").read_text(encoding="utf-8").split("\n", 1)[0]
    digest, repo, name = first.split("\t")
    assert [(one.repo, one.name) for one in known.files(digest.upper())] == [(repo, name)]
    assert known.files("0" * 64) == ()


def test_a_licence_tag_says_of_which_day_it_is(known: Registry) -> None:
    tag = known.tag("Marin-Community/marin-8b-instruct")
    assert tag is not None
    assert (tag.licence, tag.as_of) == ("apache-2.0", known.tags_date)
    assert known.tag("nobody/nothing") is None


def test_names_that_others_give_to_copies(known: Registry) -> None:
    found = known.named(squeezed("Llama-3.1-8B-Instruct"))
    assert "meta-llama/Llama-3.1-8B-Instruct" in found
    assert list(found) == sorted(found, key=str.lower)


@pytest.mark.parametrize("cut", [0, 10, 40, 4000, -1])
def test_a_broken_index_is_our_own_fault(cut: int) -> None:
    raw = (data_folder() / registry.NAME).read_bytes()
    with pytest.raises(KnowledgeError, match="damaged"):
        parse(raw[:cut])


def test_a_broken_line_is_our_own_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(data_folder() / "registry", tmp_path / "registry")
    whole = (tmp_path / "registry" / "models.jsonl").read_bytes()
    (tmp_path / "registry" / "models.jsonl").write_bytes(b"\xff" + whole[1:].replace(b"{", b"["))
    index = read()
    monkeypatch.setattr(registry, "data_folder", lambda: tmp_path)
    with pytest.raises(KnowledgeError, match="damaged"):
        index.model("meta-llama/Llama-3.1-8B")


def test_a_missing_file_is_our_own_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = read()
    monkeypatch.setattr(registry, "data_folder", lambda: tmp_path)
    with pytest.raises(KnowledgeError, match="cannot be read"):
        index.model("meta-llama/Llama-3.1-8B")
    with pytest.raises(KnowledgeError, match="cannot be read"):
        read()


def test_a_wrong_review_is_refused(tmp_path: Path) -> None:
    shutil.copytree(data_folder() / "registry", tmp_path / "registry")
    reviewed = tmp_path / "registry" / "reviewed.toml"
    text = reviewed.read_text(encoding="utf-8")
    reviewed.write_text(text.replace('repo = "IFM/Amber"', 'repo = "IFM/Unknown"'), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="IFM/Unknown"):
        compile_registry(tmp_path / "registry")


def test_every_fact_has_a_source(known: Registry) -> None:
    assert [model.repo for model in known.all() if not model.sources] == []

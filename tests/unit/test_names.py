"""Names as people write them, and what they stand for."""

from __future__ import annotations

import pytest

from licscan.core.evidence import Confidence
from licscan.core.ids import RepoId, RepoKind
from tests.unit.readers import NAMES


@pytest.mark.parametrize(
    ("text", "repo", "revision"),
    [
        ("a/b", "a/b", None),
        ("a/b@v1.0", "a/b", "v1.0"),
        ("https://huggingface.co/a/b", "a/b", None),
        ("https://www.huggingface.co/a/b/", "a/b", None),
        ("http://hf.co/a/b?x=1#y", "a/b", None),
        ("hf-mirror.com/a/b", "a/b", None),
        ("https://huggingface.co/a/b/tree/abc123", "a/b", "abc123"),
        ("https://huggingface.co/a/b/blob/main/config.json", "a/b", None),
        ("https://huggingface.co/a/b/resolve/refs%2Fpr%2F1/x", "a/b", "refs%2Fpr%2F1"),
        ("https://huggingface.co/api/models/a/b", "a/b", None),
        ("https://huggingface.co/models/a/b", "a/b", None),
        ("https://huggingface.co/bert-base-uncased", "google-bert/bert-base-uncased", None),
        ("hf://a/b", "a/b", None),
        ("git+https://huggingface.co/a/b", "a/b", None),
        ("bert-base-uncased", "google-bert/bert-base-uncased", None),
        ("BERT-base-uncased", "google-bert/bert-base-uncased", None),
        ("distilgpt2", "distilbert/distilgpt2", None),
        ("xlm-roberta-large", "FacebookAI/xlm-roberta-large", None),
        ("t5-small", "google-t5/t5-small", None),
        ("qwen2.5_7b-instruct", "Qwen/Qwen2.5-7B-Instruct", None),
        ("[`a/b`](https://huggingface.co/c/d)", "c/d", None),
        ("[a/b](#)", "a/b", None),
        ('"a/b"', "a/b", None),
        ("hf.co/bartowski/My-GGUF:Q4_K_M", "bartowski/My-GGUF", None),
        ("Qwen/Qwen2.5-7B:latest", "Qwen/Qwen2.5-7B", None),
        ("a / b", "a/b", None),
        ("microsoft/phi-2/", "microsoft/phi-2", None),
        (
            "/models/models--a--b/snapshots/0123456789012345678901234567890123456789",
            "a/b",
            "0123456789012345678901234567890123456789",
        ),
    ],
)
def test_names_that_are_repositories(text: str, repo: str, revision: str | None) -> None:
    found = NAMES.read(text)
    assert found.repo is not None
    assert (found.repo.path, found.revision) == (repo, revision)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("erotica", ()),
        ("bigger", ()),
        ("cetherald-base", ()),
        ("Mixtral_AI_MegaTron", ()),
        ("/content/drive/MyDrive/WestLake", ()),
        ("./primordial_slop_c", ()),
        ("/media/data5/hf_models/Mistral-7B-Merge-14-v0.3", ()),
        ("D:\\mergekit-main\\models\\Calme-7B-Instruct-v0.9", ()),
        ("https://huggingface.co/spaces/a/b", ()),
        ("https://huggingface.co/papers/1234.5678", ()),
        ("https://huggingface.co/a", ()),
        ("https://github.com/a/b", ()),
        ("https://example.org/huggingface.co/a/b", ()),
        ("llama3.1:8b", ("meta-llama/Llama-3.1-8B-Instruct",)),
        ("library/llama3:8b", ("meta-llama/Meta-Llama-3-8B-Instruct",)),
        ("/kaggle/working/internvl2_1b_qwen2_0_5b_lora", ("OpenGVLab/InternVL2-1B",)),
        ("a--b/c", ()),
        ("a/b.git/c", ()),
    ],
)
def test_names_that_are_none_stay_outside(text: str, candidates: tuple[str, ...]) -> None:
    found = NAMES.read(text)
    assert found.repo is None
    assert found.candidates == candidates
    assert not found.empty


@pytest.mark.parametrize(
    "text",
    ["", "  ", "None", "n/a", "{{ base_model }}", "<your model>", "${MODEL}", "[More Information Needed]", "TODO"],
)
def test_values_that_name_nothing(text: str) -> None:
    assert NAMES.read(text).empty


def test_data_sets() -> None:
    for text in (
        "x/y",
        "https://huggingface.co/datasets/x/y",
        "datasets/x/y",
        "https://huggingface.co/datasets/x/y/viewer",
    ):
        found = NAMES.read(text, RepoKind.DATASET)
        assert str(found.repo) == "datasets/x/y"
    assert str(NAMES.read("squad", RepoKind.DATASET).repo) == "datasets/squad"


def test_guesses_are_marked_as_such() -> None:
    assert NAMES.read("a/b").confidence is Confidence.CERTAIN
    assert NAMES.read("/data/models/Qwen2.5-7B").confidence is Confidence.LIKELY
    guessed = NAMES.read("../models/turboderp_Cat-Llama-3-70B-instruct")
    assert (str(guessed.repo), guessed.confidence) == ("turboderp/Cat-Llama-3-70B-instruct", Confidence.POSSIBLE)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a/b", "A/B", True),
        ("meta-llama/Meta-Llama-3.1-8B", "meta-llama/Llama-3.1-8B", True),
        ("THUDM/glm-4-9b", "zai-org/glm-4-9b", True),
        ("gpt2", "openai-community/gpt2", True),
        ("a/b", "a/c", False),
        ("meta-llama/Meta-Llama-3-8B", "meta-llama/Llama-3.1-8B", False),
    ],
)
def test_renames_and_case(one: str, other: str, same: bool) -> None:
    assert NAMES.same(RepoId.parse(one), RepoId.parse(other)) is same


def test_other_names_of_a_repository() -> None:
    assert [str(name) for name in NAMES.alternatives(RepoId.parse("THUDM/glm-4-9b"))] == ["zai-org/glm-4-9b"]
    assert [str(name) for name in NAMES.alternatives(RepoId.parse("zai-org/glm-4-9b"))] == ["thudm/glm-4-9b"]
    old = RepoId.parse("meta-llama/Meta-Llama-3.1-8B")
    assert [str(name) for name in NAMES.alternatives(old)] == ["meta-llama/Llama-3.1-8B"]


@pytest.mark.parametrize(
    ("name", "bare", "relation"),
    [
        ("Qwen2.5-7B-Instruct-GGUF", "Qwen2.5-7B-Instruct", "quantized"),
        ("Meta-Llama-3-8B-Instruct-4.0-bpw-exl2", "Meta-Llama-3-8B-Instruct", "quantized"),
        ("gemma-2-9b-it-Q4_K_M-GGUF", "gemma-2-9b-it", "quantized"),
        ("Mixtral-8x7B-v0.1-i1-GGUF", "Mixtral-8x7B-v0.1", "quantized"),
        ("quantized-gemma-7b", "gemma-7b", "quantized"),
        ("Yi-34B-GPTQ-Int4", "Yi-34B", "quantized"),
        ("InternVL3-2B-hf", "InternVL3-2B", "converted"),
        ("all-MiniLM-L6-v2-onnx", "all-MiniLM-L6-v2", "converted"),
        ("Qwen2.5-7B-Instruct", "Qwen2.5-7B-Instruct", ""),
        ("gguf", "gguf", ""),
    ],
)
def test_what_repackagers_add_to_a_name(name: str, bare: str, relation: str) -> None:
    assert NAMES.bare(name) == (bare, relation)

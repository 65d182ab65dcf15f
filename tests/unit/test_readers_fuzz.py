"""Whatever stands in a file of a model repository: a reader answers or says that the file is malformed, never else."""

from __future__ import annotations

import contextlib
import json
import struct
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licscan.core.artifact import ClaimKind, Source
from licscan.core.ids import RepoId
from licscan.extract import (
    adapter,
    card,
    code,
    config,
    diffusers,
    gguf,
    mergekit,
    modelfile,
    prose,
    safetensors,
    sweep,
    tool_files,
)
from licscan.extract import license_files as texts
from licscan.extract import tool_configs as traces
from licscan.extract.extraction import At, Said
from licscan.extract.file_selection import wanted
from licscan.extract.mention import Reading
from licscan.extract.repository import read_repo
from licscan.formats import frontmatter
from licscan.formats.malformed import Malformed
from licscan.knowledge import load
from licscan.lineage.link_builder import join
from licscan.lineage.name_resolution import Names
from licscan.sources.protocol import RepoInfo


def swept(raw: bytes, at: At) -> Said:
    """A tool's config, and what else the file may name."""
    return tool_files.read(raw, at) + Said(sweep.names_in_file(raw, at, ()))


READERS = {
    "config.json": config.read,
    "adapter_config.json": adapter.read,
    "mergekit_config.yml": mergekit.read,
    "model.gguf": gguf.read,
    "lora.safetensors": safetensors.read,
    "model_index.json": diffusers.read_index,
    "vae/config.json": diffusers.read_part,
    "tokenizer_config.json": traces.read_tokenizer,
    "quantize_config.json": traces.read_quantizer,
    "trainer_state.json": traces.read_trainer_state,
    "axolotl.yml": traces.read_training,
    "training_args.json": traces.read_training,
    "modeling_x.py": code.read,
    "modular_model_index.json": diffusers.read_index,
    "open_clip_config.json": swept,
    "gliner_config.json": swept,
    "settings.json": swept,
    "config.yml": swept,
    "hyperparams.yml": swept,
    "model.yaml": swept,
    "config.cfg": swept,
    "settings.toml": swept,
    "Modelfile": modelfile.read,
}
NAMES = Names(load().lineage)
KEYS = sorted(
    {
        "base_model",
        "license",
        "license_name",
        "license_link",
        "datasets",
        "base_model_relation",
        "tags",
        "library_name",
        "model_link",
        "new_version",
        "_name_or_path",
        "model_type",
        "architectures",
        "auto_map",
        "vision_config",
        "text_config",
        "mm_vision_tower",
        "hidden_size",
        "peft_type",
        "base_model_name_or_path",
        "revision",
        "slices",
        "models",
        "merge_method",
        "sources",
        "model",
        "path",
        "experts",
        "quantization_config",
        "name_or_path",
        "_class_name",
        "vae",
        "text_encoder",
        "adapter",
        "dataset",
        "extra_gated_prompt",
    }
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=True),
    st.text(max_size=30),
    st.sampled_from(
        [
            "a/b",
            "/data/x",
            "meta-llama/Llama-3.1-8B",
            "gpt2",
            "../../etc/passwd",
            "{{ base }}",
            "a/b+c/d",
            "\x1b[31m",
            "qwen2_5_vl",
            "a" * 500,
        ]
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=8)), inner, max_size=5),
    ),
    max_leaves=20,
)
TABLES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def read(path: str, raw: bytes) -> Said | None:
    try:
        return READERS[path](raw, At("me/mine", "0" * 40, path))
    except Malformed:
        return None


def joined(said: Said) -> None:
    info = RepoInfo(RepoId.parse("me/mine"), RepoId.parse("me/mine"), Source.HUB)
    whole = read_repo(info, Nothing(), deep=False)
    made = join(Reading(whole.artifact, said.mentions, whole.inferred), NAMES)
    outside = {extra.id for extra in made.extra}
    parents = {link.parent for link in made.links}
    assert all(RepoId.try_parse(parent.removeprefix("datasets/")) for parent in parents - outside)
    assert all(link.evidence for link in made.links)
    assert "me/mine" not in parents


class Nothing:
    """A source that holds no file at all."""

    workers = 1

    def __getattr__(self, name: str) -> Any:
        from licscan.core.evidence import Gap, GapReason

        return lambda *_args, **_more: Gap("me/mine", GapReason.ABSENT, "nothing here")


@pytest.mark.parametrize("path", sorted(READERS))
@FEW
@given(raw=st.binary(max_size=300))
def test_bytes_never_break_a_reader(path: str, raw: bytes) -> None:
    read(path, raw)


@pytest.mark.parametrize("path", sorted(path for path in READERS if path.endswith((".json", ".yml"))))
@FEW
@given(value=st.one_of(TABLES, VALUES))
def test_wrong_types_in_every_field(path: str, value: object) -> None:
    said = read(path, json.dumps(value).encode())
    if said is not None:
        joined(said)


@FEW
@given(values=TABLES)
def test_cards_with_wrong_types(values: dict[str, Any]) -> None:
    text = "---\n" + json.dumps(values) + "\n---\n# body\n"
    block = frontmatter.split(text)
    joined(card.read_metadata(block, At("me/mine", None, "README.md")))
    info = RepoInfo(RepoId.parse("me/mine"), RepoId.parse("me/mine"), Source.HUB, card=values, config=values, files=())
    card.declared_parents(info)
    wanted(info, deep=True)
    wanted(info, deep=False)
    joined(card.read_hub(info))


@FEW
@given(body=st.text(max_size=400))
def test_any_text_below_the_metadata(body: str) -> None:
    joined(prose.read(body, At("me/mine", None, "README.md")))
    frontmatter.split(body)


@FEW
@given(
    words=st.lists(
        st.sampled_from(
            [
                "fine-tuned",
                "from",
                "based",
                "on",
                "[a/b](https://huggingface.co/a/b)",
                "c/d-7B",
                ":",
                "**",
                "\n",
                "- ",
                "merge of",
                "|",
                "```",
                "yaml",
                "https://huggingface.co/datasets/x/y",
                "quantized version of",
                "License:",
                "not",
                "base model:",
                "The chat template is",
                "responses generated by",
                "GPT-4o",
                "dataset",
                "### acme-7b",
                "which was",
                "x-7b is",
                "embeds",
                "# ",
            ]
        ),
        max_size=25,
    )
)
def test_prose_in_any_order(words: list[str]) -> None:
    said = prose.read(" ".join(words), At("me/mine", None, "README.md"))
    assert all(mention.confidence.value != "certain" and not mention.declared for mention in said.mentions)
    joined(said)


@FEW
@given(length=st.integers(0, 2**64 - 1), rest=st.binary(max_size=200))
def test_safetensors_lengths(length: int, rest: bytes) -> None:
    read("lora.safetensors", struct.pack("<Q", length) + rest)


@FEW
@given(count=st.integers(0, 2**64 - 1), version=st.integers(0, 2**32 - 1), rest=st.binary(max_size=200))
def test_gguf_counts(count: int, version: int, rest: bytes) -> None:
    read("model.gguf", b"GGUF" + struct.pack("<IQQ", version, 3, count) + rest)


@FEW
@given(value=st.text(max_size=60), kind=st.sampled_from(["model", "dataset"]))
def test_any_name_is_read_as_something(value: str, kind: str) -> None:
    from licscan.core.ids import RepoKind

    found = NAMES.read(value, RepoKind(kind))
    assert found.repo is None or RepoId.try_parse(found.repo.path, found.repo.kind) == found.repo


@FEW
@given(raw=st.binary(max_size=300))
def test_any_legal_text(raw: bytes) -> None:
    with contextlib.suppress(Malformed):
        texts.read(raw, At("me/mine", None, "NOTICE"), ClaimKind.NOTICE)

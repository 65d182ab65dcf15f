"""Heads of GGUF and safetensors files, built byte by byte, and how few bytes are asked for."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from licscan.core.artifact import ClaimKind, FactKind
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.core.lineage import Relation
from licscan.extract import gguf, safetensors
from licscan.extract.extraction import At
from licscan.extract.repository import read_repo
from licscan.formats.malformed import Malformed
from licscan.lineage.link_builder import join
from licscan.sources.local import Local
from licscan.sources.protocol import RepoInfo
from tests.unit.readers import NAMES, card, model

AT = At("me/mine", None, "x.gguf")


def text(value: str, order: str = "<") -> bytes:
    raw = value.encode()
    return struct.pack(order + "Q", len(raw)) + raw


def gguf_file(values: Mapping[str, object], order: str = "<", version: int = 3) -> bytes:
    """A GGUF head as llama.cpp writes it."""
    body = b""
    for key, value in values.items():
        body += text(key, order)
        if isinstance(value, str):
            body += struct.pack(order + "I", 8) + text(value, order)
        elif isinstance(value, bool):
            body += struct.pack(order + "I?", 7, value)
        elif isinstance(value, int):
            body += struct.pack(order + "II", 4, value)
        elif isinstance(value, float):
            body += struct.pack(order + "If", 6, value)
        elif isinstance(value, list) and value and isinstance(value[0], str):
            body += struct.pack(order + "IIQ", 9, 8, len(value)) + b"".join(text(one, order) for one in value)
        elif isinstance(value, list):
            body += struct.pack(order + "IIQ", 9, 4, len(value)) + struct.pack(order + f"{len(value)}I", *value)
    return b"GGUF" + struct.pack(order + "IQQ", version, 291, len(values)) + body


def safetensors_file(metadata: Mapping[str, str] | None, tensors: int = 2) -> bytes:
    """A safetensors file with a header and its tensors' bytes."""
    header: dict[str, object] = {} if metadata is None else {"__metadata__": dict(metadata)}
    for index in range(tensors):
        header[f"t{index}"] = {"dtype": "F32", "shape": [1], "data_offsets": [4 * index, 4 * index + 4]}
    raw = json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + b"\0" * (4 * tensors)


TOLD = {
    "general.architecture": "llama",
    "general.name": "My Model 7B",
    "general.license": "apache-2.0",
    "general.license.link": "LICENSE",
    "general.base_model.count": 2,
    "general.base_model.0.name": "One 7B",
    "general.base_model.0.organization": "A",
    "general.base_model.0.repo_url": "https://huggingface.co/a/one-7B",
    "general.base_model.1.name": "Two 7B",
    "general.base_model.1.organization": "Some Body",
    "general.dataset.0.repo_url": "https://huggingface.co/datasets/x/y",
    "general.source.huggingface.repository": "me/source-7B",
    "llama.block_count": 32,
    "llama.rope.freq_base": 10000.0,
    "tokenizer.ggml.tokens": ["<s>", "</s>"] * 50,
    "tokenizer.ggml.scores": [1, 2, 3],
    "tokenizer.ggml.add_bos_token": True,
}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("version", [2, 3])
def test_what_a_gguf_head_says(order: str, version: int) -> None:
    said = gguf.read(gguf_file(TOLD, order, version), AT)
    assert [(mention.value, mention.kind.value) for mention in said.mentions] == [
        ("https://huggingface.co/a/one-7B", "model"),
        ("Some-Body/Two-7B", "model"),
        ("https://huggingface.co/datasets/x/y", "dataset"),
        ("me/source-7B", "model"),
    ]
    assert [(claim.kind, claim.text) for claim in said.claims] == [
        (ClaimKind.METADATA, "apache-2.0"),
        (ClaimKind.METADATA, "LICENSE"),
    ]
    assert said.facts[0].kind is FactKind.ARCHITECTURE
    assert said.mentions[0].evidence.place == "x.gguf#general.base_model.0.repo_url"


def test_a_gguf_without_a_card_names_its_parents(tmp_path: Path) -> None:
    one = {key: value for key, value in TOLD.items() if ".1." not in key and "source" not in key}
    found = model(tmp_path, {"my-7b-q4.gguf": gguf_file(one) + b"\0" * 100})
    assert {name: link.relation for name, link in found.parents.items()} == {"a/one-7B": Relation.QUANTIZED}
    assert found.data == ["datasets/x/y"]


def test_a_gguf_of_a_declared_base_carries_that_bases_own_bases(tmp_path: Path) -> None:
    found = model(
        tmp_path,
        {
            **card("base_model: a/tuned-7B"),
            "x.gguf": gguf_file({"general.base_model.0.repo_url": "https://huggingface.co/a/one-7B"}),
        },
    )
    assert list(found.parents) == ["a/tuned-7B"]
    assert any("a/one-7B" in fact.value for fact in found.facts(FactKind.SUMMARY))


def test_a_cut_head_says_what_it_holds() -> None:
    whole = gguf_file(TOLD)
    for length in range(24, len(whole), 7):
        found = gguf.head(whole[:length])
        assert set(found.values) <= set(TOLD)
        assert not found.whole
    assert gguf.head(whole).whole


def test_more_is_asked_for_only_until_the_tokenizer_begins() -> None:
    whole = gguf_file(TOLD)
    tokens = whole.index(b"tokenizer.ggml.scores")
    assert gguf.needs_more(whole[:200])
    assert not gguf.needs_more(whole[:tokens])
    assert not gguf.needs_more(whole)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GGUF",
        b"GGML" + b"\0" * 30,
        b"GGUF" + struct.pack("<IQQ", 3, 1, 2**63),
        b"GGUF" + struct.pack("<IQQ", 77, 1, 1),
        b"GGUF" + struct.pack("<IQQQ", 3, 1, 1, 2**63),
        b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + text("k") + struct.pack("<I", 99),
        b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + text("k") + struct.pack("<IIQ", 9, 9, 1),
    ],
)
def test_impossible_gguf_files(raw: bytes) -> None:
    with pytest.raises(Malformed):
        gguf.read(raw, AT)


def test_an_array_of_2_to_the_63_needs_more_and_takes_no_memory() -> None:
    raw = b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + text("k") + struct.pack("<IIQ", 9, 4, 2**63)
    assert gguf.needs_more(raw)


class Counted(Local):
    """A folder that counts what it is asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, name="me/mine")
        self.asked: list[tuple[str, int, int]] = []

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        self.asked.append((path, start, length))
        return super().read_range(info, path, start, length)


@pytest.mark.parametrize(
    ("before", "ends"),
    [
        ({}, [65_536]),
        ({"a.long": "x" * 100_000}, [65_536, 262_144]),
        ({f"a.long{index}": "x" * 400_000 for index in range(5)}, [65_536, 262_144, 1_000_000, 4_000_000]),
        ({f"a.long{index}": "x" * 900_000 for index in range(20)}, [65_536, 262_144, 1_000_000, 4_000_000, 16_000_000]),
    ],
)
def test_heads_grow_only_when_needed_and_never_without_bounds(
    tmp_path: Path, before: dict[str, str], ends: list[int]
) -> None:
    values = {**before, **TOLD, "tokenizer.ggml.merges": ["a b"] * 400_000}
    (tmp_path / "x.gguf").write_bytes(gguf_file(values))
    hub = Counted(tmp_path)
    info = hub.repo()
    assert isinstance(info, RepoInfo)
    reading = read_repo(info, hub, deep=True)
    assert hub.asked == [("x.gguf", start, end - start) for start, end in pairwise([0, *ends])]
    assert bool(reading.mentions) == (len(before) < 20)
    gaps = [(gap.reason, gap.place) for gap in reading.artifact.file_gaps]
    assert gaps == ([] if reading.mentions else [(GapReason.TRUNCATED, "x.gguf")])


def test_an_origin_behind_the_tokenizer_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_bytes(gguf_file({"tokenizer.ggml.merges": ["a b"] * 20_000, **TOLD}))
    hub = Counted(tmp_path)
    info = hub.repo()
    assert isinstance(info, RepoInfo)
    reading = read_repo(info, hub, deep=True)
    assert reading.mentions
    assert not reading.artifact.file_gaps


@pytest.mark.parametrize("at", [65_536, 262_144])
def test_a_stretch_of_a_head_that_cannot_be_read_is_a_gap(tmp_path: Path, at: int) -> None:
    class Broken(Counted):
        def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
            if start == at:
                return Gap("me/mine", GapReason.UNREACHABLE, "it broke off")
            return super().read_range(info, path, start, length)

    (tmp_path / "x.gguf").write_bytes(gguf_file({"a.long": "x" * 400_000, **TOLD}))
    hub = Broken(tmp_path)
    info = hub.repo()
    assert isinstance(info, RepoInfo)
    gaps = read_repo(info, hub, deep=True).artifact.file_gaps
    assert [(gap.reason, gap.place) for gap in gaps] == [(GapReason.UNREACHABLE, "x.gguf")]


@pytest.mark.parametrize("count", [3, 5_000])
def test_a_head_that_ends_before_its_keys_is_a_gap(tmp_path: Path, count: int) -> None:
    keys = b"".join(text(f"k{index}") + struct.pack("<II", 4, 1) for index in range(count))
    whole = b"GGUF" + struct.pack("<IQQ", 3, 0, count) + keys
    (tmp_path / "x.gguf").write_bytes(whole if count > 4096 else whole[:-2])
    hub = Counted(tmp_path)
    info = hub.repo()
    assert isinstance(info, RepoInfo)
    gaps = read_repo(info, hub, deep=True).artifact.file_gaps
    assert [(gap.reason, gap.place) for gap in gaps] == [(GapReason.TRUNCATED, "x.gguf")]


def test_the_first_version_counts_in_32_bits() -> None:
    def short(said: str) -> bytes:
        return struct.pack("<I", len(said)) + said.encode()

    raw = b"GGUF" + struct.pack("<III", 1, 0, 1) + short("general.base_model.0.repo_url") + struct.pack("<I", 8)
    said = gguf.read(raw + short("https://huggingface.co/some/base"), AT)
    assert [one.value for one in said.mentions] == ["https://huggingface.co/some/base"]


def test_what_a_safetensors_header_says(tmp_path: Path) -> None:
    metadata = {
        "ss_sd_model_name": "stabilityai/stable-diffusion-xl-base-1.0",
        "ss_vae_name": "sdxl_vae.safetensors",
        "modelspec.license": "CreativeML",
        "modelspec.title": "My style",
        "ss_base_model_version": "sdxl_base_v1-0",
    }
    found = model(tmp_path, {"my-lora.safetensors": safetensors_file(metadata)})
    link = found.parents["stabilityai/stable-diffusion-xl-base-1.0"]
    assert link.relation is Relation.ADAPTER
    assert link.evidence[0].place == "my-lora.safetensors#__metadata__.ss_sd_model_name"
    claims = found.reading.artifact.claims
    assert [(claim.kind, claim.text) for claim in claims] == [(ClaimKind.METADATA, "CreativeML")]


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        ("stable-diffusion-xl-base-1.0.safetensors", "stabilityai/stable-diffusion-xl-base-1.0"),
        ("/workspace/models/stable-diffusion-v1-5", "runwayml/stable-diffusion-v1-5"),
        ("my_own_mix_v3.safetensors", "external:my_own_mix_v3"),
        ("None", None),
    ],
)
def test_the_checkpoint_that_a_script_trained_on(tmp_path: Path, name: str, parent: str | None) -> None:
    found = model(tmp_path, {"lora.safetensors": safetensors_file({"ss_sd_model_name": name})})
    assert list(found.parents) == ([parent] if parent else [])


def test_the_metadata_of_a_header_that_is_longer_than_what_was_read() -> None:
    raw = safetensors_file({"ss_sd_model_name": "a/b"}, tensors=5000)
    said = safetensors.read(raw[:65_536], AT)
    assert [mention.value for mention in said.mentions] == ["a/b"]
    assert safetensors.metadata(safetensors_file(None, tensors=5000)[:65_536]) == {}
    assert safetensors.metadata(safetensors_file({})) == {}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 8,
        struct.pack("<Q", 2**63) + b"{}",
        struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", 9) + b'{"a": nul',
    ],
)
def test_impossible_safetensors_files(raw: bytes) -> None:
    with pytest.raises(Malformed):
        safetensors.read(raw, AT)


def test_paths_that_leave_the_repository_are_not_asked_for(tmp_path: Path) -> None:
    hub = Counted(tmp_path)
    info = hub.repo()
    assert isinstance(info, RepoInfo)
    from licscan.core.artifact import FileEntry
    from licscan.extract.file_selection import wanted

    hostile = replace(
        info,
        files=tuple(
            FileEntry(path) for path in ("../LICENSE", "/etc/x.gguf", "a/../../config.json", "x\0.gguf", "config.json")
        ),
    )
    assert [want.path for want in wanted(hostile, deep=True)] == ["config.json"]


def test_the_first_commit_of_a_duplicate_names_its_origin(tmp_path: Path) -> None:
    from licscan.sources.protocol import Commit

    class Duplicated(Local):
        def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:
            return (
                Commit("b" * 40, "2024-02-02", "Update"),
                Commit("a" * 40, "2024-01-01", "Duplicate from x/original-v1"),
            )

    hub = Duplicated(tmp_path, name="me/mine")
    info = hub.repo(RepoId.parse("me/mine"))
    assert isinstance(info, RepoInfo)
    (link,) = join(read_repo(info, hub, deep=True), NAMES).links
    assert (link.parent, link.relation, link.declared) == ("x/original-v1", Relation.CONVERTED, False)
    assert link.evidence[0].revision == "a" * 40
    assert not join(read_repo(info, hub, deep=False), NAMES).links

"""Headers that lie, and how many requests shapes cost."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest

from licscan.core.evidence import Gap
from licscan.formats import gguf, safetensors
from licscan.formats.tensor import Header, Malformed, Short
from licscan.weights.reading.reader import Reader
from licscan.weights.shares import Shares, shares_from_config, shares_of
from licscan.weights.tensors.inventory import inventory
from tests.weights.stand import ShelfHub, blank, header

ONE = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


def reason(head: bytes, size: int | None = None) -> str:
    found = safetensors.parse(head, "m.safetensors", len(head) if size is None else size)
    assert isinstance(found, Malformed)
    return found.reason


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (struct.pack("<Q", 2**63) + b"{}", "the file has 10"),
        (struct.pack("<Q", 10**9) + b"{}", "the header says it has"),
        (b"PK\x03\x04" + bytes(60), "zip archive"),
        (b"\x80\x02}q\x00." + b"x" * 40, "a pickle"),
        (b"version https://git-lfs.github.com/spec/v1", "LFS pointer"),
        (struct.pack("<Q", 7) + b"[1,2,3]", "no JSON object"),
        (struct.pack("<Q", 5) + b"{nope", "not JSON"),
        (struct.pack("<Q", 30) + b'{"a":{"dtype":"F32"},"a":null}', "twice"),
        (struct.pack("<Q", 100_000) + b"[" * 100_000, "not JSON"),
        (b"abc", "too short"),
    ],
)
def test_a_file_that_is_none_is_told_in_words(head: bytes, words: str) -> None:
    assert words in reason(head)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({**ONE, "data_offsets": [0, 2**61]}, "past the end"),
        ({**ONE, "data_offsets": [8, 0]}, "ends before it begins"),
        ({**ONE, "shape": [2**61, 2**61]}, "larger than any file"),
        ({**ONE, "shape": [-2]}, "no whole numbers"),
        ({**ONE, "shape": [True]}, "no whole numbers"),
        ({**ONE, "shape": [2**63]}, "no whole numbers"),
        ({**ONE, "shape": [3]}, "its shape needs 12 bytes"),
        ({**ONE, "dtype": "F99"}, "not known"),
        (5, "no JSON object"),
        ({**ONE, "data_offsets": [4, 12]}, "overlap"),
    ],
)
def test_a_tensor_that_lies_is_left_out_and_the_rest_stays(entry: Any, words: str) -> None:
    good = {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]}
    last = {"dtype": "F32", "shape": [2], "data_offsets": [16, 24]}
    found = safetensors.parse(header({"bad": entry, "good": good, "last": last}, bytes(24)), "m", None)
    if "past" in words:
        raw = header({"bad": entry, "good": good, "last": last}, bytes(24))
        found = safetensors.parse(raw, "m", len(raw))
    assert isinstance(found, Header)
    assert "last" in [one.name for one in found.tensors]
    assert "bad" not in [one.name for one in found.tensors]
    assert any(words in flaw for flaw in found.flaws)


def test_too_many_tensors_are_not_read() -> None:
    assert "not read" in reason(header({f"t{n}": 0 for n in range(safetensors.MOST_TENSORS + 1)}))


def test_a_header_is_read_in_steps() -> None:
    raw = blank({f"layers.{n}.w": ("F32", (4,), 16) for n in range(3000)}, body=True)
    assert isinstance(safetensors.parse(raw[:100], "m", len(raw)), Short)
    hub = ShelfHub({"a/b": {"model.safetensors": raw}})
    found = inventory(Reader(hub, hub.info("a/b")))
    assert not isinstance(found, Gap)
    assert len(found.weights) == 3000
    assert len(hub.asked) == 2


def gguf_file(tensors: list[tuple[str, tuple[int, ...], int]], **keys: str) -> bytes:
    def words(text: str) -> bytes:
        return struct.pack("<Q", len(text)) + text.encode()

    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys))
    for key, value in keys.items():
        head += words(key) + struct.pack("<I", 8) + words(value)
    offset = 0
    for name, shape, kind in tensors:
        head += words(name) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", n) for n in reversed(shape))
        head += struct.pack("<IQ", kind, offset)
        offset += 1024
    return head + bytes(-len(head) % 32) + bytes(offset)


def test_gguf_tells_shapes_slowest_axis_first() -> None:
    found = gguf.parse(gguf_file([("blk.0.ffn_up.weight", (4, 32), 0)], name="x"), "m.gguf")
    assert isinstance(found, Header)
    assert found.tensors[0].shape == (4, 32)
    assert found.tensors[0].start % 32 == 0


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"GGUF" + struct.pack("<IQQ", 3, 10**9, 0), "so many are not read"),
        (b"GGUF" + struct.pack("<IQQ", 77, 1, 0), "version 77"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + struct.pack("<Q", 2**62), "a name in the head"),
        (b"NOPE" + bytes(40), "does not begin"),
        (gguf_file([("a", (4,), 0), ("a", (4,), 0)]), "twice"),
        (gguf_file([("a", (4,), 0)])[:40], "ends within its head"),
    ],
)
def test_gguf_that_lies(raw: bytes, words: str) -> None:
    found = gguf.parse(raw, "m.gguf", len(raw))
    assert isinstance(found, Malformed)
    assert words in found.reason


def composite(shards: int, layers: int) -> dict[str, bytes]:
    """A vision-language model in shards: headers of real length, bodies that are not there."""
    tensors: dict[str, tuple[str, tuple[int, ...], int]] = {}
    for n in range(layers):
        for name, shape in (("mlp.up_proj", (64, 32)), ("mlp.down_proj", (32, 64)), ("self_attn.q_proj", (32, 32))):
            tensors[f"model.language_model.layers.{n}.{name}.weight"] = ("BF16", shape, 2 * shape[0] * shape[1])
        tensors[f"model.visual.blocks.{n}.mlp.up_proj.weight"] = ("BF16", (16, 16), 512)
    names = list(tensors)
    files, index = {}, {}
    for shard in range(shards):
        path = f"model-{shard + 1:05d}-of-{shards:05d}.safetensors"
        some = names[shard::shards]
        files[path] = blank({name: tensors[name] for name in some}, body=True)
        index.update(dict.fromkeys(some, path))
    total = sum(size for _, _, size in tensors.values())
    files["model.safetensors.index.json"] = json.dumps(
        {"metadata": {"total_size": total}, "weight_map": index}
    ).encode()
    files["config.json"] = b"{}"
    return files


@pytest.mark.parametrize(("shards", "most"), [(20, 20), (60, 10)])
def test_shares_of_many_shards_cost_few_requests(shards: int, most: int) -> None:
    hub = ShelfHub({"a/b": composite(shards, 120)})
    found = shares_of(hub.info("a/b"), hub)
    assert isinstance(found, Shares)
    assert len(hub.asked) <= most
    assert found.bytes_read <= 3_000_000
    parts = {one.name: one.parameters for one in found.components}
    assert parts == {"language_model": (120 * 5120,) * 2, "vision_encoder": (120 * 256,) * 2}


def test_a_total_that_disagrees_reads_every_header() -> None:
    files = composite(30, 60)
    said = json.loads(files["model.safetensors.index.json"])
    said["metadata"]["total_size"] += 2
    files["model.safetensors.index.json"] = json.dumps(said).encode()
    hub = ShelfHub({"a/b": files})
    found = shares_of(hub.info("a/b"), hub)
    assert isinstance(found, Shares)
    assert found.source == "headers"


def test_a_missing_shard_is_a_gap_and_the_rest_is_counted() -> None:
    files = composite(4, 8)
    del files["model-00002-of-00004.safetensors"]
    hub = ShelfHub({"a/b": files})
    found = shares_of(hub.info("a/b"), hub)
    assert isinstance(found, Shares)
    assert [gap.place for gap in found.gaps] == ["model-00002-of-00004.safetensors"]


def test_packed_and_tied_weights_are_counted_as_what_they_stand_for() -> None:
    tensors: dict[str, tuple[str, tuple[int, ...], int]] = {
        "model.embed_tokens.weight": ("F16", (100, 64), 12_800),
        "lm_head.weight": ("F16", (100, 64), 12_800),
        "model.layers.0.mlp.up_proj.qweight": ("I32", (8, 96), 3072),
        "model.layers.0.mlp.up_proj.scales": ("F16", (1, 96), 192),
        "model.layers.0.mlp.up_proj.qzeros": ("I32", (1, 12), 48),
    }
    files = {"model.safetensors": blank(tensors, body=True), "config.json": b'{"tie_word_embeddings": true}'}
    hub = ShelfHub({"a/b": files})
    found = shares_of(hub.info("a/b"), hub)
    assert isinstance(found, Shares)
    assert found.total == (6400 + 64 * 96,) * 2


def test_pickles_are_never_opened() -> None:
    hub = ShelfHub({"a/b": {"pytorch_model.bin": b"\x80\x02boom"}})
    found = shares_of(hub.info("a/b"), hub)
    assert isinstance(found, Gap)
    assert "never opened" in found.detail
    assert not hub.asked


def test_the_share_of_an_encoder_by_arithmetic() -> None:
    """The founding case: 688.8 M of about 33 B."""
    text = {
        "model_type": "hyperclovax",
        "hidden_size": 5120,
        "num_hidden_layers": 72,
        "num_attention_heads": 40,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "intermediate_size": 24192,
        "vocab_size": 128256,
    }
    vision = {"model_type": "qwen2_5_vl", "hidden_size": 1280, "out_hidden_size": 5120, "depth": 32, "patch_size": 14}
    found = shares_from_config({"text_config": text, "vision_config": vision})
    assert found is not None
    part = found.of("vision_encoder")
    assert part is not None
    assert part.parameters[1] == 688_841_984
    assert part.share == pytest.approx((0.0206, 0.0211), abs=0.0001)
    assert "2.1%" in str(part.how)


def test_without_a_language_model_there_is_no_whole() -> None:
    assert shares_from_config({"vision_config": {"hidden_size": 64, "depth": 2}, "text_config": {}}) is None
    assert shares_from_config({"vision_config": 5, "hidden_size": "x"}) is None

"""Stored numbers against the numbers that went in: each packing by its own published layout, then compared."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("scipy")
pytest.importorskip("ml_dtypes")

import ml_dtypes
import numpy as np

from licscan.core.evidence import Gap
from licscan.weights.compare import compare
from licscan.weights.sampling.open_model import open_model
from licscan.weights.tensors.cut import Cut
from licscan.weights.tensors.slab import Slab, read_slabs
from licscan.weights.verdict import Kind
from tests.weights import zoo
from tests.weights.stand import ShelfHub

BASE = zoo.model(1)
UP = "model.layers.0.mlp.up_proj"
Stored = dict[str, tuple[str, Any]]
"""Name -> type and the array whose bytes are stored."""
_MINUS = (-1.0, -0.6962, -0.5251, -0.3949, -0.2844, -0.1848, -0.0911, 0.0)
_PLUS = (0.0796, 0.1609, 0.2461, 0.3379, 0.4407, 0.5626, 0.7230, 1.0)
NF4 = np.array([*_MINUS, *_PLUS], dtype=np.float32)
_TYPES = {"float32": "F32", "float16": "F16", "int8": "I8", "uint8": "U8", "int32": "I32", "uint32": "I32"}


def plain(values: Any) -> tuple[str, Any]:
    return "F32", np.ascontiguousarray(values, dtype=np.float32)


def file_of(tensors: Stored) -> bytes:
    entries: dict[str, Any] = {}
    body = bytearray()
    for name, (dtype, one) in tensors.items():
        raw = np.ascontiguousarray(one).tobytes()
        entries[name] = {"dtype": dtype, "shape": list(one.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    said = json.dumps(entries).encode()
    return struct.pack("<Q", len(said)) + said + bytes(body)


def packed_words(codes: Any, bits: int, axis: int, order: tuple[int, ...] | None = None) -> Any:
    """Codes in words of 32 bits along an axis; `order` names the neighbour that stands in each place."""
    moved = np.moveaxis(codes.astype(np.uint32), axis, -1)
    each = 32 // bits
    grouped = moved.reshape(*moved.shape[:-1], -1, each)[..., list(order or range(each))]
    words = (grouped << (np.arange(each, dtype=np.uint32) * bits)).sum(axis=-1, dtype=np.uint32)
    return np.moveaxis(words, -1, axis)


def groups_of(values: Any, group: int, bits: int) -> tuple[Any, Any, Any]:
    """Codes, zeros and scales of (in, out) values with a scale for each group of inputs."""
    inputs, out = values.shape
    grouped = values.reshape(inputs // group, group, out)
    low, high = grouped.min(axis=1), grouped.max(axis=1)
    scale = ((high - low) / (2**bits - 1)).astype(np.float16)
    zero = np.clip(np.round(-low / scale), 1, 2**bits - 1).astype(np.int64)
    codes = np.clip(np.round(grouped / scale[:, None]) + zero[:, None], 0, 2**bits - 1).astype(np.int64)
    return codes.reshape(inputs, out), zero, scale


def gptq(name: str, values: Any, bits: int = 4) -> Stored:
    codes, zero, scale = groups_of(values.T, 32, bits)
    return {
        f"{name}.qweight": ("I32", packed_words(codes, bits, 0)),
        f"{name}.qzeros": ("I32", packed_words(zero - 1, bits, 1)),
        f"{name}.scales": ("F16", scale),
        f"{name}.g_idx": ("I32", (np.arange(values.shape[1]) // 32).astype(np.int32)),
    }


def gptq8(name: str, values: Any) -> Stored:
    return gptq(name, values, 8)


def awq(name: str, values: Any) -> Stored:
    codes, zero, scale = groups_of(values.T, 32, 4)
    order = (0, 2, 4, 6, 1, 3, 5, 7)
    return {
        f"{name}.qweight": ("I32", packed_words(codes, 4, 1, order)),
        f"{name}.qzeros": ("I32", packed_words(zero, 4, 1, order)),
        f"{name}.scales": ("F16", scale),
    }


def bnb8(name: str, values: Any) -> Stored:
    largest = np.abs(values).max(axis=1)
    codes = np.round(values / largest[:, None] * 127).astype(np.int8)
    return {f"{name}.weight": ("I8", codes), f"{name}.SCB": ("F32", largest.astype(np.float32))}


def bnb4(name: str, values: Any, *, nested: bool = False) -> Stored:
    flat = values.astype(np.float32).reshape(-1, 64)
    largest = np.abs(flat).max(axis=1)
    codes = np.abs(flat[..., None] / largest[:, None, None] - NF4).argmin(axis=-1).ravel().astype(np.uint8)
    said: dict[str, Any] = {"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": list(values.shape)}
    found: Stored = {
        f"{name}.weight": ("U8", (codes[0::2] << 4 | codes[1::2]).reshape(-1, 1)),
        f"{name}.weight.quant_map": plain(NF4),
    }
    if nested:
        offset = largest.mean()
        outer = np.array([np.abs(part - offset).max() for part in np.split(largest, range(256, len(largest), 256))])
        table = np.linspace(-1, 1, 256).astype(np.float32)
        inner = (largest - offset) / np.repeat(outer, 256)[: len(largest)]
        found[f"{name}.weight.absmax"] = "U8", np.abs(inner[:, None] - table).argmin(axis=1).astype(np.uint8)
        found[f"{name}.weight.nested_absmax"] = plain(outer)
        found[f"{name}.weight.nested_quant_map"] = plain(table)
        said |= {"nested_blocksize": 256, "nested_dtype": "float32", "nested_offset": float(offset)}
    else:
        found[f"{name}.weight.absmax"] = plain(largest)
    state = np.frombuffer(json.dumps(said).encode(), dtype=np.uint8)
    return {**found, f"{name}.weight.quant_state.bitsandbytes__nf4": ("U8", state)}


def bnb4_nested(name: str, values: Any) -> Stored:
    return bnb4(name, values, nested=True)


def fp8_blocks(name: str, values: Any) -> Stored:
    rows, columns = values.shape
    block = 32
    tiles = values.reshape(rows // block, block, columns // block, block)
    scale = np.abs(tiles).max(axis=(1, 3)) / 448
    codes = (tiles / scale[:, None, :, None]).reshape(rows, columns).astype(ml_dtypes.float8_e4m3fn)
    return {f"{name}.weight": ("F8_E4M3", codes), f"{name}.weight_scale_inv": plain(scale)}


def fp8_rows(name: str, values: Any) -> Stored:
    scale = np.abs(values).max(axis=1, keepdims=True) / 448
    return {
        f"{name}.weight": ("F8_E4M3", (values / scale).astype(ml_dtypes.float8_e4m3fn)),
        f"{name}.weight_scale": plain(scale),
    }


def int4_rows(name: str, values: Any) -> Stored:
    """compressed-tensors: eight numbers of a row in a word, a scale for each group of 32."""
    rows, columns = values.shape
    grouped = values.reshape(rows, columns // 32, 32)
    scale = np.abs(grouped).max(axis=2) / 7
    codes = (np.clip(np.round(grouped / scale[..., None]), -8, 7) + 8).reshape(rows, columns)
    return {
        f"{name}.weight_packed": ("I32", packed_words(codes, 4, 1)),
        f"{name}.weight_scale": plain(scale),
        f"{name}.weight_shape": ("I64", np.array([rows, columns], dtype=np.int64)),
    }


def repo(pack: Callable[[str, Any], Stored], config: dict[str, Any] | None = None) -> dict[str, bytes]:
    tensors: Stored = {}
    for name, one in BASE.items():
        is_packed = one.ndim == 2 and "embed" not in name
        tensors |= pack(name.removesuffix(".weight"), one) if is_packed else {name: plain(one)}
    said = {"model_type": "llama", "hidden_size": zoo.WIDTH, "tie_word_embeddings": True, **(config or {})}
    return {"config.json": json.dumps(said).encode(), "model.safetensors": file_of(tensors)}


PACKINGS: dict[str, tuple[Callable[[str, Any], Stored], float, dict[str, Any]]] = {
    "gptq": (gptq, 0.99, {"quantization_config": {"quant_method": "gptq", "bits": 4}}),
    "gptq8": (gptq8, 0.9999, {"quantization_config": {"quant_method": "gptq", "bits": 8}}),
    "awq": (awq, 0.99, {"quantization_config": {"quant_method": "awq", "bits": 4}}),
    "bnb8": (bnb8, 0.9999, {}),
    "bnb4": (bnb4, 0.99, {}),
    "bnb4-nested": (bnb4_nested, 0.99, {}),
    "fp8-blocks": (fp8_blocks, 0.999, {}),
    "fp8-rows": (fp8_rows, 0.999, {}),
    "int4-rows": (int4_rows, 0.98, {"quantization_config": {"config_groups": {"g": {"weights": {"num_bits": 4}}}}}),
}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("first", [0, 40])
def test_a_slab_is_what_was_packed(packing: str, first: int) -> None:
    pack, least, config = PACKINGS[packing]
    hub = ShelfHub({"a/packed": repo(pack, config)})
    opened = open_model(hub.info("a/packed"), hub, None, full=False)
    assert not isinstance(opened.found, Gap)
    view = opened.sides["language_model"].layers[0].views["up", None]
    assert (view.units, view.width) == (zoo.INNER, zoo.WIDTH)
    (slab,) = read_slabs(opened.reader, [Cut(view, first, 32)])
    assert isinstance(slab, Slab), slab
    wanted = BASE[f"{UP}.weight"][first : first + 32, : slab.values.shape[1]]
    assert slab.values.shape == wanted.shape
    assert np.corrcoef(slab.values.ravel(), wanted.ravel())[0, 1] > least
    assert np.abs(slab.values).max() == pytest.approx(np.abs(wanted).max(), rel=0.15), "scales are applied"


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_quantised_model_is_derived(packing: str) -> None:
    pack, _, config = PACKINGS[packing]
    hub = ShelfHub({"a/child": repo(pack, config), "b/parent": zoo.repo(BASE)})
    found = compare(hub.info("a/child"), hub.info("b/parent"), hub)
    part = next(one for one in found.components if one.name == "language_model")
    assert part.kind is Kind.DERIVED, [str(caveat) for caveat in part.caveats]
    assert part.trial is not None
    assert sum(one.match.fixed for one in part.trial.results) == 32 * zoo.LAYERS


def test_microscaled_experts_are_read() -> None:
    """Blocks of 32 numbers in 16 bytes with a power of two each, as large open mixtures of experts store them."""
    experts, rows, width = 2, 64, zoo.WIDTH
    dice = np.random.default_rng(3)
    exact = dice.integers(1, 8, (experts, rows, width // 32, 32))  # codes without zero, so that signs count
    signs = dice.integers(0, 2, exact.shape)
    codes = (exact | signs << 3).astype(np.uint8)
    powers = dice.integers(118, 124, (experts, rows, width // 32)).astype(np.uint8)
    tensors = {name: plain(one) for name, one in BASE.items() if ".mlp." not in name}
    for layer in range(zoo.LAYERS):
        at = f"model.layers.{layer}.mlp.experts.gate_up_proj"
        tensors[f"{at}_blocks"] = "U8", codes[..., 0::2] | codes[..., 1::2] << 4
        tensors[f"{at}_scales"] = "U8", powers
    config = {"model_type": "gpt_oss", "hidden_size": zoo.WIDTH}
    hub = ShelfHub({"a/m": {"config.json": json.dumps(config).encode(), "model.safetensors": file_of(tensors)}})
    opened = open_model(hub.info("a/m"), hub, None, full=False)
    assert not isinstance(opened.found, Gap)
    view = opened.sides["language_model"].layers[0].views["gate", 1]
    (slab,) = read_slabs(opened.reader, [Cut(view, 0, 16)])
    assert isinstance(slab, Slab), slab
    table = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0], dtype=np.float32)
    wanted = (table[exact] * (1 - 2 * signs) * np.exp2(powers.astype(np.float32) - 127)[..., None]).reshape(
        experts, rows, width
    )
    assert np.array_equal(slab.values, wanted[1, 0:32:2])


def test_ggml_types_are_decoded_by_the_library() -> None:
    gguf = pytest.importorskip("gguf")
    from licscan.weights.tensors.decode import decoded

    values = BASE[f"{UP}.weight"].reshape(-1, 256)
    for name, least in (("Q4_0", 0.99), ("Q4_1", 0.99), ("Q5_0", 0.99), ("Q5_1", 0.99), ("Q8_0", 0.9999)):
        kind = gguf.GGMLQuantizationType[name]
        raw = gguf.quants.quantize(values, kind).tobytes()
        found = decoded(raw, name).reshape(values.shape)
        assert np.array_equal(
            found, gguf.quants.dequantize(np.frombuffer(raw, np.uint8).reshape(len(values), -1), kind)
        )
        assert np.corrcoef(found.ravel(), values.ravel())[0, 1] > least


@pytest.mark.parametrize(
    "name", ["Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS", "TQ1_0", "TQ2_0", "MXFP4"]
)
def test_other_ggml_types_have_the_sizes_that_the_library_has(name: str) -> None:
    gguf = pytest.importorskip("gguf")
    from licscan.formats.tensor import size_of
    from licscan.weights.tensors.decode import decoded

    elements, size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[name]]
    assert size_of(name, (elements,)) == size
    raw = np.random.default_rng(4).integers(0, 256, 8 * size, dtype=np.uint8)
    kind = gguf.GGMLQuantizationType[name]
    with np.errstate(all="ignore"):
        wanted = gguf.quants.dequantize(raw.reshape(8, size), kind).ravel()
    assert np.array_equal(decoded(raw.tobytes(), name), wanted.astype(np.float32), equal_nan=True)


def gguf_repo(tmp: Any, quantised: str) -> dict[str, bytes]:
    """A file that the ecosystem's own writer made, with the names that converters give."""
    gguf = pytest.importorskip("gguf")
    path = tmp / "model.gguf"
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_embedding_length(zoo.WIDTH)
    writer.add_block_count(zoo.LAYERS)
    names = {"mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}
    names |= {f"self_attn.{one}_proj": f"attn_{'output' if one == 'o' else one}" for one in "qkvo"}
    names |= {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
    kind = gguf.GGMLQuantizationType[quantised]
    for name, one in BASE.items():
        short = name.replace("model.layers.", "blk.").replace("model.embed_tokens", "token_embd")
        short = short.replace("model.norm", "output_norm")
        for long, new in names.items():
            short = short.replace(long, new)
        if one.ndim == 2:
            writer.add_tensor(short, gguf.quants.quantize(one, kind), raw_dtype=kind)
        else:
            writer.add_tensor(short, one)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return {"model.gguf": path.read_bytes()}


@pytest.mark.parametrize("quantised", ["Q4_0", "Q8_0", "Q5_1"])
def test_a_gguf_file_is_derived_from_its_original(tmp_path: Any, quantised: str) -> None:
    hub = ShelfHub({"a/gguf": gguf_repo(tmp_path, quantised), "b/parent": zoo.repo(BASE)})
    found = compare(hub.info("a/gguf"), hub.info("b/parent"), hub)
    kinds = {one.name: one.kind for one in found.components}
    assert kinds["language_model"] is Kind.DERIVED
    assert kinds["embeddings"] is Kind.DERIVED

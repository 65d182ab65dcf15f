"""Logical weights: a tensor, or the several tensors in which a packed or scaled weight is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from typing import Any

from licscan.formats.tensor import Tensor
from licscan.weights.tensors.roles import Layout, Place, place_of, tables


class Storage(StrEnum):
    """How the numbers of a weight are stored."""

    PLAIN = "plain"
    SCALED = "scaled"
    """fp8 or int8 with a scale beside it."""
    GPTQ = "gptq"
    AWQ = "awq"
    PACKED = "packed"
    """compressed-tensors: int4 or int8 packed along the input."""
    BNB4 = "bnb-4bit"
    BNB8 = "bnb-8bit"
    MXFP4 = "mxfp4"
    NVFP4 = "nvfp4"
    GGUF = "gguf"


@dataclass(frozen=True, slots=True)
class Weight:
    """One weight of the model, whatever it is stored in."""

    name: str
    place: Place
    storage: Storage
    shape: tuple[int, ...] | None
    """Logical shape, as (out, in) for a matrix; None where the storage does not tell it."""
    parameters: int
    parts: Mapping[str, Tensor]
    """`weight` and its companions (`scales`, `qzeros` ...)."""
    bits: int = 0
    """Of a packed integer; 0 where it is not packed."""

    @property
    def main(self) -> Tensor:
        """The tensor that holds the numbers."""
        return self.parts["weight"]

    @property
    def bytes(self) -> int:
        """Stored bytes, companions included."""
        return sum(tensor.length for tensor in self.parts.values())


_MAINS = ("qweight", "weight_packed", "W_q")
_BLOCKS, _SCALES = "_blocks", "_scales"


def weights_of(
    tensors: Iterable[Tensor], layout: Layout, config: Mapping[str, Any] | None = None
) -> tuple[Weight, ...]:
    """Group tensors into weights; scales, zero points and other companions are no weights of their own."""
    groups: dict[str, dict[str, Tensor]] = defaultdict(dict)
    for tensor in tensors:
        base, part = _split(tensor.name)
        groups[base][part] = tensor
    bits = _bits_said(config)
    found = (_weight(base, parts, layout, bits) for base, parts in groups.items())
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.name))


def _split(name: str) -> tuple[str, str]:
    """The weight that a tensor belongs to, and its part in it."""
    for suffix in _companions():
        if name.endswith("." + suffix):
            return name[: -len(suffix) - 1].removesuffix(".weight"), suffix.removeprefix("weight.")
    if ".weight.quant_state." in name or ".quant_state." in name:
        return name.split(".quant_state.", maxsplit=1)[0].removesuffix(".weight"), "quant_state"
    for main in _MAINS:
        if name.endswith("." + main):
            return name[: -len(main) - 1], main
    for suffix, part in ((_BLOCKS, "blocks"), (_SCALES, "block_scales")):
        if name.endswith(suffix):
            return name.removesuffix(suffix), part
    return (name[: -len(".weight")], "weight") if name.endswith(".weight") else (name, "weight")


def _companions() -> tuple[str, ...]:
    parts = tables()["roles"]["parts"]
    return (*parts["scales"], *parts["zeros"], *parts["order"])


def _bits_said(config: Mapping[str, Any] | None) -> int:
    quantization = (config or {}).get("quantization_config")
    if not isinstance(quantization, Mapping):
        return 0
    said = quantization.get("bits") or quantization.get("w_bit") or _bits_of_groups(quantization.get("config_groups"))
    return said if isinstance(said, int) and said in {2, 3, 4, 8} else 0


def _bits_of_groups(groups: Any) -> Any:
    for group in groups.values() if isinstance(groups, Mapping) else ():
        weights = group.get("weights") if isinstance(group, Mapping) else None
        if isinstance(weights, Mapping):
            return weights.get("num_bits")
    return None


def _weight(base: str, parts: dict[str, Tensor], layout: Layout, bits: int) -> Weight | None:
    if "qweight" in parts:
        return _packed_by_columns(base, parts, layout, bits)
    if "weight_packed" in parts:
        return _packed_by_rows(base, parts, layout, bits)
    if "blocks" in parts:
        return _microscaled(base, parts, layout)
    if "W_q" in parts:
        return _made(base, parts, layout, Storage.PACKED, "W_q", None, parts["W_q"].elements * 2)
    if "weight" not in parts:
        return None
    main = parts["weight"]
    name = base + ".weight" if main.name.endswith(".weight") else base
    place = place_of(name, layout)
    if main.dtype == "U8" and ("absmax" in parts or "quant_state" in parts):
        return Weight(name, place, Storage.BNB4, None, main.elements * 2, dict(parts), 4)
    if main.dtype == "I8" and "SCB" in parts:
        return Weight(name, place, Storage.BNB8, main.shape, main.elements, dict(parts))
    if main.dtype == "U8" and "weight_scale" in parts and "weight_scale_2" in parts:
        shape = (*main.shape[:-1], main.shape[-1] * 2)
        return Weight(name, place, Storage.NVFP4, shape, prod(shape), dict(parts), 4)
    scaled = main.dtype.startswith("F8") or main.dtype == "I8"
    storage = Storage.SCALED if scaled else Storage.PLAIN
    if main.path.endswith(".gguf"):
        storage = Storage.GGUF
    return Weight(name, place, storage, main.shape, main.elements, dict(parts))


def _made(
    base: str,
    parts: dict[str, Tensor],
    layout: Layout,
    storage: Storage,
    main: str,
    shape: tuple[int, ...] | None,
    parameters: int,
    bits: int = 4,
) -> Weight:
    named = {("weight" if part == main else part): tensor for part, tensor in parts.items()}
    name = base + ".weight"
    return Weight(name, place_of(name, layout), storage, shape, parameters, named, bits)


def _packed_by_columns(base: str, parts: dict[str, Tensor], layout: Layout, said: int) -> Weight | None:
    """GPTQ packs eight inputs into one word (by rows), AWQ eight outputs (by columns)."""
    packed, scales, zeros = parts["qweight"], parts.get("scales"), parts.get("qzeros")
    if len(packed.shape) != 2 or packed.dtype not in {"I32", "U32"}:
        return _made(base, parts, layout, Storage.PACKED, "qweight", None, packed.elements * (32 // (said or 4)))
    rows, columns = packed.shape
    out = scales.shape[-1] if scales is not None and scales.shape else columns
    if out > columns:
        bits = 32 * columns // out or said or 4
        return _made(base, parts, layout, Storage.AWQ, "qweight", (out, rows), rows * out, bits)
    bits = said
    if zeros is not None and len(zeros.shape) == 2 and out:
        bits = 32 * zeros.shape[1] // out or said
    order = parts.get("g_idx")
    if order is not None and order.elements:
        bits = 32 * rows // order.elements or bits
    bits = bits or 4
    inputs = order.elements if order is not None and order.elements else rows * 32 // bits
    return _made(base, parts, layout, Storage.GPTQ, "qweight", (columns, inputs), columns * inputs, bits)


def _packed_by_rows(base: str, parts: dict[str, Tensor], layout: Layout, said: int) -> Weight:
    packed, scale = parts["weight_packed"], parts.get("weight_scale")
    if packed.dtype == "U8":
        shape = (*packed.shape[:-1], packed.shape[-1] * 2)
        return _made(base, parts, layout, Storage.NVFP4, "weight_packed", shape, prod(shape))
    bits = said or 4
    shape = (*packed.shape[:-1], packed.shape[-1] * 32 // bits)
    is_byte = scale is not None and scale.dtype == "F8_E8M0"
    storage = Storage.MXFP4 if is_byte else Storage.PACKED
    return _made(base, parts, layout, storage, "weight_packed", shape, prod(shape), bits)


def _microscaled(base: str, parts: dict[str, Tensor], layout: Layout) -> Weight:
    blocks = parts["blocks"]
    shape = (*blocks.shape[:-2], blocks.shape[-2] * blocks.shape[-1] * 2) if len(blocks.shape) > 1 else None
    made = _made(base, parts, layout, Storage.MXFP4, "blocks", shape, blocks.elements * 2)
    return Weight(base, place_of(base, layout), made.storage, shape, made.parameters, made.parts, 4)

"""Weights of 4-bit integers packed into words by columns: GPTQ and AWQ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licscan.weights.extra import need
from licscan.weights.reading.reader import Stretch
from licscan.weights.tensors.cut import Cut, piece
from licscan.weights.tensors.decode import decoded
from licscan.weights.tensors.logical_weight import Weight


def gptq_stretches(cut: Cut) -> dict[str, Stretch]:
    """Words of several inputs each, for all outputs: the first inputs are read."""
    weight, view = cut.view.weight, cut.view
    each = weight.main.row_bytes
    found = {"weight": piece(weight.main, 0, cut.width * weight.bits // 32 * each)}
    for part in ("scales", "qzeros"):
        if (tensor := weight.parts.get(part)) is not None:
            found[part] = piece(tensor, 0, _groups(weight, cut.width, view.width) * tensor.row_bytes)
    if (order := weight.parts.get("g_idx")) is not None:
        found["g_idx"] = piece(order, 0, cut.width * 4)
    return found


def _groups(weight: Weight, width: int, whole: int) -> int:
    """Groups of scales that the first inputs need: all of them where an order may mix them."""
    scales = weight.parts.get("scales")
    groups = scales.shape[0] if scales is not None and scales.shape else 1
    if "g_idx" in weight.parts:
        return groups
    return min(groups, -(-width * groups // whole))


def awq_stretches(cut: Cut) -> dict[str, Stretch]:
    """Words of eight outputs each: the first inputs are read."""
    weight = cut.view.weight
    found = {"weight": piece(weight.main, 0, cut.width * weight.main.row_bytes)}
    for part in ("scales", "qzeros"):
        if (tensor := weight.parts.get(part)) is not None:
            found[part] = piece(tensor, 0, _groups(weight, cut.width, cut.view.width) * tensor.row_bytes)
    return found


def gptq_values(cut: Cut, raw: Mapping[str, bytes]) -> Any:
    """The numbers of the units: (word - zero) x scale of the input's group."""
    np = need("numpy")
    weight = cut.view.weight
    out = weight.main.shape[1]
    bits, each = weight.bits, 32 // weight.bits
    packed = np.frombuffer(raw["weight"], dtype="<u4").reshape(-1, out)
    shifts = (np.arange(each, dtype=np.uint32) * bits)[None, :, None]
    numbers = ((packed[:, None, :] >> shifts) & (2**bits - 1)).reshape(-1, out)[: cut.width].astype(np.float32)
    groups = _group_index(cut, raw, np)
    zeros = np.full((1, out), 2.0 ** (bits - 1), dtype=np.float32)
    if "qzeros" in raw:
        packed_zeros = np.frombuffer(raw["qzeros"], dtype="<u4").reshape(-1, weight.parts["qzeros"].shape[1])
        spread = (packed_zeros[:, :, None] >> (np.arange(each, dtype=np.uint32) * bits)) & (2**bits - 1)
        zeros = spread.reshape(packed_zeros.shape[0], -1)[:, :out].astype(np.float32) + 1.0
    numbers = numbers - zeros[np.minimum(groups, zeros.shape[0] - 1)]
    if "scales" in raw:
        scales = decoded(raw["scales"], weight.parts["scales"].dtype).reshape(-1, out)
        numbers = numbers * scales[np.minimum(groups, scales.shape[0] - 1)]
    return numbers[:, cut.first : cut.first + cut.count].T


def _group_index(cut: Cut, raw: Mapping[str, bytes], np: Any) -> Any:
    weight = cut.view.weight
    if "g_idx" in raw:
        return np.clip(np.frombuffer(raw["g_idx"], dtype="<i4")[: cut.width], 0, None)
    scales = weight.parts.get("scales")
    groups = scales.shape[0] if scales is not None and scales.shape else 1
    return np.arange(cut.width) * groups // max(1, cut.view.width)


def awq_values(cut: Cut, raw: Mapping[str, bytes]) -> Any:
    """The numbers of the units: (nibble - zero) x scale of the input's group."""
    np = need("numpy")
    weight = cut.view.weight
    out = cut.view.units
    order = [0, 4, 1, 5, 2, 6, 3, 7]  # the nibble in which each of eight neighbouring outputs stands

    def spread(piece: bytes) -> Any:
        packed = np.frombuffer(piece, dtype="<u4").reshape(-1, out // 8)
        shifts = np.array(order, dtype=np.uint32) * 4
        return ((packed[:, :, None] >> shifts) & 15).reshape(packed.shape[0], out).astype(np.float32)

    numbers = spread(raw["weight"])[: cut.width]
    groups = _group_index(cut, raw, np)
    zeros = spread(raw["qzeros"]) if "qzeros" in raw else np.full((1, out), 8.0, dtype=np.float32)
    numbers = numbers - zeros[np.minimum(groups, zeros.shape[0] - 1)]
    if "scales" in raw:
        scales = decoded(raw["scales"], weight.parts["scales"].dtype).reshape(-1, out)
        numbers = numbers * scales[np.minimum(groups, scales.shape[0] - 1)]
    return numbers[:, cut.first : cut.first + cut.count].T

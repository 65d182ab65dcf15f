"""Slabs: some units of one matrix, as the bytes to read and as the numbers they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from licscan.core.evidence import Gap
from licscan.provenance.decode import decoded, nibbles, words
from licscan.provenance.extra import need
from licscan.provenance.reader import Reader, Stretch
from licscan.provenance.tensor import Tensor, size_of
from licscan.provenance.view import View
from licscan.provenance.weight import Storage, Weight

COLUMN_WIDTH = 128
"""Numbers of each unit that are read where units are stored as columns."""
_SMALL_FLOOR = 65_536


@dataclass(frozen=True, slots=True)
class Slab:
    """Some units of a matrix, read."""

    values: Any
    """float32, units x numbers."""
    raw: bytes
    """The stored bytes of the numbers."""
    dtype: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Which units, and how many numbers of each."""

    view: View
    first: int
    count: int

    @property
    def width(self) -> int:
        """Numbers of each unit that are read."""
        if self.view.rows:
            return self.view.width
        whole = self.view.width * self.view.weight.main.row_bytes
        return self.view.width if whole <= _SMALL_FLOOR else min(self.view.width, COLUMN_WIDTH)


def cost(view: View, count: int) -> int:
    """Bytes that a slab of so many units takes, companions left out."""
    return sum(one.length for one in stretches(Cut(view, 0, count)).values())


def stretches(cut: Cut) -> dict[str, Stretch]:
    """The bytes to read, by part of the weight."""
    storage = cut.view.weight.storage
    if storage is Storage.GPTQ:
        return _gptq(cut)
    if storage is Storage.AWQ:
        return _awq(cut)
    if not cut.view.rows:
        return {"weight": _columns(cut)}
    return _rows(cut)


def _part(tensor: Tensor, start: int, length: int) -> Stretch:
    return Stretch(tensor.path, tensor.start + start, min(length, tensor.length - start))


def _row_bytes(view: View) -> int:
    """Stored bytes of one stored row of the matrix."""
    main = view.weight.main
    if view.weight.storage in {Storage.BNB4, Storage.NVFP4, Storage.MXFP4}:
        return view.width // 2
    if view.weight.storage is Storage.PACKED:
        return view.width * view.weight.bits // 8
    return size_of(main.dtype, (view.width,)) or 0


def _rows(cut: Cut) -> dict[str, Stretch]:
    view, row = cut.view, _row_bytes(cut.view)
    start = view.first + cut.first * view.step
    span = cut.count * view.step
    found = {"weight": _part(view.weight.main, start * row, span * row)}
    for part, tensor in view.weight.parts.items():
        if (stretch := _companion(view, part, tensor, start, span)) is not None:
            found[part] = stretch
    return found


def _companion(view: View, part: str, tensor: Tensor, start: int, span: int) -> Stretch | None:
    """The part of a scale that belongs to the rows."""
    storage, shape = view.weight.storage, tensor.shape
    if part == "weight":
        return None
    if storage is Storage.BNB4 and part == "absmax":
        first, last = start * view.width // 64, -(-(start + span) * view.width // 64)
        each = tensor.length // max(1, tensor.elements)
        return _part(tensor, first * each, (last - first) * each)
    if storage is Storage.BNB4 and part in {"nested_absmax", "quant_map", "nested_quant_map"}:
        return _part(tensor, 0, tensor.length) if tensor.length <= 4 * _SMALL_FLOOR else None
    if storage is Storage.BNB8 and part == "SCB":
        return _part(tensor, start * 4, span * 4)
    if part not in {"weight_scale", "weight_scale_inv", "block_scales"} or not tensor.elements:
        return None
    if tensor.elements == 1:
        return _part(tensor, 0, tensor.length)
    rows_of_all = (view.weight.shape or (0,))[0] if len(view.weight.shape or ()) == 2 else 0
    if storage is Storage.MXFP4 and len(shape) == 3:
        rows_of_all = shape[0] * shape[1]
    scale_rows = shape[0] * (shape[1] if len(shape) == 3 else 1)
    if not rows_of_all or not scale_rows:
        return None
    block = -(-rows_of_all // scale_rows)
    each = tensor.length // scale_rows
    first, last = start // block, -(-(start + span) // block)
    return _part(tensor, first * each, (last - first) * each)


def _columns(cut: Cut) -> Stretch:
    """Units that are columns: some whole stored rows."""
    view = cut.view
    row = view.weight.main.row_bytes
    return _part(view.weight.main, view.above * row, cut.width * row)


def _gptq(cut: Cut) -> dict[str, Stretch]:
    weight, view = cut.view.weight, cut.view
    each = weight.main.row_bytes
    found = {"weight": _part(weight.main, 0, cut.width * weight.bits // 32 * each)}
    for part in ("scales", "qzeros"):
        if (tensor := weight.parts.get(part)) is not None:
            found[part] = _part(tensor, 0, _groups(weight, cut.width, view.width) * tensor.row_bytes)
    if (order := weight.parts.get("g_idx")) is not None:
        found["g_idx"] = _part(order, 0, cut.width * 4)
    return found


def _groups(weight: Weight, width: int, whole: int) -> int:
    """Groups of scales that the first inputs need: all of them where an order may mix them."""
    scales = weight.parts.get("scales")
    groups = scales.shape[0] if scales is not None and scales.shape else 1
    if "g_idx" in weight.parts:
        return groups
    return min(groups, -(-width * groups // whole))


def _awq(cut: Cut) -> dict[str, Stretch]:
    weight = cut.view.weight
    found = {"weight": _part(weight.main, 0, cut.width * weight.main.row_bytes)}
    for part in ("scales", "qzeros"):
        if (tensor := weight.parts.get(part)) is not None:
            found[part] = _part(tensor, 0, _groups(weight, cut.width, cut.view.width) * tensor.row_bytes)
    return found


def read_slabs(reader: Reader, cuts: Sequence[Cut]) -> list[Slab | Gap | str]:
    """Read and decode slabs; a gap where bytes could not be had, a sentence where they make no sense."""
    plans = [stretches(cut) for cut in cuts]
    flat = [stretch for plan in plans for stretch in plan.values()]
    answers = iter(reader.read(flat))
    found: list[Slab | Gap | str] = []
    for cut, plan in zip(cuts, plans, strict=True):
        pieces = {part: next(answers) for part in plan}
        gap = next((piece for piece in pieces.values() if isinstance(piece, Gap)), None)
        if gap is not None:
            found.append(gap)
            continue
        raw = {part: piece for part, piece in pieces.items() if isinstance(piece, bytes)}
        try:
            values = values_of(cut, raw)
        except (ValueError, IndexError, TypeError, KeyError, NotImplementedError) as error:
            found.append(f"{cut.view.weight.name}: its bytes do not fit its shape ({error})")
            continue
        found.append(Slab(values, raw["weight"], cut.view.weight.main.dtype, tuple(plan.values())))
    return found


def values_of(cut: Cut, raw: Mapping[str, bytes]) -> Any:
    """The numbers of a slab: units x numbers."""
    np = need("numpy")
    view, weight = cut.view, cut.view.weight
    if weight.storage is Storage.GPTQ:
        values = _gptq_values(cut, raw)
    elif weight.storage is Storage.AWQ:
        values = _awq_values(cut, raw)
    elif not view.rows:
        rows = decoded(raw["weight"], weight.main.dtype).reshape(cut.width, -1)
        first = view.first + cut.first * view.step
        values = rows[:, first : first + cut.count * view.step : view.step].T
    else:
        values = _row_values(cut, raw)[:: view.step]
    if values.shape != (cut.count, cut.width):
        raise ValueError(f"{values.shape} and not {(cut.count, cut.width)}")
    return np.ascontiguousarray(values, dtype=np.float32)


def _row_values(cut: Cut, raw: Mapping[str, bytes]) -> Any:
    np = need("numpy")
    view, weight = cut.view, cut.view.weight
    span = cut.count * view.step
    if weight.storage is Storage.BNB4:
        return _bnb4(raw, span * view.width).reshape(span, view.width)
    if weight.storage is Storage.PACKED:
        numbers = words(raw["weight"], weight.bits).reshape(span, -1)[:, : view.width] - 2.0 ** (weight.bits - 1)
        return _times_scale(numbers, raw.get("weight_scale"), weight.parts.get("weight_scale"), np)
    if weight.storage in {Storage.MXFP4, Storage.NVFP4}:
        numbers = nibbles(raw["weight"], "e2m1").reshape(span, view.width)
        part = "block_scales" if "block_scales" in weight.parts else "weight_scale"
        return _times_scale(
            numbers, raw.get(part), weight.parts.get(part), np, microscaled=weight.storage is Storage.MXFP4
        )
    numbers = decoded(raw["weight"], weight.main.dtype).reshape(span, view.width)
    if weight.storage is Storage.BNB8 and "SCB" in raw:
        return numbers * decoded(raw["SCB"], "F32")[:, None] / 127.0
    if weight.storage is Storage.SCALED:
        scale = next((one for one in ("weight_scale_inv", "weight_scale") if one in raw), None)
        return numbers if scale is None else _times_scale(numbers, raw[scale], weight.parts[scale], np)
    return numbers


def _times_scale(numbers: Any, raw: bytes | None, tensor: Tensor | None, np: Any, *, microscaled: bool = False) -> Any:
    """Multiply rows by scales that may stand for blocks of rows and columns."""
    if raw is None or tensor is None:
        return numbers
    scales = decoded(raw, "F8_E8M0" if microscaled and tensor.dtype == "U8" else tensor.dtype)
    if scales.size == 1:
        return numbers * scales[0]
    columns = tensor.shape[-1] if len(tensor.shape) > 1 else 1
    scales = scales.reshape(-1, columns)
    rows, width = numbers.shape
    if scales.shape[0] not in {1, rows}:
        scales = np.repeat(scales, -(-rows // scales.shape[0]), axis=0)[:rows]
    if scales.shape[1] not in {1, width}:
        scales = np.repeat(scales, -(-width // scales.shape[1]), axis=1)[:, :width]
    return numbers * scales


def _gptq_values(cut: Cut, raw: Mapping[str, bytes]) -> Any:
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


def _awq_values(cut: Cut, raw: Mapping[str, bytes]) -> Any:
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


def _bnb4(raw: Mapping[str, bytes], count: int) -> Any:
    """bitsandbytes: a code for each number, the largest magnitude of each block of 64, possibly quantised itself."""
    np = need("numpy")
    codes = np.frombuffer(raw["weight"], dtype=np.uint8)
    table = np.frombuffer(raw["quant_map"], dtype="<f4")
    pairs = np.stack([codes >> 4, codes & 15], axis=1).ravel()[:count]
    numbers = table[pairs]
    largest = np.frombuffer(raw["absmax"], dtype=np.uint8 if "nested_absmax" in raw else "<f4")
    if "nested_absmax" in raw:
        nested = np.frombuffer(raw["nested_quant_map"], dtype="<f4")
        outer = np.frombuffer(raw["nested_absmax"], dtype="<f4")
        block = np.arange(largest.size) // 256
        largest = nested[largest] * outer[np.minimum(block, outer.size - 1)]
    whole = -(-count // 64)
    padded = np.zeros(whole * 64, dtype=np.float32)
    padded[:count] = numbers
    return (padded.reshape(whole, 64) * largest[:whole, None]).ravel()[:count]


def with_states(reader: Reader, views: Sequence[View]) -> list[View]:
    """Bitsandbytes tells the shape of a 4-bit weight in a small tensor beside it: read it."""
    waiting = [view for view in views if view.weight.storage is Storage.BNB4 and not view.width]
    if not waiting:
        return list(views)
    parts = [view.weight.parts.get("quant_state") for view in waiting]
    answers = reader.read([_part(one, 0, min(one.length, 4096)) if one else Stretch("", 0, 0) for one in parts])
    shapes = {id(view): _shape_said(answer) for view, answer in zip(waiting, answers, strict=True)}
    found = []
    for view in views:
        shape = shapes.get(id(view))
        found.append(replace(view, units=shape[0], width=shape[1]) if shape else view)
    return found


def _shape_said(answer: bytes | Gap) -> tuple[int, int] | None:
    try:
        shape = json.loads(answer)["shape"] if isinstance(answer, bytes) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    is_pair = (
        isinstance(shape, list) and len(shape) == 2 and all(isinstance(one, int) and 0 < one < 2**31 for one in shape)
    )
    return (shape[0], shape[1]) if shape is not None and is_pair else None

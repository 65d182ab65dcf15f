"""Slabs: some units of one matrix, as the bytes to read and as the numbers they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from licscan.core.evidence import Gap
from licscan.formats.tensor import Tensor, size_of
from licscan.weights.extra import need
from licscan.weights.reading.reader import Reader, Stretch
from licscan.weights.tensors.bnb import bnb4_companion, bnb4_values
from licscan.weights.tensors.cut import Cut, piece
from licscan.weights.tensors.decode import decoded, nibbles, words
from licscan.weights.tensors.logical_weight import Storage
from licscan.weights.tensors.packed import awq_stretches, awq_values, gptq_stretches, gptq_values
from licscan.weights.tensors.view import View


@dataclass(frozen=True, slots=True)
class Slab:
    """Some units of a matrix, read."""

    values: Any
    """float32, units x numbers."""
    raw: bytes
    """The stored bytes of the numbers."""
    dtype: str
    stretches: tuple[Stretch, ...]


def cost(view: View, count: int) -> int:
    """Bytes that a slab of so many units takes, companions left out."""
    return sum(one.length for one in stretches(Cut(view, 0, count)).values())


def stretches(cut: Cut) -> dict[str, Stretch]:
    """The bytes to read, by part of the weight."""
    storage = cut.view.weight.storage
    if storage is Storage.GPTQ:
        return gptq_stretches(cut)
    if storage is Storage.AWQ:
        return awq_stretches(cut)
    if not cut.view.rows:
        return {"weight": _columns(cut)}
    return _rows(cut)


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
    found = {"weight": piece(view.weight.main, start * row, span * row)}
    for part, tensor in view.weight.parts.items():
        if (stretch := _companion(view, part, tensor, start, span)) is not None:
            found[part] = stretch
    return found


def _companion(view: View, part: str, tensor: Tensor, start: int, span: int) -> Stretch | None:
    """The part of a scale that belongs to the rows."""
    storage, shape = view.weight.storage, tensor.shape
    if part == "weight":
        return None
    if storage is Storage.BNB4:
        return bnb4_companion(view, part, tensor, start, span)
    if storage is Storage.BNB8 and part == "SCB":
        return piece(tensor, start * 4, span * 4)
    if part not in {"weight_scale", "weight_scale_inv", "block_scales"} or not tensor.elements:
        return None
    if tensor.elements == 1:
        return piece(tensor, 0, tensor.length)
    rows_of_all = (view.weight.shape or (0,))[0] if len(view.weight.shape or ()) == 2 else 0
    if storage is Storage.MXFP4 and len(shape) == 3:
        rows_of_all = shape[0] * shape[1]
    scale_rows = shape[0] * (shape[1] if len(shape) == 3 else 1)
    if not rows_of_all or not scale_rows:
        return None
    block = -(-rows_of_all // scale_rows)
    each = tensor.length // scale_rows
    first, last = start // block, -(-(start + span) // block)
    return piece(tensor, first * each, (last - first) * each)


def _columns(cut: Cut) -> Stretch:
    """Units that are columns: some whole stored rows."""
    view = cut.view
    row = view.weight.main.row_bytes
    return piece(view.weight.main, view.above * row, cut.width * row)


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
        values = gptq_values(cut, raw)
    elif weight.storage is Storage.AWQ:
        values = awq_values(cut, raw)
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
        return bnb4_values(cut, raw)
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

"""bitsandbytes in 4 bits: a code for each number, the largest magnitude of each block, possibly quantised itself."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from licscan.core.evidence import Gap
from licscan.formats.tensor import Tensor
from licscan.weights.extra import need
from licscan.weights.reading.reader import Reader, Stretch
from licscan.weights.tensors.cut import SMALL_FLOOR, Cut, piece
from licscan.weights.tensors.logical_weight import Storage, Weight
from licscan.weights.tensors.view import View

_LARGEST_STATE = 4096
_NESTED = 256
"""Blocks whose magnitudes were quantised together, where the state does not say."""
_WHOLE = frozenset({"quant_map", "nested_absmax", "nested_quant_map", "quant_state"})


@dataclass(frozen=True, slots=True)
class _State:
    """What the small tensor beside a weight says."""

    shape: tuple[int, int] | None = None
    nested_block: int = _NESTED
    offset: float = 0.0


def block_of(weight: Weight) -> int:
    """Numbers of one block: the power of two that fits the number of magnitudes."""
    blocks = weight.parts["absmax"].elements if "absmax" in weight.parts else 0
    if not blocks:
        raise ValueError("the magnitudes of its blocks are missing")
    least = -(-weight.parameters // blocks)
    return 1 << max(0, (least - 1).bit_length())


def bnb4_companion(view: View, part: str, tensor: Tensor, start: int, span: int) -> Stretch | None:
    """The part of a companion that belongs to some rows."""
    if part == "absmax":
        block = block_of(view.weight)
        first, last = start * view.width // block, -(-(start + span) * view.width // block)
        each = tensor.length // max(1, tensor.elements)
        return piece(tensor, first * each, (last - first) * each)
    return piece(tensor, 0, tensor.length) if part in _WHOLE and tensor.length <= 4 * SMALL_FLOOR else None


def bnb4_values(cut: Cut, raw: Mapping[str, bytes]) -> Any:
    """The numbers of the rows."""
    np = need("numpy")
    view = cut.view
    rows, block = cut.count * view.step, block_of(view.weight)
    begin = (view.first + cut.first * view.step) * view.width
    count = rows * view.width
    codes = np.frombuffer(raw["weight"], dtype=np.uint8)
    numbers = np.frombuffer(raw["quant_map"], dtype="<f4")[np.stack([codes >> 4, codes & 15], axis=1).ravel()[:count]]
    largest = _magnitudes(raw, begin // block, np)
    return (numbers * largest[np.arange(begin, begin + count) // block - begin // block]).reshape(rows, view.width)


def _magnitudes(raw: Mapping[str, bytes], first: int, np: Any) -> Any:
    """The largest magnitude of each block, beginning with the block of this number."""
    if "nested_absmax" not in raw:
        return np.frombuffer(raw["absmax"], dtype="<f4")
    state = _state(raw.get("quant_state", b""))
    codes = np.frombuffer(raw["absmax"], dtype=np.uint8)
    outer = np.frombuffer(raw["nested_absmax"], dtype="<f4")
    places = (first + np.arange(codes.size)) // state.nested_block
    return np.frombuffer(raw["nested_quant_map"], dtype="<f4")[codes] * outer[places] + np.float32(state.offset)


def with_shapes(weights: Sequence[Weight], reader: Reader) -> tuple[Weight, ...]:
    """The weights with the shape that the state of one weight of each kind tells: its layers have the same."""
    kinds: dict[tuple[str, int], list[Weight]] = defaultdict(list)
    for weight in weights:
        if weight.storage is Storage.BNB4 and weight.shape is None and "quant_state" in weight.parts:
            kinds[weight.place.pattern, weight.parameters].append(weight)
    if not kinds:
        return tuple(weights)
    wanted = [one[0].parts["quant_state"] for one in kinds.values()]
    answers = reader.read([piece(one, 0, min(one.length, _LARGEST_STATE)) for one in wanted])
    shapes = {}
    for (kind, parameters), answer in zip(kinds, answers, strict=True):
        shape = None if isinstance(answer, Gap) else _state(answer).shape
        if shape is not None and shape[0] * shape[1] == parameters:
            shapes[kind, parameters] = shape
    return tuple(
        replace(one, shape=shapes.get((one.place.pattern, one.parameters)))
        if one.storage is Storage.BNB4 and one.shape is None
        else one
        for one in weights
    )


def _state(raw: bytes) -> _State:
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        return _State()
    if not isinstance(said, dict):
        return _State()
    shape, offset = said.get("shape"), said.get("nested_offset")
    pair = [_count(one) for one in shape] if isinstance(shape, list) else []
    return _State(
        (pair[0], pair[1]) if len(pair) == 2 and all(pair) else None,
        _count(said.get("nested_blocksize")) or _NESTED,
        float(offset) if isinstance(offset, (int, float)) else 0.0,
    )


def _count(number: Any) -> int:
    """A number of things, or 0 for what is none."""
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**31 else 0

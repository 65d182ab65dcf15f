"""Which slabs of two components are read to compare them: the role, the layers and the units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from licscan.weights.reading.reader import Reader
from licscan.weights.statistics.fixed_point import LEAST_ROWS, LEAST_WIDTH, ROWS
from licscan.weights.tensors.cut import Cut
from licscan.weights.tensors.slab import cost, stretches
from licscan.weights.tensors.view import Layer, Side, View

SAMPLED_LAYERS = 8
Key = tuple[str, int | None]


def sampled(layers: int, most: int) -> list[int]:
    """Layers spread evenly, the first and the last among them."""
    if layers <= most:
        return list(range(layers))
    return sorted({round(index * (layers - 1) / (most - 1)) for index in range(most)})


def common_role(a: Side, b: Side) -> tuple[Key, Key] | None:
    """The matrix that both have in their layers and that is cheapest to read; dense against dense where possible."""
    found = []
    for key_a in sorted(_keys(a), key=str):
        for key_b in sorted(_keys(b), key=str):
            if key_a[0] != key_b[0] or (key_a[1] or 0) != 0 or (key_b[1] or 0) != 0:
                continue
            pair = example(a, key_a), example(b, key_b)
            if pair[0] is None or pair[1] is None or not fit(pair[0], pair[1]):
                continue
            mixed = (key_a[1] is None) != (key_b[1] is None)
            price = cost(pair[0], ROWS) + cost(pair[1], ROWS)
            found.append((mixed, price, ("up", "gate", "down", "matrix").index(key_a[0]), key_a, key_b))
    best = min(found, key=lambda one: one[:3], default=None)
    return (best[3], best[4]) if best else None


def first_rows(side: Side, key: Key) -> int:
    """How many units a slab of this role has."""
    shown = example(side, key)
    return min(ROWS, shown.units) if shown is not None else 0


def _keys(side: Side) -> set[Key]:
    return {key for layer in side.layers for key in layer.views if key[0] in {"up", "gate", "down", "matrix"}}


def example(side: Side, key: Key) -> View | None:
    """The first matrix of a role."""
    return next((layer.views[key] for layer in side.layers if key in layer.views), None)


def fit(a: View, b: View) -> bool:
    """Both can be cut to the same number of units of the same width."""
    if a.step != b.step or min(a.units, b.units) < LEAST_ROWS:
        return False
    return a.width == b.width and a.width >= LEAST_WIDTH


def units_of(a: View, b: View, seed: int, layer: int) -> tuple[int, int]:
    """Which units: the first ones, or a block that the seed chooses."""
    units = min(a.units, b.units)
    count = min(ROWS, units)
    if seed == 0 or units == count:
        return 0, count
    blocks = units // count
    return ((seed + layer * (seed - 1)) % blocks) * count, count


@dataclass(frozen=True, slots=True)
class Planned:
    """Two layers that are to be compared, and the slabs to read for it."""

    a: Layer
    b: Layer
    cuts: tuple[Cut, Cut]


def diagonal_plan(a: Side, b: Side, key: tuple[Key, Key], numbers: Sequence[int], seed: int) -> list[Planned]:
    """Layer i of A against layer i of B, where both have the matrix."""
    plans = []
    for number in numbers:
        layer_a, layer_b = a.layers[number], b.layers[number]
        view_a, view_b = layer_a.views.get(key[0]), layer_b.views.get(key[1])
        if view_a is None or view_b is None or not fit(view_a, view_b):
            continue
        first, count = units_of(view_a, view_b, seed, number)
        plans.append(Planned(layer_a, layer_b, (Cut(view_a, first, count), Cut(view_b, first, count))))
    return plans


def price(cut: Cut, reader: Reader) -> int:
    """Bytes that a slab still costs."""
    return sum(one.length for one in stretches(cut).values() if not reader.has(one))


def place_of_label(side: Side, label: str) -> int:
    """Where in its stack a layer stands; -1 for what is none."""
    return next((index for index, layer in enumerate(side.layers) if layer.label == label), -1)

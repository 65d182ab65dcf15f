"""Which rows of which tensor are hidden units, whatever the layout: transposed, fused, stacked experts or packed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import prod

from licscan.weights.tensors.logical_weight import Storage, Weight

MLP_ROLES = ("up", "gate", "down")
SMALLEST_UNITS = 16
_BY_COLUMNS = frozenset({Storage.GPTQ, Storage.AWQ})


@dataclass(frozen=True, slots=True)
class View:
    """A matrix whose rows are hidden units, inside a stored weight."""

    weight: Weight
    role: str
    units: int
    width: int
    """Numbers of each unit."""
    rows: bool = True
    """The stored rows are the units; otherwise the stored columns are."""
    first: int = 0
    """The stored row (or column) of the first unit: experts and fused halves begin further on."""
    above: int = 0
    """Stored rows before this matrix, where the units are columns of one of several stacked matrices."""
    step: int = 1
    """Every how many stored rows a unit stands."""

    @property
    def elements(self) -> int:
        """Numbers of the whole matrix."""
        return self.units * self.width


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a stack: its matrices by role and expert, and its vectors."""

    label: str
    number: tuple[int, ...]
    views: dict[tuple[str, int | None], View]
    vectors: dict[str, Weight]
    """Norm gains and biases by the name inside the layer."""
    parameters: int
    down: Weight | None = None
    """The matrix behind the hidden units: its columns (or rows) are units too, but expensive ones to read."""


@dataclass(frozen=True, slots=True)
class Side:
    """One component of one model, ready to be compared."""

    name: str
    layers: tuple[Layer, ...]
    """Of the main stack."""
    loose: dict[str, View]
    """Matrices outside the main stack that may be tested, by name."""
    tables: dict[str, Weight]
    """Embedding tables by name."""
    weights: tuple[Weight, ...]
    parameters: int
    width: int | None
    signature: Counter[tuple[str, tuple[int, ...]]]


def side_of(name: str, weights: Sequence[Weight]) -> Side:
    """Sort the weights of one component into layers and roles."""
    width = _width(weights)
    stacks: dict[str, dict[tuple[int, ...], list[Weight]]] = defaultdict(lambda: defaultdict(list))
    outside: list[Weight] = []
    for weight in weights:
        if weight.place.layer and weight.place.role != "adapter":
            stacks[weight.place.stack][weight.place.layer].append(weight)
        else:
            outside.append(weight)
    main = max(stacks, key=lambda stack: (_strength(stacks[stack], width), stack), default="")
    layers = tuple(_layer(main, number, stacks[main][number], width) for number in sorted(stacks.get(main, ())))
    for stack, rest in stacks.items():
        if stack != main:
            outside.extend(weight for one in rest.values() for weight in one)
    loose = {}
    for weight in outside:
        if weight.place.role in {*MLP_ROLES, "gate_up", "matrix", "patch"} and weight.storage is Storage.PLAIN:
            usable = [view for view in _views(weight, width) if view.role in {"up", "gate", "matrix"}]
            if usable:
                loose[weight.name] = usable[0]
    return Side(
        name,
        layers,
        loose,
        {one.name: one for one in weights if one.place.role == "embedding" and one.shape and len(one.shape) == 2},
        tuple(weights),
        sum(one.parameters for one in weights if one.place.role != "buffer"),
        width,
        signature_of(weights),
    )


def signature_of(weights: Iterable[Weight]) -> Counter[tuple[str, tuple[int, ...]]]:
    """How many weights of each role and shape; the order of axes and the layer do not count."""
    return Counter(
        (one.place.role, tuple(sorted(one.shape)))
        for one in weights
        if one.shape is not None and one.place.role not in {"buffer", "adapter"}
    )


def _strength(layers: dict[tuple[int, ...], list[Weight]], width: int | None) -> tuple[int, int]:
    """Stacks with testable matrices first, then the larger ones."""
    testable = sum(
        any(view.role in MLP_ROLES for view in _views(weight, width)) for one in layers.values() for weight in one
    )
    return min(testable, 2), sum(weight.parameters for one in layers.values() for weight in one)


def _width(weights: Sequence[Weight]) -> int | None:
    """The width of the residual stream: the commonest length of norm gains that is also a side of a matrix."""
    sides = {side for one in weights if one.shape and len(one.shape) > 1 for side in one.shape}
    lengths = Counter(
        one.shape[0]
        for one in weights
        if one.place.role == "norm" and one.shape and len(one.shape) == 1 and one.shape[0] in sides
    )
    if lengths:
        return max(lengths, key=lambda length: (lengths[length], length))
    tables = [one.shape[1] for one in weights if one.place.role == "embedding" and one.shape and len(one.shape) == 2]
    return tables[0] if tables else None


def _layer(stack: str, number: tuple[int, ...], weights: Sequence[Weight], width: int | None) -> Layer:
    views: dict[tuple[str, int | None], View] = {}
    vectors = {}
    for weight in sorted(weights, key=lambda one: one.name):
        if weight.place.role in {"norm", "bias"} and weight.shape and len(weight.shape) == 1:
            vectors[weight.place.pattern] = weight
        for view in _views(weight, width):
            expert = weight.place.expert if not weight.place.stacked else 0
            views.setdefault((view.role, expert), view)
            if weight.place.stacked:
                for other in range(1, min(8, (weight.shape or (1,))[0])):
                    views.setdefault((view.role, other), expert_of(view, other))
    label = ".".join((stack, *(str(one) for one in number))).strip(".")
    down = next((one for one in weights if one.place.role == "down" and one.place.expert in {None, 0}), None)
    return Layer(label, number, views, vectors, sum(one.parameters for one in weights), down)


def _views(weight: Weight, width: int | None) -> list[View]:
    """The matrices of hidden units in a weight; empty where its rows are none."""
    shape, role = weight.shape, weight.place.role
    if shape is None or len(shape) < 2 or role not in {"up", "gate", "down", "gate_up", "matrix", "router"}:
        return []
    if role == "router":
        role = "gate"
        if len(shape) != 2 or max(shape) < 256 or min(shape) < 32:
            return []
    if weight.place.stacked and len(shape) == 3:
        return _stacked(weight, role, width)
    if len(shape) > 2:
        return [View(weight, "matrix", shape[0], prod(shape[1:]))] if role in {"matrix", "up"} else []
    return _flat(weight, role, shape, width)


def _flat(weight: Weight, role: str, shape: tuple[int, ...], width: int | None) -> list[View]:
    out, inner = shape
    by_rows = weight.storage not in _BY_COLUMNS
    if role == "down":
        if out == width != inner or (out == inner) or width not in shape:
            return []  # the units are the fast axis of a matrix whose rows are the residual stream: expensive to read
        return [View(weight, role, out, inner)] if by_rows else []
    if role == "gate_up":
        half = out // 2
        if width in {None, inner} and half >= SMALLEST_UNITS:
            return [View(weight, "gate", half, inner, by_rows), View(weight, "up", half, inner, by_rows, half)]
        return []
    if by_rows and role in {"up", "gate"} and out == width and inner != width:
        return [View(weight, role, inner, out, rows=False)]
    return [View(weight, role, out, inner, by_rows)]


def _stacked(weight: Weight, role: str, width: int | None) -> list[View]:
    """The first expert of a tensor that holds all of them."""
    _, rows, columns = weight.shape or (0, 0, 0)
    fused = role == "gate_up"
    if role == "down":
        return []
    if columns == width or rows != width:
        units = rows // 2 if fused else rows
        # some fuse by halves, some interleave: every second row is a unit of the gate in both
        return [
            View(weight, "gate" if fused else role, units if not fused else rows // 2, columns, step=2 if fused else 1)
        ]
    units = columns // 2 if fused else columns
    return [View(weight, "gate" if fused else role, units, rows, rows=False, step=2 if fused else 1)]


def expert_of(view: View, expert: int) -> View:
    """The same view of another expert of a stacked tensor."""
    _, rows, _ = view.weight.shape or (0, 0, 0)
    if view.rows:
        return replace(view, first=expert * rows)
    return replace(view, above=expert * rows)

"""Which component of A is held against which of B: the same kind first, else the most alike in shapes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import log

from licscan.weights.tensors.inventory import Inventory
from licscan.weights.tensors.logical_weight import Weight
from licscan.weights.tensors.roles import EMBEDDINGS, HEAD
from licscan.weights.tensors.view import Side, side_of

_LEAST_SCORE = 0.5
_SKIPPED = frozenset({"buffer"})
_APART = frozenset({EMBEDDINGS, HEAD})


@dataclass(frozen=True, slots=True)
class Pair:
    """A component of A and its counterpart, if B has one."""

    a: Side
    b: Side | None
    shape_score: float


def sides_of(found: Inventory) -> dict[str, Side]:
    """The components of a model, ready to be compared."""
    groups: dict[str, list[Weight]] = defaultdict(list)
    for weight in found.weights:
        groups[weight.place.component].append(weight)
    sides = {name: side_of(name, weights) for name, weights in sorted(groups.items())}
    return {name: side for name, side in sides.items() if side.parameters}


def pairs_of(a: Mapping[str, Side], b: Mapping[str, Side]) -> list[Pair]:
    """Every component of A with its counterpart, the largest first, tables of embeddings last."""
    found = []
    for name, side in a.items():
        other = b.get(name) or _most_alike(side, b)
        found.append(Pair(side, other, shape_score(side, other) if other is not None else 0.0))
    return sorted(found, key=lambda pair: (pair.a.name in _APART, -pair.a.parameters, pair.a.name))


def _most_alike(side: Side, others: Mapping[str, Side]) -> Side | None:
    scored = [
        (shape_score(side, other), name)
        for name, other in others.items()
        if name not in _APART and side.name not in _APART
    ]
    best = max(scored, default=(0.0, ""))
    if best[0] >= _LEAST_SCORE:
        return others[best[1]]
    same_width = [
        (other.parameters, name)
        for name, other in others.items()
        if name not in _APART and side.layers and other.layers and side.width == other.width and side.width
    ]
    return others[max(same_width)[1]] if same_width and side.name not in _APART else None


def shape_score(a: Side, b: Side) -> float:
    """Weighted Jaccard of the multisets of roles and shapes; rare and large shapes weigh more."""
    kinds = set(a.signature) | set(b.signature)
    if not kinds:
        return 0.0
    shared = whole = 0.0
    for role, shape in kinds:
        size = 1
        for side in shape:
            size *= max(1, side)
        weight = log(2 + size)
        first, second = a.signature[role, shape], b.signature[role, shape]
        shared += weight * min(first, second)
        whole += weight * max(first, second)
    return shared / whole if whole else 0.0

"""Where the boxes of a layered picture go: layers from left to right, few crossings, nothing on top of anything.

The method is Sugiyama's in its plain form: longest-path layers, stand-ins for links that skip layers, sweeps by the
mean place of the neighbours. It is exact about order and cheap about beauty; a thousand boxes take well under a second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

_SWEEPS = 6
_THROUGH = 16.0
"""Room for a link that passes through a layer."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A finished layout: for every box its layer and the middle of its height; for every link the ways between."""

    layer: Mapping[str, int]
    middle: Mapping[str, float]
    through: Mapping[tuple[str, str], tuple[tuple[int, float], ...]]
    """For a link that skips layers: the layers and heights at which it passes."""
    height: float
    layers: int


@dataclass(frozen=True, slots=True)
class _Row:
    """One place in a layer: a box, or a stand-in for a link that passes through."""

    name: str
    size: float


def place(start: str, links: Iterable[tuple[str, str]], box: float, gap: float) -> Placed:
    """Lay out everything that `start` leads to. `links` are (child, parent); the child stands left of its parent."""
    pairs = sorted(set(links))
    layer = _layers(start, pairs)
    forward = [(child, parent) for child, parent in pairs if layer.get(child, -1) < layer.get(parent, -1)]
    rows, chains, near = _rows(layer, forward, box)
    order = _ordered(rows, near)
    middle, height = _heights(order, near, gap)
    through = {
        pair: tuple((layer[pair[0]] + step + 1, middle[name]) for step, name in enumerate(chain))
        for pair, chain in chains.items()
    }
    boxes = {name: middle[name] for name in layer}
    return Placed(layer, boxes, through, height, len(rows))


def _layers(start: str, pairs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The longest way from the start; a link that closes a circle does not count."""
    parents: dict[str, list[str]] = defaultdict(list)
    for child, parent in pairs:
        parents[child].append(parent)
    finished: list[str] = []
    state: dict[str, int] = {}
    closing: set[tuple[str, str]] = set()
    waiting: list[tuple[str, int]] = [(start, 0)]
    state[start] = 1
    while waiting:
        node, at = waiting.pop()
        ups = parents[node]
        if at == len(ups):
            state[node] = 2
            finished.append(node)
            continue
        waiting.append((node, at + 1))
        up = ups[at]
        if state.get(up) == 1:
            closing.add((node, up))
        elif up not in state:
            state[up] = 1
            waiting.append((up, 0))
    layer = {start: 0}
    for node in reversed(finished):
        for up in parents[node]:
            if (node, up) not in closing:
                layer[up] = max(layer.get(up, 0), layer[node] + 1)
    return layer


def _rows(
    layer: Mapping[str, int], forward: Sequence[tuple[str, str]], box: float
) -> tuple[list[list[_Row]], dict[tuple[str, str], tuple[str, ...]], dict[str, tuple[list[str], list[str]]]]:
    """The layers with their stand-ins, the stand-ins of each link, and each row's neighbours left and right."""
    rows: list[list[_Row]] = [[] for _ in range(max(layer.values()) + 1)]
    for name in sorted(layer):
        rows[layer[name]].append(_Row(name, box))
    near: dict[str, tuple[list[str], list[str]]] = {name: ([], []) for name in layer}
    chains: dict[tuple[str, str], tuple[str, ...]] = {}
    for child, parent in forward:
        names = []
        before = child
        for at in range(layer[child] + 1, layer[parent]):
            name = f"\0{child}\0{parent}\0{at}"
            rows[at].append(_Row(name, _THROUGH))
            near[name] = ([before], [])
            near[before][1].append(name)
            names.append(name)
            before = name
        near[before][1].append(parent)
        near[parent][0].append(before)
        chains[child, parent] = tuple(names)
    return rows, chains, near


def _ordered(rows: list[list[_Row]], near: Mapping[str, tuple[list[str], list[str]]]) -> list[list[_Row]]:
    """Sweep left and right, each time sorting a layer by the mean place of its neighbours in the one before."""
    place_of = {row.name: float(at) for layer in rows for at, row in enumerate(layer)}
    for sweep in range(_SWEEPS):
        side = sweep % 2
        for layer in rows if side == 0 else reversed(rows):
            layer.sort(key=_by_neighbours(near, place_of, side))
            for at, row in enumerate(layer):
                place_of[row.name] = float(at)
    return rows


def _by_neighbours(
    near: Mapping[str, tuple[list[str], list[str]]], place_of: Mapping[str, float], side: int
) -> Callable[[_Row], tuple[float, float]]:
    def key(row: _Row) -> tuple[float, float]:
        beside = near[row.name][side]
        own = place_of[row.name]
        return (sum(place_of[name] for name in beside) / len(beside) if beside else own, own)

    return key


def _heights(
    rows: list[list[_Row]], near: Mapping[str, tuple[list[str], list[str]]], gap: float
) -> tuple[dict[str, float], float]:
    """Heights: each row as near as can be to the mean of its neighbours on the left, in order, without overlap."""
    middle: dict[str, float] = {}
    for layer in rows:
        wanted = []
        for row in layer:
            left = [middle[name] for name in near[row.name][0]]
            wanted.append(sum(left) / len(left) if left else 0.0)
        _settle(layer, wanted, gap, middle)
    top = min(middle[row.name] - row.size / 2 for layer in rows for row in layer)
    bottom = max(middle[row.name] + row.size / 2 for layer in rows for row in layer)
    return {name: round(at - top, 1) for name, at in middle.items()}, round(bottom - top, 1)


def _settle(layer: Sequence[_Row], wanted: Sequence[float], gap: float, middle: dict[str, float]) -> None:
    """Push overlapping rows apart, blocks around their common wish (pool adjacent violators)."""
    blocks: list[tuple[float, int, float]] = []  # sum of (wish - offset), rows, offset of the end
    offsets: list[float] = []
    run = 0.0
    for at, row in enumerate(layer):
        if at:
            run += (layer[at - 1].size + row.size) / 2 + gap
        offsets.append(run)
    for at in range(len(layer)):
        blocks.append((wanted[at] - offsets[at], 1, 0.0))
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            total, count, _ = blocks.pop()
            before, number, _ = blocks.pop()
            blocks.append((before + total, number + count, 0.0))
    at = 0
    for total, count, _ in blocks:
        for _ in range(count):
            middle[layer[at].name] = total / count + offsets[at]
            at += 1

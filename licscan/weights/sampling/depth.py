"""Stacks of different depth: every layer of A against every layer of B, and the best way through."""

from __future__ import annotations

from math import comb, log10

from licscan.weights.reading.reader import Reader, in_parallel
from licscan.weights.sampling.plan import Key, example, fit, sampled
from licscan.weights.statistics import align
from licscan.weights.statistics.component_test import SlabResult, Trial
from licscan.weights.statistics.fixed_point import LEAST_ROWS, ROWS, log10_p
from licscan.weights.statistics.slab_compare import result_of
from licscan.weights.tensors.cut import Cut
from licscan.weights.tensors.slab import cost, read_slabs
from licscan.weights.tensors.view import Side


def try_all_layers(
    a: Side, b: Side, key: tuple[Key, Key], readers: tuple[Reader, Reader], trial: Trial, room: int
) -> None:
    """Every layer of A against every layer of B: one slab of each layer, all pairs, the best monotone path."""
    sides = []
    for side, one in ((0, a), (1, b)):
        usable = [layer for layer in one.layers if key[side] in layer.views]
        sides.append(usable)
    shown = (example(a, key[0]), example(b, key[1]))
    if shown[0] is None or shown[1] is None:
        return
    count = min(ROWS, shown[0].units, shown[1].units)
    most = max(len(one) for one in sides)
    while count > LEAST_ROWS and most * max(cost(shown[0], count), cost(shown[1], count)) > room:
        count = max(LEAST_ROWS, count // 2)
    each = max(1, cost(shown[0], count), cost(shown[1], count))
    affordable = max(2, room // each)
    chosen = [[layers[i] for i in sampled(len(layers), affordable)] for layers in sides]
    if any(len(some) < len(layers) for some, layers in zip(chosen, sides, strict=True)):
        trial.untestable.append("the budget of bytes did not reach for every layer")
    slabs = in_parallel(
        lambda side: read_slabs(readers[side], [Cut(layer.views[key[side]], 0, count) for layer in chosen[side]]),
        (0, 1),
        max(readers[0].hub.workers, readers[1].hub.workers),
    )
    trial.tried_layers = len(chosen[0])
    table: dict[tuple[int, int], SlabResult] = {}
    for i, layer_a in enumerate(chosen[0]):
        for j, layer_b in enumerate(chosen[1]):
            views = (layer_a.views[key[0]], layer_b.views[key[1]])
            if not fit(*views):
                continue
            found = result_of((layer_a, views[0]), (layer_b, views[1]), (slabs[0][i], slabs[1][j]), (0, count), trial)
            if found is not None:
                table[i, j] = found
    trial.untestable = list(dict.fromkeys(trial.untestable))
    trial.tests = max(1, len(table))
    _take_path(trial, table, len(chosen[0]), len(chosen[1]))


def _take_path(trial: Trial, table: dict[tuple[int, int], SlabResult], rows: int, columns: int) -> None:
    """Keep the pairs along the best path; without any, the best single pair with its correction."""
    strong = {pair: one.log10_p for pair, one in table.items() if one.equal or one.log10_p <= trial.alpha}
    path = align.best_path(strong, rows, columns)
    if not path:
        best = min(table.values(), key=lambda one: (one.log10_p, one.a, one.b), default=None)
        if best is not None:
            trial.results = [best]
            trial.log10_p = min(0.0, best.log10_p + log10(trial.tests))
        return
    chain = [table[pair] for pair in path]
    again = [
        min((one for (i, _), one in table.items() if i == row), key=lambda one: (one.log10_p, one.b))
        for row in sorted({i for i, _ in strong} - {i for i, _ in path})
    ]
    trial.results = sorted(chain + again, key=lambda one: int(next(i for (i, _), r in table.items() if r is one)))
    trial.layer_map = [(one.a, one.b) for one in trial.results]
    ways = log10(comb(rows, len(path))) + log10(comb(columns, len(path)))
    trial.log10_p = min(0.0, log10_p([one.match for one in chain]) + ways)

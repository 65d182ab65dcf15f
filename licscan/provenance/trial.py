"""Sampled weights of one component of A against one of B: which slabs to read, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import comb, log10

from licscan.core.evidence import Gap
from licscan.provenance import align
from licscan.provenance.cut import Cut
from licscan.provenance.effect import likeness, same_after_rounding, weighted_median
from licscan.provenance.fixed_point import (
    LEAST_ROWS,
    LEAST_WIDTH,
    ROWS,
    Match,
    log10_p,
    log10_tail,
    match_rows,
    significance,
)
from licscan.provenance.reader import Reader, Stretch, in_parallel
from licscan.provenance.slab import Slab, cost, read_slabs, stretches
from licscan.provenance.view import Layer, Side, View

SAMPLED_LAYERS = 8
LARGE = 100_000
"""Elements from which a matrix is too large for likeness by the recipe alone."""
_MOST_EXPERTS = 8
Key = tuple[str, int | None]
Half = tuple[tuple[Layer | str, View], Slab]


@dataclass(frozen=True, slots=True)
class SlabResult:
    """One slab of A against one of B."""

    a: str
    b: str
    """The layers or matrices."""
    role: str
    match: Match
    log10_p: float
    r: float | None
    distance: float | None
    equal: bool
    """Byte for byte, or after rounding to the coarser of two types."""
    elements: int
    """Of the slab."""
    matrix: int
    """Elements of the whole matrix."""
    parameters: int
    """Of the layer of A that it stands for."""
    rows: tuple[int, int] = (0, ROWS)
    a_read: tuple[Stretch, ...] = ()
    b_read: tuple[Stretch, ...] = ()


@dataclass(slots=True)
class Trial:
    """All that the sampled weights of one pair of components say."""

    results: list[SlabResult] = field(default_factory=list)
    """The slabs that count: diagonal, or along the alignment."""
    tests: int = 1
    """How many matchings were tried to find them."""
    log10_p: float = 0.0
    untestable: list[str] = field(default_factory=list)
    layer_map: list[tuple[str, str]] = field(default_factory=list)
    """Layers of A and of B that belong together, where they are not simply the same."""
    experts: list[tuple[int, Match]] = field(default_factory=list)
    """Experts of one side against the dense matrix of the other."""
    tried_layers: int = 0
    all_layers: int = 0
    gains_r: float | None = None
    gains_equal: int = 0
    gains: int = 0
    seed: int = 0
    b_layers: int = 0
    in_layers: bool = True
    """The results stand for layers of a stack, not for loose matrices."""
    slabs: dict[str, tuple[Half, Half]] = field(default_factory=dict)
    """What was read, by the label of A, while it may be needed again."""

    @property
    def alpha(self) -> float:
        """log10 of the level at which a p-value of this trial counts."""
        return significance(self.tests)

    @property
    def matched(self) -> list[SlabResult]:
        """The slabs that belong together beyond doubt."""
        return [one for one in self.results if one.equal or one.log10_p <= self.alpha]

    @property
    def is_significant(self) -> bool:
        """The weights are dependent."""
        return bool(self.results) and (self.log10_p <= self.alpha or bool(self.matched))

    def layer_labels(self) -> list[str]:
        """Layers of A that were tested; empty for tables and loose matrices."""
        return [one.a for one in self.results if one.role in {"up", "gate", "down", "matrix"} and self.in_layers]

    def median_r(self) -> float | None:
        """Pearson over the slabs that belong together (all of them where none does), weighted by the matrices' size."""
        counted = [one for one in (self.matched or self.results) if one.r is not None]
        if not counted:
            return None
        return weighted_median([one.r or 0.0 for one in counted], [float(one.matrix) for one in counted])

    def least_r(self) -> float | None:
        """The smallest of them."""
        return min((one.r for one in (self.matched or self.results) if one.r is not None), default=None)

    def equal_bytes(self) -> float:
        """Share of the sampled numbers that are equal."""
        whole = sum(one.elements for one in self.results)
        return sum(one.elements for one in self.results if one.equal) / whole if whole else 0.0


def try_sides(
    a: Side, b: Side, readers: tuple[Reader, Reader], *, seed: int = 0, spare: int = 0, everything: bool = False
) -> Trial:
    """Read slabs of both and test them, within what the readers may still read (less `spare` bytes)."""
    trial = Trial(seed=seed, all_layers=len(a.layers), b_layers=len(b.layers))
    key = common_role(a, b)
    if key is None:
        _try_loose(a, b, readers, trial)
        return trial
    room = min(reader.left for reader in readers) - spare
    if len(a.layers) == len(b.layers):
        numbers = sampled(len(a.layers), len(a.layers) if everything else SAMPLED_LAYERS)
        _try_diagonal(a, b, key, numbers, readers, trial, room)
        _look_aside(a, b, key, readers, trial)
        trial.slabs.clear()
    else:
        _try_all_layers(a, b, key, readers, trial, room)
    if len({key[0][1] is None, key[1][1] is None}) > 1 and trial.results:
        _try_experts(a, b, key, readers, trial)
    return trial


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
            pair = _example(a, key_a), _example(b, key_b)
            if pair[0] is None or pair[1] is None or not _fit(pair[0], pair[1]):
                continue
            mixed = (key_a[1] is None) != (key_b[1] is None)
            price = cost(pair[0], ROWS) + cost(pair[1], ROWS)
            found.append((mixed, price, ("up", "gate", "down", "matrix").index(key_a[0]), key_a, key_b))
    best = min(found, key=lambda one: one[:3], default=None)
    return (best[3], best[4]) if best else None


def first_rows(side: Side, key: Key) -> int:
    """How many units a slab of this role has."""
    example = _example(side, key)
    return min(ROWS, example.units) if example is not None else 0


def _keys(side: Side) -> set[Key]:
    return {key for layer in side.layers for key in layer.views if key[0] in {"up", "gate", "down", "matrix"}}


def _example(side: Side, key: Key) -> View | None:
    return next((layer.views[key] for layer in side.layers if key in layer.views), None)


def _fit(a: View, b: View) -> bool:
    """Both can be cut to the same number of units of the same width."""
    if a.step != b.step or min(a.units, b.units) < LEAST_ROWS:
        return False
    return a.width == b.width and a.width >= LEAST_WIDTH


def _rows(a: View, b: View, seed: int, layer: int) -> tuple[int, int]:
    """Which units: the first ones, or a block that the seed chooses."""
    units = min(a.units, b.units)
    count = min(ROWS, units)
    if seed == 0 or units == count:
        return 0, count
    blocks = units // count
    return ((seed + layer * (seed - 1)) % blocks) * count, count


def _read_pairs(
    wanted: Sequence[tuple[Cut, Cut]], readers: tuple[Reader, Reader]
) -> list[tuple[Slab | Gap | str, Slab | Gap | str]]:
    """Read the slabs of both sides at the same time."""
    sides = in_parallel(
        lambda side: read_slabs(readers[side], [pair[side] for pair in wanted]),
        (0, 1),
        max(readers[0].hub.workers, readers[1].hub.workers),
    )
    return list(zip(sides[0], sides[1], strict=True))


def _compared(
    a: tuple[Layer | str, View],
    first: Slab,
    b: tuple[Layer | str, View],
    second: Slab,
    rows: tuple[int, int],
    seed: int,
) -> SlabResult | str:
    """One slab against another."""
    width = min(first.values.shape[1], second.values.shape[1])
    count = min(first.values.shape[0], second.values.shape[0])
    x, y = first.values[:count, :width], second.values[:count, :width]
    match = match_rows(x, y, seed)
    if isinstance(match, str):
        return match
    like = likeness(x, y)
    same_bytes = first.dtype == second.dtype and first.raw == second.raw
    return SlabResult(
        _label(a[0]),
        _label(b[0]),
        a[1].role,
        match,
        log10_tail(match.rows, match.fixed),
        None if like is None else like.r,
        None if like is None else like.distance,
        same_bytes or same_after_rounding(x, y, first.dtype, second.dtype),
        x.size,
        min(a[1].elements, b[1].elements),
        a[0].parameters if isinstance(a[0], Layer) else a[1].elements,
        (rows[0], rows[0] + count),
        first.stretches,
        second.stretches,
    )


def _label(layer: Layer | str) -> str:
    return layer if isinstance(layer, str) else layer.label


def _try_diagonal(
    a: Side,
    b: Side,
    key: tuple[Key, Key],
    numbers: Sequence[int],
    readers: tuple[Reader, Reader],
    trial: Trial,
    room: int,
) -> None:
    """Layer i of A against layer i of B."""
    done = {one.a for one in trial.results}
    plans: list[Planned] = []
    for one in diagonal_plan(a, b, key, numbers, trial.seed):
        if one.a.label in done:
            continue
        price = max(_price(cut, reader) for cut, reader in zip(one.cuts, readers, strict=True))
        room -= price
        if price and room < 0 and plans:
            trial.untestable.append("the budget of bytes did not reach for every layer")
            break
        plans.append(one)
    answers = _read_pairs([one.cuts for one in plans], readers)
    for one, slabs in zip(plans, answers, strict=True):
        trial.tried_layers += 1
        cut_a, cut_b = one.cuts
        result = _result((one.a, cut_a.view), (one.b, cut_b.view), slabs, (cut_a.first, cut_a.count), trial)
        if result is not None:
            trial.results.append(result)
    trial.results.sort(key=lambda one: _order(a, one.a))
    trial.tests = max(trial.tests, len(trial.results))
    trial.log10_p = log10_p([one.match for one in trial.results])


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
        if view_a is None or view_b is None or not _fit(view_a, view_b):
            continue
        first, count = _rows(view_a, view_b, seed, number)
        plans.append(Planned(layer_a, layer_b, (Cut(view_a, first, count), Cut(view_b, first, count))))
    return plans


def _price(cut: Cut, reader: Reader) -> int:
    """Bytes that a slab still costs."""
    return sum(one.length for one in stretches(cut).values() if not reader.has(one))


def _order(side: Side, label: str) -> int:
    return next((index for index, layer in enumerate(side.layers) if layer.label == label), -1)


def _result(
    a: tuple[Layer | str, View],
    b: tuple[Layer | str, View],
    slabs: tuple[Slab | Gap | str, Slab | Gap | str],
    rows: tuple[int, int],
    trial: Trial,
) -> SlabResult | None:
    """The comparison, or a note of why there is none."""
    for where, slab in zip((a, b), slabs, strict=True):
        if isinstance(slab, Gap):
            trial.untestable.append(f"{_label(where[0])}: {slab.detail} ({slab.place})")
            return None
        if isinstance(slab, str):
            trial.untestable.append(slab)
            return None
    first, second = slabs
    if not isinstance(first, Slab) or not isinstance(second, Slab):
        return None
    trial.slabs[_label(a[0])] = ((a, first), (b, second))
    found = _compared(a, first, b, second, rows, trial.seed)
    if isinstance(found, str):
        trial.untestable.append(f"{_label(a[0])}: {found}")
        return None
    return found


def _look_aside(a: Side, b: Side, key: tuple[Key, Key], readers: tuple[Reader, Reader], trial: Trial) -> None:
    """Where some sampled layers match and some do not: find the border, then look for the rest off the diagonal."""
    matched = {one.a for one in trial.matched}
    if matched and len(matched) < len(trial.results) and trial.tried_layers < len(a.layers):
        _fill_in(a, b, key, readers, trial)
    lost = [one for one in trial.results if one not in trial.matched]
    if not lost or len(trial.results) < 2:
        return
    slabs = dict(trial.slabs)
    trial.tests += len(lost) * (len(trial.results) - 1)
    for one in lost:
        found = [
            _compared(*slabs[one.a][0], *slabs[other.b][1], one.rows, trial.seed)
            for other in trial.results
            if other.b != one.b
        ]
        strong = [r for r in found if isinstance(r, SlabResult) and (r.equal or r.log10_p <= trial.alpha)]
        if strong:
            best = min(strong, key=lambda r: (r.log10_p, r.b))
            trial.results[trial.results.index(one)] = best
            trial.layer_map.append((best.a, best.b))


def _fill_in(a: Side, b: Side, key: tuple[Key, Key], readers: tuple[Reader, Reader], trial: Trial) -> None:
    """Halve the stretch between a layer that matches and one that does not, until the border is known."""
    for _ in range(8):
        known = {_order(a, one.a): one.equal or one.log10_p <= trial.alpha for one in trial.results}
        places = sorted(known)
        middles = [
            (first + second) // 2
            for first, second in pairwise(places)
            if known[first] != known[second] and second - first > 1
        ]
        if not middles:
            return
        before = len(trial.results)
        _try_diagonal(a, b, key, middles, readers, trial, min(reader.left for reader in readers))
        if len(trial.results) == before:
            return


def _try_all_layers(
    a: Side, b: Side, key: tuple[Key, Key], readers: tuple[Reader, Reader], trial: Trial, room: int
) -> None:
    """Every layer of A against every layer of B: one slab of each layer, all pairs, the best monotone path."""
    sides = []
    for side, one in ((0, a), (1, b)):
        usable = [layer for layer in one.layers if key[side] in layer.views]
        sides.append(usable)
    example = (_example(a, key[0]), _example(b, key[1]))
    if example[0] is None or example[1] is None:
        return
    count = min(ROWS, example[0].units, example[1].units)
    most = max(len(one) for one in sides)
    while count > LEAST_ROWS and most * max(cost(example[0], count), cost(example[1], count)) > room:
        count = max(LEAST_ROWS, count // 2)
    each = max(1, cost(example[0], count), cost(example[1], count))
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
            if not _fit(*views):
                continue
            found = _result((layer_a, views[0]), (layer_b, views[1]), (slabs[0][i], slabs[1][j]), (0, count), trial)
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


def _try_experts(a: Side, b: Side, key: tuple[Key, Key], readers: tuple[Reader, Reader], trial: Trial) -> None:
    """A dense matrix against several experts of the first sampled layer of the other side."""
    sparse = 0 if key[0][1] is not None else 1
    sides = (a, b)
    layer_of = {layer.label: layer for layer in sides[sparse].layers}
    result = trial.results[0]
    layer = layer_of.get((result.a, result.b)[sparse])
    other = next((one for one in sides[1 - sparse].layers if one.label == (result.a, result.b)[1 - sparse]), None)
    if layer is None or other is None:
        return
    role = key[sparse][0]
    experts = sorted(e for r, e in layer.views if r == role and e is not None)[:_MOST_EXPERTS]
    first, last = result.rows
    cuts = [Cut(layer.views[role, expert], first, last - first) for expert in experts]
    dense = read_slabs(readers[1 - sparse], [Cut(other.views[role, None], first, last - first)])[0]
    for expert, slab in zip(experts, read_slabs(readers[sparse], cuts), strict=True):
        if isinstance(slab, Slab) and isinstance(dense, Slab):
            match = match_rows(slab.values, dense.values, trial.seed)
            if isinstance(match, Match):
                trial.experts.append((expert, match))
    trial.tests += len(experts)


def _try_loose(a: Side, b: Side, readers: tuple[Reader, Reader], trial: Trial) -> None:
    """Components without a stack of equal layers: matrices of the same name and shape."""
    trial.in_layers = False
    a_all, b_all = _every(a), _every(b)
    plans: list[tuple[str, Cut, Cut]] = []
    for name in sorted(set(a_all) & set(b_all)):
        if _fit(a_all[name], b_all[name]) and a_all[name].units == b_all[name].units:
            first, count = _rows(a_all[name], b_all[name], trial.seed, len(plans))
            plans.append((name, Cut(a_all[name], first, count), Cut(b_all[name], first, count)))
    trial.all_layers = len(plans)
    plans = sorted(plans, key=lambda one: (-one[1].view.elements, one[0]))[: 2 * SAMPLED_LAYERS]
    answers = _read_pairs([(cut_a, cut_b) for _, cut_a, cut_b in sorted(plans)], readers)
    for (name, cut_a, cut_b), slabs in zip(sorted(plans), answers, strict=True):
        trial.tried_layers += 1
        result = _result((name, cut_a.view), (name, cut_b.view), slabs, (cut_a.first, cut_a.count), trial)
        if result is not None:
            trial.results.append(result)
    trial.tests = max(1, len(trial.results))
    trial.log10_p = log10_p([one.match for one in trial.results])


def _every(side: Side) -> dict[str, View]:
    found = {name: view for name, view in side.loose.items() if view.units >= LEAST_ROWS}
    for layer in side.layers:
        for view in layer.views.values():
            found.setdefault(view.weight.name, view)
    return found

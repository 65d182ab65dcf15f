"""Sampled weights of one component of A against one of B, from the plan to the results."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from licscan.weights.reading.reader import Reader
from licscan.weights.sampling.depth import try_all_layers
from licscan.weights.sampling.plan import (
    SAMPLED_LAYERS,
    Key,
    Planned,
    common_role,
    diagonal_plan,
    fit,
    place_of_label,
    price,
    sampled,
    units_of,
)
from licscan.weights.statistics.component_test import SlabResult, Trial
from licscan.weights.statistics.fixed_point import LEAST_ROWS, Match, log10_p, match_rows
from licscan.weights.statistics.slab_compare import compared, read_pairs, result_of
from licscan.weights.tensors.cut import Cut
from licscan.weights.tensors.slab import Slab, read_slabs
from licscan.weights.tensors.view import Side, View

_MOST_EXPERTS = 8


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
        try_all_layers(a, b, key, readers, trial, room)
    if len({key[0][1] is None, key[1][1] is None}) > 1 and trial.results:
        _try_experts(a, b, key, readers, trial)
    return trial


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
        needed = max(price(cut, reader) for cut, reader in zip(one.cuts, readers, strict=True))
        room -= needed
        if needed and room < 0 and plans:
            trial.untestable.append("the budget of bytes did not reach for every layer")
            break
        plans.append(one)
    answers = read_pairs([one.cuts for one in plans], readers)
    for one, slabs in zip(plans, answers, strict=True):
        trial.tried_layers += 1
        cut_a, cut_b = one.cuts
        result = result_of((one.a, cut_a.view), (one.b, cut_b.view), slabs, (cut_a.first, cut_a.count), trial)
        if result is not None:
            trial.results.append(result)
    trial.results.sort(key=lambda one: place_of_label(a, one.a))
    trial.tests = max(trial.tests, len(trial.results))
    trial.log10_p = log10_p([one.match for one in trial.results])


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
            compared(*slabs[one.a][0], *slabs[other.b][1], one.rows, trial.seed)
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
        known = {place_of_label(a, one.a): one.equal or one.log10_p <= trial.alpha for one in trial.results}
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
        if fit(a_all[name], b_all[name]) and a_all[name].units == b_all[name].units:
            first, count = units_of(a_all[name], b_all[name], trial.seed, len(plans))
            plans.append((name, Cut(a_all[name], first, count), Cut(b_all[name], first, count)))
    trial.all_layers = len(plans)
    plans = sorted(plans, key=lambda one: (-one[1].view.elements, one[0]))[: 2 * SAMPLED_LAYERS]
    answers = read_pairs([(cut_a, cut_b) for _, cut_a, cut_b in sorted(plans)], readers)
    for (name, cut_a, cut_b), slabs in zip(sorted(plans), answers, strict=True):
        trial.tried_layers += 1
        result = result_of((name, cut_a.view), (name, cut_b.view), slabs, (cut_a.first, cut_a.count), trial)
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

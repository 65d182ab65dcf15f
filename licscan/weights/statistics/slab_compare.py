"""One slab held against another: units in place, likeness, equality."""

from __future__ import annotations

from collections.abc import Sequence

from licscan.core.evidence import Gap, GapReason
from licscan.weights.reading.reader import Reader, in_parallel
from licscan.weights.statistics.component_test import SlabResult, Trial
from licscan.weights.statistics.effect import likeness, same_after_rounding
from licscan.weights.statistics.fixed_point import log10_tail, match_rows
from licscan.weights.tensors.cut import Cut
from licscan.weights.tensors.slab import Slab, read_slabs
from licscan.weights.tensors.view import Layer, View


def read_pairs(
    wanted: Sequence[tuple[Cut, Cut]], readers: tuple[Reader, Reader]
) -> list[tuple[Slab | Gap | str, Slab | Gap | str]]:
    """Read the slabs of both sides at the same time."""
    sides = in_parallel(
        lambda side: read_slabs(readers[side], [pair[side] for pair in wanted]),
        (0, 1),
        max(readers[0].hub.workers, readers[1].hub.workers),
    )
    return list(zip(sides[0], sides[1], strict=True))


def compared(
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
        label(a[0]),
        label(b[0]),
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


def label(layer: Layer | str) -> str:
    """What a layer or a matrix is called."""
    return layer if isinstance(layer, str) else layer.label


def result_of(
    a: tuple[Layer | str, View],
    b: tuple[Layer | str, View],
    slabs: tuple[Slab | Gap | str, Slab | Gap | str],
    rows: tuple[int, int],
    trial: Trial,
) -> SlabResult | None:
    """The comparison, or a note of why there is none."""
    for where, slab in zip((a, b), slabs, strict=True):
        if isinstance(slab, Gap):
            trial.untestable.append(f"{label(where[0])}: {slab.detail} ({slab.place})")
            trial.unaffordable += slab.reason is GapReason.TOO_DEEP
            return None
        if isinstance(slab, str):
            trial.untestable.append(slab)
            return None
    first, second = slabs
    if not isinstance(first, Slab) or not isinstance(second, Slab):
        return None
    trial.slabs[label(a[0])] = ((a, first), (b, second))
    found = compared(a, first, b, second, rows, trial.seed)
    if isinstance(found, str):
        trial.untestable.append(f"{label(a[0])}: {found}")
        return None
    return found

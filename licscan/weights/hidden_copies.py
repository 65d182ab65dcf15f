"""Finds copies that were hidden: units in another order or pruned, residual streams permuted or rotated.

It reads whole matrices, so it runs on request. Rotations are undone by the embeddings of shared tokens, and what
follows is the same exact test, because that alignment knows nothing of the order of hidden units. Re-ordered units are
found by two matrices of one layer that choose the same partners; that count has an empirical and no exact null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from licscan.core.evidence import Gap
from licscan.core.text import text
from licscan.weights.extra import need
from licscan.weights.reading.reader import Reader, Stretch
from licscan.weights.statistics.component_test import SlabResult, Trial
from licscan.weights.statistics.effect import likeness, weighted_median
from licscan.weights.statistics.fixed_point import LOG10_E, Match, log10_p, log10_tail, match_rows
from licscan.weights.tensors.cut import Cut
from licscan.weights.tensors.decode import decoded
from licscan.weights.tensors.logical_weight import Storage, Weight
from licscan.weights.tensors.slab import Slab, read_slabs
from licscan.weights.tensors.view import Layer, Side
from licscan.weights.verdict import DERIVED_R, Kind

PROBES = 256
"""Units of one layer whose partners are looked for."""
LEAST_AGREEING = 22
"""Partners on which two matrices agree before re-ordered units count as found: 1/22! is 10^-21."""
_LAYERS = 3
_MOST_WIDTH = 8192
_SAME = 0.995
_LARGEST_MATRIX = 600_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A hidden copy: how it was hidden, and the slabs that show it."""

    how: str
    results: tuple[SlabResult, ...]
    exact: bool


def search(
    a: Side, b: Side, anchors: tuple[Weight, Weight] | None, readers: tuple[Reader, Reader], trial: Trial
) -> Found | None:
    """Look for re-ordered or pruned units, then for a permuted or rotated residual stream."""
    if not a.layers or not b.layers:
        return None
    pairs = _layer_pairs(a, b)
    if (found := _reordered(pairs, readers, None)) is not None:
        return found
    if anchors is None or not a.width or a.width != b.width or a.width > _MOST_WIDTH:
        return None
    turn = _turn(anchors, readers)
    if turn is None:
        return None
    if (found := _rotated(pairs, readers, turn, trial)) is not None:
        return found
    again = _reordered(pairs, readers, turn)
    return None if again is None else replace(again, how="rotated residual stream and re-ordered units")


def anchors_of(a: Mapping[str, Side], b: Mapping[str, Side], name: str, other: str) -> tuple[Weight, Weight] | None:
    """The embedding tables beside a component of each model, if they have the same width."""
    first, second = _table(a, name), _table(b, other)
    if first is None or second is None or first.shape is None or second.shape is None:
        return None
    return (first, second) if first.shape[1] == second.shape[1] else None


def _table(sides: Mapping[str, Side], name: str) -> Weight | None:
    for side in (sides.get(name), sides.get("embeddings")):
        tables = [] if side is None else [one for one in side.tables.values() if one.storage is Storage.PLAIN]
        if tables:
            return max(tables, key=lambda one: (one.parameters, one.name))
    return None


def _layer_pairs(a: Side, b: Side) -> list[tuple[Layer, Layer]]:
    """A few layers at the same relative depth."""
    count = min(_LAYERS, len(a.layers), len(b.layers))
    places = [index / max(1, count - 1) for index in range(count)] if count > 1 else [0.0]
    return [
        (a.layers[round(place * (len(a.layers) - 1))], b.layers[round(place * (len(b.layers) - 1))]) for place in places
    ]


def _reordered(pairs: Sequence[tuple[Layer, Layer]], readers: tuple[Reader, Reader], turn: Any) -> Found | None:
    """Two matrices of a layer choose the same partners for the same units."""
    results = []
    for layer_a, layer_b in pairs:
        mine, theirs = _unit_matrices(layer_a, readers[0]), _unit_matrices(layer_b, readers[1])
        names = [name for name in ("gate", "up", "down") if name in mine and name in theirs]
        if len(names) < 2 or mine[names[0]].shape[1] != theirs[names[0]].shape[1]:
            continue
        if turn is not None:
            theirs = {name: matrix @ turn.T for name, matrix in theirs.items()}
        result = _agreement(layer_a, layer_b, mine, theirs, names[:2])
        if result is not None:
            results.append(result)
    strong = [one for one in results if one.match.fixed >= LEAST_AGREEING]
    if not strong:
        return None
    whole = all(one.match.fixed >= one.match.rows // 2 for one in strong)
    return Found("re-ordered units" if whole else "re-ordered or pruned units", tuple(strong), exact=False)


def _agreement(
    layer_a: Layer, layer_b: Layer, mine: Mapping[str, Any], theirs: Mapping[str, Any], names: Sequence[str]
) -> SlabResult | None:
    np = need("numpy")
    swap = mine[names[0]].shape[0] > theirs[names[0]].shape[0]
    small, large = (theirs, mine) if swap else (mine, theirs)
    units = small[names[0]].shape[0]
    probes = np.unique(np.linspace(0, units - 1, min(PROBES, units)).round().astype(int))
    partners = []
    for name in names:
        x, y = _directions(small[name], np), _directions(large[name], np)
        partners.append((x[probes] @ y.T).argmax(axis=1))
    agree = partners[0] == partners[1]
    targets, where = np.unique(partners[0][agree], return_index=True)
    count = int(targets.size)
    chosen = probes[agree][where]
    values = [(small[name][chosen], large[name][targets]) for name in names]
    like = likeness(np.concatenate([x for x, _ in values]), np.concatenate([y for _, y in values])) if count else None
    match = Match(count, int(probes.size))
    return SlabResult(
        layer_a.label,
        layer_b.label,
        "+".join(names),
        match,
        -_log10_factorial(count),
        None if like is None else like.r,
        None if like is None else like.distance,
        equal=False,
        elements=int(small[names[0]][chosen].size * 2),
        matrix=int(small[names[0]].size),
        parameters=layer_a.parameters,
        rows=(0, int(units)),
    )


def _log10_factorial(number: int) -> float:
    from math import lgamma

    return lgamma(number + 1) * LOG10_E


def _directions(matrix: Any, np: Any) -> Any:
    centred = matrix - matrix.mean(axis=0)
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    return centred / np.where(norms > 0, norms, 1.0)


def _unit_matrices(layer: Layer, reader: Reader) -> dict[str, Any]:
    """Whole matrices with one row for each hidden unit: gate and up as stored, down turned."""
    np = need("numpy")
    found: dict[str, Any] = {}
    for role in ("gate", "up"):
        view = layer.views.get((role, None)) or layer.views.get((role, 0))
        if view is None or view.elements > _LARGEST_MATRIX:
            continue
        slab = read_slabs(reader, [Cut(view, 0, view.units)])[0]
        if isinstance(slab, Slab) and np.isfinite(slab.values).all():
            found[role] = slab.values
    if len(found) < 2 and layer.down is not None and (down := _down(layer.down, reader, np)) is not None:
        units = next(iter(found.values())).shape[0] if found else 0
        for matrix in (down.T, down):
            if found and matrix.shape == (units, next(iter(found.values())).shape[1]):
                found["down"] = matrix
                break
    return found


def _down(weight: Weight, reader: Reader, np: Any) -> Any:
    values = _whole(weight, reader, 0, (weight.shape or (0,))[0])
    return values if values is not None and np.isfinite(values).all() else None


def _whole(weight: Weight, reader: Reader, first: int, count: int) -> Any:
    """Rows of a plain two-dimensional weight as numbers, or None."""
    if weight.storage not in {Storage.PLAIN, Storage.GGUF} or weight.shape is None or len(weight.shape) != 2:
        return None
    row = weight.main.row_bytes
    raw = reader.read([Stretch(weight.main.path, weight.main.start + first * row, count * row)])[0]
    if isinstance(raw, Gap):
        return None
    try:
        return decoded(raw, weight.main.dtype).reshape(count, -1)
    except ValueError:
        return None


def _turn(anchors: tuple[Weight, Weight], readers: tuple[Reader, Reader]) -> Any:
    """The rotation that turns A's embeddings into B's: orthogonal Procrustes on the rows of shared tokens."""
    np = need("numpy")
    vocabulary = min((one.shape or (0,))[0] for one in anchors)
    width = (anchors[0].shape or (0, 0))[1]
    count = min(vocabulary, max(1500, 2 * width))
    tables = [_whole(weight, reader, 0, count) for weight, reader in zip(anchors, readers, strict=True)]
    if tables[0] is None or tables[1] is None or not all(np.isfinite(one).all() for one in tables):
        return None
    first, second = (one.astype(np.float64) for one in tables)
    left, _, right = np.linalg.svd(first.T @ second)
    return (left @ right).astype(np.float32)


def _rotated(
    pairs: Sequence[tuple[Layer, Layer]], readers: tuple[Reader, Reader], turn: Any, trial: Trial
) -> Found | None:
    """The fixed-point test after turning B back."""
    results = []
    for layer_a, layer_b in pairs:
        result = _turned(layer_a, layer_b, readers, turn, trial.seed)
        if result is not None:
            results.append(result)
    if not results or log10_p([one.match for one in results]) > trial.alpha:
        return None
    return Found("permuted or rotated residual stream", tuple(results), exact=True)


def _turned(layer_a: Layer, layer_b: Layer, readers: tuple[Reader, Reader], turn: Any, seed: int) -> SlabResult | None:
    for role in ("up", "gate"):
        views = [layer.views.get((role, None)) or layer.views.get((role, 0)) for layer in (layer_a, layer_b)]
        if views[0] is None or views[1] is None or views[0].width != views[1].width:
            continue
        count = min(32, views[0].units, views[1].units)
        slabs = [
            read_slabs(reader, [Cut(view, 0, count)])[0] for reader, view in zip(readers, views, strict=True) if view
        ]
        if (
            not isinstance(slabs[0], Slab)
            or not isinstance(slabs[1], Slab)
            or slabs[0].values.shape[1] != turn.shape[0]
        ):
            continue
        gains = [_gain(layer, reader) for layer, reader in ((layer_a, readers[0]), (layer_b, readers[1]))]
        x = slabs[0].values * (1.0 if gains[0] is None else gains[0])
        y = (slabs[1].values * (1.0 if gains[1] is None else gains[1])) @ turn.T
        match = match_rows(x, y, seed)
        if isinstance(match, str):
            continue
        like = likeness(x, y)
        return SlabResult(
            layer_a.label,
            layer_b.label,
            role,
            match,
            log10_tail(match.rows, match.fixed),
            None if like is None else like.r,
            None if like is None else like.distance,
            equal=False,
            elements=int(x.size),
            matrix=views[0].elements,
            parameters=layer_a.parameters,
            rows=(0, count),
            a_read=slabs[0].stretches,
            b_read=slabs[1].stretches,
        )
    return None


def _gain(layer: Layer, reader: Reader) -> Any:
    """The gains of the norm before the feed-forward part, which a rotation has to fold into the matrices."""
    from licscan.weights.statistics.gains import meaning

    weight = next((one for name, one in sorted(layer.vectors.items()) if meaning(name) == "norm2"), None)
    if weight is None or weight.storage is not Storage.PLAIN:
        return None
    raw = reader.read([Stretch(weight.main.path, weight.main.start, weight.main.length)])[0]
    return None if isinstance(raw, Gap) else decoded(raw, weight.main.dtype)


def verdict_of(found: Found) -> tuple[Kind, float | None]:
    """What a hidden copy comes to: nearly equal numbers are derived, the rest is of shared origin."""
    counted = [one for one in found.results if one.r is not None]
    r = weighted_median([one.r or 0.0 for one in counted], [float(one.matrix) for one in counted]) if counted else None
    is_large = len(counted) and min(one.matrix for one in counted) >= 100_000
    if r is not None and (r >= _SAME or (r >= DERIVED_R and is_large)):
        return Kind.DERIVED, r
    return Kind.SHARED_ORIGIN, r


def note_of(found: Found) -> Any:
    """The sentence that must stand beside the verdict."""
    if found.exact:
        return text("hidden by a {how}; found after turning it back, with an exact p-value", how=found.how)
    return text("hidden by {how}; two matrices agree on the partners, which has an empirical null", how=found.how)

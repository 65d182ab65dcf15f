"""Whether weights are a mixture of several models: non-negative least squares of sampled slabs on all candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from licscan.core.text import text
from licscan.sources.protocol import Hub, RepoInfo
from licscan.weights.comparison import Comparison, ComponentResult
from licscan.weights.extra import need
from licscan.weights.sampling.open_model import open_model
from licscan.weights.sampling.plan import common_role, first_rows, sampled
from licscan.weights.statistics.fixed_point import Match, log10_p, match_rows, significance
from licscan.weights.tensors.cut import Cut
from licscan.weights.tensors.slab import Slab, read_slabs
from licscan.weights.tensors.view import Side
from licscan.weights.verdict import Kind, roll_up

LEAST_SHARE = 0.05
GOOD_FIT = 0.90
"""R² from which the mixture explains the weights."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Weights of a merge."""

    shares: tuple[tuple[str, float], ...]
    fit: float
    """R² of the mixture."""
    dependent: tuple[tuple[str, float], ...]
    """log10 p of the test against each candidate."""


def with_merges(
    found: Comparison, hub: Hub, candidates: Sequence[tuple[str, RepoInfo, Hub]], *, budget: int | None = None
) -> Comparison:
    """The comparison with the mixture of each component over all candidates; the first is the comparison's own B."""
    a = open_model(found.a, hub, budget, full=False)
    others = [(name, open_model(info, source, budget, full=False)) for name, info, source in candidates]
    components = []
    for one in found.components:
        side = a.sides.get(one.name)
        sides = [(name, other, other.sides.get(one.name)) for name, other in others]
        usable = [(name, other.reader, s) for name, other, s in sides if s is not None]
        if side is None or len(usable) < 2 or not side.layers:
            components.append(one)
            continue
        mixture = mixture_of(side, a.reader, usable, seed=found.seed)
        components.append(one if mixture is None else _with(one, mixture, len(side.layers)))
    meters = [a.reader.meter, *(other.reader.meter for _, other in others)]
    return replace(
        found,
        components=tuple(components),
        from_scratch=roll_up([one.kind for one in components]),
        bytes_read=(found.bytes_read[0] + meters[0].bytes, found.bytes_read[1] + sum(one.bytes for one in meters[1:])),
        requests=(
            found.requests[0] + meters[0].requests,
            found.requests[1] + sum(one.requests for one in meters[1:]),
        ),
    )


def mixture_of(a: Side, reader: Any, candidates: Sequence[tuple[str, Any, Side]], *, seed: int = 0) -> Mixture | None:
    """Test A against every candidate on the same slabs, then fit A by those that it depends on."""
    roles = [common_role(a, side) for _, _, side in candidates]
    same = [
        (name, source, side)
        for (name, source, side), role in zip(candidates, roles, strict=True)
        if role is not None and role == roles[0] and len(side.layers) == len(a.layers)
    ]
    if roles[0] is None or len(same) < 2:
        return None
    key = roles[0]
    numbers = sampled(len(a.layers), 8)
    count = first_rows(a, key[0])
    mine = read_slabs(reader, [Cut(a.layers[n].views[key[0]], 0, count) for n in numbers])
    theirs = {
        name: read_slabs(source, [Cut(side.layers[n].views[key[1]], 0, count) for n in numbers])
        for name, source, side in same
    }
    dependent = []
    for name, slabs in theirs.items():
        matches = [_match(x, y, seed) for x, y in zip(mine, slabs, strict=True)]
        dependent.append((name, log10_p([one for one in matches if one is not None])))
    level = significance(len(same) * len(numbers))
    chosen = [name for name, p in dependent if p <= level]
    if len(chosen) < 1:
        return None
    shares, fit = _fit(mine, [theirs[name] for name in chosen])
    return Mixture(tuple(zip(chosen, shares, strict=True)), fit, tuple(dependent))


def _match(x: Any, y: Any, seed: int) -> Match | None:
    if not isinstance(x, Slab) or not isinstance(y, Slab):
        return None
    found = match_rows(x.values, y.values, seed)
    return found if isinstance(found, Match) else None


def _fit(mine: Sequence[Any], candidates: Sequence[Sequence[Any]]) -> tuple[list[float], float]:
    """Shares of each candidate, and R²."""
    np, optimize = need("numpy"), need("scipy.optimize")
    whole = [
        index
        for index, slab in enumerate(mine)
        if isinstance(slab, Slab) and all(isinstance(one[index], Slab) for one in candidates)
    ]
    target = np.concatenate([mine[index].values.ravel() for index in whole]).astype(np.float64)
    columns = np.stack(
        [np.concatenate([one[index].values.ravel() for index in whole]) for one in candidates], axis=1
    ).astype(np.float64)
    shares, residual = optimize.nnls(columns, target)
    spread = float(((target - target.mean()) ** 2).sum())
    return [float(share) for share in shares], 1.0 - residual**2 / spread if spread else 0.0


def _with(one: ComponentResult, mixture: Mixture, layers: int) -> ComponentResult:
    """A component that two or more candidates explain well, and none of them alone, is a merge."""
    parts = [(name, share) for name, share in mixture.shares if share >= LEAST_SHARE]
    said = ", ".join(f"{name} {share:.2f}" for name, share in mixture.shares)
    note = text("least squares over the candidates: {said}; R² {fit}", said=said, fit=f"{mixture.fit:.3f}")
    is_merge = len(parts) > 1 and mixture.fit >= GOOD_FIT and one.kind.rank > Kind.DERIVED.rank
    kind = Kind.MERGE if is_merge else one.kind
    return replace(
        one,
        kind=kind,
        merge=mixture.shares,
        merge_fit=mixture.fit,
        caveats=(*one.caveats, note) if layers else one.caveats,
    )

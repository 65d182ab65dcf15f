"""How much alike two slabs are, once they are known to belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from licscan.weights.extra import need


@dataclass(frozen=True, slots=True)
class Likeness:
    """Correlation and distance of two stretches of numbers."""

    r: float
    """Pearson."""
    distance: float
    """||B - cA|| / ||cA|| with the best scalar c."""
    elements: int


def likeness(first: Any, second: Any) -> Likeness | None:
    """Pearson and distance of two equally shaped arrays; None where one is constant or not finite."""
    np = need("numpy")
    a, b = (np.asarray(one, dtype=np.float64).ravel() for one in (first, second))
    fine = np.isfinite(a) & np.isfinite(b)
    a, b = a[fine], b[fine]
    if a.size < 2:
        return None
    with np.errstate(all="ignore"):
        a, b = a / (np.abs(a).max() or 1.0), b / (np.abs(b).max() or 1.0)
        aa, bb, ab = float((a * a).sum()), float((b * b).sum()), float((a * b).sum())  # a product would start threads
        x, y = a - a.mean(), b - b.mean()
        spread = float(np.sqrt((x * x).sum() * (y * y).sum()))
    if spread <= 1e-12 * a.size or aa <= 0 or bb <= 0:
        return None
    r = float((x * y).sum()) / spread
    factor = ab / aa
    scale = abs(factor) * aa**0.5
    distance = float("inf") if scale == 0 else max(0.0, bb - ab * ab / aa) ** 0.5 / scale
    return Likeness(max(-1.0, min(1.0, r)), distance, int(a.size))


def weighted_median(values: Sequence[float], weights: Sequence[float]) -> float:
    """The value at which half of the weight is reached."""
    ordered = sorted(zip(values, weights, strict=True))
    half, reached = sum(weights) / 2, 0.0
    for value, weight in ordered:
        reached += weight
        if reached >= half:
            return value
    return ordered[-1][0]


def same_after_rounding(x: Any, y: Any, x_type: str, y_type: str) -> bool:
    """Equal values where one of them was stored at the other's coarser precision."""
    np = need("numpy")
    if x.shape != y.shape or not x.size:
        return False
    a, b = (np.asarray(one, dtype=np.float32) for one in (x, y))
    if np.array_equal(a, b):
        return True
    with np.errstate(all="ignore"):
        for coarse in sorted({x_type, y_type} & {"BF16", "F16"}):
            kind = need("ml_dtypes").bfloat16 if coarse == "BF16" else np.float16
            if np.array_equal(a.astype(kind).astype(np.float32), b.astype(kind).astype(np.float32)):
                return True
    return False

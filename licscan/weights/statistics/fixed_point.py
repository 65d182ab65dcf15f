"""The fixed-point test: do the same rows of two matrices belong together? An exact p-value without any assumption
about the values.

Rows are hidden units. If B was trained independently of A, its units are exchangeable given A: a matching of A's rows
to B's rows by any similarity is a uniformly random permutation, and the number of its fixed points M has
E[M(M-1)...(M-j+1)] = 1, so that P(M >= m) <= 1/m!. For one matrix the tail is the exact sum of rencontres numbers; for
the sum S of g independent matchings E(1+t)^S <= exp(gt) gives P(S >= s) <= exp(s-g)(g/s)^s.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from licscan.weights.extra import need
from licscan.weights.statistics.assignment import assign

ROWS = 32
LEAST_ROWS = 16
LEAST_WIDTH = 32
_LEAST_NORM = 1e-6
_TWINS = 0.999
_EXACT_UP_TO = 256
LOG10_E = math.log10(math.e)


@dataclass(frozen=True, slots=True)
class Match:
    """One matching of rows: how many stayed where they were, out of how many."""

    fixed: int
    rows: int


def match_rows(x: Any, y: Any, seed: int = 0) -> Match | str:
    """Match the rows of two equally shaped matrices; a sentence where they cannot be tested.

    Rows that are zero, not finite, or twins of another row of their own matrix are left out of both: which rows are
    left out depends on the unordered contents alone, so the rest stays exchangeable. The columns are shuffled before
    matching, so that ties cannot favour the identity.
    """
    np = need("numpy")
    if x.shape != y.shape or x.ndim != 2:
        return f"the shapes differ: {x.shape} and {y.shape}"
    if x.shape[1] < LEAST_WIDTH:
        return f"rows of {x.shape[1]} numbers are too short"
    with np.errstate(all="ignore"):
        first, fine_x = _units(x, np)
        second, fine_y = _units(y, np)
    fine = fine_x & fine_y
    rows = int(fine.sum())
    if rows < min(LEAST_ROWS, max(2, x.shape[0])) or rows < LEAST_ROWS:
        return f"only {rows} of {x.shape[0]} rows are finite, not zero and unlike each other"
    similarity = first[fine] @ second[fine].T
    shuffle = np.random.default_rng([seed, rows]).permutation(rows)
    chosen = assign(similarity[:, shuffle])
    return Match(int((shuffle[chosen] == np.arange(rows)).sum()), rows)


def _units(x: Any, np: Any) -> tuple[Any, Any]:
    """Rows without the columns' means, of length one; and which of them may be used."""
    values = np.asarray(x, dtype=np.float32)
    fine = np.isfinite(values).all(axis=1)
    values = np.where(fine[:, None], values, 0.0)
    scale = np.abs(values).max() if values.size else 0.0
    if scale > 0:
        values = values / scale
    largest = np.sqrt((values.astype(np.float64) ** 2).sum(axis=1))
    fine = fine & (largest > _LEAST_NORM)
    centred = values - (values[fine].mean(axis=0) if fine.any() else 0.0)
    norms = np.sqrt((centred.astype(np.float64) ** 2).sum(axis=1))
    fine = fine & (norms > _LEAST_NORM)
    units = centred / np.where(norms > 0, norms, 1.0)[:, None]
    alike = np.abs(units @ units.T)
    np.fill_diagonal(alike, 0.0)
    alike[:, ~fine] = 0.0
    fine = fine & ~(alike > _TWINS).any(axis=1)
    return units.astype(np.float32), fine


@cache
def log10_tail(rows: int, fixed: int) -> float:
    """log10 P(M >= fixed) for one matching: the exact rencontres sum, or for many rows the bound 1/m!."""
    if fixed <= 0:
        return 0.0
    if rows > _EXACT_UP_TO:
        return -math.lgamma(fixed + 1) * LOG10_E
    derangements = [1, 0]
    for n in range(2, rows + 1):
        derangements.append((n - 1) * (derangements[-1] + derangements[-2]))
    favourable = sum(math.comb(rows, m) * derangements[rows - m] for m in range(fixed, rows + 1))
    if not favourable:
        return -math.inf
    return _log10(favourable) - _log10(math.factorial(rows))


def _log10(number: int) -> float:
    """log10 of an integer of any size."""
    spare = max(0, number.bit_length() - 1000)
    return math.log10(number >> spare) + spare * math.log10(2)


def log10_sum(fixed: int, groups: int) -> float:
    """log10 of the bound on P(S >= fixed) for the sum over independent matchings."""
    if groups <= 0 or fixed <= groups:
        return 0.0
    return (fixed - groups) * LOG10_E + fixed * math.log10(groups / fixed)


def log10_p(matches: Sequence[Match]) -> float:
    """log10 of the p-value of several matchings of different matrices together; exact for one, a bound for more."""
    if not matches:
        return 0.0
    if len(matches) == 1:
        return log10_tail(matches[0].rows, matches[0].fixed)
    return min(0.0, log10_sum(sum(one.fixed for one in matches), len(matches)))


def significance(tests: int) -> float:
    """log10 of the level at which one of `tests` tests counts, so that a whole scan errs less than once in 10^9."""
    return -9.0 - math.log10(max(1, tests))

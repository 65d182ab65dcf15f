"""Figures on which the terms of licences turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure on which a provision turns, as the clause states it; its words are closed lists in `data/terms.toml`.

    Several limits of one provision are alternatives: one of them crossed is enough.
    """

    metric: str
    """What is counted: `monthly_users`, `revenue`, `headcount` ..."""
    over: float
    """The figure; crossed by more than it, and `inclusive` by reaching it."""
    whose: str
    """Whose figure: `licensee`, `licensee_and_affiliates`, `product` ..."""
    window: str
    """Over which time it is counted: `year`, `any_month`, `month_before_release` ..."""
    then: str
    """What holds beyond it: `separate_license`, `ends`, `display` ..."""
    currency: str | None = None
    """ISO 4217, for sums of money."""
    usd: float | None = None
    """About the same in USD, where the clause counts in another currency; only for comparison."""
    inclusive: bool = False
    only_for: str | None = None
    """The kind of business that alone is meant."""
    unless: str | None = None
    """The use or taker that is spared."""


def limits_compared(first: Iterable[Limit], second: Iterable[Limit], *, of_grant: bool) -> frozenset[int]:
    """How the second limits of a term bind against the first: 1 more, -1 less, 0 nobody can say.

    A lower figure binds more, and so does one more alternative. A duty without any limit is owed
    always; a grant without any is never withheld.
    """
    here, there = ({one.metric: one for one in side} for side in (first, second))
    if bool(here) != bool(there):
        # What limits a grant takes from it; what limits a duty is a relief.
        return frozenset({1 if bool(there) == of_grant else -1})
    steps = {1 if metric in there else -1 for metric in here.keys() ^ there.keys()}
    for metric in here.keys() & there.keys():
        one, other = here[metric], there[metric]
        if one == other:
            continue
        comparable = replace(one, over=0, usd=None) == replace(other, over=0, usd=None)
        steps.add((1 if other.over < one.over else -1) if comparable else 0)
    return frozenset(steps)

"""The legal difference between two licences or editions, term by term, with its direction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from licscan.core.license import Condition, License, Provision, Term
from licscan.core.limit import limits_compared
from licscan.knowledge.vocabulary import Vocabulary


class Direction(StrEnum):
    """Whether the second licence binds more than the first."""

    TIGHTER = "tighter"
    LOOSER = "looser"
    UNCLEAR = "unclear"
    """It differs, and which binds more cannot be said: an order is lacking, or nobody has read one of them."""
    SAME = "same"


_LIMITS = {1: Direction.TIGHTER, 0: Direction.UNCLEAR, -1: Direction.LOOSER}


@dataclass(frozen=True, slots=True)
class Difference:
    """One term on which two licences differ."""

    term: Term
    first: Provision
    second: Provision
    direction: Direction


def differences(first: License, second: License, vocabulary: Vocabulary) -> tuple[Difference, ...]:
    """Every term on which they differ, in the order of the vocabulary; clause numbers alone are no difference."""
    found = []
    for term in vocabulary.terms:
        here, there = first[term], second[term]
        if not here.is_known and not there.is_known:
            continue
        direction = direction_of(here, there, vocabulary)
        if direction is not Direction.SAME:
            found.append(Difference(term, here, there, direction))
    return tuple(found)


def overall(found: Iterable[Difference]) -> Direction:
    """One word for all differences: a direction only where every difference goes that way."""
    return _all_of(one.direction for one in found)


def direction_of(first: Provision, second: Provision, vocabulary: Vocabulary) -> Direction:
    """Which way one term went from the first provision to the second."""
    if not first.is_known or not second.is_known:
        return Direction.SAME if first.value == second.value else Direction.UNCLEAR
    ranks = vocabulary[first.term].strictness
    if first.value != second.value:
        return _by_rank(_rank(first, ranks), _rank(second, ranks))
    steps = [_conditions(first.conditions, second.conditions, vocabulary), _sets(first.triggers, second.triggers)]
    steps += [
        _LIMITS[step]
        for step in sorted(limits_compared(first.limits, second.limits, of_grant=first.term is Term.COMMERCIAL_USE))
    ]
    if first.binding != second.binding:
        steps.append(Direction.TIGHTER if second.binding else Direction.LOOSER)
    if (first.says or "").casefold() != (second.says or "").casefold():
        steps.append(Direction.UNCLEAR)
    return _all_of(steps)


def _rank(provision: Provision, ranks: dict[str, int] | object) -> int | None:
    if not provision.binding:
        return 0
    return ranks.get(provision.value) if isinstance(ranks, dict) else None


def _by_rank(first: int | None, second: int | None) -> Direction:
    if first is None or second is None or first == second:
        return Direction.UNCLEAR
    return Direction.TIGHTER if second > first else Direction.LOOSER


def _all_of(steps: Iterable[Direction]) -> Direction:
    told = {one for one in steps if one is not Direction.SAME}
    if not told:
        return Direction.SAME
    return told.pop() if len(told) == 1 else Direction.UNCLEAR


def _sets(first: Iterable[str], second: Iterable[str]) -> Direction:
    here, there = set(first), set(second)
    if here == there:
        return Direction.SAME
    if here < there:
        return Direction.TIGHTER
    return Direction.LOOSER if there < here else Direction.UNCLEAR


def _conditions(first: tuple[Condition, ...], second: tuple[Condition, ...], vocabulary: Vocabulary) -> Direction:
    """Conditions matched by type and region; one condition more binds more."""
    here = {(one.type, one.region): one for one in first}
    there = {(one.type, one.region): one for one in second}
    steps = []
    for kind in sorted({*here, *there}, key=str):
        if kind in here and kind in there:
            steps.append(Direction.SAME if here[kind] == there[kind] else Direction.UNCLEAR)
        else:
            is_more = (kind in there) != (kind[0] in vocabulary.freeing)
            steps.append(Direction.TIGHTER if is_more else Direction.LOOSER)
    return _all_of(steps)

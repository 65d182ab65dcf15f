"""What the histories tell of who changes terms, one sentence for each repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from licscan.core.evidence import Evidence
from licscan.core.lock import Direction, History
from licscan.core.report import ControlFact
from licscan.core.text import Text, text

_IN_LAW = frozenset({Direction.TIGHTER, Direction.REGION, Direction.LOOSER, Direction.UNCLEAR})


def past(history: Mapping[str, History]) -> tuple[ControlFact, ...]:
    """How often and which way the terms of each repository changed, as far as its commits were read."""
    return tuple(ControlFact(node, "change", says) for node, one in history.items() for says in _told(one))


def _told(history: History) -> Iterator[Text]:
    changes = [one for one in history.changes if one.direction in _IN_LAW]
    seen = text("{read} of {commits} commits read", read=history.read, commits=history.commits)
    since = (history.first or "?")[:10]
    if not changes:
        yield text("no change of terms since {since} ({seen})", since=since, seen=seen)
    for one in changes:
        yield text(
            "on {day}: {what} ({direction})", day=_day(one.evidence), what=one.what, direction=one.direction.value
        )
    if changes and not history.complete:
        yield text("not every commit was read ({seen}): a change that was undone could be missed", seen=seen)


def _day(evidence: tuple[Evidence, ...]) -> str:
    return evidence[0].says[:10] if evidence else "?"

"""An earlier revision of the same repository stands under looser terms.

## What it looks at
The history of each repository, where it was read (`--history`): commits whose licence text or card reads tighter than
the one before, by the terms of both editions.

## Why it matters
Who took the weights before the change mostly keeps the terms of that day; who takes them today does not. The commit
tells which is which.

## Example
A licence file that was plain MIT got a display duty two weeks after the release; the commits before still carry MIT.

## What to do
Find out which commit your weights come from, pin it, and keep its texts. Do not mix: texts of one commit govern the
weights of that commit.

## Limits
Read only where it was asked for. Changes between texts that nobody has read are not judged. That an old commit is
still there gives no right by itself where its licence can be withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.lock import Direction, Drift, History, Revision
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_TIGHTER = frozenset({Direction.TIGHTER, Direction.REGION})


@lineage_rule("earlier-terms-looser", "an earlier revision stands under looser terms", Severity.LOW, topic=Topic.CHANGE)
def earlier_terms_looser(case: Case) -> Iterator[Hit]:
    """One hit for each repository, with its latest tightening."""
    for node, history in sorted(case.history.items()):
        change = next((one for one in reversed(history.changes) if one.direction in _TIGHTER), None)
        before = _before(history, change) if change else None
        if change is None or before is None:
            continue
        yield Hit(
            node,
            text(
                "{id}: until {date} its terms were looser (commit {commit}): {what}",
                id=node,
                date=change.evidence[0].says[:10],
                commit=before.commit[:12],
                what=change.what,
            ),
            evidence=(*before.evidence, *change.evidence[:5]),
            remedies=(remedies.PIN, remedies.ARCHIVE, remedies.LOCK),
            clause=change.clause,
        )


def _before(history: History, change: Drift) -> Revision | None:
    """The revision whose terms the change ended."""
    commit = change.evidence[0].revision if change.evidence else None
    at = next((place for place, one in enumerate(history.revisions) if one.commit == commit), 0)
    return history.revisions[at - 1] if at else None

"""A part was released less than 30 days ago.

## What it looks at
The date on which each repository of another publisher was created; where that is not known, its first commit, if the
history was read (`--history`).

## Why it matters
Of the known changes in place, many came within a month of the release.

## Example
A base from last week is built into a product this week.

## What to do
Wait and watch, or lock and archive at once.

## Limits
The date of the repository can be later than that of the weights. Age is no virtue in itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from licscan.core import remedies
from licscan.core.evidence import Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_YOUNG = 30


@lineage_rule("young-release", "a part was released less than 30 days ago", Severity.LOW, topic=Topic.CONTROL)
def young_release(case: Case) -> Iterator[Hit]:
    """One hit for each young repository; one step worse where its publisher changed terms in place before."""
    for node in case.upstream():
        created = case.lineage[node].created or _first_commit(node, case)
        age = _days(created, case.use.at or case.today)
        if created is None or age is None or not 0 <= age < _YOUNG:
            continue
        changed = any(change.tightened_in_place for change in case.changes_of(node))
        yield Hit(
            node,
            text("{id} is {age} days old", id=node, age=age),
            evidence=(Evidence(node, case.lineage[node].revision, "created", created),),
            remedies=(remedies.WAIT, remedies.PIN, remedies.ARCHIVE),
            severity=Severity.MEDIUM if changed else Severity.LOW,
        )


def _first_commit(node: str, case: Case) -> str | None:
    """The date of the oldest commit; a listing that was cut does not show it."""
    history = case.history.get(node)
    return history.first if history is not None and not history.cut else None


def _days(created: str | None, today: str) -> int | None:
    try:
        return (date.fromisoformat(today[:10]) - date.fromisoformat((created or "")[:10])).days
    except ValueError:
        return None

"""A pinned commit is no longer in the history of its repository.

## What it looks at
Commits of the lock file that the Hub no longer serves, and histories whose oldest commit is younger than the
repository.

## Why it matters
An owner can squash a history; then the pin, and with it the proof of the old terms, is gone.

## Example
The locked commit answers with 404 while the repository itself is there.

## What to do
Keep archived texts and a mirror; lock anew.

## Limits
A squash alone does not show that terms changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.evidence import Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("unreachable-pin", "a pinned commit can no longer be fetched", Severity.MEDIUM, topic=Topic.CHANGE)
def unreachable_pin(case: Case) -> Iterator[Hit]:
    """Lost pins first, then squashed histories; high where no text was archived."""
    lost = {drift.id for drift in case.drift if drift.pin}
    lost |= {history.id for history in case.history.values() if history.reachable is False}
    for node in sorted(lost):
        entry = case.lock.entries.get(node) if case.lock else None
        archived = entry is not None and any(one.archived for one in entry.texts)
        revision = entry.revision if entry else case.lineage[node].revision if node in case.lineage else None
        yield Hit(
            node,
            text("the pinned commit {commit} of {id} can no longer be fetched", commit=revision or "?", id=node),
            evidence=(Evidence(node, revision, "history", "the commit is not there"),),
            remedies=(remedies.ARCHIVE, remedies.MIRROR, remedies.LOCK),
            severity=Severity.MEDIUM if archived else Severity.HIGH,
        )
    for node, history in sorted(case.history.items()):
        if history.squashed and node not in lost:
            yield Hit(
                node,
                text(
                    "the history of {id} begins on {date}, later than the repository: it was squashed",
                    id=node,
                    date=history.first or "?",
                ),
                evidence=(Evidence(node, None, "history", history.first or "?"),),
                remedies=(remedies.ARCHIVE, remedies.LOCK),
            )

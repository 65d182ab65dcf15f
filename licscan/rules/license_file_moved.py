"""A licence file was added, split, renamed or removed.

## What it looks at
Where the governing texts stood when the lock was written and where they stand now, by content; and, where the history
was read (`--history`), from commit to commit.

## Why it matters
A moved file is easily taken for a new or a missing licence, and the reverse.

## Example
LICENSE became LICENSE-MODEL, with the same words.

## What to do
Note the new place; where the file is gone, keep the archived text.

## Limits
Contents are compared, not titles. A text that changed and moved at once is reported as changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.lock import Direction
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("license-file-moved", "a licence file was added, renamed or removed", Severity.LOW, topic=Topic.CHANGE)
def license_file_moved(case: Case) -> Iterator[Hit]:
    """One hit for each text whose place changed; a move in the past is told in the milder way."""
    past = tuple(one for history in case.history.values() for one in history.changes)
    for drift in (*case.drift, *past):
        if drift.files:
            yield Hit(
                drift.id,
                text("{id}: {what}", id=drift.id, what=drift.what),
                evidence=drift.evidence,
                remedies=(remedies.ARCHIVE, remedies.LOCK),
                severity=Severity.MEDIUM if drift.direction is Direction.GONE and drift not in past else Severity.LOW,
            )

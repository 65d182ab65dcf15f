"""The terms of a node changed since the lock was written.

## What it looks at
The differences between the lock file and what stands there now: clause by clause where both editions are known,
sentence by sentence where not.

## Why it matters
Weights taken under the old terms mostly keep them; the next download does not.

## Example
A licence file that still begins with the same title got a display duty.

## What to do
Keep the archived text, stay on the locked commit, or agree on terms before moving on.

## Limits
A change between two texts that nobody has read is called unclear, never harmless.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.lock import Direction, Drift
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_SEVERITY = {
    Direction.TIGHTER: Severity.HIGH,
    Direction.REGION: Severity.HIGH,
    Direction.LOOSER: Severity.LOW,
    Direction.UNCLEAR: Severity.MEDIUM,
}


@lineage_rule("license-changed", "the terms changed since the lock was written", Severity.MEDIUM, topic=Topic.CHANGE)
def license_changed(case: Case) -> Iterator[Hit]:
    """One hit for each change in law; critical where one's own territory is left out."""
    for drift in case.drift:
        if drift.direction not in _SEVERITY or drift.files or drift.new:
            continue
        yield Hit(
            drift.id,
            text("{id}: {what} ({direction})", id=drift.id, what=drift.what, direction=drift.direction.value),
            evidence=drift.evidence,
            remedies=(remedies.ARCHIVE, remedies.PIN, remedies.CONTRACT),
            severity=Severity.CRITICAL if _hits_home(drift, case) else _SEVERITY[drift.direction],
            clause=drift.clause,
        )


def _hits_home(drift: Drift, case: Case) -> bool:
    places = set(case.use.territories) | {place for place in (case.use.home, case.stance.home) if place}
    return drift.direction is Direction.REGION and bool(places & set(drift.regions))

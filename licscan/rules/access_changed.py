"""Access to a node changed since the lock was written.

## What it looks at
The gate of each locked repository then and now.

## Why it matters
Terms that did not change help little when the download is refused.

## Example
A repository that was open now asks for approval by hand.

## What to do
Mirror the weights where the grant permits it, and record who accepted which text.

## Limits
Blocks by region show only where the download itself is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.lock import Direction
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("access-changed", "access changed since the lock was written", Severity.MEDIUM, topic=Topic.ACCESS)
def access_changed(case: Case) -> Iterator[Hit]:
    """One hit for each gate that closed; high where the registry knows no mirror."""
    for drift in case.drift:
        if drift.direction is Direction.GATED:
            publisher = case.publishers.get(drift.id)
            mirrored = publisher is not None and bool(publisher.mirrors)
            yield Hit(
                drift.id,
                text("{id}: {what}", id=drift.id, what=drift.what),
                evidence=drift.evidence,
                remedies=(remedies.MIRROR, remedies.ACCEPTANCE),
                severity=Severity.MEDIUM if mirrored else Severity.HIGH,
            )

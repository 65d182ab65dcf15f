"""A repository above the subject is gone, disabled, or answers under another name since the lock was written.

## What it looks at
Gaps whose reason is that the Hub does not have the repository or has disabled it, and renames since the lock.

## Why it matters
What is gone cannot be checked, fetched or shown to anybody.

## Example
A base model was withdrawn hours after its release.

## What to do
Keep a mirror and the archived texts; replace the part.

## Limits
The Hub answers alike for what never existed, was deleted, or is private; the finding says which of them the lock rules
out. A repository that only a sentence or a name leads to is medium: it may never have existed.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import Artifact
from licscan.core.evidence import Confidence, Evidence, GapReason
from licscan.core.finding import Severity, Topic
from licscan.core.lock import Direction
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("missing-upstream", "a repository above the subject is gone", Severity.HIGH, topic=Topic.UNREAD)
def missing_upstream(case: Case) -> Iterator[Hit]:
    """Absent and disabled repositories, then renames since the lock."""
    for artifact in case.lineage.artifacts.values():
        if case.is_missing(artifact.id):
            yield _missing(artifact, case)
    for drift in case.drift:
        if drift.direction is Direction.RENAMED and not drift.files:
            yield Hit(
                drift.id,
                text("{id}: {what}", id=drift.id, what=drift.what),
                evidence=drift.evidence,
                remedies=(remedies.LOCK, remedies.MIRROR),
                severity=Severity.LOW,
            )


def _missing(artifact: Artifact, case: Case) -> Hit:
    entry = case.lock.entries.get(artifact.id) if case.lock else None
    gap = artifact.gap
    detail = gap.detail if gap else ""
    if gap and gap.reason is GapReason.DISABLED:
        says = text("{id} was disabled by the Hub: {detail}", id=artifact.id, detail=detail)
    elif any(link.revision for link in case.lineage.down(artifact.id)):
        says = text("{id} is not there as it is asked for: {detail}", id=artifact.id, detail=detail)
    elif entry and entry.revision:
        says = text(
            "{id} is gone; the lock saw it at {revision}: {detail}",
            id=artifact.id,
            revision=entry.revision,
            detail=detail,
        )
    else:
        says = text("{id} is not on the Hub (gone, private, or never there): {detail}", id=artifact.id, detail=detail)
    sure = entry is not None or any(
        link.declared or link.confidence is not Confidence.POSSIBLE for link in case.lineage.down(artifact.id)
    )
    return Hit(
        artifact.id,
        says,
        evidence=(Evidence(artifact.id, entry.revision if entry else None, "Hub", gap.detail if gap else ""),),
        remedies=(remedies.MIRROR, remedies.SWAP, remedies.ARCHIVE),
        severity=None if sure else Severity.MEDIUM,
        confidence=None if sure else Confidence.POSSIBLE,
    )

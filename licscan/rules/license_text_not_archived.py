"""The lock pins a node whose licence text nobody kept.

## What it looks at
Entries of the lock file under a licence of the publisher's own, or under none that is known, without a stored text.

## Why it matters
If the publisher removes or replaces the text, the hash alone proves little: it is for the user to prove what was
offered.

## Example
The lock holds a commit and a hash, and no archive folder was given.

## What to do
Run `licscan lock` with `--archive DIR` and keep the folder.

## Limits
Licences on the SPDX list are archived by the whole world and are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import Artifact
from licscan.core.evidence import Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.text import text
from licscan.rule import Case, Hit, artifact_rule


@artifact_rule("license-text-not-archived", "a licence text that nobody kept", Severity.MEDIUM, topic=Topic.CHANGE)
def license_text_not_archived(artifact: Artifact, case: Case) -> Iterator[Hit]:
    """Locked nodes under a custom licence without an archived text."""
    entry = case.lock.entries.get(artifact.id) if case.lock else None
    if entry is None or entry.gap or any(one.archived for one in entry.texts if one.role == "license"):
        return
    licenses = case.licenses_of(artifact.id)
    if licenses and all(one.is_standard for one in licenses):
        return
    yield Hit(
        artifact.id,
        text("the licence of {id} is locked, but its text is not archived", id=artifact.id),
        evidence=(Evidence(artifact.id, entry.revision, "licscan.lock", entry.expression or "no licence known"),),
        remedies=(remedies.ARCHIVE,),
    )

"""The publisher grants access to a part person by person.

## What it looks at
The gate of every repository above the subject that is another publisher's.

## Why it matters
A colleague, a build machine or a customer may be refused tomorrow what was granted to you today.

## Example
The base is gated with manual approval.

## What to do
Mirror the weights where the grant permits it, and record who accepted which text.

## Limits
A gate says nothing about the terms. Automatic gates are facts and no findings.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import Artifact
from licscan.core.evidence import Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.text import text
from licscan.rule import Case, Hit, artifact_rule


@artifact_rule("person-by-person-access", "access is granted person by person", Severity.MEDIUM, topic=Topic.ACCESS)
def person_by_person_access(artifact: Artifact, case: Case) -> Iterator[Hit]:
    """Manual gates above the subjects."""
    if artifact.gated != "manual" or any(case.is_own(subject, artifact.id) for subject in case.lineage.subjects):
        return
    if not any(case.lineage.path(subject, artifact.id) for subject in case.lineage.subjects):
        return
    yield Hit(
        artifact.id,
        text("{id} is gated: the publisher decides about each person", id=artifact.id),
        evidence=(Evidence(artifact.id, artifact.revision, "gated", "manual"),),
        remedies=(remedies.MIRROR, remedies.ACCEPTANCE),
        same="gated",
    )

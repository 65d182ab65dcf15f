"""A text that looks like a standard licence and differs from it.

## What it looks at
Licence files and pasted texts that are nearly a standard licence, with the sentences that were added, taken out or
changed.

## Why it matters
Everybody reads the familiar name and nobody the added sentence, which may hold a threshold, a display duty or a
non-commercial limit.

## Example
A LICENSE headed "MIT License" with one more paragraph about large commercial products.

## What to do
Read the changed sentences; treat the licence as the publisher's own.

## Limits
Which term a changed sentence touches is told by patterns; a reader has the last word.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core.artifact import Artifact
from licscan.core.finding import Severity, Topic
from licscan.core.license import Statement
from licscan.core.text import Text, text
from licscan.rule import Case, Hit, artifact_rule


@artifact_rule(
    "modified-standard-license", "a name like a standard licence, another text", Severity.MEDIUM, topic=Topic.LICENSE
)
def modified_standard_license(artifact: Artifact, case: Case) -> Iterator[Hit]:
    """High where a changed sentence alters a term."""
    for statement in case.resolutions[artifact.id].statements:
        identity = statement.identity
        if identity is None or identity.result != "modified-standard":
            continue
        terms = sorted({term for change in identity.changes for term in change.terms})
        yield Hit(
            artifact.id,
            text(
                "{place} of {node} reads like {license} and is not: {changes}",
                place=statement.evidence.place,
                node=artifact.id,
                license=case.name_of(identity.key or ""),
                changes=_changes(statement),
            ),
            (statement.evidence,),
            (text("read the changed sentences and treat the text as the publisher's own"),),
            severity=Severity.HIGH if terms else None,
            license=identity.key,
            same=f"{artifact.id} {statement.evidence.place}",
        )


def _changes(statement: Statement) -> Text:
    changes = statement.identity.changes if statement.identity else ()
    shown = [f"{change.kind}: {change.theirs[:160]!r}" for change in changes[:3] if change.theirs]
    if not shown:
        return text("{count} changed sentences", count=len(changes))
    return text("{changes}", changes="; ".join(shown))

"""A parent answers under another name than the card uses.

## What it looks at
Redirects of the Hub: the name on the card against the name under which the repository answered.

## Why it matters
A rename usually is harmless. It can also mean that another organisation took the model over, and the old name can be
taken by somebody else.

## Example
A card that still names `thudm/...` although the organisation is now called `zai-org`.

## What to do
Use the new name on your card, and pin the commit.

## Limits
Only redirects that the Hub tells of are seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import Artifact
from licscan.core.finding import Severity, Topic
from licscan.core.text import text
from licscan.rule import Case, Hit, artifact_rule


@artifact_rule("renamed-upstream", "a parent answers under another name", Severity.INFO, topic=Topic.CONTROL)
def renamed_upstream(artifact: Artifact, case: Case) -> Iterator[Hit]:
    """One finding for each renamed node."""
    if artifact.renamed_from and artifact.renamed_from.lower() != artifact.id.lower():
        yield Hit(
            artifact.id,
            text("{old} answers as {new}", old=artifact.renamed_from, new=artifact.id),
            tuple(piece for link in case.lineage.down(artifact.id) for piece in link.evidence[:1]),
            (text("use the new name on the card"), remedies.PIN),
        )

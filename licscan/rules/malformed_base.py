"""`base_model` is a path, an address, a bare name or a template value.

## What it looks at
Values of `base_model` on cards, and of the like in configurations, that are no repository names.

## Why it matters
The real base is hidden behind the value, and with it its licence.

## Example
`base_model: ./checkpoints/step-2000`, or the untouched line of a card template.

## What to do
Put the repository's name there. If the value is somebody else's, find out what it means.

## Limits
Where the value can be read as a repository after all, the lineage follows it at lower confidence.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core.artifact import Artifact, FactKind
from licscan.core.finding import Severity, Topic
from licscan.core.text import text
from licscan.rule import Case, Hit, artifact_rule


@artifact_rule("malformed-base", "base_model is no repository name", Severity.LOW, topic=Topic.ORIGIN)
def malformed_base(artifact: Artifact, case: Case) -> Iterator[Hit]:  # noqa: ARG001 - the form of every artifact rule
    """One finding for each node, with every value as published."""
    facts = artifact.facts_of(FactKind.MALFORMED_BASE)
    if facts:
        values = ", ".join(repr(fact.value) for fact in facts)
        yield Hit(
            artifact.id,
            text("{node} names as its base what is no repository: {values}", node=artifact.id, values=values),
            tuple(fact.evidence for fact in facts),
            (text("write the repository's name, org/model, into base_model"),),
        )

"""The model needs somebody's hosted service when it runs.

## What it looks at
Facts of the subject and of its parts that name a service which is called at run time.

## Why it matters
A service can be changed, priced, blocked or ended by whoever runs it.

## Example
A pipeline sends audio to an outside service before the local model sees it.

## What to do
Run that step locally, and test that the model works without a network.

## Limits
Only what cards, configurations and code name is seen; nothing is executed.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import Artifact, FactKind
from licscan.core.finding import Severity, Topic
from licscan.core.stance import Answer, Exposure
from licscan.core.text import text
from licscan.rule import Case, Hit, artifact_rule


@artifact_rule("hosted-dependency", "a hosted service is needed at run time", Severity.MEDIUM, topic=Topic.CONTROL)
def hosted_dependency(artifact: Artifact, case: Case) -> Iterator[Hit]:
    """One hit for each service; as bad as the policy says where it speaks of outside power."""
    answer = case.stance.exposures.get(Exposure.OUTSIDE_STOP, Answer.SILENT)
    for fact in artifact.facts_of(FactKind.HOSTED):
        yield Hit(
            artifact.id,
            text("needs {value} at run time", value=fact.value),
            evidence=(fact.evidence,),
            remedies=(remedies.OFFLINE, remedies.SECOND_SOURCE),
            severity=Severity.MEDIUM
            if answer is Answer.SILENT
            else case.stance.severity(Exposure.OUTSIDE_STOP, answer),
        )

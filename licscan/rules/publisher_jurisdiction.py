"""A publisher whose weights are inside is in a country that the policy asks about.

## What it looks at
The legal entity of every publisher from whom weights came in, as the registry (or the user's policy) records it,
against the jurisdictions of the policy in force. Repackagers never count.

## Why it matters
Only the policy can say; without one nothing is reported. No list of countries is built in.

## Example
The preset of a tender asks for review of every part whose publisher is not domestic.

## What to do
Name a second source, retrain or replace the part, or record an exception with its reason.

## Limits
The registry has a date for each record and can be out of date; the policy file can correct it. A country says nothing
about quality, safety or intent.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.stance import Answer, Exposure, capped
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule(
    "publisher-jurisdiction",
    "a publisher is in a jurisdiction that the policy asks about",
    Severity.INFO,
    topic=Topic.CONTROL,
)
def publisher_jurisdiction(case: Case) -> Iterator[Hit]:
    """One hit for each publisher whose entity's country the policy asks about."""
    told: set[str] = set()
    for one in case.dependences:
        publisher = one.publisher
        if publisher is None or publisher.name in told or "entity" not in case.stance.counts:
            continue
        answer = case.stance.answer_to(publisher.country)
        if answer is Answer.SILENT:
            continue
        told.add(publisher.name)
        yield Hit(
            one.subject,
            text(
                "{part}: weights of {who}; the policy does not allow this jurisdiction ({line}); {record}"
                if answer is Answer.FORBIDDEN
                else "{part}: weights of {who}; the policy asks for review of this jurisdiction ({line}); {record}",
                part=one.part,
                who=publisher.with_owner,
                line=case.stance.line("jurisdiction"),
                record=publisher.record,
            ),
            evidence=one.evidence,
            remedies=(remedies.SECOND_SOURCE, remedies.RETRAIN, remedies.SWAP, remedies.EXCEPTION),
            severity=capped(case.stance.severity(Exposure.WEIGHTS_TRAINED, answer), one.grade),
            confidence=one.link.confidence,
            path=one.path,
        )

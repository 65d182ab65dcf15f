"""The owner of a publisher whose weights are inside is in a country that the policy asks about.

## What it looks at
The ultimate owner of every publisher from whom weights came in, where the owner's country differs from the entity's, or
where the policy counts owners only.

## Why it matters
Who owns a publisher can decide what it publishes, and some rules reach entities that are controlled from elsewhere.

## Example
A publisher in one country belongs to a group in another, and the policy names the group's country.

## What to do
Name a second source, retrain or replace the part, take advice, or record an exception with its reason.

## Limits
Owners are recorded at their main place of business, not at an offshore holding; minority holders are not recorded.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.stance import Answer, Exposure, capped
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule(
    "owner-jurisdiction", "an owner is in a jurisdiction that the policy asks about", Severity.INFO, topic=Topic.CONTROL
)
def owner_jurisdiction(case: Case) -> Iterator[Hit]:
    """One hit for each publisher whose owner's country the policy asks about and whose entity's it does not tell."""
    told: set[str] = set()
    for one in case.dependences:
        publisher = one.publisher
        if publisher is None or publisher.name in told or "owner" not in case.stance.counts:
            continue
        answer = case.stance.answer_to(publisher.parent_country)
        same = publisher.parent_country == publisher.country and "entity" in case.stance.counts
        if answer is Answer.SILENT or same:
            continue
        told.add(publisher.name)
        yield Hit(
            one.subject,
            text(
                "{part}: weights of {who}; the policy does not allow the owner's jurisdiction ({line}); {record}"
                if answer is Answer.FORBIDDEN
                else "{part}: weights of {who}; the policy asks to review the owner's jurisdiction ({line}); {record}",
                part=one.part,
                who=publisher.with_owner,
                line=case.stance.line("jurisdiction"),
                record=publisher.record,
            ),
            evidence=one.evidence,
            remedies=(remedies.SECOND_SOURCE, remedies.SWAP, remedies.COUNSEL, remedies.EXCEPTION),
            severity=capped(case.stance.severity(Exposure.WEIGHTS_TRAINED, answer), one.grade),
            confidence=one.link.confidence,
            path=one.path,
        )

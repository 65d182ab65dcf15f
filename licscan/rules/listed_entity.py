"""A publisher whose weights are inside, or its owner, is on a restriction list.

## What it looks at
The restriction lists that the registry records for every publisher from whom weights came in.

## Why it matters
A list restricts one thing (exports to the entity, purchases from it, dealings with it), and the finding says which. A
list that the policy does not name is a fact and no fault.

## Example
The publisher is on a list that bars contracts of one government; a supplier of that government must look at it.

## What to do
Check with counsel whether the list reaches the use; replace the part where it does.

## Limits
Membership was recorded at the date of the record and must be checked again. A listing is never inferred from a country,
and whether it reaches a subsidiary is a question of law.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.stance import Answer
from licscan.core.text import Text, text
from licscan.rule import Case, Hit, lineage_rule

_SEVERITY = {Answer.SILENT: Severity.INFO, Answer.REVIEW: Severity.MEDIUM, Answer.FORBIDDEN: Severity.HIGH}


@lineage_rule("listed-entity", "a publisher or its owner is on a restriction list", Severity.INFO, topic=Topic.CONTROL)
def listed_entity(case: Case) -> Iterator[Hit]:
    """One hit for each publisher and list."""
    told: set[tuple[str, str]] = set()
    for one in case.dependences:
        publisher = one.publisher
        for listing in publisher.lists if publisher else ():
            if publisher is None or (publisher.name, listing.id) in told:
                continue
            told.add((publisher.name, listing.id))
            answer = case.stance.lists.get(listing.id, Answer.SILENT)
            yield Hit(
                one.subject,
                text(
                    "{who} is on {title} ({id}, {authority}, {date}), which restricts {restricts}; {asked}",
                    who=text("{who} or its owner {owner}", who=publisher.party, owner=publisher.parent)
                    if publisher.parent
                    else publisher.party,
                    title=listing.title,
                    id=listing.id,
                    authority=listing.authority,
                    date=listing.date,
                    restricts=listing.restricts,
                    asked=_asked(answer, case),
                ),
                evidence=one.evidence,
                remedies=(remedies.COUNSEL, remedies.SWAP, remedies.EXCEPTION),
                severity=_SEVERITY[answer],
                confidence=one.link.confidence,
                path=one.path,
            )


def _asked(answer: Answer, case: Case) -> Text:
    if answer is Answer.SILENT:
        return text("the policy in force does not name this list")
    return case.stance.asked("list")

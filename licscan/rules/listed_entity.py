"""A publisher whose weights are inside, or its owner, is on a restriction list.

## What it looks at
The restriction lists that the registry records for every publisher from whom weights came in, and for its owner: the
two are told apart, each with the name that the list has.

## Why it matters
A list restricts one thing (exports to the entity, purchases from it, dealings with it), and the finding says which. A
list that the policy does not name is a fact and no fault.

## Example
The publisher is on a list that bars contracts of one government; a supplier of that government must look at it.

## What to do
Check with counsel whether the list reaches the use; replace the part where it does.

## Limits
Membership was recorded at the date of the record and must be checked again. A listing is never inferred from a
country, an entry that names an owner is never told as one of its subsidiary, and whether it reaches that subsidiary is
a question of law.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.evidence import Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.publisher import Listing
from licscan.core.stance import Answer
from licscan.core.text import Text, text
from licscan.rule import Case, Hit, lineage_rule

_SEVERITY = {Answer.SILENT: Severity.INFO, Answer.REVIEW: Severity.MEDIUM, Answer.FORBIDDEN: Severity.HIGH}


@lineage_rule("listed-entity", "a publisher or its owner is on a restriction list", Severity.INFO, topic=Topic.CONTROL)
def listed_entity(case: Case) -> Iterator[Hit]:
    """One hit for each publisher and list."""
    told: set[tuple[str, str, bool]] = set()
    for one in case.dependences:
        if (publisher := one.publisher) is None:
            continue
        for listing in publisher.all_lists:
            is_owner = listing in publisher.owner_lists
            if (publisher.name, listing.id, is_owner) in told:
                continue
            told.add((publisher.name, listing.id, is_owner))
            answer = case.stance.lists.get(listing.id, Answer.SILENT)
            if is_owner and "owner" not in case.stance.counts:
                answer = Answer.SILENT
            yield Hit(
                one.subject,
                text(
                    "the owner of {who}, {owner}, is on {entry}; that it names {who} itself was not found; {asked}"
                    if is_owner
                    else "{who} is on {entry}; {asked}",
                    who=publisher.party,
                    owner=publisher.parent or "?",
                    entry=_told(listing),
                    asked=_asked(answer, case),
                ),
                evidence=(*one.evidence, _entry(one.link.parent, listing)),
                remedies=(remedies.COUNSEL, remedies.SWAP, remedies.EXCEPTION),
                severity=_SEVERITY[answer],
                confidence=one.link.confidence,
                path=one.path,
            )


def _told(listing: Listing) -> Text:
    return text(
        "{title} ({id}, {authority}, {date}) as “{names}”, which restricts {restricts}",
        title=listing.title,
        id=listing.id,
        authority=listing.authority,
        date=listing.date,
        names=listing.names or "?",
        restricts=listing.restricts,
    )


def _entry(node: str, listing: Listing) -> Evidence:
    """The entry as something that can be looked up."""
    place = f"record of {listing.checked or '?'} (confidence: {listing.confidence}): {', '.join(listing.sources)}"
    return Evidence(node, None, place, f"{listing.title}: {listing.names}")


def _asked(answer: Answer, case: Case) -> Text:
    if answer is Answer.SILENT:
        return text("the policy in force does not name this list")
    return case.stance.asked("list")

"""Somebody outside can stop the use of a part although the user did nothing wrong.

## What it looks at
The licences of every part that came from another publisher: revocable or ended at will, terms or policies that may
change later, access granted person by person, and hosted services that are needed at run time.

## Why it matters
A product that one letter can stop is not under its maker's control.

## Example
The grant is revocable at will, and the licensor is another publisher.

## What to do
Get a contract, retrain or replace the part, or keep a mirror where the grant permits it.

## Limits
What a court would make of a clause is not decided here. The clause is named so that counsel can disagree quickly.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import FactKind
from licscan.core.dependence import Dependence
from licscan.core.finding import Severity, Topic
from licscan.core.reach import hold_of
from licscan.core.stance import Exposure, capped
from licscan.core.text import Text, text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("outside-stop-power", "an outside party can stop the use of a part", Severity.INFO, topic=Topic.CONTROL)
def outside_stop_power(case: Case) -> Iterator[Hit]:
    """One hit for each part and each power over it."""
    told: set[tuple[str, str]] = set()
    for one in case.dependences:
        for by, says, license, clause in _powers(one, case):
            if (who := one.publisher.name if one.publisher else one.link.parent, by) in told:
                continue
            told.add((who, by))
            answer = case.stance.on(Exposure.OUTSIDE_STOP, one.publisher)
            yield Hit(
                one.subject,
                text(
                    "{who} can stop the use of {part} ({parent}): {says}; {asked}",
                    who=one.publisher.party if one.publisher else text("an unknown publisher"),
                    part=one.part,
                    parent=case.origin_name(one.link.parent),
                    says=says,
                    asked=case.stance.asked(Exposure.OUTSIDE_STOP, answer=answer),
                ),
                evidence=(*one.evidence, *case.evidence_of(one.link.parent)),
                remedies=(remedies.CONTRACT, remedies.RETRAIN, remedies.SWAP, remedies.MIRROR),
                severity=capped(case.stance.severity(Exposure.OUTSIDE_STOP, answer), one.grade),
                confidence=one.link.confidence,
                clause=clause,
                license=license,
                path=one.path,
            )


def _powers(one: Dependence, case: Case) -> Iterator[tuple[str, Text, str | None, str | None]]:
    parent = case.lineage[one.link.parent]
    for license in case.licenses_of(parent.id):
        hold = hold_of(license)
        if hold.reach.is_outside:
            says = text("{name}: {says}", name=license.name, says=hold.says)
            yield license.key, says, license.key, hold.provision.clause
    if parent.gated == "manual":
        yield "gate", text("access is granted person by person"), None, None
    for fact in parent.facts_of(FactKind.HOSTED):
        yield "hosted", text("needs a hosted service: {value}", value=fact.value), None, None

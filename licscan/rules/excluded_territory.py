"""A licence above the subject grants nothing in a territory of your use.

## What it looks at
Territories that licences leave out, those in use policies included, against the territories and the home of the use
profile.

## Why it matters
Outside its territory there is no grant at all: use there is use without a licence, and for some texts that covers
outputs too.

## Example
A model whose licence leaves out the European Union, in a product that is offered in France.

## What to do
Leave the territory out of your release, replace the part, or get a separate licence.

## Limits
Some texts except end users of products, or speak of multimodal models only; where that cannot be decided, it is
asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import ReasonKind
from licscan.core.license import Term
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_SEVERITIES = {
    ReasonKind.BREACH: Severity.CRITICAL,
    ReasonKind.UNSETTLED: Severity.HIGH,
    ReasonKind.OBLIGATION: Severity.INFO,
}


@lineage_rule("excluded-territory", "a territory of use is left out", Severity.CRITICAL, topic=Topic.USE)
def excluded_territory(case: Case) -> Iterator[Hit]:
    """Critical where the stated territories meet the excluded ones; a note where none were stated."""
    for burden in case.burdens:
        if burden.provision.term is not Term.TERRITORY_EXCLUDED:
            continue
        for reason in burden.standing:
            yield Hit(
                burden.source,
                text("{subject}: {what}", subject=burden.path[0], what=reason.says),
                case.evidence_of(burden.source)[:2],
                (text("leave that territory out of the release"), remedies.SWAP, remedies.CONTRACT),
                severity=_SEVERITIES[reason.kind],
                confidence=burden.certainty,
                clause=reason.clause,
                license=burden.license,
                path=burden.path,
                same=f"{burden.license} {reason.says}",
            )

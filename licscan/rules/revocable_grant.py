"""The grant can be ended at the licensor's will, or the text contradicts itself about that.

## What it looks at
Licences that bind the subject and call the grant revocable, can be ended without cause, or are irrevocable in one
clause and can be ended in another.

## Why it matters
The licensor can stop the use of weights that you already have, often with a duty to delete them.

## Example
A research licence which says that it may be terminated at any time, with or without cause.

## What to do
Get a written licence for the term that you need, or replace the part; keep a second source ready.

## Limits
Notice periods and good faith limit such clauses differently by country.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import Burden
from licscan.core.license import Term
from licscan.core.reach import REMOTE
from licscan.core.stance import Answer, Exposure
from licscan.core.text import Text, text
from licscan.rule import Case, Hit, lineage_rule

_AT_WILL = ("revocable", "at_will")
_TORN = ("irrevocable_but",)
_SAYS = {
    "at_will": text("the licensor can end the grant without a breach"),
    "at_will_with_notice": text("the licensor can end the grant without a breach, by notice"),
    "revocable": text("the grant can be revoked"),
    "revocable_on_listed_triggers": text("the grant can be taken back on events that the text lists"),
    "irrevocable_but_auto_terminates": text("the grant is called irrevocable, but ends by itself on a breach"),
    "irrevocable_but_terminable_on_breach": text(
        "the grant is called irrevocable, but the licensor may end it on a breach: the clauses pull apart"
    ),
}


@lineage_rule(
    "revocable-grant", "the grant can be ended at will, or its clauses conflict", Severity.HIGH, topic=Topic.CHANGE
)
def revocable_grant(case: Case) -> Iterator[Hit]:
    """Critical where the policy forbids that an outside party can stop the use."""
    forbidden = case.stance.exposures.get(Exposure.OUTSIDE_STOP) is Answer.FORBIDDEN
    for burden in case.burdens:
        grant = burden.provision
        if burden.unsettled:
            continue
        if grant.term is Term.REMOTE_RESTRICTION and grant.value == "yes":
            yield _hit(burden, case, REMOTE, Severity.LOW)
        if grant.term is not Term.REVOCABILITY or not grant.value.startswith((*_AT_WILL, *_TORN)):
            continue
        outside = forbidden and not case.is_own(burden.path[0], burden.source)
        torn = grant.value.startswith(_TORN)
        yield _hit(
            burden, case, _SAYS[grant.value], Severity.MEDIUM if torn else Severity.CRITICAL if outside else None
        )


def _hit(burden: Burden, case: Case, what: Text, severity: Severity | None) -> Hit:
    return Hit(
        burden.source,
        text("{where}: {what}", where=case.cited(burden.license, burden.provision), what=what),
        case.evidence_of(burden.source)[:2],
        (remedies.CONTRACT, remedies.SWAP, remedies.SECOND_SOURCE),
        severity=severity,
        confidence=burden.certainty,
        clause=burden.provision.clause,
        license=burden.license,
        path=burden.path,
        same=f"{burden.license} {burden.provision.term}",
    )

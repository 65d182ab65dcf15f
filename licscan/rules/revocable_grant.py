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
from licscan.core.finding import Severity
from licscan.core.license import Term
from licscan.core.stance import Answer, Exposure
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_AT_WILL = ("revocable", "at_will")
_TORN = ("irrevocable_but",)


@lineage_rule("revocable-grant", "the grant can be ended at will, or its clauses conflict", Severity.HIGH)
def revocable_grant(case: Case) -> Iterator[Hit]:
    """Critical where the policy forbids that an outside party can stop the use."""
    forbidden = case.stance.exposures.get(Exposure.OUTSIDE_STOP) is Answer.FORBIDDEN
    for burden in case.burdens:
        grant = burden.provision
        if grant.term is not Term.REVOCABILITY or burden.unsettled or not grant.value.startswith((*_AT_WILL, *_TORN)):
            continue
        torn = grant.value.startswith(_TORN)
        yield Hit(
            burden.source,
            text(
                "{license}{clause}: the grant is {how}",
                license=case.name_of(burden.license),
                clause=f" ({grant.clause})" if grant.clause else "",
                how=grant.value.replace("_", " "),
            ),
            case.evidence_of(burden.source)[:2],
            (remedies.CONTRACT, remedies.SWAP, remedies.SECOND_SOURCE),
            severity=Severity.MEDIUM if torn else Severity.CRITICAL if forbidden else None,
            confidence=burden.certainty,
            clause=grant.clause,
            license=burden.license,
            path=burden.path,
            same=burden.license,
        )

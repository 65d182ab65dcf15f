"""The licence lets its author change the terms for weights that were already taken.

## What it looks at
Licences that bind the subject and reserve a change of terms: open-ended, "similar in spirit", for legal reasons, or
by announcement.

## Why it matters
What is allowed today can be withdrawn tomorrow without any act of yours, in the product that you have shipped.

## Example
A licence which says that continued use after a notice means acceptance of the new terms.

## What to do
Get the terms of today confirmed in a contract, or replace the part.

## Limits
How far such a clause holds differs by country and by who is bound; that is for counsel.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.license import Term
from licscan.core.reach import CHANGES
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_OPEN = frozenset({"yes", "yes_by_posting"})
_BOUNDED = frozenset({"yes_similar_in_spirit", "announced", "for_legal_and_regulatory_reasons"})


@lineage_rule("later-terms-bind", "the text allows later terms to bind", Severity.HIGH, topic=Topic.CHANGE)
def later_terms_bind(case: Case) -> Iterator[Hit]:
    """High where the change is open-ended, medium where the text bounds it; by way of a policy is another rule."""
    for burden in case.burdens:
        clause = burden.provision
        if clause.term is not Term.UNILATERAL_CHANGE or clause.value not in _OPEN | _BOUNDED or burden.unsettled:
            continue
        yield Hit(
            burden.source,
            text("{where}: {what}", where=case.cited(burden.license, clause), what=CHANGES[clause.value]),
            case.evidence_of(burden.source)[:2],
            (remedies.CONTRACT, remedies.SWAP),
            severity=None if clause.value in _OPEN else Severity.MEDIUM,
            confidence=burden.certainty,
            clause=clause.clause,
            license=burden.license,
            path=burden.path,
            same=burden.license,
        )

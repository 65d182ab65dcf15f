"""The grant can end on a breach, with a duty to delete, and that reaches derived models.

## What it looks at
Publishers' own licences that bind the subject and under which a breach of any of their terms can end the grant.

## Why it matters
A small slip, such as a missing notice or name, can end the grant for the product.

## Example
A community licence that ends on breach and then asks to delete the model and what was derived from it.

## What to do
Fulfil the listed obligations before release and keep proof; ask for a cure period in writing where the part is
essential.

## Limits
Standard licences with a cure period, and those that end only for patent claims, are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.license import Term
from licscan.core.text import Text, text
from licscan.rule import Case, Hit, lineage_rule

_BY_ITSELF = frozenset({"breach_automatic", "breach_immediate"})


@lineage_rule(
    "terminates-on-breach", "the grant can end on breach, derived models included", Severity.MEDIUM, topic=Topic.CHANGE
)
def terminates_on_breach(case: Case) -> Iterator[Hit]:
    """One finding for each licence; which duty is open, other findings tell."""
    for burden in case.burdens:
        clause = burden.provision
        license = case.licenses[burden.license]
        if clause.term is not Term.TERMINATION or license.is_standard or burden.unsettled:
            continue
        kinds = {one.type for one in clause.conditions if one.type.startswith("breach")}
        if not kinds:
            continue
        yield Hit(
            burden.source,
            _says(case.cited(burden.license, clause), by_itself=bool(kinds & _BY_ITSELF)),
            case.evidence_of(burden.source)[:1],
            (remedies.NOTICES, remedies.CONTRACT),
            confidence=burden.certainty,
            clause=clause.clause,
            license=burden.license,
            path=burden.path,
            same=burden.license,
        )


def _says(where: Text, *, by_itself: bool) -> Text:
    if by_itself:
        return text("{where}: the grant ends by itself on a breach", where=where)
    return text("{where}: the licensor may end the grant on a breach", where=where)

"""The licence ends on a breach, with a duty to delete, and that reaches derived models.

## What it looks at
Publishers' own licences that bind the subject and end on a breach of any of their terms.

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
from licscan.core.judgement import ReasonKind
from licscan.core.license import Term
from licscan.core.text import Text, text
from licscan.rule import Case, Hit, lineage_rule

_OPEN_DUTY = frozenset({ReasonKind.OMISSION, ReasonKind.CONTRADICTION, ReasonKind.BREACH})


@lineage_rule(
    "terminates-on-breach", "the licence ends on breach, derived models included", Severity.MEDIUM, topic=Topic.CHANGE
)
def terminates_on_breach(case: Case) -> Iterator[Hit]:
    """One step worse where a duty of the same licence is open on one of the subject's own links."""
    open_duties = {
        str(reason.license): reason.says
        for subject in case.lineage.subjects
        for link in case.lineage.up(subject)
        for reason in case.judgements[link.key].reasons
        if reason.kind in _OPEN_DUTY and reason.firm
    }
    for burden in case.burdens:
        clause = burden.provision
        license = case.licenses[burden.license]
        if clause.term is not Term.TERMINATION or license.is_standard or burden.unsettled:
            continue
        if not any(one.type.startswith("breach") for one in clause.conditions):
            continue
        worse = burden.license in open_duties
        yield Hit(
            burden.source,
            _says(case.cited(burden.license, clause), open_duties.get(burden.license)),
            case.evidence_of(burden.source)[:1],
            (remedies.NOTICES, remedies.CONTRACT),
            severity=Severity.HIGH if worse else None,
            confidence=burden.certainty,
            clause=clause.clause,
            license=burden.license,
            path=burden.path,
            same=burden.license,
        )


def _says(where: Text, duty: Text | None) -> Text:
    if duty is None:
        return text("{where}: the grant ends on a breach", where=where)
    return text("{where}: the grant ends on a breach, and one of its duties is open: {duty}", where=where, duty=duty)

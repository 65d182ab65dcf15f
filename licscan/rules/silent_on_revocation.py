"""The licence does not say whether its grant can be revoked.

## What it looks at
Licences that bind the subject and neither call the grant irrevocable nor say how it ends.

## Why it matters
Whether a bare licence can be withdrawn from those who have it is argued. For a standard licence the risk is old and
well understood; for a publisher's own text it is not.

## Example
A publisher's short licence that grants use "free of charge" and says nothing of its term.

## What to do
Archive the text as it was offered, with date and commit; for a core part, ask for a written confirmation.

## Limits
This is an observation about the text, not a forecast.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.license import Term
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("silent-on-revocation", "the grant is silent on term and revocation", Severity.LOW, topic=Topic.CHANGE)
def silent_on_revocation(case: Case) -> Iterator[Hit]:
    """Information for standard licences, low for a publisher's own text."""
    sources = {
        (key, burden.source): burden.path
        for burden in sorted(case.burdens, key=lambda one: (-len(one.path), one.path))
        for key in (burden.license,)
    }
    for (key, source), path in sorted(sources.items()):
        license = case.licenses[key]
        if license[Term.REVOCABILITY].value != "silent":
            continue
        yield Hit(
            source,
            text("{license} does not say whether its grant can be revoked", license=license.name),
            case.evidence_of(source)[:1],
            (remedies.ARCHIVE, remedies.CONTRACT),
            severity=Severity.INFO if license.is_standard or license.osi_approved else None,
            license=key,
            path=path,
            same=key,
        )

"""A licence of an inherited part is governed by another country's law, or names a forum abroad.

## What it looks at
Governing law and forum of the licences of parts that come from other publishers, against the home country or what the
policy says about laws.

## Why it matters
It decides what a dispute costs and how well its outcome can be foreseen.

## Example
The licence chooses the law and the courts of the licensor's city, and the user sits elsewhere.

## What to do
Agree on law and forum by contract where the part matters.

## Limits
Conflict of laws can bring other law to bear than the text chooses. Texts without a clause on law are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.license import License, Term
from licscan.core.stance import Answer
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_SEVERITY = {Answer.SILENT: Severity.INFO, Answer.REVIEW: Severity.LOW, Answer.FORBIDDEN: Severity.MEDIUM}


@lineage_rule(
    "foreign-governing-law", "the law or forum of a licence is another country's", Severity.INFO, topic=Topic.CONTROL
)
def foreign_governing_law(case: Case) -> Iterator[Hit]:
    """One hit for each licence of an inherited part whose law is not the home country's."""
    home = case.stance.home or case.use.home
    told: set[str] = set()
    for one in case.dependences:
        for license in case.licenses_of(one.link.parent):
            law = _country(license)
            if law is None or law == home or license.key in told:
                continue
            answer = case.stance.on_law(law)
            if home is None and answer is Answer.SILENT:
                continue
            told.add(license.key)
            forum = license[Term.FORUM]
            yield Hit(
                one.link.parent,
                text(
                    "{license} of {part} is governed by the law of {law}; forum: {forum}",
                    license=license.name,
                    part=one.part,
                    law=license[Term.GOVERNING_LAW].says,
                    forum=forum.says if forum.value == "stated" else "not stated",
                ),
                evidence=case.evidence_of(one.link.parent),
                remedies=(remedies.CONTRACT, remedies.SWAP),
                severity=_SEVERITY[answer],
                clause=license[Term.GOVERNING_LAW].clause,
                license=license.key,
                path=one.path,
            )


def _country(license: License) -> str | None:
    """The ISO code at the head of the law that the licence names (`US-CA` is the United States)."""
    law = license[Term.GOVERNING_LAW]
    code = (law.says or "")[:2]
    is_code = len(code) == 2 and code.isupper() and (law.says or "")[2:3] in {"", "-", " ", ",", "("}
    return code if law.value == "stated" and is_code else None

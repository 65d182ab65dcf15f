"""A term that your policy denies or wants to look at.

## What it looks at
Every term that binds the subject, against `[terms]` of the policy file: a term of the vocabulary, with or without a
value.

## Why it matters
Some houses take any licence but one: without a territory clause, without a licensor who may end it at will.

## Example
`denied = ["revocability=at_will"]`, and a base model whose licence can be ended without cause.

## What to do
Replace the part, or have an exception recorded as a waiver with a reason and an owner.

## Limits
Nothing is reported as long as the policy has no such lists. A term that nobody has read is not matched by a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.license import Provision
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("term-not-allowed", "a term that the policy denies", Severity.HIGH, topic=Topic.POLICY)
def term_not_allowed(case: Case) -> Iterator[Hit]:
    """High for denied, medium for what is to be looked at."""
    for burden in case.burdens:
        denied = _is_in(burden.provision, case.lists.denied_terms)
        if not denied and not _is_in(burden.provision, case.lists.review_terms):
            continue
        provision = burden.provision
        name = case.name_of(burden.license)
        clause = f" ({provision.clause})" if provision.clause else ""
        what = f"{provision.term}={provision.value}"
        yield Hit(
            burden.source,
            text("the policy denies {what}, which {license}{clause} sets", what=what, license=name, clause=clause)
            if denied
            else text(
                "the policy wants to look at {what}, which {license}{clause} sets",
                what=what,
                license=name,
                clause=clause,
            ),
            case.evidence_of(burden.source)[:1],
            (remedies.SWAP, remedies.EXCEPTION),
            severity=None if denied else Severity.MEDIUM,
            confidence=burden.certainty,
            clause=provision.clause,
            license=burden.license,
            path=burden.path,
            same=f"{burden.license} {what}",
        )


def _is_in(provision: Provision, words: Iterable[str]) -> bool:
    return any(word in {provision.term.value, f"{provision.term.value}={provision.value}"} for word in words)

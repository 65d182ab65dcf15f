"""A model learnt from outputs under a licence that bars or binds such training.

## What it looks at
Links that say a model learnt from another model's outputs, directly or by way of data that the other model wrote, and
what the other model's licence says about such training.

## Why it matters
Several licences forbid to improve another model with their outputs; others make such a model a derivative, with all
their terms.

## Example
A model tuned on conversations that a community-licensed model wrote, released as if they were anybody's data.

## What to do
Replace the data, carry the terms where the licence asks for that, or get a permission.

## Limits
Only what cards, data cards and names tell is known of training data. Whether a term on outputs binds those who were
never party to the licence is argued.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.evidence import Confidence
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import Reason, ReasonKind
from licscan.core.license import Term
from licscan.core.lineage import Link, Relation
from licscan.core.text import text
from licscan.rule import Case, Hit, link_rule

_LEARNT = frozenset({Relation.DISTILLED, Relation.TRAINED_ON})
_TERMS = frozenset({Term.OUTPUTS_TRAINING, Term.COMMERCIAL_USE, Term.TERRITORY_EXCLUDED})


@link_rule(
    "outputs-restriction", "learnt from outputs under a licence that bars or binds that", Severity.HIGH, topic=Topic.USE
)
def outputs_restriction(link: Link, case: Case) -> Iterator[Hit]:
    """High where the licence forbids it and the link is certain; medium where a question is open."""
    if link.relation not in _LEARNT:
        return
    judgement = case.judgements[link.key]
    for reason in judgement.reasons:
        if not _counts(reason, link):
            continue
        sure = reason.kind is not ReasonKind.UNSETTLED and judgement.confidence is Confidence.CERTAIN
        yield Hit(
            link.child,
            text("{node}: {what}", node=link.child, what=reason.says),
            (*link.evidence[:3], *case.evidence_of(link.parent)[:1]),
            (text("replace the data that {parent} wrote", parent=link.parent), remedies.CONTRACT),
            severity=None if sure else Severity.MEDIUM,
            confidence=judgement.confidence,
            clause=reason.clause,
            license=reason.license,
            cause=link.parent,
            same=f"{reason.license} {link.parent}",
        )


def _counts(reason: Reason, link: Link) -> bool:
    if reason.needs == "text" or reason.term not in _TERMS:
        return False
    if link.relation is Relation.TRAINED_ON and reason.term is not Term.OUTPUTS_TRAINING:
        return reason.kind is ReasonKind.BREACH
    return reason.kind in {ReasonKind.BREACH, ReasonKind.UNSETTLED}

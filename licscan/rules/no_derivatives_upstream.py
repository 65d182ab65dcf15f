"""A licence that forbids derivatives, or their distribution, stands above a derived model.

## What it looks at
Links from a derived model to a parent whose licence grants no derivatives, grants them for private use only, or
allows no redistribution.

## Why it matters
Such a model may be used as it is. Publishing a fine-tune, a merge or an adapter of it is outside the grant.

## Example
A fine-tune of a model under CC-BY-ND.

## What to do
Keep the derived model in the house where the text allows that, use the parent unchanged, or get another licence.

## Limits
Whether a change of format or precision is a derivative is open in law; such links are reported at medium severity.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import ReasonKind
from licscan.core.license import Term
from licscan.core.lineage import Link, Relation
from licscan.core.text import text
from licscan.rule import Case, Hit, link_rule

_TERMS = frozenset({Term.DERIVATIVES, Term.REDISTRIBUTION})


@link_rule(
    "no-derivatives-upstream", "a no-derivatives licence above a derivative", Severity.HIGH, topic=Topic.OUTBOUND
)
def no_derivatives_upstream(link: Link, case: Case) -> Iterator[Hit]:
    """High where the text is clear, medium where it is open whether a conversion is a derivative."""
    if link.relation is Relation.TRAINED_ON:
        return
    judgement = case.judgements[link.key]
    for reason in judgement.reasons:
        if reason.term not in _TERMS or reason.kind not in {ReasonKind.BREACH, ReasonKind.UNSETTLED}:
            continue
        if reason.needs == "text":
            continue  # nobody has read it: that is another finding
        yield Hit(
            link.child,
            text("{node}: {what}", node=link.child, what=reason.says),
            (*case.evidence_of(link.parent)[:2], *link.evidence[:1]),
            (text("use {parent} unchanged", parent=link.parent), remedies.CONTRACT, remedies.SWAP),
            severity=None if reason.kind is ReasonKind.BREACH else Severity.MEDIUM,
            confidence=judgement.confidence,
            clause=reason.clause,
            license=reason.license,
            cause=link.parent,
            same=f"{reason.license} {link.parent}",
        )

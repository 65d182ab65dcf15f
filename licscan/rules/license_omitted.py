"""A derived model says nothing about a licence but has to carry its parent's.

## What it looks at
Links whose child says nothing about a licence while the parent's licence asks that a copy of it, a notice or its
limits on use go along.

## Why it matters
The duty to hand on the text is a condition of the grant. Left out, the next user does not learn what binds them.

## Example
A LoRA adapter of a community-licensed model whose card has no `license`.

## What to do
Ship the parent's licence and notice with the derived model and name it on the card; `licscan notice` writes the
bundle.

## Limits
Nothing looser was said, so this is an omission and not a contradiction. A copy kept outside the repository is not
seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import ReasonKind
from licscan.core.license import Category
from licscan.core.lineage import Link
from licscan.core.text import text
from licscan.rule import Case, Hit, link_rule

_LIGHT = frozenset({Category.PERMISSIVE, Category.PUBLIC_DOMAIN})


@link_rule(
    "license-omitted",
    "no licence on a derived model that has to carry its parent's",
    Severity.MEDIUM,
    topic=Topic.OUTBOUND,
)
def license_omitted(link: Link, case: Case) -> Iterator[Hit]:
    """One finding for each licence and child; where only notices go along it is a small matter."""
    judgement = case.judgements[link.key]
    for reason in judgement.reasons:
        if reason.kind is not ReasonKind.OMISSION or reason.license is None:
            continue
        light = case.licenses[reason.license].category in _LIGHT
        yield Hit(
            link.child,
            text("{node}: {what}", node=link.child, what=reason.says),
            (*case.evidence_of(link.parent)[:2], *link.evidence[:1]),
            (
                text("ship {license} with it and name it on the card", license=case.name_of(reason.license)),
                remedies.NOTICES,
            ),
            severity=Severity.LOW if light else None,
            confidence=judgement.confidence,
            clause=reason.clause,
            license=reason.license,
            cause=link.parent,
            same=f"{reason.license} {link.child}",
        )

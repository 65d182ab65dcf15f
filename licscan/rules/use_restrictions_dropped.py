"""Limits on use must be passed on, and are not.

## What it looks at
Links whose parent's licence asks that its use policy or its list of forbidden uses binds every later user, while the
child's licence has no such limits.

## Why it matters
The duty to bind later users is a condition of the grant for the whole family of responsible-use and community
licences; dropping it can end the grant for everybody below.

## Example
A fine-tune of a model with an acceptable use policy, released under MIT.

## What to do
Ship the parent's licence and use policy with the model, and make them part of its terms.

## Limits
Whether the limits stand in terms of service elsewhere is not seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core.finding import Severity, Topic
from licscan.core.judgement import ReasonKind
from licscan.core.license import Term
from licscan.core.lineage import Link
from licscan.core.text import text
from licscan.rule import Case, Hit, link_rule

_LIMITS = frozenset({Term.RESTRICTION_PASSTHROUGH, Term.USE_POLICY})


@link_rule(
    "use-restrictions-dropped", "limits on use must be passed on and are not", Severity.HIGH, topic=Topic.OUTBOUND
)
def use_restrictions_dropped(link: Link, case: Case) -> Iterator[Hit]:
    """One finding for each licence and source whose limits were left out."""
    judgement = case.judgements[link.key]
    for reason in judgement.reasons:
        if reason.kind is not ReasonKind.CONTRADICTION or reason.term not in _LIMITS or not reason.firm:
            continue
        license = str(reason.license)
        policy = case.licenses[license][Term.USE_POLICY]
        source = reason.source or link.parent
        yield Hit(
            link.child,
            text("{node}: {what}", node=link.child, what=reason.says),
            (*case.evidence_of(link.child)[:2], *case.evidence_of(source)[:1]),
            (
                text(
                    "ship {license} and its use policy ({address})"
                    if policy.says
                    else "ship {license} and its use policy",
                    license=case.name_of(license),
                    address=policy.says or "",
                ),
                text("make its limits part of the terms under which you release"),
            ),
            confidence=judgement.confidence,
            clause=reason.clause,
            license=license,
            cause=source,
            same=f"{license} {source}",
        )

"""A model's licence grants what a licence above it withholds.

## What it looks at
Every link, and every licence further above that a node carries: non-commercial limits, limits on use that must go
along, thresholds, share-alike, and grants that cannot be sublicensed, against the licence that the derived model
declares.

## Why it matters
Nobody can grant more than they hold. Whoever takes the derived model under its label breaks the licence above without
knowing it; whoever published it answers for the label.

## Example
A fine-tune of a model under a community licence with a use policy and a user threshold, tagged `apache-2.0`.

## What to do
Relabel the model with the licence that has to be carried, beside your own for your changes; or change the base.

## Limits
A publisher may license its own model anew, and two models of one licensor are no contradiction. Where the parent's
text allows other terms for your changes beside its own, the label is only incomplete, and the finding is milder.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from licscan.core import remedies
from licscan.core.evidence import Confidence
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import Reason, ReasonKind
from licscan.core.license import Term
from licscan.core.lineage import Link
from licscan.core.text import Text, joined, text
from licscan.rule import Case, Hit, link_rule

_LIMITS = frozenset({Term.RESTRICTION_PASSTHROUGH, Term.USE_POLICY})


@link_rule(
    "looser-than-upstream", "a licence grants what a licence above it withholds", Severity.HIGH, topic=Topic.OUTBOUND
)
def looser_than_upstream(link: Link, case: Case) -> Iterator[Hit]:
    """One finding for each licence that is contradicted and each source of it; the subject speaks for its ancestors."""
    judgement = case.judgements[link.key]
    by_source: dict[tuple[str, str], list[Reason]] = {}
    for reason in judgement.reasons:
        if reason.kind is ReasonKind.CONTRADICTION and reason.license:
            by_source.setdefault((reason.license, reason.source or link.parent), []).append(reason)
    for (license, source), reasons in by_source.items():
        firm = [one for one in reasons if one.firm]
        # Limits on use that were left out have a rule of their own; here they stand only where nothing else does.
        firm = [one for one in firm if one.term not in _LIMITS] or firm
        worst = (firm or reasons)[0]
        yield Hit(
            link.child,
            text("{node}: {what}", node=link.child, what=joined([one.says for one in firm or reasons])),
            (*case.evidence_of(link.child)[:2], *case.evidence_of(source)[:2], *link.evidence[:1]),
            (_relabel(case.name_of(license)), remedies.SWAP),
            severity=_severity(link, case, worst, judgement.confidence, bool(firm)),
            confidence=judgement.confidence,
            clause=worst.clause,
            license=license,
            cause=source,
            same=f"{license} {source}",
        )


@lru_cache(maxsize=256)
def _relabel(name: str) -> Text:
    return text("relabel: carry {license}, and put your own licence beside it for your changes", license=name)


def _severity(link: Link, case: Case, reason: Reason, confidence: Confidence, firm: bool) -> Severity:
    if not firm:
        return Severity.MEDIUM if reason.term is Term.COMMERCIAL_USE else Severity.LOW
    if confidence is Confidence.POSSIBLE:
        return Severity.MEDIUM
    return Severity.CRITICAL if link.child in case.lineage.subjects else Severity.HIGH

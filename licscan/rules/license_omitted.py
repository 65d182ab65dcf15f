"""A derived model does not carry the licence that its parent's licence asks to go along.

## What it looks at
Links whose child says nothing about a licence while the parent's licence asks that a copy of it, a notice or its
limits on use go along; and the texts that the subject ships, by their content, against publishers' own licences of
which a copy must go along.

## Why it matters
The duty to hand on the text is a condition of the grant. Left out, the next user does not learn what binds them.

## Example
A LoRA adapter of a community-licensed model whose card has no `license`; a fine-tune that is labelled rightly and has
no copy of the agreement.

## What to do
Ship the parent's licence and notice with the derived model and name it on the card; `licscan notice` writes the
bundle.

## Limits
Nothing looser was said, so this is an omission and not a contradiction. A copy kept outside the repository is not
seen. Missing copies of standard licences are listed among the duties and not reported here.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.evidence import Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import ReasonKind
from licscan.core.license import Category, Term
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_LIGHT = frozenset({Category.PERMISSIVE, Category.PUBLIC_DOMAIN})
_TOLD = frozenset({ReasonKind.OMISSION, ReasonKind.CONTRADICTION})


@lineage_rule(
    "license-omitted",
    "no licence on a derived model that has to carry its parent's",
    Severity.MEDIUM,
    topic=Topic.OUTBOUND,
)
def license_omitted(case: Case) -> Iterator[Hit]:
    """One finding for each licence and child; where only notices go along it is a small matter."""
    for link in case.lineage.links:
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
    yield from _without_text(case)


def _without_text(case: Case) -> Iterator[Hit]:
    """A publisher's own licence of which a copy must go along, and none is there."""
    told = {
        (link.child, reason.license)
        for link in case.lineage.links
        for reason in case.judgements[link.key].reasons
        if reason.kind in _TOLD and reason.firm
    }
    for duty in case.release.obligations if case.release else ():
        license, subject = case.licenses[duty.license], case.lineage[duty.path[0]]
        if duty.term is not Term.LICENSE_COPY or not duty.is_open or license.is_standard or license.text_of:
            continue
        if (subject.id, license.key) in told:
            continue
        yield Hit(
            subject.id,
            text(
                "{license} of {parent} asks that a copy of it goes along, and {subject} ships none",
                license=license.name,
                parent=duty.source,
                subject=subject.id,
            ),
            (
                *case.evidence_of(duty.source)[:2],
                Evidence(subject.id, subject.revision, "files", "no file with its text"),
            ),
            (remedies.NOTICES,),
            clause=duty.clause,
            license=license.key,
            path=duty.path,
            same=f"{license.key} {subject.id}",
        )

"""The model has a part or a base that its card does not name.

## What it looks at
Links that the files or the public record show and the card does not declare, where the other end is another
publisher's: a component named by the configuration, an adapter's base, a recorded name of the weights. Also published
comparisons that found a likeness without any link.

## Why it matters
Whoever builds on the model inherits the terms of the hidden part and cannot know it. Buyers ask for this first.

## Example
The card names no base, and `vision_config.model_type` of config.json is another publisher's.

## What to do
Name the part on the card and ship its licence and notices; where it is only suspected, compare the weights first.

## Limits
A configuration names a family, not the weights: until weights are compared or the publisher speaks, a likeness is
reported as such and stays low or medium. Shared architecture alone is never reported here.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.dependence import Dependence, part_name
from licscan.core.evidence import Confidence, Evidence
from licscan.core.finding import Severity
from licscan.core.lineage import Relation
from licscan.core.origin import Grade, OriginEvidence
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("undeclared-base", "a base or part that the card does not name", Severity.MEDIUM, Confidence.LIKELY)
def undeclared_base(case: Case) -> Iterator[Hit]:
    """Crossings without a declaration, and published likenesses without a link."""
    linked = set()
    merged: dict[str, list[Dependence]] = {}
    for one in case.dependences:
        linked.add((one.link.child.lower(), one.link.component))
        if one.link.declared:
            continue
        if one.link.relation is Relation.MERGE and one.grade is Grade.STATEMENT:
            merged.setdefault(one.link.child, []).append(one)
        else:
            yield _hit(one, case)
    for parents in merged.values():
        yield _hit(parents[0], case) if len(parents) == 1 else _merge(parents, case)
    for seen in case.origin_evidence:
        if (seen.node.lower(), seen.component) not in linked and seen.node in case.lineage:
            yield from _likeness(seen)


def _hit(one: Dependence, case: Case) -> Hit:
    return Hit(
        one.link.child,
        text(
            "{part}: from {parent} of {who} ({evidence}), and the card does not say so; {licence}"
            if one.grade > Grade.LIKENESS
            else "{part}: may be from {parent} of {who} ({evidence}), and the card does not say so; {licence}",
            part=one.part,
            parent=case.origin_name(one.link.parent),
            who=case.who(one.publisher),
            evidence=one.shown_by,
            licence=case.terms_in_words(one.link.parent),
        ),
        evidence=one.evidence,
        remedies=(remedies.DISCLOSE, remedies.NOTICES, remedies.COMPARE, remedies.SWAP),
        severity=_severity(one, case),
        confidence=one.link.confidence,
        path=one.path,
    )


def _merge(parents: list[Dependence], case: Case) -> Hit:
    """A merge whose recipe names parents that the card leaves out is one omission."""
    said = {"count": len(parents), "names": ", ".join(case.lineage[one.link.parent].label for one in parents)}
    return Hit(
        parents[0].link.child,
        text("{count} parents of this merge are named by its own files and not on the card: {names}", **said),
        evidence=tuple(seen for one in parents for seen in one.evidence[:1]),
        remedies=(remedies.DISCLOSE, remedies.NOTICES, remedies.COMPARE, remedies.SWAP),
        severity=min((_severity(one, case) for one in parents), key=lambda one: one.rank),
        confidence=parents[0].link.confidence,
        path=parents[0].path,
    )


def _severity(one: Dependence, case: Case) -> Severity:
    if one.grade is Grade.IDENTITY or (one.grade is Grade.STATEMENT and case.stance.asks_disclosure):
        return Severity.HIGH
    if one.grade <= Grade.LIKENESS and (one.link.confidence is Confidence.POSSIBLE or not one.link.component):
        return Severity.LOW
    return Severity.MEDIUM


def _likeness(seen: OriginEvidence) -> Iterator[Hit]:
    """A published observation that no link of ours carries; a withdrawn one is none."""
    if not (seen.shows_inheritance or seen.leaves_open):
        return
    is_shown = seen.shows_inheritance and seen.grade >= Grade.STATISTICS
    place = Evidence(seen.node, None, "public record", f"{seen.says} ({', '.join(seen.sources)})")
    yield Hit(
        seen.node,
        text(
            "{part} and {reference}: shown to be related ({evidence}); the card names no base"
            if is_shown
            else "{part} and {reference}: similar, not shown to be derived ({evidence}); the card names no base",
            part=part_name(seen.component),
            reference=seen.reference,
            evidence=seen.grade.words if is_shown else text("by what was published, no weights were compared here"),
        ),
        evidence=(place,),
        remedies=(remedies.ASK, remedies.COMPARE, remedies.DISCLOSE),
        severity=Severity.MEDIUM if is_shown else Severity.LOW,
        confidence=Confidence.LIKELY if is_shown else Confidence.POSSIBLE,
    )

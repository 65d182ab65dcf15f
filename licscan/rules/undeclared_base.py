"""The model has a part or a base that its card does not name.

## What it looks at
Links to another publisher's model that files or the public record show and the card does not declare: a part that the
configuration names, an adapter's base, a merge's parents. Also published comparisons that found a likeness.

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
from licscan.core.dependence import Dependence, part_name, undeclared
from licscan.core.evidence import Confidence
from licscan.core.finding import Severity, Topic
from licscan.core.origin import Grade, OriginEvidence, rests_on_signature
from licscan.core.text import Text, text
from licscan.rule import Case, Hit, lineage_rule, possible_parent


@lineage_rule(
    "undeclared-base",
    "a base or part that the card does not name",
    Severity.MEDIUM,
    Confidence.LIKELY,
    topic=Topic.ORIGIN,
)
def undeclared_base(case: Case) -> Iterator[Hit]:
    """Crossings without a declaration, and published likenesses without a link."""
    linked = {(one.link.child.lower(), one.link.component) for one in case.dependences}
    yield from (_hit(parts, case) for parts in undeclared(case.dependences))
    yield from (possible_parent(one) for one in case.doubts if not rests_on_signature(one.link))
    for seen in case.origin_evidence:
        is_told = (seen.node.lower(), seen.component) in linked or seen.node not in case.lineage
        if not is_told and (seen.shows_inheritance or seen.leaves_open):
            yield _likeness(seen)


def _hit(parts: tuple[Dependence, ...], case: Case) -> Hit:
    one = parts[0]
    return Hit(
        one.link.child,
        _says(parts, case),
        evidence=tuple(seen for part in parts for seen in part.evidence),
        remedies=(remedies.DISCLOSE, remedies.NOTICES, remedies.COMPARE, remedies.SWAP),
        severity=min((_severity(part, case) for part in parts), key=lambda severity: severity.rank),
        confidence=one.link.confidence,
        path=one.path,
    )


def _says(parts: tuple[Dependence, ...], case: Case) -> Text:
    one = parts[0]
    if len(parts) > 1:
        names = ", ".join(case.lineage[part.link.parent].label for part in parts)
        return text("{n} parents of this merge are in its files, not on its card: {names}", n=len(parts), names=names)
    return text(
        "{part}: from {parent} of {who} ({evidence}), and the card does not say so; {licence}"
        if one.grade > Grade.LIKENESS
        else "{part}: may be from {parent} of {who} ({evidence}), and the card does not say so; {licence}",
        part=one.part,
        parent=case.origin_of(one),
        who=case.who(one.publisher),
        evidence=one.shown_by,
        licence=case.terms_in_words(one.link.parent),
    )


def _severity(one: Dependence, case: Case) -> Severity:
    if one.grade is Grade.IDENTITY or (one.grade is Grade.STATEMENT and case.stance.asks_disclosure):
        return Severity.HIGH
    if one.grade <= Grade.LIKENESS and (one.link.confidence is Confidence.POSSIBLE or not one.link.component):
        return Severity.LOW
    return Severity.MEDIUM


def _likeness(seen: OriginEvidence) -> Hit:
    """A published observation that no link of ours carries; a withdrawn one is none."""
    is_shown = seen.shows_inheritance and seen.grade >= Grade.STATISTICS
    return Hit(
        seen.node,
        text(
            "{part} and {reference}: {how} ({evidence}); {says}; no base on the card",
            part=part_name(seen.component),
            reference=seen.of,
            how=text("shown to be related") if is_shown else text("similar, not shown to be derived"),
            evidence=seen.words,
            says=seen.told,
        ),
        evidence=seen.evidences,
        remedies=(remedies.ASK, remedies.COMPARE, remedies.DISCLOSE),
        severity=Severity.MEDIUM if is_shown else Severity.LOW,
        confidence=Confidence.LIKELY if is_shown else Confidence.POSSIBLE,
    )

"""A claim that the model was trained from scratch is contradicted by the evidence.

## What it looks at
The card's statement, or the policy's demand, that every part was trained by the publisher, against declared bases,
files, the public record and comparisons of weights, part by part.

## Why it matters
An untrue claim of own training costs tenders, funding and trust, and shows at the worst moment.

## Example
The policy asks for own training of every part, and the publisher has confirmed that the encoder is another's.

## What to do
Initialise and train the part anew, withdraw the claim for that part, or record an exception with its reason.

## Limits
Contradicted needs a statement by who can know, or measured weights, about this very model. An inference, or a claim
that the other side denies, only contests, and both sides are told. What is not contradicted is not proved: training
data, undisclosed distillation and private agreements are not visible.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.amounts import percent
from licscan.core.artifact import FactKind
from licscan.core.dependence import MAIN_PART, part_name
from licscan.core.evidence import Confidence, Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.report import OriginVerdict
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_TOLD = {
    OriginVerdict.REFUTED: text("contradicted"),
    OriginVerdict.CONTESTED: text("contested, neither shown nor excluded"),
}


@lineage_rule(
    "contradicted-origin-claim",
    "own training is claimed or required, and contradicted",
    Severity.HIGH,
    topic=Topic.ORIGIN,
)
def contradicted_origin_claim(case: Case) -> Iterator[Hit]:
    """The parts for which the from-scratch question came out badly."""
    subject = case.lineage.subjects[0]
    claims = case.lineage[subject].facts_of(FactKind.ORIGIN_CLAIM)
    for one in case.origins:
        if one.component is None or one.verdict not in _TOLD:
            continue
        share = text("{share} of parameters", share=percent(one.share)) if one.share else text("share not known")
        evidence = tuple(claim.evidence for claim in claims) + _evidence(subject, one.component, case)
        yield Hit(
            subject,
            text(
                "{part} ({share}): own training is {verdict}; {says}; {asked}",
                part=part_name(one.component),
                share=share,
                verdict=_TOLD[one.verdict],
                says=one.says,
                asked=text("claimed on the card")
                if claims
                else text("required by {line}", line=case.stance.line("origin")),
            ),
            evidence=evidence,
            remedies=(remedies.RETRAIN, remedies.SWAP, remedies.WITHDRAW, remedies.EXCEPTION),
            severity=_severity(one.verdict, case),
            confidence=Confidence.CERTAIN if one.verdict is OriginVerdict.REFUTED else Confidence.POSSIBLE,
        )


def _evidence(subject: str, part: str, case: Case) -> tuple[Evidence, ...]:
    """What the files say of the part's origin, then what was published, both sides of it."""
    component = None if part == MAIN_PART else part
    links = (link for link in case.lineage.up(subject) if link.component == component)
    known = (one for one in case.origin_evidence if one.node.lower() == subject.lower() and one.component == component)
    return (*(seen for link in links for seen in link.evidence), *(seen for one in known for seen in one.evidences))


def _severity(verdict: OriginVerdict, case: Case) -> Severity:
    if verdict is OriginVerdict.CONTESTED:
        return Severity.LOW
    return Severity.CRITICAL if case.stance.asks_origin else Severity.HIGH

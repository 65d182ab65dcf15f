"""Weights of another publisher are inside, and were not shown to be trained further.

## What it looks at
The links along which weights pass from one publisher to another: quantised and converted copies, and components, unless
a comparison or the publisher says that the part was trained further. What is not known, or is reported both ways, is
asked about as if it were unchanged, and the sentence says that it is not known.

## Why it matters
Some policies require that every part was initialised and trained by the applicant. Other policies ask the same question
for supply-chain reasons. With no policy loaded this is a fact and no fault.

## Example
A language model of one's own embeds the vision encoder of another publisher's model.

## What to do
Initialise and train the part anew, replace it, name a second source, or record an exception with its reason.

## Limits
Only the publisher's own statement or identical bytes carry more than medium. A family that only the configuration
names is likeness: it is reported as low. Training data, undisclosed distillation and private agreements are not
visible.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.evidence import Confidence
from licscan.core.finding import Severity, Topic
from licscan.core.origin import Grade
from licscan.core.stance import Exposure, capped
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule(
    "inherited-weights-unchanged",
    "weights of another publisher are inside, and no change is shown",
    Severity.INFO,
    topic=Topic.ORIGIN,
)
def inherited_weights_unchanged(case: Case) -> Iterator[Hit]:
    """Crossings whose weights were not shown to be trained further."""
    for one in case.dependences:
        if not (one.unchanged or (one.unchanged is None and one.link.component)):
            continue
        answer = case.stance.on(Exposure.WEIGHTS_UNCHANGED, one.publisher)
        yield Hit(
            one.subject,
            text(
                "{part}: from {parent} ({evidence}; {state}); publisher: {who}; share of parameters: {share}; {asked}",
                part=one.part,
                parent=case.origin_of(one),
                evidence=one.shown_by,
                state=one.state,
                who=case.who(one.publisher),
                share=one.share,
                asked=case.stance.asked(Exposure.WEIGHTS_UNCHANGED, answer=answer),
            ),
            evidence=one.evidence,
            remedies=(remedies.RETRAIN, remedies.SWAP, remedies.SECOND_SOURCE, remedies.EXCEPTION),
            severity=capped(case.stance.severity(Exposure.WEIGHTS_UNCHANGED, answer), one.grade),
            confidence=Confidence.POSSIBLE if one.grade <= Grade.LIKENESS else one.link.confidence,
            path=one.path,
        )

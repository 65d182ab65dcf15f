"""The model was trained on from weights of another publisher.

## What it looks at
The links along which weights pass from one publisher to another and were trained further: fine-tunes, continued
training, adapters and merges.

## Why it matters
A model made by further training of somebody else's is not an independent one for every policy, and the terms of the
origin travel along. With no policy loaded this is a fact and no fault.

## Example
A company fine-tunes an open model on its own data and declares the base.

## What to do
Keep the origin named, keep its terms, name a second source, or record an exception with its reason.

## Limits
How much of the origin is left after training is not measured here; `licscan compare` does that. Training data,
undisclosed distillation and private agreements are not visible.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.evidence import Confidence
from licscan.core.finding import Severity, Topic
from licscan.core.lineage import Relation
from licscan.core.origin import Grade
from licscan.core.stance import Exposure, capped
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_TRAINED = text("trained further from")
_HOW = {
    Relation.FINETUNE: text("fine-tuned from"),
    Relation.ADAPTER: text("adapter of"),
    Relation.MERGE: text("merged from"),
    Relation.UNSTATED: text("made (how is not stated) from"),
}


@lineage_rule(
    "inherited-weights", "weights of another publisher were trained further", Severity.INFO, topic=Topic.ORIGIN
)
def inherited_weights(case: Case) -> Iterator[Hit]:
    """Crossings whose weights were trained further."""
    for one in case.dependences:
        if one.unchanged or (one.unchanged is None and one.link.component):
            continue
        answer = case.stance.on(Exposure.WEIGHTS_TRAINED, one.publisher)
        yield Hit(
            one.subject,
            text(
                "{part}: {how} {parent} ({evidence}); publisher: {who}; {asked}",
                part=one.part,
                how=_HOW.get(one.link.relation, _TRAINED),
                parent=case.origin_of(one),
                evidence=one.shown_by,
                who=case.who(one.publisher),
                asked=case.stance.asked(Exposure.WEIGHTS_TRAINED, answer=answer),
            ),
            evidence=one.evidence,
            remedies=(remedies.DISCLOSE, remedies.SECOND_SOURCE, remedies.SWAP, remedies.EXCEPTION),
            severity=capped(case.stance.severity(Exposure.WEIGHTS_TRAINED, answer), one.grade),
            confidence=Confidence.POSSIBLE if one.grade <= Grade.LIKENESS else one.link.confidence,
            path=one.path,
        )

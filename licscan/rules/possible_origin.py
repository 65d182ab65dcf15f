"""A model may come from another one, and nobody says.

## What it looks at
Known models with the same sizes, or whose name the model bears, where nobody states what it was made from.

## Why it matters
If it is so, the other model's terms bind. Nobody is accused of anything: several models may have been trained with
the same sizes. So the question is asked, and until it is answered nothing that would bind is left out of the picture.

## Example
The sizes and the vocabulary of config.json are those of a model whose licence limits use; the card names no base.

## What to do
If it is so, name it in `base_model`. If not, say so: a sentence on the card ("trained from scratch"), or `[[origin]]`
in licscan.toml, which then stands in every report as your statement. `licscan compare` shows from the weights which of
the two it is.

## Limits
Where the other model's terms would add nothing to the model's own, this is a note (info) and changes no verdict.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import FactKind
from licscan.core.evidence import Confidence
from licscan.core.finding import Severity, Topic
from licscan.core.origin import rests_on_signature
from licscan.core.signature import POLICY_PLACE
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule, possible_parent


@lineage_rule(
    "possible-origin",
    "a model may come from another one, and nobody says",
    Severity.MEDIUM,
    Confidence.POSSIBLE,
    topic=Topic.ORIGIN,
)
def possible_origin(case: Case) -> Iterator[Hit]:
    """One line for each possible parent, and what the user states of the origin."""
    yield from (possible_parent(one) for one in case.doubts if rests_on_signature(one.link))
    for subject in case.lineage.subjects:
        for fact in case.lineage[subject].facts_of(FactKind.ORIGIN_CLAIM):
            if fact.evidence.place.startswith(POLICY_PLACE):
                yield Hit(
                    subject,
                    text("the user states it: {says}", says=fact.value),
                    evidence=(fact.evidence,),
                    remedies=(remedies.COMPARE,),
                    severity=Severity.INFO,
                    confidence=Confidence.CERTAIN,
                )

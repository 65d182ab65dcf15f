"""Terms of a training set may reach the model: nobody has decided whether they do.

## What it looks at
Data sets on which a model was trained whose licence is non-commercial, share-alike or without derivatives.

## Why it matters
If a model is an adaptation of its training data, those terms bind it. Careful publishers act as if it were.

## Example
A model tuned on a non-commercial instruction set and offered for sale.

## What to do
Decide with counsel which view your house takes and record it; replace the data set; or take the cautious path and
release under terms that fit the data.

## Limits
The question is open in law and differs by country; the finding spells it out and does not answer it.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import NodeKind
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import ReasonKind
from licscan.core.lineage import Link, Relation
from licscan.core.text import text
from licscan.rule import Case, Hit, link_rule


@link_rule("dataset-terms", "terms of a training set may reach the model", Severity.MEDIUM, topic=Topic.USE)
def dataset_terms(link: Link, case: Case) -> Iterator[Hit]:
    """One finding for each data set, with the open question."""
    if link.relation is not Relation.TRAINED_ON or case.lineage[link.parent].kind is NodeKind.MODEL:
        return
    judgement = case.judgements[link.key]
    for reason in judgement.reasons:
        if reason.kind is not ReasonKind.UNSETTLED or reason.license is None or reason.needs == "text":
            continue
        yield Hit(
            link.parent,
            text("{node} was trained on {data}: {question}", node=link.child, data=link.parent, question=reason.says),
            (*link.evidence[:2], *case.evidence_of(link.parent)[:1]),
            (
                text("decide with counsel, and record the decision as a waiver with its reason"),
                text("replace the data set"),
                remedies.CONTRACT,
            ),
            confidence=judgement.confidence,
            clause=reason.clause,
            license=reason.license,
            same=f"{reason.license} {link.parent}",
        )

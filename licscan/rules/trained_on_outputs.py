"""The model was trained on what another model wrote.

## What it looks at
Declared links of the kinds `distilled` and `trained-on` to a model, and whether that model's licence speaks of training
on outputs.

## Why it matters
Outputs are no weights, but some licences bind them, and a claim of independence has to mention them.

## Example
The card says that answers of a larger model were used for tuning.

## What to do
Check the terms of the other model, or replace the data.

## Limits
Only what the cards declare is seen; undisclosed distillation leaves no trace that this tool could read.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import NodeKind
from licscan.core.finding import Severity, Topic
from licscan.core.license import Term
from licscan.core.lineage import Link, Relation
from licscan.core.text import text
from licscan.rule import Case, Hit, link_rule

_RELATIONS = frozenset({Relation.DISTILLED, Relation.TRAINED_ON})
_FORBIDS = frozenset({"no", "forbidden", "prohibited"})


@link_rule("trained-on-outputs", "trained on what another model wrote", Severity.INFO, topic=Topic.ORIGIN)
def trained_on_outputs(link: Link, case: Case) -> Iterator[Hit]:
    """Distillation from a model of somebody else; worse where its licence forbids it."""
    if link.relation not in _RELATIONS or case.lineage[link.parent].kind is NodeKind.DATASET:
        return
    if case.is_own(link.child, link.parent):
        return
    licenses = case.licenses_of(link.parent)
    forbids = [one for one in licenses if one[Term.OUTPUTS_TRAINING].value in _FORBIDS]
    yield Hit(
        link.child,
        text(
            "trained on outputs of {parent}; {says}",
            parent=link.parent,
            says=text("{license} forbids it", license=forbids[0].name)
            if forbids
            else text("no term that was read forbids it"),
        ),
        evidence=link.evidence,
        remedies=(remedies.CONTRACT, remedies.DISCLOSE),
        severity=Severity.MEDIUM if forbids else Severity.INFO,
        confidence=link.confidence,
        clause=forbids[0][Term.OUTPUTS_TRAINING].clause if forbids else None,
        license=forbids[0].key if forbids else None,
        cause=link.parent,
    )

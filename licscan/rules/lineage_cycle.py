"""A card names the model itself, or a descendant of it, as its base.

## What it looks at
Circles among the links of the lineage.

## Why it matters
A model cannot descend from itself, so at least one of the cards is wrong, and the true base may be missing.

## Example
`a/model` names `b/model` as its base and `b/model` names `a/model`.

## What to do
Find out which link is true, and correct the card; for somebody else's model, correct it in the policy file.

## Limits
Every link of the circle is kept and judged, so that no burden is lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core.finding import Severity, Topic
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule(
    "lineage-cycle", "the base on a card is the model itself or one made from it", Severity.LOW, topic=Topic.ORIGIN
)
def lineage_cycle(case: Case) -> Iterator[Hit]:
    """One finding for each circle."""
    for group in case.lineage.cycles():
        first = min(group, key=lambda node: (len(case.path_to(node)), node))
        evidence = tuple(
            piece
            for node in group
            for link in case.lineage.up(node)
            if link.parent in group
            for piece in link.evidence[:1]
        )
        yield Hit(
            first,
            text("these name each other as their base: {nodes}", nodes=", ".join(group))
            if len(group) > 1
            else text("{node} names itself as its base", node=first),
            evidence,
            (text("find out which link is true and correct the card"),),
        )

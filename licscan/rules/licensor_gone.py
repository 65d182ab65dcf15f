"""Nobody is left who could grant more than the licence does.

## What it looks at
The registry's note that a publisher above the subject was wound up or left, and known withdrawals of the repository.

## Why it matters
A commercial licence, a correction or a waiver can no longer be had.

## Example
The company behind a speech model closed, and its licence forbids commercial use.

## What to do
Plan a replacement, and keep a mirror of what was granted.

## Limits
Rights pass to somebody when a company ends; who that is, is not recorded here.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.evidence import Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("licensor-gone", "the licensor is gone", Severity.LOW, topic=Topic.CONTROL)
def licensor_gone(case: Case) -> Iterator[Hit]:
    """One hit for each publisher that closed."""
    told: set[str] = set()
    for node in case.upstream():
        publisher = case.publishers.get(node)
        if publisher is None or not publisher.closed or publisher.name in told:
            continue
        told.add(publisher.name)
        yield Hit(
            node,
            text("{who}: {what}", who=publisher.party, what=publisher.closed),
            evidence=(Evidence(node, None, "registry of publishers", ", ".join(publisher.sources)),),
            remedies=(remedies.SECOND_SOURCE, remedies.MIRROR, remedies.SWAP),
        )

"""A part has one source, and no copy of it may be passed on.

## What it looks at
Parts of other publishers that are gated person by person, or whose licence does not allow redistribution, and for which
the registry knows no mirror.

## Why it matters
If the source closes, there is no second place to get the part from.

## Example
The encoder is on one gated repository, and its licence forbids passing copies on.

## What to do
Keep an internal copy where that is allowed, and name an alternative for the part.

## Limits
A part that everybody may copy is never reported: its copies are many, and not all of them are known here.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.dependence import Dependence
from licscan.core.finding import Severity, Topic
from licscan.core.license import Term
from licscan.core.text import Text, text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("single-source", "one source, and no copy may be passed on", Severity.LOW, topic=Topic.CONTROL)
def single_source(case: Case) -> Iterator[Hit]:
    """Crossings that cannot be mirrored; one step worse for the weights as a whole."""
    for one in case.dependences:
        if one.publisher is not None and one.publisher.mirrors:
            continue
        closed = [item for item in case.licenses_of(one.link.parent) if item[Term.REDISTRIBUTION].value == "no"]
        gated = case.lineage[one.link.parent].gated == "manual"
        if not closed and not gated:
            continue
        yield Hit(
            one.link.parent,
            _says(one, closed[0].name if closed else None, case),
            evidence=(*one.link.evidence, *case.evidence_of(one.link.parent)),
            remedies=(remedies.MIRROR, remedies.SECOND_SOURCE),
            severity=Severity.LOW if one.link.component else Severity.MEDIUM,
            confidence=one.link.confidence,
            clause=closed[0][Term.REDISTRIBUTION].clause if closed else None,
            license=closed[0].key if closed else None,
            path=one.path,
        )


def _says(one: Dependence, license: str | None, case: Case) -> Text:
    parent = case.origin_name(one.link.parent)
    if license is None:
        return text(
            "{part}: the only source is {parent}, which grants access person by person", part=one.part, parent=parent
        )
    return text(
        "{part}: the only source is {parent}, and {license} does not allow copies to be passed on",
        part=one.part,
        parent=parent,
        license=license,
    )

"""A publisher above the subject changed terms in place before.

## What it looks at
Known changes of terms inside one and the same repository by the publishers of the parts, and those that the history
of a part shows, where it was read (`--history`).

## Why it matters
It says where to look first when revisions are pinned and texts archived.

## Example
A publisher added a display duty to a licence file two weeks after the release.

## What to do
Pin, archive, and let new releases settle before building on them.

## Limits
The list holds what became known, of those who were watched. It gives no odds, and a publisher without an entry is not a
better one.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.change import LicenseChange
from licscan.core.evidence import Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.lock import Direction
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_IN_LAW = frozenset({Direction.TIGHTER, Direction.REGION, Direction.LOOSER})


@lineage_rule(
    "publisher-relicensed-before", "a publisher changed terms in place before", Severity.INFO, topic=Topic.CHANGE
)
def publisher_relicensed_before(case: Case) -> Iterator[Hit]:
    """One hit for each publisher, at its nearest node."""
    told: set[str] = set()
    for node in case.upstream():
        changes = [change for change in case.changes_of(node) if change.in_place and change.publisher not in told]
        if not changes:
            yield from _in_history(node, case)
            continue
        told |= {change.publisher for change in changes}
        tighter = [change for change in changes if change.tighter]
        yield Hit(
            node,
            text(
                "{publisher} changed terms in place before: {count} known, {tighter} of them tighter ({ids})",
                publisher=changes[0].publisher,
                count=len(changes),
                tighter=len(tighter),
                ids=", ".join(change.id for change in changes),
            ),
            evidence=tuple(_seen(node, change) for change in changes[:5]),
            remedies=(remedies.PIN, remedies.ARCHIVE, remedies.WAIT),
        )


def _in_history(node: str, case: Case) -> Iterator[Hit]:
    """Changes of terms that the commits of the node itself show, and that are on no list."""
    history = case.history.get(node)
    changes = [one for one in history.changes if one.direction in _IN_LAW and not one.files] if history else []
    known = [one for one in case.changes_of(node) if one.in_place]
    if not changes or known:
        return
    publisher = case.publisher_of(node)
    yield Hit(
        node,
        text(
            "{publisher} changed terms in place before: the history of {id} shows {count} ({directions})",
            publisher=publisher.name if publisher else case.lineage[node].org or node,
            id=node,
            count=len(changes),
            directions=", ".join(one.direction.value for one in changes),
        ),
        evidence=tuple(seen for one in changes[:5] for seen in one.evidence[:1]),
        remedies=(remedies.PIN, remedies.ARCHIVE, remedies.WAIT),
    )


def _seen(node: str, change: LicenseChange) -> Evidence:
    says = f"{change.date}: {change.artifact}: {change.before} -> {change.after} ({', '.join(change.sources)})"
    return Evidence(node, None, change.id, says)

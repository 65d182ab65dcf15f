"""The requested licence is impossible for the subject.

## What it looks at
The licence of `--release-as` (or `release-as` in the policy) against every burden that reaches the subject.

## Why it matters
A release under a licence that the parts do not allow has to be withdrawn later, with everything built on it.

## Example
`--release-as MIT` for a merge with a non-commercial parent.

## What to do
Release under one of the licences that the report suggests, or replace the part that stands in the way.

## Limits
Where a part's licence is unknown, the answer is "cannot be said", which is no permission.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.text import joined, text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule(
    "release-blocked", "the requested outbound licence is impossible", Severity.CRITICAL, topic=Topic.OUTBOUND
)
def release_blocked(case: Case) -> Iterator[Hit]:
    """One finding with every blocker; the nearest gives the path."""
    release = case.release
    if release is None or release.requested is None or release.allowed is not False:
        return
    nearest = min(release.blockers, key=lambda one: (len(one.path), one.source))
    suggested = " or ".join(release.suggested[:3])
    yield Hit(
        nearest.path[0],
        text(
            "it cannot go out under {requested}: {why}",
            requested=release.requested,
            why=joined(
                list(dict.fromkeys(text("{why} (from {id})", why=one.says, id=one.source) for one in release.blockers))
            ),
        ),
        tuple(dict.fromkeys(piece for one in release.blockers for piece in case.evidence_of(one.source)[:1])),
        (
            *((text("release it under {suggested}", suggested=suggested),) if suggested else ()),
            remedies.SWAP,
            remedies.CONTRACT,
        ),
        clause=nearest.clause,
        license=nearest.license,
        path=nearest.path,
    )

"""What the subject is built on is not pinned to a commit.

## What it looks at
The repositories of other publishers above the subject, and whether a lock file holds a commit for each.

## Why it matters
A repository can get other terms and other weights on the same day. Without the commit nobody can show later what was
taken under which terms.

## Example
A build loads a base model by its name and gets whatever stands on its main branch.

## What to do
Pin the commit, write a lock file, archive the texts.

## Limits
One finding stands for all unpinned repositories. Publishers that tightened terms in place before are named as a reason
to look there first; that is no forecast.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import NodeKind
from licscan.core.evidence import Evidence
from licscan.core.finding import Severity
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_REPOS = frozenset({NodeKind.MODEL, NodeKind.DATASET})


@lineage_rule("floating-revision", "a revision that is not pinned to a commit", Severity.MEDIUM)
def floating_revision(case: Case) -> Iterator[Hit]:
    """One hit for all repositories above the subject that no lock pins."""
    entries = case.lock.entries if case.lock else {}
    floating = [
        node
        for node in case.upstream()
        if case.lineage[node].kind in _REPOS
        and case.lineage[node].gap is None
        and (node not in entries or entries[node].revision is None)
    ]
    if not floating:
        return
    changed = sorted(
        {change.publisher for node in floating for change in case.changes_of(node) if change.tightened_in_place}
    )
    yield Hit(
        case.lineage.subjects[0],
        text(
            "{count} repositories of other publishers are not pinned to a commit by a lock file: {names}{history}",
            count=len(floating),
            names=", ".join(floating[:5]) + (" ..." if len(floating) > 5 else ""),
            history=f"; terms were tightened in place before by {', '.join(changed)}" if changed else "",
        ),
        evidence=tuple(
            Evidence(node, case.lineage[node].revision, "revision", case.lineage[node].revision or "not seen")
            for node in floating[:5]
        ),
        remedies=(remedies.LOCK, remedies.PIN, remedies.ARCHIVE),
        severity=Severity.HIGH if changed else Severity.MEDIUM,
        cause=floating[0],
    )

"""What the subject is built on is not pinned to a commit.

## What it looks at
The repositories of other publishers above the subject, and whether the lock file in use holds a commit for each.
A base that every card or config names with its commit (`org/model@COMMIT`) is pinned already.

## Why it matters
A repository can get other terms and other weights on the same day. Without the commit nobody can show later what was
taken under which terms.

## Example
A build loads a base model by its name and gets whatever stands on its main branch.

## What to do
Pin the commit, write a lock file, archive the texts.

## Limits
One finding stands for all unpinned repositories. Without a lock file in use nobody has said that they pin, so it is
only information; with a lock that lacks a repository it is medium, and high where its publisher tightened terms in
place before. That names a reason to look there first and is no forecast.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import NodeKind
from licscan.core.evidence import Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.text import Text, text
from licscan.rule import Case, Hit, lineage_rule

_REPOS = frozenset({NodeKind.MODEL, NodeKind.DATASET})


@lineage_rule("floating-revision", "a revision that is not pinned to a commit", Severity.MEDIUM, topic=Topic.CHANGE)
def floating_revision(case: Case) -> Iterator[Hit]:
    """One hit for all repositories above the subject that no lock pins."""
    entries = case.lock.entries if case.lock else {}
    floating = [
        node
        for node in case.upstream()
        if case.lineage[node].kind in _REPOS
        and case.lineage[node].gap is None
        and case.lineage.pin(node) is None
        and (node not in entries or entries[node].revision is None)
    ]
    if not floating:
        return
    changed = sorted(
        {change.publisher for node in floating for change in case.changes_of(node) if change.tightened_in_place}
    )
    yield Hit(
        case.lineage.subjects[0],
        _says(floating, changed, locked=case.lock is not None),
        evidence=tuple(
            Evidence(node, case.lineage[node].revision, "revision", case.lineage[node].revision or "not seen")
            for node in floating[:5]
        ),
        remedies=(remedies.LOCK, remedies.PIN, remedies.ARCHIVE),
        severity=Severity.INFO if case.lock is None else Severity.HIGH if changed else Severity.MEDIUM,
        cause=floating[0],
    )


def _says(floating: list[str], changed: list[str], *, locked: bool) -> Text:
    names = ", ".join(floating[:5]) + (" ..." if len(floating) > 5 else "")
    if not locked:
        which = text("no lock file is in use, so these repositories of other publishers float: {names}", names=names)
    else:
        which = text("the lock file holds no commit for these repositories of other publishers: {names}", names=names)
    if not changed:
        return which
    return text("{which}; terms were tightened in place before by {who}", which=which, who=", ".join(changed))

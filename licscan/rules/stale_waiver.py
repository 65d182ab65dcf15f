"""A waiver or a correction past its date, or made for a text or revision that has since been replaced.

## What it looks at
The end date, the revision and the licence-text hash of every `[[waive]]` entry that names a finding, and the hash of
every `[[curate]]` entry.

## Why it matters
What was decided about one text is no decision about the next one. The finding is back, and somebody has to look
again.

## Example
A waiver bound to a licence text that the publisher has replaced since.

## What to do
Look at the case again, then renew the entry with the new hash or date, or remove it.

## Limits
An entry without a bound never goes stale; bind it.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core.finding import Severity, Topic
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("stale-waiver", "a waiver or correction that no longer holds", Severity.LOW, topic=Topic.POLICY)
def stale_waiver(case: Case) -> Iterator[Hit]:  # noqa: ARG001 - only the judged findings tell
    """Found by `licscan.policy` once all findings are judged; nothing in a case can tell it before."""
    yield from ()

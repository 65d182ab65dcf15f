"""A waiver in the policy that set nothing aside.

## What it looks at
Every `[[waive]]` entry, after all findings were judged.

## Why it matters
A waiver that meets nothing is a leftover or a slip of the pen; it would hide the next finding that happens to fit.

## Example
A waiver for a repository that is no longer in the lineage.

## What to do
Remove the entry, or correct its rule or its repository.

## Limits
A policy that is shared by many projects can hold waivers that are of use elsewhere: turn the rule off there with
`[severity]`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core.finding import Severity, Topic
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("unused-waiver", "a waiver that set nothing aside", Severity.LOW, topic=Topic.POLICY)
def unused_waiver(case: Case) -> Iterator[Hit]:  # noqa: ARG001 - only the judged findings tell
    """Found by `licscan.policy` once all findings are judged; nothing in a case can tell it before."""
    yield from ()

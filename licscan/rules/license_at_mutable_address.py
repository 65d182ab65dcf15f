"""The licence stands at an address whose content can change.

## What it looks at
`license_link` values that point to a branch, to a site, or to another repository, where the repository itself holds no
licence text and the licence is not on the SPDX list.

## Why it matters
What stands there tomorrow may be other terms under the same address.

## Example
The card links to a page of the publisher's documentation, and no licence file is in the repository.

## What to do
Archive the text with its hash and date.

## Limits
A link that names a 40-digit commit is not reported. Whether the page did change is what `licscan diff` tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import Artifact, ClaimKind
from licscan.core.finding import Severity, Topic
from licscan.core.text import text
from licscan.rule import Case, Hit, artifact_rule

_PINNED = re.compile(r"/[0-9a-f]{40}(?:/|\Z)")
_TEXTS = frozenset({ClaimKind.FILE, ClaimKind.PASTED})


@artifact_rule(
    "license-at-mutable-address",
    "the licence stands at an address that can change",
    Severity.MEDIUM,
    topic=Topic.CHANGE,
)
def license_at_mutable_address(artifact: Artifact, case: Case) -> Iterator[Hit]:
    """Links to elsewhere without a text of one's own."""
    if any(claim.kind in _TEXTS for claim in artifact.claims):
        return
    licenses = case.licenses_of(artifact.id)
    if licenses and all(one.is_standard for one in licenses):
        return
    for claim in artifact.claims:
        if claim.kind is not ClaimKind.LINK or not claim.text.lower().startswith(("http://", "https://")):
            continue
        if _PINNED.search(claim.text) or f"/{artifact.id}/".lower() in claim.text.lower():
            continue
        yield Hit(
            artifact.id,
            text("the licence of {id} stands at {address}, which can change", id=artifact.id, address=claim.text),
            evidence=(claim.evidence,),
            remedies=(remedies.ARCHIVE, remedies.ASK),
        )
        return

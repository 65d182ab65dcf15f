"""A model or data set that was read and says nothing about a licence.

## What it looks at
The card's `license` fields, the licence files, notices and licence keys inside weights files of every node that could
be read. Nodes that could not be read are gaps, which is another matter.

## Why it matters
Without a licence nobody but the author may copy, change or pass a work on. Silence is not permission.

## Example
A fine-tune whose card has no `license` and whose folder has no LICENSE file.

## What to do
For your own model: declare a licence that carries what came from above (`licscan tree --release-as ...` tests one).
For somebody else's: ask the publisher and keep the answer, or correct the fact in the policy file.

## Limits
A licence that is named only in a paper or on a project page is not seen. Where the parent's licence must go along and
was left out, `license-omitted` says so for upstream nodes instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import Artifact, NodeKind
from licscan.core.evidence import Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import ReasonKind
from licscan.core.license import Undeclared
from licscan.core.text import text
from licscan.rule import Case, Hit, artifact_rule


@artifact_rule("undeclared-license", "neither card nor files state a licence", Severity.MEDIUM, topic=Topic.LICENSE)
def undeclared_license(artifact: Artifact, case: Case) -> Iterator[Hit]:
    """High for the subject; data sets, of which lineages name many, are one finding together."""
    resolution = case.resolutions[artifact.id]
    if not isinstance(resolution, Undeclared) or artifact.gap is not None or artifact.kind is NodeKind.EXTERNAL:
        return
    is_subject = artifact.id in case.lineage.subjects
    if not is_subject and _is_omission(artifact.id, case):
        return
    dataset = artifact.kind is NodeKind.DATASET
    yield Hit(
        artifact.id,
        text("{node} says nothing about a licence (looked at {places})", node=artifact.id, places=_places(resolution)),
        resolution.evidence or tuple(_nothing(artifact, resolution)),
        (
            (text("declare a licence that carries what came from above: test one with --release-as"),)
            if is_subject
            else (remedies.ASK, text("once you know, correct it in licscan.toml: [[curate]]"))
        ),
        severity=Severity.HIGH if is_subject else Severity.LOW if dataset else None,
        same="data sets" if dataset else None,
    )


def _nothing(artifact: Artifact, resolution: Undeclared) -> Iterator[Evidence]:
    for place in resolution.looked_for[:3] or ("README.md#license",):
        yield Evidence(artifact.id, artifact.revision, place, "nothing")


def _places(resolution: Undeclared) -> str:
    return ", ".join(resolution.looked_for) or "its card and files"


def _is_omission(node: str, case: Case) -> bool:
    kinds = (
        reason.kind
        for link in case.lineage.up(node)
        if link.key in case.judgements
        for reason in case.judgements[link.key].reasons
    )
    return ReasonKind.OMISSION in kinds

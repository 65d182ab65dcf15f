"""Code from another repository is run when the model is loaded.

## What it looks at
`auto_map` entries and the like that name a repository other than the model's own, and whether a commit is pinned.

## Why it matters
Whoever can write to that repository can change what runs on your machines, without touching the model.

## Example
`auto_map` names `other/repo--modeling.Class`, at whatever stands on its main branch today.

## What to do
Copy the code into your own repository, or pin the commit with `code_revision`.

## Limits
Code inside the model's own repository is not reported here; it changes with the model's revision. The code is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import Artifact, FactKind
from licscan.core.finding import Severity, Topic
from licscan.core.text import text
from licscan.rule import Case, Hit, artifact_rule

_COMMIT = re.compile(r"[0-9a-f]{40}\Z")


@artifact_rule(
    "remote-code", "code of another repository is run when the model is loaded", Severity.HIGH, topic=Topic.CONTROL
)
def remote_code(artifact: Artifact, case: Case) -> Iterator[Hit]:
    """One hit for each repository that code is loaded from."""
    told: set[str] = set()
    for fact in artifact.facts_of(FactKind.REMOTE_CODE):
        repo, _, revision = fact.value.partition("@")
        if repo.lower() == artifact.id.lower() or fact.value in told:
            continue
        told.add(fact.value)
        pinned = bool(_COMMIT.match(revision))
        owner = case.publisher_of(repo)
        yield Hit(
            artifact.id,
            text(
                "loading it runs code of {repo} ({who}), pinned to {commit}"
                if pinned
                else "loading it runs code of {repo} ({who}), whatever stands there that day",
                repo=repo,
                who=case.who(owner),
                commit=revision[:12],
            ),
            evidence=(fact.evidence,),
            remedies=(remedies.VENDOR, remedies.PIN),
            severity=Severity.MEDIUM if pinned else Severity.HIGH,
        )

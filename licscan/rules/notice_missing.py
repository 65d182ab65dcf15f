"""A NOTICE or attribution that must go along with an inherited part is not there.

## What it looks at
The files of the subject, against NOTICE files of the parts from other publishers and against licences that demand a
notice file of their own.

## Why it matters
It is the cheapest duty to keep, and the one whose breach is seen first.

## Example
The base ships NOTICE.txt under a licence that says it must be passed on; the derivative has no such file.

## What to do
Ship the bundle that `licscan notice` writes.

## Limits
Whether the text inside a notice is right is not checked. Where the list of files was not seen, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import Artifact, ClaimKind
from licscan.core.dependence import Dependence
from licscan.core.evidence import Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import ReasonKind
from licscan.core.license import License, Term
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_ASKED = frozenset({"yes", "if_present", "retain_notices"})


@lineage_rule("notice-missing", "the notice of an inherited part is missing", Severity.MEDIUM, topic=Topic.OUTBOUND)
def notice_missing(case: Case) -> Iterator[Hit]:
    """Subjects without a notice file, over parts that have or demand one."""
    for one in case.dependences:
        subject = case.lineage[one.subject]
        if subject.files is None or _has_notice(subject):
            continue
        demanding = next((item for item in case.licenses_of(one.link.parent) if _demands(item, one, case)), None)
        if demanding is None or _is_told(one, demanding, case):
            continue
        yield Hit(
            one.subject,
            text(
                "{license} of {parent} asks for a notice file, and {subject} has none",
                license=demanding.name,
                parent=one.link.parent,
                subject=one.subject,
            ),
            evidence=(
                *case.evidence_of(one.link.parent),
                Evidence(subject.id, subject.revision, "files", "no file called NOTICE"),
            ),
            remedies=(remedies.NOTICES,),
            severity=Severity.HIGH if demanding[Term.NOTICE_FILE].value == "yes" else Severity.MEDIUM,
            confidence=one.link.confidence,
            clause=demanding[Term.NOTICE_FILE].clause,
            license=demanding.key,
            path=one.path,
        )


def _is_told(one: Dependence, license: License, case: Case) -> bool:
    """The whole licence was left out or overruled, which other rules tell; a notice of its own is another duty."""
    told = {ReasonKind.CONTRADICTION}
    if license[Term.NOTICE_FILE].value != "yes":
        told.add(ReasonKind.OMISSION)
    reasons = (reason for link in case.lineage.up(one.subject) for reason in case.judgements[link.key].reasons)
    return any(reason.license == license.key and reason.kind in told and reason.firm for reason in reasons)


def _has_notice(artifact: Artifact) -> bool:
    names = {entry.path.rpartition("/")[2].lower() for entry in artifact.files or ()}
    return any("notice" in name for name in names) or any(one.kind is ClaimKind.NOTICE for one in artifact.claims)


def _demands(license: License, one: Dependence, case: Case) -> bool:
    """A licence that demands a notice in any case, or one that passes on what the parent has."""
    value = license[Term.NOTICE_FILE].value
    return value == "yes" or (value in _ASKED and _has_notice(case.lineage[one.link.parent]))

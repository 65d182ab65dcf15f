"""A notice that must go along with an inherited part is not there, or does not say what it must.

## What it looks at
The notices that the subject ships, against the sentence that a licence above it prescribes, and against the NOTICE
files of the parts that it inherits.

## Why it matters
It is the cheapest duty to keep, and the one whose breach is seen first. A file that is called NOTICE and lacks the
prescribed sentence meets nothing.

## Example
The base's licence prescribes a sentence for a "Notice" file; the derivative ships a NOTICE with its own name in it.

## What to do
Ship the bundle that `licscan notice` writes.

## Limits
Where the list of files was not seen, nothing is said. Spelling, blanks and quotation marks do not count.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import ClaimKind
from licscan.core.evidence import Confidence, Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import Obligation, ReasonKind
from licscan.core.license import License, Term
from licscan.core.text import Text, text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("notice-missing", "the notice of an inherited part is missing", Severity.MEDIUM, topic=Topic.OUTBOUND)
def notice_missing(case: Case) -> Iterator[Hit]:
    """High where the licence prescribes the notice itself, medium where one that exists has to be kept."""
    for duty in case.release.obligations if case.release else ():
        license = case.licenses[duty.license]
        if duty.term is not Term.NOTICE_FILE or not duty.is_open or _is_told(duty, license, case):
            continue
        subject = case.lineage[duty.path[0]]
        notices = [one.evidence for one in subject.claims if one.kind is ClaimKind.NOTICE]
        prescribed = license[Term.NOTICE_FILE].value == "yes"
        yield Hit(
            subject.id,
            _says(duty, license, subject.id, has_one=bool(notices)),
            evidence=(
                *case.evidence_of(duty.source),
                *(notices or [Evidence(subject.id, subject.revision, "files", "no file called NOTICE")]),
            ),
            remedies=(remedies.NOTICES,),
            severity=Severity.HIGH if prescribed else Severity.MEDIUM,
            confidence=_sureness(duty, case),
            clause=duty.clause,
            license=license.key,
            path=duty.path,
        )


def _says(duty: Obligation, license: License, subject: str, *, has_one: bool) -> Text:
    facts = {"license": license.name, "parent": duty.source, "subject": subject}
    words = license[Term.NOTICE_FILE].says
    if has_one and words and license[Term.NOTICE_FILE].value == "yes":
        return text("the notice of {subject} lacks what {license} prescribes: “{words}”", **facts, words=words)
    if has_one:
        return text("the notice of {subject} lacks lines of the notice of {parent} ({license})", **facts)
    return text("{license} of {parent} asks for a notice file, and {subject} has none", **facts)


def _sureness(duty: Obligation, case: Case) -> Confidence | None:
    """As sure as the first link of the way is."""
    links = (link for link in case.lineage.up(duty.path[0]) if link.parent == duty.path[1])
    return next((link.confidence for link in links), None)


def _is_told(duty: Obligation, license: License, case: Case) -> bool:
    """The whole licence was left out or overruled, which other rules tell; a notice of its own is another duty."""
    told = {ReasonKind.CONTRADICTION}
    if license[Term.NOTICE_FILE].value != "yes":
        told.add(ReasonKind.OMISSION)
    reasons = (reason for link in case.lineage.up(duty.path[0]) for reason in case.judgements[link.key].reasons)
    return any(reason.license == license.key and reason.kind in told and reason.firm for reason in reasons)

"""The release gate: what a report comes to under a threshold, and why, in one value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from licscan.core.finding import Severity
from licscan.core.known import unsaid
from licscan.core.report import Outcome, Report
from licscan.policy import accepted_nodes, open_gaps, reaches


class Answer(StrEnum):
    """What the gate says."""

    PASS = "PASS"  # noqa: S105 - no password
    FAIL = "FAIL"
    NO_VERDICT = "NO VERDICT"


@dataclass(frozen=True, slots=True)
class Gate:
    """The answer for one subject, with what it rests on."""

    answer: Answer
    threshold: Severity | None
    counts: Mapping[Severity, int]
    """Findings that were not set aside, by severity, worst first; none that are zero."""
    waived: int
    gaps: int
    """Gaps that nobody accepted."""
    unknown: int
    """Nodes of which nobody can say what their licence grants, and nobody accepted it."""
    unproved: bool = False
    """The policy asks for proof of origin, and there is none."""


def gate_of(report: Report, threshold: Severity | None) -> Gate:
    """Judge a report: a proved risk outranks what could not be judged.

    Args:
        report: of one subject.
        threshold: the mildest severity that fails; None for never.
    """
    standing = [one for one in report.findings if one.waived is None]
    counted = Counter(one.severity for one in standing)
    gaps = open_gaps(report.gaps, report.findings)
    accepted = accepted_nodes(report.findings)
    silent = unsaid(report.lineage, report.resolutions, report.licenses, report.use)
    unknown = [one for one in silent if one.node not in accepted]
    is_open = report.outcome is Outcome.UNKNOWN or bool(gaps)
    failed = reaches(report.findings, threshold) or (threshold is not None and report.outcome is Outcome.BLOCKED)
    return Gate(
        answer=Answer.FAIL if failed else Answer.NO_VERDICT if is_open else Answer.PASS,
        threshold=threshold,
        counts={severity: counted[severity] for severity in Severity if counted[severity]},
        waived=len(report.findings) - len(standing),
        gaps=len({gap.id for gap in gaps}),
        unknown=len(unknown),
        unproved=report.is_unproved,
    )

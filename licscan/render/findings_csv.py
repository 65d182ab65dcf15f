"""The findings as a table, one row each, for spreadsheets and trackers."""

from __future__ import annotations

import csv
import io

from licscan.core.finding import Finding
from licscan.core.report import Report
from licscan.core.text import harmless
from licscan.words import say

COLUMNS = (
    "severity",
    "rule",
    "confidence",
    "subject",
    "also",
    "message",
    "license",
    "clause",
    "path",
    "evidence",
    "remedies",
    "waived",
    "owner",
    "until",
)


def render(report: Report) -> str:
    """Comma-separated values with a header, worst first."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for finding in report.findings:
        table.writerow([_defused(cell) for cell in _row(finding, report.lang)])
    return out.getvalue()


def _row(finding: Finding, lang: str) -> tuple[str | None, ...]:
    seen = (
        f"{one.repo}@{one.revision or '?'} {one.place}{f':{one.line}' if one.line else ''}: {one.says}"
        for one in finding.evidence
    )
    return (
        finding.severity,
        finding.rule,
        finding.confidence,
        finding.subject,
        " ".join(finding.also),
        say(finding.message, lang),
        finding.license,
        finding.clause,
        " <- ".join(finding.path),
        " | ".join(seen),
        " | ".join(say(one, lang) for one in finding.remedies),
        finding.waived.reason if finding.waived else None,
        finding.waived.owner if finding.waived else None,
        finding.waived.until if finding.waived else None,
    )


def _defused(cell: str | None) -> str:
    """A cell that no spreadsheet takes for a formula."""
    words = harmless(str(cell or ""))
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t", "\r")) else words

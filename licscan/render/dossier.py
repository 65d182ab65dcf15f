"""The dossier: every document of a review, by its path in the folder."""

from __future__ import annotations

from collections.abc import Mapping

from licscan.core.report import Report
from licscan.render import (
    csv,
    cyclonedx,
    findings_csv,
    html,
    json,
    markdown,
    notice,
    policy_draft,
    questions,
    sarif,
    spdx,
)


def documents(report: Report) -> Mapping[str, str]:
    """All files."""
    return {
        "report.html": html.render(report),
        "report.md": markdown.render(report),
        "report.json": json.render(report),
        "findings.sarif": sarif.render(report),
        "findings.csv": findings_csv.render(report),
        "lineage.csv": csv.render(report),
        "bom.cdx.json": cyclonedx.render_version(report, "1.6"),
        "bom-1.7.cdx.json": cyclonedx.render_version(report, "1.7"),
        "bom.spdx.json": spdx.render(report),
        "questions.md": questions.render(report),
        "policy.toml": policy_draft.render(report),
        **notice.bundle(report).files,
    }

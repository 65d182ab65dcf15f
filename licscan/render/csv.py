"""The lineage as a table: the subject's row, then one row a link, each with all about the parent."""

from __future__ import annotations

import csv
import io

from licscan.core.lineage import Link
from licscan.core.report import Report
from licscan.core.text import harmless
from licscan.render.labels import license_label

COLUMNS = (
    "depth",
    "id",
    "kind",
    "child",
    "relation",
    "component",
    "declared",
    "confidence",
    "verdict",
    "license",
    "publisher",
    "country",
    "parameters",
    "revision",
    "source",
    "as_of",
    "gap",
)


def render(report: Report) -> str:
    """Comma-separated values with a header, in the order of depth."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerow(_row(report.subject, None, report))
    for link in sorted(report.lineage.links, key=lambda one: (report.lineage.depth(one.child), one.key)):
        table.writerow(_row(link.parent, link, report))
    return out.getvalue()


def _row(node: str, link: Link | None, report: Report) -> list[str]:
    artifact = report.lineage[node]
    publisher = report.publishers.get(node)
    judgement = report.judgements.get(link.key) if link else None
    cells = (
        report.lineage.depth(node),
        artifact.id,
        artifact.kind,
        link.child if link else None,
        link.relation if link else None,
        link.component if link else None,
        link.declared if link else None,
        link.confidence if link else None,
        judgement.verdict if judgement else None,
        license_label(report.resolutions[node]),
        publisher.name if publisher else None,
        publisher.country if publisher else None,
        artifact.parameters,
        artifact.revision,
        artifact.source,
        artifact.as_of,
        artifact.gap.reason if artifact.gap else None,
    )
    return [defused(cell) for cell in cells]


def defused(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    words = "" if cell is None else harmless(str(cell))
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t", "\r")) else words

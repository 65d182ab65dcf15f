"""The lineage as a Mermaid flow chart."""

from __future__ import annotations

from licscan.core.lineage import Link
from licscan.core.report import Report
from licscan.render.labels import caption, license_label


def render(report: Report) -> str:
    """Children above, parents below; links that no card declares are dotted."""
    number = {node: f"n{place}" for place, node in enumerate(report.lineage.artifacts)}
    rows = ["flowchart TD"]
    for node, artifact in report.lineage.artifacts.items():
        label = f"{_quoted(caption(artifact))}<br/>{_quoted(license_label(report.resolutions[node]))}"
        rows.append(f'    {number[node]}["{label}"]')
    for link in report.lineage.links:
        arrow = "-->" if link.declared else "-.->"
        rows.append(f'    {number[link.child]} {arrow}|"{_quoted(_how(link))}"| {number[link.parent]}')
    rows.append(f"    style {number[report.subject]} stroke-width:3px")
    return "\n".join(rows) + "\n"


def _how(link: Link) -> str:
    return f"{link.relation} {link.component}" if link.component else str(link.relation)


def _quoted(words: str) -> str:
    """Mermaid's own entity codes, so that no name can end the label or start a tag."""
    return "".join(letter if letter.isalnum() or letter in " ./-_:," else f"#{ord(letter)};" for letter in words)

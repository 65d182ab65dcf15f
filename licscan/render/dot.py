"""The lineage as a Graphviz graph."""

from __future__ import annotations

from licscan.core.report import Report
from licscan.core.text import harmless
from licscan.render.labels import caption, license_label


def render(report: Report) -> str:
    """An edge leads from the child to its parent; links that no card declares are dashed."""
    rows = ["digraph lineage {", "    rankdir=TB;", "    node [shape=box];"]
    for node, artifact in report.lineage.artifacts.items():
        label = f"{caption(artifact)}\n{license_label(report.resolutions[node])}"
        bold = ", penwidth=3" if node == report.subject else ""
        rows.append(f"    {_quoted(node)} [label={_quoted(label)}{bold}];")
    for link in report.lineage.links:
        how = f"{link.relation} {link.component}" if link.component else str(link.relation)
        style = "" if link.declared else ", style=dashed"
        rows.append(f"    {_quoted(link.child)} -> {_quoted(link.parent)} [label={_quoted(how)}{style}];")
    return "\n".join([*rows, "}"]) + "\n"


def _quoted(words: str) -> str:
    return '"' + harmless(words).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

"""The formats: each is one file with one function from a Report to text, loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import MappingProxyType

from licscan.core.report import Report

FORMATS = MappingProxyType(
    {
        "tree": "licscan.render.tree",
        "json": "licscan.render.json",
        "sarif": "licscan.render.sarif",
        "html": "licscan.render.html",
        "markdown": "licscan.render.markdown",
        "cyclonedx": "licscan.render.cyclonedx",
        "spdx": "licscan.render.spdx",
        "mermaid": "licscan.render.mermaid",
        "dot": "licscan.render.dot",
        "csv": "licscan.render.csv",
    }
)


def pieces(report: Report, form: str) -> Iterator[str]:
    """Write the report piece by piece, in the formats that can become large."""
    room = import_module(FORMATS[form])
    return room.chunks(report) if hasattr(room, "chunks") else iter((str(room.render(report)),))


def render(report: Report, form: str) -> str:
    """Write the report in one of the formats."""
    return str(import_module(FORMATS[form]).render(report))

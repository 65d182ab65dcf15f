"""Shows a report: plain into a pipe or a file, coloured and wrapped on a terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from licscan.cli.output import drop_output, write
from licscan.core.report import Report
from licscan.render import pieces

_STYLES = {
    "id": "bold",
    "license": "cyan",
    "good": "green",
    "bad": "bold red",
    "warn": "yellow",
    "dim": "dim",
    "head": "bold",
}


def show(report: Report, form: str, *, output: Path | None, verbose: bool) -> None:
    """Write the report in its format to the file or to standard output."""
    if form != "tree":
        write(pieces(report, form), output)
    elif output is None and is_coloured():
        try:
            _draw(report, verbose=verbose)
        except (BrokenPipeError, SystemExit):  # the console itself would leave with a code that means findings
            drop_output()
    else:
        from licscan.render.tree import plain

        write(plain(report, verbose=verbose), output)


def is_coloured() -> bool:
    """Colour is for terminals: off with NO_COLOR, forced with FORCE_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def _draw(report: Report, *, verbose: bool) -> None:
    from rich.console import Console
    from rich.text import Text as Rich

    from licscan.render.tree import lines

    console = Console(highlight=False, markup=False, emoji=False, force_terminal=True, soft_wrap=False)
    for line in lines(report, verbose=verbose):
        whole = Rich(end="")
        for piece in line.pieces:
            whole.append(piece.words, style=_STYLES.get(piece.style, ""))
        room = max(20, console.width - max(len(line.branch), len(line.rest)))
        for number, part in enumerate(whole.wrap(console, room) or [Rich("")]):
            console.print(Rich.assemble((line.rest if number else line.branch, "dim"), part), soft_wrap=True)

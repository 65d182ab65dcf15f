"""`licscan init`: write a commented `licscan.toml`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from licscan.cli.messages import Exit
from licscan.errors import UsageError
from licscan.files import data_text


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "init", help="write a commented licscan.toml", description=__doc__
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("licscan.toml"), metavar="FILE", help="(default: licscan.toml)"
    )
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the file; never over one that is there, unless told to."""
    from licscan.cli.output import write

    if os.path.lexists(args.output) and not args.force:
        raise UsageError(f"{args.output} is there already", "read it, or use --force to replace it")
    write(data_text("templates/licscan.toml"), args.output)
    print(f"licscan: wrote {args.output}; every key is explained in it", file=sys.stderr)
    return Exit.OK

"""`licscan completion SHELL`: a completion script for the shell."""

from __future__ import annotations

import argparse
from typing import Any


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser("completion", help="print a completion script for your shell")
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the script; every verb is loaded, since the script must know all options."""
    import shtab

    from licscan.cli.main import build_parser

    print(shtab.complete(build_parser(), shell=args.shell))
    return 0

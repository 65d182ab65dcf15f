"""`licscan notice SUBJECT`: the attribution and notice bundle for the whole chain."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from licscan.cli.folder import write_folder
from licscan.cli.messages import Exit
from licscan.cli.options import add_scan_options, scan_from


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "notice",
        help="write the notices and licence texts that must ship",
        description=__doc__,
        epilog="Without -o, NOTICE alone goes to standard output.",
    )
    parser.add_argument("subject", metavar="SUBJECT", help="org/model, org/model@REVISION, a Hub URL, or a folder")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="a folder for NOTICE and licenses/")
    parser.add_argument("--force", action="store_true", help="write into a folder that holds other or changed files")
    add_scan_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Scan and write the bundle; what is left to do goes to standard error."""
    from licscan.render.notice import bundle
    from licscan.words import check_language

    check_language(args.lang)
    report = scan_from(args)
    made = bundle(report)
    if args.output is None:
        sys.stdout.write(made.files["NOTICE"])
    else:
        write_folder(made.files, args.output, force=args.force)
    if not args.quiet:
        for line in made.files["NOTICE.todo.md"].splitlines():
            if line.startswith("- [ ] "):
                print(f"licscan: {line.removeprefix('- [ ] ')}", file=sys.stderr)
    return Exit.OK

"""`licscan review SUBJECT -o DIR`: the dossier for counsel, written whole or not at all."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from licscan.cli.folder import write_folder
from licscan.cli.messages import Exit
from licscan.cli.options import FAIL_ON, add_scan_options, add_subject, scan_from, subject_of
from licscan.cli.tree import reaches
from licscan.core.text import text


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "review",
        help="write the dossier for counsel: report, questions, notices, bills of materials",
        description=__doc__,
    )
    add_subject(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", required=True, help="the folder to write")
    parser.add_argument("--force", action="store_true", help="write into a folder that holds other or changed files")
    parser.add_argument("--fail-on", choices=FAIL_ON, default="never", help="findings that make the exit code 1")
    add_scan_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Scan, write every document, and say on standard error where they are."""
    from licscan.render.dossier import documents
    from licscan.render.wording import OUTCOMES, called
    from licscan.words import check_language, say

    check_language(args.lang)
    report = scan_from(args, subject_of(args))
    files = documents(report)
    write_folder(files, args.output, force=args.force)
    if not args.quiet:
        verdict = called(OUTCOMES, report.outcome, report.lang)
        done = text("{folder}: {n} files, verdict: {verdict}", folder=args.output, n=len(files), verdict=verdict)
        print(say(done, report.lang), file=sys.stderr)
    return Exit.FINDINGS if reaches(report, args.fail_on) else Exit.OK

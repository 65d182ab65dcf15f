"""`licscan tree SUBJECT`: lineage, licences, what holds along every link, findings."""

from __future__ import annotations

import argparse
from typing import Any

from licscan.cli.messages import Exit
from licscan.cli.options import FAIL_ON, add_output_options, add_scan_options, add_subject, scan_from, subject_of
from licscan.core.finding import Severity
from licscan.core.report import Report


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "tree", help="show what a model is made of and under whose terms", description=__doc__
    )
    add_subject(parser)
    add_output_options(parser, default="tree")
    parser.add_argument("--fail-on", choices=FAIL_ON, default="never", help="findings that make the exit code 1")
    add_scan_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Scan, print, and say by the exit code whether something is at or above the threshold."""
    from licscan.cli.terminal import show

    report = scan_from(args, subject_of(args))
    show(report, args.format, output=args.output, verbose=args.verbose)
    return Exit.FINDINGS if reaches(report, args.fail_on) else Exit.OK


def reaches(report: Report, threshold: str) -> bool:
    """Some finding that was not set aside is at or above the threshold."""
    if threshold == "never":
        return False
    limit = Severity(threshold).rank
    return any(finding.waived is None and finding.severity.rank <= limit for finding in report.findings)

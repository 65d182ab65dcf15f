"""`licscan tree SUBJECT`: lineage, licences, what holds along every link, findings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licscan.cli.messages import Exit
from licscan.cli.options import FAIL_ON, add_output_options, add_scan_options, scan_from
from licscan.core.finding import Severity
from licscan.core.report import Report
from licscan.errors import UsageError

if TYPE_CHECKING:
    from licscan.lineage import Subject


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "tree", help="show what a model is made of and under whose terms", description=__doc__
    )
    parser.add_argument(
        "subject", metavar="SUBJECT", nargs="?", help="org/model, org/model@REVISION, a Hub URL, or a folder"
    )
    parser.add_argument("--from-bom", type=Path, metavar="FILE", help="take the subject from a bill of materials")
    add_output_options(parser, default="tree")
    parser.add_argument("--fail-on", choices=FAIL_ON, default="never", help="findings that make the exit code 1")
    add_scan_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Scan, print, and say by the exit code whether something is at or above the threshold."""
    from licscan.cli.terminal import show

    report = scan_from(args, _subject(args))
    show(report, args.format, output=args.output, verbose=args.verbose)
    return Exit.FINDINGS if reaches(report, args.fail_on) else Exit.OK


def _subject(args: argparse.Namespace) -> str | Subject:
    """The subject itself, or what a bill of materials describes.

    Raises:
        UsageError: neither or both were named, or the bill is none.
    """
    if (args.subject is None) == (args.from_bom is None):
        raise UsageError("name one subject, or a bill of materials with --from-bom", "licscan tree org/model")
    if args.from_bom is None:
        return str(args.subject)
    from licscan.lineage import Subject
    from licscan.sources.bom import BillHub, read_bill

    bill = read_bill(args.from_bom)
    return bill.hub_subject or Subject(f"bom:{args.from_bom.name}", bill=BillHub(bill))


def reaches(report: Report, threshold: str) -> bool:
    """Some finding that was not set aside is at or above the threshold."""
    if threshold == "never":
        return False
    limit = Severity(threshold).rank
    return any(finding.waived is None and finding.severity.rank <= limit for finding in report.findings)

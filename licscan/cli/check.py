"""`licscan check SUBJECT...`: the release gate; the policy judges, and the exit code is the verdict."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from licscan.cli.messages import Exit, exit_of, sentence_of
from licscan.cli.options import FAIL_ON, add_output_options, add_scan_options, scan_from
from licscan.core.finding import Severity
from licscan.core.jsontext import json_text
from licscan.core.report import Outcome, Report
from licscan.errors import SourceError, UsageError
from licscan.policy import open_gaps, reaches

_SEVERAL = frozenset({"json", "tree", "csv", "markdown"})
"""Formats in which the reports of several subjects may follow each other."""


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "check", help="judge by your policy; the exit code is the verdict", description=__doc__
    )
    parser.add_argument(
        "subject", metavar="SUBJECT", nargs="+", help="org/model, a Hub URL, or a folder; several may be"
    )
    add_output_options(parser, default="tree")
    parser.add_argument(
        "--fail-on", choices=FAIL_ON, help="findings that make the exit code 1 (default: the policy's, high)"
    )
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 whatever was found (for uploads)")
    add_scan_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Scan every subject; a proved risk (1) outranks what could not be read (3)."""
    codes: set[int] = set()
    reports: list[Report] = []
    subjects = tuple(dict.fromkeys(args.subject))
    if len(subjects) > 1 and args.format not in {*_SEVERAL, "sarif"}:
        raise UsageError(
            f"-f {args.format} holds one subject, and {len(subjects)} were given",
            f"check them one by one, or use {', '.join(sorted({*_SEVERAL, 'sarif'}))}",
        )
    for subject in subjects:
        try:
            report = scan_from(args, subject)
        except SourceError as error:
            if len(subjects) == 1:
                raise
            print(sentence_of(error), file=sys.stderr)
            codes.add(exit_of(error))
            continue
        reports.append(report)
        codes.add(verdict(report, args.fail_on))
    _show(args, reports)
    if args.exit_zero:
        return Exit.OK
    return next((code for code in (Exit.FINDINGS, Exit.NO_VERDICT) if code in codes), max(codes, default=Exit.OK))


def verdict(report: Report, fail_on: str | None) -> int:
    """The exit code for one report; what nobody could judge is no verdict, and not a good one."""
    asked = fail_on or report.policy.fail_on or "never"
    threshold = None if asked == "never" else Severity(asked)
    if reaches(report.findings, threshold):
        return Exit.FINDINGS
    is_open = report.outcome is Outcome.UNKNOWN or open_gaps(report.gaps, report.findings)
    return Exit.NO_VERDICT if is_open else Exit.OK


def _show(args: argparse.Namespace, reports: list[Report]) -> None:
    """Put the reports where they were asked to go, as one file."""
    from licscan.cli.terminal import show

    if len(reports) == 1:
        show(reports[0], args.format, output=args.output, verbose=args.verbose)
    elif reports:
        from licscan.cli.options import write

        write(together(reports, args.format), args.output)


def together(reports: list[Report], form: str) -> str:
    """The reports of several subjects as one document."""
    import json

    from licscan.render import render

    pages = [render(report, form) for report in reports]
    match form:
        case "json":
            return json_text([json.loads(page) for page in pages], indent=2) + "\n"
        case "sarif":
            logs = [json.loads(page) for page in pages]
            logs[0]["runs"] = [run for log in logs for run in log["runs"]]
            return json_text(logs[0], indent=2) + "\n"
        case "csv":
            head = pages[0].partition("\n")[0]
            return pages[0] + "".join(page.removeprefix(f"{head}\n") for page in pages[1:])
        case _:
            return "\n".join(pages)

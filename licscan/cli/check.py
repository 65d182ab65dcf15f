"""`licscan check SUBJECT...`: the release gate; the policy judges, and the exit code is the verdict."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from licscan.cli.messages import Exit, exit_of, sentence_of
from licscan.cli.options import (
    FAIL_ON,
    add_output_options,
    add_scan_options,
    add_subject,
    scan_from,
    subject_of,
    unread_from,
)
from licscan.core.finding import Severity
from licscan.core.jsontext import json_text
from licscan.core.report import Report
from licscan.errors import SourceError, UsageError
from licscan.gate import Answer, Gate, gate_of
from licscan.render.gate_lines import gate_line, total_line, unread_line

_EXITS = {Answer.PASS: Exit.OK, Answer.FAIL: Exit.FINDINGS, Answer.NO_VERDICT: Exit.NO_VERDICT}
_SEVERAL = frozenset({"json", "tree", "csv", "markdown"})
"""Formats in which the reports of several subjects may follow each other."""
_WITH_UNREAD = frozenset({"json", "sarif"})
"""Formats for programs: they have a report for every subject, with its gap for one that could not be read."""


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "check", help="judge by your policy; the exit code is the verdict", description=__doc__
    )
    add_subject(parser, several=True)
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
    spoken: list[tuple[Answer, str]] = []
    subjects = tuple(dict.fromkeys(args.subject)) if args.subject and args.from_bom is None else (subject_of(args),)
    if len(subjects) > 1 and args.format not in {*_SEVERAL, "sarif"}:
        raise UsageError(
            f"-f {args.format} holds one subject, and {len(subjects)} were given",
            f"check them one by one, or use {', '.join(sorted({*_SEVERAL, 'sarif'}))}",
        )
    for subject in subjects:
        try:
            report = scan_from(args, subject)
        except SourceError as error:
            if len(subjects) == 1 and args.format not in _WITH_UNREAD:
                raise
            print(sentence_of(error), file=sys.stderr)
            if args.format in _WITH_UNREAD:
                reports.append(unread_from(args, subject, error))
            words = subject if isinstance(subject, str) else subject.words
            codes.add(exit_of(error))
            spoken.append((Answer.NO_VERDICT, unread_line(words, exit_of(error), args.lang)))
            continue
        reports.append(report)
        gate = _gate(report, args.fail_on)
        codes.add(_EXITS[gate.answer])
        spoken.append((gate.answer, gate_line(report.subject, gate, _EXITS[gate.answer], args.lang)))
    _show(args, reports, several=len(subjects) > 1)
    code = next((code for code in (Exit.FINDINGS, Exit.NO_VERDICT) if code in codes), max(codes, default=Exit.OK))
    _say(args, spoken, code)
    return Exit.OK if args.exit_zero else code


def verdict(report: Report, fail_on: str | None) -> int:
    """The exit code for one report; what nobody could judge is no verdict, and not a good one."""
    return _EXITS[_gate(report, fail_on).answer]


def _gate(report: Report, fail_on: str | None) -> Gate:
    """What the gate says of one report under the threshold of the command line, else of the policy."""
    asked = fail_on or report.policy.fail_on or "never"
    return gate_of(report, None if asked == "never" else Severity(asked))


def _say(args: argparse.Namespace, spoken: list[tuple[Answer, str]], code: int) -> None:
    """One line a subject and one for all: below a report for people, else on standard error."""
    below = args.format == "tree" and args.output is None
    if args.quiet and not below:
        return
    lines = [line for _, line in spoken]
    if len(spoken) > 1:
        lines.append(total_line([answer for answer, _ in spoken], code, args.lang))
    print("".join(f"{line}\n" for line in lines), end="", file=sys.stdout if below else sys.stderr)


def _show(args: argparse.Namespace, reports: list[Report], *, several: bool) -> None:
    """Put the reports where they were asked to go, as one file."""
    from licscan.cli.terminal import show

    if len(reports) == 1 and not (several and args.format == "json"):
        show(reports[0], args.format, output=args.output, verbose=args.verbose)
    elif reports:
        from licscan.cli.output import write

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

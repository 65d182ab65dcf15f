"""Options that several commands share, and what they come to."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licscan.core.text import harmless
from licscan.core.use import Distribution, Purpose, Role, Use
from licscan.errors import SourceError, UsageError

if TYPE_CHECKING:
    from licscan.core.lock import Lock
    from licscan.core.report import Report
    from licscan.lineage import Subject
    from licscan.sources.protocol import Hub

_LONGEST = 86_400.0
"""Seconds; a day."""
FAIL_ON = ("critical", "high", "medium", "low", "never")


def add_hub_options(parser: argparse.ArgumentParser) -> None:
    """Where facts come from, and how the run talks."""
    source = parser.add_argument_group("where facts come from")
    source.add_argument(
        "--offline",
        action="store_true",
        help="open no socket: local cache, then the bundled catalogue; every fact says how old it is",
    )
    source.add_argument("--from", dest="recording", metavar="DIR", type=Path, help="read a recording, not the Hub")
    source.add_argument("--token", help="token for the Hub (otherwise HF_TOKEN or the saved login)")
    talk = parser.add_argument_group("how the run talks")
    talk.add_argument("-q", "--quiet", action="store_true", help="no notes on standard error")
    talk.add_argument("-v", "--verbose", action="store_true", help="show findings and facts of any severity")
    talk.add_argument("--no-progress", action="store_true", help="no progress on standard error")
    talk.add_argument("--lang", default="en", metavar="LANG", help="language of what people read: en, ko")
    talk.add_argument("--debug", action="store_true", help="show tracebacks")


def add_scan_options(parser: argparse.ArgumentParser, *, history: bool = True) -> None:
    """Everything that a scan can be told, apart from its subject and its format.

    `history` is false for a command that means something else by that option.
    """
    add_hub_options(parser)
    walk = parser.add_argument_group("how far to look")
    walk.add_argument("--depth", type=_count, default=32, metavar="N", help="links upward at most (32)")
    walk.add_argument("--max-nodes", type=_count, default=2000, metavar="N", help="nodes at most (2000)")
    walk.add_argument(
        "--timeout", type=_seconds, default=600.0, metavar="SECONDS", help="for the whole scan at most (600)"
    )
    walk.add_argument(
        "--evidence",
        choices=("files", "hashes", "weights"),
        default="files",
        help="also compare hashes of the weights files, or weights",
    )
    if history:
        walk.add_argument("--history", action="store_true", help="also read how the terms of each part changed")
    parser.set_defaults(history=False)
    walk.add_argument(
        "--against", metavar="MODEL", action="append", default=[], help="compare weights with this model (repeatable)"
    )
    walk.add_argument(
        "--store",
        metavar="PATH",
        type=Path,
        action="append",
        default=[],
        help="... and with these fingerprints (repeatable)",
    )
    walk.add_argument("--lock", type=Path, metavar="FILE", help="(licscan.lock here, where it is the subject's own)")
    law = parser.add_argument_group("what you mean to do")
    law.add_argument("--policy", type=Path, metavar="FILE", help="otherwise licscan.toml upward from here")
    law.add_argument("--preset", metavar="NAME", help="a cited, dated policy preset, or a file with your own")
    law.add_argument(
        "--as",
        dest="role",
        choices=[one.value for one in Role],
        help="who you are to the subject (assumed: publisher of a folder or of what is in [use] own, else adopter)",
    )
    law.add_argument(
        "--use", choices=[one.value for one in Purpose], help="how the subject is to be used (commercial is assumed)"
    )
    law.add_argument(
        "--distribute",
        action="append",
        choices=[one.value for one in Distribution],
        default=[],
        help="what leaves the house (repeatable; weights are assumed)",
    )
    law.add_argument("--territory", action="append", default=[], metavar="CC", help="ISO 3166 code or EU (repeatable)")
    law.add_argument("--home", metavar="CC", help="your own country")
    law.add_argument("--monthly-users", type=_count, metavar="N")
    law.add_argument("--annual-revenue", type=_count, metavar="USD")
    law.add_argument("--release-as", metavar="EXPR", help="the SPDX expression to release the subject under")
    law.add_argument("--release-name", metavar="NAME", help="the name that it goes out under")
    law.add_argument("--at", type=_day, metavar="DATE", help="judge what was in force on this day")


def add_output_options(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """Format and file of the report."""
    from licscan.render import FORMATS

    parser.add_argument("-f", "--format", choices=sorted(FORMATS), default=default, help=f"(default: {default})")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here, whole or not at all")


def add_subject(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """What is to be scanned: named, or taken from a bill of materials."""
    parser.add_argument(
        "subject",
        metavar="SUBJECT",
        nargs="*" if several else "?",
        help="org/model, org/model@REVISION, a Hub URL, or a folder" + ("; several may be" if several else ""),
    )
    parser.add_argument("--from-bom", type=Path, metavar="FILE", help="take the subject from a bill of materials")


def subject_of(args: argparse.Namespace) -> str | Subject:
    """The one subject, or what a bill of materials describes.

    Raises:
        UsageError: neither or both were named, or the bill is none.
    """
    if bool(args.subject) == (args.from_bom is not None):
        raise UsageError("name one subject, or a bill of materials with --from-bom", f"licscan {args.verb} org/model")
    if args.from_bom is None:
        return str(args.subject)
    from licscan.lineage import Subject
    from licscan.sources.bom import read_bill

    bill = read_bill(args.from_bom)
    if bill.hub_subject is None:
        return Subject(f"bom:{args.from_bom.name}", bill=bill)
    return Subject(bill.hub_subject, bill.described.repo, bill.described.revision, bill=bill)


def hub_from(args: argparse.Namespace) -> Hub:
    """The source of facts that the options ask for."""
    from licscan.sources.layered import open_hub

    timeout = getattr(args, "timeout", None)
    return open_hub(offline=args.offline, recording=args.recording, token=args.token, timeout=timeout)


def use_from(args: argparse.Namespace, policy_use: Use) -> Use:
    """The use profile: the policy's, overridden by what the command line says."""
    from dataclasses import replace

    if args.release_as is not None:
        from licscan.licensing.expression import is_well_formed

        if not is_well_formed(args.release_as.strip()):
            raise UsageError(
                f"--release-as {args.release_as!r} is no licence expression",
                "name licences by their SPDX ids, joined by AND, OR and brackets; `licscan list licenses` shows more",
            )
    said: dict[str, Any] = {
        "purpose": Purpose(args.use) if args.use else None,
        "distributes": frozenset(Distribution(one) for one in args.distribute) or None,
        "territories": frozenset(_country(one, "--territory") for one in args.territory) or None,
        "home": _country(args.home, "--home") if args.home else None,
        "monthly_users": args.monthly_users,
        "annual_revenue": args.annual_revenue,
        "release_as": args.release_as,
        "release_name": args.release_name,
        "at": args.at,
        "role": Role(args.role) if args.role else None,
    }
    return replace(policy_use, **{name: value for name, value in said.items() if value is not None})


def scan_from(args: argparse.Namespace, subject: str | Subject | None = None, hub: Hub | None = None) -> Report:
    """Run the scan that the options describe; `hub` is a source to use in the place of theirs."""
    from licscan.cli.progress import Progress
    from licscan.cli.weights import opened
    from licscan.config import load_policy
    from licscan.pipeline import Limits, ScanOptions, scan
    from licscan.words import check_language

    check_language(args.lang)
    asked = subject or args.subject
    policy = load_policy(args.policy, args.preset)
    source = hub or hub_from(args)
    with _folder_hint(asked, quiet=args.quiet), Progress(quiet=args.quiet or args.no_progress) as progress:
        options = ScanOptions(
            hub=source,
            policy=policy,
            use=use_from(args, policy.use),
            limits=Limits(depth=args.depth, nodes=args.max_nodes),
            lock=lock_for(args, asked),
            weights=args.evidence == "weights" or (args.evidence != "hashes" and bool(args.against or args.store)),
            hashes=args.evidence == "hashes",
            against=[opened(words, source) for words in args.against],
            stores=args.store,
            history=args.history,
            lang=args.lang,
            seen=progress.seen,
        )
        report = scan(asked, options)
    note = getattr(source, "note", "")
    if note and not args.quiet:
        print(f"licscan: {harmless(note)}\n  set LICSCAN_CACHE to a folder that is yours", file=sys.stderr)
    return report


def unread_from(args: argparse.Namespace, subject: str | Subject, error: SourceError) -> Report:
    """The report on a subject that could not be read, under the policy and the use that the options describe."""
    from licscan.config import load_policy
    from licscan.pipeline import ScanOptions, unread

    policy = load_policy(args.policy, args.preset)
    return unread(subject, error, ScanOptions(policy=policy, use=use_from(args, policy.use), lang=args.lang))


@contextmanager
def _folder_hint(subject: str | Subject, *, quiet: bool) -> Iterator[None]:
    """Say how a folder is named, where words that name a repository may have been meant for one."""
    from licscan.lineage.subject import folder_meant

    meant = folder_meant(subject) if isinstance(subject, str) else None
    try:
        yield
    except SourceError as error:
        if meant is not None:
            error.hint = f"a folder of that name is here: write {meant}"
        raise
    if meant is not None and not quiet:
        print(harmless(f"licscan: {subject} was read as a repository; the folder here is {meant}"), file=sys.stderr)


def lock_for(args: argparse.Namespace, subject: str | Subject) -> Lock | None:
    """The lock to compare with: the one that is named, else the subject's own in this folder.

    The commands that write or compare locks themselves take none.

    Raises:
        ConfigError: the file is of another version, was cut off, or was edited by hand.
    """
    from licscan.core.lock import LOCK_NAME

    if args.verb in {"lock", "diff"}:
        return None
    here = args.lock or Path(LOCK_NAME)
    if args.lock is None and not os.path.lexists(here):
        return None
    from licscan.lockfile import read_lock

    lock = read_lock(here)
    words = (subject if isinstance(subject, str) else subject.words).partition("@")[0]
    if words == lock.subject or words.rstrip("/").endswith(f"/{lock.subject}"):
        return lock
    if args.lock is None:
        return None
    raise UsageError(f"{here} is the lock of {lock.subject}, not of {words}", "lock this subject: `licscan lock`")


def _count(text: str) -> int:
    number = int(text.replace("_", "").replace(",", ""))
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is less than nothing")
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.0 < seconds <= _LONGEST:
        raise argparse.ArgumentTypeError(f"{text} is no time that a scan may take: from 1 to {_LONGEST:.0f} seconds")
    return seconds


def _day(text: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-01-15") from error


def _country(text: str, option: str) -> str:
    code = text.upper()
    if len(code) != 2 or not code.isascii() or not code.isalpha():
        raise UsageError(f"{option} {text!r} is no country code", "use ISO 3166 such as KR or US, or EU")
    return "GB" if code == "UK" else code

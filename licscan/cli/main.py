"""The door: reads the command line, opens the one room that is asked for, turns errors into exit codes."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Any

from licscan.cli.messages import REPORT_US, Exit, exit_of, sentence_of
from licscan.core.text import harmless
from licscan.errors import LicscanError
from licscan.version import VERSION

_FULL = frozenset({errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT})
"""What the system says of a place that takes no more."""
VERBS: tuple[tuple[str, str], ...] = (
    ("tree", "licscan.cli.tree"),
    ("check", "licscan.cli.check"),
    ("review", "licscan.cli.review"),
    ("notice", "licscan.cli.notice"),
    ("identify", "licscan.cli.identify"),
    ("explain", "licscan.cli.explain"),
    ("list", "licscan.cli.listing"),
    ("lock", "licscan.cli.lock"),
    ("diff", "licscan.cli.diff"),
    ("compare", "licscan.cli.compare"),
    ("fingerprint", "licscan.cli.fingerprint"),
    ("record", "licscan.cli.record"),
    ("init", "licscan.cli.init"),
    ("completion", "licscan.cli.completion"),
)


class _Version(argparse.Action):
    """`--version` also names the knowledge, which is only read then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        from licscan.knowledge import load

        print(f"licscan {VERSION} (knowledge {load().version})")
        parser.exit(0)


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The whole command line, or (faster) only the part that one verb needs."""
    parser = argparse.ArgumentParser(
        prog="licscan",
        description="What an AI model is made of, under whose terms, and who can change or stop it.",
        epilog="licscan reports facts and clauses with their sources. It is not legal advice.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version of program and knowledge")
    verbs = parser.add_subparsers(dest="verb", metavar="COMMAND", required=True)
    for verb, room in VERBS:
        if only in (None, verb):
            import_module(room).add_to(verbs)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    _never_choke()
    verb = next((word for word in words if not word.startswith("-")), None)
    only = verb if verb in dict(VERBS) else None
    try:
        args = build_parser(only).parse_args(words)
    except SystemExit as stop:
        return Exit.OK if stop.code in (0, None) else Exit.USAGE
    return _guarded(args)


def _never_choke() -> None:
    """What a terminal's encoding does not have is shown as an escape; a closed stream takes all and shows nothing."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _guarded(args: argparse.Namespace) -> int:
    """The one place where everything that can be raised becomes a sentence and a code."""
    try:
        code = int(args.run(args))
        sys.stdout.flush()
    except LicscanError as error:
        if getattr(args, "debug", False):
            raise
        print(sentence_of(error), file=sys.stderr)
        return exit_of(error)
    except KeyboardInterrupt:
        print("licscan: stopped", file=sys.stderr)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has left; what it read was right, and nobody is there to be told more.
        _drop_output()
        return Exit.OK
    except OSError as fault:
        if getattr(args, "debug", False):
            raise
        if fault.errno not in _FULL:
            return _our_fault(fault)
        _drop_output()
        print(f"licscan: the output cannot be written: {fault.strerror}\n  make room, or use -o FILE", file=sys.stderr)
        return Exit.USAGE
    except Exception as fault:
        if getattr(args, "debug", False):
            raise
        return _our_fault(fault)
    return code


def _our_fault(fault: Exception) -> int:
    print(harmless(f"licscan: unexpected {type(fault).__name__}: {fault}\n  {REPORT_US}"), file=sys.stderr)
    return Exit.OUR_FAULT


def _drop_output() -> None:
    """What is still to be written goes nowhere, so that Python does not stumble over it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def entry() -> None:
    """The console script."""
    sys.exit(main())

"""The door: reads the command line, opens the one room that is asked for, turns errors into exit codes."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from traceback import format_exc
from typing import Any, NoReturn

from licscan.cli.messages import REPORT_US, Exit, exit_of, sentence_of
from licscan.cli.output import drop_output
from licscan.core.text import discreet, harmless
from licscan.errors import LicscanError
from licscan.version import VERSION

_FULL = frozenset({errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT})
"""What the system says of a place that takes no more."""
_NO_NAMES = frozenset({errno.ENAMETOOLONG, errno.ELOOP})
"""What it says of a name that cannot be one."""
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


class _Misspelt(Exception):
    """The command line makes no sense: the usage, and what is wrong."""


class _Version(argparse.Action):
    """`--version` also names the knowledge, which is only read then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        from licscan.knowledge import load

        print(f"licscan {VERSION} (knowledge {load().version})")
        parser.exit(0)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the command line without repeating what may be a token."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line; who called knows what of it may be told."""
        raise _Misspelt(self.format_usage(), f"{self.prog}: error: {message}")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Write a help page or a version whole, or fail: the original hides that nobody got it."""
        stream = file or sys.stderr
        stream.write(message)
        stream.flush()


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The whole command line, or (faster) only the part that one verb needs."""
    parser = _Parser(
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
    """Run one command and return its exit code.

    This is the one place where everything that can be raised becomes a sentence and a code.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    _never_choke()
    try:
        code = _run(words)
        _flush()
    except KeyboardInterrupt:
        _say("licscan: stopped")
        return Exit.INTERRUPTED
    except LicscanError as error:
        _trace(words)
        _say(sentence_of(error))
        return exit_of(error)
    except BrokenPipeError:
        # The reader of our output has left, and nobody is there to be told more; what a gate says it says by its code.
        drop_output()
        return Exit.NO_VERDICT if "check" in words else Exit.OK
    except OSError as fault:
        _trace(words)
        if fault.errno in _NO_NAMES:
            _say(
                harmless(
                    f"licscan: {str(fault.filename)[:120]!r} cannot be used: {fault.strerror}\n  name another place"
                )
            )
            return Exit.USAGE
        return _unwritten(fault) if fault.errno in _FULL else _our_fault(fault)
    except Exception as fault:  # noqa: BLE001 (the one place that may)
        _trace(words)
        return _our_fault(fault)
    return code


def _run(words: Sequence[str]) -> int:
    """Read the command line and run the command that it names."""
    verb = next((word for word in words if not word.startswith("-")), None)
    only = verb if verb in dict(VERBS) else None
    empty = next((word for word in words if word.startswith("--") and word.endswith("=--")), None)
    try:
        parser = build_parser(only)
        if empty is not None:  # which some versions of the parser take for a list
            parser.error(f"argument {empty.partition('=')[0]}: expected a value, not '--'")
        args = parser.parse_args(words)
    except _Misspelt as wrong:
        _say(wrong.args[0] + harmless(discreet(_without_tokens(wrong.args[1], words))))
        return Exit.USAGE
    except SystemExit as stop:
        return Exit.OK if stop.code in (0, None) else Exit.USAGE
    return int(args.run(args))


def _never_choke() -> None:
    """What a terminal's encoding does not have is shown as an escape; a closed stream takes all and shows nothing."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _without_tokens(message: str, words: Sequence[str]) -> str:
    """The message without what may be a token: what follows a word like `--token`, and what begins as tokens do."""
    for before, word in zip(("", *words), words, strict=False):
        option, equals, _ = word.partition("=")
        if equals and "tok" in option.lower():
            message = message.replace(word, f"{option}=***")
        elif word and ((before.startswith("-") and "tok" in before.lower()) or word.startswith("hf_")):
            message = message.replace(word, "***")
    return message


def _flush() -> None:
    """Hand over what is still held back; where its reader has left, what the command found stays true."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()


def _say(sentence: str) -> None:
    """A sentence on standard error, if that takes one."""
    with suppress(OSError, ValueError):
        print(sentence, file=sys.stderr)


def _trace(words: Sequence[str]) -> None:
    """The traceback, for who asked for it."""
    if "--debug" in words:
        _say(harmless(discreet(format_exc())))


def _unwritten(fault: OSError) -> int:
    with suppress(OSError, ValueError):
        drop_output()
    _say(f"licscan: the output cannot be written: {fault.strerror}\n  make room, or use -o FILE")
    return Exit.USAGE


def _our_fault(fault: Exception) -> int:
    _say(harmless(discreet(f"licscan: unexpected {type(fault).__name__}: {fault}")) + f"\n  {REPORT_US}")
    return Exit.OUR_FAULT


def entry() -> None:
    """The console script."""
    sys.exit(main())

"""How errors of a run become an exit code and words on standard error."""

from __future__ import annotations

from enum import IntEnum

from licscan.core.text import discreet, harmless
from licscan.errors import (
    ConfigError,
    KnowledgeError,
    LicscanError,
    OutputError,
    SourceError,
    UsageError,
)


class Exit(IntEnum):
    """The exit codes; each means one thing."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    NO_VERDICT = 3
    OUR_FAULT = 4
    INTERRUPTED = 130


EXITS: tuple[tuple[type[LicscanError], Exit], ...] = (
    (UsageError, Exit.USAGE),
    (ConfigError, Exit.USAGE),
    (OutputError, Exit.USAGE),
    (SourceError, Exit.NO_VERDICT),
    (KnowledgeError, Exit.OUR_FAULT),
)

REPORT_US = "this is a fault of licscan itself: please report it with the command you ran; --debug shows the traceback"


def exit_of(error: LicscanError) -> Exit:
    """The exit code of an error."""
    return next((code for kind, code in EXITS if isinstance(error, kind)), Exit.OUR_FAULT)


def sentence_of(error: LicscanError) -> str:
    """The error in one sentence, then what to do."""
    hint = error.hint or (REPORT_US if exit_of(error) is Exit.OUR_FAULT else "")
    return harmless(discreet(f"licscan: {error.message}" + (f"\n  {hint}" if hint else "")))

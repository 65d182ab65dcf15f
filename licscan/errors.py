"""What can go wrong with *this run*: the only things in this program that are exceptions.

A finding is about the law and a gap is about the world; both are data in the report. An error is about this run.

    LicscanError(message, hint)
     ├─ UsageError        bad target, bad option combination
     ├─ ConfigError       licscan.toml: file, key, what was expected
     ├─ SourceError       a target itself cannot be read
     │   ├─ Unreachable   network, time-out, server error
     │   ├─ NeedsLogin    gated or private, says how to log in
     │   └─ NoSuchRepo    says what is close to it
     ├─ OutputError       cannot write the report
     └─ KnowledgeError    our own data files are wrong: a bug of ours
"""

from __future__ import annotations


class LicscanError(Exception):
    """An error of this run, in one clear sentence (what, where) and a hint (what to do)."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(LicscanError):
    """The user asked for something that cannot be asked: a bad target, option or path."""


class ConfigError(LicscanError):
    """A policy file is wrong; the message names file, key and what was expected."""


class SourceError(LicscanError):
    """A target itself could not be read, so there is nothing to report on."""


class Unreachable(SourceError):
    """The network, the Hub or a server in between did not answer."""


class NeedsLogin(SourceError):
    """The target is gated or private."""


class NoSuchRepo(SourceError):
    """The target does not exist under that name."""


class OutputError(LicscanError):
    """The report could not be written where it was asked to go."""


class KnowledgeError(LicscanError):
    """One of our own data files is wrong; that is a bug of ours."""

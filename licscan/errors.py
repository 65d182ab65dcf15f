"""What can go wrong with *this run*: the only things in this program that are exceptions.

A finding is about the law and a gap is about the world; both are data in the report. An error is about this run.

    LicscanError(message, hint)
     ├─ UsageError        a target or options that make no sense
     ├─ ConfigError       a policy file with a wrong key or value
     ├─ SourceError       the target was not to be had
     │   ├─ Unreachable   no answer, or a broken one
     │   ├─ NeedsLogin    closed to this account; the hint tells how to get in
     │   └─ NoSuchRepo    no such name; the hint has near ones
     ├─ OutputError       the report has nowhere to go
     └─ KnowledgeError    data shipped with licscan is at fault: report it
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

    def __init__(self, message: str, hint: str = "", *, reason: str = "unreachable", detail: str = "") -> None:
        super().__init__(message, hint)
        self.reason = reason
        """Why, in the words of a gap's reasons."""
        self.detail = detail or message


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

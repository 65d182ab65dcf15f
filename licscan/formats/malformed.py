"""The one fault of a parser: a file is not what its name says."""

from __future__ import annotations


class Malformed(ValueError):
    """A file is not what its name says; the message says what and where, and becomes a gap of that file."""

"""The time of a run: now, or the moment that SOURCE_DATE_EPOCH fixes, so that the same input gives the same bytes."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from licscan.errors import UsageError

_VARIABLE = "SOURCE_DATE_EPOCH"
_LATEST = 253_402_300_799
"""The last second of the year 9999, as far as dates go."""


def fixed_time() -> datetime | None:
    """The moment that SOURCE_DATE_EPOCH names; None where it is not set or empty.

    Raises:
        UsageError: it is no number of seconds since 1970, or lies beyond the year 9999.
    """
    said = os.environ.get(_VARIABLE, "").strip()
    if not said:
        return None
    if not (said.isascii() and said.isdigit()) or len(said) > len(str(_LATEST)) or int(said) > _LATEST:
        raise UsageError(
            f"{_VARIABLE} is {said[:40]!r}, which is no time",
            "give whole seconds since 1970-01-01 up to the year 9999, or unset it",
        )
    return datetime.fromtimestamp(int(said), UTC)


def timestamp() -> str:
    """The time of the run in UTC, to the second: `2026-01-31T12:00:00Z`.

    Raises:
        UsageError: SOURCE_DATE_EPOCH is no time.
    """
    return (fixed_time() or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")

"""Progress on standard error, once a run takes longer than a second."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

_QUIET_SECONDS = 1.0
_STEP_SECONDS = 0.1


class Progress:
    """One line that is overwritten on a terminal; nothing at all where standard error is no terminal."""

    def __init__(self, *, quiet: bool) -> None:
        self._shown = False
        self._silent = quiet or not sys.stderr.isatty()
        self._next = time.monotonic() + _QUIET_SECONDS
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def seen(self, node: str) -> None:
        """One more node was read."""
        self._count += 1
        now = time.monotonic()
        if self._silent or now < self._next:
            return
        self._next = now + _STEP_SECONDS
        self._shown = True
        name = "".join(letter if letter.isprintable() else "?" for letter in node)[:60]
        sys.stderr.write(f"\r\x1b[2K{self._count} read: {name}")
        sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()

"""How long something may take altogether, whatever arrives in the meantime.

A timeout of a socket bounds the silence between two pieces of an answer: a server that sends one byte at a time, or one
informational answer after another, holds it for ever. A deadline is a moment, and every wait is cut to what is left.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class Deadline:
    """A moment by which something must be over; safe to ask from many threads."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._until = clock() + seconds

    @property
    def left(self) -> float:
        """Seconds until the moment; 0 where it has passed."""
        return max(0.0, self._until - self._clock())

    @property
    def is_over(self) -> bool:
        """Whether the moment has passed."""
        return self.left <= 0.0

    def within(self, seconds: float) -> Deadline:
        """The earlier of this moment and one so many seconds from now."""
        return Deadline(min(seconds, self.left), clock=self._clock)


class Wait:
    """What a socket is given as its timeout: the longest silence, cut to what is left until a deadline.

    Clients hand a timeout down to `socket.settimeout` before each read and each write, as it was given to them. A
    number would allow the same silence every time; this object is read anew each time (`__index__`, whole seconds), and
    raises `TimeoutError` where nothing is left, which clients take for the socket's own.
    """

    def __init__(self, silence: float, until: Deadline) -> None:
        self._silence = silence
        self._until = until

    def __index__(self) -> int:
        left = self._until.left
        if left < 1.0:
            raise TimeoutError("the time for one request is used up")
        return max(1, int(min(self._silence, left)))

    def __float__(self) -> float:
        return float(self.__index__())

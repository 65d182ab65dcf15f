"""Reads stretches of weights files: coalesced, in parallel, within a budget, and accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar

from licscan.core.evidence import Gap, GapReason
from licscan.sources.protocol import Hub, RepoInfo

_APART = 4096
"""Two stretches of one file that are closer than this are read as one."""
_LONGEST = 16_000_000
_T = TypeVar("_T")
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Some bytes of a file."""

    path: str
    start: int
    length: int

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be read from one repository."""

    bytes: int = 8_000_000
    requests: int = 400


@dataclass(slots=True)
class Meter:
    """What was read so far."""

    bytes: int = 0
    requests: int = 0
    stretches: list[Stretch] = field(default_factory=list)


class Reader:
    """The bytes of one repository's files."""

    def __init__(
        self, hub: Hub, info: RepoInfo, budget: Budget | None = None, seen: Callable[[str], None] | None = None
    ) -> None:
        self.hub = hub
        self.seen = seen
        """Is told the name of each file that a stretch was read of."""
        self.info = info
        self.budget = budget or Budget()
        self.meter = Meter()
        self.sizes = {entry.path: entry.size for entry in info.files or () if entry.size is not None}
        self._lock = Lock()
        self._kept: dict[Stretch, bytes] = {}

    @property
    def left(self) -> int:
        """Bytes that may still be read."""
        return self.budget.bytes - self.meter.bytes

    def allow(self, more: int) -> None:
        """So many bytes more may be read."""
        self.budget = Budget(self.budget.bytes + more, self.budget.requests + 10)

    def has(self, stretch: Stretch) -> bool:
        """The stretch was read ahead."""
        return stretch in self._kept or stretch.length <= 0

    def keep(self, wanted: Sequence[Stretch]) -> None:
        """Read ahead: what is asked for later costs nothing then. What cannot be had now is asked for again."""
        for stretch, answer in zip(wanted, self.read(wanted), strict=True):
            if isinstance(answer, bytes):
                self._kept[stretch] = answer

    def read(self, wanted: Sequence[Stretch]) -> list[bytes | Gap]:
        """Read all stretches, in the order in which they were asked for."""
        runs = _runs(sorted({one for one in wanted if one.length > 0 and one not in self._kept}))
        answers = in_parallel(self._run, runs, self.hub.workers)
        found: dict[Stretch, bytes | Gap] = {one: self._kept[one] for one in wanted if one in self._kept}
        for run, answer in zip(runs, answers, strict=True):
            for one in run:
                found[one] = answer if isinstance(answer, Gap) else _cut(answer, one, run[0].start)
        return [found[one] if one.length > 0 else b"" for one in wanted]

    def small(self, path: str, limit: int = 2_000_000) -> bytes | Gap:
        """A small file whole."""
        answer = self.hub.read(self.info, path, limit)
        with self._lock:
            self.meter.requests += 1
            self.meter.bytes += 0 if isinstance(answer, Gap) else len(answer)
        return answer

    def _run(self, run: Sequence[Stretch]) -> bytes | Gap:
        path, start, end = run[0].path, run[0].start, max(one.end for one in run)
        if (size := self.sizes.get(path)) is not None and end > size:
            return self._gap(path, GapReason.MALFORMED, f"the file ends at {size:,}, bytes up to {end:,} are needed")
        pieces: list[bytes] = []
        got = 0
        for _ in range(3):  # a cut connection is taken up where it ended
            answer = self._ask(path, start + got, end - start - got)
            if isinstance(answer, Gap):
                return answer
            pieces.append(answer)
            got += len(answer)
            if not answer or got >= end - start:
                break
        if got < end - start:
            return self._gap(path, GapReason.MALFORMED, f"the file is cut short at {start + got:,}")
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _ask(self, path: str, start: int, length: int) -> bytes | Gap:
        with self._lock:
            if self.meter.bytes + length > self.budget.bytes or self.meter.requests >= self.budget.requests:
                said = f"the budget of {self.budget.bytes:,} bytes and {self.budget.requests} requests is used up"
                return self._gap(path, GapReason.TOO_DEEP, said)
            self.meter.bytes += length
            self.meter.requests += 1
            self.meter.stretches.append(Stretch(path, start, length))
        answer = self.hub.read_range(self.info, path, start, length)
        if self.seen is not None:
            self.seen(f"{self.info.id} {path}")
        received = 0 if isinstance(answer, Gap) else len(answer)
        with self._lock:
            self.meter.bytes += received - length
        if not isinstance(answer, Gap) and received > length:
            return self._gap(
                path, GapReason.MALFORMED, "the server does not answer ranges: it sent more than asked for"
            )
        return answer

    def head(self, path: str, length: int) -> bytes | Gap:
        """The first bytes of a file; fewer where it is shorter."""
        if (size := self.sizes.get(path)) is not None:
            length = min(length, size)
        return self._ask(path, 0, length) if length else b""

    def more(self, path: str, head: bytes, length: int) -> bytes | Gap:
        """A longer head: what is known already, and the rest."""
        if (size := self.sizes.get(path)) is not None:
            length = min(length, size)
        rest = self._ask(path, len(head), length - len(head)) if length > len(head) else b""
        return rest if isinstance(rest, Gap) else head + rest

    def _gap(self, path: str, reason: GapReason, detail: str) -> Gap:
        return Gap(str(self.info.id), reason, detail, path)


def in_parallel(ask: Callable[[_T], _R], questions: Iterable[_T], workers: int) -> list[_R]:
    """Ask all questions, several at once where the source allows; answers in the order of the questions."""
    waiting = list(questions)
    if workers <= 1 or len(waiting) <= 1:
        return [ask(one) for one in waiting]
    with ThreadPoolExecutor(min(workers, len(waiting))) as pool:
        return list(pool.map(ask, waiting))


def _runs(wanted: list[Stretch]) -> list[list[Stretch]]:
    runs: list[list[Stretch]] = []
    end = 0
    for one in wanted:
        if (
            runs
            and runs[-1][0].path == one.path
            and one.start <= end + _APART
            and max(end, one.end) - runs[-1][0].start <= _LONGEST
        ):
            runs[-1].append(one)
            end = max(end, one.end)
        else:
            runs.append([one])
            end = one.end
    return runs


def _cut(run: bytes, one: Stretch, start: int) -> bytes:
    return run[one.start - start : one.end - start]

"""Asking ahead: how many questions at once, each once, and an end that nobody waits for."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event, Lock

import pytest

from licscan.core.artifact import FileEntry, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.errors import OutputError
from licscan.sources.prefetch import Prefetch
from licscan.sources.protocol import Commit, Counts, RepoInfo, Want

ROOT = Path(__file__).resolve().parents[2]


def name(number: int) -> RepoId:
    return RepoId.parse(f"org/m{number}")


class Slow:
    """A source in memory that counts its questions and can be made to hold them."""

    def __init__(self, parents: Mapping[int, tuple[int, ...]], workers: int = 8) -> None:
        self.workers = workers
        self.stats = Counts()
        self.parents = parents
        self.asked: list[str] = []
        self.gate: Barrier | None = None
        self.lock = Lock()

    def note(self, what: str) -> None:
        with self.lock:
            self.asked.append(what)
        if self.gate is not None:
            self.gate.wait(timeout=5)

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:
        self.note(str(repo))
        if repo.name == "m404":
            return Gap(str(repo), GapReason.ABSENT, "no")
        if repo.name == "m500":
            raise OutputError("the disk is full")
        return RepoInfo(repo, repo, Source.HUB, revision="a" * 40)

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:
        self.note(f"{info.id} {path}")
        content = f"{info.id} {path}".encode()
        return content if len(content) <= limit else Gap(str(info.id), GapReason.MALFORMED, "large", path)

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        self.note(f"{info.id} {path} {start}+{length}")
        return b"x" * length

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        return ()

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:
        return ()

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:
        self.note(url)
        return b"text"

    def above(self, info: RepoInfo) -> Iterable[RepoId]:
        return [name(one) for one in self.parents.get(int(info.id.name[1:]), ())]


WANTS = (Want("config.json"), Want("w.gguf", 0, 8))


def ahead(hub: Slow, *, depth: int = 32, most: int = 2000) -> Prefetch:
    return Prefetch(hub, lambda _: WANTS, hub.above, depth=depth, max_nodes=most)


def settle(hub: Slow, count: int) -> list[str]:
    """Wait until as many questions were asked; no more may follow."""
    until = time.monotonic() + 5
    while len(hub.asked) < count and time.monotonic() < until:
        Event().wait(0.002)
    Event().wait(0.02)
    return sorted(hub.asked)


def test_parents_and_files_are_asked_for_before_anybody_asks() -> None:
    hub = Slow({0: (1, 2), 1: (3,), 2: (3,)})
    with ahead(hub) as source:
        source.start([name(0)])
        expected = [f"org/m{n}{rest}" for n in range(4) for rest in ("", " config.json", " w.gguf 0+8")]
        assert settle(hub, 12) == sorted(expected)
        for number in range(4):
            info = source.repo(name(number))
            assert isinstance(info, RepoInfo)
            assert source.read(info, "config.json") == f"org/m{number} config.json".encode()
            assert source.read_range(info, "w.gguf", 0, 8) == b"x" * 8
        assert len(hub.asked) == 12


def test_all_parents_of_a_merge_are_asked_at_the_same_time() -> None:
    hub = Slow({0: tuple(range(1, 9))})
    source = Prefetch(hub, lambda _: (), hub.above)
    with source:
        assert isinstance(source.repo(name(0)), RepoInfo)
        hub.gate = Barrier(8)
        source.start([name(number) for number in range(1, 9)])
        try:
            assert all(isinstance(source.repo(name(number)), RepoInfo) for number in range(1, 9))
        except BrokenBarrierError:
            pytest.fail("the questions were asked one after the other")


def test_circles_and_common_parents_are_asked_for_once() -> None:
    hub = Slow({0: (1, 0), 1: (0, 1, 2), 2: (1,)})
    with Prefetch(hub, lambda _: (), hub.above) as source:
        source.start([name(0)])
        assert settle(hub, 3) == ["org/m0", "org/m1", "org/m2"]


def test_the_guards_hold_ahead_too() -> None:
    chain = {number: (number + 1,) for number in range(50)}
    deep = Slow(chain)
    with Prefetch(deep, lambda _: (), deep.above, depth=3) as source:
        source.start([name(0)])
        assert settle(deep, 4) == ["org/m0", "org/m1", "org/m2", "org/m3"]
    wide = Slow({0: tuple(range(1, 40))})
    with Prefetch(wide, lambda _: (), wide.above, max_nodes=5) as source:
        source.start([name(0)])
        assert len(settle(wide, 5)) == 5
        assert isinstance(source.repo(name(39)), RepoInfo)


def test_the_level_of_a_start_counts() -> None:
    hub = Slow({number: (number + 1,) for number in range(50)})
    with Prefetch(hub, lambda _: (), hub.above, depth=3) as source:
        source.start([name(0)], level=2)
        assert settle(hub, 2) == ["org/m0", "org/m1"]


def test_a_gap_is_an_answer_and_an_error_comes_to_who_asked() -> None:
    hub = Slow({0: (404, 500)})
    with ahead(hub) as source:
        source.start([name(0)])
        assert isinstance(source.repo(name(404)), Gap)
        with pytest.raises(OutputError, match="disk is full"):
            source.repo(name(500))


def test_a_smaller_or_larger_limit_is_respected() -> None:
    hub = Slow({})
    with ahead(hub) as source:
        source.start([name(0)])
        info = source.repo(name(0))
        assert isinstance(info, RepoInfo)
        assert source.read(info, "config.json", 5_000_000) == b"org/m0 config.json"
        assert isinstance(source.read(info, "config.json", 3), Gap)


def test_links_are_read_once() -> None:
    hub = Slow({})
    with ahead(hub) as source:
        assert source.linked("https://law.example/x") == source.linked("https://law.example/x") == b"text"
    assert hub.asked == ["https://law.example/x"]


def test_a_source_on_disk_is_asked_nothing_ahead() -> None:
    hub = Slow({0: (1,)}, workers=1)
    with ahead(hub) as source:
        source.start([name(0)])
        assert hub.asked == []
        assert isinstance(source.repo(name(0)), RepoInfo)
        assert hub.asked == ["org/m0"]


def test_after_the_end_questions_are_still_answered() -> None:
    hub = Slow({0: (1,)})
    source = ahead(hub)
    source.close()
    info = source.repo(name(0))
    assert isinstance(info, RepoInfo)
    assert source.read(info, "config.json") == b"org/m0 config.json"


STUCK = """
import sys, time
sys.path.insert(0, "tests/unit")
from test_hub_prefetch import Slow, ahead, name
class Stuck(Slow):
    def repo(self, repo, revision=None):
        sys.stdout.write("asked\\n"); sys.stdout.flush()
        time.sleep(600)
hub = Stuck({})
with ahead(hub) as source:
    source.start([name(0)])
    source.repo(name(0))
"""


def test_ctrl_c_ends_at_once_while_answers_are_awaited() -> None:
    running = subprocess.Popen([sys.executable, "-c", STUCK], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stdout.readline() == b"asked\n"
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=10)
    assert b"KeyboardInterrupt" in said
    assert running.returncode != 0

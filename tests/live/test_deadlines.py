"""No server holds a scan: one deadline for each request, whatever arrives, and one for all of them."""

from __future__ import annotations

import pytest

from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.sources.deadline import Deadline, Wait
from licscan.sources.http import Live
from licscan.sources.http.client import Client, Failure
from licscan.sources.protocol import Counts, RepoInfo
from tests.live.conftest import Clock
from tests.standin import Reply, StandIn

MODEL = RepoId.parse("org/model")
DRIPS = {
    "status": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
    "headers": b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 9,
    "informational": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + b"x" * 999,
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 99,
}


def client(hub: StandIn, clock: Clock, **limits: float) -> Client:
    deadline = Deadline(limits.pop("all", 1000.0))
    return Client(hub.url, None, Counts(), sleep=clock.sleep, clock=clock, timeout=5.0, deadline=deadline, **limits)


def test_a_deadline_counts_down() -> None:
    clock = Clock()
    until = Deadline(10.0, clock=clock)
    assert until.left == 10.0
    clock.sleep(4.0)
    assert (until.left, until.within(99.0).left, until.within(2.0).left) == (6.0, 6.0, 2.0)
    clock.sleep(7.0)
    assert until.left == 0.0
    assert until.is_over


def test_a_wait_is_read_anew_each_time() -> None:
    clock = Clock()
    wait = Wait(5.0, Deadline(10.0, clock=clock))
    assert int(wait) == 5
    clock.sleep(7.5)
    assert int(wait) == 2
    clock.sleep(2.0)
    with pytest.raises(TimeoutError):
        int(wait)


@pytest.mark.parametrize("drip", DRIPS)
def test_a_server_that_drips_is_left_at_the_deadline(drip: str, clock: Clock) -> None:
    with StandIn() as hub:
        hub.fail("/x", Reply(raw=DRIPS[drip], drip=0.1, again=True))
        answer = client(hub, clock, longest=2.0).get(f"{hub.url}/x", limit=1_000_000)
        assert isinstance(answer, Failure)
        assert answer.reason is GapReason.UNREACHABLE
        assert "in time" in answer.detail
        assert hub.count("/x") == 1


def test_endless_informational_answers_end(clock: Clock) -> None:
    with StandIn() as hub:
        hub.fail("/x", Reply(raw=b"HTTP/1.1 103 Early Hints\r\n\r\n" * 400_000, again=True))
        answer = client(hub, clock, longest=2.0).get(f"{hub.url}/x", limit=1000)
        assert isinstance(answer, Failure)


def test_after_the_deadline_of_the_scan_nothing_is_asked(clock: Clock) -> None:
    with StandIn() as hub:
        hub.add("org/model")
        late = Clock()
        source = Live(hub.url, sleep=clock.sleep, clock=clock, deadline=Deadline(60.0, clock=late))
        info = source.repo(MODEL)
        assert isinstance(info, RepoInfo)
        asked = hub.count()
        late.sleep(61.0)
        for answer in (
            source.repo(MODEL),
            source.read(info, "README.md"),
            source.read_range(info, "README.md", 0, 9),
            source.listing(info),
            source.history(info),
            source.linked("https://law.example/x"),
        ):
            assert isinstance(answer, Gap)
            assert answer.reason is GapReason.UNREACHABLE
            assert "--timeout" in answer.detail
        assert hub.count() == asked


@pytest.mark.parametrize("headers", [{"Retry-After": "300"}, {"RateLimit": '"api";r=0;t=299'}])
def test_a_wait_that_is_longer_than_the_scan_may_take_is_not_waited_for(headers: dict[str, str], clock: Clock) -> None:
    with StandIn() as hub:
        hub.fail("/x", Reply(429, headers=headers, again=True))
        answer = client(hub, clock, all=100.0).get(f"{hub.url}/x", limit=1000)
        assert isinstance(answer, Failure)
        assert "300 seconds" in answer.detail
        assert clock.slept == []
        assert hub.count("/x") == 1

"""`--timeout`: a scan ends, and what was not read by then is a gap."""

from __future__ import annotations

import json

import pytest

from licscan.cli.main import main
from tests.faults.house import build
from tests.standin import Reply, StandIn

SLOW = Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 9, drip=0.05, again=True)


def test_a_parent_that_drips_is_a_gap_when_the_time_is_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with StandIn() as hub:
        build(hub)
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert main(["check", "q/derived", "-f", "json", "-q"]) == 0
        hub.fail("/api/models/q/clean", SLOW)
        capsys.readouterr()
        assert main(["check", "q/derived", "-f", "json", "-q", "--timeout", "3"]) == 3
        report = json.loads(capsys.readouterr().out)
        assert report["verdict"] == "unknown"
        assert ("q/clean", "unreachable") in {(gap["id"], gap["reason"]) for gap in report["gaps"]}


def test_a_subject_that_drips_gives_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with StandIn() as hub:
        build(hub)
        hub.fail("/api/models/q/clean", SLOW)
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert main(["tree", "q/clean", "-q", "--timeout", "2"]) == 3
        assert "did not answer in time" in capsys.readouterr().err


@pytest.mark.parametrize("said", ["0", "-1", "nan", "inf", "soon", "1e9", ""])
def test_a_time_that_is_none_is_refused(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", "q/clean", f"--timeout={said}"]) == 2
    assert "--timeout" in capsys.readouterr().err

"""`--history`: how the terms of the parts changed, over a Hub whose commits hold contents."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path
from typing import Any

import pytest

from licscan.cli.main import main
from tests.standin import StandIn

PLAIN = next(one for one in files("rich") or () if one.name == "LICENSE").read_binary()
"""The MIT licence, as a package on this machine carries it."""
MORE = PLAIN + b"\nOur only change: you shall show the name of the model in the interface of every product.\n"
DUTY = "earlier-terms-looser"


def card(**fields: str) -> bytes:
    return ("---\n" + "".join(f"{key}: {value}\n" for key, value in fields.items()) + "---\n# M\n").encode()


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A tune of a base whose publisher tightened the card, then the text, then renamed the file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    with StandIn() as stand:
        monkeypatch.setenv("HF_ENDPOINT", stand.url)
        mit, other = card(license="mit"), card(license="cc-by-nc-4.0")
        stand.add_history(
            "base-lab/base",
            [
                ("2025-10-27", {"README.md": mit}),
                ("2025-11-01", {"README.md": mit, "weights.txt": b"1"}),
                ("2025-11-13", {"README.md": other}),
                ("2025-11-20", {"README.md": mit, "LICENSE": PLAIN}),
                ("2025-11-21", {"README.md": mit, "LICENSE": MORE}),
                ("2025-11-30", {"README.md": mit, "LICENSE-MODEL": MORE}),
            ],
            card={"license": "mit"},
            createdAt="2025-10-27T00:00:00.000Z",
        )
        stand.add(
            "tune-lab/tune",
            card={"license": "mit", "base_model": "base-lab/base"},
            files={"README.md": card(license="mit", base_model="base-lab/base")},
            createdAt="2024-02-03T00:00:00.000Z",
        )
        yield stand


def told(capsys: pytest.CaptureFixture[str], *command: str) -> dict[str, Any]:
    assert main([*command, "-f", "json", "-q"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def rules(report: dict[str, Any], subject: str = "base-lab/base") -> set[str]:
    return {one["rule"] for one in report["findings"] if one["subject"] == subject}


def test_nobody_asked(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    report = told(capsys, "tree", "tune-lab/tune")
    assert "history" not in report
    assert DUTY not in rules(report)


def test_each_change_is_told_with_its_commit(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    report = told(capsys, "tree", "tune-lab/tune", "--history")
    assert [one["id"] for one in report["history"]] == ["base-lab/base", "tune-lab/tune"]
    base = report["history"][0]
    assert (base["commits"], base["read"], base["complete"], base["squashed"]) == (6, 6, True, False)
    assert [one["date"][:10] for one in base["revisions"]] == [
        "2025-10-27", "2025-11-13", "2025-11-20", "2025-11-21", "2025-11-30",
    ]  # fmt: skip
    assert [one["direction"] for one in base["changes"] if one["direction"] != "none"][:2] == ["tighter", "looser"]
    assert "renamed" in [one["direction"] for one in base["changes"]]
    assert base["changes"][0]["term"] == "commercial-use"
    assert base["changes"][0]["evidence"][0]["revision"] == hub.repos["models/base-lab/base"].commits[3]["id"]
    assert {DUTY, "license-file-moved", "publisher-relicensed-before"} <= rules(report)


def test_people_read_it_too(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", "tune-lab/tune", "--history", "-f", "markdown", "-q"]) == 0
    page = capsys.readouterr().out
    assert "on 2025-11-13" in page
    assert "no change of terms since" in page
    assert "1 of 1 commits read" in page


def test_a_second_look_reads_no_commit_again(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    first = told(capsys, "tree", "tune-lab/tune", "--history")
    before = len(hub.asked)
    assert told(capsys, "tree", "tune-lab/tune", "--history") == first
    again = [one.path for one in hub.asked[before:]]
    assert not [path for path in again if "/commits/" in path or "/tree/" in path or "/resolve/" in path]


def test_offline_from_the_cache_and_from_a_recording(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    first = told(capsys, "tree", "tune-lab/tune", "--history")
    cached = told(capsys, "tree", "tune-lab/tune", "--history", "--offline")
    assert main(["record", "tune-lab/tune", "kept", "--history", "-q"]) == 0
    count = len(hub.asked)
    recorded = told(capsys, "tree", "tune-lab/tune", "--history", "--from", "kept")
    assert first["history"] == cached["history"] == recorded["history"]
    assert len(hub.asked) == count
    assert recorded["complete"]


def test_a_history_that_was_not_kept_is_a_gap(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "tune-lab/tune", "kept", "-q"]) == 0
    report = told(capsys, "tree", "tune-lab/tune", "--history", "--from", "kept")
    assert not report["complete"]
    assert {(one["id"], one["place"]) for one in report["gaps"]} == {
        ("base-lab/base", "history"),
        ("tune-lab/tune", "history"),
    }
    assert main(["check", "tune-lab/tune", "--history", "--from", "kept", "-q", "--fail-on", "never"]) == 3


def test_a_text_that_cannot_be_read_is_no_text_that_is_gone(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    repo = hub.repos["models/base-lab/base"]
    repo.gated = True
    report = told(capsys, "tree", "tune-lab/tune", "--history")
    assert [one["id"] for one in report["history"]] == ["tune-lab/tune"]
    assert any(one["place"] == "history" and one["reason"] == "gated" for one in report["gaps"])


def test_a_lost_pin_and_a_squashed_history(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lock", "tune-lab/tune", "--history", "-q"]) == 0
    lock = Path("licscan.lock").read_text(encoding="utf-8")
    assert 'terms_since = "2025-11-30' in lock
    assert 'first_commit = "2025-10-27' in lock
    hub.add_history(
        "base-lab/base",
        [("2026-03-01", {"README.md": card(license="mit"), "LICENSE": PLAIN, "new.txt": b""})],
        card={"license": "mit"},
        createdAt="2025-10-27T00:00:00.000Z",
    )
    report = told(capsys, "tree", "tune-lab/tune", "--history")
    assert report["history"][0]["reachable"] is False
    assert report["history"][0]["squashed"] is True
    assert "unreachable-pin" in rules(report)
    capsys.readouterr()
    assert main(["diff", "-f", "json", "-q"]) == 1
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert any("commits were deleted" in one["what"] for one in changes)


def test_ten_thousand_commits_stay_within_the_budget(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    mit, other = {"README.md": card(license="mit")}, {"README.md": card(license="cc-by-nc-4.0")}
    hub.add_history(
        "base-lab/base",
        [("2025-01-01", mit)] * 9_500 + [("2025-06-01", other)] * 500,
        card={"license": "cc-by-nc-4.0"},
        createdAt="2025-01-01T00:00:00.000Z",
    )
    report = told(capsys, "tree", "tune-lab/tune", "--history")
    base = report["history"][0]
    assert base["read"] <= 24
    assert not base["complete"]
    assert hub.count("/base-lab/base") < 24 * 3 + 10
    assert [one["direction"] for one in base["changes"]] == ["tighter"]


@pytest.mark.skipif("LICSCAN_TEXTS" not in os.environ, reason="LICSCAN_TEXTS names no folder of texts")
def test_a_plain_licence_that_got_a_duty(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    """The real texts of a change in place: by clause, with the day, and the file that was renamed afterwards."""
    texts = Path(os.environ["LICSCAN_TEXTS"])
    plain, duty = (
        (texts / name).read_bytes() for name in ("minimax-m2-mit-original.txt", "minimax-m2-modified-mit.txt")
    )
    states = [
        ("2025-10-27", {"README.md": card(license="mit"), "LICENSE": plain}),
        ("2025-11-13", {"README.md": card(license="mit"), "LICENSE": duty}),
        ("2025-11-20", {"README.md": card(license="other", license_name="modified-mit"), "LICENSE-MODEL": duty}),
    ]
    hub.add_history("base-lab/base", states, card={"license": "mit"}, createdAt="2025-10-27T00:00:00.000Z")
    base = told(capsys, "tree", "tune-lab/tune", "--history")["history"][0]
    assert [one["direction"] for one in base["changes"]] == ["tighter", "renamed"]
    assert base["changes"][0]["term"] == "display-attribution"
    assert base["changes"][0]["clause"]

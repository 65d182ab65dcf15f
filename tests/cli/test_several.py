"""Several subjects, and subjects that could not be read: a program gets a report for each of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from licscan.cli.main import main

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
STORY = ["--from", str(GOLDEN / "whisper" / "hub"), "-q"]
SUBJECT = "gcasey2/whisper-large-v3-ko-en-v2"
UNREAD = "nobody/has-seen-this"


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = main(["check", *words, *STORY])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("subjects", [(SUBJECT, UNREAD), (UNREAD, SUBJECT), (UNREAD, "nobody/neither@v1")])
def test_a_list_with_the_unread_one_and_its_gap(subjects: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    code, reports = told(capsys, *subjects, "-f", "json")
    assert code == 3
    assert [one["subject"]["id"] for one in reports] == [one.partition("@")[0] for one in subjects]
    for one in reports:
        if one["subject"]["id"] != SUBJECT:
            (gap,) = one["gaps"]
            assert gap["id"] == one["subject"]["id"]
            assert gap["reason"] == "offline"
            assert (one["complete"], one["verdict"], one["links"]) == (False, "unknown", [])
            assert one["nodes"][0]["gap"]["reason"] == "offline"


def test_one_unread_subject_has_a_report_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    code, report = told(capsys, UNREAD, "-f", "json")
    assert code == 3
    assert report["verdict"] == "unknown"
    code, log = told(capsys, UNREAD, "-f", "sarif")
    assert code == 3
    (run,) = log["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert any(UNREAD in note["message"]["text"] for note in invocation["toolExecutionNotifications"])


def test_a_report_for_people_is_no_report_on_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["check", UNREAD, *STORY]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert UNREAD in said.err

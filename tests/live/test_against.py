"""`--against` tells equal files whatever the alphabet or the dates say, in both directions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from licscan.cli.main import main
from tests.standin import StandIn

EARLY, LATE = "2024-01-01T00:00:00.000Z", "2024-06-01T00:00:00.000Z"
WEIGHTS = b"w" * 2_000_000


def compared(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], subject: str, reference: str, **more: Any
) -> dict[str, Any]:
    """The report on a subject that holds the same file as another repository, unless `theirs` says otherwise."""
    theirs = more.pop("theirs", WEIGHTS)
    with StandIn() as hub:
        for name, created, content in ((subject, more["ours"], WEIGHTS), (reference, more["other"], theirs)):
            files = {"README.md": b"---\nlicense: mit\n---\n", "model.safetensors": content}
            hub.add(name, card={"license": "mit"}, files=files, large=("model.safetensors",), createdAt=created)
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        capsys.readouterr()
        assert main(["tree", subject, "--against", reference, "--evidence", "hashes", "-f", "json", "-q"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


@pytest.mark.parametrize(("subject", "other"), [("aaa/x", "zzz/y"), ("zzz/y", "aaa/x")])
@pytest.mark.parametrize(
    ("ours", "theirs", "confidence", "says"),
    [
        (LATE, EARLY, "certain", "bytes"),
        (EARLY, EARLY, None, "the dates do not say which of the two is the original"),
        (None, None, None, "the dates do not say which of the two is the original"),
    ],
)
def test_equal_files_are_told_in_both_directions(
    subject: str,
    other: str,
    ours: str | None,
    theirs: str | None,
    confidence: str | None,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = compared(monkeypatch, capsys, subject, other, ours=ours, other=theirs)
    (link,) = report["links"]
    assert (link["child"], link["parent"], link["declared"]) == (subject, other, False)
    assert confidence in {None, link["confidence"]}
    assert link["evidence"][0]["says"].endswith(says)
    assert not [one for one in report["nodes"][0]["facts"] if "created later" in one["value"] and not confidence]


@pytest.mark.parametrize(("subject", "other"), [("aaa/x", "zzz/y"), ("zzz/y", "aaa/x")])
def test_what_was_created_later_is_no_parent_and_is_told(
    subject: str, other: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = compared(monkeypatch, capsys, subject, other, ours=EARLY, other=LATE)
    assert report["links"] == []
    (fact,) = [one["value"] for one in report["nodes"][0]["facts"] if one["kind"] == "summary"]
    assert fact == f"{other}, which was created later, holds the same weights: model.safetensors#sha256"


def test_other_files_are_no_link(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    report = compared(monkeypatch, capsys, "aaa/x", "zzz/y", ours=EARLY, other=LATE, theirs=b"v" * 2_000_000)
    assert report["links"] == []

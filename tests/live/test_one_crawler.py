"""Whatever names a parent, it is walked to its roots: the verdict is that of the same parent on a card."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.standin import StandIn
from tests.worlds import add, check

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "hyperclovax" / "hub"
CONFIG = json.dumps(
    {
        "model_type": "seeing",
        "vision_config": json.loads(next(GOLDEN.rglob("config.json")).read_text(encoding="utf-8"))["vision_config"],
    }
).encode()
"""A part of another publisher in a model whose own body is like no other."""
ON_RECORD, REFERENCE = "skt/A.X-4.0", "Qwen/Qwen2.5-72B"
PART = "Qwen/Qwen2.5-VL-32B-Instruct"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    with StandIn() as stand:
        monkeypatch.setenv("HF_ENDPOINT", stand.url)
        add(stand, REFERENCE, {"license": "apache-2.0", "base_model": "far/root"})
        add(stand, PART, {"license": "apache-2.0", "base_model": "far/root"})
        add(stand, "far/root", {"license": "cc-by-nc-4.0"})
        yield stand


def ids(report: dict[str, Any]) -> set[str]:
    return {one["id"] for one in report["nodes"]}


def test_a_base_from_the_public_record_is_followed(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    add(hub, ON_RECORD, {"license": "apache-2.0"})
    code, report = check(capsys, ON_RECORD)
    assert ids(report) == {ON_RECORD, REFERENCE, "far/root"}
    assert (code, report["verdict"]) == (1, "blocked")
    code, report = check(capsys, ON_RECORD, "--depth", "0", "--fail-on", "never")
    assert (code, report["complete"]) == (3, False)


@pytest.mark.parametrize("root", ["cc-by-nc-4.0", None])
def test_a_candidate_of_a_part_is_followed(hub: StandIn, capsys: pytest.CaptureFixture[str], root: str | None) -> None:
    if root is None:
        hub.repos.pop("models/far/root")
    add(hub, "tune-lab/seeing", {"license": "apache-2.0"}, {"config.json": CONFIG})
    code, report = check(capsys, "tune-lab/seeing")
    assert {PART, "far/root"} < ids(report)
    assert code in (1, 3)
    assert report["verdict"] in ("blocked", "unknown")


def test_a_candidate_under_free_terms_changes_nothing(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    add(hub, PART, {"license": "apache-2.0"})
    add(hub, "tune-lab/seeing", {"license": "apache-2.0"}, {"config.json": CONFIG})
    code, report = check(capsys, "tune-lab/seeing")
    assert code == 0
    assert report["verdict"] in ("clear", "conditions")
    (link,) = [one for one in report["links"] if one["parent"] == PART]
    assert link["verdict"] in ("same", "ok")

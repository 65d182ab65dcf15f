"""A lock pins the repositories that an undeclared part may have been taken from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from licscan.cli.main import main
from tests.standin import StandIn
from tests.worlds import add, check

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "hyperclovax" / "hub" / "models" / "naver-hyperclovax"
CONFIG = json.dumps(
    {
        "model_type": "seeing",
        "vision_config": json.loads(next(GOLDEN.rglob("config.json")).read_text(encoding="utf-8"))["vision_config"],
    }
).encode()
"""A part of another publisher in a model whose own body is like no other."""
SUBJECT = "tune-lab/seeing"
PART = f"{SUBJECT}#vision_encoder"
BEHIND = "Qwen/Qwen2.5-VL-32B-Instruct"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    with StandIn() as stand:
        monkeypatch.setenv("HF_ENDPOINT", stand.url)
        add(stand, SUBJECT, {"license": "apache-2.0"}, {"config.json": CONFIG})
        add(stand, BEHIND, {"license": "apache-2.0"}, {"LICENSE": b"Our own words, first edition of them.\n" * 9})
        assert main(["lock", SUBJECT, "-q"]) in (0, 3)
        yield stand


def told(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, str]]]:
    capsys.readouterr()
    code = main(["diff", "-f", "json", "-q"])
    return code, json.loads(capsys.readouterr().out)["changes"]


def test_the_candidate_is_pinned(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    lock = Path("licscan.lock").read_text(encoding="utf-8")
    entry = next(one for one in lock.split("[[node]]") if f'id = "{BEHIND}"' in one)
    assert f'behind = "{PART}"' in entry
    assert f'revision = "{hub.repos[f"models/{BEHIND}"].sha}"' in entry
    assert 'place = "LICENSE"' in entry
    assert told(capsys)[1] == []


def test_a_candidate_that_changes_is_told(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    add(hub, BEHIND, {"license": "cc-by-nc-4.0"}, {"NEWS": b""})
    code, changes = told(capsys)
    assert code == 1
    assert {one["id"] for one in changes} == {BEHIND}


def test_a_candidate_that_goes_is_told(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    hub.repos.pop(f"models/{BEHIND}")
    code, changes = told(capsys)
    assert code == 1
    assert [(one["id"], one["direction"]) for one in changes] == [(BEHIND, "gone")]


def test_the_gate_takes_no_candidate_for_a_node_that_vanished(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    _, report = check(capsys, SUBJECT)
    assert not [one for one in report["findings"] if BEHIND in one["message"] and "no longer" in one["message"]]


def test_a_lock_with_candidates_can_be_archived(hub: StandIn, tmp_path: Path) -> None:
    assert main(["lock", SUBJECT, "-q", "--archive", "kept"]) in (0, 3)
    assert any(path.read_bytes().startswith(b"Our own words") for path in (tmp_path / "kept").iterdir())

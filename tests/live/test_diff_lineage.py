"""`licscan diff` where the lineage itself moved: a base that was swapped, another commit, data that changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from licscan.cli.main import main
from tests.standin import StandIn
from tests.worlds import add, front


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    with StandIn() as stand:
        monkeypatch.setenv("HF_ENDPOINT", stand.url)
        add(stand, "base-lab/base", {"license": "mit"})
        add(stand, "other-lab/other", {"license": "cc-by-nc-4.0", "base_model": "deep-lab/deep"})
        add(stand, "deep-lab/deep", {"license": "cc-by-nc-4.0"})
        stand.add(
            "data-lab/data", kind="datasets", card={"license": "mit"}, files={"README.md": front({"license": "mit"})}
        )
        add(stand, "tune-lab/tune", {"license": "mit", "base_model": "base-lab/base", "datasets": ["data-lab/data"]})
        assert main(["lock", "tune-lab/tune", "-q"]) == 0
        yield stand


def told(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str]]:
    capsys.readouterr()
    code = main(["diff", "-f", "json", "-q"])
    return code, {one["id"]: one["what"] for one in json.loads(capsys.readouterr().out)["changes"]}


def test_nothing_moved(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys) == (0, {})


def test_a_base_that_was_swapped_is_read_with_all_above_it(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    add(hub, "tune-lab/tune", {"license": "mit", "base_model": "other-lab/other"}, {"new": b""})
    code, changes = told(capsys)
    assert code == 1
    assert {"other-lab/other", "deep-lab/deep"} <= set(changes)
    assert "is new above the subject, under CC-BY-NC-4.0" in changes["other-lab/other"]


def test_data_that_changed_are_read_anew(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    said = {"license": "cc-by-nc-4.0"}
    hub.add("data-lab/data", kind="datasets", card=said, files={"README.md": front(said), "new": b""})
    code, changes = told(capsys)
    assert code == 1
    assert set(changes) == {"datasets/data-lab/data"}


def test_a_pin_that_moved_is_compared(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    states = [
        ("2025-01-01", {"README.md": front({"license": "mit"})}),
        ("2025-02-01", {"README.md": front({"license": "cc-by-nc-4.0"}), "NEWS": b""}),
    ]
    repo = hub.add_history("base-lab/base", states, card={"license": "cc-by-nc-4.0"})
    first, last = (one["id"] for one in reversed(repo.commits))
    for commit in (first, last):
        add(hub, "tune-lab/tune", {"license": "mit", "base_model": f"base-lab/base@{commit}"}, {commit: b""})
        if commit == first:
            assert main(["lock", "tune-lab/tune", "-q"]) == 0
            assert told(capsys) == (0, {})
    code, changes = told(capsys)
    assert code == 1
    assert "commercial-use" in changes["base-lab/base"]

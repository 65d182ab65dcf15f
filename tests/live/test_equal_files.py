"""Equal weights files give a copy away, also where its card denies where they come from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from licscan.cli.main import main
from tests.live.test_lock_parts import BEHIND, CONFIG
from tests.standin import Reply, StandIn
from tests.worlds import check, folder, front, severities

WEIGHTS = bytes(range(256)) * 5_000
OTHERS = bytes(reversed(range(256))) * 5_000
DENIES = "# Own\n\nThis model was trained from scratch by us, on our own data.\n"
NAME = "model.safetensors"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    with StandIn() as stand:
        monkeypatch.setenv("HF_ENDPOINT", stand.url)
        put(stand, "base-lab/base", {"license": "cc-by-nc-4.0", "base_model": "root-lab/root"}, WEIGHTS, "2024-01-01")
        put(stand, "root-lab/root", {"license": "cc-by-nc-4.0"}, OTHERS, "2023-01-01")
        yield stand


def put(
    hub: StandIn, name: str, said: dict[str, Any], weights: bytes, day: str, body: str = "", **files: bytes
) -> None:
    held = {
        "README.md": front(said, body),
        NAME: weights,
        **{key.replace("_json", ".json"): one for key, one in files.items()},
    }
    hub.add(name, card=said, files=held, large=(NAME,), createdAt=f"{day}T00:00:00.000Z")


def copied(report: dict[str, Any], child: str = "copy-lab/own") -> list[tuple[str, str, bool, str]]:
    keys = ("parent", "relation", "declared", "confidence")
    return [tuple(link[key] for key in keys) for link in report["links"] if link["child"] == child]


def test_a_copy_that_its_config_hints_at(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    """No option: the card declares nothing, a config leads to a repository, and the hashes settle it."""
    config = b'{"model_type": "own", "_name_or_path": "base-lab/base"}'
    put(hub, "copy-lab/own", {"license": "mit"}, WEIGHTS, "2025-01-01", DENIES, config_json=config)
    code, report = check(capsys, "copy-lab/own")
    assert copied(report) == [("base-lab/base", "converted", False, "certain")]
    (link,) = [one for one in report["links"] if one["child"] == "copy-lab/own"]
    assert {one["place"] for one in link["evidence"]} >= {f"{NAME}#sha256", "config.json#_name_or_path"}
    assert code == 1
    assert "critical" in severities(report, "looser-than-upstream")
    assert hub.count("/tree/") == 3


def test_a_declared_base_costs_no_listing(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    put(hub, "copy-lab/own", {"license": "cc-by-nc-4.0", "base_model": "base-lab/base"}, OTHERS, "2025-01-01")
    check(capsys, "copy-lab/own")
    put(hub, "copy-lab/alone", {"license": "mit"}, OTHERS, "2025-01-01")
    check(capsys, "copy-lab/alone")
    assert hub.count("/tree/") == 0


def test_a_copy_that_denies_all(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    put(hub, "copy-lab/own", {"license": "mit"}, WEIGHTS, "2025-01-01", DENIES)
    code, report = check(capsys, "copy-lab/own")
    assert (code, report["links"]) == (0, [])
    code, report = check(capsys, "copy-lab/own", "--evidence", "hashes", "--against", "base-lab/base")
    assert code == 1
    assert copied(report) == [("base-lab/base", "converted", False, "certain")]
    assert "root-lab/root" in [one["id"] for one in report["nodes"]]
    assert severities(report, "contradicted-origin-claim")


def test_a_copy_of_another_than_the_declared_base(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    put(hub, "free-lab/free", {"license": "mit"}, OTHERS[1:], "2023-01-01")
    put(hub, "copy-lab/own", {"license": "mit", "base_model": "free-lab/free"}, WEIGHTS, "2025-01-01")
    code, report = check(capsys, "copy-lab/own", "--evidence", "hashes", "--against", "base-lab/base")
    assert ("base-lab/base", "converted", False, "certain") in copied(report)
    assert ("free-lab/free", "finetune", True, "certain") in copied(report)
    assert code == 1


def test_a_younger_holder_is_no_parent(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    put(hub, "copy-lab/own", {"license": "mit"}, WEIGHTS, "2020-01-01")
    code, report = check(capsys, "copy-lab/own", "--evidence", "hashes", "--against", "base-lab/base")
    assert (code, report["links"]) == (0, [])
    assert any("created later" in one["value"] for one in report["nodes"][0]["facts"])


def test_a_declared_base_that_was_uploaded_anew_is_no_circle(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    put(hub, "copy-lab/own", {"license": "cc-by-nc-4.0", "base_model": "base-lab/base"}, WEIGHTS, "2020-01-01")
    _, report = check(capsys, "copy-lab/own", "--evidence", "hashes")
    assert not severities(report, "lineage-cycle")
    (link,) = [one for one in report["links"] if one["child"] == "copy-lab/own"]
    assert link["declared"]
    assert any("the same file as" in one["says"] for one in link["evidence"])


def test_a_listing_that_was_asked_for_and_not_seen_is_a_gap(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    put(hub, "copy-lab/own", {"license": "cc-by-nc-4.0", "base_model": "base-lab/base"}, OTHERS, "2025-01-01")
    assert main(["record", "copy-lab/own", "kept", "-q"]) == 0
    code, report = check(capsys, "copy-lab/own", "--from", "kept", "--fail-on", "never")
    assert (code, report["complete"]) == (0, True)
    code, report = check(capsys, "copy-lab/own", "--from", "kept", "--evidence", "hashes", "--fail-on", "never")
    assert code == 3
    assert {one["place"] for one in report["gaps"]} == {"listing"}


def test_a_recording_keeps_the_hashes(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    config = b'{"model_type": "own", "_name_or_path": "base-lab/base"}'
    put(hub, "copy-lab/own", {"license": "mit"}, WEIGHTS, "2025-01-01", config_json=config)
    assert main(["record", "copy-lab/own", "kept", "-q"]) == 0
    _, report = check(capsys, "copy-lab/own", "--from", "kept")
    assert copied(report) == [("base-lab/base", "converted", False, "certain")]


def test_weights_in_a_folder_are_hashed_when_asked(
    hub: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subject = folder(tmp_path / "mine", {"license": "mit"}, {NAME: WEIGHTS})
    code, report = check(capsys, subject, "--evidence", "hashes", "--against", "base-lab/base")
    assert copied(report, "./mine") == [("base-lab/base", "converted", False, "certain")]
    assert code == 1
    assert json.dumps(report).count("the dates do not say") == 0


def test_what_a_part_may_be_from_is_compared_too(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    put(hub, BEHIND, {"license": "apache-2.0"}, WEIGHTS, "2025-01-01")
    put(hub, "copy-lab/seeing", {"license": "mit"}, WEIGHTS, "2025-06-01", config_json=CONFIG)
    check(capsys, "copy-lab/seeing")
    assert hub.count("/tree/") == 0
    _, report = check(capsys, "copy-lab/seeing", "--evidence", "hashes")
    assert (BEHIND, "converted", False, "certain") in copied(report, "copy-lab/seeing")


def test_a_stranger_that_was_not_seen_is_a_gap_of_the_subject(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    put(hub, "copy-lab/own", {"license": "mit"}, WEIGHTS, "2025-01-01")
    hub.fail("/api/models/base-lab/base/tree/*", *[Reply(403, b"{}", {"X-Error-Code": "GatedRepo"})] * 9)
    code, report = check(
        capsys, "copy-lab/own", "--evidence", "hashes", "--against", "base-lab/base", "--fail-on", "never"
    )
    assert code == 3
    assert [(one["id"], one["place"]) for one in report["gaps"]] == [("copy-lab/own", "listing")]
    assert "base-lab/base" in report["gaps"][0]["detail"]

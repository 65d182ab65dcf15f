"""What locks cost against a live Hub, and what they see there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from licscan.cli.main import main
from tests.standin import StandIn

NODES = 20


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """A chain of twenty models, each with a licence file."""
    monkeypatch.chdir(tmp_path)
    stand = StandIn()
    monkeypatch.setenv("HF_ENDPOINT", stand.url)
    for n in range(NODES):
        base = {"base_model": f"org{n + 1}/m"} if n + 1 < NODES else {}
        card = {"license": "apache-2.0", **base}
        front = "".join(f"{key}: {value}\n" for key, value in card.items())
        stand.add(
            f"org{n}/m",
            card=card,
            files={"README.md": f"---\n{front}---\n# M\n".encode(), "LICENSE": b"Our own terms, which nobody knows.\n"},
        )
    return stand


def asked(hub: StandIn, *command: str) -> int:
    """How many requests a command makes with an empty cache."""
    before = len(hub.asked)
    assert main([*command, "-q"]) in {0, 1}
    return len(hub.asked) - before


def test_a_lock_costs_at_most_one_request_more_for_each_node(
    hub: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with hub:
        monkeypatch.setenv("LICSCAN_CACHE", str(tmp_path / "one"))
        tree = asked(hub, "tree", "org0/m", "-f", "json")
        monkeypatch.setenv("LICSCAN_CACHE", str(tmp_path / "two"))
        lock = asked(hub, "lock", "org0/m", "--archive", "texts")
        assert lock <= tree + NODES
        assert asked(hub, "diff") <= NODES
        capsys.readouterr()
        assert len(list((tmp_path / "texts").iterdir())) == NODES


def test_a_licence_file_that_changed_is_found_and_told_by_sentence(
    hub: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    with hub:
        assert main(["lock", "org0/m", "-q"]) == 0
        repo = hub.repos["models/org3/m"]
        words = b"Our own terms, which nobody knows.\nYou must pay us a fee for every use.\n"
        hub.add("org3/m", card=repo.info["cardData"], files={**repo.files, "LICENSE": words, "new.txt": b"x"})
        before = len(hub.asked)
        assert main(["diff", "-f", "json", "-q"]) == 1
        one, pin = sorted(
            json.loads(capsys.readouterr().out)["changes"], key=lambda one: str(one["direction"]), reverse=True
        )
        assert (one["id"], one["direction"]) == ("org3/m", "unclear")
        assert "can no longer be fetched" in pin["what"]  # the stand-in keeps one commit of each repository
        assert [seen["says"] for seen in one["evidence"]] == ["You must pay us a fee for every use."]
        assert len(hub.asked) - before <= NODES + 12


def test_gone_gated_and_renamed(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    with hub:
        assert main(["lock", "org0/m", "-q"]) == 0
        del hub.repos["models/org19/m"]
        hub.repos["models/org18/m"].info["gated"] = "manual"
        hub.repos["models/neu/m"] = hub.repos.pop("models/org17/m")
        hub.repos["models/neu/m"].info["id"] = "neu/m"
        hub.renamed["org17/m"] = "neu/m"
        assert main(["diff", "-f", "json", "-q"]) == 1
        told = [(one["id"], one["direction"], one["what"]) for one in json.loads(capsys.readouterr().out)["changes"]]
        assert [one[:2] for one in told] == [("org17/m", "renamed"), ("org18/m", "gated"), ("org19/m", "gone")], told

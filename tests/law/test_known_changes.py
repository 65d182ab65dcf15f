"""Changes of terms that really happened, as recordings before and after: `licscan diff` says which way they went."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from licscan.cli.main import main
from licscan.core.change import LicenseChange
from licscan.knowledge import Knowledge, load
from tests.standin import StandIn
from tests.worlds import add, record

WAYS = {"more_permissive": "looser", "more_restrictive": "tighter", "region_blocked": "region"}
LEAST = 12


def spelt(key: str, knowledge: Knowledge) -> dict[str, str] | None:
    """What a card says for this licence, where a card can say exactly that."""
    tag = knowledge.hub_id(key)
    if tag is not None and tag.key == key:
        return {"license": key}
    for name in (key, knowledge.licenses[key].name):
        meaning = knowledge.names.alias(name)
        if meaning is not None and meaning.key == key:
            return {"license": "other", "license_name": name}
    return None


def buildable(knowledge: Knowledge) -> dict[str, tuple[LicenseChange, dict[str, str], dict[str, str]]]:
    found = {}
    for change in knowledge.changes.all:
        if change.kind != "in_place" or change.direction not in WAYS or not change.before_keys or not change.after_keys:
            continue
        before, after = (spelt(keys[0], knowledge) for keys in (change.before_keys, change.after_keys))
        if before and after and before != after:
            found[change.id] = (change, before, after)
    return found


CASES = buildable(load())


def test_enough_of_them_can_be_built() -> None:
    assert len(CASES) >= LEAST, sorted(CASES)


@pytest.mark.parametrize("id", sorted(CASES))
def test_a_change_goes_the_way_that_was_recorded(
    id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change, before, after = CASES[id]
    repo = change.repos[0].replace("*", "x") if change.repos else f"{change.orgs[0]}/model"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    with StandIn() as hub:
        for name, card in (("then", before), ("now", after)):
            add(hub, repo, card, {name: b""})
            record(monkeypatch, hub, repo, tmp_path / name)
    for first, last, way in (("then", "now", WAYS[change.direction]), ("now", "then", None)):
        capsys.readouterr()
        code = main(["diff", first, last, "--subject", repo, "-f", "json", "-q"])
        told = json.loads(capsys.readouterr().out)["changes"]
        ways = {one["direction"] for one in told}
        assert {one["id"] for one in told} == {repo}
        assert way in ways if way else WAYS[change.direction] not in ways
        assert code == (0 if ways == {"looser"} else 1)


def test_a_lock_from_before_fails_the_gate_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change, before, after = next(case for id, case in sorted(CASES.items()) if WAYS[case[0].direction] == "tighter")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    with StandIn() as hub:
        add(hub, "tune-lab/tune", {**before, "base_model": "base-lab/base"})
        for name, card in (("then", before), ("now", after)):
            add(hub, "base-lab/base", card, {name: b""})
            record(monkeypatch, hub, "tune-lab/tune", tmp_path / name)
    assert main(["lock", "tune-lab/tune", "--from", "then", "-q"]) in (0, 3)
    capsys.readouterr()
    assert main(["check", "tune-lab/tune", "--from", "now", "-f", "json", "-q"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [one["severity"] for one in found if one["rule"] == "license-changed"] == ["high"], change.id

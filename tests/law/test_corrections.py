"""Corrections that name a parent are followed; the policy is found upward; what `init` writes is a policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from licscan.cli.main import main
from licscan.config import parse_policy
from licscan.knowledge import load
from licscan.licensing.curation import named_parents
from licscan.lineage import parse_subject
from licscan.pipeline import collect
from licscan.policy import Policy, claims_hash
from licscan.sources.catalog import Catalog
from licscan.sources.http import Live
from tests.standin import StandIn
from tests.worlds import add, check, folder, front, severities


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    with StandIn() as stand:
        monkeypatch.setenv("HF_ENDPOINT", stand.url)
        add(stand, "base-lab/mid", {"license": "mit", "base_model": "root-lab/root"})
        add(stand, "root-lab/root", {"license": "cc-by-nc-4.0"})
        folder(tmp_path / "mine", {"license": "apache-2.0"})
        yield stand


def corrected(place: Path, parents: str, corrects: str | None = None) -> Policy:
    lineage = collect(parse_subject("./mine"), Catalog()).lineage
    now = corrects or claims_hash(lineage["./mine"])
    said = f'[[curate]]\nrepo = "./mine"\nparents = {parents}\ncorrects = "{now}"\nreason = "asked them"\n'
    place.write_text(said, encoding="utf-8")
    return parse_policy(said, str(place))


def test_a_parent_that_a_correction_names_is_read_and_followed(
    hub: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = check(capsys, "./mine")
    assert (code, len(report["nodes"])) == (0, 1)
    corrected(tmp_path / "licscan.toml", '["base-lab/mid"]')
    code, report = check(capsys, "./mine")
    assert [one["id"] for one in report["nodes"]] == ["./mine", "base-lab/mid", "root-lab/root"]
    assert report["complete"]
    assert report["policy"]["curations"]
    assert "critical" in severities(report, "looser-than-upstream")
    assert code == 1
    (link,) = [one for one in report["links"] if one["child"] == "./mine"]
    assert link["evidence"][0]["place"].startswith("policy#curate")


def test_a_correction_of_a_node_that_another_correction_led_to(
    hub: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(hub, "far-lab/top", {"license": "mit"})
    policy = tmp_path / "licscan.toml"
    corrected(policy, '["base-lab/mid"]')
    lineage = collect(parse_subject("root-lab/root"), Live(hub.url)).lineage
    more = '[[curate]]\nrepo = "root-lab/root"\nparents = ["FAR-lab/Top", "no name at all"]\n'
    more += f'corrects = "{claims_hash(lineage["root-lab/root"])}"\nreason = "they told us"\n'
    policy.write_text(policy.read_text(encoding="utf-8") + more, encoding="utf-8")
    _, report = check(capsys, "./mine")
    assert "far-lab/top" in [one["id"] for one in report["nodes"]]
    assert [(one["id"], one["reason"]) for one in report["gaps"]] == [("no name at all", "not-a-repo")]


def test_a_parent_that_is_not_there_is_a_gap(hub: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corrected(tmp_path / "licscan.toml", '["gone-lab/gone"]')
    code, report = check(capsys, "./mine", "--fail-on", "never")
    assert code == 3
    assert [(one["id"], one["reason"]) for one in report["gaps"]] == [("gone-lab/gone", "absent")]


def test_a_correction_that_does_not_hold_reads_nothing(
    hub: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = corrected(tmp_path / "licscan.toml", '["base-lab/mid"]', corrects="0" * 16)
    assert named_parents(collect(parse_subject("./mine"), Catalog()).lineage["./mine"], policy, load()) == ()
    before = len(hub.asked)
    _, report = check(capsys, "./mine")
    assert len(hub.asked) == before
    assert severities(report, "stale-waiver")


def test_the_policy_is_found_upward(
    hub: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "licscan.toml").write_text('[licenses]\ndenied = ["Apache-2.0"]\n', encoding="utf-8")
    below = tmp_path / "a" / "b"
    folder(below / "mine", {"license": "apache-2.0"})
    monkeypatch.chdir(below)
    code, report = check(capsys, "./mine")
    assert code == 1
    assert report["policy"]["file"].endswith("licscan.toml")
    assert severities(report, "license-not-allowed")


def test_what_init_writes_is_a_policy_with_every_comment_taken_off(
    hub: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init"]) == 0
    written = (tmp_path / "licscan.toml").read_text(encoding="utf-8")
    assert parse_policy(written, "licscan.toml")
    bare = re.sub(r"^# (?=\[|[a-z-]+ = )", "", written, flags=re.MULTILINE)
    assert bare.count("[[") > written.replace("# [[", "").count("[[")
    policy = parse_policy(bare, "licscan.toml")
    assert policy.curations
    assert policy.waivers
    assert check(capsys, "./mine")[0] == 0


def test_a_parent_is_read_at_the_commit_that_the_correction_names(
    hub: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    states = [("2025-01-01", {"README.md": front({"license": one})}) for one in ("apache-2.0", "cc-by-nc-4.0")]
    commit = hub.add_history("far-lab/top", states, card={"license": "cc-by-nc-4.0"}).commits[-1]["id"]
    corrected(tmp_path / "licscan.toml", f'["far-lab/top@{commit}"]')
    code, report = check(capsys, "./mine")
    (top,) = [one for one in report["nodes"] if one["id"] == "far-lab/top"]
    assert (code, top["revision"], top["license"]["expression"]) == (0, commit, "Apache-2.0")

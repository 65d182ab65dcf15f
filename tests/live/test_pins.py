"""Parents that are asked for at a revision are read at it, and judged by what stands there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from licscan.cli.main import main
from tests.live.test_history import card
from tests.standin import Repo, StandIn

ADAPTER = '{{"peft_type": "LORA", "base_model_name_or_path": "base-lab/base", "revision": {revision}}}'


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A base that was Apache-2.0 and is not any more."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    with StandIn() as stand:
        monkeypatch.setenv("HF_ENDPOINT", stand.url)
        states = [("2025-01-01", {"README.md": card(license=one)}) for one in ("apache-2.0", "mit", "cc-by-nc-4.0")]
        stand.add_history("base-lab/base", states, card={"license": "cc-by-nc-4.0"})
        yield stand


def base(hub: StandIn) -> Repo:
    return hub.repos["models/base-lab/base"]


def old(hub: StandIn, at: int = 0) -> str:
    return str(base(hub).commits[::-1][at]["id"])


def tune(hub: StandIn, name: str, value: str, files: dict[str, bytes] | None = None) -> None:
    front = {"license": "apache-2.0", **({"base_model": value} if value else {})}
    hub.add(name, card=front, files={"README.md": card(**front), **(files or {})})


def told(capsys: pytest.CaptureFixture[str], *command: str) -> dict[str, Any]:
    assert main([*command, "-f", "json", "-q"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def node(report: dict[str, Any], id: str = "base-lab/base") -> dict[str, Any]:
    return next(one for one in report["nodes"] if one["id"] == id)


def rules(report: dict[str, Any]) -> set[str]:
    return {one["rule"] for one in report["findings"]}


def places(hub: StandIn) -> dict[str, tuple[str, dict[str, bytes]]]:
    sha = old(hub)
    return {
        "card": (f"base-lab/base@{sha}", {}),
        "address": (f"https://huggingface.co/base-lab/base/tree/{sha}", {}),
        "adapter": ("base-lab/base", {"adapter_config.json": ADAPTER.format(revision=f'"{sha}"').encode()}),
        "merge": (
            "",
            {
                "mergekit_config.yml": (
                    f"merge_method: linear\nmodels:\n- model: base-lab/base@{sha}\n- model:\n    model:\n"
                    f"      path: base-lab/base\n      revision: {sha}\n"
                ).encode()
            },
        ),
    }


@pytest.mark.parametrize("place", ["card", "address", "adapter", "merge"])
def test_the_licence_in_force_is_the_one_of_the_pinned_revision(
    hub: StandIn, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    value, files = places(hub)[place]
    tune(hub, "tune-lab/tune", value, files)
    report = told(capsys, "tree", "tune-lab/tune")
    assert node(report)["revision"] == old(hub)
    assert node(report)["license"]["expression"] == "Apache-2.0"
    assert [one["revision"] for one in report["links"]] == [old(hub)]
    assert {"floating-revision", "looser-than-upstream", "noncommercial-upstream"} & rules(report) == set()
    assert report["complete"]


@pytest.mark.parametrize("revision", ["null", '"main"', '""'])
def test_no_revision_in_particular_is_the_newest(
    hub: StandIn, capsys: pytest.CaptureFixture[str], revision: str
) -> None:
    tune(hub, "tune-lab/tune", "", {"adapter_config.json": ADAPTER.format(revision=revision).encode()})
    report = told(capsys, "tree", "tune-lab/tune")
    assert node(report)["license"]["expression"] == "CC-BY-NC-4.0"
    assert "looser-than-upstream" in rules(report)
    assert "floating-revision" in rules(report)
    assert "revision" not in report["links"][0]


def test_a_revision_that_is_gone_is_a_gap_that_says_so(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    tune(hub, "tune-lab/tune", f"base-lab/base@{'f' * 40}")
    report = told(capsys, "tree", "tune-lab/tune")
    assert node(report)["gap"]["reason"] == "absent"
    assert f"revision {'f' * 40}" in node(report)["gap"]["detail"]
    assert any("not there as it is asked for" in one["message"] for one in report["findings"])
    assert main(["check", "tune-lab/tune", "-q", "--fail-on", "never"]) == 3


def test_two_links_and_two_revisions(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    tune(hub, "lab-a/a", f"base-lab/base@{old(hub, 1)}")
    tune(hub, "lab-b/b", f"base-lab/base@{old(hub, 0)}")
    front = {"license": "apache-2.0", "base_model": ["lab-a/a", "lab-b/b"]}
    readme = b"---\nlicense: apache-2.0\nbase_model: [lab-a/a, lab-b/b]\n---\n"
    hub.add("tune-lab/tune", card=front, files={"README.md": readme})
    report = told(capsys, "tree", "tune-lab/tune")
    read = node(report)["revision"]
    assert read == min(old(hub, 0), old(hub, 1))
    other = next(one for one in report["links"] if one["parent"] == "base-lab/base" and one["revision"] != read)
    assert any(f"read at revision {read}" in one["says"] for one in other["evidence"])
    assert hub.count("/api/models/base-lab/base") == 1
    assert "floating-revision" in rules(report)


def test_a_lock_holds_the_pin_and_the_head_may_move(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    tune(hub, "tune-lab/tune", f"base-lab/base@{old(hub)}")
    assert main(["lock", "tune-lab/tune", "-q"]) == 0
    assert f'pin = "{old(hub)}"' in Path("licscan.lock").read_text(encoding="utf-8")
    assert main(["diff", "-q"]) == 0
    capsys.readouterr()
    del base(hub).past[old(hub)]
    assert main(["diff", "-q"]) == 1
    assert "absent" in capsys.readouterr().out


def test_a_recording_keeps_the_pinned_revision(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    tune(hub, "tune-lab/tune", f"base-lab/base@{old(hub)}")
    assert main(["record", "tune-lab/tune", "kept", "-q"]) == 0
    report = told(capsys, "tree", "tune-lab/tune", "--from", "kept")
    assert node(report)["revision"] == old(hub)
    assert report["complete"]


def test_offline_another_revision_warns_and_clears_nobody(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    tune(hub, "tune-lab/tune", "base-lab/base")
    told(capsys, "tree", "tune-lab/tune")
    folder = Path("mine")
    folder.mkdir()
    (folder / "README.md").write_bytes(card(license="apache-2.0", base_model=f"base-lab/base@{old(hub)}"))
    report = told(capsys, "tree", "./mine", "--offline")
    assert not report["complete"]
    assert any(one["place"] == "revision" for one in report["gaps"])
    assert "looser-than-upstream" in rules(report)
    assert report["verdict"] != "clear"


def test_the_history_of_a_pinned_base_is_that_of_its_repository(
    hub: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    tune(hub, "tune-lab/tune", f"base-lab/base@{old(hub)}")
    history = told(capsys, "tree", "tune-lab/tune", "--history")["history"][0]
    assert (history["id"], history["commits"], history["reachable"]) == ("base-lab/base", 3, True)
    alone = told(capsys, "tree", f"base-lab/base@{old(hub, 1)}", "--history")
    assert alone["subject"]["revision"] == old(hub, 1)
    assert (alone["history"][0]["commits"], alone["history"][0]["reachable"]) == (3, True)
    dated = told(capsys, "tree", "base-lab/base", "--history", "--at", "2025-01-01")
    assert dated["history"][0]["reachable"] is True
    gone = old(hub, 0)
    base(hub).commits = base(hub).commits[:1]
    lost = told(capsys, "tree", "tune-lab/tune", "--history")
    assert lost["history"][0]["reachable"] is True  # from the cache: a history of a commit never changes
    base(hub).info["sha"] = base(hub).sha = base(hub).commits[0]["id"] = "f" * 40
    lost = told(capsys, "tree", "tune-lab/tune", "--history")
    assert node(lost)["revision"] == gone
    assert lost["history"][0]["reachable"] is False
    assert "unreachable-pin" in rules(lost)

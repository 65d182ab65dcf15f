"""`licscan lock`, `licscan diff` and `licscan check` over recordings, before and after something changed in law."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from licscan.cli.main import main

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
SUBJECT = "armghan23/testing_model"
BASE = "models/meta-llama/Llama-3.1-8B/info.json"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a recording `then` and a copy `now` that may be changed, and a lock of `then`."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    monkeypatch.chdir(tmp_path)
    for name in ("then", "now"):
        shutil.copytree(GOLDEN / "llama-chain" / "hub", tmp_path / name)
    assert main(["lock", SUBJECT, "--from", "then", "-q"]) == 3  # the cards of gated models were not read
    return tmp_path


def change(world: Path, how: Callable[[dict[str, Any]], None], file: str = BASE) -> None:
    path = world / "now" / file
    said = json.loads(path.read_text(encoding="utf-8"))
    how(said["info"])
    path.write_text(json.dumps(said), encoding="utf-8")


def relicense(info: dict[str, Any]) -> None:
    info["revision"] = "f" * 40
    info["card"] = {"license": "llama3.2"}
    info["tags"] = ["license:llama3.2"]


def diff(world: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, list[dict[str, Any]]]:
    code = main(["diff", "--from", str(world / "now"), "-f", "json", "-q", *more])
    return code, json.loads(capsys.readouterr().out)["changes"]


def test_the_lock_names_what_was_seen(world: Path) -> None:
    lock = (world / "licscan.lock").read_text(encoding="utf-8")
    for word in ("version = 1", f'subject = "{SUBJECT}"', 'keys = ["llama3.1"]', 'gated = "manual"', "Meta Platforms"):
        assert word in lock


def test_nothing_changed(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(world, capsys) == (0, [])
    assert main(["diff", "--from", "now", "-q"]) == 0
    assert "nothing changed in law" in capsys.readouterr().out


def test_a_new_edition_leaves_out_a_region(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(world, relicense)
    code, (one, *_) = diff(world, capsys)
    assert code == 1
    assert (one["id"], one["direction"]) == ("meta-llama/Llama-3.1-8B", "region")
    assert "EU" in one["what"]
    assert one["evidence"]
    assert main(["diff", "--from", "now", "-q"]) == 1
    assert "region" in capsys.readouterr().out


def test_two_locks(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(world, relicense)
    assert main(["lock", SUBJECT, "--from", "now", "-q", "-o", "new.lock"]) == 3
    assert main(["diff", "licscan.lock", "new.lock", "-f", "json"]) == 1
    assert {one["direction"] for one in json.loads(capsys.readouterr().out)["changes"]} >= {"region"}


def test_two_recordings(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(world, relicense)
    assert main(["diff", "then", "now", "--subject", SUBJECT, "-f", "json", "-q"]) == 1
    assert any(one["direction"] == "region" for one in json.loads(capsys.readouterr().out)["changes"])
    assert main(["diff", "then", "now", "-q"]) == 2
    assert "--subject" in capsys.readouterr().err


def test_a_gate_that_opened(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(world, lambda info: info.update(gated="auto"))
    code, changes = diff(world, capsys)
    assert (code, [one["direction"] for one in changes]) == (0, ["looser"])


def test_a_repository_that_is_gone(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(world / "now" / "models/meta-llama/Llama-3.1-8B")
    code, changes = diff(world, capsys)
    assert code == 1
    assert [one["id"] for one in changes] == ["meta-llama/Llama-3.1-8B"]


def test_check_fails_on_drift(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(world, relicense)
    findings = []
    for recording, territory in (("then", "KR"), ("now", "KR"), ("now", "EU")):
        main(["check", SUBJECT, "--from", recording, "--territory", territory, "-f", "json", "-q"])
        told = json.loads(capsys.readouterr().out)["findings"]
        findings.append([one["severity"] for one in told if one["rule"] == "license-changed"])
    assert findings == [[], ["high"], ["critical"]]


def test_a_lock_takes_the_floating_revision_away(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for extra, expected in (([], 0), (["--lock", "nowhere.lock"], 2)):
        code = main(["tree", SUBJECT, "--from", "then", "-f", "json", "-q", *extra])
        assert code == expected
        out = capsys.readouterr()
        if not expected:
            assert "floating-revision" not in out.out
    (world / "licscan.lock").unlink()
    main(["tree", SUBJECT, "--from", "then", "-f", "json", "-q"])
    assert "floating-revision" in capsys.readouterr().out


def test_a_broken_lock_is_said_in_one_sentence(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = world / "licscan.lock"
    path.write_text(path.read_text(encoding="utf-8").replace("manual", "auto"), encoding="utf-8")
    for command in (["check", SUBJECT, "--from", "then", "-q"], ["diff", "--from", "now", "-q"]):
        assert main(command) == 2
        err = capsys.readouterr().err
        assert "does not match its checksum" in err
        assert "Traceback" not in err
    assert main(["lock", SUBJECT, "--from", "then", "-q"]) == 3  # the cards of gated models were not read


def test_another_subject_s_lock_is_refused(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "meta-llama/Llama-3.1-8B", "--lock", "licscan.lock", "--from", "then", "-q"]) == 2
    assert f"is the lock of {SUBJECT}" in capsys.readouterr().err


def test_the_archive_holds_the_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    model = tmp_path / "model"
    model.mkdir()
    (model / "README.md").write_text("---\nlicense: other\nlicense_name: ours\n---\n# Ours\n", encoding="utf-8")
    words = b"You may use this model on Tuesdays only, and never on a boat of any kind.\r\n"
    (model / "LICENSE").write_bytes(words)
    assert main(["lock", "./model", "--archive", "texts", "--offline", "-q"]) == 0
    (stored,) = (tmp_path / "texts").iterdir()
    assert stored.read_bytes() == words
    assert stored.name in (tmp_path / "licscan.lock").read_text(encoding="utf-8")
    assert main(["diff", "--offline", "-q"]) == 0
    (model / "LICENSE").write_bytes(words.replace(b"Tuesdays", b"Wednesdays"))
    assert main(["diff", "--offline", "-q"]) == 1

"""The door: exit codes, one sentence for each mistake, nothing lost, nothing half-written."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from licscan import scan
from licscan.cli.main import main
from licscan.sources.layered import open_hub

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
STORY = GOLDEN / "whisper" / "hub"
SUBJECT = "gcasey2/whisper-large-v3-ko-en-v2"


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize(
    "words",
    ["", " ", "a b", "org/model/more", "-/x", "org/..", "org/mo--del", "org/model.git", "org/model@a b", "x" * 200],
)
def test_a_malformed_name_is_asked_wrongly(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", "--offline", "--", words]) == 2
    assert complaint(capsys).startswith("licscan: ")


@pytest.mark.parametrize("words", ["./nowhere", "/nowhere/at/all", "~/nowhere-at-all"])
def test_a_folder_that_is_not_there(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", "--offline", words]) == 2
    assert "does not exist" in complaint(capsys)


@pytest.mark.parametrize(
    "words",
    [
        "https://huggingface.co/datasets/org/data",
        "https://example.com/org/model",
        "ftp://huggingface.co/org/model",
    ],
)
def test_an_address_that_leads_to_no_model(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", "--offline", words]) == 2
    assert "licscan: " in complaint(capsys)


def test_an_address_on_the_hub(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", f"https://huggingface.co/{SUBJECT}", "--from", str(STORY)]) == 0
    assert f"\n{SUBJECT}\n" in capsys.readouterr().out


def test_no_recording_no_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", SUBJECT, "--from", str(tmp_path / "none")]) == 3
    assert "recording" in complaint(capsys)


def test_a_recording_cut_in_half(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "hub"
    shutil.copytree(STORY, broken)
    info = broken / "models" / "openai" / "whisper-large-v3" / "info.json"
    info.write_bytes(info.read_bytes()[: info.stat().st_size // 2])
    assert main(["check", SUBJECT, "--from", str(broken), "-f", "json"]) == 3
    report = json.loads(capsys.readouterr().out)
    assert not report["complete"]
    assert [gap["reason"] for gap in report["gaps"]] == ["malformed"]


def test_offline_and_never_seen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", "--offline", "nobody/has-seen-this"]) == 3
    assert "offline" in complaint(capsys)


def test_no_network(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert main(["tree", SUBJECT]) == 3
    assert "127.0.0.1" in complaint(capsys)


def test_a_whole_file_or_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "missing" / "report.json"
    assert main(["tree", SUBJECT, "--from", str(STORY), "-f", "json", "-o", str(target)]) == 2
    assert "cannot be written" in complaint(capsys)
    assert not target.parent.exists()
    assert main(["tree", SUBJECT, "--from", str(STORY), "-f", "json", "-o", str(tmp_path / "report.json")]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_an_unknown_option_is_asked_wrongly(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", SUBJECT, "--no-such-option"]) == 2
    assert "no-such-option" in complaint(capsys)


@pytest.mark.parametrize(
    "option", [["--territory", "Korea"], ["--home", "K1"], ["--at", "yesterday"], ["--use", "fun"]]
)
def test_a_value_that_means_nothing(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", SUBJECT, "--from", str(STORY), *option]) == 2
    assert option[1] in complaint(capsys)


def test_the_guards_are_gaps(capsys: pytest.CaptureFixture[str]) -> None:
    for guard in (["--depth", "0"], ["--max-nodes", "1"]):
        assert main(["check", SUBJECT, "--from", str(STORY), "-f", "json", *guard]) == 3
        report = json.loads(capsys.readouterr().out)
        assert [gap["reason"] for gap in report["gaps"]] == ["truncated", "too-deep"]
        assert guard[0] in report["gaps"][0]["detail"]


def test_findings_at_the_threshold(capsys: pytest.CaptureFixture[str]) -> None:
    merge = [str(GOLDEN / "merge" / "hub"), "--fail-on"]
    subject = "Youlln/1PARAMMYL-8B-ModelStock"
    assert main(["tree", subject, "--from", *merge, "low"]) == 1
    assert main(["tree", subject, "--from", *merge, "never"]) == 0
    capsys.readouterr()


def test_a_version_of_program_and_knowledge(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert "knowledge" in capsys.readouterr().out


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert "--preset" in capsys.readouterr().out


def test_an_unpublished_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "README.md").write_text("---\nlicense: mit\nbase_model: openai/whisper-large-v3\n---\n# Mine\n")
    assert main(["tree", str(folder), "--from", str(STORY), "-f", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["subject"] == {"id": str(folder), "kind": "path", "revision": report["subject"]["revision"]}
    assert {node["id"]: node["source"] for node in report["nodes"]} == {
        str(folder): "path",
        "openai/whisper-large-v3": "recording",
    }


def test_an_empty_folder_is_asked_wrongly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path), "--offline"]) == 2
    assert "holds no model at its root" in complaint(capsys)


def test_the_api_is_typed_and_small() -> None:
    report = scan(SUBJECT, hub=open_hub(recording=STORY))
    assert report.subject == SUBJECT
    assert [link.parent for link in report.lineage.links] == ["openai/whisper-large-v3"]


def test_python_dash_m() -> None:
    command = [sys.executable, "-m", "licscan", "tree", SUBJECT, "--from", str(STORY)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"\n{SUBJECT}\n" in done.stdout
    assert done.stderr == ""

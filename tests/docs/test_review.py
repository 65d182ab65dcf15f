"""`licscan review` and `licscan notice` on a recording: everything, at once, offline, in two languages."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from licscan.cli.main import main

STORY = Path(__file__).resolve().parents[1] / "golden" / "llama-chain"
SUBJECT = "armghan23/testing_model"
FILES = {
    "report.html",
    "report.md",
    "report.json",
    "findings.sarif",
    "findings.csv",
    "lineage.csv",
    "bom.cdx.json",
    "bom-1.7.cdx.json",
    "bom.spdx.json",
    "questions.md",
    "policy.toml",
    "NOTICE",
    "NOTICE.todo.md",
    "SHA256SUMS",
}


def review(folder: Path, *words: str) -> int:
    return main(["review", SUBJECT, "--from", str(STORY / "hub"), "-o", str(folder), *words])


@pytest.fixture(autouse=True)
def fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795500000")


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_is_whole_and_the_same_every_time(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    assert review(one) == review(two) == 0
    files = content(one)
    assert set(files) >= FILES
    assert files == content(two)
    for line in files["SHA256SUMS"].decode().splitlines():
        hashed, path = line.split("  ")
        assert sha256(files[path]).hexdigest() == hashed
    json.loads(files["report.json"])
    json.loads(files["findings.sarif"])
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_the_draft_policy_is_a_policy_before_and_after_its_signs_are_taken_away(tmp_path: Path) -> None:
    from licscan.config import load_policy

    assert review(tmp_path / "out") == 0
    draft = (tmp_path / "out" / "policy.toml").read_text(encoding="utf-8")
    load_policy(tmp_path / "out" / "policy.toml", None)
    undone = tmp_path / "undone.toml"
    undone.write_text("".join(line.removeprefix("# ") for line in draft.splitlines(keepends=True)), encoding="utf-8")
    assert load_policy(undone, None).waivers


def test_it_writes_over_its_own_work_and_over_nobody_elses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "out"
    assert review(folder) == 0
    assert review(folder) == 0
    (folder / "questions.md").write_text("answered by counsel", encoding="utf-8")
    assert review(folder) == 2
    assert "questions.md" in capsys.readouterr().err
    assert (folder / "questions.md").read_text(encoding="utf-8") == "answered by counsel"
    assert review(folder, "--force") == 0
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    assert review(folder) == 2
    assert review(folder, "--force") == 0
    assert (folder / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert review(tmp_path / "file") == 2
    assert review(tmp_path / "file" / "below") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_korean_all_the_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert review(tmp_path / "out", "--lang", "ko") == 0
    for name in ("report.html", "report.md", "questions.md"):
        assert "라이선스" in (tmp_path / "out" / name).read_text(encoding="utf-8"), name
    assert "고지문" in (tmp_path / "out" / "NOTICE.todo.md").read_text(encoding="utf-8")
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert "findings" in report, "keys stay English"
    assert review(tmp_path / "no", "--lang", "xx") == 2
    assert "there is no language 'xx'" in capsys.readouterr().err


def test_notice_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["notice", SUBJECT, "--from", str(STORY / "hub")]
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.out.startswith("testing_model\n")
    assert "Llama 3.1 Community License" in said.out
    assert "lacks “Llama”" in said.err
    assert main([*words, "-o", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "NOTICE").read_text(encoding="utf-8") == said.out

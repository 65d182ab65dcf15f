"""Folders that a careless user points at, and folders that somebody prepared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from licscan.cli.main import main


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON report of one command."""
    code = main([*words, "--offline", "-f", "json"])
    said = capsys.readouterr()
    assert said.out, said.err
    report: dict[str, Any] = json.loads(said.out)
    return code, report


@pytest.mark.parametrize("verb", ["tree", "check"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", b"{"),
        ("config.json", b"\0\1\2"),
        ("adapter_config.json", b"[]"),
        ("mergekit_config.yml", b"a: &a [*a, *a"),
        ("LICENSE", b""),
        ("LICENSE", b"\0" * 100),
        ("README.md", b"---\nlicense: [\n---\n"),
    ],
)
def test_a_malformed_file_is_a_gap_of_the_folder(
    verb: str, name: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Mine\n")
    (folder / name).write_bytes(content)
    code, report = told(capsys, verb, str(folder))
    assert code in ({0} if verb == "tree" else {1, 3})
    assert report["complete"] is False
    (gap,) = report["gaps"]
    assert gap["id"] == str(folder)
    assert name in gap["detail"]


def test_a_release_is_not_allowed_over_what_nobody_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# Mine\n")
    _, whole = told(capsys, "check", str(tmp_path), "--release-as", "MIT")
    assert whole["release"]["allowed"] is True
    (tmp_path / "config.json").write_bytes(b"{")
    code, spoilt = told(capsys, "check", str(tmp_path), "--release-as", "MIT")
    assert (code, spoilt["verdict"]) == (3, "unknown")
    assert spoilt["release"]["allowed"] is None
    assert spoilt["release"]["suggested"] == []
    waiver = f'[[waive]]\nrule = "unseen-upstream"\nrepo = "{tmp_path}"\nreason = "read by hand"\n'
    (tmp_path / "mine.toml").write_text(waiver)
    code, accepted = told(
        capsys, "check", str(tmp_path), "--release-as", "MIT", "--policy", str(tmp_path / "mine.toml")
    )
    assert accepted["release"]["allowed"] is True
    assert code == 0

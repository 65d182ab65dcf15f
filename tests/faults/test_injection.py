"""Hostile names and cards stay text in every format, in a terminal and in every reader of ours."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from licscan.cli.main import main

EVIL = (
    "\x1b[31mred\x1b]8;;http://evil\x07 \u202eliver\u2066 <script>alert(1)</script> "
    '"] --> `x` | =cmd() \r\n\t\x9b31m \U0001f600'
)
SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]")
FORMATS = ("tree", "json", "sarif", "html", "markdown", "cyclonedx", "spdx", "mermaid", "dot", "csv")


@pytest.fixture(scope="module", params=["plain", 'na\x1b[31mme\u202e<script>"]`=\n'])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder in which everything that can be named is named by an enemy."""
    made = tmp_path_factory.mktemp("hostile") / str(request.param)
    made.mkdir()
    card = {
        "license": "other",
        "license_name": EVIL,
        "license_link": f"https://evil.example/{EVIL}",
        "base_model": [EVIL, "=cmd()/x", "../../etc/passwd", 'a/b"]'],
        "datasets": [EVIL],
        "tags": [EVIL, 3, None],
        "language": EVIL,
    }
    part = {
        "model_type": EVIL,
        "_name_or_path": EVIL,
        "architectures": [EVIL],
        "auto_map": {"AutoModel": f"{EVIL}--m.C"},
    }
    # JSON is YAML.
    front = json.dumps(card, ensure_ascii=False)
    (made / "README.md").write_text(f"---\n{front}\n---\n# {EVIL}\nfine-tuned from {EVIL}\n")
    (made / "config.json").write_text(json.dumps({**part, "vision_config": part}))
    (made / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": EVIL}))
    (made / "mergekit_config.yml").write_text(json.dumps({"merge_method": EVIL, "models": [{"model": EVIL}]}))
    (made / "LICENSE").write_text(f"{EVIL}\n" * 30)
    (made / "LICENSE-\x1b[31m<script>\u202e.txt").write_text(EVIL)
    (made / "NOTICE").write_text(f"Copyright 2024 {EVIL}\nbased on a/b {EVIL}\n")
    (made / "modeling_x.py").write_text(f"# Copyright 2024 {EVIL}\n# adapted from https://github.com/a/b\n")
    return made


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_words_stay_text(form: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", str(folder), "--offline", "-f", form]) == 0
    said = capsys.readouterr()
    assert not SHOWN.search(said.out)
    assert not SHOWN.search(said.err)
    if form in {"json", "sarif", "cyclonedx", "spdx"}:
        json.loads(said.out)
    if form == "json":
        assert any("<script>" in " ".join(node["license"]["declared"]) for node in json.loads(said.out)["nodes"])
    if form == "csv":
        cells = [cell for row in csv.reader(io.StringIO(said.out)) for cell in row if cell]
        assert not [cell for cell in cells if cell[0] in "=+-@\t\r"]
    if form == "html":
        assert "<script>alert" not in said.out
    if form == "mermaid":
        assert all(line.count('"') % 2 == 0 for line in said.out.splitlines())


def test_hostile_words_stay_text_in_errors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["identify", str(folder)], ["tree", f"{folder}/no\x1b[31mne"], ["tree", "a/\x1b[31m"]):
        assert main(words) in {2, 3}
        assert not SHOWN.search(capsys.readouterr().err)


def test_the_dossier_keeps_hostile_words_as_text(folder: Path, tmp_path: Path) -> None:
    assert main(["review", str(folder), "--offline", "-o", str(tmp_path / "out")]) == 0
    pages = [path for path in (tmp_path / "out").rglob("*") if path.is_file() and "licenses" not in path.parts]
    assert pages
    for path in pages:
        assert not SHOWN.search(path.read_text(encoding="utf-8")), path.name
    assert not [path for path in tmp_path.rglob("*") if "\x1b" in path.name]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp949"])
def test_a_terminal_of_another_encoding_is_no_fault_of_ours(encoding: str, folder: Path) -> None:
    command = [sys.executable, "-m", "licscan", "tree", str(folder), "--offline"]
    done = subprocess.run(command, env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode(encoding)


def test_a_name_that_is_no_utf_8(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / os.fsdecode(b"caf\xe9")
    made.mkdir()
    shutil.copy(__file__, made / os.fsdecode(b"modeling_\xff.py"))
    for form in FORMATS:
        assert main(["tree", str(made), "--offline", "-f", form]) == 0, capsys.readouterr().err
    output = tmp_path / "report.json"
    assert main(["tree", str(made), "--offline", "-f", "json", "-o", str(output)]) == 0
    json.loads(output.read_text(encoding="utf-8"))


def test_halves_of_characters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    half = r"\ud800"
    (tmp_path / "README.md").write_text(f'---\nlicense: other\nlicense_name: "{half}"\nbase_model: "a{half}"\n---\n')
    (tmp_path / "config.json").write_text(f'{{"_name_or_path": "{half}", "model_type": "{half}"}}')
    for form in FORMATS:
        assert main(["tree", str(tmp_path), "--offline", "-f", form]) == 0, capsys.readouterr().err
    assert main(["review", str(tmp_path), "--offline", "-o", str(tmp_path / "out")]) == 0
    assert main(["lock", str(tmp_path), "--offline", "-o", str(tmp_path / "licscan.lock")]) in {0, 3}

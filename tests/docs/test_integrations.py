"""The action, the GitLab template and the pre-commit hooks: their commands are real ones and do what they say."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from licscan.cli.main import build_parser, main

ROOT = Path(__file__).resolve().parents[2]
STORY = ROOT / "tests" / "golden" / "llama-chain" / "hub"


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("hook", load(".pre-commit-hooks.yaml"), ids=lambda hook: hook["id"])
def test_hooks_run_on_a_model_folder(hook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    words = shlex.split(hook["entry"])
    assert words[0] == "licscan"
    assert main([*words[1:], *hook["args"]]) in (0, 1)
    assert not hook["pass_filenames"]


def test_the_action_runs_its_own_script(tmp_path: Path) -> None:
    action = load("action.yml")
    step = action["runs"]["steps"][1]
    assert set(step["env"].values()) <= {f"${{{{ inputs.{name} }}}}" for name in action["inputs"]}, (
        "no input in a script"
    )
    assert "${{" not in step["run"], "an input inside a script would be code"
    program = tmp_path / "licscan"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m licscan "$@" --from {STORY}\n', encoding="utf-8")
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "SUBJECT": "armghan23/testing_model",
        "POLICY": "",
        "FAIL_ON": "never",
        "FORMAT": "sarif",
        "OUTPUT": "licscan.sarif",
        "DOSSIER": "dossier",
    }
    done = subprocess.run(
        ["/bin/bash", "-c", step["run"]], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 3), done.stderr
    assert (tmp_path / "licscan.sarif").stat().st_size > 100
    assert (tmp_path / "dossier" / "report.html").exists()


def test_the_gitlab_template_uses_commands_that_exist() -> None:
    script = load("templates/gitlab-ci.yml")["licscan"]["script"]
    commands = [shlex.split(line) for line in script if line.startswith("licscan ")]
    assert len(commands) == 2
    for words in commands:
        said = [word for word in words[1:] if word != "$LICSCAN_OPTIONS"]
        assert build_parser().parse_args(said).verb in ("review", "check")

"""The documentation is true: its commands exist, its links lead somewhere, its outputs are what the program prints."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from licscan.cli.main import build_parser

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
HAND_MADE = [page for page in PAGES if "docs/rules" not in str(page)]


def commands(page: Path) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    found = [re.search(r"(?:^|[ /])(licscan [a-z].*)$", line) for line in lines]
    return [match[1] for match in found if match]


def test_made_pages_and_shown_outputs_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/build_reference.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr + "run python scripts/build_reference.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", HAND_MADE, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_is_one(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands(page):
        code: object = 0
        try:
            build_parser().parse_args(shlex.split(command)[1:])
        except SystemExit as stop:
            code = stop.code
        assert not code, f"{command}: {capsys.readouterr().err}"


def test_every_part_of_the_documentation_is_reachable() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").rglob("*.md"):
        path = str(page.relative_to(ROOT / "docs"))
        if not path.startswith(("rules/", "decisions/")) and path != "README.md":
            assert f"({path})" in index, path

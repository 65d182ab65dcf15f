"""The versions that were tested: written down, used where the documentation says so, and inside the ranges."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]


def lowest() -> dict[str, Version]:
    """What `make lowest` installs, as its own script says it."""
    done = subprocess.run(
        [sys.executable, "scripts/lowest_versions.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    pairs = (line.split("==") for line in done.stdout.splitlines())
    return {canonicalize_name(name): Version(version) for name, version in pairs}


def constraints() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    for one in wanted:
        assert re.fullmatch(r"==[^,*]+", str(one.specifier)), f"{one}: one exact version, from the registry"
        assert one.url is None
    return {canonicalize_name(one.name): Version(str(one.specifier).removeprefix("==")) for one in wanted}


def test_every_dependency_is_pinned_within_its_range() -> None:
    pinned = constraints()
    floors = lowest()
    assert len(floors) > 30
    outside = {name: (str(floor), str(pinned.get(name))) for name, floor in floors.items() if pinned[name] < floor}
    assert not outside


def test_the_tested_versions_are_what_is_installed_by_the_documented_commands() -> None:
    install = "pip install -q -c constraints.txt -e '.[dev]'"
    for name in ("README.md", ".ci/run", "Makefile"):
        assert install in (ROOT / name).read_text(encoding="utf-8"), name


def test_the_ranges_are_not_capped() -> None:
    """A cap in `setup.cfg` would keep users from releases that nobody found wanting."""
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    table = text[text.index("install_requires =") : text.index("[mypy]")]
    assert not re.search(r"<|==|~=", table.replace(">=", ""))

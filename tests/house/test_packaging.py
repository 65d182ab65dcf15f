"""Wheel, sdist, editable install and plain checkout all find the data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASK = """
from licscan.files import data_folder
from licscan.knowledge import load
print(data_folder(), len(load().licenses))
"""


def build(kind: str, source: Path, into: Path) -> Path:
    """Build without isolation: what builds is a dependency of the tests already."""
    subprocess.run(
        [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", str(into), str(source)],
        check=True,
        capture_output=True,
    )
    return next(into.iterdir())


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git tracks, so that building leaves nothing in the working tree."""
    folder = tmp_path_factory.mktemp("checkout") / "licscan"
    kept = (
        "licscan",
        "data",
        "setup.py",
        "setup.cfg",
        "pyproject.toml",
        "MANIFEST.in",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
    )
    folder.mkdir()
    for name in kept:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def ask(python_path: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(python_path)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", ASK], env=environment, cwd="/", capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_plain_checkout_finds_its_data(checkout: Path) -> None:
    folder, count = ask(checkout).rsplit(" ", 1)
    assert folder == str(checkout / "data")
    assert int(count) > 100


def test_a_wheel_made_from_the_sdist_finds_its_data(checkout: Path, tmp_path: Path) -> None:
    sdist = build("sdist", checkout, tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    source = next((tmp_path / "unpacked").iterdir())
    wheel = build("wheel", source, tmp_path / "wheel")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    folder, count = ask(tmp_path / "installed").rsplit(" ", 1)
    assert folder == str(tmp_path / "installed" / "licscan" / "data")
    assert int(count) > 100


def test_the_editable_install_finds_its_data() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", ASK], cwd="/", capture_output=True, text=True, check=True)
    assert done.stdout.rsplit(" ", 1)[0] == str(ROOT / "data")

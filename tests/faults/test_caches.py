"""A cache that cannot be written, is damaged, or is filled by two runs at once costs time and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from licscan import scan
from licscan.cli.check import verdict
from licscan.cli.main import main
from licscan.errors import SourceError
from licscan.sources.cache import Cached, Store
from licscan.sources.catalog import Catalog
from licscan.sources.http import Live
from licscan.sources.layered import Layered
from licscan.sources.protocol import Hub
from licscan.sources.recorder import Recorder
from licscan.sources.recording import Recorded
from tests.faults.house import OUTCOMES, SUBJECTS, build
from tests.standin import StandIn


def _as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _as_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "junk": lambda path: path.write_bytes(b"\xff\xfe\0junk"),
    "table": lambda path: path.write_bytes(b"{}"),
    "changed": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"!"),
    "folder": _as_folder,
    "elsewhere": _as_link,
}


def gate(hub: Callable[[], Hub], subject: str) -> tuple[int, int, bool]:
    """How bad the verdict is, the exit code, and whether all was seen."""
    try:
        report = scan(subject, hub=hub())
    except SourceError:
        return OUTCOMES["unread"], 3, False
    return OUTCOMES[report.outcome.value], int(verdict(report, None)), not report.gaps


@pytest.mark.parametrize("kept", ["cache", "recording"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_damage_makes_a_verdict_better(subject: str, kept: str, tmp_path: Path) -> None:
    whole, spoilt = tmp_path / "whole", tmp_path / "spoilt"
    with StandIn() as server:
        build(server)
        url, live = server.url, Live(server.url, workers=1)
        if kept == "cache":
            scan(subject, hub=Cached(live, Store(url, whole)))
        else:
            with Recorder(live, whole, [subject]) as hub:
                scan(subject, hub=hub)

    def opened(folder: Path) -> Hub:
        return Recorded(folder) if kept == "recording" else Layered(Cached(None, Store(url, folder)), Catalog())

    worth, code, complete = gate(lambda: opened(whole), subject)
    assert complete
    for path in sorted(one.relative_to(whole) for one in whole.rglob("*") if one.is_file()):
        for name, damage in DAMAGE.items():
            shutil.rmtree(spoilt, ignore_errors=True)
            shutil.copytree(whole, spoilt)
            damage(spoilt / path)
            now = gate(lambda: opened(spoilt), subject)
            assert now[0] >= worth, (path, name)
            assert now[1] != 0 or code == 0, (path, name)
            # What no run reads any more may be gone without a word; then nothing at all is different.
            assert not now[2] or (name == "gone" and now == (worth, code, complete)), (path, name)


def test_a_cache_that_cannot_be_written_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    with StandIn() as hub:
        build(hub)
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("LICSCAN_CACHE", str(tmp_path / "file"))
        assert main(["tree", "q/derived", "-f", "json"]) == 0
        said = capsys.readouterr()
        assert json.loads(said.out)["complete"] is True
        assert str(tmp_path / "file") in said.err
        assert main(["tree", "q/derived", "-f", "json", "-q"]) == 0
        assert capsys.readouterr().err == ""


def test_two_runs_fill_one_cache(tmp_path: Path) -> None:
    with StandIn(latency=0.01) as hub:
        build(hub)
        environment = {
            **os.environ,
            "HF_ENDPOINT": hub.url,
            "LICSCAN_CACHE": str(tmp_path),
            "SOURCE_DATE_EPOCH": "1700000000",
        }
        command = [sys.executable, "-m", "licscan", "tree", "a/adapter", "-f", "json"]
        runs = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(2)]
        said = [run.communicate(timeout=60)[0] for run in runs]
    assert said[0] == said[1]
    assert not list(tmp_path.rglob("*.part"))
    again = subprocess.run([*command, "--offline"], env=environment, capture_output=True, check=True)
    assert again.stdout.replace(b'"source": "cache"', b'"source": "hub"') == said[0]

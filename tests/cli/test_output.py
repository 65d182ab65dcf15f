"""Where a report may be put: plain files whole or not at all, devices and pipes written into, links kept."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from licscan.cli.main import main
from licscan.cli.output import write
from licscan.errors import OutputError

STORY = Path(__file__).resolve().parent.parent / "golden" / "whisper" / "hub"
SUBJECT = "gcasey2/whisper-large-v3-ko-en-v2"
TREE = ["tree", SUBJECT, "--from", str(STORY), "-f", "json", "-q"]


def refused(place: Path, says: str) -> None:
    with pytest.raises(OutputError, match=says) as caught:
        write("words\n", place)
    assert str(place) in caught.value.message
    assert caught.value.hint


def test_a_link_stays_a_link_and_its_target_is_written(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "report.json"
    target.parent.mkdir()
    target.write_text("old\n", encoding="utf-8")
    link = tmp_path / "link"
    link.symlink_to(Path("deep") / "report.json")
    write("new\n", link)
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "new\n"
    assert [path.name for path in target.parent.iterdir()] == ["report.json"]


def test_a_link_that_leads_to_nothing_yet(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("later.json")
    write("new\n", link)
    assert link.is_symlink()
    assert (tmp_path / "later.json").read_text(encoding="utf-8") == "new\n"


def test_links_that_lead_nowhere_are_refused(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("missing/report.json")
    refused(link, "cannot be written")
    loop = tmp_path / "loop"
    loop.symlink_to("loop")
    refused(loop, "cannot be written")
    assert loop.is_symlink()


def test_the_null_device_takes_all_and_stays() -> None:
    before = Path("/dev/null").stat()
    assert main([*TREE, "-o", "/dev/null"]) == 0
    assert Path("/dev/null").stat().st_rdev == before.st_rdev


def test_a_full_device_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*TREE, "-o", "/dev/full"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("licscan: /dev/full cannot be written: No space left")


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_standard_output_by_its_name(name: str, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "0"}
    for words, place in (([], plain), (["-o", name], tmp_path / "named")):
        with place.open("wb") as out:
            subprocess.run([sys.executable, "-m", "licscan", *TREE, *words], stdout=out, env=environment, check=True)
    assert (tmp_path / "named").read_bytes() == plain.read_bytes() != b""


def test_a_pipe_that_the_shell_opened(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as pipe:
        write("through\n", Path(f"/dev/fd/{writer}"))
        os.close(writer)
        assert pipe.read() == b"through\n"
    refused(Path(f"/dev/fd/{writer}"), "Bad file descriptor")
    refused(Path("/dev/fd/x"), "cannot be written")


def test_a_named_pipe_that_nobody_reads_does_not_hold_the_run(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    refused(pipe, "nobody reads")
    assert pipe.is_fifo()


def _folder(place: Path) -> Path:
    (place / "out").mkdir()
    return place / "out"


def _socket(place: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(place / "socket"))
    return place / "socket"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_folder, "a folder"),
        (_socket, "a socket"),
        (lambda _: Path(), "a folder"),
        (lambda _: Path("/"), "a folder"),
        (lambda _: Path(".."), "a folder"),
        (lambda place: place / ("x" * 300), "cannot be written"),
        (lambda place: place / "missing" / "x", "cannot be written"),
        (lambda _: Path("/proc/report.json"), "cannot be written"),
        (lambda _: Path("/sys/report.json"), "cannot be written"),
    ],
)
def test_what_is_no_place_for_a_file(make: Callable[[Path], Path], says: str, tmp_path: Path) -> None:
    refused(make(tmp_path), says)
    assert not list(tmp_path.rglob("*.part"))


def test_a_name_as_long_as_the_system_takes(tmp_path: Path) -> None:
    place = tmp_path / ("x" * 255)
    write("words\n", place)
    assert place.read_bytes() == b"words\n"


def test_a_clean_up_that_fails_does_not_hide_what_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that turned read-only refuses the removal of the draft, too."""
    place = tmp_path / "report"
    place.write_text("old\n", encoding="utf-8")

    def read_only(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "replace", read_only)
    monkeypatch.setattr(Path, "unlink", read_only)
    refused(place, "Read-only file system")
    assert place.read_text(encoding="utf-8") == "old\n"

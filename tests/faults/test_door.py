"""A careless user at the door: what cannot be meant is refused with exit 2, and nobody is shown a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from licscan.cli.main import main
from licscan.lineage import parse_subject
from tests.standin import Reply, StandIn

STORY = Path(__file__).parents[1] / "golden" / "whisper" / "hub"
SUBJECT = "gcasey2/whisper-large-v3-ko-en-v2"
TREE = [sys.executable, "-m", "licscan", "tree", SUBJECT, "--from", str(STORY)]


@pytest.mark.parametrize(
    "words",
    [
        ["tree", ""],
        ["tree", "a/b/c"],
        ["tree", "a b/c"],
        ["tree", "./no-such-folder", "--offline"],
        ["tree", "https://example.org/a/b"],
        ["tree", SUBJECT, "--release-as", "MIT AND ("],
        ["tree", SUBJECT, "--release-as", " "],
        ["tree", SUBJECT, "--territory", "Korea"],
        ["tree", SUBJECT, "--depth", "-1"],
        ["tree", SUBJECT, "--at", "yesterday"],
        ["tree", SUBJECT, "--lang", "xx"],
        ["tree", SUBJECT, "-o", "/no/such/folder/x"],
        ["check", SUBJECT, "--preset", "no-such"],
        ["explain", "no-such-thing"],
        ["frob"],
        [],
    ],
)
def test_what_cannot_be_meant(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from_story = ["--from", str(STORY)] if SUBJECT in words else []
    assert main([*words, *from_story]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert said.err


def test_a_folder_that_is_no_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", "/proc/self", "--offline"]) in {0, 3}
    assert "unexpected" not in capsys.readouterr().err


def test_the_main_branch_is_no_pin() -> None:
    for words in ("org/model@main", "https://huggingface.co/org/model/tree/main", "org/model"):
        assert parse_subject(words).revision is None
    assert parse_subject("org/model@v1").revision == "v1"


def test_a_full_disk_and_a_closed_stream() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(TREE, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "No space" in done.stderr
    assert "Traceback" not in done.stderr
    words = " ".join(f"'{word}'" for word in TREE)
    done = subprocess.run(f"{words} >&-", shell=True, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S602
    assert done.stderr == ""


def test_a_reader_that_leaves() -> None:
    words = " ".join(f"'{word}'" for word in [*TREE, "-f", "json"])
    done = subprocess.run(f"{words} | head -c 1", shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    assert (done.stdout, done.stderr) == ("{", "")


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    with StandIn() as hub:
        hub.add("org/model", card={"license": "mit"})
        hub.fail("/api/models/org/model", Reply(200, b"{}", wait=30))
        output = tmp_path / "out" / "report.json"
        output.parent.mkdir()
        environment = {**os.environ, "HF_ENDPOINT": hub.url, "LICSCAN_CACHE": str(tmp_path / "cache")}
        run = subprocess.Popen(
            [sys.executable, "-m", "licscan", "tree", "org/model", "-f", "json", "-o", str(output)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + 20
        while not hub.asked and time.monotonic() < until:
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=20)
    assert run.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert list(output.parent.iterdir()) == []

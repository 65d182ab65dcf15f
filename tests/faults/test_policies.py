"""A policy, a preset or a lock that is none: one clear sentence with file and place, exit 2, never a traceback."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licscan.cli.main import main
from licscan.config import load_policy
from licscan.config.read import Reader

STORY = Path(__file__).parents[1] / "golden" / "whisper" / "hub"
SUBJECT = "gcasey2/whisper-large-v3-ko-en-v2"
SPOILT = {
    "binary": bytes(range(256)),
    "nul": b'[use]\nhome = "\0"\n',
    "latin-1": '[use]\nfield = "caf\xe9"\n'.encode("latin-1"),
    "utf-16": '[use]\nhome = "KR"\n'.encode("utf-16"),
    "deep": b"a = " + b"[" * 50_000,
    "dots": b"a" + b".a" * 20_000 + b" = 1",
    "twice": b"[use]\n[use]\n",
    "page": b"<!DOCTYPE html>",
    "huge": b"# a comment\n" * 5_000_000,
    "unknown-key": b"[use]\nhoem = 'KR'\n",
    "unknown-preset": b'preset = "no-such-preset"\n',
}
TABLES = ("use", "fail", "severity", "licenses", "terms", "stance", "waive", "curate", "preset")
VALUES: st.SearchStrategy[object] = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8), st.just("*")),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=8), inner, max_size=2)),
    max_leaves=6,
)


@pytest.mark.parametrize("name", SPOILT)
@pytest.mark.parametrize("option", ["--policy", "--preset", "--lock"])
def test_a_file_that_is_none_is_named(
    name: str, option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(SPOILT[name])
    assert main(["check", SUBJECT, "--from", str(STORY), option, str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "mine.toml" in said.err
    assert "Traceback" not in said.err
    assert len(said.err.strip().splitlines()) <= 5


def test_a_mistake_is_named_by_its_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.toml"
    for words, place in (
        ("[use]\nhoem = 'KR'", "hoem"),
        ("preset = 'no-such'", "preset"),
        ("[fail]\non = 3", "fail.on"),
    ):
        file.write_text(words)
        assert main(["check", SUBJECT, "--from", str(STORY), "--policy", str(file)]) == 2
        assert place in capsys.readouterr().err


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(TABLES), VALUES, max_size=3))
def test_any_table_is_read_or_its_mistakes_are_named(said: dict[str, object]) -> None:
    reader = Reader(said)
    reader.policy("mine.toml")
    assert all(any(table in mistake for table in said) for mistake in reader.mistakes)


def _loop(place: Path) -> None:
    place.symlink_to(place.name)


def _socket(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(place))


UNREADABLE: dict[str, Callable[[Path], object]] = {
    "a link to nothing": lambda place: place.symlink_to("nowhere.toml"),
    "a link to a folder": lambda place: place.symlink_to("."),
    "a link in a circle": _loop,
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a socket": _socket,
    "a link to a device": lambda place: place.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("asked", ["found upward", "named"])
def test_a_policy_that_cannot_be_read_is_never_skipped(
    kind: str, asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "licscan.toml"
    UNREADABLE[kind](place)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    named = ["--policy", str(place)] if asked == "named" else []
    assert main(["check", SUBJECT, "--from", str(STORY), *named]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"licscan: {place} cannot be read: ")


def test_a_policy_behind_a_link_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real.toml").write_text('[fail]\non = "never"\n', encoding="utf-8")
    (tmp_path / "licscan.toml").symlink_to("real.toml")
    monkeypatch.chdir(tmp_path)
    assert load_policy().fail_on is None


def test_no_policy_anywhere_is_the_neutral_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_policy().file is None
    assert load_policy(Path(os.devnull)).preset == "neutral"


def test_a_policy_that_the_shell_hands_over(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, b'[fail]\non = "never"\n')
    os.close(writer)
    with os.fdopen(reader):
        assert load_policy(Path(f"/dev/fd/{reader}")).fail_on is None


def test_a_working_directory_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    here.rmdir()
    assert main(["check", SUBJECT, "--from", str(STORY)]) == 2
    assert "working directory" in capsys.readouterr().err

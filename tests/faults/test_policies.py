"""A policy, a preset or a lock that is none: one clear sentence with file and place, exit 2, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licscan.cli.main import main
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

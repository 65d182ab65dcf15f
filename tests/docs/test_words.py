"""Every sentence in every language: complete, with all its values, in the words of the field."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polib
import pytest

from licscan.core.text import text
from licscan.errors import UsageError
from licscan.words import check_language, languages, plural, say, word

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "data" / "locale").glob("*.po"))


def test_no_sentence_is_missing_stale_or_loses_a_value() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/extract_messages.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_korean_is_there() -> None:
    assert languages()[:2] == ("en", "ko")
    with pytest.raises(UsageError, match="there is no language 'xx'"):
        check_language("xx")


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("vision encoder", "비전 인코더"),
        ("restriction list", "제재 명단"),
        ("governing law", "준거법"),
        ("gated", "접근 제한(게이트)"),
        ("Lineage", "모델 계보"),
        ("unknown", "미확인"),
        ("Remedies", "시정 조치"),
    ],
)
def test_the_words_of_the_glossary(english: str, korean: str) -> None:
    assert word(english, "ko") == korean


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_revocable_and_terminable_are_kept_apart(path: Path) -> None:
    if path.stem != "ko":
        pytest.skip("a rule of Korean")
    for entry in polib.pofile(str(path), encoding="utf-8"):
        if "revocable" in entry.msgid and "irrevocable" not in entry.msgid:
            assert "해지" not in entry.msgstr, entry.msgid
        assert "중국산" not in entry.msgstr


def test_particles_follow_the_word_before_them() -> None:
    sentence = text("The link is taken to hold.")
    assert say(sentence, "ko") == "연결이 있는 것으로 봄."
    begins = text(
        "The name {name} lacks “{words}”, which {license} asks for (clause {clause}).", name="라마", words="별"
    )
    assert "라마에는" in say(begins, "ko")
    assert "“별”이 없음" in say(begins, "ko")
    assert "“라마”가 없음" in say(
        text("The name {name} lacks “{words}”, which {license} asks for (clause {clause}).", words="라마"), "ko"
    )


def test_a_value_that_looks_like_a_place_stays_what_it_is() -> None:
    assert say(text("{one} {two}", one="{two}", two="x")) == "{two} x"


def test_numbers_choose_their_form() -> None:
    assert plural("en", "{n} node", "{n} nodes", 1) == "1 node"
    assert plural("en", "{n} node", "{n} nodes", 1234) == "1,234 nodes"
    assert plural("ko", "{n} node", "{n} nodes", 1234) == "노드 1,234개"


def test_a_third_language_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from licscan import words

    (tmp_path / "locale").mkdir()
    (tmp_path / "locale" / "xx.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Lineage"\nmsgstr "Eganeil"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(words, "data_folder", lambda: tmp_path)
    assert words.languages() == ("en", "xx")
    assert words.word("Lineage", "xx") == "Eganeil"
    assert words.word("Duties", "xx") == "Duties", "English where the language lacks it"

"""The translation room: English sentences in, the reader's language out.

A language is one file, `data/locale/<lang>.po`; adding the file adds the language. The English template is the key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from licscan.core.text import Text
from licscan.errors import KnowledgeError, UsageError
from licscan.files import data_folder

SOURCE_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations of one language."""

    words: Mapping[tuple[str, str], str]
    """By context and English template."""
    plurals: Mapping[str, tuple[str, ...]]
    """By the English singular; a language may have one form (Korean) or several."""
    forms: int = 2
    """How many plural forms the language has."""


def languages() -> tuple[str, ...]:
    """Every language that output can be had in; English needs no file."""
    folder = data_folder() / "locale"
    return (SOURCE_LANGUAGE, *sorted(path.stem for path in folder.glob("*.po")))


def check_language(lang: str) -> str:
    """The language itself, if it can be had.

    Raises:
        UsageError: there is no such language.
    """
    if lang not in languages():
        raise UsageError(f"there is no language {lang!r}", f"choose one of {', '.join(languages())}")
    return lang


def say(sentence: Text, lang: str = SOURCE_LANGUAGE) -> str:
    """One sentence with its values filled in, in the reader's language."""
    if lang == SOURCE_LANGUAGE:
        return str(sentence)
    # A value may be a fixed phrase of ours ("an unknown publisher"); what is not in the catalogue stays as it is.
    values = tuple((name, word(value, lang) if isinstance(value, str) else value) for name, value in sentence.values)
    spoken = Text(sentence.template, values)
    return _finish(spoken.fill(word(sentence.template, lang), lambda value: say(value, lang)), lang)


def word(template: str, lang: str = SOURCE_LANGUAGE, context: str = "") -> str:
    """One word or sentence without values; English where a language lacks it."""
    if lang == SOURCE_LANGUAGE:
        return template
    words = _catalogue(lang).words
    return words.get((context, template)) or words.get(("", template)) or template


def plural(lang: str, one: str, many: str, number: int) -> str:
    """The form that goes with the number; `{n}` in it becomes the number."""
    if lang != SOURCE_LANGUAGE:
        forms = _catalogue(lang).plurals.get(one, ())
        if forms:
            form = forms[0] if len(forms) == 1 or number == 1 else forms[-1]
            return _finish(form.replace("{n}", grouped(number)), lang)
    return (one if number == 1 else many).replace("{n}", grouped(number))


def grouped(number: int) -> str:
    """A number in groups of three: 1,234,567."""
    return f"{number:,}"


@cache
def _catalogue(lang: str) -> Catalogue:
    import polib  # slow to import and not needed for English

    path = data_folder() / "locale" / f"{check_language(lang)}.po"
    try:
        entries = polib.pofile(str(path), encoding="utf-8")
    except (OSError, ValueError) as error:
        raise KnowledgeError(f"data/locale/{lang}.po cannot be read: {error}", "install licscan again") from error
    words: dict[tuple[str, str], str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        if entry.obsolete:
            continue
        if entry.msgid_plural:
            plurals[entry.msgid] = tuple(text for _, text in sorted(entry.msgstr_plural.items()) if text)
        elif entry.msgstr:
            words[entry.msgctxt or "", entry.msgid] = entry.msgstr
    return Catalogue(MappingProxyType(words), MappingProxyType(plurals))


def _finish(sentence: str, lang: str) -> str:
    return _settle_particles(sentence) if lang == "ko" else sentence


# Korean particles take one of two forms, by whether the word before them ends in a consonant. A translator writes both.
_PARTICLE = re.compile(r"(\S)(['\"’”)\]`]?)(을\(를\)|은\(는\)|이\(가\)|과\(와\)|\(으\)로)")
_DIGIT_ENDS = {"0": "m", "1": "l", "3": "m", "6": "k", "7": "l", "8": "l", "2": "", "4": "", "5": "", "9": ""}
_FORMS = {
    "을(를)": ("을", "를"),
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "과(와)": ("과", "와"),
    "(으)로": ("으로", "로"),
}


def _settle_particles(sentence: str) -> str:
    return _PARTICLE.sub(_one_particle, sentence)


def _one_particle(found: re.Match[str]) -> str:
    letter, quote, particle = found.groups()
    ending = _ending(letter)
    if ending is None:
        return found[0]  # a Latin word: how it is read aloud is not known, so both forms stay
    closed, opened = _FORMS[particle]
    takes_open = ending == "" or (particle == "(으)로" and ending == "l")
    return f"{letter}{quote}{opened if takes_open else closed}"


def _ending(letter: str) -> str | None:
    """The final consonant of a syllable or digit: empty for none, `l` for ㄹ, None where it cannot be known."""
    if "가" <= letter <= "힣":
        final = (ord(letter) - ord("가")) % 28
        return "" if final == 0 else "l" if final == 8 else "k"
    return _DIGIT_ENDS.get(letter)

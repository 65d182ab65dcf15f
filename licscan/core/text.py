"""Sentences for people, kept apart from their values so that they can be translated later."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence: an English template with `{name}` places, and the values that go there.

    The template is the key under which a translation is looked up, so it must be a literal in the code.
    """

    template: str
    values: tuple[tuple[str, str | Text], ...] = ()
    """A value may be a sentence of its own, which is translated with the whole."""
    _said: str = field(default="", init=False, compare=False, repr=False)
    """The sentence in English, once somebody asked for it: findings are sorted by it, then shown."""

    def __str__(self) -> str:
        if not self._said:
            object.__setattr__(self, "_said", self.fill(self.template))
        return self._said

    def fill(self, template: str, say: Callable[[Text], str] = str) -> str:
        """Put the values into `template`, which is this sentence's own or a translation of it by `say`."""
        if not self.values:
            return template
        values = {name: say(value) if isinstance(value, Text) else value for name, value in self.values}
        # One pass, so that a value which looks like a place stays what it is.
        return _PLACE.sub(lambda place: values.get(place[1], place[0]), template)


def text(template: str, **values: object) -> Text:
    """Make a `Text`; values other than sentences are turned into strings at once, so that it stays frozen."""
    return Text(
        template,
        tuple([(name, value if isinstance(value, Text) else str(value)) for name, value in values.items()]),
    )


def joined(sentences: Sequence[Text]) -> Text:
    """Several sentences as one, with semicolons between them."""
    if len(sentences) == 1:
        return sentences[0]
    # Halves of halves: thousands of sentences in a row would be nested too deep to be read.
    middle = len(sentences) // 2
    return text("{first}; {then}", first=joined(sentences[:middle]), then=joined(sentences[middle:]))


_KEPT = frozenset(" \n")
_INVISIBLE = frozenset(
    chr(code)
    for code in (
        *range(0x200B, 0x2010),  # zero-width and direction marks
        *range(0x2028, 0x202F),  # line separators, embeddings and overrides
        *range(0x2060, 0x2070),  # invisible operators and isolates
        0x061C,
        0x00AD,
        0xFEFF,
    )
)


_LOGIN = re.compile(r"(?<=//)[^/@\s]{1,500}+@")
_TOKEN = re.compile(r"\bhf_[A-Za-z0-9]{16,}+|(?<=Bearer )[^\s'\"]++", re.IGNORECASE)


def discreet(text: str) -> str:
    """Text without the secrets that it may hold: tokens of the Hub, and the user and password of an address."""
    return _TOKEN.sub("***", _LOGIN.sub("***@", text))


def harmless(text: str) -> str:
    """Text from outside, made safe to show: control and direction characters appear as escapes, not as themselves."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        letter if letter in _KEPT or (letter.isprintable() and letter not in _INVISIBLE) else f"\\u{ord(letter):04x}"
        for letter in text
    )

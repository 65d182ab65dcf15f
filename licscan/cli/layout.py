"""Lays out a page of plain text: titles, facts in two columns, wrapped paragraphs."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping

_WIDEST = 100
_NARROWEST = 40


class Page:
    """A page that is being written, in one language."""

    def __init__(self, language: str, words: Mapping[str, str]) -> None:
        self.language = language
        self._words = words
        self._lines: list[str] = []
        self._width = page_width()

    def either(self, english: str, korean: str) -> str:
        """The words in the language of the page."""
        return korean if self.language == "ko" else english

    def word(self, english: str) -> str:
        """A word of the table that the page was given."""
        return self._words.get(english, english) if self.language == "ko" else english

    def title(self, words: str) -> None:
        """The first line."""
        self._lines.append(words)

    def heading(self, words: str) -> None:
        """A heading, set off by an empty line."""
        self._lines += ["", words]

    def line(self, words: str) -> None:
        """One line as it is."""
        self._lines.append(words)

    def paragraph(self, words: str, indent: int = 2, hanging: int | None = None) -> None:
        """Words wrapped to the page; nothing for no words."""
        if words:
            first, rest = " " * indent, " " * (indent if hanging is None else hanging)
            self._lines += textwrap.wrap(
                words, self._width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
            )

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Names and values in two columns."""
        rows = [(self.word(name), value) for name, value in facts]
        broad = max((len(name) for name, _ in rows), default=0) + 2
        for name, value in rows:
            wrapped = textwrap.wrap(value, max(_NARROWEST, self._width - broad - 2), break_on_hyphens=False) or [""]
            self._lines += [f"  {name.ljust(broad)}{wrapped[0]}", *(" " * (broad + 2) + one for one in wrapped[1:])]

    def text(self) -> str:
        """The whole page, ending with a new line."""
        return "\n".join(one.rstrip() for one in self._lines) + "\n"


def page_width() -> int:
    """The terminal's width within reason; a pipe gets a fixed one, so that the same input gives the same bytes."""
    if not sys.stdout.isatty():
        return _WIDEST
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))


def number(value: float) -> str:
    """A figure with its thousands apart."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"

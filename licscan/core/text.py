"""Sentences for people, kept apart from their values so that they can be translated later."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """One sentence: an English template with `{name}` places, and the values that go there.

    The template is the key under which a translation is looked up, so it must be a literal in the code.
    """

    template: str
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.fill(self.template)

    def fill(self, template: str) -> str:
        """Put the values into `template`, which is this sentence's own or a translation of it."""
        filled = template
        for name, value in self.values:
            filled = filled.replace("{" + name + "}", value)
        return filled


def text(template: str, **values: object) -> Text:
    """Make a `Text`; the values are turned into strings at once, so that it stays frozen."""
    return Text(template, tuple((name, str(value)) for name, value in values.items()))

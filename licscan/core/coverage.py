"""What was looked at of a node, and what not: a verdict stands on what was read, so it has to say what that was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache


class Seen(StrEnum):
    """Whether one kind of thing was looked at."""

    READ = "read"
    ABSENT = "absent"
    """There is none, and that is known."""
    NOT_READ = "not-read"


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of one kind of thing of a node."""

    seen: Seen
    why: str = ""
    """Why it was not read."""

    def __str__(self) -> str:
        """As reports write it: `read`, `absent` or `not-read (why)`."""
        return f"{self.seen} ({self.why})" if self.why else str(self.seen)

    @property
    def is_missing(self) -> bool:
        """Whether nobody looked, so that it may say anything."""
        return self.seen is Seen.NOT_READ


READ, ABSENT = Look(Seen.READ), Look(Seen.ABSENT)


def not_read(why: str) -> Look:
    """Something that was not looked at."""
    return Look(Seen.NOT_READ, why)


NOT_ASKED = not_read("not asked for")


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at of one node."""

    card: Look
    """The card's metadata, in the repository or as the Hub read it."""
    card_text: Look
    """The text below the metadata."""
    licence_files: Look
    """Every file that by its name holds a licence or terms."""
    gate: Look
    """What has to be accepted before the files can be had."""
    notices: Look
    """Notices, attributions, use policies."""
    configs: Look
    """Configurations, adapters, recipes, arguments of training runs."""
    heads: Look
    """The heads of those weights files whose metadata can name where the weights come from."""
    listing: Look
    """The list of files: what is not listed is never looked for."""
    history: Look
    """The commits."""

    def items(self) -> Iterator[tuple[str, Look]]:
        """Each kind of thing with what is known of it, in the order of the report."""
        return ((one.name, getattr(self, one.name)) for one in fields(self))

    def missing(self, *, needed: bool = True) -> tuple[tuple[str, Look], ...]:
        """What was not looked at; with `needed` only that without which no verdict can be clear."""
        return tuple((name, look) for name, look in self.items() if look.is_missing and (name in NEEDED or not needed))


def by_reason(missing: Iterable[tuple[str, Look]]) -> dict[str, list[str]]:
    """The kinds of things that were not looked at, by the reason why."""
    found: dict[str, list[str]] = {}
    for kind, look in missing:
        found.setdefault(look.why, []).append(kind)
    return found


NEEDED = frozenset({"card", "card_text", "licence_files", "gate", "notices", "configs", "listing"})
"""What has to have been looked at before a node can be called clear."""


PLACE = "coverage"
"""The place of the gap that stands for what was not looked at, where no file's own gap does."""


@cache
def nothing_read(why: str) -> Coverage:
    """The coverage of a node of which nothing was read."""
    return Coverage(*(not_read(why) for _ in fields(Coverage)))

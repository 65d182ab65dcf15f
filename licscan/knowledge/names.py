"""What a name stands for: the Hub's licence ids, the names that cards use, and the addresses they link."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

_SPACES = re.compile(r"[\s_]+")
_UNDERSCORE_IN_VERSION = re.compile(r"(?<=\d)_(?=\d)")
_PREFIX = re.compile(r"^licen[sc]e:\s*")
_SUFFIXES = ("-license", "-licence", "-license-agreement", "-licence-agreement", "-agreement")
_LONGEST = 200
_SCHEME = re.compile(r"^https?://(www\.)?")


class Meaning(StrEnum):
    """How much a name settles."""

    EXACT = "exact"
    """One licence."""
    AMBIGUOUS = "ambiguous"
    """One of several; the text, a date or the repository's name may settle it."""
    FAMILY = "family"
    """A whole family of licences; only the text settles it."""
    NOTHING = "nothing"
    """The name says that the licence is not one of the list, or not known."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a name stands for."""

    meaning: Meaning
    keys: tuple[str, ...]
    """The licence, or every one that it may be."""
    usual: str | None = None
    """For an ambiguous name: the licence that it means unless something speaks against it."""
    dated: tuple[tuple[str, str], ...] = ()
    """For a name whose text was replaced in place: from which date it stood for which licence, oldest first.

    An empty key stands for a text that the knowledge does not have.
    """
    repos: tuple[tuple[str, str], ...] = ()
    """Beginnings of repository names (small letters) that settle an ambiguous name; after a `*`, any part of one."""
    note: str | None = None

    @property
    def key(self) -> str | None:
        """The licence, where the name means exactly one."""
        return self.keys[0] if self.meaning is Meaning.EXACT else None


def normalise(name: str) -> str:
    """Bring the spellings of one name together: letters, spaces, underscores, a leading `license:`."""
    small = _PREFIX.sub("", name[:_LONGEST].strip().lower())
    return _SPACES.sub("-", _UNDERSCORE_IN_VERSION.sub(".", small)).strip("-\"'")


def spellings(name: str) -> tuple[str, ...]:
    """The normalised name, then the name without a trailing word for "licence" or a leading "the"."""
    first = normalise(name)
    found = [first]
    for one in (first, first.removeprefix("the-")):
        found += [one, *(one.removesuffix(suffix) for suffix in _SUFFIXES)]
    return tuple(dict.fromkeys(one for one in found if one))


def bare_address(address: str) -> str:
    """An address without scheme, `www.`, query, fragment, Hub branch word and final slash, in small letters."""
    stripped = _SCHEME.sub("", unquote(address.strip()).lower()).split("#")[0].split("?")[0].rstrip("/. ")
    for word in ("/resolve/", "/raw/", "/tree/"):
        stripped = stripped.replace(word, "/blob/", 1)
    for ending in (".html", ".txt", ".md"):
        stripped = stripped.removesuffix(ending)
    return stripped


class NameBook:
    """Looks names up; made from the compiled index."""

    def __init__(self, index: Mapping[str, Any]) -> None:
        self._hub: Mapping[str, Any] = index["hub_ids"]
        self._names: Mapping[str, Any] = index["names"]
        self._links: Mapping[str, Any] = index["links"]

    @property
    def hub_ids(self) -> tuple[str, ...]:
        """Every licence id of the Hub, old ones too, in order."""
        return tuple(self._hub)

    def hub_id(self, id: str) -> Named | None:
        """What a licence id of the Hub means; None where the Hub never had it."""
        return _named(self._hub.get(normalise(id)))

    def alias(self, name: str) -> Named | None:
        """What a `license_name` means; None where nobody knows the name."""
        return next((found for one in spellings(name) if (found := _named(self._names.get(one)))), None)

    def link(self, address: str) -> Named | None:
        """What a `license_link` leads to, by its address alone; None where the address is not known."""
        bare = bare_address(address)
        if not bare or len(address) > _LONGEST * 5:
            return None
        while bare:
            if found := _named(self._links.get(bare)):
                return found
            bare = bare.rpartition("/")[0]
        return None


def _named(entry: Any) -> Named | None:
    if entry is None:
        return None
    if isinstance(entry, str):
        return Named(Meaning.EXACT, (entry,))
    return Named(
        Meaning(entry["means"]),
        tuple(entry.get("keys", ())),
        usual=entry.get("usual"),
        dated=tuple((str(start), str(key)) for start, key in entry.get("dated", ())),
        repos=tuple((str(start), str(key)) for start, key in entry.get("repos", ())),
        note=entry.get("note"),
    )

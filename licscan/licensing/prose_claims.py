"""A clause of a card, form or notice: which licence it names, and what it withholds without naming one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from licscan.core.license import Term
from licscan.knowledge import Knowledge
from licscan.knowledge.license_prose import license_prose
from licscan.knowledge.names import Meaning, Named

_LINK = re.compile(r"\[([^\[\]\n]{0,300}+)\]\(([^\[)\s]{0,500}+)[^\[)\n]{0,100}+\)")
_ADDRESS = re.compile(r"https?://[^\s)>\]\"'`|]{4,400}", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9+][A-Za-z0-9_.+\-]*(?:\[[A-Za-z0-9]+\])?|\[[A-Za-z0-9]+\]")
_MAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]{1,80}+@[\w.\-]{1,80}")
_EDGE = ".,:;!?\"'`*_"
_LONGEST_NAME = 9
"""Words of which a name may be made."""
_MOST_WORDS = 120


@dataclass(frozen=True, slots=True)
class Said:
    """What a clause comes to."""

    names: tuple[Named, ...] = ()
    restricts: tuple[tuple[Term, str], ...] = ()
    """What it withholds, by pattern: term and value."""
    unknown: str = ""
    """A name of a licence that nobody knows."""

    @property
    def is_empty(self) -> bool:
        """It says nothing of a licence and withholds nothing."""
        return not (self.names or self.restricts or self.unknown)


@lru_cache(maxsize=4096)
def understand(clause: str, knowledge: Knowledge) -> Said:
    """What one clause says of the licence: the names in it, and the restrictions that it is worded as."""
    words = license_prose()
    plain = _MAIL.sub("@", _ADDRESS.sub(" ", _LINK.sub(r"\1", clause)))
    restricts = tuple(dict.fromkeys((one.term, one.value) for one in words.restrictions(plain)))
    if not words.connector.search(clause):
        named = knowledge.alias(clause) or knowledge.hub_id(clause)
        return Said((named,) if named and named.keys else (), restricts)
    names = _without_loose(dict.fromkeys(_names(clause, knowledge)))
    if not names and (found := words.unknown.search(clause)):
        unknown = next(one for one in found.groups() if one)
        if words.unknown_signs.search(unknown):
            return Said((), restricts, unknown)
    return Said(names, restricts)


def _without_loose(names: Iterable[Named]) -> tuple[Named, ...]:
    """The names, without those of whole families of which a member is named beside them."""
    listed = tuple(names)
    exact = {key for one in listed if one.meaning is not Meaning.FAMILY for key in one.keys}
    return tuple(one for one in listed if one.meaning is not Meaning.FAMILY or not exact & set(one.keys))


def _names(clause: str, knowledge: Knowledge) -> Iterator[Named]:
    for found in (*_LINK.finditer(clause), *_ADDRESS.finditer(clause)):
        address = found[2] if found.re is _LINK else found[0].rstrip(".,;")
        named = knowledge.link(address) if "://" in address else None
        if named is not None and named.meaning is not Meaning.NOTHING:
            yield named
    plain = _ADDRESS.sub(" ", _LINK.sub(r"\1", clause))
    yield from _built(plain, knowledge)
    yield from _listed(plain, knowledge)


def _built(text: str, knowledge: Knowledge) -> Iterator[Named]:
    """Names that are put together of elements and a version."""
    for kind in license_prose().built:
        for found in kind.pattern.finditer(text):
            keys = kind.keys(found[0], knowledge.licenses.written)
            if keys:
                yield Named(Meaning.EXACT if len(keys) == 1 else Meaning.FAMILY, keys)


def _listed(text: str, knowledge: Knowledge) -> Iterator[Named]:
    """Names that the knowledge lists: the longest at each place."""
    words = [one[0].strip(_EDGE) for one in _WORD.finditer(text)][:_MOST_WORDS]
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
            named = _known(words[at : at + length], knowledge)
            if named is not None:
                yield named
                at += length - 1
                break
        at += 1


def _known(words: list[str], knowledge: Knowledge) -> Named | None:
    """What some words mean as the name of a licence; a word that is also the name of a model needs more than itself."""
    name = " ".join(words)
    if len(name) < 3 or not any(letter.isalnum() for letter in name):
        return None
    named = knowledge.alias(name)
    if named is None or named.meaning is Meaning.NOTHING or not named.keys:
        return None
    license = knowledge.licenses[named.keys[0]]
    says_license = bool(license_prose().license_word.search(name))
    if license.licensor is not None and not says_license:
        return None
    if len(words) == 1 and not says_license and not (name.isupper() or any(letter.isdigit() for letter in name)):
        return None
    bare = license_prose().license_word.sub("", name).lower().removeprefix("the ").strip(" -")
    editions = knowledge.editions(license.series) if license.series else ()
    if license.licensor is not None and bare in {license.series, license.family} and len(editions) > 1:
        # The name of a line of licences: which edition is meant stands elsewhere.
        return Named(Meaning.FAMILY, tuple(one.key for one in editions))
    return named

"""What is known of families of models, of well-known releases and of how people write names; opened lazily."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from licscan.core.ids import RepoId
from licscan.errors import KnowledgeError

_MARKS = re.compile(r"[\s\-_.]+")


@dataclass(frozen=True, slots=True)
class Release:
    """One repository that holds the part of a family, with the sizes by which its config differs from others."""

    repo: str
    sizes: Mapping[str, int]
    part: str = ""
    """The role, where this release speaks of another part than the family's usual one."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family of models that is built into others."""

    name: str
    orgs: tuple[str, ...]
    role: str
    types: tuple[str, ...]
    classes: tuple[str, ...]
    needs: Mapping[str, int]
    """Sizes that every release of the family has."""
    releases: tuple[Release, ...]
    backbone: bool = False
    """An architecture that many train from scratch: its name alone is no lineage."""
    part_only: bool = False
    """Its releases are parts (encoders, codecs) and no models of their own: beside others they make a composite."""


def squeezed(name: str) -> str:
    """A name without case and marks, so that spellings of one name are equal."""
    return _MARKS.sub("", name.lower())


class LineageBook:
    """The tables of `data/lineage`, each turned into what is asked for when it is first asked for."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self._tables = tables

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """All families."""
        return tuple(_family(one) for one in self._tables["families"]["family"])

    @cached_property
    def by_type(self) -> Mapping[str, Family]:
        """Families by model type and by class, in lower case."""
        return {word.lower(): family for family in self.families for word in (*family.types, *family.classes)}

    @cached_property
    def releases(self) -> Mapping[str, tuple[str, ...]]:
        """Well-known repositories by their squeezed bare name."""
        found: dict[str, tuple[str, ...]] = {}
        for org, names in self._tables["releases"]["releases"].items():
            for name in names:
                key = squeezed(name)
                found[key] = (*found.get(key, ()), f"{org}/{name}")
        for old, new in self._tables["names"]["renamed"].items():
            found.setdefault(squeezed(old.split("/", 1)[1]), (new,))
        for file, repo in self._tables["releases"]["weight_files"].items():
            found.setdefault(squeezed(file), (repo,))
        return found

    @cached_property
    def base_versions(self) -> Mapping[str, tuple[str, ...]]:
        """What training scripts call the version of a base, and the plain releases of it."""
        return {word.lower(): tuple(repos) for word, repos in self._tables["releases"]["base_versions"].items()}

    @cached_property
    def model_types(self) -> Mapping[str, re.Pattern[str]]:
        """Model types and the names of the releases that have them."""
        table = self._tables["releases"]["model_types"]
        return {kind: re.compile(f"(?:{names})\\Z", re.IGNORECASE) for kind, names in table.items()}

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Loose spellings of releases, squeezed: good enough in a sentence, not for a path or a card."""
        return {squeezed(spelling): repo for spelling, repo in self._tables["releases"]["aliases"].items()}

    @cached_property
    def orgs(self) -> frozenset[str]:
        """Accounts that are known to publish, in lower case."""
        known = {org.lower() for org in self._tables["releases"]["releases"]}
        known |= {org.lower() for family in self.families for org in family.orgs}
        return frozenset(known | {org.lower() for org in self._tables["names"]["organisations"]})

    @cached_property
    def legacy(self) -> Mapping[str, str]:
        """The Hub's names of one part, in lower case, and the repository that they became."""
        table = self._tables["names"]["legacy"]
        return {name.lower(): f"{org}/{name}" for org, names in table.items() for name in names}

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """Repositories that were renamed, old to new, in lower case on the old side."""
        return {old.lower(): new for old, new in self._tables["names"]["renamed"].items()}

    @cached_property
    def organisations(self) -> Mapping[str, str]:
        """Accounts that were renamed, old to new, in lower case on the old side."""
        return {old.lower(): new for old, new in self._tables["names"]["organisations"].items()}

    @cached_property
    def ollama(self) -> Mapping[str, tuple[str, ...]]:
        """Names of ollama's library and what they stand for."""
        return {name.lower(): tuple(repos) for name, repos in self._tables["names"]["ollama"].items()}

    @cached_property
    def hosted(self) -> Mapping[str, str]:
        """Beginnings of the names of models that have no repository, squeezed, and the account of their publisher."""
        return {squeezed(name): org for name, org in self._tables["names"]["hosted"].items()}

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Hosts of the Hub."""
        return frozenset(self._tables["names"]["hosts"]["hub"])

    @cached_property
    def not_owners(self) -> frozenset[str]:
        """First parts of an address on the Hub that own no models."""
        return frozenset(self._tables["names"]["hosts"]["not_owners"])

    @cached_property
    def suffixes(self) -> tuple[tuple[str, str], ...]:
        """What re-packagers add to a name, squeezed to one mark, longest first, each with its relation."""
        table = self._tables["names"]["suffixes"]
        table = {relation: words for relation, words in table.items() if relation not in ("patterns", "tuned")}
        found = [(_MARKS.sub("-", word.lower()), relation) for relation, words in table.items() for word in words]
        return tuple(sorted(found, key=lambda one: (-len(one[0]), one)))

    @cached_property
    def endings(self) -> re.Pattern[str]:
        """Endings of quantised copies that are no fixed words (`4.65bpw`, `Q4_K_M`)."""
        return re.compile(f"(?:{'|'.join(self._tables['names']['suffixes']['patterns'])})\\Z", re.IGNORECASE)

    @cached_property
    def tuned(self) -> re.Pattern[str]:
        """What a tuner puts before the name of what was tuned."""
        return re.compile(f"\\A(?:{'|'.join(self._tables['names']['suffixes']['tuned'])})", re.IGNORECASE)

    @cached_property
    def generic(self) -> frozenset[str]:
        """Words that name no model."""
        return frozenset(self._tables["names"]["generic"]["words"])

    @cached_property
    def series(self) -> tuple[str, ...]:
        """Words of model series, with which no owner's name begins."""
        return tuple(self._tables["names"]["generic"]["series"])

    @cached_property
    def no_models(self) -> frozenset[str]:
        """Values that a template or a script writes where a model should stand."""
        return frozenset(self._tables["reading"]["placeholders"]["models"])


def lineage_from(tables: Mapping[str, Any]) -> LineageBook:
    """Check the tables and open them.

    Raises:
        KnowledgeError: an entry is wrong; the message names it.
    """
    book = LineageBook(tables)
    try:
        for family in book.families:
            for release in family.releases:
                _repository(release.repo, f"family {family.name}")
        for repos in book.releases.values():
            for repo in repos:
                _repository(repo, "releases")
        for repo in (*book.legacy.values(), *book.renamed.values(), *book.aliases.values()):
            _repository(repo, "names")
        for repos in book.base_versions.values():
            for repo in repos:
                _repository(repo, "base_versions")
        for patterns in _patterns(tables["reading"].get("prose", {})):
            re.compile(patterns)
        _ = (
            book.endings,
            book.tuned,
            book.orgs,
            book.organisations,
            book.ollama,
            book.hosts,
            book.suffixes,
            book.generic,
            book.no_models,
        )
    except (KeyError, TypeError, re.error) as error:
        raise KnowledgeError(f"data/lineage: {error!r}", "mend the entry it names") from error
    return book


def _family(entry: Mapping[str, Any]) -> Family:
    return Family(
        name=entry["name"],
        orgs=tuple(entry["orgs"]),
        role=entry["role"],
        types=tuple(entry["types"]),
        classes=tuple(entry["classes"]),
        needs=entry.get("needs", {}),
        releases=tuple(Release(one["repo"], one["sizes"], one.get("part", "")) for one in entry["release"]),
        backbone=bool(entry.get("backbone", False)),
        part_only=bool(entry.get("part_only", False)),
    )


def _repository(name: str, where: str) -> None:
    if RepoId.try_parse(name) is None:
        raise KnowledgeError(f"data/lineage: {where} names {name!r}, which is no repository", "mend it")


def _patterns(table: Any) -> list[str]:
    if isinstance(table, str):
        return [table]
    if isinstance(table, Mapping):
        return [one for key, value in table.items() if key not in ("relation", "component") for one in _patterns(value)]
    return [one for value in table for one in _patterns(value)] if isinstance(table, list) else []

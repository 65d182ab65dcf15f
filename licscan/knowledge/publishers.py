"""Publishers: TOML files by country, compiled into one JSON file; looked up by the name of an organisation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from licscan.core.publisher import Listing, Publisher
from licscan.errors import KnowledgeError
from licscan.knowledge.sources import addresses, mistakes, stands_alone

_KINDS = frozenset({"company", "university", "state_lab", "nonprofit", "community", "individual", "unknown"})
_NEEDED = frozenset({"orgs", "name", "kind", "confidence", "checked", "sources"})
_KEYS = _NEEDED | {
    *("entity", "licensors", "country", "hq_country", "owner", "repackager", "repackager_orgs"),
    *(
        "repackages",
        "repackages_forms",
        "listed",
        "renamed",
        "mirrors",
        "closed",
        "unconfirmed",
        "legacy",
        "group",
        "note",
    ),
}
_OWNER = frozenset({"name", "country", "confidence", "checked", "sources"})
_LISTED = frozenset({"list", "of", "names", "confidence", "checked", "sources"})
_LIST_NEEDED = frozenset(
    {"id", "title", "authority", "date", "version", "restricts", "sources", "confidence", "checked"}
)


def compile_publishers(files: Mapping[str, Mapping[str, Any]], lists: Mapping[str, Any]) -> dict[str, Any]:
    """Check the publisher files (by name) and the lists, and put them into the shape that a run loads.

    Raises:
        KnowledgeError: an unknown key or value, or an organisation that stands twice.
    """
    known = {one["id"]: dict(one) for one in lists.get("list", ())}
    for one in known.values():
        _shape(one, f"data/lists.toml: {one['id']}", _LIST_NEEDED, {"note"})
    records: list[dict[str, Any]] = []
    by_org: dict[str, int] = {}
    forms: list[str] = []
    for name, content in sorted(files.items()):
        forms += content.get("forms", ())
        for record in content.get("publisher", ()):
            _check(record, f"data/publishers/{name}", known)
            for org in record["orgs"]:
                if by_org.setdefault(org.lower(), len(records)) != len(records):
                    raise KnowledgeError(f"data/publishers/{name}: {org} stands twice", "keep one record for each")
            records.append(dict(record))
    return {"lists": known, "forms": forms, "orgs": by_org, "records": records}


def _check(record: Mapping[str, Any], where: str, lists: Mapping[str, Any]) -> None:
    where = f"{where}: {(record.get('orgs') or ['?'])[0]}"
    _shape(record, where, _NEEDED, _KEYS, record["orgs"] if record.get("orgs") else ())
    if record["kind"] not in _KINDS:
        raise KnowledgeError(f"{where}: kind {record['kind']!r} is none of {', '.join(sorted(_KINDS))}")
    if record["confidence"] == "high" and record.get("unconfirmed"):
        raise KnowledgeError(f"{where}: an account that nobody has seen is never surely this publisher's")
    owner = record.get("owner")
    if owner is not None:
        _shape(owner, f"{where}: owner", _OWNER - {"country"}, {"country"}, record["orgs"])
    for code in (record.get("country"), record.get("hq_country"), (owner or {}).get("country")):
        if code is not None and not (len(code) == 2 and code.isalpha() and code.isupper()):
            raise KnowledgeError(f"{where}: country {code!r} is no ISO 3166 code")
    for one in record.get("listed", ()):
        _check_listed(one, f"{where}: {one.get('list', '?')}", record, lists)


def _check_listed(one: Mapping[str, Any], where: str, record: Mapping[str, Any], lists: Mapping[str, Any]) -> None:
    """A list entry names the list, the entity that the list names, and whose entity that is."""
    _shape(one, where, _LISTED, frozenset(), record["orgs"])
    if one["list"] not in lists:
        raise KnowledgeError(f"{where}: data/lists.toml does not have the list {one['list']!r}")
    if one["of"] not in {"publisher", "owner"}:
        raise KnowledgeError(f"{where}: of {one['of']!r} is neither publisher nor owner")
    if one["of"] == "owner" and "owner" not in record:
        raise KnowledgeError(f"{where}: the owner is listed, and the record has none")
    if stands_alone(one["sources"]):
        raise KnowledgeError(f"{where}: a list entry needs a source other than the account itself")


def _shape(
    record: Mapping[str, Any], where: str, needed: AbstractSet[str], more: AbstractSet[str], orgs: Iterable[str] = ()
) -> None:
    """Raise for an unknown or missing key, and for what `sources.mistakes` finds."""
    if unknown := sorted(set(record) - needed - more):
        raise KnowledgeError(
            f"{where} has an unknown key {unknown[0]!r}", f"known are {', '.join(sorted(needed | more))}"
        )
    if missing := sorted(needed - set(record)):
        raise KnowledgeError(f"{where} lacks {missing[0]!r}")
    if mistake := next(mistakes(record, orgs), None):
        raise KnowledgeError(f"{where}: {mistake}")


class PublisherShelf(Mapping[str, Publisher]):
    """All publishers by organisation, whatever the case of the letters; old names lead to the same record."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self._orgs: Mapping[str, int] = compiled["orgs"]
        self._records: list[Mapping[str, Any]] = compiled["records"]
        self._lists: Mapping[str, Mapping[str, Any]] = compiled["lists"]
        self._forms: list[str] = compiled["forms"]

    def __getitem__(self, org: str) -> Publisher:
        return self._publisher(self._records[self._orgs[org.lower()]], org)

    def __contains__(self, org: object) -> bool:
        return isinstance(org, str) and org.lower() in self._orgs

    def __iter__(self) -> Iterator[str]:
        return (org for record in self._records for org in record["orgs"])

    def __len__(self) -> int:
        return len(self._orgs)

    def repackages(self, repo: str) -> bool:
        """The repository mainly passes on somebody else's work in another form: quantised, converted or mirrored.

        True for every repository of an account that is marked `repackager`, and for those of other accounts whose name
        fits a pattern of `repackages` or, with `repackages_forms`, names a form such as `-FP8`.

        The mark says what the account usually does. Which model is passed on, the links of the lineage say: without
        such a link nothing may be read from an original.

        Args:
            repo: `org/name`, in any case of letters.
        """
        org, _, name = repo.partition("/")
        at = self._orgs.get(org.lower())
        if at is None or not name:
            return False
        record = self._records[at]
        patterns = [*record.get("repackages", ()), *(self._forms if record.get("repackages_forms") else ())]
        return _is_repackager(record, org) or any(fnmatchcase(name.lower(), pattern) for pattern in patterns)

    def all(self) -> tuple[Publisher, ...]:
        """One entry for each record, by name."""
        found = (self._publisher(record, record["orgs"][0]) for record in self._records)
        return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.org)))

    def orgs_of(self, org: str) -> tuple[str, ...]:
        """All organisations that the same publisher has or had."""
        at = self._orgs.get(org.lower())
        return tuple(self._records[at]["orgs"]) if at is not None else (org,)

    def of_legacy(self, name: str) -> Publisher | None:
        """The publisher of one of the Hub's oldest models, whose names have no organisation."""
        for record in self._records:
            if any(fnmatchcase(name.lower(), pattern) for pattern in record.get("legacy", ())):
                return self._publisher(record, record["orgs"][0])
        return None

    def named(self, licensor: str) -> Publisher | None:
        """The publisher whom a licence text names as licensor, by entity or name; None where none or several fit."""
        found = self._by_name.get(_plain(licensor), [])
        return self._publisher(found[0], found[0]["orgs"][0]) if len(found) == 1 else None

    @cached_property
    def _by_name(self) -> Mapping[str, list[Mapping[str, Any]]]:
        by_name: dict[str, list[Mapping[str, Any]]] = {}
        for record in self._records:
            for name in _names_of(record):
                by_name.setdefault(name, []).append(record)
        return by_name

    def listing(self, id: str) -> Listing | None:
        """A restriction list by its id."""
        return self._listing(id) if id in self._lists else None

    def listings(self) -> tuple[Listing, ...]:
        """All restriction lists, by id."""
        return tuple(self._listing(id) for id in sorted(self._lists))

    def _listing(self, id: str, entry: Mapping[str, Any] | None = None) -> Listing:
        one, said = self._lists[id], entry or {}
        return Listing(
            id=id,
            title=one["title"],
            authority=one["authority"],
            date=one["date"],
            restricts=one["restricts"],
            sources=addresses((*said.get("sources", ()), *one["sources"])),
            note=one.get("note", ""),
            names=said.get("names", ""),
            confidence=said.get("confidence", one["confidence"]),
            checked=said.get("checked", one["checked"]),
        )

    def _publisher(self, record: Mapping[str, Any], asked: str) -> Publisher:
        spelt = next((org for org in record["orgs"] if org.lower() == asked.lower()), record["orgs"][0])
        renamed = {old.lower(): new for old, new in record.get("renamed", ())}
        org = renamed.get(spelt.lower(), spelt)
        # A group is a record that several accounts share although they are not one publisher.
        alone = bool(record.get("group"))
        owner = record.get("owner", {})
        listed = record.get("listed", ())
        return Publisher(
            org=org,
            name=org if alone else record["name"],
            entity=None if alone else record.get("entity"),
            country=record.get("country"),
            hq_country=record.get("hq_country"),
            parent=owner.get("name"),
            # Where no owner is on record, the entity itself is the last that is known.
            parent_country=owner["country"] if "country" in owner else None if owner else record.get("country"),
            kind=record["kind"],
            repackager=_is_repackager(record, spelt),
            lists=tuple(self._listing(one["list"], one) for one in listed if one["of"] == "publisher"),
            owner_lists=tuple(self._listing(one["list"], one) for one in listed if one["of"] == "owner"),
            former_orgs=tuple(old for old, new in record.get("renamed", ()) if new == org),
            confidence=record["confidence"],
            by_own_account=stands_alone(record["sources"]),
            owner_confidence=owner.get("confidence"),
            owner_by_own_account=bool(owner) and stands_alone(owner["sources"]),
            sources=addresses(record["sources"]),
            owner_sources=addresses(owner.get("sources", ())),
            note=record.get("note", ""),
            as_of=record["checked"],
            closed=record.get("closed"),
            mirrors=tuple(record.get("mirrors", ())),
        )


def _is_repackager(record: Mapping[str, Any], org: str) -> bool:
    return bool(record.get("repackager")) or org.lower() in map(str.lower, record.get("repackager_orgs", ()))


def _names_of(record: Mapping[str, Any]) -> set[str]:
    names = [record["name"], record.get("entity"), *record.get("licensors", ())]
    return {_plain(name) for name in names if name}


def _plain(name: str) -> str:
    """A company's name without its legal form and its punctuation."""
    words = "".join(letter if letter.isalnum() else " " for letter in name.casefold()).split()
    forms = {
        "inc",
        "ltd",
        "llc",
        "corp",
        "corporation",
        "co",
        "limited",
        "company",
        "gmbh",
        "sa",
        "sas",
        "plc",
        "pbc",
        "the",
    }
    return " ".join(word for word in words if word not in forms)

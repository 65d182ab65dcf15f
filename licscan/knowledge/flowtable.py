"""The table of what travels along which relation, read from `data/flow.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from licscan.core.license import Category, License, Term
from licscan.core.lineage import Relation
from licscan.errors import KnowledgeError
from licscan.files import data_json


class Reach(StrEnum):
    """Whether a term gets along a relation."""

    FLOWS = "flows"
    PART = "part"
    """It binds the part that the component is."""
    DEFINED = "defined"
    """Only where the licence itself says so."""
    UNSETTLED = "unsettled"
    CONFLICT = "conflict"
    """The relation itself is what the term forbids."""
    STOPS = "stops"


class Column(StrEnum):
    """What the relations come to, for the law."""

    CONVERTED = "converted"
    TUNED = "tuned"
    ADAPTER = "adapter"
    MERGE = "merge"
    COMPONENT = "component"
    DISTILLED = "distilled"
    TRAINED_ON = "trained-on"
    UNSTATED = "unstated"


WEIGHTS = frozenset({Column.CONVERTED, Column.TUNED, Column.ADAPTER, Column.MERGE, Column.UNSTATED})
"""Columns under which the child's weights are, or begin with, the parent's."""

_KINDS = frozenset({"breach", "duty", "grant", "question"})
_MEANS = frozenset(
    {
        "breach",
        "commercial",
        "question",
        "carries",
        "name",
        "display",
        "texts",
        "policy",
        "free",
        "silent",
        "copyright",
        "noncommercial",
        "unread",
    }
)


_RESTRICTING = frozenset(
    {
        Category.USE_RESTRICTED,
        Category.COMMERCIAL_LIMITED,
        Category.NO_DERIVATIVES,
        Category.NON_COMMERCIAL,
        Category.RESEARCH_ONLY,
    }
)
"""Kinds of licence that withhold a use which a share-alike text grants."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a condition of commercial use asks of the use profile."""

    kind: str
    """`breach`, `duty`, `grant` or `question`."""
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clash:
    """Two standard licences that cannot stand in one work although neither text alone says so."""

    upstream: str
    downstream: str
    clause: str


@dataclass(frozen=True, slots=True)
class FlowTable:
    """The whole table with its lists."""

    columns: Mapping[Relation, Column]
    rows: Mapping[Term, str]
    cells: Mapping[tuple[str, Column], Reach]
    share_alike: Mapping[str, frozenset[str]]
    compatible: Mapping[str, tuple[str, ...]]
    clashes: tuple[Clash, ...]
    source_duty: Mapping[str, str]
    """By expression: the clause that asks for the corresponding source of what goes out in another form."""
    no_further: Mapping[str, str]
    """By expression: the clauses by which nothing may be added to a share-alike licence."""
    combinable: Mapping[str, tuple[str, ...]]
    """By expression: share-alike licences that may hold for parts of one combined work beside it."""
    object_form: Mapping[str, str]
    """By expression: the clauses that speak of the work in object form, which keeps its licence."""
    outputs: Mapping[str, Mapping[str, Any]]
    no_exception: frozenset[str]
    """Licences whose ban on training has no exception for their own line."""
    nc_outputs: Mapping[str, frozenset[str]]
    conditions: Mapping[str, Asked]
    closed: frozenset[str]
    name_before: tuple[str, ...]
    name_triggers: Mapping[str, frozenset[Column]]
    change_files: tuple[str, ...]
    """Beginnings of names of files that say what was changed."""
    says_changed: re.Pattern[str]
    """A sentence that says that the work was changed."""
    multimodal: tuple[str, ...]
    text_only: tuple[str, ...]
    regions: Mapping[str, frozenset[str]]
    offers: tuple[str, ...]
    """Licences that the release solver offers, freest first."""
    beside: str
    """What it offers for one's own changes."""
    most_offers: int

    def cell(self, term: Term, column: Column, row: str | None = None) -> Reach:
        """Whether a term gets along; an unstated relation takes the stricter of a fine-tune and a merge."""
        name = row or self.rows[term]
        if column is Column.UNSTATED:
            return self.cells[(name, Column.TUNED)]
        return self.cells[(name, column)]

    def asked(self, condition: str) -> Asked:
        """What a condition asks; one that the table does not have is a question."""
        return self.conditions.get(condition) or Asked("question")

    def means(self, value: str) -> str:
        """What a licence's word on training with its outputs means; an unknown word is unread."""
        return str(self.outputs.get(value, {}).get("means", "unread"))

    def binds_by_more(self, other: License, share: License) -> bool:
        """A licence sets terms that a share-alike text to which nothing may be added cannot carry beside its own."""
        if other.category in _RESTRICTING:
            return True
        friends = (*self.compatible.get(share.expression, ()), *self.combinable.get(share.expression, ()))
        back = (*self.compatible.get(other.expression, ()), *self.combinable.get(other.expression, ()))
        known = other.expression in friends or share.expression in back
        return other.category is Category.COPYLEFT and other.expression != share.expression and not known

    def within(self, region: str, places: frozenset[str]) -> bool:
        """One of the places lies in the region."""
        members = self.regions.get(region, frozenset())
        return region in places or bool(members & places) or any(region in self.regions.get(p, ()) for p in places)


@cache
def table() -> FlowTable:
    """The table that is shipped."""
    return table_from(data_json("compiled/flow.json"))


def table_from(content: Mapping[str, Any]) -> FlowTable:
    """Read the table from the content of `data/flow.toml`.

    Raises:
        KnowledgeError: a word that is not in the lists, or a cell that is missing.
    """
    try:
        return _table(content)
    except (KeyError, ValueError, TypeError) as error:
        raise KnowledgeError(f"data/flow.toml: {error}", "see the head of the file") from error


def _table(content: Mapping[str, Any]) -> FlowTable:
    cells = {
        (row, Column(column)): Reach(reach) for row, given in content["rows"].items() for column, reach in given.items()
    }
    rows = {Term(term): row for term, row in content["terms"].items()}
    for row in {*rows.values(), "threshold"}:
        for column in set(Column) - {Column.UNSTATED}:
            cells[(row, column)]  # a missing cell is a mistake of ours
    if missing := sorted(set(Term) - set(rows)):
        raise KeyError(f"no row for {missing[0]}")
    if wrong := sorted(value for value, one in content["outputs"].items() if one["means"] not in _MEANS):
        raise ValueError(f"outputs.{wrong[0]} means something unknown")
    names = content["names"]
    return FlowTable(
        columns={Relation(relation): Column(column) for relation, column in content["relations"].items()},
        rows=rows,
        cells=cells,
        share_alike={name: frozenset(values) for name, values in content["share-alike"].items()},
        compatible={one: tuple(given["to"]) for one, given in content["compatible"].items()},
        clashes=tuple(Clash(one["upstream"], one["downstream"], one["clause"]) for one in content["clash"]),
        source_duty=content["source-duty"],
        no_further=content["no-further-restrictions"],
        combinable={one: tuple(given["with"]) for one, given in content["combinable"].items()},
        object_form=content["object-form"],
        outputs=content["outputs"],
        no_exception=frozenset(content["own-family"]["none"]),
        nc_outputs={name: frozenset(keys) for name, keys in content["noncommercial-outputs"].items()},
        conditions={name: _asked(name, one) for name, one in content["condition"].items()},
        closed=frozenset(content["closed"]["words"]),
        name_before=tuple(names["before"]),
        name_triggers={name: frozenset(map(Column, columns)) for name, columns in names["triggers"].items()},
        change_files=tuple(content["changes"]["files"]),
        says_changed=re.compile("|".join(content["changes"]["words"]), re.IGNORECASE),
        multimodal=tuple(content["multimodal"]["words"]),
        text_only=tuple(content["multimodal"]["text-only"]),
        regions={name: frozenset(members) for name, members in content["regions"].items()},
        offers=tuple(content["suggest"]["licenses"]),
        beside=content["suggest"]["beside"],
        most_offers=int(content["suggest"]["most"]),
    )


def _asked(name: str, given: Mapping[str, Any]) -> Asked:
    kind = str(given.get("kind") or "breach")
    if kind not in _KINDS:
        raise ValueError(f"condition.{name} is of the unknown kind {kind!r}")
    return Asked(kind, tuple(given.get("breach", ())))

"""What the readers look for, from `data/lineage/reading.toml`: opened once, when the first file is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from licscan.files import data_json

LONGEST_NAME = 160
"""Characters of a value that may be the name of a model or a tower; the table's patterns are laid on no longer ones."""


@dataclass(frozen=True, slots=True)
class Inference:
    """Signs from which the Hub (and we) infer a relation that nobody states."""

    relation: str
    tags: frozenset[str]
    libraries: frozenset[str]
    files: frozenset[str]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """Signs that a model was made from another one, whether or not anything names that other one."""

    relation: str
    libraries: frozenset[str]
    tags: frozenset[str]
    files: frozenset[str]
    endings: tuple[str, ...]
    """Endings of file names."""
    names: frozenset[str]
    methods: frozenset[str]
    """Values of `quantization_config.quant_method`."""
    unless_tags: frozenset[str]
    unless_files: tuple[str, ...]
    """Patterns of file names beside which none of this is a sign."""


@dataclass(frozen=True, slots=True)
class ToolPart:
    """Where a tool's config names a repository, and what for."""

    path: tuple[str, ...]
    """Keys; `*` is any one, `**` any number, and a key may hold one `*` for its beginning."""
    role: str
    relation: str
    fact: str
    unless_false: str
    only_true: str
    beside: Mapping[str, str]
    owned: bool
    """Only a name with an owner counts."""
    prefix: str
    prefix_if: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool's config file."""

    name: str
    files: frozenset[str]
    when: str
    parts: tuple[ToolPart, ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Where a text of the form of a repository's name is possible evidence."""

    endings: tuple[str, ...]
    skip_files: frozenset[str]
    telling: frozenset[str]
    not_telling: frozenset[str]
    not_owners: frozenset[str]


@dataclass(frozen=True, slots=True)
class Keys:
    """The tables of the readers."""

    roles: Mapping[str, str]
    """Section or folder to the role of the part."""
    part_keys: Mapping[str, str]
    """Key of config.json to the role of the part that its value names."""
    timm_owner: str
    timm_keys: Mapping[str, str]
    """Key to the role of a part that the timm library names."""
    tower_suffix: re.Pattern[str]
    """What configs add to the name of a vision tower."""
    tower_aliases: Mapping[str, str]
    tools: tuple[Tool, ...]
    key_words: Mapping[str, str]
    """Word of a key to the role of a part."""
    sweep: Sweep
    generic: frozenset[str]
    """Words that name no model, in small letters."""
    hosted: tuple[str, ...]
    """Beginnings of the names of models that are only used over the network, squeezed."""
    owners: frozenset[str]
    """Accounts that are known to publish models, in small letters."""
    base_keys: Mapping[str, str]
    """Key of config.json to the relation of what its value names."""
    sizes: frozenset[str]
    shape: Mapping[str, tuple[str, ...]]
    """Our words for the sizes of a body, and what configurations call them."""
    gguf_shape: Mapping[str, str]
    """Keys of a GGUF file after its architecture, and our words for them."""
    card_keys: Mapping[str, str]
    infer: tuple[Inference, ...]
    signs: tuple[Sign, ...]
    no_datasets: frozenset[str]
    no_models: frozenset[str]
    hub_licenses: frozenset[str]
    ambiguous_licenses: frozenset[str]
    prose: Mapping[str, Any]


@cache
def keys() -> Keys:
    """The tables, read when they are first needed."""
    tables = data_json("compiled/lineage.json")
    table = tables["reading"]
    return Keys(
        roles=table["roles"],
        part_keys=table["part_keys"],
        timm_owner=table["timm"]["owner"],
        timm_keys=table["timm"]["keys"],
        tower_suffix=re.compile(rf"(?:{'|'.join(table['towers']['suffixes'])})+\Z", re.IGNORECASE),
        tower_aliases={name.lower(): repo for name, repo in table["towers"]["aliases"].items()},
        tools=tuple(map(_tool, table["tool"])),
        key_words=table["key_words"],
        sweep=_sweep(table["sweep"]),
        generic=frozenset(tables["names"]["generic"]["words"]),
        hosted=tuple(re.sub(r"[\W_]", "", name.lower()) for name in tables["names"]["hosted"]),
        owners=frozenset(org.lower() for org in tables["releases"]["releases"]),
        base_keys=table["base_keys"],
        sizes=frozenset(table["sizes"]["keys"]),
        shape={name: tuple(words) for name, words in table["shape"].items()},
        gguf_shape=table["gguf_shape"],
        card_keys=table["card_keys"],
        infer=tuple(
            Inference(
                one["relation"],
                frozenset(one.get("tags", ())),
                frozenset(one.get("libraries", ())),
                frozenset(one.get("files", ())),
                tuple(one.get("names", ())),
            )
            for one in table["infer"]
        ),
        signs=tuple(map(_sign, table["derived"])),
        no_datasets=frozenset(table["placeholders"]["datasets"]),
        no_models=frozenset(table["placeholders"]["models"]),
        hub_licenses=frozenset(table["hub_licenses"]["ids"]),
        ambiguous_licenses=frozenset(table["hub_licenses"]["ambiguous"]),
        prose=table["prose"],
    )


def _sign(row: Mapping[str, Any]) -> Sign:
    names = ("libraries", "tags", "files", "names", "methods", "unless_tags")
    return Sign(
        relation=row["relation"],
        endings=tuple(row.get("endings", ())),
        unless_files=tuple(row.get("unless_files", ())),
        **{name: frozenset(row.get(name, ())) for name in names},
    )


def _tool(row: Mapping[str, Any]) -> Tool:
    return Tool(row["name"], frozenset(row["files"]), row.get("when", ""), tuple(map(_tool_part, row["part"])))


def _tool_part(row: Mapping[str, Any]) -> ToolPart:
    return ToolPart(
        path=tuple(row["path"].split(".")),
        role=row.get("role", ""),
        relation=row.get("relation", ""),
        fact=row.get("fact", ""),
        unless_false=row.get("unless_false", ""),
        only_true=row.get("only_true", ""),
        beside=row.get("beside", {}),
        owned=bool(row.get("owned", False)),
        prefix=row.get("prefix", ""),
        prefix_if=re.compile(rf"(?:{row['prefix_if']})\Z") if "prefix_if" in row else None,
    )


def _sweep(table: Mapping[str, Any]) -> Sweep:
    return Sweep(
        endings=tuple(table["endings"]),
        skip_files=frozenset(table["skip_files"]),
        telling=frozenset(table["telling"]),
        not_telling=frozenset(table["not_telling"]),
        not_owners=frozenset(table["not_owners"]),
    )

"""What the readers look for, from `data/lineage/reading.toml`: opened once, when the first file is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from licscan.files import data_json


@dataclass(frozen=True, slots=True)
class Inference:
    """Signs from which the Hub (and we) infer a relation that nobody states."""

    relation: str
    tags: frozenset[str]
    libraries: frozenset[str]
    files: frozenset[str]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """The tables of the readers."""

    roles: Mapping[str, str]
    """Section or folder to the role of the part."""
    part_keys: Mapping[str, str]
    """Key of config.json to the role of the part that its value names."""
    base_keys: Mapping[str, str]
    """Key of config.json to the relation of what its value names."""
    sizes: frozenset[str]
    shape: Mapping[str, tuple[str, ...]]
    """Our words for the sizes of a body, and what configurations call them."""
    gguf_shape: Mapping[str, str]
    """Keys of a GGUF file after its architecture, and our words for them."""
    card_keys: Mapping[str, str]
    infer: tuple[Inference, ...]
    no_datasets: frozenset[str]
    no_models: frozenset[str]
    hub_licenses: frozenset[str]
    ambiguous_licenses: frozenset[str]
    prose: Mapping[str, Any]


@cache
def keys() -> Keys:
    """The tables, read when they are first needed."""
    table = data_json("compiled/lineage.json")["reading"]
    return Keys(
        roles=table["roles"],
        part_keys=table["part_keys"],
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
        no_datasets=frozenset(table["placeholders"]["datasets"]),
        no_models=frozenset(table["placeholders"]["models"]),
        hub_licenses=frozenset(table["hub_licenses"]["ids"]),
        ambiguous_licenses=frozenset(table["hub_licenses"]["ambiguous"]),
        prose=table["prose"],
    )

"""What is known of one model, of one file and of one word, as an entry of the registry holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class KnownModel:
    """One known model."""

    repo: str
    aliases: tuple[str, ...]
    line: str
    """The line of weights that it belongs to, by the review; empty where no line is known."""
    root: str | None
    """The model of that line which it goes back to, where that is known; itself where a line begins with it."""
    generation: str
    role: str
    origin: str
    """`scratch`, the repository that it was made from, or empty where it is not known."""
    stated: bool
    """Its publisher says where it comes from; otherwise it is a classification by name."""
    licence: str
    """The licence tag as it was seen; empty where none was."""
    released: str
    parameters: int | None
    """Exactly, where a file's header was counted."""
    shape: Mapping[str, Any]
    tokenizer: str
    """llama.cpp's name of how its tokenizer splits a text."""
    config_hashes: frozenset[str]
    weights_hashes: frozenset[str]
    sources: tuple[str, ...]

    @property
    def is_root(self) -> bool:
        """Whether its line begins with it, as far as is known."""
        return self.root == self.repo

    @property
    def org(self) -> str:
        """The account that publishes it."""
        return self.repo.partition("/")[0]


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file whose digest was published."""

    sha256: str
    repo: str
    name: str


@dataclass(frozen=True, slots=True)
class Tag:
    """The licence tag of a model as a table showed it: no more than that it was there on that day."""

    repo: str
    licence: str
    """Empty where the table showed none; the model may have one all the same."""
    released: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word that names lines of weights."""

    lines: tuple[str, ...]
    weak: bool
    """It is a common word, too: it agrees with a shape and tells nothing alone."""


def unlisted(repo: str) -> KnownModel:
    """A model of which only the name is known."""
    return model_from({"repo": repo}, "", None, {})


def model_from(
    entry: Mapping[str, Any], line: str, root: str | None, origins: Mapping[str, Mapping[str, str]]
) -> KnownModel:
    """A known model from its line in a file and what the review says of it."""
    repo = entry["repo"]
    reviewed = origins.get(repo, {})
    return KnownModel(
        repo=repo,
        aliases=tuple(entry.get("aka", ())),
        line=line,
        root=root,
        generation=entry.get("generation", ""),
        role=entry.get("role", ""),
        origin=reviewed.get("from", entry.get("from", "")),
        stated="from" in reviewed or entry.get("says") == "publisher",
        licence=entry.get("licence", ""),
        released=entry.get("released", ""),
        parameters=None if entry.get("rounded") else entry.get("parameters"),
        shape=entry.get("shape", {}),
        tokenizer=entry.get("pre", ""),
        config_hashes=frozenset(entry.get("config", ())),
        weights_hashes=frozenset(entry.get("weights", ())),
        sources=(*entry.get("sources", ()), *((reviewed["source"],) if "source" in reviewed else ())),
    )

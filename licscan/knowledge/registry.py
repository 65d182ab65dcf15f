"""The registry of known models: identity, line, shape and hashes, each entry read only when something leads to it.

`scripts/compile_registry.py` writes the index over the files of `data/registry`; nothing is worked out while loading.
"""

from __future__ import annotations

import json
import re
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from hashlib import blake2b
from mmap import ACCESS_READ, mmap
from typing import Any

from licscan.errors import KnowledgeError
from licscan.files import data_folder
from licscan.knowledge.registry_entries import KnownFile, KnownModel, Tag, Word, model_from

NAME = "compiled/registry.bin"
MAGIC = b"licscan-registry-1\n"
FOLDER = "registry"
FILES = ("models.jsonl", "added.jsonl", "tags.tsv", "files.tsv")
"""The files of facts; a place in the index is the number of a file and an offset in it."""
MODELS = 2
"""The first files of them hold models, one JSON object a line."""
ARRAYS = (("keys", "Q"), ("places", "I"), ("models", "I"), ("lines", "H"), ("roots", "I"))
FILE_SHIFT = 28
NO_ROOT = 0xFFFFFFFF
_MARKS = re.compile(r"[\s\-_.]+")
_LONGEST_LINE = 20_000
_MOST = 400
"""Entries that one key may lead to; a key with more would tell nothing."""


def squeezed(name: str) -> str:
    """A name without case and marks, so that spellings of one name are equal."""
    return _MARKS.sub("", name.lower())


def key_of(kind: str, value: object) -> int:
    """The number under which a fact stands in the index."""
    return int.from_bytes(blake2b(f"{kind}:{value}".encode(), digest_size=8).digest(), "little")


class Registry:
    """Looks known models up by what was seen of another."""

    def __init__(self, head: Mapping[str, Any], arrays: Mapping[str, array[int]]) -> None:
        self._head = head
        self._keys = arrays["keys"]
        self._places = arrays["places"]
        self._models = arrays["models"]
        self._lines = arrays["lines"]
        self._roots = arrays["roots"]
        self._read: dict[int, KnownModel] = {}

    @property
    def count(self) -> int:
        """How many models are known by more than a tag."""
        return len(self._models)

    @property
    def tagged(self) -> int:
        """How many models are known by their licence tag."""
        return int(self._head["tags"])

    @property
    def tags_date(self) -> str:
        """The day of which the licence tags are."""
        return str(self._head["tags_date"])

    @cached_property
    def words(self) -> Mapping[str, Word]:
        """Words of names, squeezed, and the lines that they stand for."""
        weak = frozenset(self._head["weak"])
        return {word: Word(tuple(lines), word in weak) for word, lines in self._head["words"].items()}

    @cached_property
    def kin(self) -> Mapping[str, frozenset[str]]:
        """Model types and those that are the same body in another form, themselves included."""
        found: dict[str, set[str]] = {}
        for group in self._head["kin"]:
            for kind in group:
                found.setdefault(kind, set()).update(group)
        return {kind: frozenset(group) for kind, group in found.items()}

    @property
    def gguf(self) -> Mapping[str, list[str]]:
        """`general.architecture` of a GGUF file and the model types written under it."""
        return self._head["gguf"]  # type: ignore[no-any-return]

    @cached_property
    def owners(self) -> Mapping[str, frozenset[str]]:
        """Lines and the accounts, in lower case, that publish them."""
        return {line: frozenset(orgs) for line, orgs in self._head["owners"].items()}

    @property
    def line_names(self) -> tuple[str, ...]:
        """All lines, in order."""
        return tuple(sorted({str(one) for one in self._head["lines"] if one}))

    def models(self, kind: str, value: object) -> tuple[KnownModel, ...]:
        """The known models that a fact leads to, by `repo`, `name`, `size`, `params`, `config` or `sha256`."""
        places = self._at(kind, value)
        return tuple(self._model(place) for place in places if place >> FILE_SHIFT < MODELS)

    def model(self, repo: str) -> KnownModel | None:
        """A known model by its name or a former one."""
        return next(iter(self.models("repo", repo.lower())), None)

    def files(self, sha256: str) -> tuple[KnownFile, ...]:
        """The published files with this digest."""
        found = []
        for place in self._at("sha256", sha256.lower()):
            if FILES[place >> FILE_SHIFT] == "files.tsv":
                digest, repo, name = self._line(place).split("\t")
                if digest == sha256.lower():
                    found.append(KnownFile(digest, repo, name))
        return tuple(found)

    def tag(self, repo: str) -> Tag | None:
        """What a table showed of a model."""
        for place in self._at("repo", repo.lower()):
            if FILES[place >> FILE_SHIFT] == "tags.tsv":
                name, licence, released = (self._line(place) + "\t\t").split("\t")[:3]
                if name.lower() == repo.lower():
                    return Tag(name, licence, released, self.tags_date)
        return None

    def named(self, squeezed_name: str) -> tuple[str, ...]:
        """All repositories, known or tagged, whose bare name is this one but for case and marks."""
        found = {}
        for place in self._at("name", squeezed_name):
            repo = self._model(place).repo if place >> FILE_SHIFT < MODELS else self._line(place).split("\t", 1)[0]
            found[repo.lower()] = repo
        return tuple(found[name] for name in sorted(found))

    def all(self) -> Iterator[KnownModel]:
        """Every known model, in the order of the files."""
        yield from (self._model(place) for place in self._models)

    def _at(self, kind: str, value: object) -> array[int]:
        key = key_of(kind, value)
        begin = bisect_left(self._keys, key)
        return self._places[begin : min(bisect_right(self._keys, key, begin), begin + _MOST)]

    def _line(self, place: int) -> str:
        facts, start = self._facts(FILES[place >> FILE_SHIFT]), place & ((1 << FILE_SHIFT) - 1)
        end = facts.find(b"\n", start, start + _LONGEST_LINE)
        try:
            return facts[start : end if end >= 0 else start].decode("utf-8")
        except UnicodeDecodeError as error:
            raise damaged() from error

    def _facts(self, name: str) -> mmap:
        if name not in self._opened:
            try:
                with (data_folder() / FOLDER / name).open("rb") as file:
                    self._opened[name] = mmap(file.fileno(), 0, access=ACCESS_READ)
            except (OSError, ValueError) as error:
                raise damaged(f"data/{FOLDER}/{name} cannot be read: {error}") from error
        return self._opened[name]

    @cached_property
    def _opened(self) -> dict[str, mmap]:
        return {}

    def _model(self, place: int) -> KnownModel:
        found = self._read.get(place)
        if found is None:
            number = bisect_left(self._models, place)
            root = self._roots[number]
            name = None
            if root != NO_ROOT:
                name = str(self._entry(root)["repo"])
            found = self._read[place] = model_from(
                self._entry(place), str(self._head["lines"][self._lines[number]]), name, self._head["origins"]
            )
        return found

    def _entry(self, place: int) -> Mapping[str, Any]:
        try:
            entry = json.loads(self._line(place))
            if not isinstance(entry, dict) or not isinstance(entry.get("repo"), str):
                raise damaged()
        except ValueError as error:
            raise damaged() from error
        return entry


def damaged(what: str = f"data/{NAME} is damaged") -> KnowledgeError:
    """The error for a registry that cannot be used: our own fault."""
    return KnowledgeError(what, "install licscan again")


def read() -> Registry:
    """Read the index that is shipped.

    Raises:
        KnowledgeError: it is missing, cut short or of another make.
    """
    try:
        raw = (data_folder() / NAME).read_bytes()
    except OSError as error:
        raise damaged(f"data/{NAME} cannot be read: {error}") from error
    return parse(raw)


@cache
def shared() -> Registry:
    """The registry that is shipped; one for a whole run."""
    return read()


def parse(raw: bytes) -> Registry:
    """Read an index from its bytes.

    Raises:
        KnowledgeError: it is cut short or of another make.
    """
    if not raw.startswith(MAGIC):
        raise damaged()
    at = len(MAGIC) + 4
    size = int.from_bytes(raw[len(MAGIC) : at], "little")
    try:
        head = json.loads(raw[at : at + size])
        at += size
        arrays = {}
        for name, kind in ARRAYS:
            values = array(kind)
            length = head["lengths"][name] * values.itemsize
            if at + length > len(raw):
                raise damaged()
            values.frombytes(raw[at : at + length])
            if sys.byteorder == "big":
                values.byteswap()
            arrays[name] = values
            at += length
    except (KeyError, ValueError, TypeError) as error:
        raise damaged() from error
    return Registry(head, arrays)


def write(head: Mapping[str, Any], arrays: Mapping[str, Iterable[int]]) -> bytes:
    """The bytes of an index; the same index, the same bytes."""
    held = {name: array(kind, arrays[name]) for name, kind in ARRAYS}
    whole = dict(head) | {"lengths": {name: len(values) for name, values in held.items()}}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()
    parts = [MAGIC, len(text).to_bytes(4, "little"), text]
    for values in held.values():
        if sys.byteorder == "big":
            values.byteswap()
        parts.append(values.tobytes())
    return b"".join(parts)

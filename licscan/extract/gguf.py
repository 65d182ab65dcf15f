"""The head of a GGUF file: what it was made from, its licence and its architecture; read in ranges, never whole."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from licscan.core.artifact import Claim, ClaimKind, Fact, FactKind
from licscan.core.evidence import Confidence
from licscan.core.ids import RepoKind
from licscan.core.lineage import Relation
from licscan.extract.extraction import At, Said, shorten
from licscan.extract.mention import Mention
from licscan.formats.malformed import Malformed

_MAGIC = b"GGUF"
_STRING, _ARRAY = 8, 9
_FIXED = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_WIDTH = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_LONGEST_STRING = 1_000_000
_MOST_KEYS = 4096
_MOST_STRINGS = 1024
_ORIGIN = ("general.base_model.", "general.source.")
_NUMBERED = re.compile(r"general\.(base_model|dataset)\.(\d+)\.(\w+)\Z")
_REPO = re.compile(r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/", re.IGNORECASE)


class Short(Exception):
    """More bytes are needed to go on; not a fault."""


@dataclass(frozen=True, slots=True)
class Head:
    """The metadata keys of a GGUF file, as far as they were read."""

    values: Mapping[str, Any]
    whole: bool
    """All keys were seen."""

    @property
    def reached_tokenizer(self) -> bool:
        """The known tools write the general keys first, then those of the architecture, then the tokenizer's."""
        return any(key.startswith("tokenizer.") for key in self.values)


def head(raw: bytes) -> Head:
    """Read the keys of a head as far as the bytes go.

    Raises:
        Malformed: it is no GGUF file, or its lengths are impossible.
    """
    if len(raw) >= 4 and raw[:4] != _MAGIC:
        raise Malformed("it does not begin with the letters GGUF")
    if len(raw) < 24:
        raise Malformed("it ends before the head of a GGUF file")
    end = "<" if struct.unpack_from("<I", raw, 4)[0] < 0x10000 else ">"
    version = struct.unpack_from(end + "I", raw, 4)[0]
    # The first version counts in 32 bits, all later ones in 64.
    order = end + ("I" if version == 1 else "Q")
    width = struct.calcsize(order)
    count = struct.unpack_from(order, raw, 8 + width)[0]
    if not 1 <= version <= 9 or count > 1 << 32:
        raise Malformed(f"GGUF version {version} with {count} keys is impossible")
    values: dict[str, Any] = {}
    position = 8 + 2 * width
    for _ in range(min(count, _MOST_KEYS)):
        try:
            key, position = _string(raw, position, order)
            value, position = _value(raw, position, order)
        except Short:
            return Head(values, whole=False)
        values[key] = value
    return Head(values, whole=count <= _MOST_KEYS)


def needs_more(raw: bytes) -> bool:
    """Whether keys that may name where the model comes from lie beyond these bytes.

    A head that has reached the tokenizer has shown the general keys of every file that the known tools write; where
    these name an origin, the rest (megabytes of tokens) is not needed, otherwise it is.
    """
    found = head(raw)
    return not found.whole and not (found.reached_tokenizer and any(key.startswith(_ORIGIN) for key in found.values))


def read(raw: bytes, at: At) -> Said:
    """What the head of a GGUF file says.

    Raises:
        Malformed: it is no GGUF file.
    """
    values = head(raw).values
    mentions = [*_numbered(values, at), *_sources(values, at)]
    claims = [
        Claim(ClaimKind.METADATA, text, at.saw(key, text))
        for key in ("general.license", "general.license.name", "general.license.link")
        if (text := _text(values, key))
    ]
    facts = []
    if kind := _text(values, "general.architecture"):
        facts.append(Fact(FactKind.ARCHITECTURE, kind, at.saw("general.architecture", kind)))
    facts.extend(
        Fact(FactKind.SUMMARY, f"{key}: {shorten(text, 120)}", at.saw(key, text))
        for key in ("general.name", "general.finetune", "general.author", "general.organization")
        if (text := _text(values, key))
    )
    return Said(tuple(mentions), tuple(claims), tuple(facts))


def _numbered(values: Mapping[str, Any], at: At) -> Iterator[Mention]:
    """`general.base_model.{i}.*` and `general.dataset.{i}.*`: what the file's model was made from."""
    tables: dict[tuple[str, int], dict[str, str]] = {}
    for key, value in values.items():
        found = _NUMBERED.match(key)
        if found and isinstance(value, str) and value.strip():
            tables.setdefault((found[1], int(found[2]) if len(found[2]) < 9 else 0), {})[found[3]] = value.strip()
    for (kind, index), entry in sorted(tables.items()):
        name, field = _name(entry)
        if not name:
            continue
        evidence = at.saw(f"general.{kind}.{index}.{field}", name)
        if kind == "dataset":
            yield Mention(
                name,
                evidence,
                "gguf",
                kind=RepoKind.DATASET,
                relation=Relation.TRAINED_ON,
                confidence=Confidence.LIKELY,
            )
        else:
            # These are the bases of the converted model as its own card named them, so they may be one step further up.
            yield Mention(name, evidence, "gguf", confidence=Confidence.LIKELY)


def _name(entry: Mapping[str, str]) -> tuple[str, str]:
    url = entry.get("repo_url", "")
    if _REPO.match(url):
        return url, "repo_url"
    if entry.get("organization") and entry.get("name"):
        organisation = entry["organization"].replace(" ", "-")
        return f"{organisation}/{entry['name'].replace(' ', '-')}", "name"
    for key in ("repo_url", "url", "name"):
        if entry.get(key):
            return entry[key], key
    return "", ""


def _sources(values: Mapping[str, Any], at: At) -> Iterator[Mention]:
    """`general.source.*`: the very repository that was converted."""
    for key in (
        "general.source.huggingface.repository",
        "general.source.repo_url",
        "general.source.url",
        "general.source.hf.repo",
    ):
        text = _text(values, key)
        if text and ("repository" in key or key.endswith(".repo") or _REPO.match(text)):
            yield Mention(text, at.saw(key, text), "gguf", relation=Relation.QUANTIZED, confidence=Confidence.LIKELY)


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    return value.strip() if isinstance(value, str) and value.strip() else None


def _take(raw: bytes, position: int, form: str) -> tuple[Any, int]:
    size = struct.calcsize(form)
    if position + size > len(raw):
        raise Short
    return struct.unpack_from(form, raw, position)[0], position + size


def _string(raw: bytes, position: int, order: str) -> tuple[str, int]:
    length, position = _take(raw, position, order)
    if length > _LONGEST_STRING:
        raise Malformed(f"a string of {length} bytes in the head")
    if position + length > len(raw):
        raise Short
    return raw[position : position + length].decode("utf-8", errors="replace"), position + length


def _value(raw: bytes, position: int, order: str) -> tuple[Any, int]:
    kind, position = _take(raw, position, order[0] + "I")
    if kind == _STRING:
        return _string(raw, position, order)
    if kind == _ARRAY:
        return _array(raw, position, order)
    if kind not in _FIXED:
        raise Malformed(f"a value of the unknown type {kind}")
    return _take(raw, position, order[0] + _FIXED[kind])


def _array(raw: bytes, position: int, order: str) -> tuple[list[Any], int]:
    """An array; its numbers are skipped and only its first strings are kept."""
    kind, position = _take(raw, position, order[0] + "I")
    count, position = _take(raw, position, order)
    if kind in _WIDTH:
        end = position + count * _WIDTH[kind]
        if end > len(raw):
            raise Short
        return [], end
    if kind != _STRING:
        raise Malformed(f"an array of the unknown type {kind}")
    kept: list[Any] = []
    for _ in range(min(count, _MOST_STRINGS)):
        text, position = _string(raw, position, order)
        kept.append(text)
    return kept, _skipped(raw, position, order, count - len(kept))


def _skipped(raw: bytes, position: int, order: str, count: int) -> int:
    """Where the rest of an array of strings ends: a vocabulary has hundreds of thousands of them."""
    length_at = struct.Struct(order).unpack_from
    width = struct.calcsize(order)
    last = len(raw) - width
    for _ in range(count):
        if position > last:
            raise Short
        position += length_at(raw, position)[0] + width
    if position > len(raw):
        raise Short
    return position

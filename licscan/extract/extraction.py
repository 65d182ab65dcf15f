"""What a reader gives back, and how it opens its file: bounded, strict, with nothing executed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from licscan.core.artifact import Claim, Fact, FactKind
from licscan.core.bounds import Bound
from licscan.core.evidence import Evidence
from licscan.core.jsontext import whole_values
from licscan.extract.mention import Mention
from licscan.formats.malformed import Malformed

_LONGEST_VALUE = 400
_DEEPEST = 60


@dataclass(frozen=True, slots=True)
class At:
    """The file that is being read, so that every sentence can say where it stood."""

    repo: str
    revision: str | None
    path: str

    def saw(self, field_path: str, says: object, line: int | None = None) -> Evidence:
        """Evidence of one field of this file."""
        place = f"{self.path}#{field_path}" if field_path else self.path
        return Evidence(self.repo, self.revision, place, shorten(str(says)), line)


LeftOut = tuple[Bound, tuple[str, ...]]
"""A limit that was reached, and what lay beyond it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one file says."""

    mentions: tuple[Mention, ...] = ()
    claims: tuple[Claim, ...] = ()
    facts: tuple[Fact, ...] = ()
    oddity: str = field(default="")
    """What is malformed in the file although it could be read."""
    left: tuple[LeftOut, ...] = ()
    """What the limits of reading left out of the file."""

    def __add__(self, other: Said) -> Said:
        return Said(
            self.mentions + other.mentions,
            self.claims + other.claims,
            self.facts + other.facts,
            self.oddity or other.oddity,
            self.left + other.left,
        )


def shorten(text: str, longest: int = _LONGEST_VALUE) -> str:
    """A value short enough to be shown, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def as_text(raw: bytes) -> str:
    """Decode a text file; a BOM is dropped.

    Raises:
        Malformed: it is binary.
    """
    if b"\0" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Malformed("it is binary, not text")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace").lstrip("\ufeff")
    return raw.decode("utf-8", errors="replace").lstrip("\ufeff")


def as_json(raw: bytes) -> tuple[Any, str]:
    """Read JSON; beside the value comes what is odd about it, such as NaN, which JSON does not have.

    Raises:
        Malformed: it is no JSON, or nested too deep.
    """
    odd: list[str] = []

    def constant(name: str) -> None:
        odd.append(f"{name} is not JSON")

    text = as_text(raw)
    try:
        value = json.loads(text, parse_constant=constant)
    except RecursionError as error:
        raise Malformed("it is nested too deep") from error
    except ValueError as error:
        raise Malformed(f"it is not JSON: {error}") from error
    if _too_deep(value):
        raise Malformed("it is nested too deep")
    return whole_values(value, text), odd[0] if odd else ""


def as_object(raw: bytes) -> tuple[Mapping[str, Any], str]:
    """Read JSON that must be an object.

    Raises:
        Malformed: it is something else.
    """
    value, odd = as_json(raw)
    if not isinstance(value, dict):
        raise Malformed(f"an object was expected, not {type(value).__name__}")
    return value, odd


def word(value: object) -> str | None:
    """The value where it is a usable string: not empty, not absurdly long, on one line."""
    if not isinstance(value, str):
        return None
    stripped = value.strip()
    return stripped if stripped and len(stripped) <= _LONGEST_VALUE and "\n" not in stripped else None


def words(value: object, most: int = 500) -> Iterator[tuple[str, str]]:
    """The strings of a value that may be one string or a list of them, each with its place (`` or `[2]`)."""
    if isinstance(value, str):
        yield "", value
    elif isinstance(value, list):
        for index, one in enumerate(value[:most]):
            if isinstance(one, str):
                yield f"[{index}]", one


def number(value: object) -> int | None:
    """The value where it is a whole number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def architecture(at: At, field_path: str, name: str) -> Fact:
    """The fact that a class or model type was named."""
    return Fact(FactKind.ARCHITECTURE, name, at.saw(field_path, name))


def _too_deep(value: object) -> bool:
    layer: list[object] = [value]
    for _ in range(_DEEPEST):
        layer = [
            inner
            for one in layer
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not layer:
            return False
    return True

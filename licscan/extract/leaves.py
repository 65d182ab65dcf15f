"""The single values of a parsed file, each with its path and what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from licscan.core.jsontext import whole_text
from licscan.extract.extraction import as_json, as_text
from licscan.formats import ini
from licscan.formats.frontmatter import load_all
from licscan.formats.malformed import Malformed

_MOST = 20_000
"""Values of one file that are looked at; small configs have hundreds."""
_REFERENCE = re.compile(r"<([\w.\-]{1,80}+)>|\$\{([\w.\-]{1,80}+)\}")
"""How SpeechBrain and spaCy write the value of another key into a value."""
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Leaf:
    """One text of a file."""

    path: tuple[str, ...]
    """The keys that lead to it; an element of a list has its place (`[0]`)."""
    value: str
    beside: Mapping[str, Any]
    """The mapping that it stands in."""

    @property
    def place(self) -> str:
        """The path as evidence writes it."""
        return ".".join(self.path).replace(".[", "[")

    @property
    def key(self) -> str:
        """The last key, places in a list left out."""
        return next((one for one in reversed(self.path) if not one.startswith("[")), "")


def parsed(raw: bytes, path: str) -> Any:
    """A small JSON, YAML, TOML or INI file as plain data; tags of YAML are decoration, and nothing is constructed.

    Args:
        raw: the whole file.
        path: its name, whose ending tells the format.

    Raises:
        Malformed: it is not what its ending says.
    """
    ending = path.rsplit(".", 1)[-1].lower()
    if ending == "json":
        return as_json(raw)[0]
    text = as_text(raw)
    if ending in ("cfg", "ini"):
        return ini.load(text)
    if ending == "toml":
        return _toml(text)
    documents = load_all(text, plain=True)
    return documents[0] if len(documents) == 1 else list(documents)


def leaves(value: Any) -> Iterator[Leaf]:
    """The texts of a parsed file in the order in which they stand there, references to other keys resolved."""
    top = value if isinstance(value, Mapping) else {}
    waiting: list[tuple[tuple[str, ...], Any, Mapping[str, Any]]] = [((), value, {})]
    for _ in range(_MOST):
        if not waiting:
            return
        path, one, beside = waiting.pop()
        if isinstance(one, Mapping):
            waiting += [((*path, str(key)), inner, one) for key, inner in reversed([*one.items()])]
        elif isinstance(one, list):
            waiting += [((*path, f"[{at}]"), inner, beside) for at, inner in reversed([*enumerate(one[:500])])]
        elif isinstance(one, str) and one.strip() and len(one) <= _LONGEST and "\n" not in one.strip():
            yield Leaf(path, whole_text(_resolved(one.strip(), top)), beside)


def _resolved(text: str, top: Mapping[str, Any]) -> str:
    for _ in range(3):
        found = _REFERENCE.search(text)
        if found is None:
            break
        value = _looked_up(top, (found[1] or found[2]).split("."))
        if not isinstance(value, str) or len(text) + len(value) > _LONGEST:
            break
        text = f"{text[: found.start()]}{value.strip()}{text[found.end() :]}"
    return text


def _looked_up(top: Mapping[str, Any], path: list[str]) -> Any:
    value: Any = top
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _toml(text: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Malformed("it is not TOML") from error

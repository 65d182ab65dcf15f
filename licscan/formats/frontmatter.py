"""The YAML block at the head of a card (and other small YAML), read within bounds: no alias bombs, no object tags.

PyYAML's events are used rather than its loader, so that every key keeps its line and depth and size can be limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from licscan.core.jsontext import whole_text
from licscan.formats.malformed import Malformed

_FENCED = re.compile(
    r"\A(\s*---[ \t]*(?:\r\n|\r|\n))(.*?)(?:(?:\r\n|\r|\n)---[ \t]*(?:\r\n|\r|\n|\Z)|\A---)", re.DOTALL
)
_UNCLOSED = re.compile(r"\A\s*---[ \t]*(?:\r\n|\r|\n)")
_TOP_KEY = re.compile(r"^(?P<quote>[\"']?)(?P<key>[A-Za-z0-9_.\-]++)(?P=quote)[ \t]*+:", re.MULTILINE)
_MOST_VALUES = 60_000
_DEEPEST = 40
_MOST_ALIASES = 200
_LONG_BLOCK = 20_000
_LONGEST = 1_000_000
_MOST_DOCUMENTS = 50
_PLAIN_TAGS = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Block:
    """The metadata of a card with the line of every key, and the body below it."""

    values: Mapping[str, Any]
    lines: Mapping[str, int]
    """`base_model` and `base_model[0]` to the line in the file, from 1."""
    again: tuple[tuple[str, Any, int], ...] = ()
    """Top-level keys that stand a second time: key, value, line."""
    body: str = ""
    body_line: int = 1
    problem: str = ""
    """Why there is no metadata although the card has a block."""


@dataclass(slots=True)
class _Limits:
    values: int = 0
    aliases: int = 0
    anchors: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    again: list[tuple[str, Any, int]] = field(default_factory=list)
    plain: bool = False
    """Tags are taken as decoration of ordinary data, and an alias of a block as nothing: see `load_all`."""


def split(text: str) -> Block:
    """Cut a card into its metadata and its body; what is wrong with the block is said, never raised."""
    found = _FENCED.match(text)
    if not found:
        problem = "the metadata block is not closed by ---" if _UNCLOSED.match(text) and _TOP_KEY.search(text) else ""
        return Block({}, {}, body=text, problem=problem)
    head, inner, whole = found.group(1), found.group(2), found.group(0)
    first = head.count("\n") or head.count("\r")
    body = text[len(whole) :]
    body_line = 1 + (whole.count("\n") or whole.count("\r"))
    try:
        values, lines, again = load(_without_long_blocks(inner), first)
    except Malformed as problem:
        return Block({}, {}, body=body, body_line=body_line, problem=str(problem))
    if values is None or values == "":
        values = {}
    if not isinstance(values, dict):
        problem_text = f"the metadata is {_kind(values)}, not a mapping of keys"
        return Block({}, {}, body=body, body_line=body_line, problem=problem_text)
    return Block(values, lines, again, body, body_line)


def load(text: str, first_line: int = 0) -> tuple[Any, dict[str, int], tuple[tuple[str, Any, int], ...]]:
    """Read one YAML document: its value, the line of each top-level field, and repeated top-level keys.

    Raises:
        Malformed: it is not YAML, too deep, too large, or uses aliases or tags that no card needs.
    """
    limits = _Limits()
    value = next(_documents(text, limits, first_line), None)
    return value, limits.lines, tuple(limits.again)


def load_all(text: str, *, plain: bool = False) -> tuple[Any, ...]:
    """Read every YAML document of a text: their values, in order.

    With `plain`, tags that mean something to another tool are no fault: a tagged node is the plain data below it.
    Nothing is constructed, and an alias of a whole block is None, since what it stands for is read where it is written.

    Raises:
        Malformed: one of them is not YAML, too deep, too large, or (without `plain`) uses aliases or tags that no card
            needs.
    """
    return tuple(_documents(text, _Limits(plain=plain), 0))


def _documents(text: str, limits: _Limits, first: int) -> Iterator[Any]:
    """The documents of a text, one after the other.

    Raises:
        Malformed: see `load`.
    """
    import yaml

    if len(text) > _LONGEST:
        raise Malformed("it is too large to be read as YAML")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(_printable(text))
    try:
        yield from _each(_events(loader), limits, first)
    except yaml.YAMLError as error:
        # Newer parsers have a nesting limit of their own, below ours: the same fault gets the same sentence.
        if "nesting" in str(getattr(error, "problem", "")):
            raise Malformed("it is nested too deep") from error
        raise Malformed(f"it is not YAML: {_where(error, first)}") from error
    except (RuntimeError, ValueError) as error:  # too deep for Python, or its events end early
        if isinstance(error, Malformed):
            raise
        raise Malformed("it is not YAML") from error
    finally:
        loader.dispose()


def _each(events: Iterator[Any], limits: _Limits, first: int) -> Iterator[Any]:
    for number, event in enumerate(events):
        kind = type(event).__name__
        if kind == "StreamEndEvent":
            return
        if number > _MOST_DOCUMENTS:
            raise Malformed("it holds too many documents")
        if kind == "DocumentStartEvent":
            yield _value(next(events), events, limits, 0, "", first)
            limits.anchors.clear()
            if type(next(events)).__name__ != "DocumentEndEvent":
                raise Malformed("it is not YAML")
        elif kind != "StreamStartEvent":
            raise Malformed("it is not YAML")


def _events(loader: Any) -> Iterator[Any]:
    while loader.check_event():
        yield loader.get_event()


def _value(event: Any, events: Iterator[Any], limits: _Limits, depth: int, path: str, first: int) -> Any:
    limits.values += 1
    if limits.values > _MOST_VALUES:
        raise Malformed("it holds too many values")
    if depth > _DEEPEST:
        raise Malformed("it is nested too deep")
    kind = type(event).__name__
    if kind == "AliasEvent":
        return _alias(event, limits)
    if not limits.plain:
        _refuse_tags(getattr(event, "tag", None))
    if kind == "ScalarEvent":
        scalar = _scalar(event)
        value: Any = whole_text(scalar) if isinstance(scalar, str) else scalar
    elif kind == "SequenceStartEvent":
        value = _sequence(events, limits, depth, path, first)
    elif kind == "MappingStartEvent":
        value = _mapping(events, limits, depth, first)
    else:
        raise Malformed("it is not YAML")
    if event.anchor:
        limits.anchors[event.anchor] = value
    return value


def _alias(event: Any, limits: _Limits) -> Any:
    """The value of an alias; only of a plain value, and not of hundreds."""
    limits.aliases += 1
    made = limits.anchors.get(event.anchor, [])
    if limits.plain and isinstance(made, dict | list):
        return None
    if limits.aliases > _MOST_ALIASES or isinstance(made, dict | list):
        raise Malformed("it uses YAML aliases of whole blocks, which no card needs")
    return made


def _refuse_tags(tag: str | None) -> None:
    if tag is not None and (
        not tag.startswith(_PLAIN_TAGS) or tag.startswith((_PLAIN_TAGS + "python", _PLAIN_TAGS + "merge"))
    ):
        raise Malformed(f"it uses the tag {tag[:40]!r}, which no card needs")


def _sequence(events: Iterator[Any], limits: _Limits, depth: int, path: str, first: int) -> list[Any]:
    found: list[Any] = []
    for event in events:
        if type(event).__name__ == "SequenceEndEvent":
            break
        if depth == 1:
            limits.lines[f"{path}[{len(found)}]"] = first + event.start_mark.line + 1
        found.append(_value(event, events, limits, depth + 1, "", first))
    return found


def _mapping(events: Iterator[Any], limits: _Limits, depth: int, first: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for event in events:
        if type(event).__name__ == "MappingEndEvent":
            break
        line = first + event.start_mark.line + 1
        raw = _value(event, events, limits, depth + 1, "", first)
        key = raw if isinstance(raw, str) else str(event.value) if hasattr(event, "value") else repr(raw)[:80]
        inner = key if depth == 0 else ""
        value = _value(next(events), events, limits, depth + 1, inner, first)
        if depth == 0 and key in found:
            limits.again.append((key, value, line))
            continue
        if depth == 0:
            limits.lines[key] = line
        found[key] = value
    return found


def _scalar(event: Any) -> Any:
    """Booleans, null and numbers become themselves; everything else, dates too, stays the text that stood there."""
    text = str(event.value)
    tag = event.tag
    if tag == _PLAIN_TAGS + "str" or (tag is None and not event.implicit[0]):
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        if len(text) < 40 and re.fullmatch(r"[-+]?[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?", text):
            try:
                return kind(text)
            except ValueError:
                continue
    return text


def _without_long_blocks(text: str) -> str:
    """Blank out huge top-level entries that say nothing of lineage or licence, such as benchmark results."""
    if len(text) < _LONG_BLOCK or text.lstrip().startswith("{"):  # a flow mapping is cut nowhere
        return text
    marks = [*_TOP_KEY.finditer(text)]
    if not marks:
        return text
    kept = []
    last = 0
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = following.start() if following else len(text)
        if mark["key"] in ("model-index", "widget", "configs", "dataset_info") and end - mark.start() > 2000:
            kept += [text[last : mark.start()], "\n" * text.count("\n", mark.start(), end)]
            last = end
    return "".join([*kept, text[last:]])


def _printable(text: str) -> str:
    """Characters that YAML forbids become blanks: one of them must not cost a card its metadata."""
    return re.sub("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", " ", text)


def _where(error: Any, first: int) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be read"
    return f"line {first + mark.line + 1}: {problem}" if mark else str(problem)


def _kind(value: object) -> str:
    return {"list": "a list", "str": "a word", "int": "a number", "bool": "a yes or no"}.get(
        type(value).__name__, type(value).__name__
    )

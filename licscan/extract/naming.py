"""Names in a sentence: links to the Hub, addresses, and bare `owner/name` words, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from licscan.core.ids import RepoKind

_LABEL = 200
"""A label of a link is not longer."""
_URL = re.compile(
    r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co|hf-mirror\.com)/"
    r"(?P<path>(?:datasets/)?[\w.\-]++(?:/[\w.\-]++)?)[^\s)>\]\"'`]*+",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![\w./@:\-])(?P<name>[A-Za-z0-9][\w.\-]{0,60}+/[A-Za-z0-9][\w.\-]{1,90}+)(?![\w/@])", re.ASCII)
_COMPOUND = re.compile(r"-(?:generated|written|based|style|like|annotated|translated|trained|tuned)\Z", re.IGNORECASE)
"""What a sentence adds to a name with a hyphen."""
_NOT_NAMES = re.compile(
    r"\A(?:and|or|w|n|http|https|www|train|test|input|output|src|data|docs|path|tokens?|\d+)/"
    r"|\.(?:py|md|json|sh|txt|png|jpg|html?|com|org|io|ai|git|ya?ml)\Z",
    re.IGNORECASE,
)
_NOT_OWNERS = frozenset(
    {"spaces", "docs", "blog", "papers", "collections", "posts", "join", "tasks", "models", "settings", "learn"}
)


@dataclass(frozen=True, slots=True)
class NameInText:
    """A name in a sentence: where it stands, what it says, and how surely it is a repository."""

    start: int
    end: int
    value: str
    kind: RepoKind
    bare: bool = False
    """Written without a link, and without a digit: often a tool's repository and no model."""
    label: str = ""
    """The words of the link."""


def names_in(sentence: str) -> Iterator[NameInText]:
    """Links, addresses and `owner/name` words, in the order of the sentence; no two overlap."""
    found: list[NameInText] = []
    taken = bytearray(len(sentence))
    for start, end, shown, target in _links(sentence):
        taken[start:end] = b"\1" * (end - start)
        url = _URL.match(target)
        label = shown.strip("`*_ ")
        value = url["path"] if url else label if not target.strip("#") and _BARE.fullmatch(label) else ""
        if value and _usable(value):
            found.append(replace(_name(start, end, value), label=label))
    for pattern in (_URL, _BARE):
        for match in pattern.finditer(sentence):
            if taken.find(1, match.start(), match.end()) >= 0:
                continue
            taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
            if pattern is _URL and _usable(match["path"]):
                found.append(_name(match.start(), match.end(), match["path"]))
            elif pattern is _BARE and not _NOT_NAMES.search(match["name"]):
                name = _COMPOUND.sub("", match["name"])
                bare = not re.search(r"\d", name.split("/", 1)[1])
                found.append(_name(match.start(), match.start() + len(name), name, bare=bare))
    yield from sorted(found, key=lambda name: name.start)


def _links(sentence: str) -> Iterator[tuple[int, int, str, str]]:
    """The Markdown links of a sentence: start, end, label and target, without the title behind the target.

    By hand, in one pass: an expression for this looks for the closing bracket anew from every opening one.
    """
    position, close = 0, -1
    while (middle := sentence.find("](", position)) >= 0:
        if close < middle:
            close = sentence.find(")", middle)
        if close < 0:
            return
        first = sentence.rfind("]", position, middle) + 1 or position
        start = sentence.find("[", max(first, middle - _LABEL - 1), middle)
        line = sentence.find("\n", middle, close) if start >= 0 else -1
        if start < 0 or start + 1 == middle or line >= 0:
            position = max(middle + 2, line)
            continue
        yield (
            start,
            close + 1,
            sentence[start + 1 : middle],
            (sentence[middle + 2 : close].split(maxsplit=1) or [""])[0],
        )
        position = close + 1


def _name(start: int, end: int, value: str, *, bare: bool = False) -> NameInText:
    kind = RepoKind.DATASET if value.lower().startswith("datasets/") else RepoKind.MODEL
    name = (value[9:] if kind is RepoKind.DATASET else value).rstrip(".")
    return NameInText(start, end, name if "/" in name else f"https://huggingface.co/{name}", kind, bare)


def _usable(path: str) -> bool:
    return path.split("/", 1)[0].lower() not in _NOT_OWNERS

"""Config files of tools that name repositories of the Hub, by the table in `data/lineage/reading.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from licscan.core.artifact import Fact, FactKind
from licscan.core.evidence import Confidence
from licscan.core.lineage import Relation
from licscan.extract.extraction import At, Said
from licscan.extract.keys import LONGEST_NAME, Tool, ToolPart, keys
from licscan.extract.leaves import Leaf, leaves, parsed
from licscan.extract.mention import Mention

_NAME = re.compile(r"[A-Za-z0-9][\w.\-]*+(?:/[\w.\-]++)?(?:@[\w.\-/]++)?\Z")
"""A repository, or a name that stands for one, perhaps with a revision; no path and no expression."""
_INNER = frozenset({"checkpoint", "model"})
_MOST = 100


def tool_of(path: str) -> Tool | None:
    """The tool whose config a file of this name is, by its name alone."""
    name = path.rsplit("/", 1)[-1].lower()
    return next((tool for tool in keys().tools if name in tool.files), None)


def is_of(tool: Tool, value: Any) -> bool:
    """Whether a parsed file is indeed this tool's: others use the same name."""
    return isinstance(value, Mapping) and (not tool.when or tool.when in value)


def read(raw: bytes, at: At) -> Said:
    """The parts that a tool's config names.

    Args:
        raw: the whole file.
        at: where it stands; its name tells the tool.

    Raises:
        Malformed: it is not what its ending says.
    """
    tool = tool_of(at.path)
    value = parsed(raw, at.path)
    return read_values(value, at, tool) if tool is not None and is_of(tool, value) else Said()


def read_values(value: Any, at: At, tool: Tool) -> Said:
    """The parts that a tool's config names which was parsed already."""
    said = Said()
    for part, leaf in _parts(value, tool):
        if _counts(part, leaf):
            said += _said(part, leaf, at)
        if len(said.mentions) >= _MOST:
            break
    return said


def told(value: Any, tool: Tool) -> frozenset[str]:
    """The values that the table speaks of, those included that it says name no part."""
    return frozenset(leaf.value for _, leaf in _parts(value, tool))


def _parts(value: Any, tool: Tool) -> Iterator[tuple[ToolPart, Leaf]]:
    for leaf in leaves(value):
        keyed = tuple(key for key in leaf.path if not key.startswith("["))
        part = next((one for one in tool.parts if _matches(one.path, leaf.path) or _matches(one.path, keyed)), None)
        if part is not None:
            yield part, leaf


def _matches(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether a path of keys is of a pattern; where `**` may end is kept as a set, so that nothing is tried twice."""
    states = {0}
    for key in path:
        states = {after for state in states for after in _steps(pattern, state, key)}
    return any(state == len(pattern) or set(pattern[state:]) == {"**"} for state in states)


def _steps(pattern: tuple[str, ...], state: int, key: str) -> Iterator[int]:
    if state >= len(pattern):
        return
    wanted = pattern[state]
    if wanted == "**":
        yield state
        yield from _steps(pattern, state + 1, key)
    elif wanted in ("*", key) or (wanted.startswith("*") and key.endswith(wanted[1:])):
        yield state + 1


def _counts(part: ToolPart, leaf: Leaf) -> bool:
    if not _NAME.match(leaf.value) or (part.owned and "/" not in leaf.value):
        return False
    if part.unless_false and leaf.beside.get(part.unless_false) is False:
        return False
    if part.only_true and leaf.beside.get(part.only_true) is not True:
        return False
    return all(word in str(leaf.beside.get(key, "")) for key, word in part.beside.items())


def _said(part: ToolPart, leaf: Leaf, at: At) -> Said:
    if part.fact:
        return Said(facts=(Fact(FactKind(part.fact), leaf.value, at.saw(leaf.place, leaf.value)),))
    name = leaf.value
    if "/" not in name and part.prefix:
        if part.prefix_if is None or len(name) > LONGEST_NAME or not part.prefix_if.match(name):
            return Said()
        name = part.prefix + name
    mention = Mention(
        name,
        at.saw(leaf.place, leaf.value),
        "tool",
        relation=Relation(part.relation) if part.relation else Relation.COMPONENT,
        component=None if part.relation else _role(part, leaf),
        confidence=Confidence.LIKELY,
    )
    return Said((mention,))


def _role(part: ToolPart, leaf: Leaf) -> str:
    if part.role == "*":
        own = [key for key in leaf.path if key not in _INNER and not key.startswith("[")]
        return own[-1].lower() if own else "part"
    return (role_of(leaf) or "part") if part.role == "?" else part.role


def role_of(leaf: Leaf) -> str:
    """The role of a part by the words of its key, or of the nearest key above that has one of the table; or empty."""
    for key in reversed(leaf.path):
        for one in words_of(key):
            if one in keys().key_words:
                return keys().key_words[one]
    return ""


def words_of(key: str) -> list[str]:
    """The words of a key in small letters: `textBackbone_repo-id` has four."""
    return [one.lower() for one in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+(?![a-z])", key)]

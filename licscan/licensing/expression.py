"""SPDX expressions as choices between sets of licence keys; the only room that imports `license_expression`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from licscan.knowledge import Knowledge

_LONGEST = 4000
_MOST_PARTS = 100
_MOST_CHOICES = 64
_OPERATOR = re.compile(r"\b(and|or|with)\b", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+:\-]*\Z")
_SAYS_NOTHING = {"none", "noassertion"}

Choices = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that was read."""

    text: str
    """In the official spelling, deprecated ids replaced."""
    alternatives: Choices
    """A choice (outer) of sets of licence keys that hold together (inner); empty where no choice is fully known."""
    unknown: tuple[str, ...] = ()
    """Ids that neither the SPDX list nor our knowledge has."""
    deprecated: tuple[str, ...] = ()
    """Ids as written that the SPDX list has replaced."""


def parse(text: str, knowledge: Knowledge) -> Expression | None:
    """Read an SPDX expression, whatever the case of its letters; None where it is none."""
    stripped = text.strip()
    if not stripped or len(stripped) > _LONGEST or stripped.lower() in _SAYS_NOTHING:
        return None
    if _ID.match(stripped):
        return _finish(_symbol(stripped, None, knowledge))
    if not _OPERATOR.search(stripped) or len(_OPERATOR.findall(stripped)) > _MOST_PARTS:
        return None
    tree = _tree(stripped)
    return None if tree is None else _finish(_walk(tree, knowledge))


def is_well_formed(text: str) -> bool:
    """The text can be read as an expression of names, known or not."""
    operators = len(_OPERATOR.findall(text))
    return 0 < len(text) <= _LONGEST and operators <= _MOST_PARTS and _tree(text) is not None


def join(expressions: Iterable[str], word: str = "AND") -> str:
    """One expression of several, in their order and without repetition."""
    parts = tuple(dict.fromkeys(expressions))
    if len(parts) == 1:
        return parts[0]
    return f" {word} ".join(f"({one})" if _OPERATOR.search(one) else one for one in parts)


def _tree(text: str) -> Any:
    from license_expression import ExpressionError, Licensing  # slow to import, and most licences are one bare id

    try:
        return Licensing().parse(text)
    except (ExpressionError, RecursionError, ValueError, TypeError, AttributeError):
        return None


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    choices: Choices
    unknown: tuple[str, ...] = ()
    deprecated: tuple[str, ...] = ()
    is_choice: bool = False
    inner: tuple[_Part, ...] = ()
    """What an operator joins; empty for one licence."""


def _finish(part: _Part | None) -> Expression | None:
    if part is None:
        return None
    known = tuple(one for one in part.choices if not set(one) & set(part.unknown))
    return Expression(part.text, tuple(dict.fromkeys(known)), part.unknown, part.deprecated)


def _walk(tree: Any, knowledge: Knowledge) -> _Part | None:
    from license_expression import LicenseWithExceptionSymbol

    if isinstance(tree, LicenseWithExceptionSymbol):
        return _symbol(tree.license_symbol.key, tree.exception_symbol.key, knowledge)
    arguments = getattr(tree, "args", ())
    if not arguments:
        return _symbol(tree.key, None, knowledge)
    parts = [_walk(one, knowledge) for one in arguments]
    if any(one is None for one in parts):
        return None
    return _combined([one for one in parts if one], is_choice=type(tree).__name__ == "OR")


def _combined(parts: list[_Part], *, is_choice: bool) -> _Part:
    level = [one for part in parts for one in (part.inner if part.inner and part.is_choice == is_choice else (part,))]
    parts = list({part.text: part for part in level}.values())
    if len(parts) == 1:
        return parts[0]
    choices = _choices([part.choices for part in parts], is_choice=is_choice)
    bracketed = [f"({part.text})" if part.is_choice and not is_choice else part.text for part in parts]
    return _Part(
        (" OR " if is_choice else " AND ").join(bracketed),
        choices,
        tuple(dict.fromkeys(one for part in parts for one in part.unknown)),
        tuple(dict.fromkeys(one for part in parts for one in part.deprecated)),
        is_choice=is_choice,
        inner=tuple(parts),
    )


def _choices(rows: list[Choices], *, is_choice: bool) -> Choices:
    """All choices of the parts, put together step by step: among too many nobody can choose, so all of them hold."""
    if is_choice:
        return _bounded(dict.fromkeys(one for row in rows for one in row))
    held: Choices = ((),)
    for row in rows:
        held = _bounded(dict.fromkeys(tuple(sorted({*a, *b})) for a in held for b in row))
    return held


def _bounded(choices: Iterable[tuple[str, ...]]) -> Choices:
    listed = tuple(choices)
    return listed if len(listed) <= _MOST_CHOICES else (tuple(sorted({key for one in listed for key in one})),)


def _symbol(id: str, exception: str | None, knowledge: Knowledge) -> _Part | None:
    """One licence; an exception can only free, so the terms are those of its licence."""
    if not _ID.match(id) or id.lower() in _SAYS_NOTHING or _OPERATOR.fullmatch(id):
        return None
    ending = ""
    if exception is not None:
        official = knowledge.spdx.find_exception(exception)
        if official is None:
            return _Part(f"{id} WITH {exception}", ((f"{id} WITH {exception}",),), (f"{id} WITH {exception}",))
        ending = f" WITH {official}"
    written, deprecated = _official(id, knowledge)
    if " " in written:  # a deprecated id that carried its exception in its name
        inner, _, named = written.partition(" WITH ")
        part = _symbol(inner, named, knowledge)
        return part and _Part(part.text, part.choices, part.unknown, deprecated)
    keys = _keys(written, knowledge)
    if not keys:
        return _Part(id + ending, ((id,),), (id,), deprecated)
    return _Part(written + ending, tuple((key,) for key in keys), (), deprecated)


def _official(id: str, knowledge: Knowledge) -> tuple[str, tuple[str, ...]]:
    """The official spelling of an id, and the id itself where it is deprecated."""
    license = knowledge.by_expression(id)
    if license is not None and license.expression.lower() == id.lower():
        return license.expression, ()
    listed = knowledge.spdx.find(id)
    if listed is not None:
        if listed.is_deprecated:
            return listed.now or listed.id, (id,)
        return listed.id, ()
    if id.endswith("+") and (base := knowledge.spdx.find(id[:-1])):
        return f"{base.id}+", ()
    return (license.expression if license is not None else id), ()


def _keys(id: str, knowledge: Knowledge) -> tuple[str, ...]:
    """The licence; for "or later" also every later edition of its line, any of which may be chosen."""
    later = id.endswith(("-or-later", "+"))
    license = knowledge.by_expression(id.removesuffix("+")) or knowledge.by_expression(id)
    if license is None:
        return ()
    if not later or license.series is None or license.edition is None:
        return (license.key,)
    return tuple(
        one.key for one in knowledge.editions(license.series) if one.edition and one.edition >= license.edition
    )

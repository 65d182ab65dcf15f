"""Of which nodes nobody can say what their licence grants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from licscan.core.license import Disputed, License, Resolution, Resolved, Term, Undeclared, Unrecognised
from licscan.core.lineage import Lineage
from licscan.core.origin import INHERITING
from licscan.core.use import Use


class Why(StrEnum):
    """Why nobody can say."""

    UNSEEN = "unseen"
    UNDECLARED = "undeclared"
    UNRECOGNISED = "unrecognised"
    DISPUTED = "disputed"
    UNREAD = "unread"
    """The licence is known by name; what it grants has not been read."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A node whose weights go into the subject and whose licence leaves open what may be done with them."""

    node: str
    why: Why


def unsaid(
    lineage: Lineage, resolutions: Mapping[str, Resolution], licenses: Mapping[str, License], use: Use
) -> tuple[Unsaid, ...]:
    """The subjects and all above them along which weights pass, nearest first, of which nobody can say.

    A subject whose own licence does not bind the user is the user's own release: what it says, or does not say yet, is
    for the user to decide.
    """
    found = []
    for node in inherited(lineage):
        if node in lineage.subjects and not use.is_bound(published=lineage[node].repo is not None):
            continue
        why = why_unsaid(resolutions[node], licenses)
        if why is not None:
            found.append(Unsaid(node, why))
    return tuple(found)


def why_unsaid(resolution: Resolution, licenses: Mapping[str, License]) -> Why | None:
    """Why nobody can say what holds for a node; None where it is known."""
    match resolution:
        case Resolved(alternatives=sets):
            readable = any(all(_is_read(licenses.get(key)) for key in together) for together in sets)
            return None if readable else Why.UNREAD
        case Disputed():
            return Why.DISPUTED
        case Unrecognised():
            return Why.UNRECOGNISED
        case Undeclared():
            return Why.UNDECLARED
        case _:
            return Why.UNSEEN


def _is_read(license: License | None) -> bool:
    return license is not None and (license[Term.COMMERCIAL_USE].is_known or license.osi_approved is True)


def inherited(lineage: Lineage) -> tuple[str, ...]:
    """The subjects, and what is above them along links by which weights pass."""
    seen = dict.fromkeys(lineage.subjects)
    level = list(seen)
    while level:
        above = [link.parent for node in level for link in lineage.up(node) if link.relation in INHERITING]
        level = [node for node in dict.fromkeys(above) if node not in seen]
        seen.update(dict.fromkeys(level))
    return tuple(seen)

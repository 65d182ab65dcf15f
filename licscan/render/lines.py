"""Lines of words with their styles: what the tree is made of before somebody writes it plain or in colour."""

from __future__ import annotations

from dataclasses import dataclass

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.evidence import Evidence
from licscan.core.text import harmless, text
from licscan.words import say

_LONGEST_SAYS = 90
_NAMED = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words and what they are, so that a terminal can colour them."""

    words: str
    style: str = ""
    """`id`, `license`, `good`, `bad`, `warn`, `dim`, `head` or nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the branch drawn before it, its pieces, and how far its continuation is set in."""

    pieces: tuple[Piece, ...] = ()
    branch: str = ""
    rest: str = ""
    """What stands before a continuation, where the line has to be wrapped."""

    def __str__(self) -> str:
        return (self.branch + "".join(piece.words for piece in self.pieces)).rstrip()


def joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """The pieces with a dot between each two."""
    dotted: list[Piece] = []
    for piece in pieces:
        dotted += [Piece(" · ", "dim"), piece] if dotted else [piece]
    return tuple(dotted)


def name_of(artifact: Artifact, lang: str) -> str:
    """What a node is called in front of people."""
    if artifact.kind is NodeKind.EXTERNAL:
        return say(text("“{name}” (no repository)", name=harmless(short(artifact.label))), lang)
    return harmless(artifact.label)


def place_of(evidence: Evidence, lang: str, here: str = "") -> str:
    """Evidence in one line: where it stands (the repository, if it is not `here`) and what it says."""
    line = f":{evidence.line}" if evidence.line else ""
    repo = "" if evidence.repo == here else f"{harmless(evidence.repo)} "
    # The addresses of a public record are for the long forms of the report.
    where = f"{repo}{harmless(short(evidence.place.partition(': http')[0]))}{line}"
    says = harmless(short(evidence.says))
    if evidence.place == "tags":
        return say(text("{where} say “{says}”", where=where, says=says), lang)
    return say(text("{where} says “{says}”", where=where, says=says), lang)


def some(names: tuple[str, ...]) -> str:
    """A few of the names, and how many more there are."""
    more = f" (+{len(names) - _NAMED})" if len(names) > _NAMED else ""
    return ", ".join(harmless(name) for name in names[:_NAMED]) + more


def share_of(share: tuple[float, float]) -> str:
    """A share of the parameters, or an interval of it, in per cent."""
    low, high = (f"{end * 100:.1f}" for end in share)
    return f"{low} %" if low == high else f"{low}-{high} %"


def size_of(parameters: int) -> str:
    """A number of parameters as people say it."""
    for unit, name in ((1_000_000_000, "B"), (1_000_000, "M")):
        if parameters >= unit:
            return f"{parameters / unit:.1f}{name}"
    return str(parameters)


def short(words: str) -> str:
    """The words on one line, cut where they are long."""
    flat = " ".join(words.split())
    return flat if len(flat) <= _LONGEST_SAYS else flat[: _LONGEST_SAYS - 1] + "…"

"""How much of the subject's parameters comes from whom: intervals, with the unknown shown as unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from licscan.core.amounts import count, percent
from licscan.core.artifact import NodeKind
from licscan.core.dependence import arithmetic
from licscan.core.license import Resolution, Resolved
from licscan.core.lineage import Lineage, Link, Relation
from licscan.core.origin import INHERITING
from licscan.core.publisher import Publisher
from licscan.core.report import Share
from licscan.core.text import Text, text

Interval = tuple[float, float]
_WHOLE: Interval = (1.0, 1.0)
_ANY: Interval = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Parameters of the subject that come from one origin."""

    origin: str | None
    """The node; None is unknown."""
    share: Interval
    role: str = ""
    how: str = ""
    """The arithmetic behind the share, as the link has it."""


def shares(
    lineage: Lineage, publishers: Mapping[str, Publisher], resolutions: Mapping[str, Resolution]
) -> tuple[Share, ...]:
    """The subject's parameters by publisher, by country and by licence."""
    if not lineage.subjects:
        return ()
    subject = lineage.subjects[0]
    pieces = _pieces(subject, lineage)

    def publisher(node: str) -> str | None:
        return publishers[node].name if node in publishers else None

    def country(node: str) -> str | None:
        return publishers[node].country if node in publishers else None

    def license(node: str) -> str | None:
        resolution = resolutions.get(node)
        return resolution.expression if isinstance(resolution, Resolved) else None

    headings: tuple[tuple[str, Callable[[str], str | None]], ...] = (
        ("publisher", publisher),
        ("country", country),
        ("license", license),
    )
    return tuple(share for by, of in headings for share in _grouped(by, of, pieces, subject, lineage))


def _grouped(
    by: str, of: Callable[[str], str | None], pieces: tuple[_Piece, ...], subject: str, lineage: Lineage
) -> list[Share]:
    groups: dict[str | None, list[_Piece]] = {}
    for piece in pieces:
        groups.setdefault(of(piece.origin) if piece.origin is not None else None, []).append(piece)
    made = []
    for value, members in groups.items():
        low = min(1.0, sum(one.share[0] for one in members))
        others = sum(one.share[0] for name, rest in groups.items() if name != value for one in rest)
        high = min(1.0, sum(one.share[1] for one in members), max(0.0, 1.0 - others))
        made.append(Share(by, value, round(low, 6), round(max(low, high), 6), _how(members, subject, lineage)))
    return sorted(made, key=lambda one: (-one.high, -one.low, one.value is None, one.value or ""))


def _how(members: list[_Piece], subject: str, lineage: Lineage) -> Text:
    total = lineage[subject].parameters
    parts = "; ".join(_member(one, total) for one in sorted(members, key=lambda one: (one.role, one.origin or "")))
    if total is None:
        return text("{parts}", parts=parts)
    return text("{parts}; of {total} parameters", parts=parts, total=count(total))


def _member(piece: _Piece, total: int | None) -> str:
    name = f"{piece.role} from {piece.origin or '?'}" if piece.role else f"{piece.origin or '?'}"
    low, high = piece.share
    figure = percent(piece.share)
    if piece.how:
        return f"{name} {figure} ({piece.how})"
    if total is not None and piece.role and high < 1:
        amount = count(low * total) if low == high else f"{count(low * total)}..{count(high * total)}"
        return f"{name} {amount} = {figure}"
    return f"{name} {figure}"


def _pieces(subject: str, lineage: Lineage) -> tuple[_Piece, ...]:
    found: dict[tuple[str | None, str], Interval] = {}
    hows: dict[tuple[str | None, str], str] = {}
    for piece in _walk(subject, lineage, frozenset(), frozenset()):
        low, high = found.get((piece.origin, piece.role), (0.0, 0.0))
        found[piece.origin, piece.role] = (low + piece.share[0], high + piece.share[1])
        hows[piece.origin, piece.role] = hows.get((piece.origin, piece.role)) or piece.how
    return tuple(
        _Piece(origin, (min(1.0, low), min(1.0, high)), role, hows[origin, role])
        for (origin, role), (low, high) in sorted(found.items(), key=lambda one: (one[0][0] or "", one[0][1]))
        if high > 0
    )


def _walk(node: str, lineage: Lineage, without: frozenset[str], above: frozenset[str]) -> list[_Piece]:
    """The pieces of one node as shares of itself; parts in `without` belong to the child that was asked about."""
    links = [link for link in lineage.up(node) if link.relation in INHERITING and link.parent not in above]
    parts = [link for link in links if link.relation is Relation.COMPONENT]
    mine = [link for link in parts if (link.component or "") not in without]
    pieces = [
        _Piece(one.origin, _times(link.share or _ANY, one.share), link.component or "part", arithmetic(link))
        for link in mine
        for one in _origin(link.parent, lineage, without, above | {node})
    ]
    rest = _rest([link.share or _ANY for link in mine])
    roles = without | {link.component or "" for link in parts}
    return [*pieces, *_body(node, lineage, [link for link in links if link not in parts], rest, roles, above | {node})]


def _body(
    node: str, lineage: Lineage, parents: list[Link], rest: Interval, roles: frozenset[str], above: frozenset[str]
) -> list[_Piece]:
    """What is left when the parts are taken away: the node's own, or its parents'."""
    if not parents:
        return [_Piece(_known(node, lineage), rest)]
    share = rest if len(parents) == 1 else (0.0, rest[1])
    return [
        _Piece(one.origin, _times(share, one.share), one.role, one.how)
        for link in parents
        for one in _origin(link.parent, lineage, roles, above)
    ]


def _origin(parent: str, lineage: Lineage, without: frozenset[str], above: frozenset[str]) -> list[_Piece]:
    if lineage[parent].gap is not None or lineage[parent].kind is NodeKind.EXTERNAL:
        return [_Piece(_known(parent, lineage), _WHOLE)]
    return _walk(parent, lineage, without, above)


def _known(node: str, lineage: Lineage) -> str | None:
    """The node as an origin; an outside thing without a publisher is no origin that anybody knows."""
    artifact = lineage[node]
    return None if artifact.kind is NodeKind.EXTERNAL and artifact.org is None else node


def _times(one: Interval, other: Interval) -> Interval:
    return (one[0] * other[0], one[1] * other[1])


def _rest(taken: list[Interval]) -> Interval:
    low = max(0.0, 1.0 - sum(high for _, high in taken))
    return (low, max(low, 1.0 - min(1.0, sum(low for low, _ in taken))))

"""How much of the subject's parameters comes from whom: intervals, with the unknown shown as unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from licscan.core.amounts import count, percent
from licscan.core.artifact import Artifact, NodeKind
from licscan.core.dependence import arithmetic, part_name
from licscan.core.license import Resolution, Resolved
from licscan.core.lineage import Lineage, Link, Relation
from licscan.core.origin import INHERITING
from licscan.core.publisher import Publisher
from licscan.core.report import Share
from licscan.core.text import Text, joined, text

Interval = tuple[float, float]
_WHOLE: Interval = (1.0, 1.0)
_ANY: Interval = (0.0, 1.0)
_FINITE = 1e9
_MOST_RING = 6
"""Nodes of a circle through which every way is followed."""


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
    parts = joined([_member(one, total) for one in sorted(members, key=lambda one: (one.role, one.origin or ""))])
    if total is None:
        return parts
    return text("{parts}; of {total} parameters", parts=parts, total=count(total))


def _member(piece: _Piece, total: int | None) -> Text:
    origin = piece.origin or text("unknown")
    name = text("{part} from {origin}", part=part_name(piece.role), origin=origin)
    if not piece.role:
        name = text("{origin}", origin=origin)
    low, high = piece.share
    figure = percent(piece.share)
    if piece.how:
        return text("{name} {figure} ({how})", name=name, figure=figure, how=piece.how)
    if total is not None and piece.role and high < 1:
        amount = count(low * total) if low == high else f"{count(low * total)}..{count(high * total)}"
        return text("{name} {amount} = {figure}", name=name, amount=amount, figure=figure)
    return text("{name} {figure}", name=name, figure=figure)


def _pieces(subject: str, lineage: Lineage) -> tuple[_Piece, ...]:
    found: dict[tuple[str | None, str], Interval] = {}
    hows: dict[tuple[str | None, str], str] = {}
    for piece in _Walk(subject, lineage).pieces:
        low, high = found.get((piece.origin, piece.role), (0.0, 0.0))
        found[piece.origin, piece.role] = (low + piece.share[0], high + piece.share[1])
        hows[piece.origin, piece.role] = hows.get((piece.origin, piece.role)) or piece.how
    return tuple(
        _Piece(origin, (min(1.0, low), min(1.0, high)), role, hows[origin, role])
        for (origin, role), (low, high) in sorted(found.items(), key=lambda one: (one[0][0] or "", one[0][1]))
        if high > 0
    )


@dataclass(frozen=True, slots=True)
class _State:
    """Where parameters of the subject have been traced to; the share of each state is the sum over its ways."""

    node: str
    without: frozenset[str] = frozenset()
    """Parts that belong to a node further down."""
    role: str = ""
    how: str = ""
    ring: frozenset[str] = frozenset()
    """The nodes of the same circle that the way has passed: it does not come back to them."""


class _Walk:
    """Traces the subject's parameters upward, each state once, children before parents."""

    def __init__(self, subject: str, lineage: Lineage) -> None:
        self._lineage = lineage
        self._rings = {node: frozenset(ring) for ring in lineage.cycles() for node in ring}
        self._start = _State(subject)
        self._arrived: dict[str, dict[_State, Interval]] = {subject: {self._start: _WHOLE}}
        self.pieces: list[_Piece] = []
        done: set[str] = set()
        for node in reversed(lineage.bottom_up()):
            if node not in done:
                ring = self._rings.get(node, frozenset((node,)))
                done |= ring
                self._leave(sorted(ring))

    def _leave(self, ring: list[str]) -> None:
        """Everything that arrived at the nodes of one circle (mostly one node and none) goes on upward."""
        while waiting := [one for node in ring for one in self._arrived.pop(node, {}).items()]:
            least = min(len(state.ring) for state, _ in waiting)
            for state, share in waiting:
                if len(state.ring) == least:
                    self._climb(state, share)
                else:
                    self._add(state, share)

    def _climb(self, state: _State, share: Interval) -> None:
        """The parts of a node are their parents'; what is left is the node's own, or its other parents'."""
        node = self._lineage[state.node]
        links = (
            [] if self._ends(node, state) else [one for one in self._lineage.up(node.id) if self._goes_on(one, state)]
        )
        parts = [link for link in links if link.relation is Relation.COMPONENT]
        mine = [link for link in parts if (link.component or "") not in state.without]
        for link in mine:
            role, how = (state.role, state.how) if state.role else (link.component or "part", arithmetic(link))
            self._arrive(link, state, _times(share, link.share or _ANY), state.without, role, how)
        rest = _times(share, _rest([link.share or _ANY for link in mine]))
        others = [link for link in links if link.relation is not Relation.COMPONENT]
        if not others:
            self.pieces.append(_Piece(_known(node.id, self._lineage), rest, state.role, state.how))
            return
        roles = state.without | {link.component or "" for link in parts}
        for link in others:
            self._arrive(link, state, rest if len(others) == 1 else (0.0, rest[1]), roles, state.role, state.how)

    def _ends(self, node: Artifact, state: _State) -> bool:
        """Nothing above was seen; the subject itself is asked about whatever it is."""
        return state != self._start and (node.gap is not None or node.kind is NodeKind.EXTERNAL)

    def _goes_on(self, link: Link, state: _State) -> bool:
        if link.relation not in INHERITING or link.parent in state.ring:
            return False
        ring = self._rings.get(link.child, ())
        # Every way through a large tangle cannot be followed: there, only those that lead away from the subject.
        tangled = len(ring) > _MOST_RING and link.parent in ring
        return not tangled or self._lineage.depth(link.parent) > self._lineage.depth(link.child)

    def _arrive(self, link: Link, state: _State, share: Interval, without: frozenset[str], role: str, how: str) -> None:
        ring = self._rings.get(link.child, frozenset())
        passed = state.ring | {link.child} if link.parent in ring else frozenset()
        self._add(_State(link.parent, without, role, how, passed), share)

    def _add(self, state: _State, share: Interval) -> None:
        here = self._arrived.setdefault(state.node, {})
        low, high = here.get(state, (0.0, 0.0))
        # Many ways meet in a wide lineage: their sum is held finite.
        here[state] = (min(_FINITE, low + share[0]), min(_FINITE, high + share[1]))


def _known(node: str, lineage: Lineage) -> str | None:
    """The node as an origin; an outside thing without a publisher is no origin that anybody knows."""
    artifact = lineage[node]
    return None if artifact.kind is NodeKind.EXTERNAL and artifact.org is None else node


def _times(one: Interval, other: Interval) -> Interval:
    return (one[0] * other[0], one[1] * other[1])


def _rest(taken: list[Interval]) -> Interval:
    low = max(0.0, 1.0 - sum(high for _, high in taken))
    return (low, max(low, 1.0 - min(1.0, sum(low for low, _ in taken))))

"""The verdict on every link; each pair of licence sets under one relation is judged once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from licscan.compatibility.alternatives import Side, Sides
from licscan.compatibility.contrast import contrast
from licscan.compatibility.effective_terms import ups_of
from licscan.compatibility.obligations import naming_applies
from licscan.compatibility.pair_verdict import judge_pair
from licscan.compatibility.parties import (
    VERDICT_RANK,
    Child,
    Says,
    Traits,
    begins_with,
    has_notice,
    name_of,
    worst,
)
from licscan.compatibility.paths import Way, column_of, joined, sureness, way_of
from licscan.compatibility.use_limits import multimodal
from licscan.core.artifact import Artifact
from licscan.core.judgement import Judgement, Reason, ReasonKind, Verdict
from licscan.core.license import Category, License, Resolution, Resolved, Term
from licscan.core.lineage import Lineage, Link
from licscan.core.text import text
from licscan.core.use import Use
from licscan.knowledge.flowtable import WEIGHTS, Column, FlowTable
from licscan.licensing.licensor import Owners

_Answer = tuple[Verdict, tuple[Reason, ...]]


_MOST_OWNERS = 3
"""Licensors of one text that a node remembers: the contradiction is the same for each."""


@dataclass(frozen=True, slots=True)
class _Carried:
    """A licence from further above that a node carries, whatever the node itself says."""

    license: str
    way: Way
    owner: str
    source: str


def judge_links(
    lineage: Lineage,
    resolutions: Mapping[str, Resolution],
    licenses: Mapping[str, License],
    use: Use,
    owners: Owners,
    table: FlowTable,
) -> dict[tuple[str, str, str, str], Judgement]:
    """The verdict on every link, by the link's key."""
    bench = _Bench(lineage, resolutions, licenses, use, owners, table)
    return {link.key: bench.judge(link) for link in lineage.links}


class _Bench:
    """Remembers what it has judged before."""

    def __init__(
        self,
        lineage: Lineage,
        resolutions: Mapping[str, Resolution],
        licenses: Mapping[str, License],
        use: Use,
        owners: Owners,
        table: FlowTable,
    ) -> None:
        self._lineage, self._licenses, self._use, self._owners, self._table = lineage, licenses, use, owners, table
        self._resolved = {node for node, one in resolutions.items() if isinstance(one, Resolved)}
        sides = Sides(licenses, table)
        self._sides = {node: sides.of(resolutions[node]) for node in lineage.artifacts}
        self._ups = ups_of(lineage)
        self._heavy: dict[str, bool] = {}
        self._carried = self._carry()
        self._bound = self._reached()
        self._known: dict[object, _Answer] = {}
        self._inherited: dict[tuple[str, str, str], tuple[Reason, ...]] = {}
        self._placed: dict[tuple[str, str, str, str], tuple[Reason, ...]] = {}

    def judge(self, link: Link) -> Judgement:
        """The verdict on one link."""
        verdict, reasons = self._own(link)
        more = self._from_above(link)
        if more:
            verdict = worst(verdict, Verdict.CONFLICT)
            reasons = (*more, *reasons)
        return Judgement(link, verdict, tuple(_placed(one, link.parent) for one in reasons), sureness(link))

    def _own(self, link: Link) -> _Answer:
        parent, child = self._sides[link.parent], self._sides[link.child]
        column = column_of(link, self._lineage)
        if not parent.sets:
            says = text("the licence of the parent is {state}, so nothing can be said", state=parent.says)
            return Verdict.UNKNOWN, (Reason(ReasonKind.UNSETTLED, None, None, None, says, "license"),)
        traits = {license.key: self._traits(link, license, column) for one in parent.sets for license in one}
        bound = link.child in self._bound
        key = (parent.key, column, child.key, tuple(sorted((name, _facts(one)) for name, one in traits.items())), bound)
        if key not in self._known:
            self._known[key] = self._pair(parent, column, child, traits, self._use if bound else Use())
        return self._known[key]

    def _pair(self, parent: Side, column: Column, child: Side, traits: Mapping[str, Traits], use: Use) -> _Answer:
        by_set = [
            _pick((self._set(one, column, said, traits, use) for said in child.children), choice=child.choice)
            for one in parent.sets
        ]
        return _pick(by_set, choice=parent.choice)

    def _set(
        self, licenses: tuple[License, ...], column: Column, child: Child, traits: Mapping[str, Traits], use: Use
    ) -> _Answer:
        answers = [judge_pair(one, column, child, traits[one.key], use, self._table) for one in licenses]
        reasons = dict.fromkeys(reason for _, found in answers for reason in found)
        return worst(*(verdict for verdict, _ in answers)), tuple(reasons)

    def _traits(self, link: Link, license: License, column: Column) -> Traits:
        child = self._lineage[link.child]
        publisher = self._owners.publisher(link.child)
        same = (
            publisher is not None
            and link.child in self._resolved
            and publisher == self._owners.licensor(link.parent, license)
        )
        named = None
        if naming_applies(license, column, self._table):
            name = self._name(child)
            named = begins_with(name, license[Term.NAMING].says or "", self._table) if name else None
        excluded = license[Term.TERRITORY_EXCLUDED].value == "stated"
        many = multimodal((child, self._lineage[link.parent]), self._table) if excluded else None
        own = column is Column.DISTILLED and self._is_of_family(link.child, license)
        return Traits(same, named, many, has_notice(self._lineage[link.parent]), own)

    def _name(self, artifact: Artifact) -> str:
        if self._use.release_name and artifact.id in self._lineage.subjects:
            return self._use.release_name
        return name_of(artifact)

    def _is_of_family(self, node: str, license: License) -> bool:
        return any(
            self._licenses[one.license].family == license.family and one.way.column in WEIGHTS
            for one in self._carried.get(node, ())
        )

    def _from_above(self, link: Link) -> tuple[Reason, ...]:
        """Contradictions with licences from further above: a parent that says mit does not wash them off."""
        child = self._sides[link.child]
        carried = self._carried.get(link.parent, ())
        if child.says not in {Says.LICENSED, Says.CLOSED} or not carried:
            return ()  # who says nothing contradicts nobody
        own = {license.expression for one in self._sides[link.parent].sets for license in one}
        publisher = self._owners.publisher(link.child)
        found: list[Reason] = []
        for one, way in _onward(way_of(link, self._lineage), carried):
            if (publisher is not None and one.owner == publisher) or self._licenses[one.license].expression in own:
                continue
            found += self._against(one, way, child)
        return tuple(found)

    def _against(self, one: _Carried, way: Way, child: Side) -> tuple[Reason, ...]:
        """What a carried licence is contradicted by, each with the node that it comes from."""
        place = (one.source, one.license, way.kind, child.key)
        found = self._placed.get(place)
        if found is None:
            key = (one.license, way.kind, child.key)
            if key not in self._inherited:
                self._inherited[key] = self._contradictions(self._licenses[one.license], way.column, child)
            found = self._placed[place] = tuple(_placed(reason, one.source) for reason in self._inherited[key])
        return found

    def _contradictions(self, license: License, column: Column, child: Side) -> tuple[Reason, ...]:
        by_child = [
            tuple(one.reason for one in contrast(license, column, said, self._table) if one.weight is Verdict.CONFLICT)
            for said in child.children
        ]
        if child.choice and any(not reasons for reasons in by_child):
            return ()
        return max(by_child, key=len)

    def _carry(self) -> dict[str, tuple[_Carried, ...]]:
        """What every node carries from above, worked out from the roots down."""
        order, circular = _roots_first(self._lineage.artifacts, self._ups)
        carried: dict[str, tuple[_Carried, ...]] = {}
        for _ in range(2 if circular else 1):
            for node in order:
                carried[node] = self._arriving(node, carried)
        return carried

    def _arriving(self, node: str, carried: Mapping[str, tuple[_Carried, ...]]) -> tuple[_Carried, ...]:
        publisher = self._owners.publisher(node) if node in self._resolved else None
        found: dict[tuple[str, str], list[_Carried]] = {}
        for link in self._ups.get(node, ()):
            way = way_of(link, self._lineage)
            arriving = [(one, way) for one in self._load(link.parent, way)]
            arriving += _onward(way, carried.get(link.parent, ()))
            for one, above in arriving:
                kept = found.setdefault((one.license, above.kind), [])
                if len(kept) >= _MOST_OWNERS or (publisher and one.owner == publisher):
                    continue
                if all(one.owner != other.owner for other in kept):
                    kept.append(one if above is one.way else _Carried(one.license, above, one.owner, one.source))
        return tuple(sorted((one for kept in found.values() for one in kept), key=_carried_order))

    def _load(self, node: str, way: Way) -> Iterator[_Carried]:
        """What the node itself gives to carry."""
        for license in self._sides[node].binding:
            if license.key not in self._heavy:
                self._heavy[license.key] = _weighs(license)
            if self._heavy[license.key]:
                yield _Carried(license.key, way, self._owners.licensor(node, license) or "", node)

    def _reached(self) -> frozenset[str]:
        """The nodes whose terms of use bind a subject: not those that were only learnt from."""
        seen = set(self._lineage.subjects)
        waiting = list(seen)
        while waiting:
            for link in self._ups.get(waiting.pop(), ()):
                if (
                    column_of(link, self._lineage) not in {Column.DISTILLED, Column.TRAINED_ON}
                    and link.parent not in seen
                ):
                    seen.add(link.parent)
                    waiting.append(link.parent)
        return frozenset(seen)


def _carried_order(one: _Carried) -> tuple[str, str, str, str, str]:
    return (one.license, one.way.kind, one.way.part, one.owner, one.source)


def _onward(way: Way, carried: tuple[_Carried, ...]) -> list[tuple[_Carried, Way]]:
    """What a parent carries, with the way by which it gets to the child."""
    ways: dict[int, Way] = {}
    found = []
    for one in carried:
        above = ways.get(id(one.way))
        if above is None:
            above = ways[id(one.way)] = joined(way, one.way)
        found.append((one, above))
    return found


def _placed(reason: Reason, source: str) -> Reason:
    """The reason with the node that it comes from."""
    if reason.source:
        return reason
    return replace(reason, source=source)


def _facts(traits: Traits) -> tuple[object, ...]:
    return (traits.same_licensor, str(traits.named), str(traits.multimodal), str(traits.has_notice), traits.own_family)


def _pick(answers: Iterable[_Answer], *, choice: bool) -> _Answer:
    """Of a choice the best answer, of a dispute the worst."""
    sign = 1 if choice else -1
    return min(answers, key=lambda one: (sign * VERDICT_RANK[one[0]], sign * len(one[1])))


def _weighs(license: License) -> bool:
    """The licence sets more than notices, so that something freer below it would contradict it."""
    return license.category not in {Category.PERMISSIVE, Category.PUBLIC_DOMAIN, Category.UNKNOWN}


def _roots_first(nodes: Iterable[str], ups: Mapping[str, tuple[Link, ...]]) -> tuple[list[str], bool]:
    """All nodes, parents before children; and whether there is a circle, in which no such order exists."""
    order: list[str] = []
    state: dict[str, int] = {}
    circular = False
    for start in nodes:
        stack = [(start, iter(ups.get(start, ())))] if start not in state else []
        state.setdefault(start, 1)
        while stack:
            node, links = stack[-1]
            for link in links:
                known = state.get(link.parent)
                circular = circular or known == 1
                if known is None:
                    state[link.parent] = 1
                    stack.append((link.parent, iter(ups.get(link.parent, ()))))
                    break
            else:
                stack.pop()
                state[node] = 2
                order.append(node)
    return order, circular

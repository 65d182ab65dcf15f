"""What binds a subject in the end: every term that reaches it from above, from whom and by which path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from licscan.compatibility.alternatives import Sides
from licscan.compatibility.obligations import reach
from licscan.compatibility.parties import Says, says_something, unread
from licscan.compatibility.paths import Arrival, Routes, Way
from licscan.compatibility.use_limits import against_use, cited, multimodal
from licscan.core.evidence import Confidence
from licscan.core.judgement import Burden, Reason
from licscan.core.license import License, Provision, Resolution, Resolved, Term
from licscan.core.lineage import Lineage, Link
from licscan.core.text import Text, text
from licscan.core.use import Use
from licscan.knowledge.flowtable import Column, FlowTable, Reach
from licscan.licensing.licensor import Owners

_FAR = 100
"""Beyond so many links only the nearest source of each licence is listed: long chains would fill the memory."""
_LONG_LOOK, _MOST_SEARCHES = 200, 8
"""How far it is looked for a licensor that licensed its work anew; beyond, the burden stays."""
_LEARNT = frozenset({Column.DISTILLED, Column.TRAINED_ON})
_GRANTS = frozenset({Term.COMMERCIAL_USE, Term.DERIVATIVES, Term.REDISTRIBUTION})
_HARMLESS: Mapping[Term, frozenset[str]] = {
    Term.SUBLICENSE: frozenset({"yes", "multi_tier_distribution", "no_automatic_offer_to_downstream"}),
    Term.REVOCABILITY: frozenset({"irrevocable", "irrevocable_cc_part"}),
    Term.OUTPUTS_CLAIM: frozenset({"user_owns"}),
    Term.OUTPUTS_TRAINING: frozenset({"allowed", "by_copyright_only"}),
    Term.DERIVATIVE_OWNERSHIP: frozenset({"user_owns", "user_owns_own_part"}),
    Term.INDEMNITY: frozenset({"only_if_you_offer_warranty"}),
}
_NEVER = frozenset(
    {Term.PATENT_GRANT, Term.OUTPUT_MODELS_ARE_DERIVATIVES, Term.END_USER_PRODUCT_EXCEPTION, Term.ACCEPTANCE}
)


def binding(license: License) -> tuple[Provision, ...]:
    """The provisions that take something from the taker or ask something of them, in the order of the vocabulary."""
    return tuple(license[term] for term in Term if _binds(license, term))


def _binds(license: License, term: Term) -> bool:
    provision = license[term]
    if term in _NEVER:
        return False
    if not provision.is_known:
        return term in unread(license)
    if term in _GRANTS:
        return provision.value != "yes" or bool(provision.conditions or provision.limits)
    if term is Term.SUBLICENSE:
        return provision.value == "no"
    return says_something(provision.value) and provision.value not in _HARMLESS.get(term, frozenset())


@dataclass(frozen=True, slots=True)
class Source:
    """One licence that reaches a subject from one node, by one way; or a node of which no licence is known."""

    node: str
    license: str | None
    way: Way
    path: tuple[str, ...]
    certainty: Confidence
    says: Says


def sources_of(
    subject: str,
    lineage: Lineage,
    resolutions: Mapping[str, Resolution],
    licenses: Mapping[str, License],
    owners: Owners,
    table: FlowTable,
) -> tuple[Source, ...]:
    """Every licence above the subject that still binds it, nearest and surest first."""
    walk = _Walk(subject, lineage, resolutions, owners)
    found: list[Source] = []
    far: set[tuple[str | None, Way]] = set()
    sides = Sides(licenses, table)
    for arrival in walk.everything:
        resolution = resolutions[arrival.node]
        side = sides.of(resolution)
        certainty = arrival.certainty if isinstance(resolution, Resolved) else _less(arrival.certainty)
        for license in side.binding or (None,):
            key = license.key if license else None
            if arrival.hops > _FAR and (key, arrival.way) in far:
                continue
            path = walk.path(arrival, owners.licensor(arrival.node, license) if license else None)
            if path:
                far.add((key, arrival.way))
                found.append(Source(arrival.node, key, arrival.way, path, certainty, side.says))
    return tuple(found)


def own_sources(
    subject: str,
    lineage: Lineage,
    resolutions: Mapping[str, Resolution],
    licenses: Mapping[str, License],
    use: Use,
    table: FlowTable,
) -> tuple[Source, ...]:
    """The own licence of a published subject: it binds whoever takes it; its author it does not."""
    if not use.is_bound(published=lineage[subject].repo is not None):
        return ()
    side = Sides(licenses, table).of(resolutions[subject])
    way = Way(Column.CONVERTED)
    return tuple(Source(subject, one.key, way, (subject,), Confidence.CERTAIN, side.says) for one in side.binding)


def burdens_of(
    subject: str,
    sources: tuple[Source, ...],
    lineage: Lineage,
    resolutions: Mapping[str, Resolution],
    licenses: Mapping[str, License],
    use: Use,
    table: FlowTable,
) -> tuple[Burden, ...]:
    """Every term that binds the subject: its own licence's (where it is published) and those from above."""
    found = [*_own(subject, lineage, resolutions, licenses, use, table)]
    standing: dict[tuple[str, bool | None], Mapping[Term, tuple[Reason, ...]]] = {}
    provisions: dict[tuple[str, Column], tuple[tuple[Provision, Reach], ...]] = {}
    for source in sources:
        if source.license is None:
            continue
        license, key = licenses[source.license], (source.license, source.way.column)
        if key not in provisions:
            provisions[key] = tuple(_reaching(license, source.way.column, table))
        many = multimodal((lineage[subject], lineage[source.node]), table) if _has_territory(license) else None
        if (source.license, many) not in standing:
            standing[(source.license, many)] = _standing(license, use, many, table)
        against = standing[(source.license, many)] if source.way.column not in _LEARNT else {}
        found += [_burden(license, provision, reached, source, against) for provision, reached in provisions[key]]
    return tuple(sorted(found, key=_order))


def _own(
    subject: str,
    lineage: Lineage,
    resolutions: Mapping[str, Resolution],
    licenses: Mapping[str, License],
    use: Use,
    table: FlowTable,
) -> Iterator[Burden]:
    if not use.is_bound(published=lineage[subject].repo is not None):
        return  # nobody is bound by the licence that they themselves grant
    for license in Sides(licenses, table).of(resolutions[subject]).binding:
        against = _standing(license, use, multimodal((lineage[subject],), table), table)
        for provision in binding(license):
            yield Burden(provision, license.key, subject, (subject,), standing=against.get(provision.term, ()))


def _has_territory(license: License) -> bool:
    return license[Term.TERRITORY_EXCLUDED].value == "stated"


def _standing(license: License, use: Use, many: bool | None, table: FlowTable) -> Mapping[Term, tuple[Reason, ...]]:
    """How the licence's terms of use stand to the stated use, by term."""
    found: dict[Term, tuple[Reason, ...]] = {}
    for one in against_use(license, use, table, many):
        if one.term is not None:
            found[one.term] = (*found.get(one.term, ()), one)
    return found


def _reaching(license: License, column: Column, table: FlowTable) -> Iterator[tuple[Provision, Reach]]:
    for provision in binding(license):
        reached = reach(license, provision.term, column, table)
        if reached is not Reach.STOPS:
            yield provision, reached


def _burden(
    license: License,
    provision: Provision,
    reached: Reach,
    source: Source,
    against: Mapping[Term, tuple[Reason, ...]],
) -> Burden:
    unread_term = not provision.is_known
    open_question = reached is Reach.UNSETTLED or unread_term
    return Burden(
        provision=provision,
        license=license.key,
        source=source.node,
        path=source.path,
        certainty=source.certainty,
        unsettled=open_question,
        question=_question(license, provision, source.way, unread_term) if open_question else None,
        part=source.way.part,
        standing=against.get(provision.term, ()),
    )


def _question(license: License, provision: Provision, way: Way, unread_term: bool) -> Text:
    if unread_term:
        return text("what {where} says about {term} has not been read", where=license.name, term=provision.term)
    return text(
        "whether the {term} of {where} reaches what was made by way of {way} is open",
        term=provision.term,
        where=cited(license, provision),
        way=way.column,
    )


def _less(certainty: Confidence) -> Confidence:
    return Confidence.POSSIBLE if certainty is Confidence.POSSIBLE else Confidence.LIKELY


def _order(burden: Burden) -> tuple[str, str, int, str, str, tuple[str, ...]]:
    return (burden.provision.term, burden.license, len(burden.path), burden.source, burden.part, burden.path)


class _Walk:
    """The routes to a subject, and again without what one licensor has licensed anew."""

    def __init__(self, subject: str, lineage: Lineage, resolutions: Mapping[str, Resolution], owners: Owners) -> None:
        self._subject = subject
        self._lineage = lineage
        self._resolved = frozenset(node for node in lineage.artifacts if isinstance(resolutions[node], Resolved))
        self._owners = owners
        self._ups = ups_of(lineage)
        self._downs: dict[str, list[Link]] = {}
        for link in lineage.links:
            self._downs.setdefault(link.parent, []).append(link)
        self.everything = Routes(subject, lineage, self._ups, lambda _: False)
        self._without: dict[str, Routes] = {}
        self._publishers = {node: owners.publisher(node) for node in self._resolved}
        self._busy = frozenset(owner for owner in self._publishers.values() if owner)

    def path(self, arrival: Arrival, owner: str | None) -> tuple[str, ...]:
        """The path on which the source still binds; empty where its licensor licensed everything below anew."""
        if owner is None or owner not in self._busy or not self._renewed(arrival, owner):
            return self.everything.path(arrival)
        if not self._has_way_round(arrival.node, owner):
            return ()
        if owner not in self._without and len(self._without) >= _MOST_SEARCHES:
            return self.everything.path(arrival)
        if owner not in self._without:
            self._without[owner] = Routes(
                self._subject, self._lineage, self._ups, lambda node: self._publishers.get(node) == owner
            )
        other = self._without[owner].arrival(arrival.node, arrival.way)
        return self._without[owner].path(other) if other else ()

    def _has_way_round(self, node: str, owner: str) -> bool:
        """Some way down to the subject avoids everything that this licensor published and licensed."""
        seen, waiting = {node}, [node]
        while waiting and len(seen) < _LONG_LOOK:
            for link in self._downs.get(waiting.pop(), ()):
                child = link.child
                if child in seen or self._publishers.get(child) == owner:
                    continue
                if child == self._subject:
                    return True
                seen.add(child)
                waiting.append(child)
        return bool(waiting)

    def _renewed(self, arrival: Arrival, owner: str) -> bool:
        return any(self._publishers.get(node) == owner for node in self.everything.below(arrival))


def ups_of(lineage: Lineage) -> dict[str, tuple[Link, ...]]:
    """The links upward by child, in their order: once for a whole walk."""
    found: dict[str, list[Link]] = {}
    for link in lineage.links:
        found.setdefault(link.child, []).append(link)
    return {node: tuple(links) for node, links in found.items()}

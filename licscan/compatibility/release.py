"""Under which licences the subject may go out, what stands in the way, and what must ship."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from licscan.compatibility.effective_terms import Source
from licscan.compatibility.obligations import naming_applies
from licscan.compatibility.pair_verdict import judge_pair
from licscan.compatibility.parties import Child, Says, Traits, begins_with
from licscan.compatibility.propagate import Flow
from licscan.compatibility.use_limits import multimodal
from licscan.core.judgement import Blocker, Reason, ReasonKind, Release, Verdict
from licscan.core.known import Unsaid, Why, unsaid
from licscan.core.license import Category, License, Resolution, Term
from licscan.core.lineage import Lineage
from licscan.core.text import Text, text
from licscan.core.use import Use
from licscan.knowledge import Knowledge
from licscan.knowledge.flowtable import WEIGHTS, Column, FlowTable, table
from licscan.licensing.expression import join, parse

_BARS = frozenset({ReasonKind.CONTRADICTION, ReasonKind.BREACH})
_FREE = frozenset({Category.PERMISSIVE, Category.PUBLIC_DOMAIN})
_OPEN = frozenset({Verdict.DEPENDS, Verdict.UNKNOWN})


def release(
    lineage: Lineage,
    resolutions: Mapping[str, Resolution],
    licenses: Mapping[str, License],
    flow: Flow,
    use: Use,
    knowledge: Knowledge,
) -> Release:
    """Whether the subject may go out as requested, and under what it could."""
    subject = lineage.subjects[0]
    sources = (*_binding_own(flow.own.get(subject, ()), licenses), *flow.sources.get(subject, ()))
    solver = _Solver(subject, lineage, licenses, sources, use, table())
    obligations = tuple(one for one in flow.obligations if one.path[0] == subject)
    open_ = tuple(
        _missing(one, lineage[one.node].label)
        for one in unsaid(lineage, resolutions, licenses, use)
        if not _is_to_be_said(one, lineage)
    )
    suggested = () if open_ else solver.suggest()
    if use.release_as is None:
        return Release(None, None, (), obligations, suggested, open_)
    wanted = requested(use.release_as, licenses, knowledge, table())
    if not wanted:
        says = text("'{asked}' is no licence that is known here", asked=use.release_as)
        return Release(
            use.release_as, None, (Blocker(says, None, None, None, subject, (subject,)),), obligations, suggested, open_
        )
    answers = [solver.answer(child) for child in wanted]
    blockers = tuple(dict.fromkeys(blocker for answer in answers for blocker in answer.blockers))
    unsure = bool(open_) or any(answer.is_open for answer in answers)
    hidden = any(answer.hides for answer in answers)
    if hidden and not blockers:
        blockers = (_too_short(use.release_as, subject),)
    allowed = False if blockers else None if unsure else True
    missing = (*open_, *dict.fromkeys(one for answer in answers for one in answer.arguable))
    return Release(use.release_as, allowed, blockers, obligations, suggested, missing)


def _too_short(asked: str, subject: str) -> Blocker:
    says = text("'{asked}' alone leaves out a text that has to be carried beside it", asked=asked)
    return Blocker(says, None, None, None, subject, (subject,))


def _arguable(license: License, child: Child, law: FlowTable) -> Text:
    return text(
        "whether a bare copy in another form is the work in object form, which stays under {license} "
        "({clause}), or a derivative work that may go out under {child}",
        license=license.name,
        clause=law.object_form[license.expression],
        child=child.name,
    )


_WHY = {
    Why.UNSEEN: text("not seen"),
    Why.UNDECLARED: text("not declared"),
    Why.UNRECOGNISED: text("not recognised"),
    Why.DISPUTED: text("disputed"),
    Why.UNREAD: text("known by name only; nobody has read what it grants"),
}


def _is_to_be_said(one: Unsaid, lineage: Lineage) -> bool:
    """A derived model that names no licence yet: which one it may carry is the question that is asked here."""
    return one.why is Why.UNDECLARED and one.node in lineage.subjects and bool(lineage.up(one.node))


def _missing(one: Unsaid, label: str) -> Text:
    return text("the licence of {node} is {why}", node=label, why=_WHY[one.why])


def _binding_own(own: Iterable[Source], licenses: Mapping[str, License]) -> Iterator[Source]:
    """The own licence of a published subject, where it sets more than notices."""
    for source in own:
        license = licenses[str(source.license)]
        if license.category not in _FREE or (license.licensor is not None and license.text_of is None):
            yield source


def requested(asked: str, licenses: Mapping[str, License], knowledge: Knowledge, law: FlowTable) -> tuple[Child, ...]:
    """What was asked for, as what the subject would say; takers may choose any of the sets. Empty: not known."""
    if asked.strip().lower() in law.closed:
        return (Child(Says.CLOSED),)
    if asked.strip() in licenses:
        return (Child(Says.LICENSED, (licenses[asked.strip()],)),)
    expression = parse(asked, knowledge)
    if expression is None or expression.unknown or not expression.alternatives:
        named = knowledge.alias(asked)
        key = named.key if named else None
        return (Child(Says.LICENSED, (licenses[key],)),) if key and key in licenses else ()
    return tuple(Child(Says.LICENSED, tuple(licenses[key] for key in one)) for one in expression.alternatives)


@dataclass(frozen=True, slots=True)
class _Answer:
    blockers: tuple[Blocker, ...]
    is_open: bool
    hides: bool
    """The licence alone would hide a limit or a text that has to be carried: nothing to suggest."""
    arguable: tuple[Text, ...] = ()
    """What counsel would have to decide first."""


class _Solver:
    """Holds a wish against everything that reaches the subject."""

    def __init__(
        self,
        subject: str,
        lineage: Lineage,
        licenses: Mapping[str, License],
        sources: tuple[Source, ...],
        use: Use,
        law: FlowTable,
    ) -> None:
        self._subject, self._lineage, self._licenses = subject, lineage, licenses
        self._use, self._law = use, law
        self._unknown = any(source.license is None for source in sources)
        distinct: dict[tuple[str, Column], Source] = {}
        for source in sources:
            if source.license is not None:
                distinct.setdefault((source.license, source.way.column), source)
        self._sources = tuple(distinct.values())

    def answer(self, child: Child) -> _Answer:
        """What stands against the subject going out like this."""
        blockers: list[Blocker] = []
        arguable: list[Text] = []
        unsure, hides = self._unknown, False
        for source in self._sources:
            license = self._licenses[str(source.license)]
            column = source.way.column
            verdict, reasons = judge_pair(license, column, child, self._traits(license, source), self._use, self._law)
            unsure = unsure or verdict in _OPEN
            hides = hides or any(one.kind is ReasonKind.CONTRADICTION for one in reasons)
            hides = hides or (_is_carried(license) and column in WEIGHTS and not child.has(license))
            if verdict is Verdict.CONFLICT:
                blockers += [self._blocker(one, source) for one in reasons if one.kind in _BARS]
            if self._is_arguable(license, column, child):
                arguable.append(_arguable(license, child, self._law))
        return _Answer(tuple(dict.fromkeys(blockers)), unsure or bool(arguable), hides, tuple(dict.fromkeys(arguable)))

    def _is_arguable(self, license: License, column: Column, child: Child) -> bool:
        """A bare copy in another form may be the work itself, which keeps its licence, and no derivative."""
        kept = column is Column.CONVERTED and license.expression in self._law.object_form
        return kept and bool(child.licenses) and not child.has(license)

    def _traits(self, license: License, source: Source) -> Traits:
        named = None
        if self._use.release_name and naming_applies(license, source.way.column, self._law):
            named = begins_with(self._use.release_name, license[Term.NAMING].says or "", self._law)
        many = multimodal((self._lineage[self._subject], self._lineage[source.node]), self._law)
        family = license.family
        own = source.way.column is Column.DISTILLED and any(
            self._licenses[str(one.license)].family == family and one.way.column in WEIGHTS for one in self._sources
        )
        return Traits(named=named, multimodal=many, own_family=own)

    def _blocker(self, why: Reason, source: Source) -> Blocker:
        return Blocker(why.says, why.term, why.license, why.clause, source.node, source.path)

    def suggest(self) -> tuple[str, ...]:
        """Expressions that can carry everything, freest first."""
        found: list[str] = []
        for expression, child in self._candidates():
            if len(found) >= self._law.most_offers or expression in found:
                continue
            answer = self.answer(child)
            if not answer.blockers and not answer.hides and not answer.arguable:
                found.append(expression)
        return tuple(found)

    def _candidates(self) -> Iterator[tuple[str, Child]]:
        order = {kind: place for place, kind in enumerate(Category)}
        upstream = [
            self._licenses[str(one.license)] for one in self._sources if one.way.column is not Column.TRAINED_ON
        ]
        offers = [self._licenses[key] for key in self._law.offers if key in self._licenses]
        carried = sorted({one.key: one for one in upstream}.values(), key=lambda one: (order[one.category], one.key))
        place = {key: number for number, key in enumerate(self._law.offers)}
        standard = {one.expression: one for one in (*(one for one in carried if one.is_standard), *offers)}.values()
        for one in sorted(standard, key=lambda one: (order[one.category], place.get(one.key, 0), one.key)):
            yield one.expression, Child(Says.LICENSED, (one,))
        must = tuple(one for one in carried if not self._is_carried_by_any(one))
        if must:
            yield join(one.expression for one in must), Child(Says.LICENSED, must)
            own = self._licenses[self._law.beside]
            if own not in must:
                both = (own, *must)
                yield join(one.expression for one in both), Child(Says.LICENSED, both)

    def _is_carried_by_any(self, license: License) -> bool:
        """Notices alone go along, whatever the licence of the whole."""
        return license.category in _FREE and not _is_carried(license)


def _is_carried(license: License) -> bool:
    """A publisher's own text that has to be carried: it prescribes a name or words, or cannot be sublicensed."""
    if license.is_standard or license.text_of is not None:
        return False
    prescribes = "required" in {license[Term.NAMING].value, license[Term.DISPLAY_ATTRIBUTION].value}
    return prescribes or license[Term.SUBLICENSE].value == "no"

"""What a rule is: a question about the Case, asked of a node, of a link or of the whole lineage.

The decorator loops and stamps; a rule only yields `Hit`s and cannot misspell itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from licscan.core import remedies
from licscan.core.artifact import Artifact, FactKind, NodeKind
from licscan.core.change import LicenseChange
from licscan.core.collector import uncollected
from licscan.core.dependence import Dependence, dependences, is_own
from licscan.core.doubt import Doubt
from licscan.core.evidence import Confidence, Evidence, GapReason
from licscan.core.finding import Finding, RuleInfo, Scope, Severity, Topic
from licscan.core.ids import RepoId
from licscan.core.judgement import Burden, Judgement, Release
from licscan.core.license import License, Provision, Resolution, Resolved, Undeclared, keys_of
from licscan.core.lineage import Lineage, Link
from licscan.core.lock import Drift, History, Lock
from licscan.core.origin import OriginEvidence
from licscan.core.publisher import Publisher
from licscan.core.reach import hold_of, worst
from licscan.core.report import ControlFact, Origin, Share
from licscan.core.stance import Stance
from licscan.core.text import Text, text
from licscan.core.use import Purpose, Use
from licscan.policy import Lists


@dataclass(frozen=True, slots=True)
class Case:
    """All that a rule may look at."""

    lineage: Lineage
    resolutions: Mapping[str, Resolution]
    licenses: Mapping[str, License]
    publishers: Mapping[str, Publisher]
    judgements: Mapping[tuple[str, str, str, str], Judgement]
    burdens: tuple[Burden, ...]
    """Those of the subjects."""
    use: Use
    stance: Stance = field(default_factory=Stance)
    release: Release | None = None
    shares: tuple[Share, ...] = ()
    control: tuple[ControlFact, ...] = ()
    origins: tuple[Origin, ...] = ()
    lock: Lock | None = None
    """The lock file, or None where there is none."""
    drift: tuple[Drift, ...] = ()
    """What changed since the lock was written."""
    history: Mapping[str, History] = field(default_factory=dict)
    """How the terms of a node changed, where its history was read."""
    changes: tuple[LicenseChange, ...] = ()
    """Known licence changes of the publishers in the lineage."""
    origin_evidence: tuple[OriginEvidence, ...] = ()
    """Comparisons of weights, and the public record, about the parts of the subjects."""
    doubts: tuple[Doubt, ...] = ()
    """Parents that are no more than possible; they stand in no link of the lineage that rules look at."""
    today: str = ""
    """ISO date of the scan."""
    lists: Lists = field(default_factory=Lists)
    """Licences and terms that the policy allows, denies or wants to look at."""
    others_licenses: frozenset[str] = frozenset()
    """Licences of the user's own release that only another house grants."""
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What several rules ask for, worked out once."""

    @property
    def dependences(self) -> tuple[Dependence, ...]:
        """Where the subjects' weights cross from one publisher to another, nearest first."""
        if "dependences" not in self.memo:
            self.memo["dependences"] = dependences(self.lineage, self.publishers, self.origin_evidence)
        found: tuple[Dependence, ...] = self.memo["dependences"]
        return found

    def licenses_of(self, node: str) -> tuple[License, ...]:
        """Every known licence that may hold for the node."""
        return tuple(self.licenses[key] for key in keys_of(self.resolutions[node]) if key in self.licenses)

    def evidence_of(self, node: str) -> tuple[Evidence, ...]:
        """Where the licence of the node stands."""
        return self.resolutions[node].evidence

    def is_own(self, child: str, parent: str) -> bool:
        """Both nodes are one house's."""
        return is_own(self.lineage, self.publishers, child, parent)

    def publisher_of(self, repo: str | RepoId) -> Publisher | None:
        """The publisher of a repository that need not be a node, as far as the lineage knows its account."""
        if str(repo) in self.publishers:
            return self.publishers[str(repo)]
        org = str(repo).partition("/")[0].lower()
        known = (one for one in self.publishers.values() if org in {one.org.lower(), *map(str.lower, one.former_orgs)})
        return next(known, None)

    def upstream(self) -> tuple[str, ...]:
        """Everything above the subjects that is not of a subject's own house, nearest first."""
        if "upstream" not in self.memo:
            subjects = self.lineage.subjects
            above = dict.fromkeys(node for subject in subjects for node in self.lineage.upstream_of(subject))
            self.memo["upstream"] = tuple(
                node for node in above if not any(self.is_own(subject, node) for subject in subjects)
            )
        found: tuple[str, ...] = self.memo["upstream"]
        return found

    def origin_name(self, node: str) -> Text:
        """A node by its name; a part whose repository is not known by its family and what it may be."""
        artifact = self.lineage[node]
        if artifact.kind is not NodeKind.COMPONENT:
            return text("{node}", node=artifact.label)
        family = next((fact.value for fact in artifact.facts_of(FactKind.ARCHITECTURE)), "")
        names = ", ".join(artifact.candidates[:3])
        if family and names:
            return text("the {family} family (may be {names})", family=family, names=names)
        if family:
            return text("the {family} family", family=family)
        return text("an unknown repository (may be {names})", names=names) if names else text("{node}", node=node)

    def origin_of(self, one: Dependence) -> Text:
        """Where the weights come from, as far as anybody named it: a family of which this repository may be one."""
        artifact = self.lineage[one.link.parent]
        if one.family and artifact.kind is not NodeKind.COMPONENT:
            return text("the {family} family (may be {names})", family=one.family, names=artifact.label)
        return self.origin_name(one.link.parent)

    def who(self, publisher: Publisher | None) -> Text:
        """A publisher with its owner, for a sentence."""
        return publisher.with_owner if publisher else text("an unknown publisher")

    def cited(self, license: str, provision: Provision) -> Text:
        """The licence's name and edition with the clause, where it is recorded."""
        name = self.name_of(license)
        if not provision.clause:
            return text("{name}", name=name)
        if provision.clause[0].isdigit():
            return text("{name} § {clause}", name=name, clause=provision.clause)
        return text("{name}, {clause}", name=name, clause=provision.clause)

    def changes_of(self, node: str) -> tuple[LicenseChange, ...]:
        """Known licence changes by the account of this node."""
        org = (self.lineage[node].org or "").lower()
        return tuple(one for one in self.changes if org and org in map(str.lower, one.orgs))

    def terms_in_words(self, node: str) -> Text:
        """The licence of the node, and whether a later change can reach weights already taken."""
        names = ", ".join(one.name for one in self.licenses_of(node))
        hold = worst(tuple(hold_of(one) for one in self.licenses_of(node)))
        if hold is None:
            return text("its licence is not known, so nobody can say whether a later change can reach it")
        if not hold.provision.clause:
            return text("its licence is {names}: {says}", names=names, says=hold.says)
        clause = hold.provision.clause
        return text("its licence is {names}: {says} (clause {clause})", names=names, says=hold.says, clause=clause)

    def is_resolved(self, node: str) -> bool:
        """The licence of the node is known."""
        return isinstance(self.resolutions[node], Resolved)

    def is_missing(self, node: str) -> bool:
        """The Hub does not have the repository, or has disabled it."""
        artifact = self.lineage[node]
        reasons = {GapReason.ABSENT, GapReason.DISABLED}
        return artifact.repo is not None and artifact.gap is not None and artifact.gap.reason in reasons

    def is_undeclared(self, node: str) -> bool:
        """The node was read and says nothing about a licence."""
        return isinstance(self.resolutions[node], Undeclared)

    @property
    def is_commercial(self) -> bool:
        """The stated use is commercial."""
        return self.use.purpose is Purpose.COMMERCIAL

    def name_of(self, key: str) -> str:
        """The licence's name and edition; the key itself where nobody knows it."""
        return self.licenses[key].name if key in self.licenses else key

    def path_to(self, node: str) -> tuple[str, ...]:
        """A shortest way from a subject up to the node."""
        return self.lineage.way(node) or (node,)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule saw. Id, default severity and path are stamped by the engine."""

    subject: str
    message: Text
    evidence: tuple[Evidence, ...] = ()
    remedies: tuple[Text, ...] = ()
    severity: Severity | None = None
    """Where this hit is worse or milder than the rule's default."""
    confidence: Confidence | None = None
    clause: str | None = None
    license: str | None = None
    cause: str | None = None
    """The node at the far end of the path; None means the subject of the hit."""
    path: tuple[str, ...] | None = None
    leaves_open: bool = False
    """Nobody can judge the subject before this is settled: the verdict is unknown at best."""
    same: str | None = None
    """Hits of one rule with the same word here have one cause and become one finding, which lists their nodes."""


def possible_parent(doubt: Doubt) -> Hit:
    """One line about a parent that is no more than possible; a note where nothing hangs on it."""
    return Hit(
        doubt.link.child,
        doubt.says,
        evidence=doubt.link.evidence,
        remedies=(remedies.DISCLOSE, remedies.COMPARE, remedies.ASK) if doubt.is_open else (remedies.DISCLOSE,),
        severity=Severity.MEDIUM if doubt.is_open else Severity.INFO,
        confidence=Confidence.POSSIBLE,
        path=(doubt.link.child, doubt.link.parent),
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its card and its question."""

    info: RuleInfo
    ask: Callable[[Case], Iterator[Hit]]


def artifact_rule(
    id: str, title: str, severity: Severity, confidence: Confidence = Confidence.CERTAIN, *, topic: Topic
) -> Callable[[Callable[[Artifact, Case], Iterator[Hit]]], Rule]:
    """Make a rule of a question about one node; it is asked about every node."""

    def decorate(question: Callable[[Artifact, Case], Iterator[Hit]]) -> Rule:
        def ask(case: Case) -> Iterator[Hit]:
            for artifact in case.lineage.artifacts.values():
                yield from question(artifact, case)

        return Rule(RuleInfo(id, title, severity, Scope.ARTIFACT, _page(question), topic, confidence), ask)

    return decorate


def link_rule(
    id: str, title: str, severity: Severity, confidence: Confidence = Confidence.CERTAIN, *, topic: Topic
) -> Callable[[Callable[[Link, Case], Iterator[Hit]]], Rule]:
    """Make a rule of a question about one link; it is asked about every link."""

    def decorate(question: Callable[[Link, Case], Iterator[Hit]]) -> Rule:
        def ask(case: Case) -> Iterator[Hit]:
            for link in case.lineage.links:
                yield from question(link, case)

        return Rule(RuleInfo(id, title, severity, Scope.LINK, _page(question), topic, confidence), ask)

    return decorate


def lineage_rule(
    id: str, title: str, severity: Severity, confidence: Confidence = Confidence.CERTAIN, *, topic: Topic
) -> Callable[[Callable[[Case], Iterator[Hit]]], Rule]:
    """Make a rule of a question about the whole lineage."""

    def decorate(question: Callable[[Case], Iterator[Hit]]) -> Rule:
        return Rule(RuleInfo(id, title, severity, Scope.LINEAGE, _page(question), topic, confidence), question)

    return decorate


@uncollected()
def ask_all(rules: Iterable[Rule], case: Case) -> tuple[Finding, ...]:
    """Ask every rule; one finding per cause, worst first."""
    found = [finding for rule in rules for finding in _ask(rule, case)]
    return tuple(sorted(found, key=lambda finding: finding.sort_key))


_MOST_EVIDENCE = 12
"""Pieces of evidence that one finding for many nodes carries."""


_MANY = 256
"""Findings of one rule that differ in their nodes alone: beyond, nobody reads them one by one, and they become one."""


_Ranked = tuple[tuple[int, int, int, str], Hit]
"""A hit after what decides which of several speaks."""


def _ask(rule: Rule, case: Case) -> Iterator[Finding]:
    """One finding for each cause of one rule; the worst and nearest node speaks for the others."""
    groups: dict[str | int, list[_Ranked]] = {}
    for number, hit in enumerate(rule.ask(case)):
        ranked = (_standing(rule, hit, case), hit)
        groups.setdefault(number if hit.same is None else hit.same, []).append(ranked)
    for group in _alike(groups.values()) if len(groups) > _MANY else groups.values():
        if len(group) == 1 and group[0][1].same is None:
            yield _stamp(rule, group[0][1], case)
        else:
            yield _together(rule, group, case)


def _standing(rule: Rule, hit: Hit, case: Case) -> tuple[int, int, int, str]:
    """The worst before the surest before the nearest; then by name."""
    severity, confidence = hit.severity or rule.info.severity, hit.confidence or rule.info.confidence
    far = len(hit.path) if hit.path is not None else 1 + max(case.lineage.depth(hit.cause or hit.subject), 0)
    return (severity.rank, confidence.rank, far, hit.subject)


def _alike(groups: Iterable[list[_Ranked]]) -> Iterator[list[_Ranked]]:
    """The groups, those put together that are many and of one kind: as bad, as sure, the same sentence and clause."""
    kinds: dict[object, list[list[_Ranked]]] = {}
    for group in groups:
        standing, first = min(group, key=itemgetter(0))
        kind = (*standing[:2], first.message.template, first.license, first.clause)
        kinds.setdefault(kind, []).append(group)
    for same in kinds.values():
        if len(same) > _MANY:
            yield [ranked for group in same for ranked in group]
        else:
            yield from same


def _together(rule: Rule, group: list[_Ranked], case: Case) -> Finding:
    """One finding of hits that have one cause."""
    hits = _in_order(group)
    first = next(hits)
    evidence = dict.fromkeys(first.evidence)
    for one in hits:
        if len(evidence) >= _MOST_EVIDENCE:
            break
        evidence.update(dict.fromkeys(one.evidence))
    also = tuple(sorted({one.subject for _, one in group} - {first.subject}))
    return replace(_stamp(rule, first, case), also=also, evidence=tuple(evidence)[:_MOST_EVIDENCE])


def _in_order(group: list[_Ranked]) -> Iterator[Hit]:
    """The hits by their standing, and at last by their words, which are put together for equals alone."""
    for _, same in groupby(sorted(group, key=itemgetter(0)), itemgetter(0)):
        hits = [hit for _, hit in same]
        yield from sorted(hits, key=lambda one: str(one.message)) if len(hits) > 1 else hits


def _stamp(rule: Rule, hit: Hit, case: Case) -> Finding:
    return Finding(
        rule=rule.info.id,
        severity=_capped(hit.severity or rule.info.severity, hit.confidence or rule.info.confidence),
        confidence=hit.confidence or rule.info.confidence,
        subject=hit.subject,
        message=hit.message,
        path=hit.path if hit.path is not None else case.path_to(hit.cause or hit.subject),
        evidence=hit.evidence,
        clause=hit.clause,
        license=hit.license,
        remedies=hit.remedies,
        leaves_open=hit.leaves_open,
    )


def _capped(severity: Severity, confidence: Confidence) -> Severity:
    """What is only possible (a name, a likeness) carries no more than medium."""
    return max(severity, Severity.MEDIUM, key=lambda one: one.rank) if confidence is Confidence.POSSIBLE else severity


def _page(question: Callable[..., object]) -> str:
    """The docstring of the module that the question stands in."""
    return str(question.__globals__.get("__doc__") or "").strip()

"""What a rule is: a question about the Case, asked of a node, of a link or of the whole lineage.

The decorator loops and stamps; a rule only yields `Hit`s and cannot misspell itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from licscan.core.artifact import Artifact
from licscan.core.change import LicenseChange
from licscan.core.evidence import Confidence, Evidence
from licscan.core.finding import Finding, Severity
from licscan.core.judgement import Burden, Judgement, Release
from licscan.core.license import License, Resolution, Resolved, Undeclared, keys_of
from licscan.core.lineage import Lineage, Link
from licscan.core.lock import Drift, History, Lock
from licscan.core.origin import OriginEvidence
from licscan.core.publisher import Publisher
from licscan.core.report import ControlFact, Origin, Share
from licscan.core.text import Text
from licscan.core.use import Use


class Scope(StrEnum):
    """What a rule is asked about."""

    ARTIFACT = "artifact"
    LINK = "link"
    LINEAGE = "lineage"


class Answer(StrEnum):
    """What a policy says to an exposure: nothing, look at it, or not allowed."""

    SILENT = "silent"
    REVIEW = "review"
    FORBIDDEN = "forbidden"

    @property
    def rank(self) -> int:
        """0 for silent; grows as the policy gets stricter."""
        return (Answer.SILENT, Answer.REVIEW, Answer.FORBIDDEN).index(self)


class Exposure(StrEnum):
    """How a subject depends on somebody else."""

    ARCHITECTURE = "architecture"
    TOKENIZER = "tokenizer"
    """Tokenizer, configuration or code at build time."""
    WEIGHTS_TRAINED = "weights-trained"
    WEIGHTS_UNCHANGED = "weights-unchanged"
    OUTSIDE_STOP = "outside-stop"
    UNKNOWN = "unknown"
    """An unknown publisher or base."""


_SEVERITIES: Mapping[Exposure, tuple[Severity, Severity, Severity]] = {
    Exposure.ARCHITECTURE: (Severity.INFO, Severity.INFO, Severity.LOW),
    Exposure.TOKENIZER: (Severity.INFO, Severity.LOW, Severity.MEDIUM),
    Exposure.WEIGHTS_TRAINED: (Severity.INFO, Severity.MEDIUM, Severity.HIGH),
    Exposure.WEIGHTS_UNCHANGED: (Severity.INFO, Severity.MEDIUM, Severity.CRITICAL),
    Exposure.OUTSIDE_STOP: (Severity.LOW, Severity.HIGH, Severity.CRITICAL),
    Exposure.UNKNOWN: (Severity.LOW, Severity.MEDIUM, Severity.HIGH),
}
"""By what the policy answers: silent, review, forbidden."""


@dataclass(frozen=True, slots=True)
class Stance:
    """What the policy in force says about control; with no policy loaded it is silent on everything."""

    preset: str = "neutral"
    home: str | None = None
    jurisdictions: Mapping[str, Answer] = field(default_factory=dict)
    """By country; the key `*` stands for every country but home."""
    exposures: Mapping[str, Answer] = field(default_factory=dict)
    """By `Exposure`: what the policy says to it where the other side is in a jurisdiction that it asks about."""
    lists: Mapping[str, Answer] = field(default_factory=dict)
    """By id of the restriction list."""
    laws: Mapping[str, Answer] = field(default_factory=dict)
    """By country of the governing law; `*` as above."""
    lines: Mapping[str, str] = field(default_factory=dict)
    """The preset's own line that asks for each exposure (or `jurisdiction`, `list`, `law`), for quoting in findings."""
    counts: tuple[str, ...] = ("entity", "owner")
    """Whose country counts."""
    asks_origin: bool = False
    """The policy requires that every part was trained from scratch, whether or not the card claims it."""
    asks_disclosure: bool = False
    """The policy requires that every outside part is named on the card."""
    date: str | None = None
    sources: tuple[str, ...] = ()

    @property
    def is_neutral(self) -> bool:
        """Nothing about control was asked."""
        return not (self.jurisdictions or self.exposures or self.lists or self.laws or self.asks_origin)

    def answer_to(self, country: str | None) -> Answer:
        """What the policy says to a publisher of this country; silent where the country is unknown."""
        return _by_country(self.jurisdictions, country, self.home)

    def on_law(self, country: str | None) -> Answer:
        """What the policy says to this governing law."""
        return _by_country(self.laws, country, self.home)

    def countries(self, publisher: Publisher) -> tuple[str, ...]:
        """The countries of a publisher that count for this policy."""
        both = {"entity": publisher.country, "owner": publisher.parent_country}
        return tuple(dict.fromkeys(country for which in self.counts if (country := both.get(which))))

    def on(self, exposure: Exposure, publisher: Publisher | None) -> Answer:
        """What the policy says to this dependence on this publisher."""
        if publisher is None or (publisher.country is None and publisher.parent_country is None):
            return self.exposures.get(Exposure.UNKNOWN, Answer.SILENT)
        answers = [self.answer_to(country) for country in self.countries(publisher)]
        answers += [self.lists[one.id] for one in publisher.lists if one.id in self.lists]
        asked = max(answers, key=lambda one: one.rank, default=Answer.SILENT)
        return asked if asked is Answer.SILENT else self.exposures.get(exposure, asked)

    def severity(self, exposure: Exposure, answer: Answer) -> Severity:
        """How bad it is; with no policy, every fact of control is only a fact."""
        return Severity.INFO if self.is_neutral else _SEVERITIES[exposure][answer.rank]

    def line(self, *names: str) -> str:
        """The policy line that asks: the first of `names` that it has, else the name of the policy."""
        found = next((self.lines[name] for name in names if name in self.lines), None)
        return f"{self.preset}: {found}" if found else self.preset


def _by_country(answers: Mapping[str, Answer], country: str | None, home: str | None) -> Answer:
    if country is None:
        return Answer.SILENT
    if country in answers:
        return answers[country]
    return Answer.SILENT if country == home else answers.get("*", Answer.SILENT)


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
    stance: Stance = Stance()
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
    today: str = ""
    """ISO date of the scan."""

    def licenses_of(self, node: str) -> tuple[License, ...]:
        """Every known licence that may hold for the node."""
        return tuple(self.licenses[key] for key in keys_of(self.resolutions[node]) if key in self.licenses)

    def evidence_of(self, node: str) -> tuple[Evidence, ...]:
        """Where the licence of the node stands."""
        return self.resolutions[node].evidence

    def is_resolved(self, node: str) -> bool:
        """The licence of the node is known."""
        return isinstance(self.resolutions[node], Resolved)

    def is_undeclared(self, node: str) -> bool:
        """The node was read and says nothing about a licence."""
        return isinstance(self.resolutions[node], Undeclared)

    def path_to(self, node: str) -> tuple[str, ...]:
        """A shortest way from a subject up to the node."""
        ways = [way for subject in self.lineage.subjects if (way := self.lineage.path(subject, node))]
        return min(ways, key=lambda way: (len(way), way)) if ways else (node,)


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


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """All about a rule that is not its function."""

    id: str
    title: str
    severity: Severity
    scope: Scope
    explanation: str
    """The docstring of the rule's file."""
    confidence: Confidence = Confidence.CERTAIN


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its card and its question."""

    info: RuleInfo
    ask: Callable[[Case], Iterator[Hit]]


def artifact_rule(
    id: str, title: str, severity: Severity, confidence: Confidence = Confidence.CERTAIN
) -> Callable[[Callable[[Artifact, Case], Iterator[Hit]]], Rule]:
    """Make a rule of a question about one node; it is asked about every node."""

    def decorate(question: Callable[[Artifact, Case], Iterator[Hit]]) -> Rule:
        def ask(case: Case) -> Iterator[Hit]:
            for artifact in case.lineage.artifacts.values():
                yield from question(artifact, case)

        return Rule(RuleInfo(id, title, severity, Scope.ARTIFACT, _page(question), confidence), ask)

    return decorate


def link_rule(
    id: str, title: str, severity: Severity, confidence: Confidence = Confidence.CERTAIN
) -> Callable[[Callable[[Link, Case], Iterator[Hit]]], Rule]:
    """Make a rule of a question about one link; it is asked about every link."""

    def decorate(question: Callable[[Link, Case], Iterator[Hit]]) -> Rule:
        def ask(case: Case) -> Iterator[Hit]:
            for link in case.lineage.links:
                yield from question(link, case)

        return Rule(RuleInfo(id, title, severity, Scope.LINK, _page(question), confidence), ask)

    return decorate


def lineage_rule(
    id: str, title: str, severity: Severity, confidence: Confidence = Confidence.CERTAIN
) -> Callable[[Callable[[Case], Iterator[Hit]]], Rule]:
    """Make a rule of a question about the whole lineage."""

    def decorate(question: Callable[[Case], Iterator[Hit]]) -> Rule:
        return Rule(RuleInfo(id, title, severity, Scope.LINEAGE, _page(question), confidence), question)

    return decorate


def ask_all(rules: Iterable[Rule], case: Case) -> tuple[Finding, ...]:
    """Ask every rule; one finding per cause, worst first."""
    found = [_stamp(rule, hit, case) for rule in rules for hit in rule.ask(case)]
    return tuple(sorted(found, key=lambda finding: finding.sort_key))


def _stamp(rule: Rule, hit: Hit, case: Case) -> Finding:
    return Finding(
        rule=rule.info.id,
        severity=hit.severity or rule.info.severity,
        confidence=hit.confidence or rule.info.confidence,
        subject=hit.subject,
        message=hit.message,
        path=hit.path if hit.path is not None else case.path_to(hit.cause or hit.subject),
        evidence=hit.evidence,
        clause=hit.clause,
        license=hit.license,
        remedies=hit.remedies,
    )


def _page(question: Callable[..., object]) -> str:
    """The docstring of the module that the question stands in."""
    return str(question.__globals__.get("__doc__") or "").strip()

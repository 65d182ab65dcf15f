"""The answer: everything that a renderer may look at, and all that it gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from licscan.core.cause import Cause
from licscan.core.evidence import Gap
from licscan.core.finding import Finding, RuleInfo
from licscan.core.judgement import Burden, Judgement, Obligation, Release
from licscan.core.license import License, Resolution
from licscan.core.lineage import Lineage
from licscan.core.lock import History
from licscan.core.publisher import Publisher
from licscan.core.text import Text
from licscan.core.use import Use


class Outcome(StrEnum):
    """The verdict on the subject."""

    CLEAR = "clear"
    CONDITIONS = "conditions"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Share:
    """Share of the subject's parameters by one heading, as an interval within 0..1."""

    by: str
    """`publisher`, `country` or `license`."""
    value: str | None
    """None: unknown, which is shown as such."""
    low: float
    high: float
    how: Text | None = None
    """The arithmetic."""


@dataclass(frozen=True, slots=True)
class ControlFact:
    """Who can change or stop the use of a node, and by what."""

    node: str
    kind: str
    """`publisher`, `owner`, `law`, `forum`, `stop`, `change`, `gate`, `remote-code`, `tokenizer` ..."""
    says: Text
    license: str | None = None
    clause: str | None = None


class OriginVerdict(StrEnum):
    """What the evidence says of a claim that a part was trained from scratch. Never "verified"."""

    REFUTED = "refuted"
    CONTESTED = "contested"
    NOT_REFUTED = "not-refuted"
    SUPPORTED = "supported"
    UNTESTED = "untested"


@dataclass(frozen=True, slots=True)
class Origin:
    """The from-scratch question for one component of the subject, or (component None) rolled up."""

    component: str | None
    verdict: OriginVerdict
    says: Text
    tested: tuple[Text, ...] = ()
    share: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What a machine cannot settle."""

    id: str
    asks: Text
    why: Text
    settles: Text
    """What would settle it."""
    default: Text
    """What is assumed if nobody answers."""
    node: str = ""
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicySummary:
    """Which policy judged."""

    file: str | None
    preset: str
    fail_on: str | None
    """A severity, or None for never."""
    curations: tuple[str, ...] = ()
    """Facts that the user corrected, as sentences."""
    asks_origin: bool = False
    """The policy asks for proof that every part was trained from scratch."""


@dataclass(frozen=True, slots=True)
class Stats:
    """What the scan cost."""

    requests: int = 0
    bytes: int = 0
    cache_hits: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """The only input of a renderer."""

    lineage: Lineage
    resolutions: Mapping[str, Resolution]
    licenses: Mapping[str, License]
    """Every licence that occurs, by key."""
    publishers: Mapping[str, Publisher]
    """By node id; no entry where the publisher is unknown."""
    judgements: Mapping[tuple[str, str, str, str], Judgement]
    """By the key of the link."""
    burdens: tuple[Burden, ...]
    """The effective terms of the subject: what binds it, from whom, by which path."""
    obligations: tuple[Obligation, ...]
    release: Release | None
    findings: tuple[Finding, ...]
    """Worst first; what was set aside stands last, marked."""
    use: Use
    policy: PolicySummary
    outcome: Outcome
    version: str
    knowledge: str
    """Version of the data files."""
    causes: tuple[Cause, ...] = ()
    """What is behind the findings, worst first; each is told once."""
    shares: tuple[Share, ...] = ()
    control: tuple[ControlFact, ...] = ()
    origins: tuple[Origin, ...] = ()
    questions: tuple[Question, ...] = ()
    history: Mapping[str, History] | None = None
    """How the terms of each repository changed, by node; None where nobody asked."""
    stats: Stats | None = None
    """None when the output must be the same, byte for byte."""
    lang: str = "en"
    made: str | None = None
    """ISO time; fixed by SOURCE_DATE_EPOCH."""
    rules: tuple[RuleInfo, ...] = ()
    """Every rule that was asked."""

    @property
    def subject(self) -> str:
        """The node that was asked about."""
        return self.lineage.subjects[0]

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not be looked at."""
        return self.lineage.gaps

    @property
    def is_complete(self) -> bool:
        """No gap anywhere above the subject."""
        return not self.lineage.gaps

    @property
    def is_unproved(self) -> bool:
        """The policy asks for proof that every part was trained from scratch, and there is none."""
        return self.policy.asks_origin and not is_proved(self.origins)


def is_proved(origins: tuple[Origin, ...]) -> bool:
    """Every part was tested, and the evidence speaks for own training."""
    return bool(origins) and all(one.verdict is OriginVerdict.SUPPORTED for one in origins)

"""What is known of where a part's weights come from, beyond what its own card says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from licscan.core.evidence import Confidence, Evidence
from licscan.core.lineage import Link, Relation
from licscan.core.signature import SIGNATURE_PLACE
from licscan.core.text import Text, text


class Grade(IntEnum):
    """How much an observation can carry; see the rules' pages. Only E4 and E5 carry a severity of high or above."""

    UNKNOWN = 0
    HEARSAY = 1
    """A name, the press, a report by users."""
    LIKENESS = 2
    """The same architecture and sizes, or the same tokenizer."""
    STATISTICS = 3
    """Large matrices agree, mean removed, beyond unrelated control models."""
    STATEMENT = 4
    """The publisher says so: card, configuration, report, NOTICE."""
    IDENTITY = 5
    """Large tensors are equal, byte for byte or by hash."""

    @property
    def label(self) -> str:
        """The name of the grade in tables: `E4`."""
        return f"E{self.value}"

    @property
    def words(self) -> Text:
        """What kind of evidence it is, for sentences."""
        return _GRADES[self]


_GRADES = {
    Grade.UNKNOWN: text("on no evidence"),
    Grade.HEARSAY: text("named by others only"),
    Grade.LIKENESS: text("similar, not shown to be derived"),
    Grade.STATISTICS: text("statistics of the weights"),
    Grade.STATEMENT: text("the publisher's own statement"),
    Grade.IDENTITY: text("identical bytes"),
}


class Basis(StrEnum):
    """What kind of knowledge an observation is; each is told by its name wherever it is told at all."""

    STATEMENT = "statement"
    """Somebody who can know said so: who and when stand with it."""
    MEASUREMENT = "measurement"
    """Somebody compared files: who, how and which files stand with it."""
    INFERENCE = "inference"
    """Somebody concluded it from something else: from what stands with it."""


@dataclass(frozen=True, slots=True)
class Denial:
    """What the other side of a dispute said."""

    by: str
    date: str
    says: str
    sources: tuple[str, ...] = ()

    @property
    def words(self) -> Text:
        """The denial as part of a sentence."""
        return text("{by} denied it on {date}: {says}", by=self.by, date=self.date, says=self.says)


class Match(StrEnum):
    """What a comparison of one component with one reference came to."""

    COPY = "copy"
    DERIVED = "derived"
    SHARED_ORIGIN = "shared-origin"
    MERGE = "merge"
    ARCH_ONLY = "arch-only"
    CANDIDATE = "candidate"
    NO_MATCH = "no-match"
    UNTESTABLE = "untestable"


@dataclass(frozen=True, slots=True)
class OriginEvidence:
    """One observation about a component's weights: by a comparison of ours, or from the public record."""

    node: str
    """The model whose part it is."""
    component: str | None
    """The role; None is the model as a whole (its main weights)."""
    reference: str
    """The repository or family that it was compared with."""
    match: Match
    grade: Grade
    says: str
    family: str = ""
    """The family of models that the reference belongs to."""
    changed: bool | None = None
    """Whether the weights were trained further since; None is unknown."""
    declared: bool = False
    """The card itself says so, in words that no field of it carries."""
    withdrawn: bool = False
    """An allegation that was taken back or rebutted: kept so that nobody raises it again."""
    date: str | None = None
    sources: tuple[str, ...] = ()
    by: str = ""
    """Who stated, measured or inferred it; empty is a comparison of this run."""
    how: str = ""
    """By which comparison of which files, or from what it was inferred."""
    said_as: Basis | None = None
    """What kind of knowledge it is, where the grade alone does not tell."""
    names_family: bool = False
    """It names a family of models; which repository of it is an inference."""
    denial: Denial | None = None
    """What the other side said: told wherever the observation is."""

    @property
    def basis(self) -> Basis:
        """Statement, measurement or inference."""
        if self.said_as is not None:
            return self.said_as
        if self.grade is Grade.STATEMENT:
            return Basis.STATEMENT
        return Basis.MEASUREMENT if self.grade in {Grade.STATISTICS, Grade.IDENTITY} else Basis.INFERENCE

    @property
    def words(self) -> Text:
        """What kind of knowledge it is, by whom, from when and from what, for sentences."""
        if not self.by:
            return self.grade.words
        date = self.date or "?"
        if self.basis is Basis.STATEMENT:
            return text("statement of {by}, {date}", by=self.by, date=date)
        if self.basis is Basis.MEASUREMENT:
            return text("measurement by {by}, {date}: {how}", by=self.by, date=date, how=self.how)
        return text("inference of {by}, {date}, from {how}", by=self.by, date=date, how=self.how)

    @property
    def of(self) -> Text:
        """The reference as far as the observation names it: a repository, or a family."""
        if self.names_family and self.family:
            return text("the {family} family", family=self.family)
        return text("{reference}", reference=self.reference)

    @property
    def told(self) -> Text:
        """What it says, with the other side beside it."""
        if self.denial is None:
            return text("{says}", says=self.says)
        return text("{says}; {denial}", says=self.says, denial=self.denial.words)

    @property
    def evidences(self) -> tuple[Evidence, ...]:
        """The observation and its denial as things that can be looked up: from when, of which grade, where."""
        mine = Evidence(self.node, None, _place(self.date, self.basis.value, self.sources), self.says)
        if self.denial is None:
            return (mine,)
        other = self.denial
        return (mine, Evidence(self.node, None, _place(other.date, f"denial by {other.by}", other.sources), other.says))

    @property
    def is_disputed(self) -> bool:
        """The other side denies it; of equal bytes there is no dispute."""
        return self.denial is not None and self.grade is not Grade.IDENTITY

    @property
    def shows_inheritance(self) -> bool:
        """It speaks for weights that come from the reference, and nobody who can know denies it."""
        return not self.withdrawn and not self.is_disputed and self.match in _INHERITED

    @property
    def leaves_open(self) -> bool:
        """It neither shows nor excludes that weights come from the reference."""
        disputed = self.is_disputed and self.match in _INHERITED
        return not self.withdrawn and (disputed or self.match in {Match.SHARED_ORIGIN, Match.CANDIDATE})


def _place(date: str | None, what: str, sources: tuple[str, ...]) -> str:
    return f"public record, {date or 'undated'} ({what}): {', '.join(sources)}"


MATCHES = {
    Match.COPY: text("a copy"),
    Match.DERIVED: text("derived"),
    Match.SHARED_ORIGIN: text("of shared origin"),
    Match.MERGE: text("a merge"),
    Match.ARCH_ONLY: text("likeness of settings only"),
    Match.CANDIDATE: text("a candidate"),
    Match.NO_MATCH: text("no match"),
    Match.UNTESTABLE: text("not testable"),
}
"""What a comparison came to, in words."""

_INHERITED = frozenset({Match.COPY, Match.DERIVED, Match.MERGE})


def measured(
    node: str, component: str | None, reference: str, verdict: str, says: str, date: str | None = None
) -> OriginEvidence:
    """A comparison of weights as evidence; `verdict` is a `Match` in any spelling, such as `SHARED-ORIGIN`."""
    match = Match(verdict.lower())
    grade = {Match.COPY: Grade.IDENTITY, Match.ARCH_ONLY: Grade.LIKENESS, Match.CANDIDATE: Grade.LIKENESS}.get(
        match, Grade.STATISTICS
    )
    changed = {Match.COPY: False, Match.DERIVED: True, Match.MERGE: True}.get(match)
    return OriginEvidence(node, component, reference, match, grade, says, changed=changed, date=date)


INHERITING = frozenset(
    {
        Relation.FINETUNE,
        Relation.CONTINUE_TRAIN,
        Relation.ADAPTER,
        Relation.MERGE,
        Relation.QUANTIZED,
        Relation.CONVERTED,
        Relation.COMPONENT,
        Relation.UNSTATED,
    }
)
"""Relations by which weights pass from parent to child."""

UNCHANGED = frozenset({Relation.QUANTIZED, Relation.CONVERTED})
"""Relations that change the form of the weights and not what was learned."""


def about(link: Link, known: Iterable[OriginEvidence]) -> tuple[OriginEvidence, ...]:
    """The observations that speak of the part which this link brings in."""
    return tuple(one for one in known if one.node.lower() == link.child.lower() and one.component == link.component)


WEIGHTS_PLACE = "weights#"
"""How the place of an evidence begins that a comparison of weights gave."""


def rests_on_weights(link: Link) -> bool:
    """The link is as sure as it is because weights were compared: that is what its first evidence tells."""
    return bool(link.evidence) and link.evidence[0].place.startswith(WEIGHTS_PLACE)


def rests_on_signature(link: Link) -> bool:
    """The link comes from a comparison of sizes, names or bytes with known models, and not from what anybody says."""
    return bool(link.evidence) and link.evidence[0].place.startswith(SIGNATURE_PLACE)


def grade_of(link: Link, known: Iterable[OriginEvidence] = ()) -> Grade:
    """How well it is shown that weights pass along this link.

    What the child declares, or names so plainly that there is no doubt, is its publisher's own statement. A family that
    only a configuration names is likeness, until somebody compares weights or the publisher says so. What weights alone
    prove is no statement, however certain it is.
    """
    if link.relation not in INHERITING:
        return Grade.UNKNOWN
    shown = [one.grade for one in about(link, known) if one.shows_inheritance]
    plain = link.declared or (link.confidence is Confidence.CERTAIN and not rests_on_weights(link))
    return max([*shown, Grade.STATEMENT if plain else Grade.LIKENESS])


def unchanged(link: Link, known: Iterable[OriginEvidence] = ()) -> bool | None:
    """The weights are as the parent published them; None where nobody has said or measured it."""
    if link.relation in UNCHANGED:
        return True
    shown = [one for one in about(link, known) if one.shows_inheritance]
    if any(one.match is Match.COPY and one.grade is Grade.IDENTITY for one in shown):
        return True
    said = {False if one.match is Match.COPY else one.changed for one in shown} - {None}
    if len(said) == 1:
        return not said.pop()
    if said:
        # Reported both ways: neither is stated as a fact.
        return None
    return None if link.relation in {Relation.COMPONENT, Relation.UNSTATED} else False

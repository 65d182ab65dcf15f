"""What the policy in force says about control: who may stand behind a part, who may stop its use, under whose law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from licscan.core.finding import Severity
from licscan.core.origin import Grade
from licscan.core.publisher import Publisher
from licscan.core.text import Text, text


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
    readings: tuple[str, ...] = ()
    """Lines that are a reading of the rule and not its text."""
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
        listed = publisher.all_lists if "owner" in self.counts else publisher.lists
        answers += [self.lists[one.id] for one in listed if one.id in self.lists]
        asked = max(answers, key=lambda one: one.rank, default=Answer.SILENT)
        return asked if asked is Answer.SILENT else self.exposures.get(exposure, asked)

    def severity(self, exposure: Exposure, answer: Answer) -> Severity:
        """How bad it is; with no policy, every fact of control is only a fact."""
        return Severity.INFO if self.is_neutral else _SEVERITIES[exposure][answer.rank]

    def asked(self, *names: str, answer: Answer | None = None) -> Text:
        """Which line of which policy asks, in words; or that none does."""
        if self.is_neutral and not self.asks_disclosure:
            return text("no jurisdiction preference configured")
        if answer is Answer.SILENT:
            return text("the policy {name} does not ask about this", name=self.preset)
        return text("asked by {line}", line=self.line(*names))

    def line(self, *names: str) -> Text:
        """The policy line that asks: the first of `names` that it has, else the name of the policy."""
        found = next((name for name in names if self.lines.get(name)), None)
        if found in self.readings:
            return text("{preset}: {line} (a reading of it, not its text)", preset=self.preset, line=self.lines[found])
        if found is not None:
            return text("{preset}: {line}", preset=self.preset, line=self.lines[found])
        return text("{preset}", preset=self.preset)


def _by_country(answers: Mapping[str, Answer], country: str | None, home: str | None) -> Answer:
    if country is None:
        return Answer.SILENT
    if country in answers:
        return answers[country]
    return Answer.SILENT if country == home else answers.get("*", Answer.SILENT)


def capped(severity: Severity, grade: Grade) -> Severity:
    """Evidence limits severity: likeness never carries more than low, statistics no more than medium."""
    limit = Severity.CRITICAL
    if grade <= Grade.LIKENESS:
        limit = Severity.LOW
    elif grade is Grade.STATISTICS:
        limit = Severity.MEDIUM
    return max(severity, limit, key=lambda one: one.rank)

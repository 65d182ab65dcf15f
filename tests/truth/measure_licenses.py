"""Measures how sentences about licences are understood against `license_sentences.toml`; the benchmark prints it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from licscan.core.artifact import Artifact, Claim, ClaimKind, NodeKind
from licscan.core.ids import RepoId
from licscan.core.license import Disputed, Resolution
from licscan.extract import license_prose
from licscan.extract.extraction import At
from licscan.knowledge import load
from licscan.licensing.resolve import resolve
from tests.truth.measure import truth

MODEL = "acme/omni-tts-1b"


@dataclass
class Score:
    """How many sentences were understood, and the wrong ones in words."""

    fired: int = 0
    quiet: int = 0
    """Look-alikes that were shown."""
    missed: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    misnamed: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of the sentences that restrict, or name another licence, that dispute the tag."""
        return (self.fired - len(self.misnamed)) / max(1, self.fired + len(self.missed))

    @property
    def precision(self) -> float:
        """Share of the disputes that are due to a sentence that restricts."""
        return self.fired / max(1, self.fired + len(self.invented))


def cases() -> Iterator[tuple[bool, dict[str, Any]]]:
    """Every sentence, and whether it has to be heard."""
    table = truth("license_sentences.toml")
    yield from ((True, one) for one in table["fire"])
    yield from ((False, one) for one in table["quiet"])


def resolution_of(text: str, tag: str = "apache-2.0", model: str = MODEL) -> Resolution:
    """What a card with this tag comes to when it says this."""
    at = At(model, None, "README.md")
    titled = f"# Omni TTS\n\n{text}" if not text.startswith("# ") else text
    tagged = Claim(ClaimKind.TAG, tag, at.saw("license", tag))
    claims = (tagged, *license_prose.read(titled, at))
    return resolve(Artifact(model, NodeKind.MODEL, RepoId.parse(model), claims=claims, files=()), load())


def measure(language: str | None = None) -> Score:
    """The score of all sentences, or of one language."""
    score = Score()
    for is_due, case in cases():
        if language not in {None, case["lang"]}:
            continue
        score.quiet += not is_due
        resolution = resolution_of(case["text"], case.get("tag", "apache-2.0"))
        fires = isinstance(resolution, Disputed)
        said = f"[{case['lang']}] {case['text']!r}"
        if fires and is_due:
            score.fired += 1
            keys = {key for one in resolution.statements for key in (*one.keys, *one.candidates)}
            if not set(case.get("names", ())) <= keys:
                score.misnamed.append(f"{said}: {sorted(keys)}")
        elif is_due:
            score.missed.append(said)
        elif fires:
            because = [one.says for one in resolution.options] if isinstance(resolution, Disputed) else []
            score.invented.append(f"{said}: {because}")
    return score

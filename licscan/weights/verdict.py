"""What the numbers of one component come to, and what all components say of a claim to be trained from scratch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from licscan.core.text import Text, text
from licscan.weights.statistics.component_test import LARGE, Trial

DERIVED_R = 0.90
LEAST_SLABS = 8
GAINS_R = 0.90
GAINS_DOUBT = 0.80
COPY_SHARE = 0.95
SHAPE_MATCH = 0.95


class Kind(StrEnum):
    """The verdict on one component and one reference, the strongest first."""

    COPY = "COPY"
    DERIVED = "DERIVED"
    SHARED_ORIGIN = "SHARED-ORIGIN"
    MERGE = "MERGE"
    ARCH_ONLY = "ARCH-ONLY"
    CANDIDATE = "CANDIDATE"
    NO_MATCH = "NO-MATCH"
    UNTESTABLE = "UNTESTABLE"

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return list(Kind).index(self)


class FromScratch(StrEnum):
    """The roll-up for the claim that A was trained from scratch. Never "verified"."""

    REFUTED = "REFUTED"
    CONTESTED = "CONTESTED"
    NOT_REFUTED = "NOT REFUTED"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict and what must be said beside it."""

    kind: Kind
    caveats: tuple[Text, ...]


def rule_on(trial: Trial, shape_score: float) -> Ruling:
    """The verdict of the sampled weights of one component."""
    caveats = list(_notes(trial))
    if not trial.results and trial.unaffordable and shape_score >= SHAPE_MATCH:
        why = text("the shapes match, and the budget of bytes allowed no test of the weights: give a larger --budget")
        return Ruling(Kind.CANDIDATE, (*caveats, why))
    if not trial.results:
        if trial.untestable:
            return Ruling(Kind.UNTESTABLE, tuple(caveats))
        return Ruling(Kind.NO_MATCH, (*caveats, text("the two have no matrix of hidden units of the same width")))
    if not trial.is_significant:
        return _unrelated(shape_score, caveats)
    if trial.equal_bytes() >= COPY_SHARE:
        return Ruling(Kind.COPY, tuple(caveats))
    if trial.equal_bytes() > 0 or trial.gains_equal:
        return Ruling(Kind.DERIVED, (*caveats, text("some learned tensors are equal, byte for byte or after rounding")))
    r = trial.median_r()
    if r is None or r < DERIVED_R:
        return _shared(
            caveats,
            text("the likeness of the matched weights (median r {r}) is below {line}", r=_two(r), line=DERIVED_R),
        )
    if trial.gains_r is not None and trial.gains_r < GAINS_DOUBT:
        return _shared(
            caveats,
            text(
                "weights agree (median r {r}) but what began as ones and zeros does not ({g})",
                r=_two(r),
                g=_two(trial.gains_r),
            ),
        )
    is_learned = trial.gains_r is not None and trial.gains_r >= GAINS_R and trial.gains >= 2
    is_large = sum(one.matrix >= LARGE for one in trial.matched) >= LEAST_SLABS
    if is_learned or is_large:
        return Ruling(Kind.DERIVED, tuple(caveats))
    return _shared(
        caveats, text("the matrices are too few or too small to tell derivation from the same random beginning")
    )


def _unrelated(shape_score: float, caveats: list[Text]) -> Ruling:
    caveats.append(text("not tested against permuted or rotated weights: run with --full"))
    return Ruling(Kind.ARCH_ONLY if shape_score >= SHAPE_MATCH else Kind.NO_MATCH, tuple(caveats))


def _shared(caveats: list[Text], why: Text) -> Ruling:
    question = text(
        "derivation with heavy training, or the same random initialisation: ask for the seed and the hash of step 0"
    )
    return Ruling(Kind.SHARED_ORIGIN, (*caveats, why, question))


def _two(number: float | None) -> str:
    return "unknown" if number is None else f"{number:.2f}"


def _notes(trial: Trial) -> list[Text]:
    """What was not tested, and what was found beside."""
    notes = [text("not tested: {reason}", reason=reason) for reason in trial.untestable[:5]]
    if len(trial.untestable) > 5:
        notes.append(text("and {n} further parts were not tested", n=len(trial.untestable) - 5))
    matched = len(trial.matched)
    if trial.results and 0 < matched < len(trial.results):
        labels = ", ".join(one.a for one in trial.matched)
        notes.append(
            text("{n} of {all} tested layers match: {labels}", n=matched, all=len(trial.results), labels=labels)
        )
    if trial.layer_map:
        moves = ", ".join(f"{a} = {b}" for a, b in trial.layer_map[:64])
        notes.append(text("layers of A and of B that belong together: {moves}", moves=moves))
    if trial.experts:
        strong = [str(expert) for expert, match in trial.experts if match.fixed >= 16]
        notes.append(text("experts that match the dense layer: {which}", which=", ".join(strong) or "none"))
    return notes


def roll_up(kinds: Sequence[Kind]) -> FromScratch:
    """What the components together say of a claim that A was trained from scratch, if B is another party's."""
    if any(kind in {Kind.COPY, Kind.DERIVED} for kind in kinds):
        return FromScratch.REFUTED
    if any(kind in {Kind.SHARED_ORIGIN, Kind.MERGE, Kind.CANDIDATE} for kind in kinds):
        return FromScratch.CONTESTED
    return FromScratch.NOT_REFUTED

"""What differs in law between two licences."""

from __future__ import annotations

from itertools import pairwise

import pytest

from licscan.core.license import License, Provision, Reading, Term
from licscan.core.limit import Limit
from licscan.knowledge import load
from licscan.licensing.term_diff import Direction, differences, direction_of, overall

KNOWLEDGE = load()
FLIPPED = {"tighter": "looser", "looser": "tighter", "unclear": "unclear", "same": "same"}
CHAINS = [
    tuple(one.key for one in KNOWLEDGE.editions(series))
    for series in sorted({KNOWLEDGE.licenses[key].series or "" for key in KNOWLEDGE.licenses.written} - {""})
]


def found(first: str, second: str) -> dict[str, str]:
    listed = differences(KNOWLEDGE.licenses[first], KNOWLEDGE.licenses[second], KNOWLEDGE.terms)
    return {one.term.value: one.direction.value for one in listed}


@pytest.mark.parametrize(
    ("first", "second", "term", "direction"),
    [
        ("llama3", "llama3.1", "outputs-training", "looser"),
        ("llama3.1", "llama3.2", "territory-excluded", "tighter"),
        ("gemma-2024-02", "gemma-2024-04", "update-duty", "looser"),
        ("qwen", "qwen-research", "commercial-use", "tighter"),
        ("tencent-hunyuan-large", "tencent-hunyuan-community", "territory-excluded", "tighter"),
        ("minimax-m2-first", "minimax-m2-modified-mit", "display-attribution", "tighter"),
        ("openmdw-1.0", "openmdw-1.1", "litigation-termination", "tighter"),
        ("exaone-1.1-nc", "exaone-1.2-nc", "outputs-claim", "looser"),
        ("flux-1-dev-non-commercial-1.1", "flux-1-dev-non-commercial", "commercial-use", "looser"),
        ("yi-series-1.0", "yi-series-2.0", "commercial-use", "looser"),
        ("mit", "gpl-3.0", "share-alike", "tighter"),
    ],
)
def test_known_changes_have_their_direction(first: str, second: str, term: str, direction: str) -> None:
    assert found(first, second)[term] == direction
    assert found(second, first)[term] == FLIPPED[direction]


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain[0])
def test_turning_the_question_round_turns_the_answer_round(chain: tuple[str, ...]) -> None:
    for first, second in pairwise(chain):
        there, back = found(first, second), found(second, first)
        assert {term: FLIPPED[way] for term, way in there.items()} == back


@pytest.mark.parametrize("key", ["mit", "llama3.1", "openatom-model", "kolors"])
def test_nothing_differs_from_itself(key: str) -> None:
    assert found(key, key) == {}
    assert overall(()) is Direction.SAME


def gate(over: float, window: str = "any_month") -> Provision:
    limit = Limit("monthly_users", over, "product", window, "separate_license")
    return Provision(Term.COMMERCIAL_USE, "conditional", limits=(limit,))


def shown(*over: float) -> Provision:
    limits = tuple(Limit("monthly_users", one, "product", "any_month", "display") for one in over)
    return Provision(Term.DISPLAY_ATTRIBUTION, "required", limits=limits)


@pytest.mark.parametrize(
    ("first", "second", "direction"),
    [
        (gate(700e6), gate(100e6), "tighter"),
        (gate(100e6), gate(700e6), "looser"),
        (gate(100e6), gate(100e6, "month_before_release"), "unclear"),
        (shown(100e6), shown(), "tighter"),
        (shown(100e6), shown(50e6), "tighter"),
        (gate(100e6), Provision(Term.COMMERCIAL_USE, "conditional"), "looser"),
        (Provision(Term.COMMERCIAL_USE, "not_read"), gate(100e6), "unclear"),
        (Provision(Term.COMMERCIAL_USE, "silent"), Provision(Term.COMMERCIAL_USE, "no"), "unclear"),
        (
            Provision(Term.DISPLAY_ATTRIBUTION, "required", binding=False),
            Provision(Term.DISPLAY_ATTRIBUTION, "required"),
            "tighter",
        ),
        (
            Provision(Term.DISPLAY_ATTRIBUTION, "required", says="Built with A"),
            Provision(Term.DISPLAY_ATTRIBUTION, "required", says="Built with B"),
            "unclear",
        ),
        (
            Provision(Term.NAMING, "required", says="A", triggers=("finetune",)),
            Provision(Term.NAMING, "required", says="A", triggers=("finetune", "merge")),
            "tighter",
        ),
        (
            Provision(Term.GOVERNING_LAW, "stated", says="US-CA"),
            Provision(Term.GOVERNING_LAW, "stated", says="CN"),
            "unclear",
        ),
        (Provision(Term.NAMING, "none", clause="1"), Provision(Term.NAMING, "none", clause="2"), "same"),
    ],
)
def test_directions(first: Provision, second: Provision, direction: str) -> None:
    assert direction_of(first, second, KNOWLEDGE.terms).value == direction
    assert direction_of(second, first, KNOWLEDGE.terms).value == FLIPPED[direction]


def test_a_licence_that_nobody_read_is_not_called_looser() -> None:
    blank = License("x", "X", "LicenseRef-licscan-x", "f", Reading.NONE)
    listed = differences(KNOWLEDGE.licenses["llama3.1"], blank, KNOWLEDGE.terms)
    assert listed
    assert {one.direction for one in listed} == {Direction.UNCLEAR}

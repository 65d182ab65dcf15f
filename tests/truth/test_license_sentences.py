"""Sentences about licences against the truth: a limit worded on a card is heard, and a look-alike disputes nothing."""

from __future__ import annotations

import pytest

from licscan.core.license import Disputed
from tests.truth.measure_licenses import Score, cases, measure, resolution_of

LEAST_RECALL, LEAST_PRECISION = 0.95, 0.98
LANGUAGES = ("en", "ko", "zh", "ja", "fr", "de", "es")


def test_sentences_are_heard_and_look_alikes_are_not() -> None:
    score = measure()
    wrong = "\n".join(score.missed + score.invented + score.misnamed)
    assert score.recall >= LEAST_RECALL, wrong
    assert score.precision >= LEAST_PRECISION, wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_is_forgotten(language: str) -> None:
    score = measure(language)
    assert score.fired >= 5
    assert score.recall >= 0.9, score.missed + score.misnamed
    assert score.precision >= 0.9, score.invented


def test_the_truth_is_large_and_half_of_it_is_quiet() -> None:
    due = [is_due for is_due, _ in cases()]
    assert len(due) >= 200
    assert 0.4 <= sum(due) / len(due) <= 0.6
    assert {case["lang"] for _, case in cases()} == set(LANGUAGES)


def test_the_measure_sees_faults() -> None:
    assert Score(fired=1, missed=["x"]).recall < LEAST_RECALL
    assert Score(fired=1, invented=["x"]).precision < LEAST_PRECISION
    assert isinstance(resolution_of("For research purposes only."), Disputed)
    assert not isinstance(resolution_of("The dataset is for research purposes only."), Disputed)

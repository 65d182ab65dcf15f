"""The readers against the truth: no kind of source may fall below what issue after issue relies on."""

from __future__ import annotations

import pytest

from tests.truth.measure import records, score, sentences, total, truth

LEAST = 0.98


def test_real_records() -> None:
    scores = score(records(), "none")
    whole = total(scores)
    wrong = "\n".join(whole.missed + whole.invented + whole.otherwise)
    assert whole.recall >= LEAST, wrong
    assert whole.precision >= LEAST, wrong


def test_sentences_of_cards() -> None:
    whole = total(score(sentences(), "prose"))
    wrong = "\n".join(whole.missed + whole.invented + whole.otherwise)
    assert whole.recall >= LEAST, wrong
    assert whole.precision >= LEAST, wrong


def test_the_truth_is_large_and_says_where_it_comes_from() -> None:
    entries = truth("lineage.toml")
    assert len(entries) >= 120
    for id, entry in entries.items():
        assert entry.get("none") or entry.get("parents"), id
        for row in entry.get("parents", []):
            assert len(row) == 5, f"{id}: kind of source, relation, role, parent, where from"
            assert row[4], f"{id}: {row[3]} does not say where its truth comes from"


def test_the_measure_sees_faults() -> None:
    """A measure that cannot fail measures nothing."""
    cases = [(id, [["card", "merge", "", "no/such-parent"]], links) for id, _, links in records() if links][:3]
    whole = total(score(iter(cases), "card"))
    assert whole.recall == 0
    assert whole.precision == pytest.approx(0)

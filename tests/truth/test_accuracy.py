"""The page about accuracy is as the files of the repository are, and the figures that others rely on hold."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from benchmarks import accuracy, signatures
from licscan.knowledge.registry import Registry, read


@pytest.fixture(scope="module")
def known() -> Registry:
    return read()


def test_the_page_is_fresh() -> None:
    assert accuracy.TARGET.read_text(encoding="utf-8") == accuracy.page(), "run benchmarks/accuracy.py --write"


def test_the_innocent_are_not_accused(known: Registry) -> None:
    counted = Counter(signatures.grade_of(found) for _, found in signatures.innocents(known))
    all_ = sum(counted.values())
    assert all_ > 500
    assert counted["certain"] + counted["likely"] <= 0.02 * all_
    assert counted["possible"] <= 0.10 * all_


def test_a_known_base_is_found(known: Registry) -> None:
    counted = Counter(what for _, what in signatures.derived(known, named=True))
    all_ = sum(counted.values())
    assert counted["likely"] + counted["possible"] >= 0.90 * all_
    assert counted["wrong"] <= 0.01 * all_


def test_what_was_counted_outside_holds() -> None:
    recorded = json.loads((accuracy.ROOT / "benchmarks" / "signatures_tables.json").read_text(encoding="utf-8"))
    for key, share in (("agree", 0.99), ("other", 0.95)):
        counted = recorded["population"][key]
        found = counted["likely"] + counted["possible"]
        assert found >= share * sum(counted.values())

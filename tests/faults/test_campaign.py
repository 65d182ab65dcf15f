"""A bounded sample of the campaign of faults (`python -m tests.faults` runs it whole)."""

from __future__ import annotations

import random

import pytest

from tests.faults.campaign import FAULTS, SLOW, Outcome, Tally, World, pairs, single, tried, whole, worlds

_SAMPLE = 8
_PAIRS = 40
_QUICK = [world for world in worlds() if not whole(world.name)[0].trouble]


def test_there_are_enough_lineages_and_faults() -> None:
    assert len(_QUICK) >= 12
    assert len(FAULTS) + len(SLOW) >= 40
    assert {whole(world.name)[0].code for world in _QUICK} == {0, 1, 3}


@pytest.mark.parametrize("world", _QUICK, ids=lambda one: one.name)
def test_no_fault_of_a_request_makes_anything_better(world: World) -> None:
    chance = random.Random(world.name)  # noqa: S311  (a choice of tests)
    able = [(path, name) for path, name in single(world) if name not in SLOW]
    tally = Tally()
    for path, name in chance.sample(able, _SAMPLE):
        tried(world, {path: name}, tally)
    assert tally.is_clean, tally.better + tally.lost + tally.trouble + tally.late


def test_no_two_faults_together_make_anything_better() -> None:
    tally = Tally()
    for world, named in pairs(_PAIRS, 7):
        tried(world, named, tally)
    assert tally.scans == _PAIRS
    assert tally.is_clean, tally.better + tally.lost + tally.trouble + tally.late


def test_the_campaign_would_tell_of_a_breach() -> None:
    blocked = Outcome(2, 1, frozenset({("rule", "node")}), frozenset(), 0.1)
    tally = Tally()
    tally.take("clear", blocked, Outcome(0, 0, frozenset(), frozenset(), 0.1))
    tally.take("broken", blocked, Outcome(2, 3, frozenset(), frozenset({("a", "", "absent")}), 99.0, "KeyError"))
    assert tally.better == ["clear"]
    assert tally.lost == ["clear: rule of node"]
    assert tally.trouble == ["broken: KeyError"]
    assert tally.late == ["broken: 99.0 s"]
    assert not tally.is_clean

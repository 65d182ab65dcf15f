"""No pattern can be kept busy: each one is laid on a megabyte of its own worst repetitions, and none is left out."""

from __future__ import annotations

from time import thread_time

import pytest

from tests.patterns import Found, collect, pumps, run, worst

MOST_SECONDS = 1.0
"""Of the processor, for one pattern on a megabyte (or on the longest text that the code gives it)."""
_SHORT = ((250, 0.02), (4_000, 0.03))
"""What shorter texts may cost: a pattern of higher growth is found out without waiting for it."""
_LONG = ((32_000, 0.15), (200_000, 0.6), (1_000_000, MOST_SECONDS))
"""The same, for the two repetitions that cost most."""
_ALL = sorted(collect().found.values(), key=lambda one: (one.pattern, one.flags))


def cost(found: Found, text: str) -> float:
    """Seconds of the processor; the best of two, since a first run may wait for memory."""
    begun = thread_time()
    run(found, text)
    return thread_time() - begun


def test_every_pattern_is_known() -> None:
    assert not collect().unknown, "say in tests/patterns.py (MADE) what these patterns are made from"
    assert len(_ALL) > 200


@pytest.mark.parametrize("found", _ALL, ids=lambda one: f"{min(one.places)} {one.pattern[:30]}")
def test_a_megabyte_of_the_worst_repetitions_takes_less_than_a_second(found: Found) -> None:
    tried = {}
    for pump in pumps(found):
        for size, bound in _SHORT:
            tried[pump] = cost(found, worst(min(size, found.most), pump))
            assert tried[pump] < bound, (found.places, pump)
    for pump in sorted(tried, key=lambda one: -tried[one])[:2]:
        for size, bound in _LONG:
            assert cost(found, worst(min(size, found.most), pump)) < bound, (found.places, pump)

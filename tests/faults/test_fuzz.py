"""A bounded sample of the fuzz of every reader (`python -m tests.fuzz` runs 100,000 inputs)."""

from __future__ import annotations

import pytest

from licscan.config import parse_policy
from licscan.errors import ConfigError
from tests.fuzz import Reader, mutated, readers, tried

_SAMPLE = range(25)


@pytest.mark.parametrize("reader", readers(), ids=lambda one: one.name)
def test_a_reader_answers_or_refuses_whatever_stands_in_a_file(reader: Reader) -> None:
    tally = tried(reader, _SAMPLE)
    assert tally.inputs == len(_SAMPLE)
    assert not tally.crashes


def test_an_input_is_given_back_by_its_number() -> None:
    first = readers()[0]
    assert mutated(first, 3) == mutated(first, 3)
    assert len({mutated(first, number) for number in _SAMPLE}) > 20


def test_a_crash_would_be_told() -> None:
    def broken(_: bytes) -> None:
        raise KeyError("x")

    assert len(tried(Reader("broken", [b"seed"], broken), range(3)).crashes) == 3


def test_a_number_of_very_many_digits_in_a_policy_is_a_mistake_of_the_file() -> None:
    with pytest.raises(ConfigError):
        parse_policy(f"[use]\nmonthly-users = {'9' * 5000}\n", "licscan.toml")

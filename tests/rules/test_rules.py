"""Every case of every rule: the bad ones give what they expect, the good ones give nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from licscan.rules import RULES
from tests.control import found
from tests.rules.read import read_case

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*/*.toml"))


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", CASES, ids=named)
def test_a_case_gives_what_it_expects(path: Path) -> None:
    case, expected = read_case(path)
    assert bool(expected) == path.name.startswith("bad-"), "bad cases expect something, good ones nothing"
    told = found(case, path.parent.name)
    assert [one.severity.value for one in told] == [one["severity"] for one in expected]
    for one, want in zip(told, expected, strict=True):
        assert one.evidence
        assert one.remedies
        assert one.path
        assert want.get("confidence", one.confidence.value) == one.confidence.value
        assert want.get("says", "") in str(one.message)
        assert want.get("clause", one.clause) == one.clause


def test_cases_lie_under_the_name_of_a_rule() -> None:
    ids = {rule.info.id for rule in RULES}
    assert {path.parent.name for path in CASES} <= ids


def test_rules_with_cases_have_both_kinds() -> None:
    for folder in sorted({path.parent for path in CASES}):
        names = {path.name.partition("-")[0] for path in folder.glob("*.toml")}
        assert names == {"bad", "good"}, folder.name

"""Every case of every rule: the bad ones give what they expect, the good ones give nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from licscan import rules
from licscan.config.read import rule_ids
from licscan.policy import judge
from licscan.rule import Rule, ask_all
from licscan.rules import RULES
from tests.control import found
from tests.rules.read import read_case, read_policy

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*/*.toml"))


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", CASES, ids=named)
def test_a_case_gives_what_it_expects(path: Path) -> None:
    case, expected = read_case(path)
    assert bool(expected) == path.name.startswith("bad-"), "bad cases expect something, good ones nothing"
    policy = read_policy(path)
    told = found(case, path.parent.name)
    if policy is not None:
        judged = judge(ask_all(RULES, case), policy, case.lineage, case.today)
        told = tuple(one for one in judged if one.rule == path.parent.name)
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


HEADINGS = ("## What it looks at", "## Why it matters", "## Example", "## What to do", "## Limits")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.info.id)
def test_a_rule_is_whole(rule: Rule) -> None:
    id, page = rule.info.id, rule.info.explanation
    file = Path(rules.__file__).parent / f"{id.replace('-', '_')}.py"
    assert file.is_file(), "a rule's file is called after its id"
    assert [line for line in page.splitlines() if line.startswith("## ")] == list(HEADINGS)
    assert page.partition("\n")[0].endswith(".")
    assert len(rule.info.title) <= 70
    assert not rule.info.title.endswith(".")
    assert (HERE / id).is_dir(), "a rule has cases"


def test_the_tuple_and_the_files_are_equal() -> None:
    files = {path.stem for path in Path(rules.__file__).parent.glob("*.py")} - {"__init__"}
    assert [rule.info.id for rule in RULES] == sorted(name.replace("_", "-") for name in files)
    assert rule_ids() == tuple(rule.info.id for rule in RULES)

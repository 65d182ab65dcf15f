"""Every case of `cases.toml`: the worked examples of the project's legal notes, and what follows from the clauses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from licscan.core.judgement import ReasonKind
from licscan.core.lineage import Relation
from licscan.errors import KnowledgeError
from licscan.files import parse_toml
from tests.build import flowing, lineage, use_of

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = parse_toml(
    (HERE / "cases.toml").read_text(encoding="utf-8"), "cases.toml", KnowledgeError
)["case"]


def named(case: dict[str, Any]) -> str:
    use = "".join(f" {key}={value}" for key, value in case.get("use", {}).items())
    return f"{case['up']} {case['relation']} {case['down']} {case.get('name', '')}{use}"


def test_there_are_enough_cases() -> None:
    worked = [case for case in CASES if case["source"].startswith("worked example")]
    assert len(worked) >= 36
    assert len(CASES) - len(worked) >= 150
    assert {case["relation"] for case in CASES} == {*Relation} - {"converted", "continue-train"}


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_link_is_judged_by_its_clauses(case: dict[str, Any]) -> None:
    parent = case.get("parent") or ("datasets/base-lab/base" if case.get("data") else "base-lab/base")
    whole, resolutions = lineage(
        f"tune <-{case['relation']}- base",
        names={"tune": case.get("name", "acme/tune"), "base": parent},
        tune=case["down"],
        base=case["up"],
    )
    (judgement,) = flowing(whole, resolutions, use_of(case.get("use", {}))).judgements.values()
    said = [f"{one.kind} {one.clause}: {one.says}" for one in judgement.reasons]
    assert judgement.verdict == case["verdict"], said
    why = case.get("why", {})
    if why:
        fits = [
            one
            for one in judgement.reasons
            if one.kind == why.get("kind", one.kind) and ("clause" not in why or one.clause == why["clause"])
        ]
        assert fits, said
    if "never" in case:
        never = case["never"]
        kinds = {never["kind"]} if "kind" in never else {*ReasonKind}
        assert not [one for one in judgement.reasons if one.clause == never["clause"] and one.kind in kinds], said

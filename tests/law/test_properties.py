"""Where law meets algebra: what must hold for every lineage, every licence and every use."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from licscan.compatibility.parties import VERDICT_RANK
from licscan.core.judgement import Verdict
from licscan.core.lineage import Lineage, Relation
from licscan.core.use import Distribution, Purpose, Use
from licscan.rule import ask_all
from licscan.rules import RULES
from tests.build import artifact, case_of, flowing, links_of, resolution

KEYS = (
    "apache-2.0", "mit", "cc0-1.0", "gpl-3.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nd-4.0", "llama3", "llama3.1",
    "gemma", "qwen", "exaone-1.2-nc", "openrail++", "tencent-hunyuan-community", "none", "?unknown", "gap",
    "apache-2.0 | gpl-3.0", "mit ? cc-by-nc-4.0",
)  # fmt: skip
RELATIONS = tuple(relation.value for relation in Relation)
NODES = ("s-lab/s", "a-lab/a", "b-lab/b", "c-lab/c", "d-lab/d")
UPWARD = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from(RELATIONS)).filter(lambda one: one[0] < one[1]),
    min_size=1,
    max_size=6,
)
SAID = st.lists(st.sampled_from(KEYS), min_size=5, max_size=5)
USES = st.builds(
    Use,
    purpose=st.sampled_from([None, *Purpose]),
    distributes=st.frozensets(st.sampled_from(list(Distribution)), max_size=2),
    territories=st.frozensets(st.sampled_from(["KR", "DE", "US"]), max_size=2),
    monthly_users=st.sampled_from([None, 1000, 10**9]),
)


def build(edges: list[tuple[int, int, str]], said: list[str]) -> tuple[Lineage, dict[str, object]]:
    lines = "; ".join(dict.fromkeys(f"{NODES[low]} <-{how}- {NODES[high]}" for low, high, how in edges))
    artifacts = [artifact(node, word) for node, word in zip(NODES, said, strict=True)]
    whole = Lineage.build((NODES[0],), artifacts, links_of(lines))
    return whole, {node: resolution(node, word) for node, word in zip(NODES, said, strict=True)}


def told(edges: list[tuple[int, int, str]], said: list[str]) -> set[tuple[str, str]]:
    whole, resolutions = build(edges, said)
    findings = ask_all(RULES, case_of(whole, resolutions, Use()))  # type: ignore[arg-type]
    return {(one.rule, node) for one in findings for node in (one.subject, *one.also)}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KEYS), st.sampled_from(RELATIONS), st.sampled_from(["?unknown", "gap"]), USES)
def test_an_unknown_licence_never_yields_ok(key: str, relation: str, unknown: str, use: Use) -> None:
    for above, below in ((unknown, key), (key, unknown)):
        if above == "cc0-1.0" or relation == "trained-on":
            continue
        whole, resolutions = build([(0, 1, relation)], [below, above, "mit", "mit", "mit"])
        (judgement,) = flowing(whole, resolutions, use).judgements.values()  # type: ignore[arg-type]
        assert judgement.verdict not in {Verdict.OK, Verdict.SAME}


@settings(max_examples=60, deadline=None)
@given(UPWARD, SAID, USES)
def test_a_stricter_use_never_gives_a_better_verdict(
    edges: list[tuple[int, int, str]], said: list[str], use: Use
) -> None:
    whole, resolutions = build(edges, said)
    milder = replace(use, purpose=None, monthly_users=None)
    stricter = replace(use, purpose=Purpose.COMMERCIAL, monthly_users=10**9)
    before = flowing(whole, resolutions, milder).judgements  # type: ignore[arg-type]
    after = flowing(whole, resolutions, stricter).judgements  # type: ignore[arg-type]
    for key, judgement in before.items():
        assert VERDICT_RANK[after[key].verdict] >= VERDICT_RANK[judgement.verdict]


@settings(max_examples=40, deadline=None)
@given(UPWARD, SAID)
def test_burdens_never_shrink_along_a_path(edges: list[tuple[int, int, str]], said: list[str]) -> None:
    """Whatever binds a parent's weights binds a child that was tuned from it."""
    tuned = [(low, high, "finetune") for low, high, _ in edges]
    whole, resolutions = build([*tuned, (0, 1, "finetune")], said)
    below = flowing(whole, resolutions).burdens[NODES[0]]  # type: ignore[arg-type]
    above = Lineage.build((NODES[1],), whole.artifacts.values(), whole.links)
    parent = flowing(above, resolutions).burdens[NODES[1]]  # type: ignore[arg-type]
    held = {(one.provision.term, one.license, one.source) for one in below}
    assert {(one.provision.term, one.license, one.source) for one in parent if len(one.path) > 1} <= held


@settings(max_examples=25, deadline=None)
@given(UPWARD, SAID, st.sampled_from(RELATIONS))
def test_adding_a_parent_never_removes_a_finding(
    edges: list[tuple[int, int, str]], said: list[str], relation: str
) -> None:
    lost = told(edges, said) - told([*edges, (0, 4, relation)], said)
    # Some licences leave their own line of models free to learn from outputs: a parent of that line grants it.
    assert {rule for rule, _ in lost} <= {"outputs-restriction"}


@settings(max_examples=25, deadline=None)
@given(UPWARD, SAID, st.randoms(use_true_random=False))
def test_order_changes_nothing(edges: list[tuple[int, int, str]], said: list[str], chance: object) -> None:
    shuffled = [*edges]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = build(edges, said), build(shuffled, said)
    assert flowing(*first) == flowing(*second)  # type: ignore[arg-type]

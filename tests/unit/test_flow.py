"""Burdens, relicensing, release, corrections; and that judging stays linear."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import pytest

from licscan.core.artifact import Claim, ClaimKind
from licscan.core.evidence import Evidence
from licscan.core.judgement import Verdict
from licscan.core.license import Resolved, Term
from licscan.core.lineage import Lineage, Link, Relation
from licscan.knowledge import load
from licscan.knowledge.flowtable import table
from licscan.licensing.curation import curate
from licscan.policy import Curation, Policy, claims_hash
from tests.build import artifact, case, flowing, lineage, resolution, use_of


def test_every_word_on_outputs_has_a_meaning() -> None:
    terms = load().terms[Term.OUTPUTS_TRAINING]
    assert set(terms.values) <= set(table().outputs)


def test_a_free_tag_in_between_does_not_wash() -> None:
    told = case("t <- m; m <- b", t="mit", m="mit", b="cc-by-nc-4.0")
    assert {one.verdict for one in told.judgements.values()} == {Verdict.CONFLICT}
    paths = {one.path for one in told.burdens if one.license == "cc-by-nc-4.0"}
    assert paths == {("t-lab/t", "m-lab/m", "b-lab/b")}


def test_relicensing_washes_only_where_no_way_leads_round() -> None:
    names = {"new": "tiiuae/new", "old": "tiiuae/old"}
    washed = case("t <- new; new <- old", names=names, t="mit", new="apache-2.0", old="falcon-180b")
    assert not [one for one in washed.burdens if one.license == "falcon-180b"]
    round_it = case("t <-merge- new + old; new <- old", names=names, t="mit", new="apache-2.0", old="falcon-180b")
    assert {one.path for one in round_it.burdens if one.license == "falcon-180b"} == {("t-lab/t", "tiiuae/old")}


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [("MIT", False), ("CC-BY-NC-4.0", True), ("MIT OR CC-BY-NC-4.0", False), ("LicenseRef-nobody", None)],
)
def test_a_release_is_held_against_every_burden(asked: str, allowed: bool | None) -> None:
    told = case("t <- b", t="cc-by-nc-4.0", b="cc-by-nc-4.0", use=use_of({"release_as": asked}))
    assert told.release is not None
    assert told.release.allowed is allowed
    assert all(one.path for one in told.release.blockers)


def test_what_is_suggested_is_allowed() -> None:
    for base in ("apache-2.0", "llama3.1", "gemma", "gpl-3.0", "cc-by-nc-4.0", "openrail++"):
        told = case("t <- b", t="none", b=base)
        assert told.release is not None
        assert told.release.suggested
        for one in told.release.suggested:
            again = case("t <- b", t="none", b=base, use=use_of({"release_as": one}))
            assert again.release is not None
            assert again.release.allowed is True, (base, one)


def test_an_unknown_part_makes_a_release_uncertain() -> None:
    told = case("t <-merge- a + b", t="mit", a="mit", b="gap", use=use_of({"release_as": "MIT"}))
    assert told.release is not None
    assert told.release.allowed is None


def test_a_correction_holds_only_for_what_it_corrects() -> None:
    whole, resolutions = lineage("t <- b", t="mit", b="none")
    claim = Claim(ClaimKind.PROSE, "ask us", Evidence("b-lab/b", None, "README.md", "ask us"))
    said = [replace(whole["b-lab/b"], claims=(claim,)), whole["t-lab/t"]]
    whole = Lineage.build(whole.subjects, said, whole.links)
    right = claims_hash(whole["b-lab/b"])[:16]
    for corrects, applied in ((right, True), ("0" * 16, False)):
        entry = Curation("curate[1]", "b-lab/b", corrects, "they told us", license="Apache-2.0")
        done = curate(whole, resolutions, {}, Policy(curations=(entry,)), load())
        assert isinstance(done.resolutions["b-lab/b"], Resolved) is applied
        assert bool(done.stale) is not applied


def test_ten_thousand_nodes_are_judged_in_seconds() -> None:
    count = 10_000
    ids = [f"org{number % 500}/m{number}" for number in range(count)]
    links = [Link(ids[(number - 1) // 4], ids[number], Relation.FINETUNE) for number in range(1, count)]
    whole = Lineage.build((ids[0],), [artifact(id, "mit") for id in ids], links)
    kinds = [resolution("x/y", key) for key in ("apache-2.0", "mit", "llama3.1", "gemma", "none")]
    resolutions = {id: kinds[number % len(kinds)] for number, id in enumerate(ids)}
    began = perf_counter()
    flowed = flowing(whole, resolutions)
    assert len(flowed.judgements) == count - 1
    assert perf_counter() - began < 20

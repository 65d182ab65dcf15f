"""The walk: fixed order, every repository once, cycles and guards, ends that only a sentence leads to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from licscan.core.evidence import GapReason
from licscan.core.ids import RepoId
from licscan.core.lineage import Lineage
from licscan.knowledge import load
from licscan.lineage import Start, crawl
from licscan.lineage.name_resolution import Names
from licscan.sources.cache import Cached, Store
from licscan.sources.http import Live
from licscan.sources.protocol import Hub
from tests.standin import StandIn


@pytest.fixture
def world() -> Iterator[StandIn]:
    with StandIn() as hub:
        yield hub


def model(hub: StandIn, name: str, *bases: str, body: str = "", **card: object) -> None:
    base = {"base_model": list(bases)} if bases else {}
    front = "".join(f"base_model: {list(bases)}\n" if bases else "")
    readme = f"---\nlicense: mit\n{front}---\n# {name}\n{body}\n".encode()
    hub.add(name, card={"license": "mit", **base, **card}, files={"README.md": readme}, tags=["license:mit"])


def walked(hub: StandIn, subject: str, depth: int = 32, nodes: int = 2000) -> Lineage:
    source: Hub = Cached(Live(hub.url, None), Store(hub.url))
    return crawl([Start(RepoId.parse(subject))], source, Names(load().lineage), depth=depth, nodes=nodes).lineage


def parents(lineage: Lineage) -> Mapping[str, list[str]]:
    return {node: [link.parent for link in lineage.up(node)] for node in lineage.artifacts}


def test_every_repository_is_asked_once_however_many_ways_lead_to_it(world: StandIn) -> None:
    model(world, "a/top", "a/left", "a/right")
    model(world, "a/left", "a/root")
    model(world, "a/right", "a/root")
    model(world, "a/root")
    lineage = walked(world, "a/top")
    assert parents(lineage)["a/top"] == ["a/left", "a/right"]
    assert lineage.depth("a/root") == 2
    assert world.count("/api/models/a/root") == 1


def test_a_cycle_and_a_self_reference_end(world: StandIn) -> None:
    model(world, "a/one", "a/two")
    model(world, "a/two", "a/one", "a/two")
    lineage = walked(world, "a/one")
    assert set(lineage.artifacts) == {"a/one", "a/two"}
    assert lineage.cycles() == (("a/one", "a/two"),)


def test_a_renamed_base_is_one_node_under_its_new_name(world: StandIn) -> None:
    model(world, "a/top", "old/base", "New/Base")
    model(world, "new/base")
    world.renamed["old/base"] = "new/base"
    lineage = walked(world, "a/top")
    assert set(lineage.artifacts) == {"a/top", "new/base"}
    assert lineage["new/base"].renamed_from in ("old/base", "New/Base")


def test_different_gaps_are_told_apart_and_walked_around(world: StandIn) -> None:
    model(world, "a/top", "a/gone", "a/off", "a/fine")
    world.add("a/off", disabled=True)
    model(world, "a/fine", "a/above")
    model(world, "a/above")
    lineage = walked(world, "a/top")
    assert {gap.id: gap.reason for gap in lineage.gaps} == {"a/gone": GapReason.ABSENT, "a/off": GapReason.DISABLED}
    assert "a/above" in lineage


def test_guards_cut_at_the_same_place_every_time(world: StandIn) -> None:
    model(world, "a/top", *(f"a/part-{number}" for number in range(9)))
    for number in range(9):
        model(world, f"a/part-{number}")
    cuts = {tuple(gap.id for gap in walked(world, "a/top", nodes=5).gaps) for _ in range(3)}
    assert cuts == {("a/part-4", "a/part-5", "a/part-6", "a/part-7", "a/part-8")}
    assert {gap.reason for gap in walked(world, "a/top", depth=0).gaps} == {GapReason.TOO_DEEP}


def test_a_sentence_is_followed_one_step(world: StandIn) -> None:
    model(world, "a/top", body="This model was fine-tuned from [base](https://huggingface.co/a/named).")
    model(world, "a/named", "a/above")
    model(world, "a/above")
    lineage = walked(world, "a/top")
    assert parents(lineage) == {"a/named": [], "a/top": ["a/named"]}
    assert not lineage.gaps


def test_a_surer_way_to_the_same_base_is_followed(world: StandIn) -> None:
    model(world, "a/top", "a/middle", body="It is fine-tuned from [base](https://huggingface.co/a/named), too.")
    model(world, "a/middle", "a/named")
    model(world, "a/named", "a/above")
    model(world, "a/above")
    assert "a/above" in walked(world, "a/top")

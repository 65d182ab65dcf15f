"""The crawler: fixed order, every repository once, cycles and guards, whatever a provider names walked to its roots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from licscan.core.evidence import Evidence, Gap, GapReason
from licscan.core.ids import RepoId
from licscan.core.lineage import Lineage, Link, Relation
from licscan.knowledge import load
from licscan.lineage import Start, crawl
from licscan.lineage.name_resolution import Names
from licscan.lineage.provider import NOTHING, Learned, Node, Provider, Walked
from licscan.lineage.providers.card import CardAndFiles
from licscan.sources.cache import Cached, Store
from licscan.sources.http import Live
from licscan.sources.protocol import Hub, RepoInfo
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


def walked(hub: StandIn, subject: str, *more: Provider, depth: int = 32, nodes: int = 2000) -> Lineage:
    source: Hub = Cached(Live(hub.url, None), Store(hub.url))
    providers = (CardAndFiles(Names(load().lineage)), *more)
    return crawl([Start(RepoId.parse(subject))], source, providers, depth=depth, nodes=nodes).lineage


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
    assert cuts == {("a/part-4", "a/part-5", "a/part-6", "a/part-7", "a/part-8", "a/top")}


@pytest.mark.parametrize(("limits", "most"), [({"depth": 0}, "0 links"), ({"nodes": 1}, "1 nodes")])
def test_a_limit_that_was_reached_says_what_it_left_out(world: StandIn, limits: dict[str, int], most: str) -> None:
    model(world, "a/top", "a/above", "a/beside")
    lineage = walked(world, "a/top", **limits)
    assert {gap.id: gap.reason for gap in lineage.gaps} == {
        "a/top": GapReason.TRUNCATED,
        "a/above": GapReason.TOO_DEEP,
        "a/beside": GapReason.TOO_DEEP,
    }
    (reached,) = lineage["a/top"].file_gaps
    assert most in reached.detail
    assert "a/above, a/beside" in reached.detail


def test_a_sentence_is_followed_like_anything_else(world: StandIn) -> None:
    model(world, "a/top", body="This model was fine-tuned from [base](https://huggingface.co/a/named).")
    model(world, "a/named", "a/above")
    model(world, "a/above")
    assert parents(walked(world, "a/top")) == {"a/above": [], "a/named": ["a/above"], "a/top": ["a/named"]}


def test_a_shorter_way_found_late_brings_back_what_was_too_deep(world: StandIn) -> None:
    class Late(Provider):
        name = "late"

        def of_lineage(self, walked: Walked, hub: Hub) -> Learned:
            known = any(link.parent == "a/far" and link.child == "a/top" for link in walked.lineage.links)
            link = Link("a/top", "a/far", Relation.UNSTATED, evidence=(Evidence("a/top", None, "test", "far"),))
            return NOTHING if known else Learned((link,))

    model(world, "a/top", "a/near")
    model(world, "a/near", "a/far")
    model(world, "a/far", "a/root")
    model(world, "a/root")
    assert "a/root" not in walked(world, "a/top", depth=1)
    lineage = walked(world, "a/top", Late(), depth=2)
    assert lineage.depth("a/root") == 2
    assert not lineage.gaps


def test_a_provider_asks_no_more_than_it_is_granted(world: StandIn) -> None:
    answers: list[RepoInfo | Gap] = []

    class Curious(Provider):
        name = "curious"
        lookups = 2

        def of_node(self, node: Node, hub: Hub) -> Learned:
            if node.is_subject:
                answers.extend(hub.repo(RepoId.parse(f"b/guess-{number}")) for number in (1, 1, 2, 3))
            return NOTHING

    model(world, "a/top")
    model(world, "b/guess-1")
    walked(world, "a/top", Curious())
    assert isinstance(answers[0], RepoInfo)
    assert [one.reason for one in answers[2:] if isinstance(one, Gap)] == [GapReason.ABSENT, GapReason.TRUNCATED]
    assert world.count("/api/models/b/") == 2


def test_what_any_provider_names_is_walked_to_its_roots_or_is_a_gap(world: StandIn) -> None:
    class Teller(Provider):
        name = "teller"

        def of_node(self, node: Node, hub: Hub) -> Learned:
            if not node.is_subject:
                return NOTHING
            seen = (Evidence("a/top", None, "test", "told"),)
            return Learned(
                tuple(
                    Link("a/top", name, Relation.UNSTATED, declared=False, evidence=seen)
                    for name in ("a/told", "a/gone", "no name")
                )
            )

    model(world, "a/top")
    model(world, "a/told", "a/above")
    model(world, "a/above")
    lineage = walked(world, "a/top", Teller())
    assert lineage.depth("a/above") == 2
    assert {gap.id: gap.reason for gap in lineage.gaps} == {
        "a/gone": GapReason.ABSENT,
        "no name": GapReason.NOT_A_REPO,
    }

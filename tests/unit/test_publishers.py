"""The registry of publishers, and who stands behind a node."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from licscan.control import publishers_of
from licscan.core.dependence import same_house
from licscan.core.lineage import Lineage
from licscan.core.publisher import Publisher
from licscan.errors import KnowledgeError
from licscan.knowledge import Knowledge
from licscan.knowledge.control import compile_control
from licscan.knowledge.publishers import compile_publishers
from licscan.knowledge.sources import STRONG, mistakes
from tests.build import artifact, lineage, links_of, resolution

DATA = Path(__file__).resolve().parents[2] / "data"


def test_names_are_found_whatever_their_case(knowledge: Knowledge) -> None:
    assert knowledge.publishers["qWEN"] == knowledge.publishers["Qwen"]
    assert "nobody-we-know" not in knowledge.publishers
    assert knowledge.publishers.get("nobody-we-know") is None


def test_renames_are_followed(knowledge: Knowledge) -> None:
    for old, new in (("THUDM", "zai-org"), ("CohereForAI", "CohereLabs"), ("neuralmagic", "RedHatAI")):
        assert knowledge.publishers[old].org == new
        assert old in knowledge.publishers[new].former_orgs


def test_entity_and_owner_are_told_apart(knowledge: Knowledge) -> None:
    one = knowledge.publishers["Trendyol"]
    assert (one.country, one.parent_country) == ("TR", "CN")
    assert str(one.with_owner).count("(") >= 2


def test_a_list_says_what_it_restricts(knowledge: Knowledge) -> None:
    listed = [(one, entry) for one in knowledge.publishers.all() for entry in one.all_lists]
    assert listed
    assert all(entry.restricts and entry.date and entry.sources for _, entry in listed)


def test_an_unknown_country_stays_unknown(knowledge: Knowledge) -> None:
    assert knowledge.publishers["TheBloke"].country is None
    assert knowledge.publishers["mlx-community"].repackager


def test_licensors_of_the_licences_lead_to_their_publisher(knowledge: Knowledge) -> None:
    found = knowledge.publishers.named(str(knowledge.licenses["qwen"].licensor))
    assert found is not None
    assert found.org == "Qwen"
    assert knowledge.publishers.named("Nobody & Sons") is None


def test_legacy_names_have_a_publisher(knowledge: Knowledge) -> None:
    found = knowledge.publishers.of_legacy("bert-base-uncased")
    assert found is not None
    assert found.org == "google"
    assert knowledge.publishers.of_legacy("my-own-model") is None


def chain(*steps: tuple[str, str]) -> Lineage:
    line = "; ".join(f"{child} <-{relation}- {parent}" for (child, relation), (parent, _) in pairwise(steps))
    whole, _ = lineage(line)
    return whole


def test_a_repackager_never_lends_its_country(knowledge: Knowledge) -> None:
    whole = chain(("bartowski/x-GGUF", "quantized"), ("unsloth/x", "converted"), ("Qwen/x", ""))
    found = publishers_of(whole, knowledge)
    assert {node: (one.org, one.country, one.work_of) for node, one in found.items()} == {
        "bartowski/x-GGUF": ("bartowski", None, "Qwen (Tongyi Qianwen)"),
        "unsloth/x": ("unsloth", None, "Qwen (Tongyi Qianwen)"),
        "Qwen/x": ("Qwen", "CN", None),
    }


def test_a_repackager_without_a_known_origin_has_no_country(knowledge: Knowledge) -> None:
    whole, _ = lineage("unsloth/x")
    assert knowledge.publishers["unsloth"].country == "US"
    assert publishers_of(whole, knowledge)["unsloth/x"].country is None


def test_what_a_repackager_merges_from_two_houses_has_no_country(knowledge: Knowledge) -> None:
    whole, _ = lineage("unsloth/x <-unstated- Qwen/a + mistralai/b")
    assert publishers_of(whole, knowledge)["unsloth/x"].country is None


@pytest.mark.parametrize(
    ("repo", "passes_on"),
    [
        ("unsloth/anything", True),
        ("BARTOWSKI/anything", True),
        ("cyankiwi/x-AWQ-4bit", True),
        ("OpenVINO/x-int8-ov", True),
        ("RedHatAI/Qwen3-8B-FP8-dynamic", True),
        ("nvidia/DeepSeek-R1-NVFP4", True),
        ("RedHatAI/Llama-3.1-8B-Instruct-speculator.eagle3", False),
        ("nvidia/Nemotron-Flash-1B", False),
        ("Intel/neural-chat-7b-v3-1", False),
        ("NousResearch/Meta-Llama-3-8B", True),
        ("NousResearch/Hermes-3-Llama-3.1-8B", False),
        ("Qwen/Qwen3-8B-FP8", False),
        ("nobody-we-know/x-GGUF", False),
        ("unsloth", False),
        ("", False),
    ],
)
def test_who_passes_on_the_work_of_others(repo: str, passes_on: bool, knowledge: Knowledge) -> None:
    assert knowledge.publishers.repackages(repo) is passes_on


def test_a_copy_is_its_accounts_and_the_original_its_own_publishers(knowledge: Knowledge) -> None:
    """The account can remove or change what it hands on; nobody else published that copy."""
    whole = chain(("TheBloke/Llama-2-7B-GGUF", "quantized"), ("meta-llama/Llama-2-7b-hf", ""))
    found = publishers_of(whole, knowledge)
    assert (found["TheBloke/Llama-2-7B-GGUF"].org, found["meta-llama/Llama-2-7b-hf"].org) == ("TheBloke", "meta-llama")


def test_what_is_passed_on_names_whose_work_it_is(knowledge: Knowledge) -> None:
    whole = chain(("RedHatAI/Qwen3-8B-FP8-dynamic", "quantized"), ("Qwen/Qwen3-8B", ""))
    found = publishers_of(whole, knowledge)["RedHatAI/Qwen3-8B-FP8-dynamic"]
    assert (found.org, found.work_of, found.passes_on) == ("RedHatAI", "Qwen (Tongyi Qianwen)", True)
    assert not publishers_of(whole, knowledge)["Qwen/Qwen3-8B"].passes_on


def test_a_form_of_ones_own_work_is_ones_own(knowledge: Knowledge) -> None:
    whole = chain(("nvidia/Nemotron-9B-NVFP4", "quantized"), ("nvidia/Nemotron-9B", ""))
    assert not publishers_of(whole, knowledge)["nvidia/Nemotron-9B-NVFP4"].passes_on
    alone, _ = lineage("nvidia/Nemotron-9B-NVFP4")
    assert publishers_of(alone, knowledge)["nvidia/Nemotron-9B-NVFP4"].country == "US"


def test_a_form_of_an_unknown_account_s_work_lends_no_country(knowledge: Knowledge) -> None:
    whole = chain(("nvidia/x-NVFP4", "quantized"), ("nobody-we-know/x", ""))
    found = publishers_of(whole, knowledge)["nvidia/x-NVFP4"]
    assert (found.country, found.passes_on) == (None, True)


def test_an_account_of_which_only_the_name_is_known_is_not_identified(knowledge: Knowledge) -> None:
    assert not knowledge.publishers["cyankiwi"].is_identified
    assert knowledge.publishers["Qwen"].is_identified


def test_the_policy_wins(knowledge: Knowledge) -> None:
    whole, _ = lineage("me/x <- Qwen/y")
    own = Publisher("me", "Me & Co", country="KR")
    other = replace(knowledge.publishers["Qwen"], country="SG")
    found = publishers_of(whole, knowledge, {"ME": own, "qwen/Y": other})
    assert found["me/x"].country == "KR"
    assert found["Qwen/y"].country == "SG"


def test_an_unknown_account_stays_unknown_whatever_text_it_publishes_under(knowledge: Knowledge) -> None:
    whole, _ = lineage("somebody/copy")
    resolutions = {"somebody/copy": resolution("somebody/copy", "qwen")}
    assert "somebody/copy" not in publishers_of(whole, knowledge, None, resolutions)


def test_a_derivative_under_the_base_s_licence_is_not_the_licensor_s(knowledge: Knowledge) -> None:
    whole, _ = lineage("somebody/tune <- Qwen/y")
    resolutions = {id: resolution(id, "qwen") for id in whole.artifacts}
    assert "somebody/tune" not in publishers_of(whole, knowledge, None, resolutions)


def test_a_hundred_thousand_nodes_take_seconds_not_minutes(knowledge: Knowledge) -> None:
    ids = [f"org{n % 50}/m{n}" for n in range(20_000)]
    nodes = [artifact(id, "none") for id in ids]
    line = [links_of(f"{child} <- {parent}")[0] for child, parent in pairwise(ids)]
    whole = Lineage.build((ids[0],), nodes, line)
    begun = time.process_time()
    publishers_of(whole, knowledge, None, {id: resolution(id, "none") for id in ids})
    assert time.process_time() - begun < 3


def test_compiled_data_is_what_people_edit(knowledge: Knowledge) -> None:
    for name, content in compile_control(DATA, knowledge.licenses).items():
        assert json.loads((DATA / "compiled" / name).read_text(encoding="utf-8")) == content, f"{name} is out of date"


ACCOUNT = {"url": "https://huggingface.co/a", "kind": "account"}
PRESS = {"url": "https://example.org/news", "kind": "press"}
FILING = {"url": "https://example.org/filing", "kind": "filing"}
GOOD: dict[str, Any] = {
    "orgs": ["a"],
    "name": "A",
    "kind": "company",
    "confidence": "low",
    "checked": "2026-01-01",
    "sources": [ACCOUNT],
}
OWNER = {"name": "B", "country": "SE", "confidence": "low", "checked": "2026-01-01", "sources": [ACCOUNT]}
LIST = {
    "id": "X",
    "title": "X",
    "authority": "Y",
    "date": "2026-01-01",
    "version": "first",
    "restricts": "trade",
    "confidence": "medium",
    "checked": "2026-01-01",
    "sources": [PRESS],
}
ENTRY = {
    "list": "X",
    "of": "publisher",
    "names": "A Ltd.",
    "confidence": "medium",
    "checked": "2026-01-01",
    "sources": [PRESS],
}


def compiled(record: dict[str, Any]) -> dict[str, Any]:
    return compile_publishers({"x.toml": {"publisher": [record]}}, {"list": [LIST]})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"kind": "firm"}, "kind 'firm'"),
        ({"country": "Korea"}, "no ISO 3166 code"),
        ({"confidence": "sure"}, "confidence 'sure'"),
        ({"checked": "last year"}, "`checked` is no date"),
        ({"sources": []}, "no source"),
        ({"sources": ["https://huggingface.co/a"]}, "a source has kind, url"),
        ({"sources": [{"url": "https://example.org", "kind": "hearsay"}]}, "kind of source 'hearsay'"),
        ({"sources": [{"url": "example.org", "kind": "press"}]}, "no address"),
        ({"sources": [{"url": "https://huggingface.co/A/", "kind": "own-page"}]}, "is the account itself"),
        ({"confidence": "medium"}, "more than its sources allow (low)"),
        ({"confidence": "high", "sources": [ACCOUNT, PRESS]}, "more than its sources allow (medium)"),
        ({"confidence": "high", "sources": [FILING], "unconfirmed": ["a"]}, "nobody has seen"),
        ({"owner": {**OWNER, "confidence": "medium"}}, "more than its sources allow (low)"),
        ({"owner": {**OWNER, "since": "2020"}}, "unknown key 'since'"),
        ({"owner": {**OWNER, "country": "Sweden"}}, "no ISO 3166 code"),
        ({"listed": [{**ENTRY, "list": "X-1"}]}, "the list 'X-1'"),
        ({"listed": [{**ENTRY, "of": "country"}]}, "neither publisher nor owner"),
        ({"listed": [{**ENTRY, "of": "owner"}]}, "the record has none"),
        ({"listed": [{**ENTRY, "confidence": "high"}]}, "more than its sources allow (medium)"),
        ({"listed": [{**ENTRY, "confidence": "low", "sources": [ACCOUNT]}]}, "other than the account itself"),
        ({"listed": [{key: value for key, value in ENTRY.items() if key != "names"}]}, "lacks 'names'"),
    ],
)
def test_a_wrong_record_is_named(change: dict[str, object], words: str) -> None:
    assert compiled(GOOD)["orgs"] == {"a": 0}
    with pytest.raises(KnowledgeError, match=r"x\.toml: a") as caught:
        compiled({**GOOD, **change})
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"confidence": "medium", "sources": [ACCOUNT, PRESS]},
        {"confidence": "high", "sources": [ACCOUNT, FILING]},
        {"confidence": "low", "sources": [FILING]},
        {"owner": OWNER, "listed": [ENTRY, {**ENTRY, "of": "owner"}]},
        {
            "sources": [{"url": "https://huggingface.co/a/model/blob/main/LICENSE", "kind": "licence"}],
            "confidence": "high",
        },
    ],
)
def test_a_record_may_claim_what_its_sources_show(change: dict[str, object]) -> None:
    assert compiled({**GOOD, **change})["orgs"] == {"a": 0}


def test_an_organisation_stands_once() -> None:
    with pytest.raises(KnowledgeError, match="A stands twice"):
        compile_publishers({"x.toml": {"publisher": [GOOD, {**GOOD, "orgs": ["A"]}]}}, {})


def test_no_record_that_is_shipped_claims_more_than_its_sources_show() -> None:
    read = json.loads((DATA / "compiled" / "publishers.json").read_text(encoding="utf-8"))
    facts = [
        fact
        for record in read["records"]
        for fact in (record, record.get("owner"), *record.get("listed", ()))
        if fact is not None
    ]
    assert len(facts) > len(read["records"]) > 300
    assert not [mistake for fact in (*facts, *read["lists"].values()) for mistake in mistakes(fact)]
    strong = [fact for fact in facts if fact["confidence"] == "high"]
    assert strong
    assert all(any(one["kind"] in STRONG for one in fact["sources"]) for fact in strong)


def test_what_only_the_account_says_is_told_as_that(knowledge: Knowledge) -> None:
    assert str(knowledge.publishers["konantech"].alone) == "Konan Technology Inc. (KR, by its own account)"
    assert str(knowledge.publishers["Qwen"].alone) == "Alibaba Cloud Computing Co., Ltd. (CN)"
    assert "by its own account" in str(knowledge.publishers["Jinaai"].with_owner).partition("owner")[2]


@pytest.mark.parametrize("org", ["Qwen", "Wan-AI", "DAMO-NLP-SG", "Trendyol", "tencent", "baidu", "hfl", "IEITYuan"])
def test_a_list_that_names_the_owner_is_never_the_publisher_s(org: str, knowledge: Knowledge) -> None:
    one = knowledge.publishers[org]
    assert one.owner_lists
    assert not one.lists
    assert all(entry.names and entry.checked for entry in one.owner_lists)


def test_lists_that_name_the_publisher_itself(knowledge: Knowledge) -> None:
    ids = {org: {one.id for one in knowledge.publishers[org].lists} for org in ("t-tech", "huawei-noah", "YituTech")}
    assert ids["t-tech"] == {"EU-RU-SANCTIONS", "US-OFAC-SDN"}
    assert ids["huawei-noah"] == {"US-BIS-EL", "US-1260H-2025-01"}
    assert ids["YituTech"] == {"US-BIS-EL"}
    assert knowledge.publishers.listing("US-OFAC-NS-CMIC") is not None


@pytest.mark.parametrize(
    ("org", "other"), [("Aleph-Alpha", "CohereLabs"), ("Nexusflow", "nvidia"), ("ggml-org", "huggingface")]
)
def test_what_is_announced_is_not_done(org: str, other: str, knowledge: Knowledge) -> None:
    assert knowledge.publishers[org].parent is None
    assert not same_house(knowledge.publishers[org], knowledge.publishers[other])


def test_accounts_of_a_group_are_not_one_house(knowledge: Knowledge) -> None:
    one, other = knowledge.publishers["Undi95"], knowledge.publishers["Sao10K"]
    assert not same_house(one, other)
    assert same_house(knowledge.publishers["facebook"], knowledge.publishers["meta-llama"])


def test_a_change_speaks_of_what_it_names(knowledge: Knowledge) -> None:
    by_id = {change.id: change for change in knowledge.changes.all}
    assert by_id["LC-063"].speaks_of("mistralai/Mistral-7B-v0.1")
    assert by_id["LC-063"].speaks_of("mistralai/Mixtral-8x7B-v0.1")
    assert not by_id["LC-063"].speaks_of("mistralai/Mistral-Small-24B-Base-2501")
    assert by_id["LC-007"].speaks_of("MiniMaxAI/MiniMax-M2")

"""The licence knowledge: every record, the closed vocabulary, names, addresses and the SPDX list."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licscan.core.license import Category, Reading, Term
from licscan.errors import KnowledgeError
from licscan.files import data_folder, data_text, data_toml
from licscan.knowledge import Knowledge, load
from licscan.knowledge.licenses import license_from
from licscan.knowledge.names import Meaning, bare_address, normalise
from licscan.knowledge.vocabulary import closed_lists
from licscan.licensing.expression import parse
from scripts.compile_knowledge import compile_all

KNOWLEDGE = load()
KEYS = KNOWLEDGE.licenses.written


@pytest.fixture(scope="module")
def compiled() -> dict[str, str]:
    return compile_all(data_folder())


@pytest.mark.parametrize("name", ["licenses.json", "licenses_records.jsonl", "terms.json"])
def test_what_a_run_loads_is_what_people_edited(name: str, compiled: dict[str, str]) -> None:
    assert data_text(f"compiled/{name}") == compiled[name], "run scripts/compile_knowledge.py"


def test_vocabulary_and_enum_are_equal_both_ways() -> None:
    assert {entry["tag"] for entry in data_toml("terms.toml")["term"]} == {term.value for term in Term}


def test_every_word_of_the_vocabulary_is_used_and_explained_in_both_languages() -> None:
    vocabulary = KNOWLEDGE.terms
    for entry in vocabulary.terms.values():
        assert entry.group in {"permission", "condition", "limit", "risk"}
        assert {"not_read", "silent"} <= set(entry.values)
        assert "not_read" not in entry.strictness
        for sentence in (entry.label, entry.sentence, *entry.values.values()):
            assert sentence.en.strip()
            assert re.search("[가-힣]", sentence.ko)
    for table in (vocabulary.conditions, vocabulary.triggers, vocabulary.details):
        assert all(one.en.strip() and re.search("[가-힣]|Cosmos", one.ko) for one in table.values())
    licenses = [KNOWLEDGE.licenses[key] for key in KEYS]
    used = {one.type for license in licenses for p in license.provisions.values() for one in p.conditions}
    assert used == set(vocabulary.conditions)
    triggers = {one for license in licenses for p in license.provisions.values() for one in p.triggers}
    assert triggers == set(vocabulary.triggers)
    limits = [one for license in licenses for p in license.provisions.values() for one in p.limits]
    for name, known in (("metric", vocabulary.limits.metric), ("then", vocabulary.limits.then)):
        assert {getattr(one, name) for one in limits} <= set(known)


@pytest.mark.parametrize("key", KEYS)
def test_every_record_is_sound(key: str) -> None:
    license = KNOWLEDGE.licenses[key]
    assert license.key == key
    assert license.sources, "a claim about law without a source does not merge"
    assert license.reviewed
    assert not license.licensor_country or re.fullmatch("[A-Z]{2}", license.licensor_country)
    assert not license.effective or re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", license.effective)
    for ref in re.findall(r"LicenseRef-\S+", license.expression):
        assert re.fullmatch(r"LicenseRef-(scancode|licscan)-[A-Za-z0-9.\-]+", ref)
    for provision in license.provisions.values():
        assert provision.value in KNOWLEDGE.terms[provision.term].values
        if provision.value == "stated":
            assert provision.says or provision.conditions
        for condition in provision.conditions:
            assert condition.type in KNOWLEDGE.terms.conditions
        for limit in provision.limits:
            assert limit.over > 0
            money = limit.metric in {"revenue", "funding"}
            assert bool(limit.currency) == money, "a sum of money has a currency, and nothing else has"
            assert (limit.usd is not None) == (money and limit.currency != "USD")
            duty = KNOWLEDGE.terms.limits.then[limit.then].is_duty
            assert duty or provision.term is Term.COMMERCIAL_USE, "only a grant can be withheld"


@pytest.mark.parametrize("key", KEYS)
def test_every_expression_leads_back_to_its_licence(key: str) -> None:
    license = KNOWLEDGE.licenses[key]
    parsed = parse(license.expression, KNOWLEDGE)
    assert parsed is not None
    assert not parsed.unknown
    if license.text_of is not None:
        assert parsed.alternatives == ((license.text_of,),)
    elif " " not in license.expression:
        assert parsed.alternatives == ((key,),)


def test_who_read_nothing_states_nothing() -> None:
    unread = [one for key in KEYS if (one := KNOWLEDGE.licenses[key]).reading is Reading.NONE]
    assert unread
    for license in unread:
        firm = [p for p in license.provisions.values() if p.is_known and p.clause]
        assert not firm, license.key


@pytest.mark.parametrize(
    ("series", "order"),
    [
        ("llama", ("llama1", "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4")),
        ("gemma", ("gemma-2024-02", "gemma-2024-04", "gemma")),
        ("yi", ("yi-series-1.0", "yi-series-2.0", "yi-series-2.1")),
        ("gpl", ("gpl-2.0", "gpl-3.0")),
        ("exaone", ("exaone-1.1-nc", "exaone-1.2-nc")),
        ("minimax-m2", ("minimax-m2-first", "minimax-m2-modified-mit", "minimax-m2.1", "minimax-m2.5-first")),
    ],
)
def test_editions_follow_each_other(series: str, order: tuple[str, ...]) -> None:
    assert tuple(one.key for one in KNOWLEDGE.editions(series)) == order
    dates = [one.effective for one in KNOWLEDGE.editions(series) if one.effective]
    assert dates == sorted(dates)


def test_every_series_is_in_the_order_of_its_dates() -> None:
    for series in sorted({KNOWLEDGE.licenses[key].series or "" for key in KEYS} - {""}):
        dates = [one.effective for one in KNOWLEDGE.editions(series) if one.effective]
        assert all(a[: len(b)] <= b for a, b in itertools.pairwise(dates)), series


@pytest.mark.parametrize(
    ("key", "category"),
    [
        ("mit", Category.PERMISSIVE),
        ("cc0-1.0", Category.PUBLIC_DOMAIN),
        ("gpl-2.0", Category.COPYLEFT),
        ("mpl-2.0", Category.WEAK_COPYLEFT),
        ("gemma", Category.USE_RESTRICTED),
        ("llama3.1", Category.COMMERCIAL_LIMITED),
        ("cc-by-nc-4.0", Category.NON_COMMERCIAL),
        ("exaone-1.1-nc", Category.RESEARCH_ONLY),
        ("cc-by-nd-4.0", Category.NO_DERIVATIVES),
        ("llama3.2-aup", Category.USE_RESTRICTED),
        ("falcon-mamba-7b", Category.UNKNOWN),
    ],
)
def test_the_kind_follows_from_the_terms(key: str, category: Category) -> None:
    assert KNOWLEDGE.licenses[key].category is category


RECORD: dict[str, Any] = {
    "key": "x",
    "name": "X",
    "expression": "LicenseRef-licscan-x",
    "family": "f",
    "reading": "none",
    "term": [{"tag": "commercial-use", "value": "yes"}],
}


LIMIT = {"metric": "revenue", "over": 9, "whose": "licensee", "window": "year", "then": "ends", "currency": "USD"}


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"term": [{"tag": "comercial-use", "value": "yes"}]}, "comercial-use"),
        ({"term": [{"tag": "commercial-use", "value": "perhaps"}]}, "perhaps"),
        ({"term": [{"tag": "commercial-use"}]}, "None"),
        ({"term": [{"tag": "commercial-use", "value": "yes", "cluase": "1"}]}, "cluase"),
        ({"term": RECORD["term"] * 2}, "twice"),
        ({"term": [{"tag": "commercial-use", "value": "yes", "condition": [{"type": "moon_phase"}]}]}, "moon_phase"),
        ({"term": [{"tag": "commercial-use", "value": "yes", "condition": [{}]}]}, "without a type"),
        ({"term": [{"tag": "naming", "value": "required", "triggers": ["sneeze"]}]}, "sneeze"),
        (
            {"term": [{"tag": "commercial-use", "value": "yes", "condition": [{"type": "region", "threshold": 9}]}]},
            "threshold",
        ),
        ({"term": [{"tag": "commercial-use", "value": "yes", "limit": [{**LIMIT, "metric": "moons"}]}]}, "moons"),
        ({"term": [{"tag": "commercial-use", "value": "yes", "limit": [{**LIMIT, "over": "many"}]}]}, "limit"),
        ({"term": [{"tag": "commercial-use", "value": "yes", "limit": [{"metric": "revenue"}]}]}, "limit"),
        ({"reading": "skimmed"}, "skimmed"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_the_loader_refuses_and_names_file_and_key(change: dict[str, Any], names: str) -> None:
    vocabulary = closed_lists(data_toml("terms.toml"))
    license_from(RECORD, "data/licenses/x.toml", vocabulary)
    with pytest.raises(KnowledgeError) as caught:
        license_from(RECORD | change, "data/licenses/x.toml", vocabulary)
    assert "data/licenses/x.toml" in caught.value.message
    assert names in caught.value.message


@pytest.mark.parametrize("missing", ["key", "name", "expression", "family", "reading"])
def test_the_loader_misses_what_is_missing(missing: str) -> None:
    record = {name: value for name, value in RECORD.items() if name != missing}
    with pytest.raises(KnowledgeError, match=missing):
        license_from(record, "data/licenses/x.toml")


def test_compiling_refuses_a_file_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "licenses").mkdir()
    for name in ("terms.toml", "hub_tags.toml", "VERSION"):
        (tmp_path / name).write_text(data_text(name), encoding="utf-8")
    (tmp_path / "licenses" / "wrong.toml").write_text(data_text("licenses/mit.toml"), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"wrong\.toml"):
        compile_all(tmp_path)


def test_every_hub_id_leads_somewhere() -> None:
    tags = data_toml("hub_tags.toml")["tag"]
    assert len([one for one in tags if one.get("listed", True)]) == 83
    for entry in tags:
        named = KNOWLEDGE.hub_id(entry["id"])
        assert named is not None
        match named.meaning:
            case Meaning.EXACT:
                license = KNOWLEDGE.licenses[named.keys[0]]
                assert license.text_of is None, "a Hub id names a licence, not who used it"
                assert not license.is_policy
            case Meaning.NOTHING:
                assert not named.keys
            case _:
                assert len(named.keys) > 1
                assert named.note


@pytest.mark.parametrize(
    ("id", "meaning"),
    [("gemma", "ambiguous"), ("llama3", "ambiguous"), ("other", "nothing"), ("unknown", "nothing"), ("cc", "family")]
    + [(id, "family") for id in ("openrail", "gpl", "lgpl", "bsd", "gfdl")]
    + [(id, "exact") for id in ("bsl-1.0", "llama2", "llama3.1", "odbl", "pddl", "openrail++", "open-mdw")],
)
def test_ambiguous_ids_are_marked_so(id: str, meaning: str) -> None:
    named = KNOWLEDGE.hub_id(id)
    assert named is not None
    assert named.meaning.value == meaning


def test_boost_is_not_the_business_source_licence() -> None:
    named = KNOWLEDGE.hub_id("bsl-1.0")
    assert named is not None
    assert KNOWLEDGE.licenses[named.keys[0]].expression == "BSL-1.0"


ALIASES = {
    "Apache 2.0": "apache-2.0",
    "Apache License, Version 2.0": "apache-2.0",
    "The MIT License": "mit",
    "llama3_1": "llama3.1",
    "Llama 3.2 Community License": "llama3.2",
    "Llama 3.3 Community License Agreement": "llama3.3",
    "license: llama4": "llama4",
    "qwen-research-license-agreement": "qwen-research",
    "Tongyi_Qianwen": "tongyi-qianwen",
    "sai-nc-community": "stabilityai-ai-community",
    "exaone-4.0": "exaone-1.2-nc",
    "HyperCLOVAX-SEED": "hyperclovax-seed",
    "mrl": "mrl-0.1",
    "openmdw1.1-license": "openmdw-1.1",
    "solar-open": "upstage-solar",
    "msrla": "microsoft-research",
    "GPL-3.0": "gpl-3.0",
    "LicenseRef-scancode-qwen-2024": "qwen",
}


@pytest.mark.parametrize("name", sorted(ALIASES))
def test_names_of_cards_are_known(name: str) -> None:
    named = KNOWLEDGE.alias(name)
    assert named is not None
    assert named.key == ALIASES[name]


def test_a_name_of_several_texts_demands_the_text() -> None:
    named = KNOWLEDGE.alias("modified-mit")
    assert named is not None
    assert named.key is None
    assert named.usual is None
    assert {"kimi-k2-modified-mit", "mistral-modified-mit"} <= set(named.keys)


@pytest.mark.parametrize("name", ["", " ", "frobnicate", "x" * 10_000, "\x00", "'''", "-license", "gemma 9"])
def test_unknown_names_are_unknown(name: str) -> None:
    named = KNOWLEDGE.alias(name)
    assert named is None or not named.keys


@given(st.text(max_size=300))
def test_a_normalised_name_stays_as_it_is(name: str) -> None:
    once = normalise(name)
    assert KNOWLEDGE.alias(name) == KNOWLEDGE.alias(once) or "licen" in once
    assert "_" not in once
    assert once == once.lower()


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://www.llama.com/llama3_2/license/", "llama3.2"),
        ("http://llama.com/llama3_2/LICENSE", "llama3.2"),
        ("https://creativecommons.org/licenses/by-nc/4.0/legalcode.en", "cc-by-nc-4.0"),
        ("https://huggingface.co/Qwen/Qwen2.5-72B-Instruct/resolve/main/LICENSE?download=true", "qwen"),
        ("https://github.com/QwenLM/Qwen/blob/main/Tongyi%20Qianwen%20LICENSE%20AGREEMENT", "tongyi-qianwen"),
        ("https://www.apache.org/licenses/LICENSE-2.0.txt", "apache-2.0"),
    ],
)
def test_addresses_are_known(address: str, key: str) -> None:
    named = KNOWLEDGE.link(address)
    assert named is not None
    assert named.key == key


@pytest.mark.parametrize(
    "address",
    [
        "https://huggingface.co/someone/else/blob/main/LICENSE",
        "https://",
        "LICENSE",
        "",
        "https://creativecommons.org/",
    ],
)
def test_other_addresses_are_not(address: str) -> None:
    assert KNOWLEDGE.link(address) is None


@given(st.text(max_size=200))
def test_any_address_can_be_asked(address: str) -> None:
    assert bare_address(address) == bare_address(address)
    KNOWLEDGE.link(address)


def test_the_spdx_list_is_whole() -> None:
    spdx = KNOWLEDGE.spdx
    assert spdx.version == data_text("spdx/VERSION").strip()
    assert len(spdx.licenses) > 700
    assert len(spdx.exceptions) > 80
    mit = spdx.find("mIt")
    assert mit is not None
    assert (mit.id, mit.is_osi, mit.is_fsf, mit.is_deprecated) == ("MIT", True, True, False)
    for one in spdx.licenses.values():
        if one.now and " WITH " not in one.now:
            replacement = spdx.find(one.now)
            assert replacement is not None
            assert not replacement.is_deprecated
    assert spdx.find_exception("classpath-EXCEPTION-2.0") == "Classpath-exception-2.0"
    assert spdx.find("no-such-id") is None


def test_a_listed_licence_that_nobody_read_is_known_by_name_only() -> None:
    license = KNOWLEDGE.by_expression("Watcom-1.0")
    assert license is not None
    assert license.reading is Reading.NONE
    assert license.category is Category.UNKNOWN
    assert not license[Term.COMMERCIAL_USE].is_known
    assert KNOWLEDGE.licenses[license.key] == license


def test_the_shelf_is_an_honest_mapping() -> None:
    shelf = KNOWLEDGE.licenses
    keys = list(shelf)
    assert len(keys) == len(shelf) == len(set(keys))
    assert all(key in shelf for key in keys)
    assert "no-such-licence" not in shelf
    assert "MIT" not in shelf
    with pytest.raises(KeyError):
        shelf["no-such-licence"]


def test_families_and_versions() -> None:
    assert "llama3.1" in {one.key for one in KNOWLEDGE.family("llama")}
    assert KNOWLEDGE.family("no-such-family") == ()
    assert KNOWLEDGE.editions("no-such-series") == ()
    assert KNOWLEDGE.version == data_text("VERSION").strip()
    assert isinstance(KNOWLEDGE, Knowledge)

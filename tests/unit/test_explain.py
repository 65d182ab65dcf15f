"""`licscan explain` and `licscan list`, as their users see them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from licscan.cli.main import main
from licscan.core.license import Term
from licscan.knowledge import load

KNOWLEDGE = load()


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(words) == code
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return captured.out if code == 0 else captured.err


def parsed(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(said(capsys, *words, "-f", "json"))


def test_a_licence_reads_well(capsys: pytest.CaptureFixture[str]) -> None:
    page = said(capsys, "explain", "llama3.1")
    for words in (
        "Llama 3.1 Community License",
        "LicenseRef-scancode-llama-3.1-license-2024",
        "Meta Platforms, Inc.",
        "US-CA (clause 7)",
        "[llama3.1] < llama3.2",
        "700,000,000",
        "the full text was read",
        "llama3.1-aup",
        "[clause 1.b.i]",
        "https://github.com/meta-llama/",
    ):
        assert words in page
    assert max(len(line) for line in page.splitlines() if "http" not in line) <= 100


@pytest.mark.parametrize("name", ["llama3.1", "LLAMA3_1", "Llama 3.1 Community License Agreement"])
def test_a_licence_answers_to_all_its_names(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert parsed(capsys, "explain", name)["key"] == "llama3.1"


@pytest.mark.parametrize("key", KNOWLEDGE.licenses.written)
def test_every_licence_has_a_page_in_both_languages(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    english, korean = (said(capsys, "explain", key, "--lang", language) for language in ("en", "ko"))
    assert KNOWLEDGE.licenses[key].name in english
    assert "출처" in korean


def test_the_record_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    record = parsed(capsys, "explain", "llama3.2")
    assert {"key", "name", "terms", "sources", "reviewed"} <= set(record)
    assert [one["term"] for one in record["terms"]] == [term.value for term in KNOWLEDGE.terms.terms]
    territory = next(one for one in record["terms"] if one["term"] == "territory-excluded")
    assert territory["value"] == "stated"
    assert territory["conditions"][0]["region"] == "EU"
    assert territory["clause"]
    assert record["policies"] == ["llama3.2-aup"]


@pytest.mark.parametrize("term", sorted(Term))
def test_every_term_has_a_page(term: Term, capsys: pytest.CaptureFixture[str]) -> None:
    record = parsed(capsys, "explain", term.value)
    assert record["tag"] == term.value
    listed = {key for one in record["values"] for key in one["licenses"]}
    assert listed == set(KNOWLEDGE.licenses.written)
    assert KNOWLEDGE.terms[term].sentence["en"][:30] in said(capsys, "explain", term.value)


def test_what_differs_between_two_editions(capsys: pytest.CaptureFixture[str]) -> None:
    page = said(capsys, "explain", "gemma-2024-02", "gemma-2024-04")
    assert "Duty to update: binds less" in page
    record = parsed(capsys, "explain", "llama3.1", "llama3.2")
    assert (record["a"], record["b"]) == ("llama3.1", "llama3.2")
    ways = {one["term"]: one["direction"] for one in record["differences"]}
    assert ways["territory-excluded"] == "tighter"
    assert "no difference" in said(capsys, "explain", "mit", "mit")


def test_rules_presets_and_publishers_have_pages(capsys: pytest.CaptureFixture[str]) -> None:
    from licscan.rules import RULES

    for rule in RULES:
        assert rule.info.title in said(capsys, "explain", rule.info.id)
    for preset in KNOWLEDGE.presets:
        assert parsed(capsys, "explain", preset)["name"] == preset
        assert preset in said(capsys, "explain", preset)
    assert parsed(capsys, "explain", "deepseek-ai/DeepSeek-V3")["country"] == "CN"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("explain", "llama3.11"), "llama3.1"),
        (("explain", "teritory-excluded"), "territory-excluded"),
        (("explain", "mit", "apache2.00"), "apache-2.0"),
        (("explain", "modified-mit"), "kimi-k2-modified-mit"),
        (("explain", "other"), "list licenses"),
        (("explain", "\x1b[31m" + "x" * 5000), "list licenses"),
        (("list", "licenses", "--term", "output-training"), "outputs-training"),
        (("list", "licenses", "--term", "outputs-training=prohibitet"), "prohibited"),
        (("list", "licenses", "--family", "lama"), "llama"),
        (("list", "rules", "--country", "KR"), "--country"),
        (("list", "terms", "--family", "llama"), "list licenses"),
    ],
)
def test_a_wrong_name_gets_the_nearest_ones(
    words: tuple[str, ...], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    error = said(capsys, *words, code=2)
    assert hint in error
    assert "\x1b" not in error
    assert len(error) < 2000


def test_list_licences_by_term_country_and_family(capsys: pytest.CaptureFixture[str]) -> None:
    korean = {row["key"] for row in parsed(capsys, "list", "licenses", "--country", "kr")}
    assert {"exaone-1.2-nc", "hyperclovax-seed", "kanana", "upstage-solar"} <= korean
    excluded = {row["key"] for row in parsed(capsys, "list", "licenses", "--term", "territory-excluded")}
    assert {"llama4", "tencent-hunyuan-large"} <= excluded
    assert "llama3.1" not in excluded
    two = parsed(capsys, "list", "licenses", "--term", "naming=required", "--term", "territory-excluded=stated")
    assert {row["key"] for row in two} == {"llama3.2", "llama3.3", "llama4"}
    family = {row["key"] for row in parsed(capsys, "list", "licenses", "--family", "gpl")}
    assert family == {"gpl-2.0", "gpl-3.0"}
    written = parsed(capsys, "list", "licenses")
    assert len(written) == len(KNOWLEDGE.licenses.written)
    assert len(parsed(capsys, "list", "licenses", "--all")) == len(KNOWLEDGE.licenses)


@pytest.mark.parametrize("what", ["rules", "licenses", "terms", "publishers", "presets", "formats"])
def test_everything_is_listed_in_order_and_the_same_each_time(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = parsed(capsys, "list", what)
    assert rows
    assert len(said(capsys, "list", what).splitlines()) == len(rows)
    assert said(capsys, "list", what) == said(capsys, "list", what)

"""Presets: cited, dated files; a user's own is read by the same reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licscan.core.finding import Severity
from licscan.core.origin import Grade
from licscan.core.publisher import Listing, Publisher
from licscan.core.stance import Answer, Exposure, Stance, capped
from licscan.errors import ConfigError, UsageError
from licscan.knowledge import Knowledge
from licscan.knowledge.presets import preset_from

OWN = """
name = "ours"
title = "Our own"
date = "2026-01-01"
summary = "Ours."
home = "KR"
[jurisdiction]
"*" = "review"
[exposure]
weights-unchanged = "forbidden"
[line]
weights-unchanged = "s. 2"
"""


def test_all_are_cited_and_dated(knowledge: Knowledge) -> None:
    assert set(knowledge.presets) == {
        "neutral", "kr-independent-2026", "us-ndaa-1532", "eu-csf", "buyer-disclosure",
    }  # fmt: skip
    for preset in knowledge.presets.values():
        assert preset.date
        assert preset.reviewed
        assert preset.status
        assert preset.sources or preset.name == "neutral"
        asked = {*preset.exposures} | ({"jurisdiction"} & ({"jurisdiction"} if preset.jurisdictions else set()))
        loud = {name for name in asked if preset.exposures.get(name) is not Answer.SILENT}
        assert loud <= set(preset.lines), f"{preset.name}: every demand quotes its line"


def test_every_line_is_quoted_or_marked_as_a_reading(knowledge: Knowledge) -> None:
    for preset in knowledge.presets.values():
        quoted = {line for one in preset.texts for line in one.lines}
        assert set(preset.lines) == quoted | set(preset.readings), preset.name
        assert not quoted & set(preset.readings), preset.name
        assert all(one.quote and one.by and one.date and one.url.startswith("https://") for one in preset.texts)


def test_a_reading_is_marked_where_it_is_quoted(knowledge: Knowledge) -> None:
    stance = knowledge.presets["us-ndaa-1532"].stance()
    assert str(stance.line("weights-trained")).endswith("(a reading of it, not its text)")
    assert not str(stance.line("weights-unchanged")).endswith("its text)")


def test_a_derivative_is_as_little_independent_as_a_copy(knowledge: Knowledge) -> None:
    exposures = knowledge.presets["kr-independent-2026"].exposures
    assert exposures[Exposure.WEIGHTS_TRAINED] is exposures[Exposure.WEIGHTS_UNCHANGED] is Answer.FORBIDDEN


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"reading": ["nothing"]}, "reading has 'nothing'"),
        ({"reading": [["a"]]}, "which is none of its lines"),
        ({"text": ["words"]}, "text[1] needs lines, quote, by, date, url"),
        ({"text": [{"lines": ["x"], "quote": "a", "by": "b", "date": "c", "url": "d"}]}, "text[1].lines has 'x'"),
        ({"text": [{"lines": "x", "quote": "a", "by": "b", "date": "c", "url": "d"}]}, "lines must be a list"),
        ({"text": [{"lines": [], "quote": 1, "by": "b", "date": "c", "url": "d"}]}, "lines must be a list"),
    ],
)
def test_a_quotation_of_nothing_is_refused(table: dict[str, Any], words: str) -> None:
    record = {"name": "a", "title": "A", "date": "2026-01-01", "summary": "A.", "line": {"origin": "s. 1"}, **table}
    with pytest.raises(ConfigError) as caught:
        preset_from(record, "a.toml")
    assert words in str(caught.value)


def test_lists_of_presets_are_known(knowledge: Knowledge) -> None:
    for preset in knowledge.presets.values():
        assert all(knowledge.publishers.listing(id) for id in preset.lists)


def test_neutral_is_silent(knowledge: Knowledge) -> None:
    stance = knowledge.presets["neutral"].stance("KR")
    assert stance.is_neutral
    for exposure in Exposure:
        assert stance.on(exposure, Publisher("x", "X", country="CN")) is Answer.SILENT
        assert stance.severity(exposure, Answer.FORBIDDEN) is Severity.INFO


def test_the_korean_preset(knowledge: Knowledge) -> None:
    stance = knowledge.presets["kr-independent-2026"].stance("KR")
    abroad, here = Publisher("x", "X", country="US"), Publisher("y", "Y", country="KR", parent_country="KR")
    assert stance.on(Exposure.WEIGHTS_UNCHANGED, abroad) is Answer.FORBIDDEN
    assert stance.on(Exposure.WEIGHTS_TRAINED, abroad) is Answer.FORBIDDEN
    assert stance.on(Exposure.ARCHITECTURE, abroad) is Answer.SILENT
    assert stance.on(Exposure.WEIGHTS_UNCHANGED, here) is Answer.SILENT
    assert stance.on(Exposure.WEIGHTS_UNCHANGED, None) is Answer.REVIEW
    assert stance.severity(Exposure.WEIGHTS_UNCHANGED, Answer.FORBIDDEN) is Severity.CRITICAL


def test_the_us_preset_asks_who_not_how(knowledge: Knowledge) -> None:
    stance = knowledge.presets["us-ndaa-1532"].stance()
    owned = Publisher("x", "X", country="SG", parent="P", parent_country="CN")
    assert stance.on(Exposure.WEIGHTS_TRAINED, owned) is Answer.FORBIDDEN
    assert stance.on(Exposure.WEIGHTS_TRAINED, Publisher("x", "X", country="FR")) is Answer.SILENT
    listed = Publisher("x", "X", country="FR", lists=(Listing("US-1260H-2026-06", "", "", "", ""),))
    assert stance.on(Exposure.WEIGHTS_TRAINED, listed) is Answer.FORBIDDEN


def test_a_european_home_covers_the_union(knowledge: Knowledge) -> None:
    stance = knowledge.presets["eu-csf"].stance()
    assert stance.answer_to("FR") is Answer.SILENT
    assert stance.answer_to("US") is Answer.REVIEW
    assert stance.on_law("DE") is Answer.SILENT


@pytest.mark.parametrize(
    ("exposure", "expected"),
    [
        (Exposure.ARCHITECTURE, ("info", "info", "low")),
        (Exposure.TOKENIZER, ("info", "low", "medium")),
        (Exposure.WEIGHTS_TRAINED, ("info", "medium", "high")),
        (Exposure.WEIGHTS_UNCHANGED, ("info", "medium", "critical")),
        (Exposure.OUTSIDE_STOP, ("low", "high", "critical")),
        (Exposure.UNKNOWN, ("low", "medium", "high")),
    ],
)
def test_the_table_of_severities(exposure: Exposure, expected: tuple[str, ...]) -> None:
    stance = Stance(jurisdictions={"*": Answer.REVIEW})
    assert tuple(stance.severity(exposure, answer).value for answer in Answer) == expected


def test_likeness_never_carries_more_than_low() -> None:
    assert capped(Severity.CRITICAL, Grade.LIKENESS) is Severity.LOW
    assert capped(Severity.CRITICAL, Grade.STATISTICS) is Severity.MEDIUM
    assert capped(Severity.CRITICAL, Grade.STATEMENT) is Severity.CRITICAL
    assert capped(Severity.INFO, Grade.LIKENESS) is Severity.INFO


def test_a_user_can_write_one(knowledge: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(OWN, encoding="utf-8")
    stance = knowledge.presets.find(str(path)).stance()
    assert stance.home == "KR"
    assert stance.on(Exposure.WEIGHTS_UNCHANGED, Publisher("x", "X", country="US")) is Answer.FORBIDDEN
    assert stance.on(Exposure.WEIGHTS_TRAINED, Publisher("x", "X", country="US")) is Answer.REVIEW
    assert str(stance.line("weights-unchanged")) == "ours: s. 2"


@pytest.mark.parametrize(
    ("added", "words"),
    [
        ("[jurisdictions]\nKR = 'silent'\n", ("unknown key 'jurisdictions'", "did you mean 'jurisdiction'")),
        ("[exposure.weights]\n", ("weights",)),
        ("[law]\nKorea = 'review'\n", ("no ISO 3166 code",)),
        ("[list]\nX = 'ban'\n", ("list.X is 'ban'", "expected one of silent, review, forbidden")),
        ("[[source]]\ntitle = 'no address'\n", ("source[1] needs title and url",)),
        ("date = 7\n", ("",)),
    ],
)
def test_a_mistake_names_file_key_and_what_is_nearest(
    knowledge: Knowledge, tmp_path: Path, added: str, words: tuple[str, ...]
) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(OWN + added, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        knowledge.presets.find(str(path))
    assert "ours.toml" in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_a_name_that_is_none(knowledge: Knowledge) -> None:
    with pytest.raises(UsageError, match="no preset called 'kr-independant-2026'") as caught:
        knowledge.presets.find("kr-independant-2026")
    assert "did you mean 'kr-independent-2026'" in caught.value.hint


def test_a_file_that_is_not_there(knowledge: Knowledge) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        knowledge.presets.find("./nowhere.toml")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["name", "title", "date", "summary", "home", "counts", "jurisdiction", "exposure", "line", "source"]
)


@given(st.dictionaries(KEYS | st.text(max_size=6), ANY, max_size=5))
@settings(max_examples=200, deadline=None)
def test_nothing_but_a_clear_error_comes_of_nonsense(record: dict[str, Any]) -> None:
    whole = {"name": "x", "title": "x", "date": "2026", "summary": "x", **record}
    try:
        preset_from(whole, "x.toml")
    except ConfigError as error:
        assert str(error).startswith("x.toml: ")  # noqa: PT017  (most inputs raise, some do not)

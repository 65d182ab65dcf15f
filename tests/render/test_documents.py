"""Markdown, tables, notices, questions and the draft of a policy."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from dataclasses import replace

import pytest

from licscan.core.artifact import Claim, ClaimKind
from licscan.core.lineage import Lineage
from licscan.render import findings_csv, markdown, notice, policy_draft, questions
from licscan.render.plainmark import code, escape
from tests.render.sample import APACHE_TEXT, ENCODER, GATED, LLAMA, SILENT, SUBJECT, many, story


def test_markdown_keeps_hostile_words_as_text() -> None:
    page = markdown.render(story())
    outside_code = re.sub(r"(`+).*?\1", "", page)
    assert "<script>" not in outside_code
    assert "\u202e" not in page
    assert "**Blocked.**" in page
    assert page.endswith("\n")


def test_markdown_tables_have_one_width() -> None:
    width = None
    for line in markdown.render(story()).splitlines():
        if not line.startswith("|"):
            width = None
            continue
        bars = len(re.findall(r"(?<!\\)\|", line))
        assert width in (None, bars), line
        width = bars


@pytest.mark.parametrize(
    ("words", "safe"),
    [
        ("- a", "\\- a"),
        ("1. b", "1\\. b"),
        ("# c", "\\# c"),
        ("a|b", "a\\|b"),
        ("[x](y)", "\\[x\\](y)"),
        ("a\nb", "a b"),
    ],
)
def test_escape(words: str, safe: str) -> None:
    assert escape(words) == safe


def test_a_code_span_cannot_be_left() -> None:
    assert code("a`b") == "``a`b``"
    assert code("`a`") == "`` `a` ``"


def test_findings_as_a_table() -> None:
    report = story()
    rows = list(csv.DictReader(io.StringIO(findings_csv.render(report))))
    assert [row["rule"] for row in rows] == [finding.rule for finding in report.findings]
    assert all(not value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())
    assert rows[-1]["waived"] == "we keep a copy in-house"


def test_a_cell_is_no_formula() -> None:
    report = story()
    first = replace(report.findings[0], clause="=HYPERLINK(1)")
    rows = list(csv.DictReader(io.StringIO(findings_csv.render(replace(report, findings=(first,))))))
    assert rows[0]["clause"] == "'=HYPERLINK(1)"


def test_notice_names_every_part_with_its_text_and_its_sentences() -> None:
    made = notice.bundle(story())
    text = made.files["NOTICE"]
    assert text.startswith("Clova-Merge-32B\n")
    assert "Built with Llama\n" in text
    assert f"licenses/apache-2.0.txt (from {ENCODER}" in text
    assert made.files["licenses/apache-2.0.txt"] == APACHE_TEXT
    assert "licenses/llama3.1-use-policy.txt" in made.files
    assert "Copyright (c) Meta Platforms, Inc. (fixture)" in text
    assert "changes:   ____" in text
    for node in (ENCODER, LLAMA, SILENT, GATED):
        assert f"\n{node}\n" in text
    assert text.count("NOT KNOWN") == 4


def test_notice_says_where_a_text_lives_that_could_not_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice, "standard_text", lambda _: None)
    made = notice.bundle(story())
    assert made.missing == ("MIT License",)
    assert "it lives at https://spdx.org/licenses/MIT.html" in made.files["NOTICE"]
    assert "Get the text of MIT License" in made.files["NOTICE.todo.md"]


def test_the_sentence_that_a_licence_prescribes_is_taken_from_its_own_text() -> None:
    report = story()
    words = 'ship a "Notice" file: “Acme 1 is licensed under the Acme Licence, Copyright © Acme. All\nRights Reserved.”'
    llama = report.lineage[LLAMA]
    claim = Claim(ClaimKind.FILE, words, llama.claims[0].evidence)
    nodes = [replace(one, claims=(claim,)) if one.id == LLAMA else one for one in report.lineage.artifacts.values()]
    made = notice.bundle(replace(report, lineage=Lineage.build((SUBJECT,), nodes, report.lineage.links)))
    assert "Acme 1 is licensed under the Acme Licence, Copyright © Acme. All Rights Reserved.\n" in made.files["NOTICE"]
    assert "Write the notice" not in made.files["NOTICE.todo.md"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Llama-Clova", "begins with “Llama”"),
        ("Clova-Llama", "but not at its beginning"),
        ("Clova", "lacks “Llama”"),
    ],
)
def test_the_naming_duty_is_checked_against_the_name_of_the_release(name: str, says: str) -> None:
    report = story()
    checked = list(notice.naming_check(replace(report, use=replace(report.use, release_name=name))))
    assert len(checked) == 1
    assert says in str(checked[0])


def test_every_kind_of_doubt_becomes_a_question() -> None:
    ids = [question.id.split("-")[0] for question in questions.questions_of(story())]
    assert set(ids) == {"which", "disputed", "unseen", "undeclared", "unrecognised", "law", "link"}
    assert not questions.questions_of(many(1))


def test_questions_leave_room_for_owner_and_answer() -> None:
    page = questions.render(story())
    assert page.count("**Owner**") == page.count("**Taken until then**") == len(questions.questions_of(story()))
    assert "None was raised." in questions.render(many(1))


def test_the_draft_policy_says_nothing_until_its_signs_are_taken_away() -> None:
    draft = policy_draft.render(story())
    assert tomllib.loads(draft) == {}
    assert all(line.startswith("#") or not line for line in draft.splitlines())
    undone = "".join(line.removeprefix("# ") for line in draft.splitlines(keepends=True))
    waivers = tomllib.loads(undone)["waive"]
    assert [one["rule"] for one in waivers] == [
        "looser-than-upstream",
        "undeclared-base",
        "unseen-upstream",
        "malformed-base",
    ]
    assert str(waivers[0]["until"]) == "2027-05-23"

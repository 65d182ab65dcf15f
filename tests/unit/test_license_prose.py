"""Sentences about licences in cards, access forms, notices and policies, and what they do to the licence."""

from __future__ import annotations

from typing import Any

import pytest

from licscan.core.artifact import Artifact, Claim, ClaimKind, NodeKind
from licscan.core.ids import RepoId
from licscan.core.license import Disputed, Resolution, Resolved, Term
from licscan.extract import card, license_files, license_prose
from licscan.extract.extraction import At
from licscan.formats.frontmatter import Block
from licscan.knowledge import load
from licscan.licensing.prose_claims import understand
from licscan.licensing.resolve import resolve

KNOWLEDGE = load()
MODEL = "acme/omni-tts-1b"
CARD = At(MODEL, None, "README.md")


def weighed(*claims: Claim) -> Resolution:
    return resolve(Artifact(MODEL, NodeKind.MODEL, RepoId.parse(MODEL), claims=claims, files=()), KNOWLEDGE)


def tagged(tag: str) -> Claim:
    return Claim(ClaimKind.TAG, tag, CARD.saw("license", tag))


def metadata(values: dict[str, Any]) -> Resolution:
    return weighed(*card.read_metadata(Block(values, {}), CARD).claims)


def beside(name: str, text: str) -> Resolution:
    kind = license_files.kind_of(name)
    assert kind is not None
    return weighed(tagged("apache-2.0"), *license_files.read(text.encode(), At(MODEL, None, name), kind).claims)


@pytest.mark.parametrize(
    "form",
    [
        {"extra_gated_prompt": "By agreeing you accept that this model may be used for non-commercial research only."},
        {"extra_gated_heading": "For research purposes only"},
        {"extra_gated_description": "Access is granted for academic, non-commercial use."},
        {"extra_gated_fields": {"I agree to use this model for non-commercial use ONLY": "checkbox"}},
        {"extra_gated_prompt": "The weights are licensed under CC BY-NC 4.0.\n\nPlease fill in the form."},
    ],
)
def test_what_is_accepted_by_a_click_is_a_claim(form: dict[str, Any]) -> None:
    resolution = metadata({"license": "apache-2.0", **form})
    assert isinstance(resolution, Disputed)
    assert any("#extra_gated_" in one.evidence.place for one in resolution.options)


@pytest.mark.parametrize(
    "form",
    [
        {"extra_gated_prompt": "You agree to share your contact information."},
        {"extra_gated_fields": {"Company": "text", "Country": "country"}},
        {"extra_gated_fields": {"I want to use this model for": {"type": "select", "options": ["Research only"]}}},
        {"extra_gated_heading": "Acknowledge the license to access the repository"},
        {"extra_gated_prompt": "The demo is for research purposes only."},
        {"extra_gated_fields": ["not", "a", "mapping"]},
        {"extra_gated_prompt": 7},
    ],
)
def test_a_form_that_asks_who_you_are_limits_nothing(form: dict[str, Any]) -> None:
    assert isinstance(metadata({"license": "apache-2.0", **form}), Resolved)


def test_a_notice_that_names_another_licence_for_the_work_is_a_claim() -> None:
    assert isinstance(beside("NOTICE", "Omni TTS is licensed under CC BY-NC 4.0."), Disputed)
    assert isinstance(beside("NOTICE.txt", "These weights may only be used for research purposes."), Disputed)
    assert isinstance(beside("USE_POLICY.md", "You agree not to use the model for commercial purposes."), Disputed)


@pytest.mark.parametrize(
    "notice",
    [
        "Omni TTS\nCopyright 2026 Acme",
        "This product includes FastMel.\n\nFastMel\nLicensed under the GPL-3.0 license.",
        "SpeechNet is licensed under CC BY-NC 4.0, Copyright (c) 2025 Others.",
        "Licensed under the Apache License, Version 2.0",
    ],
)
def test_a_notice_of_others_work_is_none(notice: str) -> None:
    assert isinstance(beside("NOTICE", notice), Resolved)


def test_text_and_tag_are_quoted_beside_the_sentence() -> None:
    resolution = weighed(tagged("mit"), *license_prose.read("The weights are CC BY-NC 4.0.", CARD, 12))
    assert isinstance(resolution, Disputed)
    assert [one.keys for one in resolution.options] == [("mit",), ("cc-by-nc-4.0",)]
    assert resolution.options[1].evidence.line == 12


def test_a_looser_sentence_about_the_repository_changes_nothing() -> None:
    said = license_prose.read("This project is licensed under the MIT License.", CARD)
    resolution = weighed(tagged("cc-by-nc-4.0"), *said)
    assert isinstance(resolution, Resolved)
    assert resolution.expression == "CC-BY-NC-4.0"


def test_a_looser_sentence_about_the_weights_is_a_dispute_and_never_a_choice() -> None:
    said = license_prose.read("The weights are released under the MIT License.", CARD)
    resolution = weighed(tagged("cc-by-nc-4.0"), *said)
    assert isinstance(resolution, Disputed)
    assert {key for one in resolution.options for key in one.keys} == {"cc-by-nc-4.0", "mit"}


def test_a_sentence_speaks_where_nothing_else_does() -> None:
    resolution = weighed(*license_prose.read("The model is released under the MIT License.", CARD))
    assert isinstance(resolution, Resolved)
    assert (resolution.expression, resolution.governs) == ("MIT", "prose")


def test_the_licence_of_a_part_holds_beside_that_of_the_whole() -> None:
    said = license_prose.read("The text encoder is licensed under CC BY-NC 4.0.", CARD)
    resolution = weighed(tagged("apache-2.0"), *said)
    assert isinstance(resolution, Resolved)
    assert resolution.alternatives == (("apache-2.0", "cc-by-nc-4.0"),)


def test_a_data_set_speaks_of_its_data() -> None:
    text = "The dataset is for non-commercial research only."
    assert license_prose.read(text, CARD) == ()
    assert license_prose.read(text, CARD, of_data=True)


@pytest.mark.parametrize(
    ("clause", "restricts"),
    [
        ("Companies with an annual revenue of more than USD 10 million need a license", "conditional"),
        ("commercial use requires written permission", "conditional"),
        ("no commercial use", "no"),
    ],
)
def test_what_a_clause_withholds(clause: str, restricts: str) -> None:
    assert (Term.COMMERCIAL_USE, restricts) in understand(clause, KNOWLEDGE).restricts


@pytest.mark.parametrize(
    "hostile",
    [
        "<!-- license " * 20_000,
        "[![license](" * 20_000,
        "<a href='license" * 15_000,
        "license " + "A-" * 100_000,
        "\n".join(["the model may not " * 400] * 40),
        "상업 비상업 연구 " * 20_000,
        "| license | " * 20_000,
        "```\nlicense: for research purposes only",
        "\0license \x1b[31m for research only\n" * 50,
    ],
)
def test_hostile_text_is_read_and_bounded(hostile: str) -> None:
    assert len(license_prose.read(hostile, CARD)) <= 50


@pytest.mark.parametrize(
    "text",
    [
        "The weights of this model may only be used\nfor research purposes.",
        "This model is released under the CC BY-NC 4.0\nlicense, see the file.",
        "# Title\n\n> The weights are for non-commercial\nuse only.",
    ],
)
def test_a_sentence_that_was_broken_into_lines_is_one(text: str) -> None:
    assert isinstance(weighed(tagged("apache-2.0"), *license_prose.read(text, CARD)), Disputed)


def test_entries_of_a_list_stay_apart() -> None:
    apart = "The demo is limited to research.\n- The model is free for all."
    assert isinstance(weighed(tagged("apache-2.0"), *license_prose.read(apart, CARD)), Resolved)

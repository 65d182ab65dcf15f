"""Licence texts are recognised however they arrive, and what was changed in them is shown."""

# ruff: noqa: S311 (chance makes damage here, not secrets)

from __future__ import annotations

import json
import random
from importlib import metadata
from pathlib import Path

import pytest

from benchmarks import perturb
from licscan.cli.main import main
from licscan.core.license import Term
from licscan.errors import KnowledgeError
from licscan.files import data_folder
from licscan.identification.identify import identify
from licscan.identification.patterns import find_patterns
from licscan.identification.text_encoding import decode, readable
from licscan.knowledge import fingerprints, load
from licscan.knowledge.load import Knowledge
from scripts.build_fingerprints import Text, build

KNOWLEDGE = load()
PACKAGES = {"attrs": "mit", "requests": "apache-2.0", "jinja2": "bsd-3-clause"}
NON_COMMERCIAL = "The Software may not be used for any commercial purpose."


def license_of(package: str) -> str:
    """The licence file that an installed package carries."""
    found = [one for one in metadata.files(package) or () if one.name.upper().startswith(("LICENSE", "LICENCE"))]
    return found[0].read_text(encoding="utf-8")


MIT = license_of("attrs")
APACHE = license_of("requests")


@pytest.mark.parametrize("change", [name for name, _ in perturb.PLAIN if "noise" not in name])
@pytest.mark.parametrize("package", PACKAGES)
def test_harmless_changes_leave_the_licence_exact_or_near(package: str, change: str) -> None:
    text = dict(perturb.PLAIN)[change](license_of(package), random.Random(package))
    found = identify(text, KNOWLEDGE)
    assert found.key == PACKAGES[package]
    assert found.result in {"exact", "near"}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("package", PACKAGES)
def test_damage_never_names_another_licence(package: str, seed: int) -> None:
    found = identify(perturb.noise(license_of(package), random.Random(seed)), KNOWLEDGE)
    assert found.key in {PACKAGES[package], None}
    assert found.result != "none"
    if found.key is None:
        assert PACKAGES[package] in dict(found.candidates)


@pytest.mark.parametrize("change", ["sentence added", "sentence inserted"])
@pytest.mark.parametrize("package", PACKAGES)
def test_an_added_sentence_makes_a_modified_standard_and_is_shown(package: str, change: str) -> None:
    text = dict(perturb.EDITED)[change](license_of(package), random.Random(3))
    found = identify(text, KNOWLEDGE)
    assert (found.result, found.key) == ("modified-standard", PACKAGES[package])
    shown = [one for one in found.changes if NON_COMMERCIAL in one.theirs]
    assert shown
    assert Term.COMMERCIAL_USE in shown[0].terms
    assert (Term.COMMERCIAL_USE, "no", NON_COMMERCIAL) in found.patterns


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("package", PACKAGES)
def test_one_word_more_is_never_exact(package: str, seed: int) -> None:
    text = perturb.altered(license_of(package), random.Random(seed))
    if not text:
        text = (
            license_of(package)
            .replace("hereby granted", "hereby not granted", 1)
            .replace("are permitted", "are not permitted", 1)
        )
    found = identify(text, KNOWLEDGE)
    assert found.result != "exact"
    assert found.changes or found.result == "family"


def test_a_missing_sentence_is_reported() -> None:
    start = MIT.index("The above copyright notice")
    end = MIT.index("THE SOFTWARE IS PROVIDED")
    shorter = APACHE.replace(APACHE[APACHE.index("3. Grant of Patent") : APACHE.index("4. Redistribution")], "")
    found = identify(shorter, KNOWLEDGE)
    assert found.key == "apache-2.0"
    assert any(one.kind == "removed" and one.ours_hash for one in found.changes)
    # Without its condition MIT is nearly another licence of the SPDX list: which one is not settled.
    other = identify(MIT[:start] + MIT[end:], KNOWLEDGE)
    assert (other.result, other.key) == ("family", None)
    assert {"mit", "mit-0"} <= set(dict(other.candidates))


def test_a_title_that_narrows_the_licence_is_not_overlooked() -> None:
    assert identify("NON-COMMERCIAL EDITION\n\n" + MIT, KNOWLEDGE).result == "modified-standard"
    assert identify("No " + MIT[MIT.index("Permission") :], KNOWLEDGE).result != "exact"


def test_a_restriction_cannot_hide_in_a_copyright_line() -> None:
    text = MIT.replace("Copyright (c)", "Copyright (c) for non-commercial use only", 1)
    assert identify(text, KNOWLEDGE).result != "exact"


@pytest.mark.parametrize("order", [("attrs", "requests"), ("requests", "attrs"), ("jinja2", "requests")])
def test_two_licences_in_one_file_are_both_named_with_their_places(order: tuple[str, str]) -> None:
    texts = [license_of(one) for one in order]
    found = identify("\n\n\n".join(texts), KNOWLEDGE)
    assert found.result == "multiple"
    assert found.key is None
    assert [key for key, _, _ in found.parts] == [PACKAGES[one] for one in order]
    assert found.parts[0][2] <= found.parts[1][1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MIT",
        "See the LICENSE file at https://example.com/LICENSE for the terms that govern the use of this model.",
        "word " * 200_000,
        "# My model\n\nThis model answers questions. Install it with pip and call generate().\n" * 30,
        "\x1e\x0c\u202e" * 500,
    ],
)
def test_what_is_no_licence_is_not_named(text: str) -> None:
    found = identify(text, KNOWLEDGE)
    assert (found.result, found.key) == ("none", None)


def test_an_unknown_use_policy_is_known_to_be_one() -> None:
    text = (
        "Acme Acceptable Use Policy\n\nYou agree you will not use the model to harm minors or to deceive anybody.\n" * 3
    )
    found = identify(text, KNOWLEDGE)
    assert found.result == "use-policy"
    assert found.key is None


def test_every_text_of_the_index_is_a_licence_or_policy_of_the_knowledge() -> None:
    for edition in KNOWLEDGE.fingerprints.editions:
        for key in edition.same:
            assert key in KNOWLEDGE.licenses, key
        assert KNOWLEDGE.licenses[edition.key].policy_of == edition.policy_of


def test_every_reference_text_that_a_record_names_is_in_the_index() -> None:
    indexed = {key for one in KNOWLEDGE.fingerprints.editions for key in one.same}
    missing = [key for key in KNOWLEDGE.licenses.written if KNOWLEDGE.licenses[key].texts and key not in indexed]
    assert missing == []


def test_the_index_is_small() -> None:
    path = data_folder() / fingerprints.NAME
    assert path.stat().st_size <= 4_000_000  # `benchmarks/identify.py` measures how quickly it is read


@pytest.mark.parametrize("cut", [0, 10, 30, 200, 100_000])
def test_a_damaged_index_is_our_own_fault_and_says_so(cut: int) -> None:
    raw = (data_folder() / fingerprints.NAME).read_bytes()
    with pytest.raises(KnowledgeError, match="damaged"):
        fingerprints.parse(raw[:cut])


# ---- editions of one licence, made up

BODY = """\
Acme {name} Community License Agreement
Release date: {date}

By using the Acme Materials you accept this Agreement. "Acme {name}" means the models and the code that Acme makes
available under this Agreement on the date above, together with their documentation.

You are granted a worldwide and royalty-free licence to use, copy and change the Acme Materials, and to make works
from them, as long as you keep the notices that came with them and pass this Agreement on to everybody who gets them.

If the services that you run with the Acme Materials reach {users} users in a month, you must ask Acme for another
licence, which Acme may refuse, and you have no right to use the Acme Materials until Acme says so in writing.
{more}
The Acme Materials come as they are and without warranty of any kind. This Agreement ends when you break it, and then
you must delete every copy of the Acme Materials that you have, those of {name} included.
"""
ONE = BODY.format(name="3.1", date="July 23, 2024", users="700 million", more="")
TWO = BODY.format(
    name="3.2",
    date="September 25, 2024",
    users="700 million",
    more="\nThe rights of this Agreement are not granted to anybody who lives in the European Union.\n",
)


@pytest.fixture(scope="module")
def acme() -> Knowledge:
    texts = [
        Text("acme-3.1", "one", None, is_standard=False, source=ONE),
        Text("acme-3.2", "two", None, is_standard=False, source=TWO),
    ]
    knowledge = Knowledge()
    knowledge.__dict__["fingerprints"] = fingerprints.parse(build(texts, {}))
    return knowledge


@pytest.mark.parametrize("change", [name for name, _ in perturb.PLAIN])
@pytest.mark.parametrize(("key", "text"), [("acme-3.1", ONE), ("acme-3.2", TWO)])
def test_editions_are_told_apart_or_not_named(key: str, text: str, change: str, acme: Knowledge) -> None:
    for seed in range(10 if "noise" in change else 1):
        found = identify(dict(perturb.PLAIN)[change](text, random.Random(seed)), acme)
        assert found.key in {key, None}
        assert key in {found.key, *dict(found.candidates)}
        if "noise" not in change:
            assert found.key == key


def test_an_edition_that_nobody_knows_is_one_of_the_family(acme: Knowledge) -> None:
    text = BODY.format(name="3.7", date="May 2, 2026", users="700 million", more="")
    found = identify(text, acme)
    assert (found.result, found.key) == ("family", None)
    assert found.candidates[0][0].startswith("acme-")
    assert found.patterns


MORE = (
    "    ADDITIONAL PROVISION\n\n"
    "    10. Additional attribution. Whoever passes on the work, or a service that contains any part of it, shall show "
    "the words Made with Acme on each page that tells of it, and shall begin the name of every model that was trained "
    "or improved with it or with its outputs with the word Acme. Tests inside a house without any outside publication "
    "are no passing on in the sense of this section, and nothing has to be shown for them.\n\n"
)


APPENDIX = (
    "\n\nEND OF TERMS AND CONDITIONS\n\nAPPENDIX: How to apply the licence to your work\n\n"
    "Put the notice below at the head of each file, in the comment signs of its language, with your own name and the "
    "year in the places that the brackets mark, and without the brackets. It helps to say in the same place what the "
    "file is for, so that it is found again in a collection of many works by many people.\n"
)


@pytest.mark.parametrize("change", ["as it is", "reflowed", "retitled", "no appendix", "as a comment"])
@pytest.mark.parametrize(("key", "is_longer"), [("standard", False), ("acme-1.2", True)])
def test_a_text_that_another_edition_adds_a_clause_to_is_told_from_it(
    key: str, change: str, *, is_longer: bool
) -> None:
    longer = "Acme License 1.2\n\n" + APACHE + MORE
    texts = [
        Text("standard", "one", None, is_standard=True, source=APACHE + APPENDIX),
        Text("acme-1.2", "two", None, is_standard=False, source=longer),
    ]
    knowledge = Knowledge()
    knowledge.__dict__["fingerprints"] = fingerprints.parse(build(texts, {}))
    text = longer if is_longer else APACHE + APPENDIX
    assert identify(dict(perturb.PLAIN)[change](text, random.Random(0)), knowledge).key == key


def test_a_changed_sentence_of_a_custom_licence_is_near_and_shown(acme: Knowledge) -> None:
    found = identify(ONE.replace("which Acme may refuse", "which Acme shall gladly give"), acme)
    assert (found.result, found.key) == ("near", "acme-3.1")
    assert [one.kind for one in found.changes] == ["changed"]
    assert "gladly give" in found.changes[0].theirs
    assert found.changes[0].ours_hash


def test_the_same_texts_give_the_same_index() -> None:
    texts = [Text("a", "one", None, is_standard=True, source=ONE), Text("b", "two", None, is_standard=True, source=TWO)]
    assert build(texts, {}) == build(texts, {})
    assert b"Acme" not in build(texts, {})
    assert b"European" not in build(texts, {})


# ---- bytes


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("licence — ©".encode(), "utf-8"),
        ("licence".encode("utf-8-sig"), "utf-8-sig"),
        ("licence text".encode("utf-16"), "utf-16"),
        ("licence text".encode("utf-16-le"), "utf-16-le"),
        ("licence text".encode("utf-16-be"), "utf-16-be"),
        ("이 모델은 비상업적 목적으로만 사용할 수 있습니다".encode("cp949"), "cp949"),
        ("不得将本模型用于商业目的的条款".encode("gb18030"), "gb18030"),
        ("Lizenz für Modelle".encode("latin-1"), "latin-1"),
        ("the “Software”".encode("cp1252"), "cp1252"),
        (b"%PDF-1.7\n1 0 obj", "pdf"),
        (bytes(range(256)) * 4, "binary"),
        (b"", "utf-8"),
    ],
)
def test_encodings_are_told(raw: bytes, encoding: str) -> None:
    text, found = decode(raw)
    assert found == encoding
    if encoding in {"pdf", "binary"}:
        assert text == ""
    elif encoding == "cp949":
        assert "비상업적" in text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1", "cp949"])
def test_a_licence_is_recognised_in_every_encoding(encoding: str) -> None:
    assert identify(decode(APACHE.encode(encoding))[0], KNOWLEDGE).key == "apache-2.0"


def test_pages_become_readable_text() -> None:
    page = "<html><script>var a='<p>x';</script><body><nav>menu</nav><p>You may <b>not</b> sell &amp; share.</p></body>"
    assert readable(page) == "You may not sell & share.\n"
    assert readable("## Title\n\n**Bold** [link](https://a.b/c) a\\_b") == "Title\n\nBold link a_b\n"


# ---- patterns


@pytest.mark.parametrize(
    ("sentence", "term", "value"),
    [
        ("You may use the model for non-commercial purposes only.", Term.COMMERCIAL_USE, "no"),
        ("If you have more than 100 million monthly active users, ask us.", Term.COMMERCIAL_USE, "conditional"),
        ("We may terminate this license at any time for any reason.", Term.REVOCABILITY, "at_will"),
        ("The grant is perpetual and irrevocable.", Term.REVOCABILITY, "irrevocable"),
        ("We reserve the right to modify these terms at any time.", Term.UNILATERAL_CHANGE, "yes"),
        ("Follow the Acceptable Use Policy at https://acme.ai/aup always.", Term.USE_POLICY, "url"),
        ("The rights are not granted to persons domiciled in the European Union.", Term.TERRITORY_EXCLUDED, "stated"),
        ("This agreement is governed by the laws of France.", Term.GOVERNING_LAW, "stated"),
        ("The courts of Paris have exclusive jurisdiction.", Term.FORUM, "stated"),
        ("You must prominently display the notice on your website.", Term.DISPLAY_ATTRIBUTION, "required"),
        ("You must include Acme at the beginning of any model name.", Term.NAMING, "required"),
        ("You may not use the outputs to train another model.", Term.OUTPUTS_TRAINING, "prohibited"),
        ("You shall not build models that compete with ours.", Term.OUTPUTS_TRAINING, "competing_models_prohibited"),
        ("You must comply with export control laws.", Term.EXPORT_CONTROL, "yes"),
        ("이 모델은 비상업적 목적으로만 사용할 수 있다.", Term.COMMERCIAL_USE, "no"),
        ("회사는 언제든지 이 약관을 변경할 수 있다.", Term.UNILATERAL_CHANGE, "yes"),
        ("您不得将本模型用于任何商业目的。", Term.COMMERCIAL_USE, "no"),
        ("本协议适用中华人民共和国法律。", Term.GOVERNING_LAW, "stated"),
    ],
)
def test_patterns_find_the_sharp_sentences(sentence: str, term: Term, value: str) -> None:
    assert (term, value) in {(found, suggested) for found, suggested, _ in find_patterns(sentence, KNOWLEDGE)}


@pytest.mark.parametrize(
    "sentence",
    [
        "You may use the model for any purpose, commercial and non-commercial.",
        "Use commercially reasonable efforts to install it.",
        "This library trains models quickly.",
    ],
)
def test_patterns_leave_harmless_sentences_alone(sentence: str) -> None:
    assert find_patterns(sentence, KNOWLEDGE) == ()


# ---- the command


def test_the_command_answers_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, pdf = tmp_path / "LICENSE", tmp_path / "LICENSE.pdf"
    good.write_text(MIT + "\n" + NON_COMMERCIAL, encoding="utf-8")
    pdf.write_bytes(b"%PDF-1.4 x")
    assert main(["identify", str(good), str(pdf), "-f", "json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["result"], first["key"], first["expression"]) == ("modified-standard", "mit", "MIT")
    assert first["changes"][0]["theirs"] == NON_COMMERCIAL
    assert len(first["sha256"]) == 64
    assert (second["result"], second["encoding"]) == ("none", "pdf")
    assert "not read" in second["note"]


def test_the_command_refuses_what_it_cannot_read_and_answers_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "LICENSE"
    good.write_text(APACHE, encoding="utf-8")
    assert main(["identify", str(tmp_path), str(tmp_path / "nothing"), str(good)]) == 2
    out, err = capsys.readouterr()
    assert "Apache License 2.0 (Apache-2.0)" in out
    assert "it is a folder" in err
    assert "Traceback" not in err


def test_the_command_reads_huge_and_empty_files_without_guessing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    huge, empty = tmp_path / "huge", tmp_path / "empty"
    huge.write_text(MIT + "x " * 3_000_000, encoding="utf-8")
    empty.write_bytes(b"")
    assert main(["identify", str(huge), str(empty), "-f", "json"]) == 0
    answers = json.loads(capsys.readouterr().out)
    assert [one["result"] for one in answers] == ["none", "none"]
    assert "too long" in answers[0]["note"]
    assert "empty" in answers[1]["note"]


def test_terminal_escapes_do_not_reach_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "LICENSE"
    bad.write_text(MIT + "\nYou may not\x1b[2J use it \u202e for commercial purposes.", encoding="utf-8")
    assert main(["identify", str(bad)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize(
    "sentence",
    [
        "You may not use the Software for military purposes.",
        "The Software may not be used in the European Union.",
        "You shall show the name of the model in the interface of every product.",
        "Nobody shall deploy it in that country.",
        "Our only change: you shall show the name of the model in every product.",
        "If your product has more than 100 million monthly active users, request a licence from us.",
        "Companies with revenue above 10 million dollars need a separate agreement.",
        "Persons in that country have no rights hereunder.",
        "Do not use this to train other language models.",
        "This does not apply to competitors of the company.",
        "Weights are excluded from this licence.",
        "Not for commercial use.",
        "For research use.",
        "The licence ends on 31 December 2030.",
    ],
)
def test_a_duty_that_stands_outside_of_the_licence_is_a_change(sentence: str, where: str) -> None:
    text = f"{sentence}\n\n{MIT}" if where == "before" else f"{MIT}\n\n{sentence}\n"
    found = identify(text, KNOWLEDGE)
    assert (found.result, found.key) == ("modified-standard", "mit")
    assert [sentence.rstrip(".") in one.theirs for one in found.changes] == [True]


@pytest.mark.parametrize(
    "sentence", ["You must install Python 3.8 first.", "This file must stay in UTF-8.", "Thanks to all contributors."]
)
def test_a_word_about_something_else_is_no_change(sentence: str) -> None:
    assert identify(f"{MIT}\n\n{sentence}\n", KNOWLEDGE).result == "exact"


# ---- standard texts with company


def appended(words: str) -> str:
    return APACHE.partition("APPENDIX")[0] + "\n" + words + "\n"


@pytest.mark.parametrize(
    "words",
    [
        "APPENDIX: How to apply the Apache License to your work.\n\n   Copyright 2026 Acme Corp.",
        "Contact: somebody at the address of the project. This is the tenth release of the tool.",
        "이 번역본은 참고용이며 영어 원문이 우선합니다.",
    ],
)
def test_what_follows_the_end_of_the_terms_is_no_term(words: str) -> None:
    found = identify(appended(words), KNOWLEDGE)
    assert (found.result, found.key) == ("exact", "apache-2.0")


@pytest.mark.parametrize(
    "words",
    [
        "The Software may not be used for commercial purposes without a written permission of Acme Corp.",
        "You may not sell the Software.",
        "This license is only for academic research.",
    ],
)
def test_what_binds_is_a_change_wherever_it_stands(words: str) -> None:
    assert identify(appended(words), KNOWLEDGE).result != "exact"

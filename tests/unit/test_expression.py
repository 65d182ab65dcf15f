"""SPDX expressions as choices between sets of licence keys."""

from __future__ import annotations

import sys
from subprocess import run

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licscan.knowledge import load
from licscan.licensing.expression import join, parse

KNOWLEDGE = load()


@pytest.mark.parametrize(
    ("text", "official", "alternatives"),
    [
        ("MIT", "MIT", (("mit",),)),
        ("mit", "MIT", (("mit",),)),
        (" Apache-2.0\n", "Apache-2.0", (("apache-2.0",),)),
        ("MIT OR Apache-2.0", "MIT OR Apache-2.0", (("mit",), ("apache-2.0",))),
        ("mit and cc-by-4.0", "MIT AND CC-BY-4.0", (("cc-by-4.0", "mit"),)),
        ("(MIT OR ISC) AND Zlib", "(MIT OR ISC) AND Zlib", (("mit", "zlib"), ("isc", "zlib"))),
        ("MIT AND (ISC OR Zlib)", "MIT AND (ISC OR Zlib)", (("isc", "mit"), ("mit", "zlib"))),
        ("GPL-2.0-or-later", "GPL-2.0-or-later", (("gpl-2.0",), ("gpl-3.0",))),
        ("LGPL-2.1+", "LGPL-2.1-or-later", (("lgpl-2.1",), ("lgpl-3.0",))),
        ("GPL-3.0", "GPL-3.0-only", (("gpl-3.0",),)),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", (("gpl-2.0",),)),
        ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0", (("gpl-2.0",),)),
        ("licenseref-scancode-QWEN-2024", "LicenseRef-scancode-qwen-2024", (("qwen",),)),
        ("LicenseRef-licscan-llama3", "LicenseRef-licscan-llama3", (("llama3",),)),
        ("Watcom-1.0", "Watcom-1.0", (("watcom-1.0",),)),
        ("MIT AND MIT", "MIT", (("mit",),)),
        ("MIT OR ((MIT OR ISC) AND (MIT OR ISC))", "MIT OR ISC", (("mit",), ("isc",))),
    ],
)
def test_expressions_are_read(text: str, official: str, alternatives: tuple[tuple[str, ...], ...]) -> None:
    parsed = parse(text, KNOWLEDGE)
    assert parsed is not None
    assert parsed.text == official
    assert parsed.alternatives == alternatives
    assert not parsed.unknown


@pytest.mark.parametrize("id", ["GPL-3.0", "LGPL-2.1+", "GPL-2.0-with-classpath-exception", "Nunit"])
def test_deprecated_ids_are_named(id: str) -> None:
    parsed = parse(id, KNOWLEDGE)
    assert parsed is not None
    assert parsed.deprecated == (id,)


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        " ",
        "NONE",
        "NOASSERTION",
        "MIT OR",
        "(MIT",
        "MIT)",
        "AND",
        "foo bar",
        "MIT/Apache-2.0",
        "mit, apache-2.0",
        "((((" * 500,
        "MIT OR " * 1500 + "MIT",
        "x" * 10000,
        "\x1b[31mMIT",
        "MIT\x00",
        "🙂",
        "[object Object]",
    ],
)
def test_nonsense_is_no_expression(nonsense: str) -> None:
    assert parse(nonsense, KNOWLEDGE) is None


def test_an_unknown_choice_does_not_spoil_a_known_one() -> None:
    parsed = parse("LicenseRef-foo OR MIT", KNOWLEDGE)
    assert parsed is not None
    assert parsed.alternatives == (("mit",),)
    assert parsed.unknown == ("LicenseRef-foo",)


@pytest.mark.parametrize("text", ["LicenseRef-foo AND MIT", "foo", "MIT WITH no-such-exception"])
def test_an_unknown_licence_that_must_hold_leaves_no_choice(text: str) -> None:
    parsed = parse(text, KNOWLEDGE)
    assert parsed is not None
    assert parsed.alternatives == ()
    assert parsed.unknown


def test_too_many_choices_are_bounded_and_bind_no_less() -> None:
    ids = ("MIT", "ISC", "Zlib", "0BSD", "NCSA", "BSL-1.0", "AFL-3.0", "ECL-2.0")
    text = " AND ".join(f"({a} OR {b})" for a in ids for b in ids if a < b)
    parsed = parse(text, KNOWLEDGE)
    assert parsed is not None
    assert 1 <= len(parsed.alternatives) <= 64
    assert all(len(one) >= len(ids) - 1 for one in parsed.alternatives), "one of each pair has to hold"


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.sampled_from(["MIT", "ISC", "gpl-2.0+", "cc-by-4.0", "Zlib"]),
        lambda inner: st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        max_leaves=6,
    )
)
def test_reading_twice_equals_reading_once(text: str) -> None:
    once = parse(text, KNOWLEDGE)
    assert once is not None
    twice = parse(once.text, KNOWLEDGE)
    assert twice is not None
    assert twice.text == once.text
    assert set(twice.alternatives) == set(once.alternatives)


@given(st.text(max_size=200))
def test_any_text_can_be_tried(text: str) -> None:
    parsed = parse(text, KNOWLEDGE)
    assert parsed is None or parsed.text


def test_join_keeps_the_meaning() -> None:
    joined = join(["MIT OR ISC", "Zlib", "Zlib"])
    assert joined == "(MIT OR ISC) AND Zlib"
    parsed = parse(joined, KNOWLEDGE)
    assert parsed is not None
    assert parsed.alternatives == (("mit", "zlib"), ("isc", "zlib"))


def test_a_bare_id_does_not_load_the_library() -> None:
    code = (
        "import sys; from licscan.knowledge import load; from licscan.licensing.expression import parse;"
        "assert parse('mit', load()); assert 'license_expression' not in sys.modules"
    )
    assert run([sys.executable, "-c", code], check=False).returncode == 0

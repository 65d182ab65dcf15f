"""What a value in a policy file may look like; each check says what is wrong, or None."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from licscan.core.license import Category, Term
from licscan.knowledge import load

Check = Callable[[Any], str | None]


_FEW = 12
"""So many known words are worth listing."""


def is_text(value: Any) -> str | None:
    """A text that is not empty."""
    return None if isinstance(value, str) and value.strip() else "must be text"


def is_texts(value: Any) -> str | None:
    """A list of texts."""
    good = isinstance(value, list) and all(isinstance(one, str) and one for one in value)
    return None if good else 'must be a list of texts, such as ["a", "b"]'


def is_count(value: Any) -> str | None:
    """A whole number from zero on."""
    good = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return None if good else "must be a whole number, such as 2_000_000"


def is_truth(value: Any) -> str | None:
    """True or false."""
    return None if isinstance(value, bool) else "must be true or false"


def is_day(value: Any) -> str | None:
    """A date."""
    return None if day_of(value) else "must be a date, such as 2027-06-30"


def is_country(value: Any) -> str | None:
    """A country code, or EU."""
    good = isinstance(value, str) and len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()
    return None if good else "must be an ISO 3166 code such as KR, or EU"


def are_countries(value: Any) -> str | None:
    """A list of country codes."""
    if not isinstance(value, list):
        return 'must be a list, such as ["KR", "EU"]'
    return next((f"{one!r} {problem}" for one in value if (problem := is_country(one))), None)


def one_of(known: Iterable[str]) -> Check:
    """One of some words."""
    words = tuple(known)

    def check(value: Any) -> str | None:
        if isinstance(value, str) and value in words:
            return None
        return f"is {value!r}{nearest(str(value), words)}"

    return check


def each_of(known: Iterable[str]) -> Check:
    """A list of some words."""
    single = one_of(known)

    def check(value: Any) -> str | None:
        return is_texts(value) or next((problem for one in value if (problem := single(one))), None)

    return check


def is_term(value: Any) -> str | None:
    """Terms of the vocabulary, each with or without a value."""
    terms = tuple(term.value for term in Term)
    bad = is_texts(value)
    return bad or next(
        (f"{one!r}{nearest(one.partition('=')[0], terms)}" for one in value if one.partition("=")[0] not in terms), None
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """What was probably meant, as the end of a sentence."""
    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    if near:
        return f" (did you mean {near[0]!r}?)"
    return f" (known: {', '.join(words)})" if len(words) <= _FEW else ""


def day_of(value: Any) -> str | None:
    """The date as ISO text; None where it is none."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        return None


def is_licenses(value: Any) -> str | None:
    """Licence ids that the knowledge has, kinds of licence, or patterns."""
    bad = is_texts(value)
    if bad:
        return bad
    knowledge, kinds = load(), tuple(one.value for one in Category)
    for one in value:
        if one in kinds or "*" in one or one in knowledge.licenses or knowledge.by_expression(one):
            continue
        return f"{one!r} is no licence id, key or kind{nearest(one, (*kinds, *knowledge.licenses.written))}"
    return None

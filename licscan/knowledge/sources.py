"""What a source is worth: which facts about a company it can show, and how sure a record may call itself by it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

OWN_ACCOUNT = "account"
"""The account itself: it shows who it says that it is, and nothing more."""
STRONG = frozenset({"registry", "filing", "official", "own-page", "licence"})
"""A company register, a filing with an authority, an official list or law, the company's own page, a licence text that
names its licensor: what a record may call itself `high` by."""
KINDS = STRONG | {OWN_ACCOUNT, "code", "paper", "press", "reference"}
SURENESS = ("high", "medium", "low")
_KEYS = frozenset({"url", "kind"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def addresses(sources: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Where to look, in the order of the record."""
    return tuple(str(one["url"]) for one in sources)


def stands_alone(sources: Iterable[Mapping[str, Any]]) -> bool:
    """Nobody but the account itself says so."""
    return all(one["kind"] == OWN_ACCOUNT for one in sources)


def allowed(sources: Iterable[Mapping[str, Any]]) -> str:
    """How sure a fact may be called by its sources, at most: `high`, `medium` or `low`."""
    kinds = {one["kind"] for one in sources}
    if kinds & STRONG:
        return "high"
    return "medium" if kinds - {OWN_ACCOUNT} else "low"


def mistakes(fact: Mapping[str, Any], orgs: Iterable[str] = ()) -> Iterator[str]:
    """What is wrong with the sources, the sureness and the date of one fact.

    Args:
        fact: a record with `sources`, `confidence` and `checked`.
        orgs: the accounts that the fact is about.
    """
    sources = fact.get("sources", ())
    if not sources:
        yield "it has no source"
        return
    own = {f"https://huggingface.co/{org.lower()}" for org in orgs}
    for one in sources:
        if not isinstance(one, Mapping) or set(one) != _KEYS:
            yield f"a source has {', '.join(sorted(_KEYS))}, not {one!r}"
            return
        if one["kind"] not in KINDS:
            yield f"the kind of source {one['kind']!r} is none of {', '.join(sorted(KINDS))}"
        if not str(one["url"]).startswith(("https://", "http://")):
            yield f"{one['url']!r} is no address"
        if str(one["url"]).lower().rstrip("/") in own and one["kind"] != OWN_ACCOUNT:
            yield f"{one['url']} is the account itself: it shows no entity, owner or list"
    sure = fact.get("confidence")
    if sure not in SURENESS:
        yield f"confidence {sure!r} is not high, medium or low"
    elif SURENESS.index(sure) < SURENESS.index(allowed(sources)):
        yield f"confidence {sure!r} is more than its sources allow ({allowed(sources)})"
    if not _DAY.fullmatch(str(fact.get("checked", ""))):
        yield "`checked` is no date (YYYY-MM-DD)"

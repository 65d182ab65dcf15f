"""As whom and for what use a subject was judged, in one sentence: the first line of every report for people."""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core.text import Text, harmless, text
from licscan.core.use import Use
from licscan.render.wording import DISTRIBUTIONS, PURPOSES, ROLES, called
from licscan.words import grouped, say

_OPTIONS = {"as": "--as", "purpose": "--use", "distributes": "--distribute"}


def profile_line(use: Use, lang: str) -> str:
    """The sentence: what was said, what was assumed, and by which options to say otherwise."""
    return say(text("Judged {profile}", profile=", ".join(_parts(use, lang))), lang) + _assumed(use, lang)


def _parts(use: Use, lang: str) -> Iterator[str]:
    if use.role is not None:
        yield called(ROLES, use.role, lang)
    if use.purpose is not None:
        yield say(text("for {purpose} use", purpose=called(PURPOSES, use.purpose, lang)), lang)
    if use.distributes:
        names = ", ".join(called(DISTRIBUTIONS, one, lang) for one in sorted(use.distributes))
        yield say(text("going out: {names}", names=names), lang)
    yield from (say(one, lang) for one in _figures(use))


def _figures(use: Use) -> Iterator[Text]:
    if use.territories:
        yield text("in {places}", places=", ".join(sorted(use.territories)))
    if use.home:
        yield text("from {home}", home=use.home)
    if use.monthly_users is not None:
        yield text("{n} users a month", n=grouped(use.monthly_users))
    if use.annual_revenue is not None:
        yield text("{n} USD a year", n=grouped(use.annual_revenue))
    if use.field:
        yield text("field: {field}", field=harmless(use.field))
    if use.at:
        yield text("as of {day}", day=use.at)


def _assumed(use: Use, lang: str) -> str:
    options = ", ".join(_OPTIONS[name] for name in use.assumed if name in _OPTIONS)
    return say(text(" (assumed; change it with {options})", options=options), lang) if options else ""

"""Limits held against the use profile: whether a figure is crossed."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from licscan.core.license import Provision
from licscan.core.limit import Limit
from licscan.core.use import Use
from licscan.knowledge import load
from licscan.knowledge.vocabulary import LimitWords

_ABOUT = 0.15
"""How far a sum in another currency may be off: between, nothing is said."""
_NEAR = 2
"""A figure within half of a limit is near it."""


class Measured(StrEnum):
    """Where a figure stands to a limit."""

    OVER = "over"
    UNDER = "under"
    UNSURE = "unsure"
    """The figure was not given, or counts something else than the limit does."""
    SPARED = "spared"
    """The limit does not look at the stated use at all."""


def measured(limit: Limit, use: Use) -> Measured:
    """Where the stated use stands to a limit; without a figure nobody knows."""
    if _is_spared(limit, use):
        return Measured.SPARED
    given = figure_of(limit, use)
    if given is None:
        return Measured.UNSURE
    words = _words()
    low, high = _bounds(limit)
    measures = words.metric[limit.metric].measures
    per_year = words.window[limit.window].per_year
    if limit.currency and per_year > 1:
        # A year's revenue over twelve times the month's limit crosses it in some month; one below it never does.
        high *= per_year
    over = given >= high if limit.inclusive else given > high
    under = given < low or (given == low and not limit.inclusive)
    if over and measures != "less" and not is_business_open(limit, use):
        return Measured.OVER
    if under and measures != "more":
        return Measured.UNDER
    return Measured.UNSURE


def is_business_open(limit: Limit, use: Use) -> bool:
    """The limit is for one kind of business alone, and the profile does not tell whether it is the user's."""
    if limit.only_for is None:
        return False
    needed = _words().distributes[limit.only_for]
    return not needed or not use.distributes


def _is_spared(limit: Limit, use: Use) -> bool:
    """The stated ways of distribution are none of those that the limit is about."""
    words, ways = _words(), {one.value for one in use.distributes}
    needed = words.distributes.get(limit.only_for or "", frozenset())
    spares = words.spares.get(limit.unless or "", frozenset())
    return bool(ways) and (bool(needed and not needed & ways) or bool(spares and ways <= spares))


def _bounds(limit: Limit) -> tuple[float, float]:
    if not limit.currency or limit.currency == "USD":
        return limit.over, limit.over
    if limit.usd is None:
        return 0.0, float("inf")
    return limit.usd * (1 - _ABOUT), limit.usd * (1 + _ABOUT)


def figure_of(limit: Limit, use: Use) -> int | None:
    """The figure of the use profile that the limit is held against; None where it was not given or none exists."""
    known = {"monthly-users": use.monthly_users, "annual-revenue": use.annual_revenue}
    return known.get(name_of(limit))


def name_of(limit: Limit) -> str:
    """What the use profile calls the figure."""
    return _words().metric[limit.metric].figure


def is_near(limit: Limit, use: Use) -> bool:
    """The figure given is within half of the limit, or beyond it."""
    given = figure_of(limit, use)
    low, _ = _bounds(limit)
    return given is not None and given * _NEAR >= low


def is_once(limit: Limit) -> bool:
    """The limit looks at one fixed time in the past, and never again."""
    return _words().window[limit.window].once


def is_duty(limit: Limit) -> bool:
    """Beyond the limit something is to be done; the grant stays."""
    return _words().then[limit.then].is_duty


def applies(provision: Provision, use: Use) -> bool | None:
    """Whether a duty that begins at its limits holds: None where a figure is missing; without limits it does."""
    if not provision.limits:
        return True
    found = {measured(one, use) for one in provision.limits}
    if Measured.OVER in found:
        return True
    return None if Measured.UNSURE in found else False


@cache
def _words() -> LimitWords:
    return load().terms.limits

"""Limits of licences in words: how much of what, whose, over which time, and what holds beyond."""

from __future__ import annotations

from licscan.core.license import Provision
from licscan.core.limit import Limit
from licscan.core.text import Text, joined, text
from licscan.knowledge.load import load
from licscan.knowledge.vocabulary import Sentence


def limit_words(limit: Limit) -> Text:
    """A limit in words: how much of what, whose, over which time, and for whom alone."""
    words = load().terms.limits
    metric = words.metric[limit.metric]
    parts = [_filled(metric.reached if limit.inclusive else metric.sentence, _amount(limit))]
    parts += [_plain(words.whose[limit.whose]), _plain(words.window[limit.window].sentence)]
    if limit.only_for:
        parts.append(_plain(words.only_for[limit.only_for]))
    if limit.unless:
        parts.append(_plain(words.unless[limit.unless]))
    whole = parts[0]
    for part in parts[1:]:
        whole = text("{first}, {then}", first=whole, then=part)
    return whole


def limit_sentence(limit: Limit) -> Text:
    """A limit with what holds beyond it."""
    return text("{what}: {then}", what=limit_words(limit), then=consequence(limit))


def all_limits(provision: Provision) -> Text:
    """All limits of a provision in words; one of them crossed is enough."""
    return joined([limit_words(one) for one in provision.limits])


def consequence(limit: Limit) -> Text:
    """What holds beyond the limit, in words."""
    return _plain(load().terms.limits.then[limit.then].sentence)


def _amount(limit: Limit) -> str:
    figure = f"{limit.over:,.0f}"
    return f"{limit.currency} {figure}" if limit.currency else figure


def _filled(sentence: Sentence, amount: str) -> Text:
    return Text(sentence.en, (("amount", amount),))


def _plain(sentence: Sentence) -> Text:
    return Text(sentence.en)

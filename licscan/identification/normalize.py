"""A licence text as words: marks of HTML and markdown, quotes, list numbers and copyright lines do not count.

Nothing here moves a character: what is dropped becomes blanks, so that every word still knows where it stood.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

BREAK = "\x1e"
"""Stands where something was dropped over which no phrase may reach."""

_SCRIPT = re.compile(r"<(script|style|head|svg)\b.{0,200000}?</\1\s*>|<!--.{0,20000}?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?(?!https?:|mailto:|www\.)[a-zA-Z!][^<>]{0,800}>")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[a-zA-Z]{2,10});")
_LINK = re.compile(r"\]\((?:https?:|mailto:|#|/|\.)[^()\s]{0,500}\)")
_COPYRIGHT = re.compile(
    r"^[\s#*/>;\"'\-|%]{0,20}(?:copyright\s{0,3}(?:notice)?:?\s{0,3}(?:\(c\)|©|[12]\d{3}|<|\[|\{|yyyy)|"
    r"\(c\)\s{0,3}(?:copyright|©|[12]\d{3}|<|\[)|©)[^\n]{0,240}$",
    re.IGNORECASE | re.MULTILINE,
)
_RIGHTS = re.compile(r"^[\s#*/>;\"'\-|%]{0,20}all rights reserved\.?\s{0,20}$", re.IGNORECASE | re.MULTILINE)
NARROW = re.compile(
    r"\bnon-?commercial\w*|\b(?:research|academic|evaluation|educational|personal|internal|study)[\w ,/-]{0,30}\bonly\b"
    r"|\bonly for\b|\bno (?:commercial|derivative)|\bmodified (?:version|licen[cs]e)|"
    r"\b(?:additional|further|special|supplement\w{0,4}) (?:terms|conditions?|restrictions?|clauses?)\b",
    re.IGNORECASE,
)
"""Words that narrow a licence wherever they stand, even in its title."""
_LETTER_MARK = re.compile(r"\((?:[a-zA-Z]|[ivxIVX]{1,5}|\d{1,2})\)")
_NUMBER = r"(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-zA-Z]|[ivxIVX]{1,5})"
_LIST_MARK = re.compile(
    rf"(?P<before>[.;:!?,。；：]|\b[A-Z]\w{{0,30}}|\A|{BREAK}(?!{BREAK}))(?P<gap>[\"”'*#>\-•\s\\_]{{0,160}}+)(?<![\w.])(?P<mark>{_NUMBER}[.)])(?=[\s*_\\])"
    rf"|(?P<before2>[.;!?。；]|\A|{BREAK}(?!{BREAK}))(?P<gap2>[\"”'*#>\-•\s\\_]{{0,160}}+)(?<![\w.])(?P<mark2>\d{{1,2}}(?:\.\d{{1,2}}){{1,3}})(?=[*_\\]{{0,6}}\s+[\"“'*_]{{0,4}}[A-Z])"
)
_REFERENCES = frozenset(
    [
        "version",
        "section",
        "sections",
        "article",
        "articles",
        "clause",
        "clauses",
        "paragraph",
        "paragraphs",
        "part",
        "chapter",
        "exhibit",
        "schedule",
        "attachment",
        "annex",
        "appendix",
        "v",
        "item",
        "step",
        "level",
        "class",
    ]
)
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|\d+(?:[.,]\d+)*|[^\W\d_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+|\x1e"
)
HOLDER = "<holder>"
"""Stands for the name in a place that standard licences leave open for it: no change if it is another."""
_SLOTS = (
    (("neither", "the", "name", "of"), ("nor",)),
    (("neither", "the", "names", "of"), ("nor",)),
    (("software", "is", "provided", "by"), ("as", "is")),
    (("in", "no", "event", "shall"), ("be", "liable")),
    (("event", "will"), ("be", "liable")),
)
_LONGEST_NAME = 24
_LONGEST_HEADING = 8
_FORCE = frozenset(
    [
        "may",
        "must",
        "shall",
        "should",
        "will",
        "would",
        "can",
        "cannot",
        "not",
        "no",
        "never",
        "only",
        "unless",
        "except",
        "if",
        "without",
        "provided",
        "however",
        "agree",
        "prohibited",
        "prohibit",
        "permitted",
        "permission",
        "allowed",
        "forbidden",
        "restricted",
        "commercial",
        "noncommercial",
        "commercially",
        "use",
        "used",
        "using",
        "users",
        "pay",
        "fee",
        "royalty",
        "grant",
        "granted",
        "terminate",
        "license",
        "licensed",
        "liable",
        "redistribution",
        "redistribute",
        "copied",
        "modify",
        "modified",
        "distributed",
        "distribution",
        "copy",
        "copies",
        "freely",
    ]
)
"""Words without which a sentence cannot bind anybody."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text with the places where they stood."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    breaks: frozenset[int]
    """Numbers of the words before which something was dropped."""
    plain: str
    """The text with blanks for everything that was dropped; as long as the text itself."""


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _blank_break(match: re.Match[str]) -> str:
    return BREAK + " " * (len(match[0]) - 1)


def _blank_holder(match: re.Match[str]) -> str:
    """A copyright line names a holder; one that says more than that is no mere copyright line."""
    words = re.findall(r"[^\W\d_]+", match[0].lower())
    if len(words) > _LONGEST_NAME or has_force(words) or NARROW.search(match[0]) or _is_inside(match):
        return match[0]
    return _blank_break(match)


def _is_inside(match: re.Match[str]) -> bool:
    """In the middle of a sentence that was broken before the word "copyright"."""
    before = match.string[max(0, match.start() - 400) : match.start()]
    line = before.removesuffix("\n").rpartition("\n")[2]
    return len(line.split()) > _LONGEST_HEADING and "opyright" not in line


def _entity(match: re.Match[str]) -> str:
    sign = html.unescape(match[0])
    return (sign if len(sign) == 1 else " ").ljust(len(match[0]))


def _unmark(match: re.Match[str]) -> str:
    before = match["before"] if match["before"] is not None else match["before2"]
    if before.lower() in _REFERENCES:
        return match[0]
    mark = match["mark"] or match["mark2"]
    return match[0][: len(match[0]) - len(mark)] + " " * len(mark)


def plain_text(text: str) -> str:
    """Blank out HTML tags, entities, markdown links, list numbers and copyright lines; the length stays.

    Headings, emphasis and bullets of markdown need no care: they are no words.
    """
    if "<" in text:
        text = _TAG.sub(_blank, _SCRIPT.sub(_blank, text))
    if "&" in text:
        # A page that shows the source of another page has its tags in entities.
        text = _TAG.sub(_blank, _ENTITY.sub(_entity, text))
    if "](" in text:
        text = _LINK.sub(_blank, text)
    text = text.replace(BREAK, " ")
    text = _RIGHTS.sub(_blank_break, _COPYRIGHT.sub(_blank_holder, text))
    return _LIST_MARK.sub(_unmark, _LETTER_MARK.sub(_blank, text))


def _small(text: str) -> str:
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(one.lower() if len(one.lower()) == 1 else one for one in text)


def words_of(text: str, *, slots: bool = True) -> Words:
    """Read a text as words; with `slots` the holder's name is masked where standard licences leave it open."""
    plain = plain_text(text)
    small = _small(plain)
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    breaks: set[int] = set()
    for match in _WORD.finditer(small):
        word = match[0]
        if word == BREAK:
            breaks.add(len(words))
            continue
        words.append(word if word.isascii() else unicodedata.normalize("NFKC", word).lower())
        starts.append(match.start())
        ends.append(match.end())
    if slots:
        _mask(words, starts, ends, breaks)
    return Words(tuple(words), tuple(starts), tuple(ends), frozenset(breaks), plain)


def has_force(words: Iterable[str]) -> bool:
    """Whether these words could bind anybody: a menu or a name cannot."""
    return not _FORCE.isdisjoint(words)


def _mask(words: list[str], starts: list[int], ends: list[int], breaks: set[int]) -> None:
    """Put one mark for the holder's name into every slot, from the end so that earlier places stay right."""
    found: list[tuple[int, int]] = []
    for opening, closing in _SLOTS:
        first = opening[0]
        at = -1
        while True:
            try:
                at = words.index(first, at + 1)
            except ValueError:
                break
            begin = at + len(opening)
            if tuple(words[at:begin]) == opening and (end := _slot_end(words, begin, closing)):
                found.append((begin, end))
    for begin, end in sorted(found, reverse=True):
        words[begin:end] = [HOLDER]
        starts[begin:end] = [starts[begin]]
        ends[begin:end] = [ends[end - 1]]
        moved = {one if one <= begin else max(begin, one - (end - begin - 1)) for one in breaks}
        breaks.clear()
        breaks.update(moved)


def _slot_end(words: list[str], begin: int, closing: tuple[str, ...]) -> int | None:
    for end in range(begin + 1, min(begin + _LONGEST_NAME, len(words) - len(closing)) + 1):
        if tuple(words[end : end + len(closing)]) == closing:
            return None if has_force(words[begin:end]) else end
    return None

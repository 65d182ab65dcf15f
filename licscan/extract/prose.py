"""The body of a card: sentences that name what the model was made from. Prose is likely or possible, never certain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from licscan.core.artifact import Claim, ClaimKind, Fact, FactKind
from licscan.core.evidence import Confidence
from licscan.core.ids import RepoKind
from licscan.core.lineage import Relation
from licscan.extract import mergekit
from licscan.extract import tool_configs as traces
from licscan.extract.extraction import At, Said, shorten
from licscan.extract.mention import Mention
from licscan.extract.naming import NameInText, names_in
from licscan.extract.phrases import Phrase, phrases
from licscan.formats.frontmatter import load_all
from licscan.formats.malformed import Malformed

_WORDS = re.compile(r"[A-Za-z][\w.]*(?:[ \-][A-Za-z0-9][\w.]*){0,6}")
_TOKEN = re.compile(r"(?<![\w./@:\-])[A-Za-z][\w.\-]*|(?<![\w./@:\-])\d[\w.]*")
_VERSION = re.compile(r"\d|-")
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w.+-]*)[^\n]*$", re.MULTILINE)
_HTML = re.compile(r"<(?:br|/?p|/?li|/?td|/?tr|/?div|/?b|/?strong|/?i|/?em)(?:\s[^<>]*+|/)?>", re.IGNORECASE)
_TAG = re.compile(r"<a\s([^<>]*+)>([^<]*+)</a>", re.IGNORECASE)
_TARGET = re.compile(r"href\s*+=\s*+[\"']([^\"']++)[\"']", re.IGNORECASE)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*)$|^\s*+\*\*([^*\n]{3,60})\*\*\s*+(?::\s*+)?$")
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_LIST_INTRO = re.compile(
    r"models? merged|following models? (?:were|are|was)|merge of the following|merged models"
    r"|base models?\s*+(?::\s*+)?$|source models|ingredients|models? used",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?。])\s++(?=[A-Z가-힣*_\[(])|(?<=다\.)\s++")
_JOINED = re.compile(r"[\s`*_)\]]*(?:,|and|&|\+|과|와|및|,\s*and)[\s`*_(\[]*")
_QUALIFIED = re.compile(r"\s*\((?:(?:itself|which is|a) )?[a-z \-]{2,40}(?:on|of|from)\s*[\[`]*", re.IGNORECASE)
"""`X (based on Y)`: the bracket speaks of X."""
_TOOL = re.compile(r"\b(?:with|using|via|by|in)\W*\Z", re.IGNORECASE)
_LISTED = Phrase(Relation.MERGE, None, Confidence.LIKELY, "", "")
"""An entry in a list of merged models."""
_LONGEST = 300_000
_MOST_LINES = 6000
_MOST_CODE = 100_000
"""Characters of code blocks that are looked at for recipes."""
_MOST_WORDS = 60
_MOST_MENTIONS = 120
_REACH = 90
"""Characters before or after a name in which the words that tie it to the model stand."""
_DATA_REACH = 400
_MOST_NAMES = 400
"""Names of one text that are looked at: a text with more is a list."""


def read(body: str, at: At, first_line: int = 1) -> Said:
    """What the text below the metadata says of parents, data, origin and licence."""
    text = body[:_LONGEST]
    recipes, prose = _without_code(text, at, first_line)
    mentions: list[Mention] = list(recipes)
    claims: list[Claim] = []
    facts: list[Fact] = []
    listing = False
    previous = ""
    for index, line in enumerate(prose.splitlines()[:_MOST_LINES], first_line):
        if len(line) > 20_000 or not line.strip():
            continue
        heading = _HEADING.match(line)
        bullet = _BULLET.match(line)
        if heading or (not bullet and line.strip()):
            listing = bool(_LIST_INTRO.search(line))
        for sentence in _SENTENCE.split(_plain(line)):
            mentions += _mentions(sentence, at, index, listed=listing and bool(bullet), before=previous)
            claims += _claims(sentence, at, index) if len(claims) < 12 else []
            facts += _origin(sentence, at, index) if len(facts) < 6 else []
        previous = line.strip() if heading or line.rstrip().endswith(":") else ""
    return Said(_once(mentions), tuple(claims), tuple(facts))


def _plain(line: str) -> str:
    """The line with HTML links as Markdown links and tags as blanks."""
    return _HTML.sub(" ", _TAG.sub(_as_link, line)).replace("**", "")


def _as_link(tag: re.Match[str]) -> str:
    target = _TARGET.search(tag[1])
    return f"[{tag[2]}]({target[1]})" if target else tag[2]


def _mentions(sentence: str, at: At, line: int, *, listed: bool, before: str) -> Iterator[Mention]:
    last: tuple[int, Phrase] | None = None
    said = False
    for name in names_in(sentence):
        if name.kind is RepoKind.DATASET:
            yield from _data(sentence, name, at, line, before)
            continue
        near = last if last is not None and name.start - last[0] <= _REACH else None
        if near is not None and _QUALIFIED.fullmatch(sentence, near[0], name.start):
            continue
        found = _phrase(sentence, name)
        if found is None and near is not None and _is_joined(sentence[near[0] : name.start], near[1]):
            found = near[1]
        if found is None and listed:
            found = _LISTED
        if found is None:
            continue
        last, said = (name.end, found), True
        yield Mention(
            name.value,
            at.saw("", sentence.strip(), line),
            "prose",
            relation=found.relation,
            component=found.component,
            confidence=found.confidence,
        )
    if not said:
        yield from _words(sentence, at, line)


def _is_joined(between: str, phrase: Phrase) -> bool:
    """Whether two names belong to one phrase: `X and Y`, and of a merge also `X with Y`."""
    return bool(_JOINED.fullmatch(between)) or (
        phrase.relation is Relation.MERGE and between.strip(" `*_").lower() in ("with", "into", "onto")
    )


def _phrase(sentence: str, name: NameInText) -> Phrase | None:
    """The phrase that ties the name to the model: right before it, or (as Korean has it) right after it."""
    lead = sentence[max(0, name.start - _REACH) : name.start]
    if not phrases().negative.search(lead) and not (name.bare and _TOOL.search(lead)):
        for phrase in phrases().before:
            if phrase.pattern.search(lead):
                return phrase
    rest = sentence[name.end : name.end + _REACH]
    return next((phrase for phrase in phrases().after if phrase.pattern.match(rest)), None)


def _words(sentence: str, at: At, line: int) -> Iterator[Mention]:
    """Releases named in words (`based on Falcon-7B`): for the joining to recognise or to drop."""
    tokens = [*_TOKEN.finditer(sentence)][:_MOST_WORDS]
    if not any(_VERSION.search(token[0]) for token in tokens):
        return
    tried = [phrase for phrase in phrases().before if phrase.anywhere.search(sentence)]
    for place, token in enumerate(tokens):
        if not any(_VERSION.search(near[0]) for near in tokens[place : place + 2]):
            continue
        lead = sentence[max(0, token.start() - _REACH) : token.start()]
        found = next((phrase for phrase in tried if phrase.pattern.search(lead)), None)
        name = _WORDS.match(sentence[token.start() :])
        if found is None or name is None or phrases().negative.search(lead):
            continue
        yield Mention(
            name[0].strip(" .,"),
            at.saw("", sentence.strip(), line),
            "prose-words",
            relation=found.relation,
            component=found.component,
            confidence=Confidence.POSSIBLE,
        )


def _data(sentence: str, name: NameInText, at: At, line: int, before: str) -> Iterator[Mention]:
    lead = sentence[max(0, name.start - _DATA_REACH) : name.start]
    if phrases().data.search(lead) or re.search(r"data|train|학습|데이터", before, re.IGNORECASE):
        yield Mention(
            name.value,
            at.saw("", sentence.strip(), line),
            "prose",
            kind=RepoKind.DATASET,
            relation=Relation.TRAINED_ON,
            confidence=Confidence.POSSIBLE,
        )


def _claims(sentence: str, at: At, line: int) -> list[Claim]:
    flat = sentence.strip(" #*>-|_")
    if not 6 < len(flat) < 600 or not phrases().license.search(flat) or "\0" in flat:
        return []
    return [Claim(ClaimKind.PROSE, flat, at.saw("", flat, line))]


def _origin(sentence: str, at: At, line: int) -> list[Fact]:
    found = phrases().origin.search(sentence)
    if not found or phrases().origin_against.search(sentence):
        return []
    return [Fact(FactKind.ORIGIN_CLAIM, shorten(sentence.strip(" #*>-|_"), 200), at.saw("", sentence.strip(), line))]


def _without_code(text: str, at: At, first_line: int) -> tuple[list[Mention], str]:
    """Merge recipes and training arguments from the code blocks, and the text with the blocks blanked out."""
    fences = [*_FENCE.finditer(text)]
    mentions: list[Mention] = []
    kept: list[str] = []
    last = index = 0
    line, left = first_line, _MOST_CODE
    while index < len(fences):
        opening = fences[index]
        close = next(
            (
                at_
                for at_ in range(index + 1, len(fences))
                if fences[at_][1].startswith(opening[1]) and not fences[at_][2]
            ),
            None,
        )
        end = fences[close].end() if close is not None else len(text)
        inner = text[opening.end() : fences[close].start() if close is not None else len(text)]
        line += text.count("\n", last, opening.start())
        if left > 0:
            mentions += _recipe(inner, at, line)
            left -= len(inner)
        blank = text.count("\n", opening.start(), end)
        kept += [text[last : opening.start()], "\n" * blank]
        line += blank
        last = end
        index = close + 1 if close is not None else len(fences)
    return mentions, "".join([*kept, text[last:]])


def _recipe(code: str, at: At, line: int) -> list[Mention]:
    if not re.search(r"merge_method|base_model|gate_mode|model_name_or_path", code) or len(code) > 60_000:
        return []
    try:
        documents = load_all(code, plain=True)
    except Malformed:
        return []
    values: list[Any] = [one for value in documents for one in (value if isinstance(value, list) else [value])]
    recipes = [one for one in values if mergekit.is_recipe(one)]
    found = [*mergekit.read_values(recipes, at, {}, Confidence.LIKELY).mentions]
    for one in values:
        if one in recipes:
            continue
        if isinstance(one, Mapping) and traces.is_training(one):
            found += traces.training(one, at, {}, Confidence.LIKELY)
    return [_moved(mention, at, line) for mention in found]


def _moved(mention: Mention, at: At, line: int) -> Mention:
    return Mention(
        mention.value,
        at.saw("", f"{mention.evidence.place.partition('#')[2]}: {mention.value}", line),
        "recipe",
        kind=mention.kind,
        relation=mention.relation,
        component=mention.component,
        confidence=mention.confidence,
    )


def _once(mentions: list[Mention]) -> tuple[Mention, ...]:
    found: dict[tuple[str, RepoKind, Relation | None, str | None], Mention] = {}
    for mention in mentions:
        found.setdefault((mention.value, mention.kind, mention.relation, mention.component), mention)
    return tuple(found.values())[:_MOST_MENTIONS]

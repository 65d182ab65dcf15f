"""The body of a card: sentences that name what the model was made from. Prose is likely or possible, never certain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from licscan.core.artifact import Fact, FactKind
from licscan.core.bounds import CARD_CHARACTERS, CARD_LINES, CARD_NAMES, CARD_WORDS, Bound
from licscan.core.evidence import Confidence, Evidence
from licscan.core.ids import RepoKind
from licscan.core.lineage import Relation
from licscan.extract import mergekit
from licscan.extract import tool_configs as traces
from licscan.extract.card_lines import pieces, without_pictures
from licscan.extract.extraction import At, LeftOut, Said, shorten
from licscan.extract.keys import keys
from licscan.extract.mention import Mention
from licscan.extract.naming import NameInText, names_in
from licscan.extract.phrases import Phrase, phrases
from licscan.formats.frontmatter import load_all
from licscan.formats.malformed import Malformed

_WORDS = re.compile(r"[A-Za-z][\w.]*(?:[ \-][A-Za-z0-9][\w.]*){0,6}", re.ASCII)
_TOKEN = re.compile(r"(?<![\w./@:\-])[A-Za-z][\w.\-]*|(?<![\w./@:\-])\d[\w.]*", re.ASCII)
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
_SENTENCE = re.compile(r"(?<=[.!?。])(?<![\s(][A-Z]\.)\s++(?=[A-Z가-힣*_\[(])|(?<=다\.)\s++")
_APART = re.compile(r"\s*(?:[-*+•|>#<]|\d+[.)]\s|={3}|-{3}|\[\^)")
"""How a line begins that carries on nothing."""
_APART_ALL = re.compile(r"\s*[|#<]")
"""How a line begins that nothing carries on."""
_LABELLED = re.compile(r"\s*[*_`]*[A-Z][\w ./()\-]{0,40}[*_`]*\s?:")
_SUBJECT = re.compile(
    r"(?P<name>[A-Za-z][\w.\-/]{2,100})[`*_\])]*(?:\([^()\s]{0,200}\))?[`*_\s]*"
    r"(?:(?:is|was|are|were|has been|have been)(?: the)?\s|,\s(?=an? )|(?P<clause>,\s(?:which|that) (?:is|was|were) ))?"
    r"(?:(?:a|an|our|also|then|further|\w{1,20}ly)\s){0,3}[\s`*_\[(]*\Z"
)
_ENTRY = re.compile(
    r"[\s|*+•>\-]*(?:\d+[.)]\s*)?[`*_\[]*(?P<name>[A-Za-z][\w.\-/]{2,100})[`*_\])]*(?:\([^()\s]{0,200}\))?"
    r"\s*(?:\||:|–|—|\s-\s|->|→)"
)
_CLAUSE = "?"
"""The owner of a name of which a clause (`X, which was ...`) speaks: whoever it is, it is not the model of the card."""
_STEP = re.compile(
    r"(?:stage|phase|step|part|version|release|update|table|figure|section|round|v)[\W_]?\d", re.IGNORECASE
)
"""A heading that is numbered, and names no model."""
_NAMED = re.compile(r"\d.*[A-Za-z\-]|[A-Za-z\-].*\d|-")
"""A name of a model has a digit or a hyphen."""
_OF_ONE = frozenset(
    {
        Relation.FINETUNE,
        Relation.CONTINUE_TRAIN,
        Relation.QUANTIZED,
        Relation.CONVERTED,
        Relation.ADAPTER,
        Relation.UNSTATED,
    }
)
"""Relations to what one model has one of."""
_MANY = 4
"""So many bases in so many lines belong to many models."""
_JOINED = re.compile(r"[\s`*_)\]]*(?:,|and|&|\+|과|와|및|,\s*and)[\s`*_(\[]*")
_QUALIFIED = re.compile(r"\s*\((?:(?:itself|which is|a) )?[a-z \-]{2,40}(?:on|of|from)\s*[\[`]*", re.IGNORECASE)
"""`X (based on Y)`: the bracket speaks of X."""
_TOOL = re.compile(r"\b(?:with|using|via|by|in)\W*\Z", re.IGNORECASE)
_LISTED = Phrase(Relation.MERGE, None, Confidence.LIKELY, "", "")
"""An entry in a list of merged models."""
_MOST_CODE = 100_000
"""Characters of code blocks that are looked at for recipes."""
_MOST_WORDS = 60
_LONGEST_PASSAGE = 4000
_WRAPPED = 50
"""A line that is longer may have been broken before a capital letter."""
_FAR = 160
"""Characters before a phrase in which what it speaks of stands."""
_REACH = 90
"""Characters before or after a name in which the words that tie it to the model stand."""
_DATA_REACH = 400
_MOST_ORIGINS = 6
"""Sentences that claim an own origin: one more says nothing new."""


class _Budget:
    """How much of one text is looked at closely; the limits that were reached are kept."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()

    def allows(self, bound: Bound) -> bool:
        """Whether one more may be looked at."""
        self._used[bound.name] += 1
        return self._used[bound.name] <= bound.value

    @property
    def reached(self) -> tuple[Bound, ...]:
        """The limits at which something was left out."""
        return tuple(bound for bound in (CARD_NAMES, CARD_WORDS) if self._used[bound.name] > bound.value)


@dataclass(frozen=True, slots=True)
class _Statement:
    """What one sentence says of one name, and of which model it says so."""

    mention: Mention
    subject: str = ""
    """The name of the model that the sentence speaks of, where it has one, behind its owner if that is told."""


@dataclass(frozen=True, slots=True)
class _Passage:
    """Lines that are one running text, without their marks."""

    text: str
    lines: tuple[tuple[int, int], ...]
    """Where each line begins in the text, and its number."""
    listed: bool
    """An entry of a list."""
    first: str
    """The first line as it stood."""

    def line_at(self, place: int) -> int:
        """The number of the line in which a place of the text lies."""
        return next(number for start, number in reversed(self.lines) if start <= place)


def read(body: str, at: At, first_line: int = 1) -> Said:
    """What the text below the metadata says of parents, data and origin."""
    body = without_pictures(body)
    text = body[: CARD_CHARACTERS.value]
    recipes, prose = _without_code(text, at, first_line)
    told: list[_Statement] = []
    facts: list[Fact] = []
    listing, previous, section = False, "", ""
    budget = _Budget()
    lines = prose.splitlines()
    for passage in _passages(lines[: CARD_LINES.value], first_line):
        if not passage.listed:
            listing = bool(_LIST_INTRO.search(passage.text))
        heading = _HEADING.match(passage.first)
        section = _titled(heading[1] or heading[2] or "", at.repo) if heading else section
        for sentence, place in _sentences(passage):
            found = _statements(sentence, at, place, budget, listed=listing and passage.listed, before=previous)
            told += [replace(one, subject=one.subject or section) for one in found]
            line = place.line_at(0)
            facts += _origin(sentence, at, line) if len(facts) < _MOST_ORIGINS else []
        previous = passage.text.strip() if heading or passage.text.rstrip().endswith(":") else ""
    mentions = [*recipes, *(one.mention for one in _of_this_model(told, at.repo))]
    left = (*_left(body, lines), *((bound, ()) for bound in budget.reached))
    return Said(_once(mentions), (), tuple(facts), left=left)


def _left(body: str, lines: Sequence[str]) -> Iterator[LeftOut]:
    """The limits that a text reaches, with the beginning of what lies beyond."""
    if len(body) > CARD_CHARACTERS.value:
        yield CARD_CHARACTERS, (shorten(body[CARD_CHARACTERS.value :][:200], 60),)
    if further := [line for line in lines[CARD_LINES.value :] if line.strip()]:
        yield CARD_LINES, (shorten(further[0][:200], 60),)


def _passages(lines: Sequence[str], first: int) -> Iterator[_Passage]:
    """The running texts of a card: a sentence that was broken into lines is one again, entries and cells are apart."""
    text, places, start = "", [(0, first)], ""
    for number, line in pieces(lines, first):
        plain = _plain(line)
        if text and _goes_on(text, start, line) and len(text) + len(plain) < _LONGEST_PASSAGE:
            places.append((len(text) + 1, number))
            text = f"{text} {plain.strip()}"
            continue
        if text.strip():
            yield _Passage(text, tuple(places), bool(_BULLET.match(start)), start)
        text, places, start = plain, [(0, number)], line
    if text.strip():
        yield _Passage(text, tuple(places), bool(_BULLET.match(start)), start)


def _goes_on(text: str, start: str, line: str) -> bool:
    """Whether a line carries on the text before it, and does not begin something of its own."""
    if not line.strip() or not text.strip() or _APART.match(line) or _APART_ALL.match(start) or _HEADING.match(start):
        return False
    if text.rstrip().endswith((".", "!", "?", ":", "。", "|")) or text.endswith(("  ", "\\")):
        return False
    begins = line.lstrip()[0]
    return begins.islower() or begins in "[(`\"'" or (len(text) > _WRAPPED and not _LABELLED.match(line))


def _sentences(passage: _Passage) -> Iterator[tuple[str, _Passage]]:
    """The sentences of a passage, each with the passage's lines counted from its beginning."""
    start = 0
    for mark in (*_SENTENCE.finditer(passage.text), None):
        end = mark.start() if mark else len(passage.text)
        lines = tuple((place - start, number) for place, number in passage.lines)
        yield passage.text[start:end], replace(passage, lines=lines)
        start = mark.end() if mark else end


def _of_this_model(told: Sequence[_Statement], repo: str) -> list[_Statement]:
    """Without what is said of other models: of a parent's own parent, of the other models in a text about many."""
    own, owner = _flat(repo), repo.rpartition("/")[0].lower()
    parents = {_flat(one.mention.value) for one in told}
    kept = [one for one in told if not _is_of_another(one.subject, own, owner, parents)]
    subjects = {one.subject for one in kept if one.subject}
    has_own = any(_is_same(subject, own) for subject in subjects)
    if has_own or len(subjects) > 1:
        kept = [one for one in kept if not one.subject or _is_same(one.subject, own)]
    bases = {one.mention.value.lower() for one in kept if not one.subject and one.mention.relation in _OF_ONE}
    lines = {one.mention.evidence.line for one in kept if not one.subject and one.mention.relation in _OF_ONE}
    if min(len(bases), len(lines)) >= _MANY:
        kept = [one for one in kept if one.subject or one.mention.relation not in _OF_ONE]
    return kept


def _is_of_another(subject: str, own: str, owner: str, parents: Collection[str]) -> bool:
    """Whether a sentence speaks of a parent, or of a repository of somebody else."""
    whose, flat = subject.rpartition("/")[0], _flat(subject)
    if not subject or flat == own:
        return False
    if flat in parents or (whose == _CLAUSE and not _is_same(flat, own)):
        return True
    return bool(owner) and whose not in ("", _CLAUSE, owner)


def _flat(name: str) -> str:
    return re.sub(r"[\W_]", "", name.rstrip("/").rsplit("/", 1)[-1].lower())


def _is_same(one: str, other: str) -> bool:
    """Whether two names are one, or one is the other with something added."""
    one, other = _flat(one), _flat(other)
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) > 4 and long.startswith(short))


def _plain(line: str) -> str:
    """The line with HTML links as Markdown links and tags as blanks."""
    return _HTML.sub(" ", _TAG.sub(_as_link, line)).replace("**", "")


def _as_link(tag: re.Match[str]) -> str:
    target = _TARGET.search(tag[1])
    return f"[{tag[2]}]({target[1]})" if target else tag[2]


def _statements(
    sentence: str, at: At, place: _Passage, budget: _Budget, *, listed: bool, before: str
) -> Iterator[_Statement]:
    last: tuple[int, Phrase, str] | None = None
    said = False
    tried: Sequence[Phrase] | None = None
    names = [*names_in(sentence)]
    data = _data_among(sentence, names)
    for name in names:
        if not budget.allows(CARD_NAMES):
            return
        tried = phrases().before_in(sentence) if tried is None else tried
        line = place.line_at(name.start)
        if name in data:
            yield from _data(sentence, name, at, line, before)
            said = True
            continue
        near = last if last is not None and name.start - last[0] <= _REACH else None
        if near is not None and _QUALIFIED.fullmatch(sentence, near[0], name.start):
            continue
        found, begins, subject = _tie(sentence, name, tried, near)
        found = found or (_LISTED if listed else None)
        if found is None:
            continue
        said = True
        if _is_about_other(sentence, begins, name):
            continue
        last = (name.end, found, subject)
        evidence = at.saw("", sentence.strip(), line)
        mention = Mention(name.value, evidence, "prose", relation=found.relation, component=found.component)
        yield _Statement(replace(mention, confidence=found.confidence), subject)
    if not said:
        yield from _words(sentence, at, place.line_at(0), budget)


def _data_among(sentence: str, names: Sequence[NameInText]) -> frozenset[NameInText]:
    """The names of data sets: by their address, by the words behind them, or joined to such a one."""
    found: set[NameInText] = set()
    behind: NameInText | None = None
    for name in reversed(names):
        is_joined = behind in found and behind is not None and behind.start - name.end <= _REACH
        if (
            name.kind is RepoKind.DATASET
            or _is_data(sentence, name)
            or (is_joined and behind is not None and _JOINED.fullmatch(sentence, name.end, behind.start))
        ):
            found.add(name)
        behind = name
    return frozenset(found)


def _tie(
    sentence: str, name: NameInText, tried: Sequence[Phrase], near: tuple[int, Phrase, str] | None
) -> tuple[Phrase | None, int, str]:
    """The phrase that ties a name to a model, its own or that of the name before it; where it begins; that model."""
    found, begins = _phrase(sentence, name, tried)
    if found is not None:
        return found, begins, _subject(sentence[:begins]) if found.component is None else ""
    if near is not None and _is_joined(sentence[near[0] : name.start], near[1]):
        return near[1], name.start, near[2]
    return None, name.start, ""


def _is_data(sentence: str, name: NameInText) -> bool:
    """Whether a name is that of a data set, by the words behind it."""
    rest = sentence[name.end : name.end + _REACH]
    return bool(phrases().data_object.match(rest)) or bool(name.label and phrases().data_label.search(name.label))


def _is_about_other(sentence: str, begins: int, name: NameInText) -> bool:
    """Whether a card, code, a template or the like was made from another: its text is no lineage."""
    table = phrases()
    rest = sentence[name.end : name.end + _REACH]
    if table.other_object.match(rest) or (name.label and table.other_label.search(name.label)):
        return True
    before = " ".join(sentence[max(0, begins - _FAR) : begins].split())
    return bool(table.denied.search(before)) or bool(
        table.other_subject.search(before) or table.other_sentence.search(before)
    )


def _titled(heading: str, repo: str) -> str:
    """The model that a section is about, where its heading is the name of one and nothing else."""
    name = heading.strip(" `*_#:").strip()
    if not re.fullmatch(r"[A-Za-z][\w.\-/]{3,80}", name) or _STEP.match(name):
        return ""
    begins = (_flat(repo), re.sub(r"[\W_]", "", repo.partition("/")[0].lower()))
    is_name = re.search(r"\d", name) or any(len(one) > 2 and _flat(name).startswith(one) for one in begins)
    return _flat(name) if is_name else ""


def _subject(before: str) -> str:
    """The model that a sentence speaks of, by the words right before its phrase or by the first cell of its row."""
    near = before[-_FAR:]
    found = _SUBJECT.search(near)
    if found is None and len(before) <= _FAR:
        found = _ENTRY.match(before)
    if found is None:
        return ""
    parts = found["name"].rstrip("/.").rsplit("/", 2)
    if len(parts[-1]) < 4 or not _NAMED.search(parts[-1]):
        return ""
    owner = parts[-2].lower() if len(parts) > 1 else _CLAUSE if found.groupdict().get("clause") else ""
    return f"{owner}/{_flat(parts[-1])}" if owner else _flat(parts[-1])


def _is_joined(between: str, phrase: Phrase) -> bool:
    """Whether two names belong to one phrase: `X and Y`, and of a merge also `X with Y`."""
    return bool(_JOINED.fullmatch(between)) or (
        phrase.relation is Relation.MERGE and between.strip(" `*_").lower() in ("with", "into", "onto")
    )


def _phrase(sentence: str, name: NameInText, tried: Sequence[Phrase]) -> tuple[Phrase | None, int]:
    """The phrase that ties the name to the model, right before it or (as in Korean) right after it; its beginning."""
    table = phrases()
    first = max(0, name.start - _REACH)
    lead, rest = sentence[first : name.start], sentence[name.end : name.end + _REACH]
    learnt = table.learnt(sentence[max(0, name.start - _DATA_REACH) : name.start], lead, rest)
    if learnt is not None:
        return learnt, name.start
    if not table.negative.search(lead) and not (name.bare and _TOOL.search(lead)):
        for phrase in tried:
            if (found := phrase.pattern.search(lead)) is not None:
                return phrase, first + found.start()
    return next((phrase for phrase in table.after if phrase.pattern.match(rest)), None), name.start


def _words(sentence: str, at: At, line: int, budget: _Budget) -> Iterator[_Statement]:
    """Releases named in words (`based on Falcon-7B`): for the joining to recognise or to drop."""
    tokens = [*_TOKEN.finditer(sentence)][:_MOST_WORDS]
    if not any(_VERSION.search(token[0]) or _is_hosted(token[0]) for token in tokens):
        return
    tried = phrases().before_in(sentence)
    for place, token in enumerate(tokens):
        near = tokens[place : place + 2]
        if _is_hosted(token[0]) or any(_VERSION.search(one[0]) for one in near):
            if not budget.allows(CARD_WORDS):
                return
            found = _in_words(sentence, [one[0] for one in near], token.start(), tried)
            if found is not None:
                yield _Statement(found(at.saw("", sentence.strip(), line)))


def _in_words(
    sentence: str, near: Sequence[str], start: int, tried: Sequence[Phrase]
) -> Callable[[Evidence], Mention] | None:
    """What ties the words that begin here to the model, as a mention that lacks its evidence."""
    words = _WORDS.match(sentence[start : start + _FAR])
    if words is None:
        return None
    hosted = _hosted_name(near)
    name = hosted or words[0].strip(" .,")
    lead, end = sentence[max(0, start - _REACH) : start], start + len(name)
    rest = sentence[end : end + _REACH]
    found = phrases().learnt(sentence[max(0, start - _DATA_REACH) : start], lead, rest)
    source, sure = "prose-learnt", Confidence.LIKELY
    if found is None and not hosted and not phrases().negative.search(lead):
        found = _tied(sentence, NameInText(start, end, name, RepoKind.MODEL), lead, tried)
        source, sure = "prose-words", Confidence.POSSIBLE
    if found is None:
        return None
    relation, component = found.relation, found.component
    return lambda seen: Mention(name, seen, source, relation=relation, component=component, confidence=sure)


def _tied(sentence: str, name: NameInText, lead: str, tried: Sequence[Phrase]) -> Phrase | None:
    for phrase in tried:
        if (found := phrase.pattern.search(lead)) is not None:
            return None if _is_about_other(sentence, name.start - len(lead) + found.start(), name) else phrase
    return None


def _is_hosted(word: str) -> bool:
    """Whether a word begins like the name of a model that is only used over the network."""
    return re.sub(r"[\W_]", "", word.lower()).startswith(keys().hosted)


def _hosted_name(near: Sequence[str]) -> str:
    """Such a name with its version (`GPT-4o`, `Claude 3.5`); empty for other words."""
    if not _is_hosted(near[0]):
        return ""
    return " ".join(near) if len(near) > 1 and near[1][:1].isdigit() else near[0].strip(".,")


def _data(sentence: str, name: NameInText, at: At, line: int, before: str) -> Iterator[_Statement]:
    lead = sentence[max(0, name.start - _DATA_REACH) : name.start]
    is_bare = name.kind is not RepoKind.DATASET
    if phrases().data.search(lead) or (not is_bare and re.search(r"data|train|학습|데이터", before, re.IGNORECASE)):
        yield _Statement(_dataset(sentence, name, at, line))


def _dataset(sentence: str, name: NameInText, at: At, line: int) -> Mention:
    return Mention(
        name.value,
        at.saw("", sentence.strip(), line),
        "prose",
        kind=RepoKind.DATASET,
        relation=Relation.TRAINED_ON,
        confidence=Confidence.POSSIBLE,
    )


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
    return tuple(found.values())

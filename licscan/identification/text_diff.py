"""Where a text differs from the edition that it is nearest to, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from licscan.core.license import Change, Term
from licscan.identification.edition_match import Cover, Sight
from licscan.identification.normalize import NARROW, has_force
from licscan.identification.sentences import Sentence, sentences_of, shown
from licscan.identification.shingles import WIDTH
from licscan.knowledge.fingerprints import Edition, Fingerprints

_ADDED = 0.6
"""A sentence with this share of unknown words is a new one, not a changed one."""
_COPYRIGHT = frozenset({"copyright", "c", "copyrights", "©"})
_LONGEST_HOLDER = 24
_LONGEST_ADDRESS = 8
_MARK = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-z]|[ivx]{1,5})")
_LEGAL = re.compile(
    r"\b(?:licen[cs]\w*|permission|permitted|commercial\w*|non-?commercial\w*|terms|agreement|prohibit\w*|restrict\w*|"
    r"royalt\w*|territor\w*|governing law|jurisdiction|warrant\w*|liab\w*)\b",
    re.IGNORECASE,
)
_BINDING = re.compile(
    r"\b(?:may not|must|shall|only|not (?:be )?(?:permitted|allowed|use\w*)|prohibited|forbidden|unless|except|"
    r"provided that|subject to|no\b[^.]{0,40}\b(?:use|right)|agree|requires?|restricted|terminat\w*|revo[ck]\w*)\b",
    re.IGNORECASE,
)
_MUST = r"(?:may not|may only|must|shall|cannot|can not|(?:are|is) not (?:to be|allowed|permitted))"
_THINGS = r"(?:software|models?|weights|works?|materials?|outputs?|derivatives?)"
_BOUND = re.compile(
    rf"\b(?:you|licensees?|users?|recipients?|anyone|nobody|no one)\b[^.;]{{0,60}}\b{_MUST}\b[^.;]{{0,80}}"
    rf"\b(?:us(?:e|es|ed|ing)|{_THINGS}|products?|services?|show\w*|display\w*|distribut\w*|deploy\w*|name|train\w*)\b|"
    rf"\b{_THINGS}\b[^.;]{{0,40}}\b{_MUST}\b|\b{_MUST}\b[^.;]{{0,40}}\b{_THINGS}\b",
    re.IGNORECASE,
)
"""Somebody is told what to do or to leave with the thing that is licensed."""
_CUTS = re.compile(
    r"\bdo not (?:use|deploy|distribute|train|share)\b|\b(?:has|have) no rights?\b|\b(?:not|never|except) for \w+|"
    r"\bfor (?:research|academic|evaluation|educational|personal|internal|private)\b[\w ,/-]{0,20}"
    r"\b(?:use|purposes?)\b|"
    r"\b(?:is|are|be) excluded\b|\bexcluded from\b|\bdoes not (?:apply|extend|cover)\b|"
    r"\b(?:licen[cs]e|rights?|grant) (?:ends?|expires?|lapses?|(?:is|are) (?:withdrawn|void))\b|"
    r"\b(?:needs?|requires?|request|obtain)\b[\w ,]{0,20}\b(?:separate|written|prior|paid|commercial|licen[cs]e)\b",
    re.IGNORECASE,
)
"""Something is taken out of the grant, or an end is set to it."""
_NEGATION = frozenset(
    ["no", "not", "never", "without", "non", "only", "except", "unless", "if", "neither", "nor", "cannot"]
)
_OTHER = re.compile(
    r"\b(?:(?:licen[cs]ed|distributed|released|published|available|redistribute\w*) under|under the terms of|"
    r"public licen[cs]e)\b",
    re.IGNORECASE,
)
"""Words that name a licence: outside of a licence's text they may name another one."""
_MOST = 400

TermsOf = Callable[[str], tuple[Term, ...]]
"""Terms that a sentence speaks of, by pattern."""


@dataclass(frozen=True, slots=True)
class Differences:
    """What was found when a text was laid beside an edition."""

    changes: tuple[Change, ...]
    missing: int
    """Core shingles of the edition that the text does not have."""
    removed: float
    """Share of the edition's sentences of which nothing is left."""


def differences(
    sight: Sight,
    edition: Edition,
    place: Cover,
    index: Fingerprints,
    taken: Sequence[bool],
    terms_of: TermsOf,
) -> Differences:
    """Lay the text beside the edition; words in `taken` belong to another licence and are nobody's change."""
    core, _ = index.colours_of(edition.number)
    have = {sight.shingles[at] for at, hit in enumerate(place.hits) if hit}
    have_core = {sight.shingles[at] for at, hit in enumerate(place.hits) if hit and sight.colours[at] in core}
    missing = edition.core - len(have_core)
    sentences = sentences_of(sight.words)
    ours = index.sentences(edition.number)
    known = {one[0] for one in ours}
    theirs = {one.hash for one in sentences}
    lost = [one for one in ours if not one[2] and one[0] not in theirs and any(one[1])] if missing else []
    changes: list[Change] = []
    paired: set[int] = set()
    for sentence in sentences:
        if sentence.hash in known or all(taken[sentence.begin : sentence.end]):
            continue
        kind = _kind(sight, sentence, place, missing, terms_of)
        if kind is None:
            continue
        inside = set(sight.shingles[sentence.begin : max(sentence.begin, sentence.end - WIDTH + 1)])
        match = next((one for one in lost if one[0] not in paired and inside.intersection(one[1])), None)
        if match:
            paired.add(match[0])
        words = shown(sight.source, sight.words, sentence.begin, sentence.end)
        changes.append(Change(kind, words, f"{match[0]:016x}" if match else "", terms_of(words)))
    gone = [one[0] for one in lost if one[0] not in paired and have.isdisjoint(one[1])]
    changes.extend(Change("removed", "", f"{one:016x}") for one in gone)
    if missing and not changes:
        where, hashed = _cut_short(sight, place, sentences, lost)
        words = shown(sight.source, sight.words, where.begin, where.end)
        changes.append(Change("changed", words, hashed, terms_of(words)))
    return Differences(tuple(changes[:_MOST]), missing, len(gone) / max(1, len(ours)))


def _kind(sight: Sight, sentence: Sentence, place: Cover, missing: int, terms_of: TermsOf) -> str | None:
    """`added`, `changed`, or None where the sentence is the edition's own or cannot matter."""
    unknown = [at for at in range(sentence.begin, sentence.end) if not place.covered[at]]
    size = sentence.end - sentence.begin
    if not unknown:
        inner = range(sentence.begin, sentence.end - WIDTH + 1)
        broken = missing and any(not place.hits[at] and not _over_break(sight, at) for at in inner)
        return "changed" if broken else None
    words = [sight.words.words[at] for at in unknown]
    outside = sentence.end <= place.begin or sentence.begin >= place.end
    if outside:
        said = shown(sight.source, sight.words, sentence.begin, sentence.end)
        return "added" if binds(said) or _OTHER.search(said) or terms_of(said) else None
    if len(unknown) == size:
        return "added" if has_force(words) else None
    if _edges_bind(sight, sentence, place):
        return "added"
    unknown = [at for at in unknown if place.begin <= at < place.end]
    words = [sight.words.words[at] for at in unknown]
    if not words:
        return None
    if _is_copyright(words) or _is_address(words) or all(_is_mark(sight, at) for at in unknown):
        return None
    return "added" if len(unknown) >= _ADDED * size else "changed"


def _over_break(sight: Sight, at: int) -> bool:
    return any(at < one < at + WIDTH for one in sight.words.breaks)


def _edges_bind(sight: Sight, sentence: Sentence, place: Cover) -> bool:
    """What stands before the licence or after it in one sentence with it: a title and a menu bind nobody."""
    before = shown(sight.source, sight.words, sentence.begin, min(place.begin, sentence.end))
    after = shown(sight.source, sight.words, max(place.end, sentence.begin), sentence.end)
    return binds(before) or binds(after) or _touches(sight, sentence, place)


def _touches(sight: Sight, sentence: Sentence, place: Cover) -> bool:
    """A "no" of this sentence right before the first known word, or right after the last."""
    words = sight.words.words
    before = words[max(sentence.begin, place.begin - 2) : place.begin] if sentence.begin < place.begin else ()
    after = words[place.end : min(sentence.end, place.end + 2)] if sentence.end > place.end else ()
    return not _NEGATION.isdisjoint((*before, *after))


def binds(said: str) -> bool:
    """Whether a sentence that stands outside of a licence could change what holds."""
    return bool(
        NARROW.search(said)
        or (_LEGAL.search(said) and _BINDING.search(said))
        or _BOUND.search(said)
        or _CUTS.search(said)
    )


def _is_copyright(words: Sequence[str]) -> bool:
    return words[0] in _COPYRIGHT and len(words) <= _LONGEST_HOLDER and not has_force(words)


def _is_address(words: Sequence[str]) -> bool:
    """A web address that was on a copyright line before the text was reflowed."""
    return words[0] in {"http", "https", "www"} and len(words) <= _LONGEST_ADDRESS and not has_force(words)


def _is_mark(sight: Sight, at: int) -> bool:
    """A list number that stands where a list number stands."""
    if not _MARK.fullmatch(sight.words.words[at]):
        return False
    before = sight.source[: sight.words.starts[at]].rstrip(" \t*_>#-(")
    after = sight.source[sight.words.ends[at] : sight.words.ends[at] + 1]
    return after in {".", ")", ""} and (not before or before[-1] in "\n.;:!?,")


def _cut_short(
    sight: Sight, place: Cover, sentences: Sequence[Sentence], lost: Sequence[tuple[int, tuple[int, ...], bool]]
) -> tuple[Sentence, str]:
    """The sentence in which something of the edition is missing though nothing unknown stands there."""
    for hash, marks, _ in lost:
        for one in sentences:
            if not set(marks).isdisjoint(sight.shingles[one.begin : one.end]):
                return one, f"{hash:016x}"
    gaps = (at for at in range(place.begin, place.end - WIDTH) if not place.hits[at] and not _over_break(sight, at))
    at = next(gaps, place.begin - WIDTH // 2) + WIDTH // 2
    return next((one for one in sentences if one.begin <= at < one.end), sentences[0]), ""

"""Recognises a licence, and its edition, by its text; never names one that it is not sure of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from licscan.core.license import Change, Identity, License, Term
from licscan.identification.edition_check import is_another_edition
from licscan.identification.edition_match import (
    Candidate,
    Choice,
    Cover,
    Sight,
    border,
    candidates,
    choose,
    confirm,
    cover,
    look,
)
from licscan.identification.normalize import HOLDER, words_of
from licscan.identification.patterns import find_patterns, terms_in
from licscan.identification.sentences import hash_of
from licscan.identification.shingles import WIDTH
from licscan.identification.text_diff import Differences, binds, differences
from licscan.knowledge import Knowledge
from licscan.knowledge.fingerprints import Edition, Fingerprints

LONGEST = 600_000
"""Characters that are looked at; the longest known text has a tenth of that."""
_FEWEST_WORDS = 12
_MOST_PARTS = 12
_NEAR = 0.72
"""Share of an edition that must be found before a text may be called that edition with changes."""
_FAMILY = 0.4
_MOST_REMOVED = 0.2
"""With more of an edition's sentences gone than this, the text is built on it but is not it."""
_FEWEST_NEW = 12
_NEW = 0.5
"""A further licence in the same file must bring this share of itself that no other part has."""
_DENSE = 0.45
_POLICY_TITLE = re.compile(
    r"\b(?:acceptable|prohibited|responsible|usage|use)[\s-]+(?:uses?[\s-]+)?(?:policy|policies|guidelines)\b",
    re.IGNORECASE,
)
_GRANT = re.compile(
    r"\b(?:hereby grants?|grants? (?:to )?you|are granted|you are granted|permission is (?:hereby )?granted|"
    r"licen[cs]e to use|royalty-free)\b",
    re.IGNORECASE,
)
_POLICY_HEAD = 400
_END_OF_TERMS = re.compile(r"^[ \t]*END OF (?:THE )?TERMS(?: AND CONDITIONS)?[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Part:
    """One licence found in a text."""

    choice: Choice
    place: Cover

    @property
    def edition(self) -> Edition:
        return self.choice.best.edition

    @property
    def is_sure(self) -> bool:
        return not self.choice.open and self.choice.best.recall >= _NEAR


def identify(text: str, knowledge: Knowledge) -> Identity:
    """Which licence a text is: exactly, with the changes listed, one of a family, several, or none."""
    source = text[:LONGEST]
    index = knowledge.fingerprints
    words = words_of(source)
    if len(words.words) < _FEWEST_WORDS:
        return Identity("none")
    if len(text) <= LONGEST and (known := _whole(source, words.words, index)):
        return _exact(known, ((known.key, 0, len(source)),))
    sight = look(source, words, index)
    parts = _parts(sight, index)
    if not parts:
        return _unknown(source, knowledge)
    found = _assemble(source, sight, parts, knowledge)
    return _by_its_terms(source, found, knowledge) if found.key is not None else found


def _by_its_terms(source: str, found: Identity, knowledge: Knowledge) -> Identity:
    """What follows the line that ends the terms (an appendix filled in, a translation) makes no other licence of it.

    Only where nothing there alters a term: what binds is a change wherever it stands.
    """
    end = _END_OF_TERMS.search(source)
    if end is None or not source[end.end() :].strip() or found.result not in {"near", "modified-standard"}:
        return found
    license = knowledge.licenses[str(found.key)]
    if not all(_agrees(one, license, knowledge) for one in found.changes):
        return found
    body = identify(source[: end.end()], knowledge)
    return replace(body, parts=found.parts) if body.result == "exact" and body.key == found.key else found


def _agrees(change: Change, license: License, knowledge: Knowledge) -> bool:
    """The sentence binds nobody, and what it says of a term is what the licence itself says."""
    hits = find_patterns(change.theirs, knowledge)
    says_same = all(license[term].value == value for term, value, _ in hits)
    return says_same and not binds(change.theirs) and (bool(hits) or not change.terms)


def _whole(source: str, words: tuple[str, ...], index: Fingerprints) -> Edition | None:
    """A text that is word for word a reference text."""
    strict = index.exact.get(f"{hash_of(words_of(source, slots=False).words):016x}") if HOLDER in words else None
    number = strict if strict is not None else index.exact.get(f"{hash_of(words):016x}")
    return None if number is None else index.editions[number]


def _exact(edition: Edition, parts: tuple[tuple[str, int, int], ...]) -> Identity:
    if edition.is_policy:
        return Identity("use-policy", None, 1.0, parts=parts, candidates=((edition.key, 1.0),))
    others = tuple((key, 1.0) for key in edition.same) if len(edition.same) > 1 else ()
    return Identity("exact", edition.key, 1.0, parts=parts, candidates=others)


def _parts(sight: Sight, index: Fingerprints) -> list[_Part]:
    """Find the licences one after the other, the largest first, each among the words that are left."""
    size = len(sight.shingles)
    left = [True] * size
    parts: list[_Part] = []
    for number in range(_MOST_PARTS):
        found = sight.counted(at for at in range(size) if left[at])
        ranked = candidates(found, index)
        if number:
            ranked = [one for one in ranked if one.core >= max(_FEWEST_NEW, _NEW * one.edition.core)]
        ranked = [one for one in ranked if one.recall >= _FAMILY or one.all >= _DENSE * size]
        if not ranked:
            break
        choice, reach, spent = _with_borders(sight, choose(found, ranked, index), left, index)
        place = cover(sight, choice.best.edition, index, reach)
        if place is None:
            break
        here = sight.counted(at for at in range(place.begin, place.end - WIDTH + 1) if reach[at])
        parts.append(_Part(confirm(choice, here, index), place))
        for at in range(size):
            if spent[at] and (place.hits[at] or sum(place.covered[at : at + WIDTH]) > WIDTH // 2):
                left[at] = False
    return parts


def _with_borders(
    sight: Sight, choice: Choice, left: Sequence[bool], index: Fingerprints
) -> tuple[Choice, tuple[bool, ...], tuple[bool, ...]]:
    """Where relatives stand in one file: which words may be this one's, and which are surely not the other's."""
    reach, spent = list(left), list(left)
    mixed = []
    for other in choice.beside:
        found = border(sight, choice.best.edition, other.edition, index)
        if found is None:
            mixed.append(other)
            continue
        is_first, begin, end = found
        for at in range(len(left)):
            reach[at] = reach[at] and (at < end if is_first else at >= begin)
            spent[at] = spent[at] and (at < begin if is_first else at >= end)
    return replace(choice, open=(*choice.open, *mixed)), tuple(reach), tuple(spent)


def _assemble(source: str, sight: Sight, parts: list[_Part], knowledge: Knowledge) -> Identity:
    licenses = [one for one in parts if not one.edition.is_policy]
    keys = {one.edition.key for one in licenses}
    policies_apart = [one for one in parts if one.edition.is_policy and one.edition.owner not in keys]
    if not licenses:
        return _policy(sight, parts)
    main = max(licenses, key=lambda one: one.choice.best.score)
    if (len(keys) == 1 and not policies_apart) or not any(one.is_sure for one in parts):
        return _single(source, sight, main, parts, knowledge)
    return _several(sight, parts, knowledge)


def _policy(sight: Sight, parts: list[_Part]) -> Identity:
    named = _named([candidate for part in parts for candidate in (part.choice.best, *part.choice.open)], sight)
    return Identity("use-policy", None, named[0][1], parts=_places(sight, parts), candidates=named)


def _single(source: str, sight: Sight, main: _Part, parts: list[_Part], knowledge: Knowledge) -> Identity:
    similarity = _similarity(main.choice.best, main.place)
    named = _named((main.choice.best, *main.choice.open), sight)
    if not main.is_sure:
        return _family(source, similarity, named, main, knowledge)
    found = _compare(sight, main, parts, knowledge)
    places = _places(sight, parts)
    if not found.changes:
        return _exact(main.edition, places)
    if found.removed > _MOST_REMOVED or (not main.edition.is_standard and is_another_edition(sight, main.place)):
        return replace(_family(source, similarity, named, main, knowledge), changes=found.changes)
    similarity = _similarity(main.choice.best, main.place, found.changes)
    altered = any(one.terms or (one.kind == "added" and binds(one.theirs)) for one in found.changes)
    result = "modified-standard" if main.edition.is_standard and altered else "near"
    others = tuple((key, similarity) for key in main.edition.same) if len(main.edition.same) > 1 else ()
    patterns = _patterns_in(found.changes, knowledge)
    return Identity(result, main.edition.key, similarity, found.changes, places, others, patterns)


def _family(
    source: str, similarity: float, named: tuple[tuple[str, float], ...], main: _Part, knowledge: Knowledge
) -> Identity:
    hits = find_patterns(source, knowledge)
    if main.choice.best.recall < _FAMILY and not main.choice.open:
        return replace(_unknown(source, knowledge), similarity=similarity, candidates=named)
    return Identity("family", None, similarity, candidates=named, patterns=hits)


def _several(sight: Sight, parts: list[_Part], knowledge: Knowledge) -> Identity:
    sure = [one for one in parts if one.is_sure]
    changes = [change for part in sure for change in _compare(sight, part, parts, knowledge).changes]
    unique = tuple(dict.fromkeys(changes))
    named = _named([one for part in parts for one in (part.choice.best, *part.choice.open)], sight)
    similarity = round(sum(_similarity(one.choice.best, one.place) for one in parts) / len(parts), 4)
    patterns = _patterns_in(unique, knowledge)
    return Identity("multiple", None, similarity, unique, _places(sight, sure), named, patterns)


def _compare(sight: Sight, part: _Part, parts: list[_Part], knowledge: Knowledge) -> Differences:
    taken = [False] * len(sight.words.words)
    for other in parts:
        if other is not part:
            for at, hit in enumerate(other.place.covered):
                if hit:
                    taken[at] = True
    return differences(
        sight, part.edition, part.place, knowledge.fingerprints, taken, lambda said: terms_in(said, knowledge)
    )


def _unknown(source: str, knowledge: Knowledge) -> Identity:
    head = source[:_POLICY_HEAD]
    hits = find_patterns(source, knowledge)
    if _POLICY_TITLE.search(head) and not _GRANT.search(source):
        return Identity("use-policy", patterns=hits)
    return Identity("none", patterns=hits)


def _patterns_in(changes: Sequence[Change], knowledge: Knowledge) -> tuple[tuple[Term, str, str], ...]:
    hits = [hit for one in changes if one.terms for hit in find_patterns(one.theirs, knowledge)]
    return tuple(dict.fromkeys(hits))


def _similarity(candidate: Candidate, place: Cover, changes: Sequence[Change] = ()) -> float:
    """Of the edition's words found and the text's words explained; 1 is kept for the exact text."""
    inside = sum(place.covered[place.begin : place.end])
    more = sum(len(one.theirs.split()) for one in changes if one.kind == "added")
    precision = inside / max(1, place.end - place.begin, inside + more)
    recall = candidate.recall
    both = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return min(0.999, round(both, 4))


def _named(found: Sequence[Candidate], sight: Sight) -> tuple[tuple[str, float], ...]:
    size = max(1, len(set(sight.shingles)))
    best: dict[str, float] = {}
    for one in found:
        share = min(0.999, round(2 * one.all / (one.edition.all + max(size, one.all)), 4))
        best[one.edition.key] = max(best.get(one.edition.key, 0.0), share)
    return tuple(sorted(best.items(), key=lambda one: (-one[1], one[0])))


def _places(sight: Sight, parts: Sequence[_Part]) -> tuple[tuple[str, int, int], ...]:
    """Where each part stands, in characters; words that two of them share go to the later one."""
    spans = [
        (sight.words.starts[one.place.begin], sight.words.ends[one.place.end - 1], one.edition.key) for one in parts
    ]
    spans.sort()
    nexts = [begin for begin, _, _ in spans[1:]]
    return tuple(
        (key, begin, min(end, following) if following > begin else end)
        for (begin, end, key), following in zip(spans, [*nexts, len(sight.source)], strict=True)
    )

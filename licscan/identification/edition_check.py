"""Names, versions and dates that stand where the edition has others: then the text is another edition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from licscan.identification.edition_match import Cover, Sight
from licscan.identification.normalize import has_force

_LONGEST = 6
_HEAD = 40
"""Words at the beginning, where a licence says which edition it is."""
_MONTHS = frozenset(
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
)
_OFTEN = 3
_SHARE = 0.4


def is_another_edition(sight: Sight, place: Cover) -> bool:
    """Whether names, versions or dates were put in the place of the edition's own.

    In a text that was damaged by accident some names are hit too, but most of the damage is elsewhere.
    """
    runs = [tuple(run) for run in _runs(sight, place)]
    said = Counter(tuple(sight.words.words[at] for at in run) for run in runs)
    if any(count >= _OFTEN and not has_force(words) for words, count in said.items()):
        return True
    known = {sight.words.words[at] for at, covered in enumerate(place.covered) if covered}
    strong, weak = 0, 0
    for run in runs:
        words = [sight.words.words[at] for at in run]
        numbers = [one for one in words if one[0].isdigit() or one in _MONTHS]
        names = [at for at in run if _is_name(sight, at) and not _is_slip(sight.words.words[at], known)]
        strong += bool(numbers and names) or (len(numbers) == len(words) and run[0] < place.begin + _HEAD)
        weak += bool(names) or len(numbers) == len(words)
    return bool(strong or weak >= _OFTEN) and max(strong, weak) >= _SHARE * len(runs)


def _runs(sight: Sight, place: Cover) -> Iterator[range]:
    """Short runs of unknown words between known ones."""
    begin = None
    for at in range(place.begin, min(place.end, len(place.covered))):
        if not place.covered[at]:
            begin = at if begin is None else begin
        elif begin is not None:
            run = range(begin, at)
            begin = None
            if len(run) <= _LONGEST and not _is_furniture(sight.words.words, run):
                yield run


def _is_furniture(words: tuple[str, ...], run: range) -> bool:
    """A copyright line, an address, a list number: nothing that tells editions apart."""
    first = words[run[0]]
    if first in {"http", "https", "www"} or not {"copyright", "©"}.isdisjoint(words[max(0, run[0] - 2) : run[0] + 1]):
        return True
    return len(run) == 1 and (len(first) == 1 or (len(first) == 2 and first.isdigit()))


def _is_name(sight: Sight, at: int) -> bool:
    """Written with a capital, and not because a sentence begins."""
    start = sight.words.starts[at]
    before = sight.source[max(0, start - 3) : start].rstrip(" \"“'*_(\t")
    return sight.source[start].isupper() and bool(before) and before[-1] not in ".:;!?\n"


def _is_slip(word: str, known: set[str]) -> bool:
    """One letter away from a word that stands elsewhere in the text: misspelt, not another name."""
    for other in known:
        if abs(len(other) - len(word)) > 1 or len(word) < 3:
            continue
        if len(other) == len(word):
            if sum(one != two for one, two in zip(word, other, strict=True)) == 1:
                return True
        else:
            longer, shorter = (word, other) if len(word) > len(other) else (other, word)
            if any(longer[:cut] + longer[cut + 1 :] == shorter for cut in range(len(longer))):
                return True
    return len(word) < 3

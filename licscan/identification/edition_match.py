"""Which known edition a text is nearest to, and whether its rivals are ruled out by what only one of them says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from licscan.identification.normalize import Words
from licscan.identification.shingles import NO_SHINGLE, WIDTH, shingles_of
from licscan.knowledge.fingerprints import Edition, Fingerprints

_MOST_RIVALS = 14
_RIVAL_SCORE = 0.2
"""A candidate with less than this share of the best one's score is no rival."""
_RELATED = 0.25
"""Editions that share less than this with the smaller of them are not confused but stand side by side."""
_CHANCE = 0.001
"""Of damage having wiped out all that only the rival says."""
_CLEAR = 0.7
_BESIDE = 0.6
_SUPPORT = 0.4
_DOUBT = 0.2
_LEAD = 0.5


@dataclass(frozen=True, slots=True)
class Sight:
    """A text as the index sees it."""

    source: str
    words: Words
    shingles: tuple[int, ...]
    colours: tuple[int, ...]
    """For each shingle the set of editions that have it, by number; -1 where none has."""

    def counted(self, at: Iterable[int]) -> Counter[int]:
        """How many different shingles of each colour begin at these words."""
        seen = {self.shingles[one]: self.colours[one] for one in at if self.colours[one] >= 0}
        return Counter(seen.values())


@dataclass(frozen=True, slots=True)
class Candidate:
    """An edition with how much of it was found."""

    edition: Edition
    core: int
    """Different shingles of its core that were found."""
    all: int

    @property
    def recall(self) -> float:
        """The share of the edition that was found."""
        return self.core / self.edition.core if self.edition.core else 0.0

    @property
    def score(self) -> float:
        """How much was found, weighed by how much of the edition that is."""
        return self.all * self.recall


def look(source: str, words: Words, index: Fingerprints) -> Sight:
    """Look every shingle of a text up."""
    shingles = shingles_of(words)
    known: dict[int, int] = {NO_SHINGLE: -1}
    colours = []
    for one in shingles:
        colour = known.get(one)
        if colour is None:
            colour = known[one] = index.colour(one)
        colours.append(colour)
    return Sight(source, words, tuple(shingles), tuple(colours))


def candidates(found: Counter[int], index: Fingerprints) -> list[Candidate]:
    """Every edition of which something was found, the likeliest first."""
    core: dict[int, int] = {}
    free: dict[int, int] = {}
    for colour, count in found.items():
        for member in index.members(colour):
            side = free if member & 1 else core
            side[member >> 1] = side.get(member >> 1, 0) + count
    ranked = [Candidate(index.editions[one], count, count + free.get(one, 0)) for one, count in core.items()]
    ranked.sort(key=lambda one: (-one.score, one.edition.number))
    return ranked


@dataclass(frozen=True, slots=True)
class Choice:
    """The likeliest edition, and the rivals that could not be ruled out."""

    best: Candidate
    open: tuple[Candidate, ...] = ()
    beside: tuple[Candidate, ...] = ()
    """Relatives that stand in the text as well, as a whole."""


def choose(found: Counter[int], ranked: list[Candidate], index: Fingerprints) -> Choice:
    """Set the first candidate against its rivals, pair by pair; whoever wins a pair takes its place."""
    best = ranked[0]
    field = [one for one in ranked[1 : _MOST_RIVALS * 3] if one.score >= _RIVAL_SCORE * best.score][:_MOST_RIVALS]
    for _ in range(4):
        rivals = [one for one in (ranked[0], *field) if one is not best and not _same(one, best)]
        outcomes = [(one, _duel(best, one, found, index)) for one in rivals]
        beaten_by = next((one for one, outcome in outcomes if outcome == _LOST), None)
        if beaten_by is None:
            break
        best = beaten_by
    by_outcome = {kind: tuple(one for one, outcome in outcomes if outcome == kind) for kind in (_OPEN, _LOST, _BOTH)}
    return Choice(best, (*by_outcome[_LOST], *by_outcome[_OPEN]), by_outcome[_BOTH])


def confirm(choice: Choice, found: Counter[int], index: Fingerprints) -> Choice:
    """Look again at the rivals that are open, with nothing but what stands where the chosen edition stands."""
    still = tuple(one for one in choice.open if _duel(choice.best, one, found, index) != _WON)
    return Choice(choice.best, still, choice.beside)


def _same(one: Candidate, other: Candidate) -> bool:
    return one.edition.key == other.edition.key


_WON, _LOST, _OPEN, _BOTH = "won", "lost", "open", "both"


def _duel(one: Candidate, other: Candidate, found: Counter[int], index: Fingerprints) -> str:
    """Decide by the shingles that only one of the two has."""
    core, whole = index.colours_of(one.edition.number)
    their_core, their_whole = index.colours_of(other.edition.number)
    shared = core & their_core
    size = _size(shared, index)
    if size < _RELATED * min(one.edition.core, other.edition.core):
        return _WON
    intact = _count(shared, found) / size
    mine = _side(core, whole, their_whole, found, index, intact)
    theirs = _side(their_core, their_whole, whole, found, index, intact)
    if _beats(mine, theirs):
        return _WON
    if _stand_beside(mine, theirs):
        return _BOTH
    return _LOST if _beats(theirs, mine) else _OPEN


@dataclass(frozen=True, slots=True)
class _Side:
    """What only this edition says: how much of it was found, out of how much, in a text how intact."""

    found: int
    size: int
    intact: float
    is_optional: bool = False
    """It is nothing but title and appendix, which a copy may leave out."""

    @property
    def share(self) -> float:
        return self.found / self.size / max(self.intact, 0.3) if self.size else 0.0


def _side(
    core: frozenset[int],
    whole: frozenset[int],
    other: frozenset[int],
    found: Counter[int],
    index: Fingerprints,
    intact: float,
) -> _Side:
    """What the core has and the other edition has not; title and appendix count only where the cores are alike."""
    only = core - other
    is_optional = _size(only, index) < WIDTH
    if is_optional:
        only = whole - other
    return _Side(_count(only, found), _size(only, index), intact, is_optional)


def _beats(mine: _Side, theirs: _Side) -> bool:
    """Whether what is mine stands there and what is theirs does not."""
    is_contained = mine.is_optional and not theirs.is_optional
    if mine.size < 2 * WIDTH or 10 * mine.size < theirs.size or is_contained:
        # What is mine can stand there only if the text is mine; damage takes words away but never brings these. Where
        # all that the other adds is missing from a text else intact, the text is the one that the other was built on.
        backed = mine.found >= min(2, mine.size) > 0
        absent = theirs.found <= theirs.size // 10
        return bool(theirs.size) and absent and (backed or _cannot_be_damage(theirs))
    if mine.share < _SUPPORT:
        return False
    if theirs.share <= _DOUBT or (3 * theirs.size <= mine.size and mine.share >= _CLEAR):
        return True
    return theirs.share <= _LEAD * mine.share and mine.found - theirs.found >= 3 * WIDTH


def _cannot_be_damage(side: _Side) -> bool:
    """So much is missing that words lost by accident cannot be the reason."""
    return (1 - side.intact) ** ((side.size + WIDTH - 1) // WIDTH) < _CHANCE


def _stand_beside(one: _Side, other: _Side) -> bool:
    """Both are there as a whole: a file of two licences."""
    return min(one.size, other.size) >= 3 * WIDTH and min(one.share, other.share) >= _BESIDE


def _size(colours: Iterable[int], index: Fingerprints) -> int:
    sizes = index.colour_sizes
    return sum(sizes[one] for one in colours)


def _count(colours: Iterable[int], found: Mapping[int, int]) -> int:
    return sum(found[one] for one in colours if one in found)


@dataclass(frozen=True, slots=True)
class Cover:
    """Where an edition stands in a text."""

    begin: int
    end: int
    """First word, and the one after the last."""
    covered: tuple[bool, ...]
    """For every word of the text: it stands in a phrase of the edition."""
    hits: tuple[bool, ...]
    """For every shingle of the text: the edition has it."""


_STRAY = 0.1


def border(sight: Sight, one: Edition, other: Edition, index: Fingerprints) -> tuple[bool, int, int] | None:
    """Where one licence ends and a relative of it begins: is `one` first, and between which words the border lies.

    None where they are mixed, so that the text is neither.
    """
    whole, theirs = index.colours_of(one.number)[1], index.colours_of(other.number)[1]
    mine_at = [at for at, colour in enumerate(sight.colours) if colour in whole and colour not in theirs]
    theirs_at = [at for at, colour in enumerate(sight.colours) if colour in theirs and colour not in whole]
    if not mine_at or not theirs_at:
        return None
    for is_first, front, back in ((True, mine_at, theirs_at), (False, theirs_at, mine_at)):
        last, first = front[-1 - int(len(front) * _STRAY)], back[int(len(back) * _STRAY)]
        if last < first:
            begin = max(at for at in front if at < first)
            end = min((at for at in back if at > last), default=first)
            return is_first, min(begin + WIDTH, end), max(end, begin + WIDTH)
    return None


def cover(sight: Sight, edition: Edition, index: Fingerprints, within: tuple[bool, ...]) -> Cover | None:
    """Find where the edition stands among the words of `within`; phrases that lie scattered elsewhere do not count."""
    _, whole = index.colours_of(edition.number)
    hits = [colour in whole and within[at] for at, colour in enumerate(sight.colours)]
    for at in _echoes(sight, hits):
        hits[at] = False
    covered = [False] * len(sight.words.words)
    for at, hit in enumerate(hits):
        if hit:
            covered[at : at + WIDTH] = [True] * WIDTH
    begin, end = _densest(covered)
    if begin == end:
        return None
    for at in range(len(covered)):
        if not begin <= at < end:
            covered[at] = False
    for at in range(len(hits)):
        if not begin <= at <= end - WIDTH:
            hits[at] = False
    return Cover(begin, end, tuple(covered), tuple(hits))


_ECHO = 30


def _echoes(sight: Sight, hits: Sequence[bool]) -> list[int]:
    """Phrases of the edition that stand twice, where they stand far from all that stands once.

    A relative in the same file says the same in places; those places are not this edition's. A few such phrases are
    the edition repeating itself.
    """
    places: dict[int, list[int]] = {}
    for at, hit in enumerate(hits):
        if hit:
            places.setdefault(sight.shingles[at], []).append(at)
    single = [one[0] for one in places.values() if len(one) == 1]
    if len(single) == len(places) or not single:
        return []
    first, last = min(single), max(single)
    echoes = []
    for several in places.values():
        if len(several) > 1:
            away = [max(first - at, at - last, 0) for at in several]
            echoes += [at for at, far in zip(several, away, strict=True) if far > min(away)]
    return echoes if len(echoes) >= _ECHO else []


def _densest(covered: Sequence[bool]) -> tuple[int, int]:
    """The run of words with the greatest number of known words over unknown ones."""
    best = (0, 0, 0)
    total, begin = 0, 0
    for at, known in enumerate(covered):
        total += 1 if known else -1
        if total > best[0]:
            best = (total, begin, at + 1)
        if total <= 0:
            total, begin = 0, at + 1
    return best[1], best[2]

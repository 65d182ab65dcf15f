"""Which lines of weights and which known models a name speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from licscan.knowledge.registry import Registry, squeezed
from licscan.knowledge.registry_entries import KnownModel

_TOKENS = re.compile(r"[a-z0-9]+")
_DIGIT = re.compile(r"[0-9]")
_MOST_TOKENS = 24
_LONGEST_NAME = 200
_MOST_TOGETHER = 9
_LEAST_LOOSE = 4
_LEAST_RELEASE = 4
_LEAST_WORDS = 10
"""A name without a number is long and has several words, or it is a common one."""
_MOST_OF_WORD = 4
_SIZE = re.compile(r"\d{1,4}[bm]\Z|\d+x\d+b\Z")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the names of a model say."""

    lines: frozenset[str] = frozenset()
    """Lines named by a word that stands for them."""
    hinted: frozenset[str] = frozenset()
    """Lines named by a common word, or by a part of a word: they agree with a shape and tell nothing alone."""
    releases: tuple[KnownModel, ...] = ()
    """Known models whose whole name stands in it, the longest first."""
    words: tuple[str, ...] = ()
    """The words of the registry that stand in it, common ones too."""
    parts: tuple[str, ...] = ()
    """Words of the registry that are the beginning or the end of a longer one in it."""
    tokens: frozenset[str] = frozenset()

    def agrees(self, line: str) -> bool:
        """Whether the names speak of a line at all."""
        return line in self.lines or line in self.hinted


def spoken(names: Iterable[str], registry: Registry, *, without: str = "") -> Spoken:
    """Read names; the longest words count, so that a word inside another line's word is not heard twice.

    `without` is a model that its own name does not speak of: itself.
    """
    lines: set[str] = set()
    hinted: set[str] = set()
    releases: dict[str, tuple[int, KnownModel]] = {}
    all_tokens: set[str] = set()
    heard: dict[str, None] = {}
    parts: dict[str, None] = {}
    for name in names:
        tokens = _TOKENS.findall(name[:_LONGEST_NAME].lower())[:_MOST_TOKENS]
        all_tokens.update(tokens)
        for size, model in _releases(tokens, registry):
            if model.repo.lower() != without.lower():
                releases.setdefault(model.repo, (size, model))
        whole, inside = _words(tokens, registry, lines, hinted)
        heard.update(dict.fromkeys(whole))
        parts.update(dict.fromkeys(inside))
    ordered = sorted(releases.values(), key=lambda one: (-one[0], one[1].repo))
    models = tuple(model for _, model in ordered)
    return Spoken(
        frozenset(lines), frozenset(hinted - lines), models, tuple(heard), tuple(parts), frozenset(all_tokens)
    )


def _releases(tokens: list[str], registry: Registry) -> Iterable[tuple[int, KnownModel]]:
    """Known models whose bare name is a run of the tokens, with its length; runs inside a longer one are left out."""
    held: list[tuple[int, int]] = []
    for count in range(min(len(tokens), _MOST_TOGETHER), 0, -1):
        for begin in range(len(tokens) - count + 1):
            text = "".join(tokens[begin : begin + count])
            inside = any(start <= begin and begin + count <= end for start, end in held)
            least = _LEAST_RELEASE if any(map(str.isdigit, text)) else _LEAST_WORDS
            if inside or len(text) < least or (count == 1 and least == _LEAST_WORDS):
                continue
            found = registry.models("name", text)
            if found:
                held.append((begin, begin + count))
            yield from ((len(text), model) for model in found)


def _words(tokens: list[str], registry: Registry, lines: set[str], hinted: set[str]) -> tuple[list[str], list[str]]:
    """The words of the registry among the tokens, whole ones and parts; their lines go into the two sets."""
    used: set[int] = set()
    heard: list[str] = []
    parts: list[str] = []
    for count in (3, 2, 1):
        for begin in range(len(tokens) - count + 1):
            if used & set(range(begin, begin + count)):
                continue
            text = "".join(tokens[begin : begin + count])
            found = next((one for one in (text, _DIGIT.split(text, 1)[0]) if one in registry.words), None)
            if found is not None:
                word = registry.words[found]
                heard.append(found)
                used.update(range(begin, begin + count))
                (hinted if word.weak else lines).update(word.lines)
    for place, token in enumerate(tokens):
        if place not in used and (part := _loose(token, registry)):
            parts.append(part)
            hinted.update(registry.words[part].lines)
    return heard, parts


def _loose(token: str, registry: Registry) -> str:
    """The longest strong word with which a longer word begins or ends (`medicalllama3`); empty where there is none."""
    bare = _DIGIT.split(token, 1)[0]
    for length in range(len(bare) - 1, _LEAST_LOOSE - 1, -1):
        for text in (bare[:length], bare[-length:]):
            word = registry.words.get(text)
            if word is not None and not word.weak:
                return text
    return ""


def of_word(names: tuple[str, ...], said: Spoken, registry: Registry, *, derived: bool) -> tuple[KnownModel, ...]:
    """The models with which a line begins whose word, size and generation a name speaks of, the best first.

    A word alone is not enough, unless it is the word of one model, or something shows that the model was made from
    another one (`derived`). A common word, or a part of a word, needs the size with it.
    """
    found: dict[str, tuple[int, KnownModel]] = {}
    for word in (*said.words, *said.parts):
        models = registry.models("word", word)
        is_sure = word in said.words and not registry.words[word].weak
        least = 0 if derived or (is_sure and len(models) == 1) else 1 if is_sure else 2
        for model in models:
            points = _points(model, names, said)
            if points is not None and points >= least:
                found[model.repo] = (-points, model)
    best = min((points for points, _ in found.values()), default=0)
    ordered = sorted(found.values(), key=lambda one: (one[0], one[1].released or "9", one[1].repo))
    return tuple(model for points, model in ordered if points == best)[:_MOST_OF_WORD]


def _points(model: KnownModel, names: tuple[str, ...], said: Spoken) -> int | None:
    """2 for a size and 1 for a generation that a name spells with the word; None where it spells another size."""
    own = {one for one in _TOKENS.findall(model.repo.partition("/")[2].lower()) if _SIZE.match(one)}
    told = {one for one in said.tokens if _SIZE.match(one)}
    if own and told and not own & told:
        return None
    return 2 * bool(own & told) + generation_fits(model, names)


def generation_fits(model: KnownModel, names: Iterable[str]) -> bool:
    """Whether the generation of a model stands in one of the names (`3.1` in `x-llama3.1-8b`)."""
    if not model.generation:
        return False
    wanted = re.escape(model.generation.lower().split(" ")[0])
    told = re.compile(rf"(?<![0-9.])(?:v-?)?{wanted}(?![0-9]|\.[0-9])")
    return any(told.search(re.sub(r"[_\s]", "-", name.lower())) for name in names) or any(
        squeezed(model.generation) in _versions(name) for name in names
    )


def _versions(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"(?<=[a-z])([0-9]{1,3})(?=[-_.]|\Z)", name.lower()))

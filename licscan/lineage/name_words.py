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
_LEAST_RELEASE = 5


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the names of a model say."""

    lines: frozenset[str] = frozenset()
    """Lines named by a word that stands for them."""
    hinted: frozenset[str] = frozenset()
    """Lines named by a common word, or by a part of a word: they agree with a shape and tell nothing alone."""
    releases: tuple[KnownModel, ...] = ()
    """Known models whose whole name stands in it, the longest first."""
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
    for name in names:
        tokens = _TOKENS.findall(name[:_LONGEST_NAME].lower())[:_MOST_TOKENS]
        all_tokens.update(tokens)
        for size, model in _releases(tokens, registry):
            if model.repo.lower() != without.lower():
                releases.setdefault(model.repo, (size, model))
        _words(tokens, registry, lines, hinted)
    ordered = sorted(releases.values(), key=lambda one: (-one[0], one[1].repo))
    return Spoken(
        frozenset(lines), frozenset(hinted - lines), tuple(model for _, model in ordered), frozenset(all_tokens)
    )


def _releases(tokens: list[str], registry: Registry) -> Iterable[tuple[int, KnownModel]]:
    """Known models whose bare name is a run of the tokens, with its length; runs inside a longer one are left out."""
    held: list[tuple[int, int]] = []
    for count in range(min(len(tokens), _MOST_TOGETHER), 0, -1):
        for begin in range(len(tokens) - count + 1):
            text = "".join(tokens[begin : begin + count])
            inside = any(start <= begin and begin + count <= end for start, end in held)
            if inside or len(text) < _LEAST_RELEASE or not any(map(str.isdigit, text)):
                continue
            found = registry.models("name", text)
            if found:
                held.append((begin, begin + count))
            yield from ((len(text), model) for model in found)


def _words(tokens: list[str], registry: Registry, lines: set[str], hinted: set[str]) -> None:
    used: set[int] = set()
    for count in (3, 2, 1):
        for begin in range(len(tokens) - count + 1):
            if used & set(range(begin, begin + count)):
                continue
            text = "".join(tokens[begin : begin + count])
            word = registry.words.get(text) or registry.words.get(_DIGIT.split(text, 1)[0])
            if word is not None:
                used.update(range(begin, begin + count))
                (hinted if word.weak else lines).update(word.lines)
    for place, token in enumerate(tokens):
        if place not in used:
            hinted.update(_loose(token, registry))


def _loose(token: str, registry: Registry) -> Iterable[str]:
    """The lines of the longest strong word with which a longer word begins or ends (`medicalllama3`)."""
    bare = _DIGIT.split(token, 1)[0]
    for length in range(len(bare) - 1, _LEAST_LOOSE - 1, -1):
        for text in (bare[:length], bare[-length:]):
            word = registry.words.get(text)
            if word is not None and not word.weak:
                return word.lines
    return ()


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

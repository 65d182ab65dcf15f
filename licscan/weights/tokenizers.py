"""Whether one tokenizer comes from another: tokens at the same ids, and merges in the same order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from licscan.core.evidence import Gap
from licscan.weights.reading.reader import Reader, Stretch, in_parallel

SAME_ID_LINE = 0.20
MERGES_LINE = 50
CONTAINED_LINE = 0.98
LEAST_CONTAINED = 30_000
_FILE = "tokenizer.json"
_MOST_BYTES = 64_000_000
_SAMPLES = 3
_SAMPLE = 8192
_SMALL = 100_000


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tokens with their ids, and the merges in order."""

    tokens: Mapping[str, int]
    merges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenizerLikeness:
    """How two tokenizers stand to each other."""

    verdict: str
    """`same-file`, `sampled-equal`, `derived`, `independent` or `not-read`."""
    same_id: float | None = None
    """Share of the smaller vocabulary whose tokens have the same id in both."""
    contained: float | None = None
    """Share of the smaller vocabulary that the larger one has."""
    jaccard: float | None = None
    merges: int | None = None
    """Leading merges that are equal."""
    sizes: tuple[int, int] = (0, 0)
    detail: str = ""


def compare_tokenizers(readers: tuple[Reader, Reader], *, full: bool = False) -> TokenizerLikeness | None:
    """Compare `tokenizer.json` of both; a few samples first, the whole files where they are small or `full` asks."""
    first, second = (next((one for one in reader.info.files or () if one.path == _FILE), None) for reader in readers)
    if first is None or second is None:
        return None
    if first.sha256 and first.sha256 == second.sha256:
        return TokenizerLikeness("same-file")
    if first.size and first.size == second.size and first.size > _SMALL and _samples_equal(readers, first.size):
        return TokenizerLikeness("sampled-equal", detail=f"{_SAMPLES} x {_SAMPLE} bytes of {first.size:,} are equal")
    room = [reader.left >= (one.size or _MOST_BYTES) for reader, one in zip(readers, (first, second), strict=True)]
    if not full and not all(room):
        return TokenizerLikeness("not-read", detail="larger than the budget of bytes allows; --full reads it whole")
    raws = [reader.small(_FILE, _MOST_BYTES) for reader in readers]
    if not isinstance(raws[0], Gap) and raws[0] == raws[1]:
        return TokenizerLikeness("same-file")
    vocabularies = [None if isinstance(raw, Gap) else vocabulary(raw) for raw in raws]
    if vocabularies[0] is None or vocabularies[1] is None:
        return TokenizerLikeness("not-read", detail="tokenizer.json cannot be read")
    return likeness_of(vocabularies[0], vocabularies[1])


def sample_plan(readers: tuple[Reader, Reader]) -> tuple[list[Stretch], list[Stretch]]:
    """The samples that tell whether two large tokenizers of the same size are equal, for which the budgets rise."""
    entries = [next((one for one in reader.info.files or () if one.path == _FILE), None) for reader in readers]
    first, second = entries
    if first is None or second is None or (first.sha256 and first.sha256 == second.sha256):
        return [], []
    if not first.size or first.size != second.size or first.size <= _SMALL:
        return [], []
    for reader in readers:
        reader.allow(_SAMPLES * _SAMPLE)
    return _samples(first.size), _samples(first.size)


def _samples(size: int) -> list[Stretch]:
    return [Stretch(_FILE, index * (size - _SAMPLE) // (_SAMPLES - 1), _SAMPLE) for index in range(_SAMPLES)]


def _samples_equal(readers: tuple[Reader, Reader], size: int) -> bool:
    stretches = _samples(size)
    sides = in_parallel(lambda side: readers[side].read(stretches), (0, 1), max(r.hub.workers for r in readers))
    return all(not isinstance(x, Gap) and x == y for x, y in zip(sides[0], sides[1], strict=True))


def vocabulary(raw: bytes) -> Vocabulary | None:
    """Read a tokenizer.json; None where it is none."""
    try:
        model = json.loads(raw.decode("utf-8"))["model"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(model, dict):
        return None
    tokens = _tokens(model.get("vocab"))
    merges = model.get("merges") or ()
    joined = tuple(_merge(one) for one in merges) if isinstance(merges, list) else ()
    return Vocabulary(tokens, joined) if tokens else None


def _tokens(vocab: Any) -> dict[str, int]:
    if isinstance(vocab, dict):
        return {token: id for token, id in vocab.items() if isinstance(id, int)}
    if isinstance(vocab, list):  # unigram: pairs of token and score
        return {one[0]: id for id, one in enumerate(vocab) if isinstance(one, list) and one and isinstance(one[0], str)}
    return {}


def _merge(merge: Any) -> str:
    return " ".join(str(one) for one in merge) if isinstance(merge, list) else str(merge)


def likeness_of(a: Vocabulary, b: Vocabulary) -> TokenizerLikeness:
    """The three figures that tell descent, and the verdict. Vocabulary size and sets of first merges never count."""
    shared = a.tokens.keys() & b.tokens.keys()
    small = min(len(a.tokens), len(b.tokens))
    same_id = sum(a.tokens[token] == b.tokens[token] for token in shared) / small
    contained = len(shared) / small
    jaccard = len(shared) / (len(a.tokens) + len(b.tokens) - len(shared))
    merges = leading(a.merges, b.merges)
    is_derived = (
        same_id >= SAME_ID_LINE or merges >= MERGES_LINE or (contained >= CONTAINED_LINE and small >= LEAST_CONTAINED)
    )
    return TokenizerLikeness(
        "derived" if is_derived else "independent",
        same_id,
        contained,
        jaccard,
        merges,
        (len(a.tokens), len(b.tokens)),
    )


def leading(a: Sequence[str], b: Sequence[str]) -> int:
    """How many merges are equal from the first on."""
    count = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        count += 1
    return count

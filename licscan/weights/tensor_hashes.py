"""Whole tensors that are equal in both models, by SHA-256: for `--full` and for folders on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from licscan.core.evidence import Gap
from licscan.weights.reading.reader import Reader, Stretch
from licscan.weights.tensors.logical_weight import Weight

LEAST_ELEMENTS = 64
_CHUNK = 16_000_000
_NOT_EVIDENCE = frozenset({"buffer", "position"})
_LEAST_BYTES_KINDS = 8


@dataclass(frozen=True, slots=True)
class HashShare:
    """Equal tensors of one component."""

    parameters: int
    """Of A's tensors that B has too."""
    of: int
    tensors: int
    names: tuple[str, ...]

    @property
    def share(self) -> float:
        """Of the parameters that were hashed."""
        return self.parameters / self.of if self.of else 0.0


def hash_share(a: Iterable[Weight], b: Iterable[Weight], readers: tuple[Reader, Reader]) -> HashShare:
    """Hash every learned tensor of both that has a partner of the same size; constants and buffers do not count."""
    mine = [one for one in a if _counts(one)]
    theirs = [one for one in b if _counts(one)]
    sizes = {one.main.length for one in theirs} & {one.main.length for one in mine}
    known = {_digest(readers[1], one) for one in theirs if one.main.length in sizes}
    equal = [
        one for one in mine if one.main.length in sizes and (digest := _digest(readers[0], one)) and digest in known
    ]
    return HashShare(
        sum(one.parameters for one in equal),
        sum(one.parameters for one in mine),
        len(equal),
        tuple(sorted(one.name for one in equal))[:50],
    )


def _counts(weight: Weight) -> bool:
    return weight.parameters >= LEAST_ELEMENTS and weight.place.role not in _NOT_EVIDENCE


def _digest(reader: Reader, weight: Weight) -> str | None:
    """SHA-256 of the stored numbers; None where they cannot be read or are the same few values over and over."""
    main = weight.main
    digest = hashlib.sha256()
    varied = False
    for start in range(0, main.length, _CHUNK):
        raw = reader.read([Stretch(main.path, main.start + start, min(_CHUNK, main.length - start))])[0]
        if isinstance(raw, Gap):
            return None
        varied = varied or _varies(raw, max(1, main.length // max(1, main.elements)))
        digest.update(raw)
    return f"{main.dtype}:{digest.hexdigest()}" if varied else None


def _varies(raw: bytes, size: int) -> bool:
    """Several different values occur near the beginning: ones, zeros and ramps of a mask do not count."""
    seen = {raw[at : at + size] for at in range(0, min(len(raw), 4096 * size), size)}
    return len(seen) >= _LEAST_BYTES_KINDS

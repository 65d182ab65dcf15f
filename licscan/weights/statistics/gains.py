"""Norm gains and biases: they begin as ones and zeros, so all that they say was learned.

They never prove derivation alone, but they tell a derived model from one that only began at the same random numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from licscan.core.evidence import Gap
from licscan.weights.extra import need
from licscan.weights.reading.reader import Reader, Stretch, in_parallel
from licscan.weights.statistics.effect import weighted_median
from licscan.weights.tensors.decode import decoded
from licscan.weights.tensors.logical_weight import Storage, Weight
from licscan.weights.tensors.roles import tables
from licscan.weights.tensors.view import Layer, Side

LEAST_LENGTH = 64
MOST_VECTORS = 12
_LEAST_VALUES = 8
_STILL = 1e-3
"""Gains that vary less than this were hardly trained."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What the vectors of both sides say."""

    r: float | None
    """Median over vectors of Pearson within each."""
    equal: int
    """Vectors that vary and are equal."""
    count: int


def learned_vectors(
    pairs: Sequence[tuple[Layer, Layer]], readers: tuple[Reader, Reader], most: int = MOST_VECTORS
) -> Learned:
    """Read and correlate gains and biases of layers that belong together."""
    wanted = vector_pairs(pairs, most)
    sides = in_parallel(
        lambda side: readers[side].read([whole_vector(pair[side]) for pair in wanted]),
        (0, 1),
        max(reader.hub.workers for reader in readers),
    )
    np = need("numpy")
    correlations, sizes, equal = [], [], 0
    for (weight_a, weight_b), raw_a, raw_b in zip(wanted, sides[0], sides[1], strict=True):
        x, y = _values(raw_a, weight_a, np), _values(raw_b, weight_b, np)
        if x is None or y is None or x.shape != y.shape or _still(x, np) or _still(y, np):
            continue
        equal += bool(np.array_equal(x, y)) and len(np.unique(x)) >= _LEAST_VALUES
        x, y = x - x.mean(), y - y.mean()
        correlations.append(float(x @ y / np.sqrt((x @ x) * (y @ y))))
        sizes.append(float(x.size))
    return Learned(weighted_median(correlations, sizes) if correlations else None, equal, len(correlations))


def vector_pairs(pairs: Sequence[tuple[Layer, Layer]], most: int) -> list[tuple[Weight, Weight]]:
    """Gains and biases of the same meaning, spread evenly over the layers."""
    wanted = [pair for layer_a, layer_b in pairs for pair in _paired(layer_a, layer_b)]
    return wanted[:: max(1, len(wanted) // most)][:most]


def layers_of(side: Side, labels: Sequence[str]) -> list[Layer]:
    """The layers with these labels, in this order; labels of other things are left out."""
    known = {layer.label: layer for layer in side.layers}
    return [known[label] for label in labels if label in known]


def _paired(a: Layer, b: Layer) -> list[tuple[Weight, Weight]]:
    """Vectors of the same meaning and length."""
    mine = {meaning(name): weight for name, weight in sorted(a.vectors.items())}
    theirs = {meaning(name): weight for name, weight in sorted(b.vectors.items())}
    return [
        (mine[name], theirs[name])
        for name in sorted(set(mine) & set(theirs))
        if mine[name].shape == theirs[name].shape and (mine[name].shape or (0,))[0] >= LEAST_LENGTH
    ]


def meaning(name: str) -> str:
    """The inner name, where several spellings of the usual norms are one."""
    inner = name.rpartition("*.")[2].lower()
    for meaning, spellings in tables()["roles"]["spellings"].items():
        if inner in spellings:
            return str(meaning)
    return inner


def whole_vector(weight: Weight) -> Stretch:
    """All of a vector; of length zero where it cannot be read."""
    main = weight.main
    readable = weight.storage in {Storage.PLAIN, Storage.GGUF} and main.length <= 1_000_000
    return Stretch(main.path, main.start, main.length if readable else 0)


def _values(raw: bytes | Gap, weight: Weight, np: Any) -> Any:
    if isinstance(raw, Gap) or not raw:
        return None
    try:
        values = decoded(raw, weight.main.dtype).astype(np.float64)
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def _still(values: Any, np: Any) -> bool:
    """Hardly anything was learned here."""
    return bool(values.std() <= _STILL * max(1e-12, float(np.abs(values).max())))

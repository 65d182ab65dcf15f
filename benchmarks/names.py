"""How many licence names of a population of models resolve, and how much of our licence records is read.

    python benchmarks/names.py POPULATION.jsonl [--show]

A line of POPULATION is {"id": "org/model", "license": "a,b", "downloads": 7, "released": "2026-05-13"}: the licence as
the card names it (`license_name` where the card says "other"), several joined by commas. Lines without one are skipped.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.core.artifact import Artifact, Claim, ClaimKind, NodeKind  # noqa: E402
from licscan.core.evidence import Evidence  # noqa: E402
from licscan.core.ids import RepoId  # noqa: E402
from licscan.core.license import NOT_READ, Term  # noqa: E402
from licscan.knowledge import load  # noqa: E402
from licscan.licensing.claims import read  # noqa: E402

KNOWLEDGE = load()
ORDER = ("settled", "settled by a date", "one of several", "names none", "not recognised")
ANY_DAY = "2026-01-01"


def outcome(model: dict[str, Any]) -> str:
    """What the names of one model come to; the worst of several."""
    day = model.get("released")
    word = _outcome(model, day or None)
    # The Hub has a date of each repository, this list has not.
    is_dated = word == "one of several" and not day and _outcome(model, ANY_DAY) == "settled"
    return "settled by a date" if is_dated else word


def _outcome(model: dict[str, Any], day: str | None) -> str:
    id = model["id"]
    artifact = Artifact(id, NodeKind.MODEL, RepoId.try_parse(id), created=day)
    found = [read(_claim(id, name.strip()), artifact, KNOWLEDGE, None) for name in model["license"].split(",")]
    words = (
        "settled" if one.is_known else "one of several" if one.statement.candidates else _empty(one.is_empty)
        for one in found
    )
    return max(words, key=ORDER.index)


def _claim(id: str, name: str) -> Claim:
    return Claim(ClaimKind.TAG, name, Evidence(id, None, "README.md#license", name))


def _empty(says_none: bool) -> str:
    return "names none" if says_none else "not recognised"


def population(path: Path) -> Iterator[dict[str, Any]]:
    """The models that name a licence."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            model = json.loads(line)
            if model.get("license"):
                yield model


def names(models: Iterable[dict[str, Any]], *, show: bool) -> None:
    """Print the shares, by models and by downloads."""
    counts: dict[str, list[int]] = {word: [0, 0] for word in ORDER}
    open_names: dict[tuple[str, str], int] = defaultdict(int)
    for model in models:
        word = outcome(model)
        counts[word][0] += 1
        counts[word][1] += model.get("downloads") or 0
        if word != "settled":
            open_names[word, model["license"]] += 1
    everything = [sum(one[at] for one in counts.values()) for at in (0, 1)]
    naming = [total - counts["names none"][at] for at, total in enumerate(everything)]
    print("| the name | models | of all | of those that name a licence | by downloads |")
    print("|---|---|---|---|---|")
    for word, (number, downloads) in counts.items():
        shares = f"{number / everything[0]:.1%} | - | -"
        if word != "names none":
            shares = f"{number / everything[0]:.1%} | {number / naming[0]:.2%} | {downloads / naming[1]:.2%}"
        print(f"| {word} | {number} | {shares} |")
    if show:
        for (word, name), number in sorted(open_names.items(), key=lambda one: (-one[1], one[0])):
            print(f"    {number} {word}: {name}")


def records() -> None:
    """Print how much of the records nobody has read, and how many statements name no clause."""
    licenses = [KNOWLEDGE.licenses[key] for key in KNOWLEDGE.licenses.written]
    provisions = [one[term] for one in licenses for term in Term]
    unread = sum(one.value == NOT_READ for one in provisions)
    print(f"\nrecords: {len(licenses)}; terms: {len(provisions)}; not read: {unread} ({unread / len(provisions):.1%})")
    stated = [one for one in provisions if one.value not in {NOT_READ, "none", "no", "silent"}]
    bare = sum(one.clause is None for one in stated)
    print(f"terms that say something: {len(stated)}; of these without a clause: {bare} ({bare / len(stated):.1%})")


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("population", type=Path)
    parser.add_argument("--show", action="store_true", help="list the names that are not settled")
    args = parser.parse_args()
    names(population(args.population), show=args.show)
    records()


if __name__ == "__main__":
    main()

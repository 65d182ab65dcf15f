"""Lists every fact of data/ that nobody has looked at for 180 days, the oldest first.

    python scripts/stale_facts.py                      what is older than 180 days today; exit 1 where there is any
    python scripts/stale_facts.py --days 90 --at 2027-01-31

A fact carries the date of its last check as `checked` (publishers, owners, list entries, lists, changes, origins,
parts) or `reviewed` (presets, licences). Whoever looks again and finds it right sets the date, and nothing else.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.core.publisher import STALE_AFTER  # noqa: E402


def dated(data: Path) -> Iterator[tuple[str, str, str]]:
    """Every fact as its date, its file and what it is about; a fact without a date has an empty one."""
    for path in sorted(data.glob("publishers/*.toml")):
        for record in _tables(path, "publisher"):
            name = record["orgs"][0]
            yield _one(record, path, name)
            if "owner" in record:
                yield _one(record["owner"], path, f"{name}: owner")
            for entry in record.get("listed", ()):
                yield _one(entry, path, f"{name}: {entry['list']}")
    for file, table, key in (("lists", "list", "id"), ("changes", "change", "id"), ("parts", "part", "repo")):
        path = data / f"{file}.toml"
        yield from (_one(one, path, one[key]) for one in _tables(path, table))
    path = data / "origins.toml"
    yield from (_one(one, path, f"{one['node']} and {one['reference']}") for one in _tables(path, "origin"))
    for path in sorted([*data.glob("presets/*.toml"), *data.glob("licenses/*.toml")]):
        yield _one(tomllib.loads(path.read_text(encoding="utf-8")), path, path.stem)


def _tables(path: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get(name, [])
    return found


def _one(fact: dict[str, Any], path: Path, about: str) -> tuple[str, str, str]:
    return str(fact.get("checked") or fact.get("reviewed") or ""), str(path), about


def stale(data: Path, days: int, at: date) -> list[tuple[str, str, str]]:
    """The facts that are older than `days` on the day `at`, oldest first; those without a date before all."""
    return sorted(one for one in dated(data) if not one[0] or (at - date.fromisoformat(one[0])).days > days)


def main(argv: list[str] | None = None) -> int:
    """Print one line for each; exit code 1 where there is any."""
    parser = argparse.ArgumentParser(description="Facts that nobody has looked at for a while.")
    parser.add_argument("--days", type=int, default=STALE_AFTER, metavar="N", help="(default: %(default)s)")
    parser.add_argument(
        "--at", type=date.fromisoformat, default=datetime.now(UTC).date(), metavar="DATE", help="(default: today)"
    )
    parser.add_argument("--data", type=Path, default=ROOT / "data", metavar="DIR", help="(default: data)")
    asked = parser.parse_args(argv)
    found = stale(asked.data, asked.days, asked.at)
    for when, path, about in found:
        print(f"{when or 'no date'}  {path}  {about}")
    print(
        f"{len(found)} of {sum(1 for _ in dated(asked.data))} facts are older than {asked.days} days on {asked.at}",
        file=sys.stderr,
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

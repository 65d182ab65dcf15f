"""Builds `data/catalog/` from a folder of records: `<org>/<name>/record.json` and the files as on the Hub beside it.

    python scripts/build_catalog.py RECORDS [--into data/catalog]

A record says what was seen of a repository; a missing key means "not seen". Only facts are taken: metadata, listings,
configuration files and the block at the head of the card, none of the prose. What somebody concluded later
(`true_base_as_known`, `notes`, `base_models_claimed_in_prose`) is left where it is.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from licscan.core.artifact import FileEntry, Source  # noqa: E402
from licscan.core.ids import RepoId  # noqa: E402
from licscan.formats import frontmatter  # noqa: E402
from licscan.sources.protocol import RepoInfo  # noqa: E402
from licscan.sources.serialize import info_to_json  # noqa: E402

FILES = ("config.json", "adapter_config.json", "mergekit_config.yml")
_HEAD = re.compile(r"\A---\r?\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r"^(?=[A-Za-z_][\w.-]*[ \t]*:)", re.MULTILINE)
_PROSE = re.compile(
    r"(?:extra_gated\w*|widget|model-index|thumbnail|prompt_template|inference|co2_eq_emissions|metrics)\b"
)
_LONGEST_BLOCK = 4000
_LONGEST_LINE = 300
_DATE = re.compile(r"\b(20\d\d-\d\d-\d\d)")
_MOMENT = re.compile(r"20\d\d-\d\d(?:-\d\d(?:T[\d:.]+Z?)?)?")
_EMPTY = frozenset({"", "none", "?", "unknown"})


def main() -> int:
    """Read the records and write the catalogue."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("--into", type=Path, default=ROOT / "data" / "catalog")
    args = parser.parse_args()
    records = {
        path.parent: json.loads(path.read_text(encoding="utf-8")) for path in args.records.glob("*/*/record.json")
    }
    if not records:
        parser.error(f"{args.records} holds no <org>/<name>/record.json")
    dates = Dates(records.values())
    entries = [entry for folder, record in sorted(records.items()) if (entry := entry_of(folder, record, dates))]
    write(sorted(entries, key=lambda entry: str(entry["info"]["id"]).lower()), args.into, dates.collected)
    print(f"{len(entries)} of {len(records)} records; collected {dates.collected}")
    return 0


class Dates:
    """When the facts of a record were true, as closely as the records tell."""

    def __init__(self, records: Iterator[Any] | Any) -> None:
        said = list(records)
        boards = [str((record.get("leaderboard") or {}).get("upload_date", "")) for record in said]
        self.board = max((day for day in boards if _DATE.fullmatch(day)), default="")
        """The table was made on this day or soon after: it lists a model of this day."""
        self.collected = max(_DATE.findall(json.dumps(said)), default="")
        """The newest day that any record names: all were collected by then."""

    def of(self, record: Mapping[str, Any]) -> tuple[str, str]:
        """A date and how it is known."""
        for name in ("observed", "last_modified"):
            if record.get(name):
                return moment(str(record[name])), name
        if record.get("leaderboard") and self.board:
            return self.board, "leaderboard"
        return self.collected, "collected"


def entry_of(folder: Path, record: Mapping[str, Any], dates: Dates) -> dict[str, Any] | None:
    """One line of the catalogue: of some models no more than that they are there; None for what is no name."""
    id = RepoId.try_parse(record["id"])
    if id is None:
        return None
    shown = first(record, "license_as_displayed", "license_seen") or board(record, "license") or identified(record)
    files = {name: (folder / name).read_text(encoding="utf-8") for name in FILES if (folder / name).is_file()}
    card = head_of(folder / "README.md")
    if card is not None and not contradicts(card, first(record, "license_as_displayed")):
        files["README.md"] = card
    base = board(record, "base_model")
    counted = record.get("safetensors_parameters") or {}
    as_of, dated_by = dates.of(record)
    info = RepoInfo(
        id=id,
        asked=id,
        source=Source.CATALOG,
        revision=record.get("sha") if re.fullmatch(r"[0-9a-f]{40}", str(record.get("sha"))) else None,
        as_of=as_of,
        tags=tuple(record["tags"]) if record.get("tags") else None,
        files=tuple(map(FileEntry, sorted(record["files_listed"]))) if record.get("files_listed") else None,
        base_models=(base,) if base and RepoId.try_parse(base) and base.lower() != record["id"].lower() else None,
        gated=gated(record.get("gated")),
        config=record.get("api_config") or None,
        parameters=counted.get("total"),
        dtypes=counted.get("parameters") or {},
        library=record.get("library_name"),
        pipeline=record.get("pipeline_tag"),
        created=moment(record.get("created_at") or board(record, "upload_date")),
        modified=moment(record.get("last_modified")),
        displayed_license=shown,
    )
    said = info_to_json(info)
    entry: dict[str, Any] = {"info": said, "dated_by": dated_by, "sources": len(record["source_urls"])}
    if "README.md" in files and record.get("front_matter_complete") is False:
        entry["partial"] = True
    if record.get("former_ids"):
        entry["former"] = sorted(record["former_ids"])
    return {**entry, "files": dict(sorted(files.items()))} if files else entry


def head_of(path: Path) -> str | None:
    """The block at the head of a card as published, without entries that are prose."""
    if not path.is_file():
        return None
    found = _HEAD.match(path.read_text(encoding="utf-8"))
    if not found:
        return None
    kept = [block for block in _BLOCK.split(found[1]) if not _PROSE.match(block) and not is_long(block)]
    return "---\n" + "".join(kept) + "---\n"


def is_long(block: str) -> bool:
    """A text rather than a value."""
    return len(block) > _LONGEST_BLOCK or any(len(line) > _LONGEST_LINE for line in block.splitlines())


def contradicts(card: str, shown: str | None) -> bool:
    """The card is of an older commit than the page whose header was seen, and its licence has changed since."""
    values = frontmatter.split(card).values
    named = {str(values[name]).lower() for name in ("license", "license_name") if values.get(name)}
    return bool(shown and named and shown.lower() not in named)


def board(record: Mapping[str, Any], name: str) -> str | None:
    """A value of the leaderboard's row: what the Hub's metadata said when the table was made."""
    value = str((record.get("leaderboard") or {}).get(name) or "").strip()
    return None if value.lower() in _EMPTY else value


def identified(record: Mapping[str, Any]) -> str | None:
    """The id under which a public index of licences lists the repository's licence file."""
    listed = re.search(r"LicenseRef-scancode-[A-Za-z0-9.-]*[A-Za-z0-9]", str(record.get("license_file", "")))
    return listed[0] if listed and "license_identity" in record.get("seen", ()) else None


def first(record: Mapping[str, Any], *names: str) -> str | None:
    """The first of these that the record has."""
    return next((str(record[name]) for name in names if record.get(name)), None)


def gated(value: object) -> Any:
    """The Hub's three values; a yes without its kind counts as the stricter one."""
    said = {"false": False, "true": "manual", "auto": "auto", "manual": "manual"}
    return said.get(str(value).lower())


def moment(value: Any) -> Any:
    """The first date or time that a field names, in ISO 8601 as the Hub writes it."""
    found = _MOMENT.search(str(value).replace(" ", "T").replace("+00:00", "Z")) if value else None
    return found[0] if found else None


def write(entries: list[dict[str, Any]], into: Path, collected: str) -> None:
    """One line for each model, and an index that leads to it without reading the others."""
    into.mkdir(parents=True, exist_ok=True)
    index: dict[str, list[int]] = {}
    place = 0
    with (into / "models.jsonl").open("wb") as file:
        for entry in entries:
            line = (json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=False) + "\n").encode()
            file.write(line)
            for name in (entry["info"]["id"], *entry.get("former", ())):
                index[name.lower()] = [place, len(line)]
            place += len(line)
    head = {"collected": collected, "count": len(entries), "index": dict(sorted(index.items()))}
    (into / "index.json").write_text(json.dumps(head, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

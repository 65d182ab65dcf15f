"""Compile the licences, terms and names of data/*.toml, which people edit, into data/compiled/, which a run loads.

`licenses.json` is a small index; `licenses_records.jsonl` has one licence on each line, read only when it is needed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.core.license import License  # noqa: E402
from licscan.errors import KnowledgeError  # noqa: E402
from licscan.files import parse_toml  # noqa: E402
from licscan.knowledge.control import compile_control  # noqa: E402
from licscan.knowledge.flowtable import table_from  # noqa: E402
from licscan.knowledge.license_prose import license_prose_from  # noqa: E402
from licscan.knowledge.licenses import license_from  # noqa: E402
from licscan.knowledge.names import bare_address, normalise, spellings  # noqa: E402
from licscan.knowledge.vocabulary import closed_lists  # noqa: E402

_KEPT = {"means", "keys", "usual", "dated", "repos", "note"}


def main() -> None:
    """Check every record while compiling; stop at the first that is wrong."""
    data = ROOT / "data"
    for name, text in compile_all(data).items():
        (data / "compiled").mkdir(exist_ok=True)
        (data / "compiled" / name).write_text(text, encoding="utf-8")


def compile_all(data: Path) -> dict[str, str]:
    """The compiled files by name.

    Raises:
        KnowledgeError: a record is wrong; the message names the file and the key.
    """
    terms = _toml(data / "terms.toml")
    vocabulary = closed_lists(terms)
    records, licenses = _licenses(data, vocabulary)
    names = _toml(data / "hub_tags.toml")
    lines = {key: number for number, key in enumerate(sorted(records))}
    index = {
        "version": (data / "VERSION").read_text(encoding="utf-8").strip(),
        "lines": lines,
        "hub_ids": {entry["id"]: _entry(entry, licenses, "id") for entry in names["tag"]},
        "names": _names(names, licenses),
        "links": _links(names, licenses),
        "expressions": _expressions(licenses),
        "families": _grouped(licenses, lambda one: one.family),
        "series": _series(licenses),
        "vocabulary": vocabulary,
    }
    return {
        "licenses.json": _json(index) + "\n",
        "licenses_records.jsonl": "".join(_json(records[key]) + "\n" for key in lines),
        "terms.json": _json(terms) + "\n",
        "patterns.json": _json(_toml(data / "patterns.toml")) + "\n",
        "license_prose.json": _license_prose(data, vocabulary) + "\n",
        "flow.json": _flow(data) + "\n",
        **{name: _json(content) + "\n" for name, content in compile_control(data, licenses).items()},
    }


def _flow(data: Path) -> str:
    """The table of what travels along which relation, checked."""
    content = _toml(data / "flow.toml")
    table_from(content)
    return _json(content)


def _license_prose(data: Path, vocabulary: Any) -> str:
    """The words by which cards speak of licences, checked."""
    content = _toml(data / "license_prose.toml")
    license_prose_from(content, vocabulary)
    return _json(content)


def _toml(path: Path) -> dict[str, Any]:
    return parse_toml(path.read_text(encoding="utf-8"), f"data/{path.name}", KnowledgeError)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _licenses(data: Path, vocabulary: Any) -> tuple[dict[str, Any], dict[str, License]]:
    records, licenses = {}, {}
    for path in sorted((data / "licenses").glob("*.toml")):
        where = f"data/licenses/{path.name}"
        record = parse_toml(path.read_text(encoding="utf-8"), where, KnowledgeError)
        license = license_from(record, where, vocabulary)
        if license.key.replace("+", "-plus") != path.stem:
            raise KnowledgeError(f"{where}: the key is {license.key!r}", "a file is called after its key")
        if len(license.texts) != len(license.sha256):
            raise KnowledgeError(f"{where}: texts and sha256 are not of one length", "give the SHA-256 of each text")
        records[license.key], licenses[license.key] = record, license
    for key, license in licenses.items():
        for field in ("policy_of", "text_of"):
            if (other := getattr(license, field)) and other not in licenses:
                raise KnowledgeError(f"data/licenses: {key} has {field} = {other!r}", "there is no such licence")
    return records, licenses


def _entry(entry: Mapping[str, Any], licenses: Mapping[str, License], what: str) -> Any:
    """An exact name becomes a plain key; anything else keeps its candidates."""
    keys = entry.get("keys") or ([entry["key"]] if "key" in entry else [])
    more = [
        entry.get("usual"),
        *(key for _, key in entry.get("dated", ())),
        *(key for _, key in entry.get("repos", ())),
    ]
    for key in (*keys, *(one for one in more if one)):
        if key not in licenses:
            raise KnowledgeError(f"data/hub_tags.toml: {entry[what]} names {key!r}", "there is no such licence")
    if entry["means"] == "exact":
        return keys[0]
    return {name: value for name, value in entry.items() if name in _KEPT}


def _names(names: Mapping[str, Any], licenses: Mapping[str, License]) -> dict[str, Any]:
    """Aliases, keys, ids and full names; what names two licences and is not settled by hand is ambiguous."""
    found: dict[str, list[str]] = {}
    weaker: dict[str, list[str]] = {}
    for key, license in licenses.items():
        for name in (*license.aliases, key):
            found.setdefault(normalise(name), []).append(key)
        if license.text_of is None:
            for name in (license.expression, *spellings(license.name)):
                weaker.setdefault(normalise(name), []).append(key)
    for name, keys in weaker.items():
        found.setdefault(name, keys)
    settled = {normalise(entry["name"]): _entry(entry, licenses, "name") for entry in names["name"]}
    compiled: dict[str, Any] = {}
    for name, keys in found.items():
        one = sorted(set(keys))
        compiled[name] = one[0] if len(one) == 1 else {"means": "ambiguous", "keys": one}
    compiled.update(settled)
    for entry in names["tag"]:
        compiled.setdefault(normalise(entry["id"]), _entry(entry, licenses, "id"))
    return dict(sorted(compiled.items()))


def _links(names: Mapping[str, Any], licenses: Mapping[str, License]) -> dict[str, Any]:
    links = {bare_address(one.url): key for key, one in licenses.items() if one.url and one.text_of is None}
    links.update({bare_address(entry["address"]): _entry(entry, licenses, "address") for entry in names["link"]})
    return dict(sorted(links.items()))


def _expressions(licenses: Mapping[str, License]) -> dict[str, str]:
    """The licence that an id stands for; a publisher's record under somebody else's text is not it."""
    found: dict[str, str] = {}
    for key, license in licenses.items():
        id = license.expression.lower()
        if license.text_of is not None or " " in id:
            continue
        if id in found:
            raise KnowledgeError(f"data/licenses: {key} and {found[id]} both have {id}", "set text_of in one of them")
        found[id] = key
        if id.endswith("-only"):
            found.setdefault(id.removesuffix("-only"), key)
            found.setdefault(id.removesuffix("-only") + "-or-later", key)
    return dict(sorted(found.items()))


def _grouped(licenses: Mapping[str, License], by: Any) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for key, license in licenses.items():
        if name := by(license):
            groups.setdefault(name, []).append(key)
    return dict(sorted(groups.items()))


def _series(licenses: Mapping[str, License]) -> dict[str, list[str]]:
    groups = _grouped(licenses, lambda one: one.series)
    for name, keys in groups.items():
        places = [licenses[key].edition for key in keys]
        if None in places or len(set(places)) != len(places):
            raise KnowledgeError(f"data/licenses: the series {name} has no clear order", "give each edition a number")
        keys.sort(key=lambda key: licenses[key].edition or 0)
    return groups


if __name__ == "__main__":
    main()

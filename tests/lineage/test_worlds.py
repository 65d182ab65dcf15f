"""Every world of the `*.toml` files beside this: what a scan must find in it, and what it must not.

[[case]]
like = "what it stands for"
verdict = "unknown"                          of the report; absent where it does not matter
links = [["o/base", "adapter", ""]]          parent (or `*part of its name`), relation, role; `any` fits everything
possible = ["o/other"]                       parents that may be no surer than possible
none = ["o/no-parent"]                       no link to a parent whose name has this
rules, no_rules = ["unseen-upstream"]        findings that are there, or are not
folder = true                                the subject is a folder, not a repository
[case.files]                                 the subject's files
[case.heads."x.safetensors"]                 the metadata of a weights file of the subject
[case.others."o/base"]                       the files of the other repositories
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from licscan.cli.main import main
from licscan.files import parse_toml
from tests.standin import StandIn

HERE = Path(__file__).parent
CASES: list[tuple[str, dict[str, Any]]] = [
    (path.stem, case)
    for path in sorted(HERE.glob("*.toml"))
    for case in parse_toml(path.read_text(encoding="utf-8"), path.name, ValueError)["case"]  # type: ignore[arg-type]
]
KEYS = {"like", "verdict", "links", "possible", "none", "rules", "no_rules", "folder", "files", "heads", "others"}


def head(metadata: Mapping[str, str]) -> bytes:
    """A weights file with these words in its head, and one number."""
    tensor = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    text = json.dumps({"__metadata__": dict(metadata), "x": tensor}).encode()
    return struct.pack("<Q", len(text)) + text + b"\0\0\0\0"


def add(hub: StandIn, name: str, files: Mapping[str, bytes]) -> None:
    """A repository as the Hub would show it: the card's metadata and its tags beside the files."""
    text = files.get("README.md", b"").decode()
    front = yaml.safe_load(text.removeprefix("---").partition("\n---")[0]) if text.startswith("---") else {}
    said: dict[str, Any] = front if isinstance(front, dict) else {}
    tags = [*(said.get("tags") or []), *([f"license:{said['license']}"] if "license" in said else [])]
    kind = "datasets" if name.startswith("datasets/") else "models"
    more = {"library_name": said["library_name"]} if "library_name" in said else {}
    hub.add(name.removeprefix("datasets/"), kind=kind, card=said, files=files, tags=tags, **more)


def scanned(
    case: Mapping[str, Any], place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> dict[str, Any]:
    """The report of a case."""
    files = {name: text.encode() for name, text in case.get("files", {}).items()}
    files |= {name: head(said) for name, said in case.get("heads", {}).items()}
    subject = "me/x"
    monkeypatch.chdir(place)
    with StandIn() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        for name, other in case.get("others", {}).items():
            add(hub, name, {path: text.encode() for path, text in other.items()})
        if case.get("folder"):
            subject = "./x"
            for path, content in files.items():
                (place / "x" / path).parent.mkdir(parents=True, exist_ok=True)
                (place / "x" / path).write_bytes(content)
        else:
            add(hub, subject, files)
        assert main(["tree", subject, "-f", "json", "-q"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def fits(link: Mapping[str, Any], wanted: list[str]) -> bool:
    """Whether a link is the one that is wanted."""
    parent, relation, role = wanted
    named = parent[1:].lower() in link["parent"].lower() if parent.startswith("*") else parent == link["parent"]
    return named and relation in ("any", link["relation"]) and role in ("any", link["component"] or "")


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}: {case['like']}" for file, case in CASES])
def test_a_world(
    file: str,
    case: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert set(case) <= KEYS, file
    report = scanned(case, tmp_path, monkeypatch, capsys)
    links, rules = report["links"], {one["rule"] for one in report["findings"]}
    shown = [(one["child"], one["parent"], one["relation"], one["component"], one["confidence"]) for one in links]
    for wanted in case.get("links", []):
        assert any(fits(link, wanted) for link in links), shown
    for parent in case.get("none", []):
        assert not any(parent.lower() in link["parent"].lower() for link in links), shown
    for parent in case.get("possible", []):
        assert [one["confidence"] for one in links if one["parent"] == parent] == ["possible"], shown
    assert case.get("verdict", report["verdict"]) == report["verdict"], [*rules, *report["gaps"]]
    assert set(case.get("rules", [])) <= rules
    assert not set(case.get("no_rules", [])) & rules


def test_there_are_worlds_of_every_kind() -> None:
    said = [case for _, case in CASES]
    assert sum("links" in case for case in said) >= 30
    assert sum(bool(case.get("none") or case.get("verdict") == "clear") for case in said) >= 25, "look-alikes"
    assert all(set(case) - {"like", "files", "others", "heads", "folder"} for case in said), "a case expects something"

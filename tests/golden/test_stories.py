"""Real lineages, recorded by the real client, and what is said of them. `pytest --update` rewrites what is said."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from licscan.cli.main import main
from licscan.files import data_json

HERE = Path(__file__).parent
STORIES = sorted(path.parent.name for path in HERE.glob("*/hub"))
EPOCH = "1795500000"
FORMATS = {
    "expect.tree": "tree",
    "expect.json": "json",
    "expect.mermaid": "mermaid",
    "expect.dot": "dot",
    "expect.csv": "csv",
    "expect.sarif": "sarif",
}
BILLS = {"expect.cdx.json": "cyclonedx", "expect.spdx.json": "spdx"}
BILLED = frozenset({"hyperclovax", "merge", "llama-chain"})
"""Stories for which the bills of materials are kept, too."""


def subject_of(story: str) -> str:
    recording = json.loads((HERE / story / "hub" / "recording.json").read_text(encoding="utf-8"))
    return str(recording["subjects"][0])


def said(story: str, form: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["tree", subject_of(story), "--from", str(HERE / story / "hub"), "-f", form]) == 0
    return capsys.readouterr().out


def test_every_story_is_there() -> None:
    assert len(STORIES) >= 12


@pytest.mark.parametrize("story", STORIES)
def test_the_story_is_told_as_before(
    story: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    for name, form in (FORMATS | (BILLS if story in BILLED else {})).items():
        words, path = said(story, form, capsys), HERE / story / name
        if request.config.getoption("--update"):
            path.write_text(words, encoding="utf-8")
        assert words == path.read_text(encoding="utf-8"), f"{path} differs; look at the diff, then --update"


@pytest.mark.parametrize("story", STORIES)
def test_the_json_fits_its_schema(story: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(said(story, "json", capsys))
    jsonschema.validate(report, data_json("schemas/report-1.json"))
    assert report["stats"]["requests"] == 0
    known = {node["id"] for node in report["nodes"]}
    assert all({link["child"], link["parent"]} <= known for link in report["links"])


@pytest.mark.parametrize("story", STORIES)
def test_the_same_input_gives_the_same_bytes(
    story: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    assert said(story, "json", capsys) == said(story, "json", capsys)


def test_the_founding_story(capsys: pytest.CaptureFixture[str]) -> None:
    story = "hyperclovax"
    recording = str(HERE / story / "hub")
    assert (
        main(["check", subject_of(story), "--from", recording, "--home", "KR", "--preset", "kr-independent-2026"]) == 1
    )
    words = capsys.readouterr().out
    for needed in ("undeclared", "Qwen2.5-VL", "Alibaba", "Apache-2.0", "2.1 %", "kr-independent-2026", "→"):
        assert needed in words
    main(["check", subject_of(story), "--from", recording, "-f", "json"])
    neutral = json.loads(capsys.readouterr().out)
    assert neutral["verdict"] != "blocked"
    assert not {one["rule"] for one in neutral["findings"] if one["severity"] == "critical"}

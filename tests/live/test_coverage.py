"""What was looked at stands in the report, and a verdict is never clear over what was not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from licscan.cli.main import main
from licscan.core.coverage import NEEDED, Coverage
from licscan.extract import license_prose
from licscan.extract.extraction import At
from tests.standin import Reply, StandIn
from tests.worlds import add, check, folder, front

KINDS = ("card", "card_text", "licence_files", "gate", "notices", "configs", "heads", "listing", "history")
NC = "Attribution-NonCommercial 4.0 International"
APACHE = b"This model is released under the Apache License, Version 2.0.\n"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    with StandIn() as stand:
        monkeypatch.setenv("HF_ENDPOINT", stand.url)
        yield stand


def looked(report: Mapping[str, Any], node: str) -> dict[str, str]:
    found: dict[str, str] = next(one["looked_at"] for one in report["nodes"] if one["id"] == node)
    return found


def test_every_kind_is_told_of_every_node(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    add(hub, "tune-lab/tune", {"license": "mit", "base_model": ["base-lab/base", "gone-lab/gone", "./a/b/c"]})
    add(hub, "base-lab/base", {"license": "mit", "extra_gated_prompt": "Be kind."}, {"config.json": b"{}"})
    _, report = check(capsys, "tune-lab/tune")
    assert all(tuple(one["looked_at"]) == KINDS for one in report["nodes"])
    assert len(report["nodes"]) == 4
    assert looked(report, "base-lab/base") == {
        "card": "read",
        "card_text": "read",
        "licence_files": "absent",
        "gate": "read",
        "notices": "absent",
        "configs": "read",
        "heads": "absent",
        "listing": "read",
        "history": "not-read (not asked for)",
    }
    assert set(looked(report, "gone-lab/gone").values()) == {"not-read (absent)"}
    assert set(Coverage.__slots__) == set(KINDS)
    assert set(KINDS) - {"heads", "history"} == NEEDED


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("README.md", "card_text"),
        ("LICENSE", "licence_files"),
        ("LICENSE_WEIGHTS", "licence_files"),
        ("NOTICE", "notices"),
        ("USE_POLICY.md", "notices"),
        ("config.json", "configs"),
    ],
)
@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_file_of_an_ancestor_that_cannot_be_read_is_never_clear(
    hub: StandIn, capsys: pytest.CaptureFixture[str], path: str, kind: str, status: int
) -> None:
    add(hub, "tune-lab/tune", {"license": "mit", "base_model": "base-lab/base"})
    add(hub, "base-lab/base", {"license": "mit"}, {path: b"{}" if path.endswith("json") else front({"license": "mit"})})
    hub.fail(f"/base-lab/base/resolve/{hub.repos['models/base-lab/base'].sha}/{path}", *(Reply(status),) * 9)
    code, report = check(capsys, "tune-lab/tune", "--fail-on", "never")
    assert looked(report, "base-lab/base")[kind].startswith("not-read (")
    assert (code, report["verdict"]) == (3, "unknown")


def test_a_thin_record_of_the_catalogue_is_never_clear(capsys: pytest.CaptureFixture[str]) -> None:
    code, report = check(capsys, "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "--offline")
    assert (code, report["verdict"], report["complete"]) == (3, "unknown", False)
    assert looked(report, report["subject"]["id"])["card_text"] == "not-read (the catalogue holds none)"
    assert report["gaps"]
    assert main(["tree", "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "--offline", "-q"]) == 0
    out = capsys.readouterr().out
    assert "not looked at: " in out
    assert "card text, licence files, notices and use policies" in out


def test_a_folder_on_disk_needs_no_history_and_no_gate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subject = folder(tmp_path / "mine", {"license": "mit"}, {"LICENSE": b"MIT License\n"})
    _, report = check(capsys, str(tmp_path / subject))
    told = looked(report, report["nodes"][0]["id"])
    assert (told["history"], told["gate"], told["licence_files"], told["listing"]) == (
        "absent",
        "absent",
        "read",
        "read",
    )


def test_a_folder_without_a_card_was_looked_at_as_a_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "config.json").write_bytes(b'{"model_type": "own"}')
    _, report = check(capsys, str(tmp_path / "mine"))
    told = looked(report, report["nodes"][0]["id"])
    assert {kind for kind, look in told.items() if look != "absent"} == {"configs", "listing"}
    assert report["complete"]


def test_the_history_is_told_where_it_was_asked_for(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    add(hub, "tune-lab/tune", {"license": "mit"})
    _, report = check(capsys, "tune-lab/tune", "--history")
    assert looked(report, "tune-lab/tune")["history"] == "read"


def test_the_dossier_says_what_was_not_looked_at(hub: StandIn, tmp_path: Path) -> None:
    add(hub, "tune-lab/tune", {"license": "mit", "base_model": "base-lab/base"})
    add(hub, "base-lab/base", {"license": "mit"}, {"LICENSE.pdf": b"%PDF-1.4"})
    assert main(["review", "tune-lab/tune", "-o", str(tmp_path / "out"), "-q"]) == 0
    page = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    told = page.partition("What was not looked at")[2].partition("##")[0]
    assert "history (not asked for): " in told
    assert "licence files (LICENSE.pdf" in told


@pytest.mark.parametrize("place", [13, 40, 60])
def test_the_last_of_many_licence_texts_counts(hub: StandIn, capsys: pytest.CaptureFixture[str], place: int) -> None:
    texts = {f"LICENSE-{number:02}": APACHE for number in range(1, place)}
    add(hub, "base-lab/base", {"license": "apache-2.0"}, {**texts, f"LICENSE-{place:02}-weights": NC.encode()})
    add(hub, "tune-lab/tune", {"license": "apache-2.0", "base_model": "base-lab/base"})
    code, report = check(capsys, "tune-lab/tune", "--fail-on", "never")
    assert report["verdict"] in ("blocked", "unknown")
    assert code in (1, 3)


@pytest.mark.parametrize(
    ("before", "is_cut"), [("filler\n" * 6200, False), ("word " * 5000, False), ("a\n" * 30_000, True)]
)
def test_a_long_card_is_read_to_its_end_or_cut_off_aloud(
    hub: StandIn, capsys: pytest.CaptureFixture[str], before: str, is_cut: bool
) -> None:
    body = f"{before}It was fine-tuned from [base](https://huggingface.co/base-lab/base)."
    hub.add("tune-lab/tune", card={"license": "mit"}, files={"README.md": front({"license": "mit"}, body)})
    add(hub, "base-lab/base", {"license": "mit"})
    _, report = check(capsys, "tune-lab/tune", "--fail-on", "never")
    assert [one["parent"] for one in report["links"]] == ([] if is_cut else ["base-lab/base"])
    cut = [one for one in report["gaps"] if one["reason"] == "truncated"]
    assert bool(cut) == is_cut
    assert report["complete"] != is_cut
    assert looked(report, "tune-lab/tune")["card_text"] == ("not-read (truncated)" if is_cut else "read")
    assert not is_cut or "lines of a card's text; left out: a" in json.dumps(cut)


@pytest.mark.parametrize("length", [30, 590, 600, 5000])
def test_a_sentence_about_the_licence_is_kept_whatever_its_length(length: int) -> None:
    long = "Mind " + "the many words " * (length // 15)
    body = f"{long}the weights are licensed under CC-BY-NC-4.0 {long}"
    kept = license_prose.read(body, At("a/b", None, "README.md"))
    assert any("licensed under CC-BY-NC-4.0" in one.text for one in kept)
    assert max(len(one.text) for one in kept) < 700

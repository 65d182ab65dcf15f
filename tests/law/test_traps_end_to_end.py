"""The five traps and the quiet cases through `licscan check`, offline: folders over the catalogue and over recordings.

Licence texts that may not be shipped are taken from the folder that LICSCAN_TEXTS names, where there is one
(`<key>.txt`); without it their place is taken by texts of packages, and by an answer of the identification.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.metadata import files
from pathlib import Path
from typing import Any

import pytest

from licscan.compatibility.propagate import flow
from licscan.compatibility.release import release
from licscan.core.license import Identity, keys_of
from licscan.core.use import Use
from licscan.knowledge import load
from licscan.licensing.resolve import resolve_all
from licscan.lineage import parse_subject
from licscan.pipeline import collect
from licscan.rule import Case, ask_all
from licscan.rules import RULES
from licscan.sources.catalog import Catalog
from tests.standin import StandIn
from tests.worlds import add, check, folder, record, severities

LLAMA = "meta-llama/Llama-3.1-8B-Instruct"
VISION = "meta-llama/Llama-3.2-11B-Vision-Instruct"
TEXTS = os.environ.get("LICSCAN_TEXTS", "")
LOUD = {"critical", "high"}
MERGE = b"""merge_method: ties
base_model: Qwen/Qwen2.5-7B-Instruct
models:
- model: google/gemma-2-9b-it
- model: CohereForAI/c4ai-command-r-v01
"""
LLAVA = b"""{"model_type": "llava", "architectures": ["LlavaLlamaForCausalLM"], "_name_or_path": "lmsys/vicuna-7b-v1.5",
"mm_vision_tower": "openai/clip-vit-large-patch14-336"}"""


def text_of(package: str) -> bytes:
    """The licence file of a package on this machine."""
    found = next(one for one in files(package) or () if one.name.startswith("LICENSE"))
    return found.read_binary()


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    return tmp_path


@pytest.fixture
def hub() -> Iterator[StandIn]:
    with StandIn() as stand:
        yield stand


def test_a_community_licence_retagged(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subject = folder(here / "Foo-8B", {"license": "apache-2.0", "base_model": LLAMA})
    code, report = check(capsys, subject, "--offline")
    assert (code, report["verdict"]) == (1, "blocked")
    assert severities(report, "looser-than-upstream") == ["critical"]
    assert severities(report, "use-restrictions-dropped") == ["high"]
    assert {"LICENSE", "README.md"} & {one["place"].partition("#")[0] for one in report["findings"][0]["evidence"]}
    link = next(one for one in report["links"] if one["child"] == report["subject"]["id"])
    assert link["verdict"] == "conflict"
    assert any(one["clause"] for one in link["reasons"])


def test_a_free_tag_on_a_base_that_is_not_free_and_the_text_of_another(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A package's text under another tag: the text governs, the contradiction shows, and nothing above is washed."""
    license = {"LICENSE": text_of("requests")}
    subject = folder(here / "Foo-8B", {"license": "mit", "base_model": LLAMA}, license)
    code, report = check(capsys, subject, "--offline")
    assert code == 1
    assert severities(report, "license-claims-disagree")
    assert severities(report, "looser-than-upstream") == ["critical"]
    node = next(one for one in report["nodes"] if one["id"] == report["subject"]["id"])
    assert node["license"]["expression"] == "Apache-2.0"


def test_the_text_of_the_base_under_a_free_tag(here: Path) -> None:
    """The same by an answer of the identification in the place of a text that may not be shipped."""
    words = "\n".join(f"{n}. These are the terms of the base, word for word." for n in range(1, 30))
    subject = folder(here / "Foo-8B", {"license": "apache-2.0", "base_model": LLAMA}, {"LICENSE": words.encode()})

    def identify(text: str) -> Identity:
        return Identity("exact", "llama3.1", 1.0) if text.strip() == words else Identity("none")

    walked, knowledge = collect(parse_subject(subject), Catalog()), load()
    resolutions = resolve_all(walked.lineage, knowledge, identify)
    id = walked.lineage.subjects[0]
    assert keys_of(resolutions[id]) == ("llama3.1",)
    flowed = flow(walked.lineage, resolutions, knowledge.licenses, Use(), {}, knowledge.publishers.named)
    out = release(walked.lineage, resolutions, knowledge.licenses, flowed, Use(), knowledge)
    case = Case(walked.lineage, resolutions, knowledge.licenses, {}, flowed.judgements, flowed.all, Use(), release=out)
    found = {one.rule: one.severity.value for one in ask_all(RULES, case) if one.subject == id}
    assert found["license-claims-disagree"] == "high"
    assert found["notice-missing"] == "high"


@pytest.mark.skipif(not TEXTS, reason="LICSCAN_TEXTS names no folder of texts")
def test_the_real_text_of_the_base_under_a_free_tag(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    license = {"LICENSE": (Path(TEXTS) / "llama3.1.txt").read_bytes()}
    subject = folder(here / "Foo-8B", {"license": "apache-2.0", "base_model": LLAMA}, license)
    code, report = check(capsys, subject, "--offline", "--release-name", "Foo-8B")
    assert code == 1
    assert severities(report, "license-claims-disagree") == ["high"]
    assert severities(report, "naming-duty-unmet")


MERGED = {
    "google/gemma-2-9b-it": {"license": "gemma"},
    "Qwen/Qwen2.5-7B-Instruct": {"license": "apache-2.0"},
    "CohereForAI/c4ai-command-r-v01": {"license": "cc-by-nc-4.0"},
}


def test_three_licences_merged_under_a_free_tag(
    here: Path, hub: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, said in MERGED.items():
        add(hub, name, said)
    card = {"license": "mit", "base_model": list(MERGED), "tags": ["merge"]}
    subject = folder(here / "mix", card, {"mergekit_config.yml": MERGE})
    record(monkeypatch, hub, subject, here / "kept")
    code, report = check(capsys, subject, "--from", "kept")
    assert (code, report["complete"], report["verdict"]) == (1, True, "blocked")
    blamed = {
        one["path"][-1]
        for one in report["findings"]
        if one["rule"] == "looser-than-upstream" and one["severity"] in LOUD
    }
    assert blamed == {"google/gemma-2-9b-it", "CohereForAI/c4ai-command-r-v01"}
    assert {one["relation"] for one in report["links"]} == {"merge"}


def test_three_licences_merged_with_one_unseen_is_still_caught(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = {"license": "mit", "base_model": list(MERGED), "tags": ["merge"]}
    code, report = check(capsys, folder(here / "mix", card, {"mergekit_config.yml": MERGE}), "--offline")
    assert code == 1
    assert not report["complete"]
    assert "critical" in severities(report, "looser-than-upstream")


def test_an_adapter_without_a_licence(
    here: Path, hub: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = b'{"model_type": "mllama", "architectures": ["MllamaForConditionalGeneration"]}'
    add(hub, VISION, {"license": "llama3.2", "pipeline_tag": "image-text-to-text"}, {"config.json": config})
    adapter = f'{{"peft_type": "LORA", "base_model_name_or_path": "{VISION}"}}'.encode()
    subject = folder(here / "lora", {"library_name": "peft"}, {"adapter_config.json": adapter})
    record(monkeypatch, hub, subject, here / "kept")
    code, report = check(capsys, subject, "--from", "kept", "--territory", "DE", "--use", "commercial")
    assert code == 1
    assert [one["relation"] for one in report["links"]] == ["adapter"]
    said = {one["rule"] for one in report["findings"] if one["severity"] in LOUD}
    assert {"license-omitted", "undeclared-license"} & said
    assert "excluded-territory" in said


def test_towers_under_a_free_tag(
    here: Path, hub: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add(hub, "openai/clip-vit-large-patch14-336", {"license": "mit"})
    add(hub, "lmsys/vicuna-7b-v1.5", {"license": "llama2"})
    subject = folder(here / "seeing", {"license": "apache-2.0"}, {"config.json": LLAVA})
    record(monkeypatch, hub, subject, here / "kept")
    for source in (["--from", "kept"], ["--offline"]):
        code, report = check(capsys, subject, *source)
        assert code == 1
        roles = {one["parent"]: one["component"] for one in report["links"] if one["child"] == report["subject"]["id"]}
        assert roles["openai/clip-vit-large-patch14-336"] == "vision_encoder"
        assert "critical" in severities(report, "looser-than-upstream")
        assert not any(one["declared"] for one in report["links"])


QUIET: Mapping[str, tuple[dict[str, Any], dict[str, dict[str, Any]]]] = {
    "a clean free line": (
        {"license": "apache-2.0", "base_model": "acme/mid"},
        {"acme/mid": {"license": "apache-2.0", "base_model": "acme/root"}, "acme/root": {"license": "apache-2.0"}},
    ),
    "free licences mixed": ({"license": "mit", "base_model": "acme/root"}, {"acme/root": {"license": "mit"}}),
    "a publisher relicenses (1)": (
        {"license": "apache-2.0", "base_model": "tiiuae/falcon-new"},
        {
            "tiiuae/falcon-new": {"license": "apache-2.0", "base_model": "tiiuae/falcon-old"},
            "tiiuae/falcon-old": {"license": "other", "license_name": "falcon-180b"},
        },
    ),
    "a publisher relicenses (2)": (
        {"license": "apache-2.0", "base_model": "01-ai/Yi-new"},
        {
            "01-ai/Yi-new": {"license": "apache-2.0", "base_model": "01-ai/Yi-old"},
            "01-ai/Yi-old": {"license": "other", "license_name": "yi-license"},
        },
    ),
    "a publisher relicenses (3)": (
        {"license": "mit", "base_model": "microsoft/phi-new"},
        {
            "microsoft/phi-new": {"license": "mit", "base_model": "microsoft/phi-old"},
            "microsoft/phi-old": {"license": "other", "license_name": "microsoft-research-license"},
        },
    ),
}


@pytest.mark.parametrize("name", QUIET)
def test_a_quiet_line_stays_quiet(
    name: str, here: Path, hub: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    card, above = QUIET[name]
    for repo, said in above.items():
        add(hub, repo, said)
    subject = folder(here / "Foo", card)
    record(monkeypatch, hub, subject, here / "kept")
    code, report = check(capsys, subject, "--from", "kept")
    assert [one for one in report["findings"] if one["severity"] in LOUD] == []
    assert not severities(report, "looser-than-upstream")
    assert code == 0


@pytest.mark.parametrize(
    "name", ["tiiuae/falcon-7b", "01-ai/Yi-6B-Chat", "microsoft/phi-2", "Qwen/Qwen2.5-7B-Instruct"]
)
def test_real_records_stay_quiet(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = check(capsys, name, "--offline")
    assert [one for one in report["findings"] if one["severity"] in LOUD] == []
    assert (code, report["verdict"]) == (3, "unknown")  # the catalogue holds no text of a card and no licence file


def test_a_community_licence_kept_as_it_asks(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notice = b"Llama 3.1 is licensed under the Llama 3.1 Community License, (c) Meta Platforms, Inc.\n"
    more = {"NOTICE": notice, "USE_POLICY.md": b"# Llama 3.1 Acceptable Use Policy\n\nDo no harm.\n"}
    if TEXTS:
        more["LICENSE"] = (Path(TEXTS) / "llama3.1.txt").read_bytes()
        more["USE_POLICY.md"] = (Path(TEXTS) / "llama3.1-aup.txt").read_bytes()
    body = "# Llama-3.1-Foo\n\nBuilt with Llama. Use follows USE_POLICY.md."
    subject = folder(here / "Llama-3.1-Foo", {"license": "llama3.1", "base_model": LLAMA}, more, body)
    code, report = check(capsys, subject, "--offline")
    assert [one for one in report["findings"] if one["severity"] in LOUD] == []
    assert (code, report["verdict"]) == (3, "unknown")  # of the base, the catalogue holds the metadata alone

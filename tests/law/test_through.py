"""Traps, quiet cases and questions of use through the whole program, from cards and files to the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from licscan.core.artifact import FileEntry, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.finding import Severity
from licscan.core.ids import RepoId
from licscan.core.report import Outcome, Report
from licscan.pipeline import scan
from licscan.sources.protocol import Commit, Counts, RepoInfo
from tests.build import use_of

APACHE, MIT = {"license": "apache-2.0"}, {"license": "mit"}


@dataclass
class Shelf:
    """A source of repositories that hold a card, and files where a case needs them."""

    cards: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    workers: int = 1
    stats: Counts = field(default_factory=Counts)

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:
        """The card and the listing."""
        if repo.path not in self.cards:
            return Gap(str(repo), GapReason.ABSENT, "not there")
        listing = tuple(FileEntry(path) for path in sorted(self.files.get(repo.path, {})))
        card = self.cards[repo.path]
        return RepoInfo(repo, repo, Source.HUB, revision or "a" * 40, "2026-01-01", card, tags=(), files=listing)

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:
        """A file."""
        held = self.files.get(info.id.path, {}).get(path)
        return Gap(str(info.id), GapReason.ABSENT, "no such file", path) if held is None else held.encode()[:limit]

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        """A part of a file."""
        held = self.read(info, path)
        return held if isinstance(held, Gap) else held[start : start + length]

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """All files."""
        return info.files or ()

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:
        """No commits."""
        return ()

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:
        """No links."""
        return Gap(url, GapReason.OFFLINE, "not read")


def report(cards: Mapping[str, Any], files: Mapping[str, Any] | None = None, **use: Any) -> Report:
    """The report on the first of the cards."""
    return scan(next(iter(cards)), hub=Shelf(cards, files or {}), use=use_of(use))


def loud(told: Report, least: Severity = Severity.MEDIUM) -> set[str]:
    """Rules with a finding at or above a severity."""
    return {one.rule for one in told.findings if one.severity.rank <= least.rank}


def base(name: str | list[str], **more: Any) -> dict[str, Any]:
    """A card that names its base."""
    return {"base_model": name, **more}


LLAMA = {"meta-llama/Llama-3.1-8B": {"license": "llama3.1"}}
VISION = {"meta-llama/Llama-3.2-11B-Vision": {"license": "llama3.2"}}
TRAPS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a Llama tune under a free tag": (
        {"acme/Foo": base("meta-llama/Llama-3.1-8B", **APACHE), **LLAMA},
        {},
        "looser-than-upstream",
    ),
    "three licences merged under a free tag": (
        {
            "acme/mix": base(["google/gemma-7b", "Qwen/Qwen2.5-7B", "CohereForAI/c4ai-command-r-v01"], **MIT),
            "google/gemma-7b": {"license": "gemma"},
            "Qwen/Qwen2.5-7B": APACHE,
            "CohereForAI/c4ai-command-r-v01": {"license": "cc-by-nc-4.0"},
        },
        {},
        "looser-than-upstream",
    ),
    "a LoRA without a licence": (
        {"acme/lora": base("meta-llama/Llama-3.2-11B-Vision"), **VISION},
        {
            "acme/lora": {
                "adapter_config.json": '{"base_model_name_or_path": "meta-llama/Llama-3.2-11B-Vision"}',
                "adapter_model.safetensors": "",
            }
        },
        "license-omitted",
    ),
    "towers under a free tag": (
        {"acme/seer": APACHE, "lmsys/vicuna-7b-v1.5": {"license": "llama2"}, "openai/clip-vit-large-patch14-336": {}},
        {
            "acme/seer": {
                "config.json": '{"model_type": "llava", "text_config": {"_name_or_path": "lmsys/vicuna-7b-v1.5"}, '
                '"vision_config": {"_name_or_path": "openai/clip-vit-large-patch14-336"}}'
            }
        },
        "looser-than-upstream",
    ),
}
QUIET: dict[str, dict[str, Any]] = {
    "a free line": {"acme/tune": base("Qwen/Qwen2.5-7B", **APACHE), "Qwen/Qwen2.5-7B": APACHE},
    "a free line of three": {
        "acme/q": base("acme/tune", **MIT),
        "acme/tune": base("Qwen/Qwen2.5-7B", **APACHE),
        "Qwen/Qwen2.5-7B": APACHE,
    },
    "a publisher relicenses": {
        "microsoft/phi-2": base("microsoft/phi-1_5", **MIT),
        "microsoft/phi-1_5": {"license": "other", "license_name": "microsoft-research-license"},
    },
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_caught(name: str) -> None:
    cards, files, rule = TRAPS[name]
    told = report(cards, files)
    assert rule in loud(told)
    assert told.outcome is not Outcome.CLEAR
    assert told.release is not None
    assert "Apache-2.0" not in told.release.suggested


@pytest.mark.parametrize("name", QUIET)
def test_a_quiet_case_is_quiet(name: str) -> None:
    told = report(QUIET[name])
    assert loud(told) == set()
    if "free" in name:
        assert loud(told, Severity.LOW) == set()


def test_a_free_line_is_clear_and_may_go_out_under_a_free_licence() -> None:
    told = report(QUIET["a free line of three"])
    assert told.outcome in {Outcome.CLEAR, Outcome.CONDITIONS}
    assert told.release is not None
    assert "Apache-2.0" in told.release.suggested
    assert report(QUIET["a free line"], release_as="mit").release.allowed is True  # type: ignore[union-attr]


def test_a_labelled_llama_tune_has_no_false_label() -> None:
    told = report({"acme/Llama-3.1-Foo": base("meta-llama/Llama-3.1-8B", license="llama3.1"), **LLAMA})
    wrong = {"looser-than-upstream", "license-omitted", "use-restrictions-dropped", "naming-duty-unmet"}
    assert not wrong & loud(told, Severity.INFO)
    assert told.outcome is Outcome.CONDITIONS


@pytest.mark.parametrize(
    ("card", "use", "rule", "severity", "outcome"),
    [
        ({"license": "llama3.1"}, {"use": "commercial"}, "threshold-in-reach", "medium", "conditions"),
        (
            {"license": "llama3.1"},
            {"use": "commercial", "monthly_users": 800_000_000},
            "threshold-in-reach",
            "critical",
            "blocked",
        ),
        (
            {"license": "other", "license_name": "qwen"},
            {"use": "commercial", "monthly_users": 1000},
            "threshold-in-reach",
            "info",
            "conditions",
        ),
        (
            {"license": "other", "license_name": "stabilityai-ai-community"},
            {"use": "commercial", "annual_revenue": 2_000_000},
            "threshold-in-reach",
            "critical",
            "blocked",
        ),
        (
            {"license": "other", "license_name": "tencent-hunyuan-community"},
            {"use": "commercial", "territory": ["KR"]},
            "excluded-territory",
            "critical",
            "blocked",
        ),
        (
            {"license": "other", "license_name": "exaone", "license_link": "LICENSE"},
            {"use": "commercial"},
            "noncommercial-upstream",
            "critical",
            "blocked",
        ),
        ({"license": "cc-by-nc-4.0"}, {"use": "commercial"}, "noncommercial-upstream", "critical", "blocked"),
    ],
)
def test_a_clause_is_held_against_the_use(
    card: dict[str, Any], use: dict[str, Any], rule: str, severity: str, outcome: str
) -> None:
    told = report({"lab/m": card}, **use)
    found = [one.severity.value for one in told.findings if one.rule == rule]
    assert severity in found, [(one.rule, one.severity.value, str(one.message)) for one in told.findings]
    assert told.outcome.value == outcome


def test_a_vision_adapter_for_the_eu_is_blocked() -> None:
    cards = {"acme/Llama-vision-lora": base("meta-llama/Llama-3.2-11B-Vision", license="llama3.2"), **VISION}
    files = {
        "acme/Llama-vision-lora": {"adapter_config.json": "{}", "adapter_model.safetensors": ""},
        "meta-llama/Llama-3.2-11B-Vision": {"config.json": '{"model_type": "mllama"}'},
    }
    told = report(cards, files, territory=["DE"])
    assert "excluded-territory" in loud(told, Severity.CRITICAL)
    assert told.outcome is Outcome.BLOCKED
    assert "excluded-territory" not in loud(report(cards, files, territory=["US"]))


@pytest.mark.parametrize(
    "card",
    [{}, {"license": "other"}, {"license": "acme-own-terms"}, {"license": ["mit", "llama3"], "license_name": "x"}],
)
def test_a_parent_that_nobody_can_read_gives_no_verdict_and_no_suggestion(card: dict[str, Any]) -> None:
    told = report({"acme/t": base("lab/b", **MIT), "lab/b": card}, release_as="mit")
    assert told.outcome in {Outcome.UNKNOWN, Outcome.BLOCKED}
    assert told.release is not None
    assert told.release.allowed is not True
    assert told.release.suggested == ()
    assert told.release.missing


@pytest.mark.parametrize("card", [{}, {"license": "other"}])
def test_a_subject_that_nobody_can_read_is_no_condition(card: dict[str, Any]) -> None:
    for told in (report({"lab/m": card}), report({"lab/m": card}, use="commercial")):
        assert told.outcome is Outcome.UNKNOWN
        assert told.release is not None
        assert told.release.suggested == ()


def test_an_unknown_account_never_becomes_the_licensor() -> None:
    told = report({"nobody-at-all/tune": {"license": "llama3"}})
    assert told.publishers == {}


def test_an_absent_base_is_one_finding() -> None:
    told = report({"acme/t": base("lab/gone", **MIT)})
    about = [one.rule for one in told.findings if one.subject == "lab/gone" and one.severity.rank <= 2]
    assert about == ["missing-upstream"]


def test_own_terms_of_somebody_s_model_bind_too() -> None:
    told = report({"lab/m": {"license": "cc-by-nc-4.0"}}, release_as="mit")
    assert told.release is not None
    assert told.release.allowed is False
    assert "MIT" not in told.release.suggested


def test_a_hosted_service_under_a_network_licence_must_offer_the_source() -> None:
    cards = {"acme/y": base("lab/b", license="agpl-3.0"), "lab/b": {"license": "agpl-3.0"}}
    hosted = report(cards, use="commercial", distribute=["hosted-api"])
    assert hosted.outcome is Outcome.CONDITIONS
    assert any("hosted service" in str(why.says) for one in hosted.judgements.values() for why in one.reasons)
    closed = report(cards, release_as="proprietary", distribute=["hosted-api"])
    assert closed.outcome is Outcome.BLOCKED


def test_a_publisher_s_prescribed_words_are_not_hidden_by_a_suggestion() -> None:
    told = report({"acme/Solar-x": {"license": "other", "license_name": "upstage-solar-license"}})
    assert told.release is not None
    assert "MIT" not in told.release.suggested

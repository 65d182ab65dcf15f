"""The stories that the program must tell right: who stands behind which part, and what may not be asserted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from licscan import control
from licscan.cli.main import main
from licscan.core.artifact import FactKind
from licscan.core.finding import Severity
from licscan.core.license import Resolved, keys_of
from licscan.core.report import Origin, OriginVerdict
from licscan.core.use import Use
from licscan.knowledge import Knowledge
from licscan.pipeline import scan
from licscan.policy import Policy
from licscan.sources.layered import open_hub
from tests.build import lineage, resolution
from tests.control import control_case, found, severities

KR = "kr-independent-2026"
THINK = "naver-hyperclovax/HyperCLOVAX-SEED-Think-32B"
OMNI = "naver-hyperclovax/HyperCLOVAX-SEED-Omni-8B"


def offline(subject: str, preset: str = KR, **use: Any) -> Any:
    from licscan.knowledge import load

    stance = load().presets[preset].stance("KR")
    return scan(subject, hub=open_hub(offline=True), policy=replace(Policy(), stance=stance), use=Use(home="KR", **use))


def verdicts(origins: tuple[Origin, ...]) -> dict[str | None, OriginVerdict]:
    return {one.component: one.verdict for one in origins}


def test_the_founding_story(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", "--home", "KR", "--preset", KR, THINK, "--offline", "-f", "json", "-q"]) == 0
    said = json.loads(capsys.readouterr().out)
    by_rule = {one["rule"]: one for one in said["findings"]}
    hidden = by_rule["undeclared-base"]
    for words in ("vision encoder", "Qwen2.5-VL family", "Alibaba Cloud Computing Co., Ltd.", "Alibaba Group"):
        assert words in hidden["message"]
    assert "Apache License 2.0" in hidden["message"]
    assert "a later change cannot reach weights already taken" in hidden["message"]
    part = by_rule["inherited-weights-unchanged"]
    assert part["severity"] == "critical"
    assert "688.8 M of 32.6 B" in part["message"]
    assert "2.1 %" in part["message"]
    assert "weights are initialised and then trained by oneself" in part["message"]
    assert by_rule["contradicted-origin-claim"]["severity"] == "critical"
    for one in said["findings"]:
        if one["severity"] in {"critical", "high"}:
            assert "(2)" in one["remedy"], one["rule"]
    assert any("config.json#vision_config.model_type" in seen["place"] for seen in hidden["evidence"])


def test_the_founding_story_without_a_policy_is_neutral() -> None:
    report = offline(THINK, "neutral")
    assert report.origins == ()
    control_rules = {"inherited-weights-unchanged", "publisher-jurisdiction", "listed-entity", "outside-stop-power"}
    assert {one.severity for one in report.findings if one.rule in control_rules} <= {Severity.INFO}
    assert "undeclared-base" in {one.rule for one in report.findings}


def test_two_hidden_parts_of_the_omni_model() -> None:
    report = offline(OMNI)
    assert verdicts(report.origins) == {
        None: OriginVerdict.REFUTED,
        "main_weights": OriginVerdict.NOT_REFUTED,
        "audio_encoder": OriginVerdict.REFUTED,
        "vision_encoder": OriginVerdict.REFUTED,
    }
    assert {f"{OMNI}#audio_encoder", f"{OMNI}#vision_encoder"} <= set(report.lineage.artifacts)
    told = {one.rule: one.severity for one in reversed(report.findings)}
    assert told["inherited-weights-unchanged"] is Severity.CRITICAL
    assert told["undeclared-base"] is Severity.HIGH


def test_a_buyer_who_asks_for_disclosure_is_told_louder() -> None:
    told = [one.severity for one in offline(OMNI, "buyer-disclosure").findings if one.rule == "undeclared-base"]
    assert set(told) == {Severity.HIGH}


def test_with_no_policy_the_report_says_so() -> None:
    first = offline(THINK, "neutral").control[0]
    assert (first.node, first.kind) == (THINK, "policy")
    assert "no jurisdiction preference configured" in str(first.says)
    assert KR in str(offline(THINK).control[0].says)


@pytest.mark.parametrize("subject", ["LGAI-EXAONE/K-EXAONE-236B-A23B", "skt/A.X-K1", "upstage/Solar-Open-100B"])
def test_models_of_one_s_own_are_not_refuted_and_nothing_is_told(subject: str) -> None:
    report = offline(subject)
    assert set(verdicts(report.origins).values()) == {OriginVerdict.NOT_REFUTED}
    assert report.origins[1].tested
    of_control = {"undeclared-base", "contradicted-origin-claim", "outside-stop-power", "publisher-jurisdiction"}
    assert not of_control & {one.rule for one in report.findings}


def test_the_same_command_is_silent_on_a_clean_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", "--home", "KR", "--preset", KR, "skt/A.X-K1", "--offline", "-q"]) == 0
    out = capsys.readouterr().out
    loud = [line for line in out.splitlines() if line.startswith(("critical ", "high ", "medium ", "low "))]
    assert len(loud) == 1
    assert "could be read only in part: coverage: not looked at: card text" in loud[0]


def test_likeness_of_settings_is_information_only() -> None:
    (one,) = [one for one in offline("skt/A.X-K1").findings if one.rule != "unseen-upstream"]
    assert (one.rule, one.severity) == ("inherited-architecture", Severity.INFO)
    assert "not shown to be derived" in str(one.message)


def test_a_withdrawn_allegation_is_kept_and_not_raised(knowledge: Knowledge) -> None:
    case = control_case("upstage/Solar-Open-100B", {"upstage/Solar-Open-100B": "upstage-solar"}, preset=KR)
    assert case.origin_evidence
    assert set(verdicts(case.origins).values()) == {OriginVerdict.NOT_REFUTED}
    assert any("withdrawn" in str(line) for one in case.origins for line in one.tested)
    assert not found(case, "undeclared-base", "contradicted-origin-claim", "inherited-weights")


def test_built_on_another_model_said_in_prose() -> None:
    report = offline("skt/A.X-4.0")
    assert verdicts(report.origins)[None] is OriginVerdict.REFUTED
    assert "Qwen/Qwen2.5-72B" in report.lineage
    rules = {one.rule for one in report.findings}
    assert {"inherited-weights", "contradicted-origin-claim"} <= rules
    assert "undeclared-base" not in rules


def test_equal_settings_are_a_candidate_and_no_proof() -> None:
    report = offline("Rakuten/RakutenAI-3.0")
    assert verdicts(report.origins)[None] is OriginVerdict.CONTESTED
    for one in report.findings:
        if one.rule in {"undeclared-base", "inherited-weights", "contradicted-origin-claim", "publisher-jurisdiction"}:
            assert one.severity is Severity.LOW, one.rule
    (told,) = [one for one in report.findings if one.rule == "undeclared-base"]
    assert "similar, not shown to be derived" in str(told.message)


def test_a_plain_fine_tune_inherits_weights_and_hides_nothing() -> None:
    licenses = {"naver/x": "apache-2.0", "Qwen/Qwen2.5-7B": "apache-2.0"}
    case = control_case("naver/x <- Qwen/Qwen2.5-7B", licenses, preset=KR)
    assert severities(case, "inherited-weights") == ["high"]
    assert not found(case, "undeclared-base", "inherited-weights-unchanged", "outside-stop-power")


def test_an_architecture_is_no_lineage() -> None:
    facts = {"naver/x": {"facts": ((FactKind.ARCHITECTURE, "LlamaForCausalLM"),)}}
    case = control_case("naver/x", {"naver/x": "apache-2.0"}, preset=KR, nodes=facts)
    assert verdicts(case.origins)[None] is OriginVerdict.NOT_REFUTED
    told = [one for one in found(case) if one.rule == "inherited-architecture"]
    assert [one.severity for one in told] == [Severity.INFO]


@pytest.mark.parametrize(
    ("day", "key"),
    [
        ("2025-11-01", "mit"),
        ("2025-11-12", "mit"),
        ("2025-11-13", "minimax-m2-modified-mit"),
        (None, "minimax-m2-modified-mit"),
    ],
)
def test_what_was_in_force_on_a_day(knowledge: Knowledge, day: str | None, key: str) -> None:
    repo = "MiniMaxAI/MiniMax-M2"
    whole, _ = lineage(repo)
    now = {repo: resolution(repo, "minimax-m2-modified-mit")}
    (held,) = control.in_force(now, whole, knowledge, day).values()
    assert keys_of(held) == (key,)
    if key == "mit":
        assert isinstance(held, Resolved)
        assert "LC-007" in held.evidence[0].says


def test_a_revision_of_that_day_speaks_for_itself(knowledge: Knowledge) -> None:
    repo = "MiniMaxAI/MiniMax-M2"
    whole, _ = lineage(repo)
    now = {repo: resolution(repo, "minimax-m2-modified-mit")}
    assert control.in_force(now, whole, knowledge, "2025-11-01", (repo,)) == now


@pytest.mark.parametrize(
    ("day", "key"),
    [
        ("2025-06-25", "flux-1-dev-non-commercial-1.0"),
        ("2025-06-26", "flux-1-dev-non-commercial-1.1"),
        ("2025-06-27", "flux-1-dev-non-commercial"),
    ],
)
def test_editions_of_one_repository_by_day(knowledge: Knowledge, day: str, key: str) -> None:
    repo = "black-forest-labs/FLUX.1-dev"
    whole, _ = lineage(repo)
    now = {repo: resolution(repo, "flux-1-dev-non-commercial")}
    assert keys_of(control.in_force(now, whole, knowledge, day)[repo]) == (key,)


def test_a_folder_judged_before_and_after_a_change(tmp_path: Path) -> None:
    """The file of a day says what held on that day, whatever the registry knows of later days."""
    for name, license in (("before", "mit"), ("after", "cc-by-nc-4.0")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "README.md").write_text(f"---\nlicense: {license}\n---\n", encoding="utf-8")
        report = scan(str(folder), hub=open_hub(offline=True), use=Use(at="2025-11-01"))
        assert keys_of(report.resolutions[report.subject]) == (license,)


def test_shares_show_what_is_unknown() -> None:
    shares = {"vision_encoder": (0.1, 0.2)}
    links = {"Qwen/y": {"share": shares["vision_encoder"]}}
    case = control_case("naver/x <-component:vision_encoder- Qwen/y; naver/x <- nobody-here/z", links=links)
    by = {(one.by, one.value): (one.low, one.high) for one in case.shares}
    assert by["country", "CN"] == (0.1, 0.2)
    assert by["country", None] == (0.8, 0.9)
    assert by["publisher", None] == (0.8, 0.9)


def test_shares_of_a_merge_are_intervals_and_never_beyond_the_whole() -> None:
    case = control_case("naver/x <-merge- Qwen/a + mistralai/b + Qwen/c")
    assert {(one.value, one.low, one.high) for one in case.shares if one.by == "country"} == {
        ("CN", 0.0, 1.0), ("FR", 0.0, 1.0),
    }  # fmt: skip


def test_a_part_that_a_fine_tune_has_through_its_base_is_counted_once() -> None:
    line = "naver/x <- LGAI-EXAONE/b; LGAI-EXAONE/b <-component:vision_encoder- google/v"
    case = control_case(line, links={"google/v": {"share": (0.25, 0.25)}})
    by = {one.value: (one.low, one.high) for one in case.shares if one.by == "country"}
    assert by == {"KR": (0.75, 0.75), "US": (0.25, 0.25)}


def test_a_circle_of_bases_ends() -> None:
    case = control_case("naver/x <- Qwen/a; Qwen/a <- mistralai/b; mistralai/b <- Qwen/a", preset=KR)
    assert case.shares
    assert found(case, "inherited-weights")

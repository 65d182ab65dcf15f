"""Causes: one problem is told once, worst first, with ways out; the gate's answer and the profile that was judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from licscan import scan
from licscan.causes import causes_of
from licscan.cli.main import main
from licscan.core.evidence import Confidence
from licscan.core.finding import Finding, Severity, Topic, Waiver
from licscan.core.lineage import Lineage
from licscan.core.remedies import ARCHIVE, PIN, RETRAIN, SWAP
from licscan.core.text import Text, text
from licscan.core.use import Distribution, Purpose, Role, Use, with_assumptions
from licscan.gate import Answer, gate_of
from licscan.render.tree import plain
from licscan.rules import RULES
from licscan.sources.layered import open_hub
from tests.build import lineage

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
INFOS = tuple(rule.info for rule in RULES)


def finding(
    rule: str,
    severity: Severity = Severity.HIGH,
    *,
    license: str | None = "gemma-2024-04",
    path: tuple[str, ...] = ("me/mine", "them/base"),
    remedies: tuple[Text, ...] = (SWAP,),
    waived: Waiver | None = None,
    confidence: Confidence = Confidence.CERTAIN,
) -> Finding:
    return Finding(
        rule,
        severity,
        confidence,
        path[0],
        text("{rule}", rule=rule),
        path,
        license=license,
        remedies=remedies,
        waived=waived,
    )


@pytest.fixture
def walked() -> Lineage:
    return lineage("tune <- base", names={"tune": "me/mine", "base": "them/base"})[0]


def test_findings_of_one_license_and_topic_are_one_cause(walked: Lineage) -> None:
    found = [
        finding("later-terms-bind"),
        finding("revocable-grant"),
        finding("use-policy-by-url", Severity.MEDIUM),
        finding("later-terms-bind", license="mit"),
    ]
    causes = causes_of(found, INFOS, walked)
    assert [one.findings for one in causes] == [(0, 1, 2), (3,)] or [one.findings for one in causes] == [
        (3,),
        (0, 1, 2),
    ]
    whole = next(one for one in causes if len(one.findings) == 3)
    assert whole.topic is Topic.CHANGE
    assert [one.rule for one in whole.consequences] == ["revocable-grant", "use-policy-by-url"]


def test_a_cause_is_as_bad_and_as_sure_as_its_worst_finding(walked: Lineage) -> None:
    causes = causes_of([finding("revocable-grant"), finding("terminates-on-breach", Severity.MEDIUM)], INFOS, walked)
    assert [(one.severity, one.confidence) for one in causes] == [(Severity.HIGH, Confidence.CERTAIN)]


def test_an_undeclared_part_comes_before_what_the_own_licence_brings(walked: Lineage) -> None:
    own = finding("revocable-grant", path=("me/mine",), license="exaone-1.2")
    part = finding("undeclared-base", Severity.MEDIUM, license=None, confidence=Confidence.LIKELY)
    assert [one.topic for one in causes_of([own, part], INFOS, walked)] == [Topic.ORIGIN, Topic.CHANGE]


def test_what_is_critical_comes_first_and_what_is_harmless_last(walked: Lineage) -> None:
    found = [
        finding("inherited-architecture", Severity.INFO, license=None),
        finding("undeclared-base", Severity.MEDIUM, license=None, path=("me/mine", "them/other")),
        finding("noncommercial-upstream", Severity.CRITICAL),
    ]
    assert [one.severity for one in causes_of(found, INFOS, walked)] == [
        Severity.CRITICAL,
        Severity.MEDIUM,
        Severity.INFO,
    ]


def test_what_was_set_aside_is_no_cause(walked: Lineage) -> None:
    assert causes_of([finding("revocable-grant", waived=Waiver("agreed"))], INFOS, walked) == ()


def test_at_most_three_ways_out_the_cheapest_first(walked: Lineage) -> None:
    own = text("say so on the card")
    causes = causes_of([finding("revocable-grant", remedies=(RETRAIN, SWAP, ARCHIVE, PIN, own))], INFOS, walked)
    assert causes[0].remedies == (own, PIN, ARCHIVE)


def test_nothing_said_is_assumed_and_told() -> None:
    assumed = with_assumptions(Use(), "them")
    assert (assumed.role, assumed.purpose) == (Role.ADOPTER, Purpose.COMMERCIAL)
    assert assumed.distributes == {Distribution.WEIGHTS}
    assert assumed.assumed == ("as", "purpose", "distributes")


@pytest.mark.parametrize(
    ("org", "own", "role"),
    [
        (None, frozenset(), Role.PUBLISHER),
        ("Acme", frozenset({"acme"}), Role.PUBLISHER),
        ("acme-labs", frozenset({"acme"}), Role.ADOPTER),
        ("", frozenset({"acme"}), Role.ADOPTER),
    ],
)
def test_the_role_follows_from_whose_the_subject_is(org: str | None, own: frozenset[str], role: Role) -> None:
    assert with_assumptions(Use(own=own), org).role is role


def test_what_was_said_is_not_assumed() -> None:
    said = Use(role=Role.PUBLISHER, purpose=Purpose.RESEARCH, distributes=frozenset({Distribution.INTERNAL}))
    assert with_assumptions(said, "them") == said


def test_a_merge_prints_at_most_sixty_lines_and_its_profile_first() -> None:
    report = scan("Youlln/1PARAMMYL-8B-ModelStock", hub=open_hub(recording=GOLDEN / "merge" / "hub"))
    lines = plain(report).splitlines()
    assert lines[0].startswith("Judged as its adopter, for commercial use")
    assert "--as" in lines[0]
    assert len(lines) <= 60
    assert len(plain(report, verbose=True).splitlines()) > len(lines)


def test_the_gate_speaks_one_line_a_subject_and_one_for_all(capsys: pytest.CaptureFixture[str]) -> None:
    subject = "gcasey2/whisper-large-v3-ko-en-v2"
    code = main(["check", subject, "them/none", "--from", str(GOLDEN / "whisper" / "hub")])
    out = capsys.readouterr().out.splitlines()
    assert code == 3
    assert out[-2] == "NO VERDICT them/none: the subject was not read -> exit 3"
    assert out[-1].endswith("-> exit 3")


def test_a_failing_gate_counts_what_fails(capsys: pytest.CaptureFixture[str]) -> None:
    subject = "Youlln/1PARAMMYL-8B-ModelStock"
    assert main(["check", subject, "--from", str(GOLDEN / "merge" / "hub"), "-f", "json"]) == 1
    spoken = capsys.readouterr().err.splitlines()[-1]
    assert spoken.startswith(f"FAIL {subject}: 1 critical, ")
    assert spoken.endswith("(threshold high) -> exit 1")


def test_a_preset_that_asks_for_proof_is_no_pass_without_it(tmp_path: Path) -> None:
    from licscan.config import load_policy

    folder = tmp_path / "own-7b"
    folder.mkdir()
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Own\n")
    (folder / "config.json").write_text('{"architectures": ["OwnForCausalLM"], "model_type": "own", "hidden_size": 99}')
    report = scan(str(folder), hub=open_hub(offline=True), policy=load_policy(None, "kr-independent-2026"))
    assert report.is_unproved
    gate = gate_of(report, Severity.HIGH)
    assert gate.answer is not Answer.PASS
    assert gate.unproved


def test_a_release_that_breaks_its_parent_s_terms_is_blocked_even_without_a_grave_finding(
    capsys: pytest.CaptureFixture[str],
) -> None:
    subject = "armghan23/testing_model"
    folder = str(GOLDEN / "llama-chain" / "hub")
    assert main(["check", subject, "--from", folder, "--fail-on", "critical"]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"FAIL {subject}: the release contradicts a licence")
    assert main(["check", subject, "--from", folder, "--fail-on", "never"]) != 1

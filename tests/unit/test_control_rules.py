"""The rules of change and control: each with a case that must be told and one that must not."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from licscan.core.artifact import Claim, ClaimKind, FactKind, FileEntry
from licscan.core.evidence import Confidence, Evidence, Gap, GapReason
from licscan.core.finding import Severity
from licscan.core.lock import Direction, Drift, History, Lock, LockedText, LockEntry
from licscan.core.origin import Grade, Match, OriginEvidence
from licscan.core.text import text
from licscan.core.use import Use
from licscan.errors import KnowledgeError
from licscan.knowledge.origins import OriginRecord, compile_origins
from licscan.rules import RULES
from tests.control import control_case, found, severities

KR = "kr-independent-2026"
US = "us-ndaa-1532"
PLAIN = "naver/x <-finetune- Qwen/y"
PART = "naver/x <-component:vision_encoder- Qwen/y"
APACHE = {"naver/x": "apache-2.0", "Qwen/y": "apache-2.0"}
HIDDEN: dict[str, Any] = {"links": {"Qwen/y": {"declared": False, "confidence": Confidence.LIKELY}}}


def drift(direction: Direction, **more: Any) -> tuple[Drift, ...]:
    return (Drift("Qwen/y", text("something"), direction, evidence=(Evidence("Qwen/y", None, "x", "y"),), **more),)


def locked(*texts: LockedText, node: str = "Qwen/y", **more: Any) -> Lock:
    entry = LockEntry(node, "model", "a" * 40, texts=texts, **more)
    return Lock("naver/x", "1", entries=MappingProxyType({node: entry}))


def link_claim(address: str) -> dict[str, Any]:
    return {"claims": (Claim(ClaimKind.LINK, address, Evidence("Qwen/y", None, "README.md#license_link", address)),)}


def told(match: Match, grade: Grade, **more: Any) -> tuple[OriginEvidence, ...]:
    return (OriginEvidence("naver/x", "vision_encoder", "Qwen/y", match, grade, "measured", **more),)


PATCHES: dict[str, Any] = {"gated": {"Qwen/y": {"gated": "manual"}}, "young": {"Qwen/y": {"created": "2026-11-20"}}}
CASES: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    # rule: (the bad case, how bad it is, the good case)
    "inherited-weights": (
        {"line": PLAIN, "preset": KR},
        "high",
        {"line": "naver/x <-finetune- naver/y", "preset": KR},
    ),
    "inherited-weights-unchanged": (
        {"line": "naver/x <-quantized- Qwen/y", "preset": KR},
        "critical",
        {"line": "naver/x <-quantized- naver-hyperclovax/y", "preset": KR},
    ),
    "undeclared-base": ({"line": PART, "licenses": APACHE, **HIDDEN}, "medium", {"line": PART, "licenses": APACHE}),
    "contradicted-origin-claim": (
        {"line": PLAIN, "nodes": {"naver/x": {"facts": ((FactKind.ORIGIN_CLAIM, "trained from scratch"),)}}},
        "high",
        {"line": "naver/x", "nodes": {"naver/x": {"facts": ((FactKind.ORIGIN_CLAIM, "trained from scratch"),)}}},
    ),
    "publisher-jurisdiction": ({"line": PLAIN, "preset": US}, "high", {"line": "naver/x <- mistralai/y", "preset": US}),
    "owner-jurisdiction": (
        {"line": "naver/x <- Trendyol/y", "preset": US},
        "high",
        {"line": "naver/x <- Nexusflow/y", "preset": US},
    ),
    "listed-entity": ({"line": PLAIN, "preset": US}, "medium", {"line": "naver/x <- mistralai/y", "preset": US}),
    "outside-stop-power": (
        {"line": PLAIN, "licenses": {"Qwen/y": "exaone-1.2-nc"}, "preset": KR},
        "critical",
        {"line": PLAIN, "licenses": APACHE, "preset": KR},
    ),
    "unknown-publisher": ({"line": "naver/x <- nobody-here/y", "preset": KR}, "medium", {"line": PLAIN, "preset": KR}),
    "inherited-architecture": (
        {"line": "naver/x", "nodes": {"naver/x": {"facts": ((FactKind.ARCHITECTURE, "LlamaForCausalLM"),)}}},
        "info",
        {"line": "naver/x"},
    ),
    "inherited-tokenizer": (
        {"line": PLAIN, "preset": KR, "nodes": {"naver/x": {"facts": ((FactKind.TOKENIZER, "Qwen/y"),)}}},
        "low",
        {"line": PLAIN, "preset": KR, "nodes": {"naver/x": {"facts": ((FactKind.TOKENIZER, "naver/old"),)}}},
    ),
    "trained-on-outputs": (
        {"line": "naver/x <-distilled- Qwen/y", "licenses": APACHE},
        "info",
        {"line": "naver/x <-distilled- naver/y"},
    ),
    "foreign-governing-law": (
        {"line": PLAIN, "licenses": {"Qwen/y": "qwen"}, "home": "DE", "preset": "eu-csf"},
        "low",
        {"line": PLAIN, "licenses": {"Qwen/y": "qwen"}, "home": "CN"},
    ),
    "remote-code": (
        {"line": "naver/x", "nodes": {"naver/x": {"facts": ((FactKind.REMOTE_CODE, "other/code"),)}}},
        "high",
        {"line": "naver/x", "nodes": {"naver/x": {"facts": ((FactKind.REMOTE_CODE, "naver/x"),)}}},
    ),
    "hosted-dependency": (
        {"line": "naver/x", "nodes": {"naver/x": {"facts": ((FactKind.HOSTED, "api.example.com"),)}}},
        "medium",
        {"line": "naver/x"},
    ),
    "person-by-person-access": ({"line": PLAIN, "nodes": PATCHES["gated"]}, "medium", {"line": PLAIN}),
    "single-source": ({"line": PLAIN, "nodes": PATCHES["gated"]}, "medium", {"line": PLAIN, "licenses": APACHE}),
    "notice-missing": (
        {"line": PLAIN, "licenses": {"Qwen/y": "qwen"}, "nodes": {"naver/x": {"files": (FileEntry("a.bin"),)}}},
        "high",
        {"line": PLAIN, "licenses": {"Qwen/y": "qwen"}, "nodes": {"naver/x": {"files": (FileEntry("NOTICE.txt"),)}}},
    ),
    "floating-revision": ({"line": PLAIN}, "info", {"line": PLAIN, "lock": locked()}),
    "license-text-not-archived": (
        {"line": PLAIN, "licenses": {"Qwen/y": "qwen"}, "lock": locked(LockedText("LICENSE", "license", "0" * 64))},
        "medium",
        {
            "line": PLAIN,
            "licenses": {"Qwen/y": "qwen"},
            "lock": locked(LockedText("LICENSE", "license", "0" * 64, archived="x.txt")),
        },
    ),
    "license-changed": (
        {"line": PLAIN, "lock": locked(), "drift": drift(Direction.TIGHTER)},
        "high",
        {"line": PLAIN, "lock": locked(), "drift": drift(Direction.NONE)},
    ),
    "license-file-moved": (
        {"line": PLAIN, "lock": locked(), "drift": drift(Direction.GONE, files=True)},
        "medium",
        {"line": PLAIN, "lock": locked(), "drift": drift(Direction.GONE)},
    ),
    "access-changed": (
        {"line": PLAIN, "lock": locked(), "drift": drift(Direction.GATED)},
        "high",
        {"line": PLAIN, "lock": locked(), "drift": drift(Direction.LOOSER)},
    ),
    "missing-upstream": (
        {"line": PLAIN, "nodes": {"Qwen/y": {"gap": Gap("Qwen/y", GapReason.ABSENT, "404")}}},
        "high",
        {"line": PLAIN, "nodes": {"Qwen/y": {"gap": Gap("Qwen/y", GapReason.UNREACHABLE, "timeout")}}},
    ),
    "unreachable-pin": (
        {"line": PLAIN, "lock": locked(), "history": {"Qwen/y": History("Qwen/y", reachable=False)}},
        "high",
        {"line": PLAIN, "lock": locked(), "history": {"Qwen/y": History("Qwen/y", reachable=True)}},
    ),
    "license-at-mutable-address": (
        {"line": PLAIN, "nodes": {"Qwen/y": link_claim("https://example.com/terms")}},
        "medium",
        {"line": PLAIN, "nodes": {"Qwen/y": link_claim(f"https://example.com/blob/{'a' * 40}/terms")}},
    ),
    "publisher-relicensed-before": (
        {"line": "naver/x <- MiniMaxAI/y"},
        "info",
        {"line": "naver/x <- deepseek-ai/y"},
    ),
    "successor-tighter": (
        {"line": "naver/x <- meta-llama/Llama-3.1-8B", "licenses": {"meta-llama/Llama-3.1-8B": "llama3.1"}},
        "low",
        {"line": "naver/x <- meta-llama/Llama-3.2-1B", "licenses": {"meta-llama/Llama-3.2-1B": "llama3.2"}},
    ),
    "young-release": (
        {"line": PLAIN, "nodes": PATCHES["young"]},
        "low",
        {"line": PLAIN, "nodes": {"Qwen/y": {"created": "2026-10-01"}}},
    ),
    "licensor-gone": ({"line": "naver/x <- coqui/y"}, "low", {"line": PLAIN}),
}


def ask(rule: str, spec: dict[str, Any]) -> list[str]:
    said = dict(spec)
    return severities(control_case(said.pop("line"), said.pop("licenses", None), **said), rule)


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_tells_its_bad_case_and_not_its_good_one(rule: str) -> None:
    bad, severity, good = CASES[rule]
    assert ask(rule, bad) == [severity]
    assert ask(rule, good) == []


@pytest.mark.parametrize("rule", CASES)
def test_each_finding_says_where_and_offers_what_to_do(rule: str) -> None:
    bad = dict(CASES[rule][0])
    for one in found(control_case(bad.pop("line"), bad.pop("licenses", None), **bad), rule):
        assert one.evidence
        assert one.remedies
        assert one.path
        assert "chinese" not in str(one.message).lower()


@pytest.mark.parametrize("rule", CASES)
def test_each_page_has_its_five_headings(rule: str) -> None:
    page = next(one.info.explanation for one in RULES if one.info.id == rule)
    headings = ["What it looks at", "Why it matters", "Example", "What to do", "Limits"]
    assert [line[3:] for line in page.splitlines() if line.startswith("## ")] == headings


def test_with_no_policy_a_fact_of_control_is_only_a_fact() -> None:
    for line in (PLAIN, PART, "naver/x <-quantized- Qwen/y", "naver/x <- nobody-here/y"):
        case = control_case(line, {"Qwen/y": "exaone-1.2-nc"})
        ids = (
            "inherited-weights",
            "inherited-weights-unchanged",
            "unknown-publisher",
            "outside-stop-power",
            "listed-entity",
        )
        assert {one.severity for one in found(case, *ids)} == {Severity.INFO}
        assert not found(case, "publisher-jurisdiction", "owner-jurisdiction")


def test_the_policy_line_that_asks_is_quoted() -> None:
    (one,) = found(control_case("naver/x <-quantized- Qwen/y", preset=KR), "inherited-weights-unchanged")
    assert "kr-independent-2026: technical aspect" in str(one.message)
    assert "Alibaba Cloud Computing Co., Ltd." in str(one.message)
    assert len(one.remedies) >= 2


@pytest.mark.parametrize(
    ("match", "grade", "changed", "rule", "severity"),
    [
        (Match.COPY, Grade.IDENTITY, False, "inherited-weights-unchanged", "critical"),
        (Match.DERIVED, Grade.STATEMENT, None, "inherited-weights-unchanged", "critical"),
        (Match.DERIVED, Grade.STATISTICS, None, "inherited-weights-unchanged", "medium"),
        (Match.CANDIDATE, Grade.LIKENESS, None, "inherited-weights-unchanged", "low"),
        (Match.DERIVED, Grade.IDENTITY, True, "inherited-weights", "high"),
    ],
)
def test_evidence_limits_how_bad_it_may_be(
    match: Match, grade: Grade, changed: bool | None, rule: str, severity: str
) -> None:
    case = control_case(PART, preset=KR, origin_evidence=told(match, grade, changed=changed), **HIDDEN)
    assert severities(case, rule) == [severity]


def test_likeness_is_worded_as_likeness() -> None:
    case = control_case(PART, preset=KR, origin_evidence=(), **HIDDEN)
    for rule in ("inherited-weights-unchanged", "undeclared-base"):
        (one,) = found(case, rule)
        assert "similar, not shown to be derived" in str(one.message)


def test_a_withdrawn_allegation_is_no_finding() -> None:
    case = control_case("naver/x", preset=KR, origin_evidence=told(Match.CANDIDATE, Grade.HEARSAY, withdrawn=True))
    assert not found(case, *CASES)


def test_a_region_is_critical_where_it_is_one_s_own() -> None:
    case = control_case(PLAIN, lock=locked(), drift=drift(Direction.REGION, regions=("KR",)), home="KR")
    assert severities(case, "license-changed") == ["critical"]
    case = control_case(
        PLAIN, lock=locked(), drift=drift(Direction.REGION, regions=("KR",)), use=Use(territories=frozenset({"US"}))
    )
    assert severities(case, "license-changed") == ["high"]


def test_publishers_that_tightened_terms_in_place_raise_attention() -> None:
    new = {"MiniMaxAI/y": {"created": "2026-11-20"}}
    case = control_case("naver/x <- MiniMaxAI/y", nodes=new, lock=locked(node="naver/x"))
    assert severities(case, "floating-revision") == ["high"]
    assert severities(control_case("naver/x <- MiniMaxAI/y", nodes=new), "floating-revision") == ["info"]
    assert severities(case, "young-release") == ["medium"]
    assert not any("%" in str(one.message) for one in found(case, "publisher-relicensed-before"))


def test_code_that_is_pinned_is_less_bad() -> None:
    fact = ((FactKind.REMOTE_CODE, f"other/code@{'a' * 40}"),)
    assert severities(control_case("naver/x", nodes={"naver/x": {"facts": fact}}), "remote-code") == ["medium"]


def test_what_is_one_s_own_is_never_foreign() -> None:
    case = control_case(
        "naver/x <-quantized- naver-hyperclovax/y", {"naver-hyperclovax/y": "hyperclovax-seed"}, preset=KR
    )
    assert not [one for one in found(case, *CASES) if one.severity is not Severity.INFO]


def test_the_same_publisher_is_told_once() -> None:
    line = "; ".join(f"naver/x <-merge- Qwen/m{n}" for n in range(50))
    case = control_case(line, preset=US)
    assert len(found(case, "publisher-jurisdiction")) == 1
    assert len(found(case, "inherited-weights")) == 1


def record(**fields: Any) -> dict[str, Any]:
    """An observation of the public record as `data/origins.toml` has it."""
    plain = {
        "node": "naver/x",
        "component": "vision_encoder",
        "reference": "Qwen/y",
        "family": "Qwen2.5-VL",
        "match": "derived",
        "grade": "statement",
        "own": True,
        "by": "Somebody",
        "date": "2026-01-05",
        "says": "it was taken from there",
        "checked": "2026-11-28",
        "sources": ["https://example.org/a"],
    }
    return {key: value for key, value in {**plain, **fields}.items() if value is not None}


DENIAL = {"by": "The Publisher", "date": "2026-01-08", "says": "it was not", "sources": ["https://example.org/b"]}
MEASURED = {"grade": "measurement", "how": "the large matrices of model.safetensors", "own": None}


def from_record(*fields: dict[str, Any]) -> tuple[OriginEvidence, ...]:
    return OriginRecord(compile_origins({"origin": [record(**one) for one in fields]})).of("naver/x")


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({}, "critical"),
        (MEASURED, "critical"),
        ({"about": "series"}, "low"),
        ({"own": False}, "low"),
        ({"denial": DENIAL}, "low"),
        ({**MEASURED, "denial": DENIAL}, "low"),
        ({"grade": "inference", "how": "its shapes", "own": None}, "low"),
    ],
    ids=["stated", "measured", "of-a-series", "by-a-third-party", "denied", "measured-and-denied", "inferred"],
)
def test_only_what_was_said_or_measured_of_this_very_model_is_critical(fields: dict[str, Any], severity: str) -> None:
    case = control_case(PART, preset=KR, origin_evidence=from_record(fields), **HIDDEN)
    assert severities(case, "contradicted-origin-claim") == [severity]


def test_a_denial_is_told_beside_the_claim() -> None:
    case = control_case(PART, preset=KR, origin_evidence=from_record({"denial": DENIAL}), **HIDDEN)
    (told_,) = found(case, "contradicted-origin-claim")
    assert "The Publisher denied it on 2026-01-08: it was not" in str(told_.message)
    assert {"it was taken from there", "it was not"} <= {seen.says for seen in told_.evidence}
    assert any("denial by The Publisher" in seen.place for seen in told_.evidence)


def test_a_statement_about_a_family_names_the_family_and_no_repository() -> None:
    case = control_case(PLAIN, preset=KR, origin_evidence=from_record({"component": None, "named": "family"}))
    (told_,) = found(case, "contradicted-origin-claim")
    assert "weights come from the Qwen2.5-VL family (statement of Somebody, 2026-01-05)" in str(told_.message)
    assert "Qwen/y" not in str(told_.message)
    (trained,) = found(case, "inherited-weights")
    assert "the Qwen2.5-VL family (may be Qwen/y)" in str(trained.message)


def test_what_is_reported_both_ways_is_no_fact() -> None:
    two = from_record({"changed": False}, {"changed": True, "by": "Another", "own": False})
    case = control_case(PART, preset=KR, origin_evidence=two, **HIDDEN)
    (one,) = found(case, "inherited-weights-unchanged")
    assert "reported both ways" in str(one.message)
    agreed = control_case(PART, preset=KR, origin_evidence=from_record({"changed": True}), **HIDDEN)
    assert not found(agreed, "inherited-weights-unchanged")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"grade": "rumour"}, "grade 'rumour'"),
        ({"sources": []}, "no source"),
        ({"date": None}, "a statement needs its date"),
        ({"own": None}, "a statement needs its date"),
        ({"grade": "measurement"}, "measurement needs `how`"),
        ({"grade": "inference"}, "inference needs `how`"),
        ({"by": None}, "lacks 'by'"),
        ({"checked": None}, "lacks 'checked'"),
        ({"named": "family", "family": None}, "`family` is missing"),
        ({"denial": {"by": "The Publisher"}}, "a denial has"),
        ({"rumour": True}, "unknown key 'rumour'"),
    ],
)
def test_an_observation_without_its_author_date_method_or_source_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(KnowledgeError, match=r"origins\.toml: naver/x") as caught:
        from_record(fields)
    assert words in str(caught.value)

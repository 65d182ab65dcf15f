"""Facts of licence editions that are easily taken for one another."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from licscan.cli.main import main
from licscan.compatibility.effective_terms import binding
from licscan.core.license import NOT_READ, Category, Hand, Reading, Term
from licscan.knowledge import load
from scripts.build_fingerprints import read_texts

KNOWLEDGE = load()
KEYS = KNOWLEDGE.licenses.written


@pytest.mark.parametrize(
    ("key", "regions", "users", "display"),
    [
        ("tencent-hunyuan-dit-2024-05", set(), 100_000_000, False),
        ("tencent-hunyuan-large", {"EU"}, 100_000_000, False),
        ("tencent-hunyuan-dit", {"EU"}, 100_000_000, False),
        ("tencent-hunyuan-video", {"EU", "GB", "KR"}, 100_000_000, False),
        ("tencent-hunyuan-3d-2.0", {"EU", "GB", "KR"}, 1_000_000, False),
        ("tencent-hunyuan-3d", {"EU", "GB", "KR"}, 1_000_000, False),
        ("tencent-hunyuan-mt", {"EU", "GB", "KR"}, 100_000_000, False),
        ("tencent-hunyuan-image-2.1-2025-09", {"EU", "GB", "KR"}, 100_000_000, False),
        ("tencent-hunyuan-image-2.1", {"EU", "GB", "KR"}, 100_000_000, True),
        ("tencent-hunyuan-world-1.0", {"EU", "GB", "KR"}, 1_000_000, True),
        ("tencent-hunyuan-ocr", {"EU", "GB", "KR"}, 100_000_000, True),
        ("tencent-hy-worldplay", {"EU", "GB", "KR"}, 1_000_000, False),
        ("tencent-hy-motion-1.0", {"EU", "GB", "KR"}, 1_000_000, False),
    ],
)
def test_each_hunyuan_product_has_its_own_territory_threshold_and_display_duty(
    key: str, regions: set[str], users: int, *, display: bool
) -> None:
    license = KNOWLEDGE.licenses[key]
    assert {one.region for one in license[Term.TERRITORY_EXCLUDED].conditions} == regions
    assert [(one.over, one.whose, one.window) for one in license[Term.COMMERCIAL_USE].limits] == [
        (users, "products", "month_before_release")
    ]
    assert license[Term.DISPLAY_ATTRIBUTION].binding is display
    assert str(license[Term.NOTICE_FILE].says).startswith("Tencent H")


def test_the_open_model_license_of_june_2024_has_no_clause_of_2025() -> None:
    old, new = (KNOWLEDGE.licenses[key] for key in ("nvidia-open-model-2024-06", "nvidia-open-model"))
    stops = [{one.type for one in license[Term.TERMINATION].conditions} for license in (old, new)]
    assert "guardrail_bypass" in stops[1] - stops[0]
    assert (old[Term.DISPLAY_ATTRIBUTION].value, new[Term.DISPLAY_ATTRIBUTION].value) == ("none", "required")
    assert (old[Term.USE_POLICY].value, new[Term.USE_POLICY].value) == ("embedded", "url")
    june = "https://developer.download.nvidia.com/licenses/nvidia-open-model-license-agreement-june-2024.pdf"
    assert (KNOWLEDGE.link(june) or pytest.fail("no such link")).key == old.key


@pytest.mark.parametrize(
    ("key", "term", "value", "clause"),
    [
        ("livekit-model", Term.COMMERCIAL_USE, "conditional", "3 (i)"),
        ("funasr-model", Term.COMMERCIAL_USE, "unclear", "2.1, 3"),
        ("ltxv-rail-m-0.9", Term.COMMERCIAL_USE, "no", "1.12, 2, 4.5"),
        ("ltxv-owl", Term.TERMINATION, "none", None),
        ("stable-video-diffusion-nc", Term.GOVERNING_LAW, "none", None),
        ("stability-nc-research", Term.INDEMNITY, "for_breach", "4.c"),
        ("alphafold3-weights", Term.REDISTRIBUTION, "no", "key things 3; PUP, second list 4"),
        ("sam-license", Term.DISPLAY_ATTRIBUTION, "required", "1.b.ii"),
        ("datalab-openrail-m", Term.SHARE_ALIKE, "same_license", "8"),
        ("prior-labs-1.2", Term.NAMING, "required", "10"),
        ("cogvlm2", Term.COMMERCIAL_USE, "conditional", "2"),
        ("glm-130b", Term.COMMERCIAL_USE, "no", "2, 3"),
    ],
)
def test_what_an_edition_says_and_where(key: str, term: Term, value: str, clause: str | None) -> None:
    provision = KNOWLEDGE.licenses[key][term]
    assert (provision.value, provision.clause) == (value, clause)


@pytest.mark.parametrize(
    ("key", "limits"),
    [
        ("mineru-2026-04", {("monthly_users", 100_000_000, "any_month"), ("revenue", 20_000_000, "any_month")}),
        ("datalab-openrail-m", {("revenue", 2_000_000, "preceding_year"), ("funding", 2_000_000, "any_time")}),
        ("minicpm-community", {("daily_users", 1_000_000, "any_time"), ("devices", 5_000, "any_time")}),
        ("ltxv-owl", {("revenue", 10_000_000, "year")}),
        ("playground-v2-community", {("monthly_users", 1_000_000, "preceding_month")}),
    ],
)
def test_the_limits_of_an_edition_are_figures(key: str, limits: set[tuple[str, float, str]]) -> None:
    found = KNOWLEDGE.licenses[key][Term.COMMERCIAL_USE].limits
    assert {(one.metric, one.over, one.window) for one in found} == limits


@pytest.mark.parametrize(
    ("key", "term", "value", "clause"),
    [
        ("exaone-1.1-nc", Term.DISPLAY_ATTRIBUTION, "required", "4.3"),
        ("exaone-1.2-nc", Term.DERIVATIVE_OWNERSHIP, "licensor_owns", "4.1"),
        ("llama3.1", Term.DERIVATIVE_OWNERSHIP, "user_owns", "5.b"),
        ("gemma", Term.REMOTE_RESTRICTION, "yes", "3.2"),
        ("mrl-0.1", Term.SUBLICENSE, "no", "2.1"),
        ("hyperclovax-seed", Term.NAMING, "required", "3.1"),
        ("upstage-solar", Term.NAMING, "required", "4"),
        ("iquest-coder-modified-mit", Term.DISPLAY_ATTRIBUTION, "required", "para 1"),
    ],
)
def test_what_had_been_missing(key: str, term: Term, value: str, clause: str) -> None:
    provision = KNOWLEDGE.licenses[key][term]
    assert provision.value == value
    assert str(provision.clause).startswith(clause)


def test_derivatives_that_belong_to_the_licensor_bind_and_others_do_not() -> None:
    tags = [{one.term for one in binding(KNOWLEDGE.licenses[key])} for key in ("exaone-1.1-nc", "llama3.1", "mit")]
    assert [Term.DERIVATIVE_OWNERSHIP in one for one in tags] == [True, False, False]


@pytest.mark.parametrize("key", KEYS)
def test_a_record_says_which_bytes_were_read_by_whom_and_from_whose_hand(key: str) -> None:
    license = KNOWLEDGE.licenses[key]
    assert len(license.texts) == len(license.sha256)
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in license.sha256)
    assert license.reader
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", license.reviewed or "")
    assert (license.hand is Hand.SECOND) == (license.reading is Reading.SECONDARY)
    assert license.note or license.hand is not Hand.SECOND, "the note says what was read instead"
    assert license.hand is not Hand.FIRST or any("://" in one for one in license.sources)


def test_the_page_and_the_record_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "tencent-hunyuan-ocr"]) == 0
    page = capsys.readouterr().out
    license = KNOWLEDGE.licenses["tencent-hunyuan-ocr"]
    for words in (license.effective, license.sha256[0], "first-hand", license.reviewed, license.reader, "[clause "):
        assert str(words) in page
    assert main(["explain", "kanana", "-f", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["hand"], record["texts"]) == ("second", [])


def test_few_terms_are_unread() -> None:
    values = [KNOWLEDGE.licenses[key][term].value for key in KEYS for term in Term]
    assert values.count(NOT_READ) / len(values) < 0.05


def test_a_text_that_is_not_the_one_that_was_read_is_refused(tmp_path: Path) -> None:
    name = KNOWLEDGE.licenses["mit"].texts[0]
    (tmp_path / f"{name}.txt").write_text("Permission is hereby granted.\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="SHA-256 differs"):
        list(read_texts(tmp_path, KNOWLEDGE))


@pytest.mark.parametrize("key", ["gemma-pup", "llama3.1-aup", "huggingface-tos"])
def test_a_text_that_grants_nothing_is_no_permission(key: str) -> None:
    license = KNOWLEDGE.licenses[key]
    assert license.grants_nothing
    assert license.category in {Category.UNKNOWN, Category.USE_RESTRICTED}
    assert not KNOWLEDGE.licenses["gemma"].grants_nothing

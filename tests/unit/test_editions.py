"""Facts of licence editions that are easily taken for one another."""

from __future__ import annotations

import pytest

from licscan.core.license import Term
from licscan.knowledge import load

KNOWLEDGE = load()


@pytest.mark.parametrize(
    ("key", "regions", "users", "display"),
    [
        ("tencent-hunyuan-dit-2024-05", set(), 100_000_000, False),
        ("tencent-hunyuan-large", {"EU"}, 100_000_000, False),
        ("tencent-hunyuan-dit", {"EU"}, 100_000_000, False),
        ("tencent-hunyuan-video", {"EU", "GB", "KR"}, 100_000_000, False),
        ("tencent-hunyuan-3d-2.0", {"EU", "GB", "KR"}, 1_000_000, False),
        ("tencent-hunyuan-3d", {"EU", "GB", "KR"}, 1_000_000, False),
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
    assert [one.over for one in license[Term.COMMERCIAL_USE].limits] == [users]
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
    ("key", "figures"),
    [
        ("mineru-2026-04", {("monthly_users", 100_000_000, "any_month"), ("revenue", 20_000_000, "any_month")}),
        ("datalab-openrail-m", {("revenue", 2_000_000, "preceding_year"), ("funding", 2_000_000, "any_time")}),
        ("minicpm-community", {("daily_users", 1_000_000, "any_time"), ("devices", 5_000, "any_time")}),
        ("ltxv-owl", {("revenue", 10_000_000, "year")}),
    ],
)
def test_the_limits_of_an_edition_are_figures(key: str, figures: set[tuple[str, float, str]]) -> None:
    limits = KNOWLEDGE.licenses[key][Term.COMMERCIAL_USE].limits
    assert {(one.metric, one.over, one.window) for one in limits} == figures

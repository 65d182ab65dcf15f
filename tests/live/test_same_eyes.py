"""A repository is read alike as subject and as parent: what blocks the one does not pass as the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.standin import StandIn
from tests.worlds import add, check, front

FREE = b"MIT License\n\nPermission is hereby granted, free of charge, to any person.\n"
BOUND = b"The weights are licensed under the Creative Commons Attribution-NonCommercial 4.0 International License.\n"
NAMES = (
    *(
        "LICENSE_WEIGHTS",
        "LICENSE-MODEL",
        "MODEL_LICENSE",
        "MODEL_LICENSE.md",
        "WEIGHTS_TERMS_OF_USE.md",
        "LICENSE.weights",
    ),
    *("Model-License-Agreement.txt", "weights/LICENSE", "TERMS_OF_USE.txt", "LICENSES/weights.txt", "USE_POLICY.md"),
)
HARMLESS = ("license_plate.txt", "LICENSE.py", "search_terms.txt", "docs/terms/of/use.md")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    with StandIn() as stand:
        monkeypatch.setenv("HF_ENDPOINT", stand.url)
        add(stand, "tune-lab/tune", {"license": "mit", "base_model": "base-lab/base"})
        yield stand


def texts(report: dict[str, object], node: str) -> set[str]:
    """The places of what was read of a node's licence."""
    (found,) = [one for one in report["nodes"] if one["id"] == node]  # type: ignore[attr-defined]
    return {one["place"].partition("#")[0] for one in found["license"]["evidence"]}


@pytest.mark.parametrize("name", NAMES)
def test_a_text_beside_the_licence_is_read_of_a_parent_too(
    hub: StandIn, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    add(hub, "base-lab/base", {"license": "mit"}, {"LICENSE": FREE, name: BOUND})
    before = len(hub.asked)
    _, parent = check(capsys, "tune-lab/tune", "--fail-on", "never")
    assert any(one.path.endswith(f"/{name}") for one in hub.asked[before:])
    _, subject = check(capsys, "base-lab/base", "--fail-on", "never")
    assert texts(parent, "base-lab/base") == texts(subject, "base-lab/base")
    resolution = {one["id"]: one["license"]["resolution"] for one in (*parent["nodes"], *subject["nodes"])}
    assert resolution["base-lab/base"] == subject["nodes"][0]["license"]["resolution"]
    if name != "USE_POLICY.md":
        assert parent["verdict"] in ("blocked", "unknown")


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_sounds_like_terms_changes_nothing(
    hub: StandIn, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    add(hub, "base-lab/base", {"license": "mit"}, {name: BOUND})
    _, report = check(capsys, "tune-lab/tune", "--fail-on", "never")
    assert report["verdict"] in ("clear", "conditions")
    assert report["complete"]


def test_the_text_of_a_parents_card_is_followed_though_its_metadata_tells_all(
    hub: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"license": "mit", "base_model": "deep-lab/deep"}
    body = "This model was fine-tuned from [far](https://huggingface.co/far-lab/far)."
    hub.add("base-lab/base", card=told, files={"README.md": front(told, body)}, tags=["license:mit"])
    add(hub, "deep-lab/deep", {"license": "mit"})
    add(hub, "far-lab/far", {"license": "cc-by-nc-4.0"})
    _, report = check(capsys, "tune-lab/tune", "--fail-on", "never")
    assert "far-lab/far" in {one["id"] for one in report["nodes"]}
    assert report["verdict"] in ("blocked", "unknown")


def test_a_gate_form_is_read_of_a_parent(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    gate = "By agreeing you accept that this model may be used for non-commercial academic research only."
    add(hub, "base-lab/base", {"license": "mit", "extra_gated_prompt": gate, "extra_gated_fields": {"Name": "text"}})
    _, report = check(capsys, "tune-lab/tune", "--fail-on", "never")
    (base,) = [one for one in report["nodes"] if one["id"] == "base-lab/base"]
    assert base["looked_at"]["gate"] == "read"

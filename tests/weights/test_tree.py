"""A scan that compares weights, from the command to the links: what nobody declared enters, what is open stays open."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("scipy")
pytest.importorskip("ml_dtypes")

import numpy as np

from licscan.cli.main import main
from licscan.core.evidence import Confidence
from licscan.core.lineage import Link, Relation
from licscan.core.report import OriginVerdict, Report
from licscan.knowledge import Knowledge
from licscan.pipeline import scan
from licscan.policy import Policy
from tests.standin import StandIn
from tests.weights import zoo
from tests.weights.stand import ShelfHub

BASE = zoo.model(1)
CARD = b"---\nlicense: mit\n---\n"
FIRST, LATER = "2024-01-01T00:00:00.000Z", "2025-01-01T00:00:00.000Z"


def files(weights: Mapping[str, Any], base: str | None = None, **config: Any) -> dict[str, bytes]:
    card = f"---\nlicense: apache-2.0\nbase_model: {base}\n---\n".encode() if base else CARD
    return {"README.md": card, **zoo.repo(weights, **config)}


def look(repos: dict[str, dict[str, bytes]], *against: str, policy: Policy | None = None, **created: str) -> Report:
    """Scan `q/child`, its weights compared."""
    dates = {"q/child": LATER, **{name: FIRST for name in repos if name != "q/child"}}
    dates |= {name.replace("_", "/"): date for name, date in created.items()}
    hub = ShelfHub(repos, created=dates)
    named = [(hub.info(name), hub) for name in against]
    return scan("q/child", hub=hub, weights=True, against=named, policy=policy)


def links(report: Report) -> list[Link]:
    return list(report.lineage.up("q/child"))


def graft() -> dict[str, Any]:
    child = zoo.model(6)
    child.update({name: one for name, one in BASE.items() if any(f"layers.{n}." in name for n in (0, 1, 2))})
    return child


def test_an_undeclared_fine_tune_enters_as_certain() -> None:
    report = look({"q/child": files(zoo.tuned(BASE, 3)), "w/base": files(BASE)}, "w/base")
    (link,) = links(report)
    assert (link.parent, link.relation, link.component) == ("w/base", Relation.UNSTATED, None)
    assert (link.confidence, link.declared) == (Confidence.CERTAIN, False)
    assert link.share == pytest.approx((1.0, 1.0), abs=0.2)
    assert any(one.rule == "undeclared-base" for one in report.findings)


def test_what_stands_above_an_undeclared_base_is_walked_too() -> None:
    repos = {"q/child": files(dict(BASE)), "w/base": files(BASE, "v/root"), "v/root": files(zoo.model(9))}
    report = look(repos, "w/base")
    assert ("w/base", "v/root") in {(link.child, link.parent) for link in report.lineage.links}
    assert "v/root" in report.resolutions


def test_a_graft_has_the_share_of_its_layers() -> None:
    report = look({"q/child": files(graft()), "w/base": files(BASE)}, "w/base")
    (link,) = links(report)
    whole = sum(one.size for one in BASE.values())
    taken = sum(one.size for name, one in BASE.items() if any(f"layers.{n}." in name for n in (0, 1, 2)))
    assert link.share == pytest.approx((taken / whole, taken / whole), abs=0.01)


def test_the_same_beginning_is_a_question_and_no_link(knowledge: Knowledge) -> None:
    stance = knowledge.presets["kr-independent-2026"].stance("KR")
    repos = {"q/child": files(zoo.same_seed(BASE, 4)), "Qwen/base": files(BASE)}
    report = look(repos, "Qwen/base", policy=replace(Policy(), stance=stance))
    assert not links(report)
    (main_weights,) = [one for one in report.origins if one.component == "main_weights"]
    assert main_weights.verdict is OriginVerdict.CONTESTED
    assert any("SHARED-ORIGIN" in str(one) for one in report.questions)


def test_a_derived_model_is_refuted_by_its_weights(knowledge: Knowledge) -> None:
    stance = knowledge.presets["kr-independent-2026"].stance("KR")
    repos = {"q/child": files(zoo.tuned(BASE, 4)), "Qwen/base": files(BASE)}
    report = look(repos, "Qwen/base", policy=replace(Policy(), stance=stance))
    (main_weights,) = [one for one in report.origins if one.component == "main_weights"]
    assert main_weights.verdict is OriginVerdict.REFUTED


def test_an_independent_model_gets_no_link() -> None:
    report = look({"q/child": files(zoo.model(2)), "w/base": files(BASE)}, "w/base")
    assert not links(report)
    assert report.is_complete


def test_a_later_reference_is_no_parent() -> None:
    repos = {"q/child": files(zoo.tuned(BASE, 3)), "w/base": files(BASE)}
    assert not links(look(repos, "w/base", w_base="2026-01-01T00:00:00.000Z"))


def test_a_sibling_of_the_declared_base_does_not_become_a_parent() -> None:
    repos = {
        "q/child": files(zoo.tuned(BASE, 3), "w/base"),
        "w/base": files(BASE),
        "w/sibling": files(zoo.tuned(BASE, 5)),
    }
    (link,) = links(look(repos, "w/sibling"))
    assert (link.parent, link.declared, link.confidence) == ("w/base", True, Confidence.CERTAIN)
    assert any("weights#" in one.place for one in link.evidence)


def test_a_declared_base_that_the_weights_deny_stays_and_the_true_one_enters() -> None:
    repos = {
        "q/child": files(zoo.tuned(BASE, 3), "w/other"),
        "w/base": files(BASE),
        "w/other": files(zoo.model(8)),
    }
    assert [(one.parent, one.declared) for one in links(look(repos, "w/base"))] == [
        ("w/base", False),
        ("w/other", True),
    ]


def tower(seed: int) -> dict[str, Any]:
    dice = np.random.default_rng(seed)
    shapes = {"attn.qkv": (192, 64), "mlp.gate_proj": (160, 64), "mlp.up_proj": (160, 64), "mlp.down_proj": (64, 160)}
    return {
        f"visual.blocks.{layer}.{name}.weight": dice.normal(0, 0.05, shape).astype(np.float32)
        for layer in range(6)
        for name, shape in shapes.items()
    } | {f"visual.blocks.{n}.norm1.weight": (1 + dice.normal(0, 0.1, 64)).astype(np.float32) for n in range(6)}


def test_weights_decide_which_candidate_a_part_is_from() -> None:
    vision: dict[str, Any] = {"vision_config": {"model_type": "qwen2_5_vl"}, "model_type": "acme_vlm"}
    stolen = zoo.tuned(tower(1), 2, 0.02)
    child = zoo.model(20) | {f"model.vision_model.{name.removeprefix('visual.')}": one for name, one in stolen.items()}
    repos = {
        "q/child": files(child, **vision),
        "Qwen/Qwen2.5-VL-7B-Instruct": files(zoo.model(21) | tower(1)),
        "Qwen/Qwen2.5-VL-32B-Instruct": files(zoo.model(22) | tower(3)),
        "Qwen/Qwen2.5-VL-3B-Instruct": files(zoo.model(23) | tower(4)),
    }
    before = scan("q/child", hub=ShelfHub(repos)).lineage.up("q/child")
    assert [(one.parent, one.confidence) for one in before] == [("q/child#vision_encoder", Confidence.POSSIBLE)]
    report = look(repos)
    (link,) = links(report)
    assert (link.parent, link.component) == ("Qwen/Qwen2.5-VL-7B-Instruct", "vision_encoder")
    assert (link.declared, link.confidence) == (False, Confidence.CERTAIN)
    assert "q/child#vision_encoder" not in report.lineage
    assert not any(gap.id == "q/child" for gap in report.gaps), "one candidate settled it; the absent one is no gap"


def test_candidates_that_were_not_compared_are_a_gap() -> None:
    vision: dict[str, Any] = {"vision_config": {"model_type": "qwen2_5_vl"}, "model_type": "acme_vlm"}
    report = look({"q/child": files(zoo.model(20) | tower(1), **vision)})
    assert any("was not compared" in gap.detail or "were not compared" in gap.detail for gap in report.gaps)
    assert not report.is_complete


@pytest.mark.parametrize("broken", ["q/child", "w/base"])
def test_weights_that_cannot_be_read_are_a_gap_of_the_subject(broken: str) -> None:
    repos = {"q/child": files(zoo.tuned(BASE, 3), "w/base"), "w/base": files(BASE)}
    repos[broken]["model.safetensors"] = repos[broken]["model.safetensors"][:9000]
    report = look(repos)
    assert any(gap.id == "q/child" for gap in report.gaps)
    assert not report.is_complete


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with StandIn() as server:
        server.add("w/base", files=files(BASE), card={"license": "mit"}, large=("model.safetensors",), createdAt=FIRST)
        server.add(
            "q/child",
            files=files(zoo.tuned(BASE, 3)),
            card={"license": "mit"},
            large=("model.safetensors",),
            createdAt=LATER,
        )
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


def test_a_recording_repeats_the_comparison(hub: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "recording")
    asked = ["--against", "w/base", "-q"]
    assert main(["record", "q/child", folder, *asked]) == 0
    before = -1
    while before != len(hub.asked):  # requests asked ahead may still be on their way
        before = len(hub.asked)
        time.sleep(0.3)
    assert main(["tree", "q/child", "--from", folder, "-f", "json", *asked]) == 0
    said = json.loads(capsys.readouterr().out)
    assert len(hub.asked) == before
    assert [(one["parent"], one["confidence"], one["declared"]) for one in said["links"]] == [
        ("w/base", "certain", False)
    ]
    assert said["complete"] is True


def test_stored_fingerprints_name_a_base_that_nobody_declared(
    hub: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = str(tmp_path / "base.safetensors")
    assert main(["fingerprint", "w/base", "-o", store]) == 0
    hub.repos["models/q/child"].files["model.safetensors"] = hub.repos["models/w/base"].files["model.safetensors"]
    assert main(["tree", "q/child", "--evidence", "weights", "--store", store, "-f", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert ("w/base", "certain", False) in {
        (one["parent"], one["confidence"], one["declared"]) for one in said["links"]
    }


_PROGRAM = "import sys; {before}; from licscan.cli.main import main; code = main({words!r}); {after}; sys.exit(code)"


def run(words: list[str], before: str = "pass", after: str = "pass") -> subprocess.CompletedProcess[str]:
    program = _PROGRAM.format(before=before, words=words, after=after)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_without_numpy_the_sentence_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(CARD)
    words = ["tree", str(tmp_path), "--offline"]
    found = run([*words, "--evidence", "weights"], before="sys.modules['numpy'] = None")
    assert found.returncode == 2
    assert "numpy" in found.stderr
    assert "licscan[weights]" in found.stderr
    assert "Traceback" not in found.stderr
    assert run(words, before="sys.modules['numpy'] = None").returncode == 0


def test_a_scan_without_weights_never_imports_numpy(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(CARD)
    for name, content in zoo.repo(BASE).items():
        (tmp_path / name).write_bytes(content)
    loaded = "print([m for m in ('numpy', 'scipy', 'ml_dtypes', 'gguf') if m in sys.modules], file=sys.stderr)"
    found = run(["tree", str(tmp_path), "--offline", "-q"], after=loaded)
    assert found.returncode == 0
    assert found.stderr.strip() == "[]"

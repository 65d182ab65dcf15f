"""Verdicts on pairs whose truth is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

pytest.importorskip("scipy")
pytest.importorskip("ml_dtypes")

import numpy as np

from licscan.cli.main import main
from licscan.files import data_folder
from licscan.render.comparison_json import answer
from licscan.render.comparison_page import page
from licscan.render.comparison_table import table
from licscan.weights.compare import compare
from licscan.weights.comparison import Comparison
from licscan.weights.lineage_merge import with_merges
from licscan.weights.verdict import FromScratch, Kind
from tests.weights import zoo
from tests.weights.stand import ShelfHub

BASE = zoo.model(1)


def held(child: dict[str, Any], parent: dict[str, Any] | None = None, **options: Any) -> Comparison:
    hub = ShelfHub({"a/child": zoo.repo(child), "b/parent": zoo.repo(BASE if parent is None else parent)})
    return compare(hub.info("a/child"), hub.info("b/parent"), hub, **options)


def kind(found: Comparison, name: str = "language_model") -> Kind:
    return next(one.kind for one in found.components if one.name == name)


def test_a_copy_is_a_copy_in_every_component() -> None:
    found = held(dict(BASE))
    assert {one.kind for one in found.components} == {Kind.COPY}
    assert found.from_scratch is FromScratch.REFUTED
    assert sum(one.share[1] for one in found.components) == pytest.approx(1.0, abs=0.01)


def test_independent_models_share_the_architecture_only() -> None:
    for seed in range(2, 12):
        found = held(zoo.model(seed))
        assert kind(found) is Kind.ARCH_ONLY
        assert found.from_scratch is FromScratch.NOT_REFUTED


def test_a_fine_tune_is_derived_and_a_sibling_is_a_question() -> None:
    assert kind(held(zoo.tuned(BASE, 3))) is Kind.DERIVED
    sibling = held(zoo.same_seed(BASE, 4))
    assert kind(sibling) is Kind.SHARED_ORIGIN
    assert sibling.from_scratch is FromScratch.CONTESTED


def test_norm_gains_alone_are_no_evidence() -> None:
    other = zoo.model(5)
    other.update({name: one for name, one in BASE.items() if one.ndim == 1})
    assert kind(held(other)) is Kind.ARCH_ONLY


def test_a_graft_is_found_to_the_layer() -> None:
    child = zoo.model(6)
    child.update({name: one for name, one in BASE.items() if any(f"layers.{n}." in name for n in (0, 1, 2))})
    found = held(child)
    part = next(one for one in found.components if one.name == "language_model")
    assert part.kind is Kind.DERIVED
    assert part.trial is not None
    assert [one.a for one in part.trial.matched] == ["layers.0", "layers.1", "layers.2"]
    assert part.share[0] == pytest.approx(part.share[1], abs=0.001)


def test_dropped_layers_are_aligned() -> None:
    kept = [0, 1, 3, 5]
    child = {name: one for name, one in BASE.items() if ".layers." not in name}
    for new, old in enumerate(kept):
        child.update(
            {
                name.replace(f"layers.{old}.", f"layers.{new}."): one
                for name, one in BASE.items()
                if f"layers.{old}." in name
            }
        )
    part = next(one for one in held(child).components if one.name == "language_model")
    assert part.kind is Kind.COPY
    assert part.trial is not None
    assert [b for _, b in part.trial.layer_map] == [f"layers.{n}" for n in kept]


def test_experts_made_of_a_dense_layer_are_found() -> None:
    child = {name: one for name, one in BASE.items() if ".mlp." not in name}
    for name, one in BASE.items():
        if ".mlp." in name:
            for expert in range(4):
                child[name.replace(".mlp.", f".mlp.experts.{expert}.")] = one + np.float32(0)
    part = next(one for one in held(zoo.tuned(child, 7, 0.02)).components if one.name == "language_model")
    assert part.kind is Kind.DERIVED
    assert part.trial is not None
    assert [expert for expert, match in part.trial.experts if match.fixed == 32] == [0, 1, 2, 3]


def test_another_precision_is_still_a_copy() -> None:
    hub = ShelfHub({"a/child": zoo.repo(BASE, "BF16"), "b/parent": zoo.repo(BASE)})
    assert kind(compare(hub.info("a/child"), hub.info("b/parent"), hub)) is Kind.COPY


def test_a_merge_names_its_parts() -> None:
    other = zoo.model(8)
    child = {name: np.float32(0.4) * one + np.float32(0.6) * other[name] for name, one in BASE.items()}
    hub = ShelfHub({"a/child": zoo.repo(child), "b/one": zoo.repo(BASE), "b/two": zoo.repo(other)})
    infos = {name: hub.info(name) for name in hub.repos}
    found = compare(infos["a/child"], infos["b/one"], hub, references=2)
    merged = with_merges(found, hub, [(name, infos[name], hub) for name in ("b/one", "b/two")])
    part = next(one for one in merged.components if one.name == "language_model")
    assert part.kind is Kind.MERGE
    assert dict(part.merge) == pytest.approx({"b/one": 0.4, "b/two": 0.6}, abs=0.01)


def reordered() -> dict[str, Any]:
    child = dict(BASE)
    dice = np.random.default_rng(9)
    for layer in range(zoo.LAYERS):
        order = dice.permutation(zoo.INNER)
        at = f"model.layers.{layer}.mlp."
        for name in ("gate", "up"):
            child[f"{at}{name}_proj.weight"] = BASE[f"{at}{name}_proj.weight"][order]
        child[f"{at}down_proj.weight"] = BASE[f"{at}down_proj.weight"][:, order]
    return child


def test_reordered_units_need_the_full_search() -> None:
    shallow = held(reordered())
    assert kind(shallow) is Kind.ARCH_ONLY
    part = next(one for one in shallow.components if one.name == "language_model")
    assert any("--full" in str(caveat) for caveat in part.caveats)
    deep = held(reordered(), full=True)
    assert kind(deep) is Kind.DERIVED


def test_a_rotated_stream_is_turned_back() -> None:
    spin = np.linalg.qr(np.random.default_rng(10).normal(size=(zoo.WIDTH, zoo.WIDTH)))[0].astype(np.float32)
    child = {}
    for name, one in BASE.items():
        if one.ndim == 1:
            child[name] = np.ones_like(one)
        elif "down_proj" in name or "o_proj" in name:
            child[name] = spin.T @ one
        else:
            gain = BASE.get(name.rpartition(".mlp")[0] + ".post_attention_layernorm.weight", np.float32(1))
            child[name] = (one * gain if ".mlp." in name else one) @ spin
    found = held(child, full=True)
    part = next(one for one in found.components if one.name == "language_model")
    assert part.kind is Kind.DERIVED
    assert part.attack == "permuted or rotated residual stream"
    assert kind(held(zoo.model(11), full=True)) is Kind.ARCH_ONLY


def test_weights_without_numbers_are_untestable_and_the_rest_is_compared() -> None:
    child = dict(BASE)
    child["model.layers.2.mlp.up_proj.weight"] = np.full((zoo.INNER, zoo.WIDTH), np.nan, dtype=np.float32)
    child["model.layers.2.mlp.gate_proj.weight"] = np.full((zoo.INNER, zoo.WIDTH), np.inf, dtype=np.float32)
    child["model.layers.3.mlp.up_proj.weight"] = np.zeros((zoo.INNER, zoo.WIDTH), dtype=np.float32)
    part = next(one for one in held(child).components if one.name == "language_model")
    assert part.trial is not None
    assert len(part.trial.results) == 4
    assert part.kind is Kind.COPY
    assert any("not tested" in str(caveat) for caveat in part.caveats)


def test_the_answer_is_json_and_the_pages_escape_names() -> None:
    found = held(zoo.tuned(BASE, 3), names=("<b>a</b>", "b"))
    said = json.loads(json.dumps(answer(found), allow_nan=False))
    first = said["components"][0]
    assert (first["verdict"], first["fixed"], first["groups"]) == ("DERIVED", 192, 6)
    assert first["log10_p"] == pytest.approx(-208.2)
    assert first["layers"][0]["read"]["a"][0][2] == 32 * zoo.WIDTH * 4
    assert "<b>" not in page(found)
    assert "DERIVED" in table(found)
    assert "자체 학습 여부" in table(found, "ko")
    assert "가중치는" in page(found, "ko")


def test_the_same_pair_gives_the_same_answer_twice() -> None:
    assert answer(held(zoo.tuned(BASE, 3))) == answer(held(zoo.tuned(BASE, 3)))


def test_another_seed_reads_other_units() -> None:
    first, second = (held(dict(BASE), seed=seed) for seed in (0, 1))
    rows = [one.components[0].trial.results[0].rows for one in (first, second) if one.components[0].trial]
    assert rows[0] != rows[1]
    assert kind(second) is Kind.COPY


def test_a_budget_is_kept() -> None:
    found = held(dict(BASE), budget=60_000)
    assert max(found.bytes_read) <= 60_000 + 3 * 8192
    assert kind(found) is Kind.COPY


def test_a_budget_that_allows_no_test_leaves_a_candidate() -> None:
    found = held(zoo.tuned(BASE, 3), budget=1)
    part = next(one for one in found.components if one.name == "language_model")
    assert part.kind is Kind.CANDIDATE
    assert any("--budget" in str(caveat) for caveat in part.caveats)
    assert found.from_scratch is FromScratch.CONTESTED


def test_what_is_asked_for_is_asked_for_once_and_in_one_go() -> None:
    hub = ShelfHub({"a/child": zoo.repo(zoo.model(2)), "b/parent": zoo.repo(BASE)})
    compare(hub.info("a/child"), hub.info("b/parent"), hub)
    assert len(hub.asked) == len(set(hub.asked))
    assert len(hub.asked) <= 2 * (1 + zoo.LAYERS + 1), "headers, a slab for each layer, the table"


SCHEMA = json.loads((data_folder() / "schemas" / "compare-1.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_answer_keeps_its_schema(seed: int, *, full: bool) -> None:
    child = {1: zoo.tuned(BASE, 3), 2: zoo.model(2), 3: reordered()}[seed]
    jsonschema.validate(answer(held(child, full=full)), SCHEMA)


def test_a_search_without_a_proven_null_gives_no_p() -> None:
    found = held(reordered(), full=True)
    said = answer(found)["components"][0]
    assert said["attack"] == "re-ordered units"
    assert said["log10_p"] is None
    assert {one["log10_p"] for one in said["layers"]} == {None}
    assert any("empirical" in caveat for caveat in said["caveats"])
    assert "empirical" in table(found)
    assert "empirical" in page(found)


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, str]:
    other = zoo.model(8)
    mixed = {name: np.float32(0.4) * one + np.float32(0.6) * other[name] for name, one in BASE.items()}
    for name, weights in (("base", BASE), ("other", other), ("mixed", mixed)):
        (tmp_path / name).mkdir()
        for path, content in zoo.repo(weights).items():
            (tmp_path / name / path).write_bytes(content)
    return {name: str(tmp_path / name) for name in ("base", "other", "mixed")}


def test_the_command_finds_what_was_merged(folders: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", folders["mixed"], folders["base"], "--also", folders["other"], "-f", "json"]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert err == ""
    said = json.loads(out)
    jsonschema.validate(said, SCHEMA)
    part = next(one for one in said["components"] if one["name"] == "language_model")
    assert part["verdict"] == "MERGE"
    assert part["merge"]["weights"] == pytest.approx({folders["base"]: 0.4, folders["other"]: 0.6}, abs=0.01)


def test_the_command_says_with_its_code_that_nothing_was_tested(
    folders: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", folders["base"], folders["other"], "--budget", "1"]) == 3
    assert "CANDIDATE" in capsys.readouterr().out


def test_a_language_that_is_not_there_is_asked_wrongly(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "a/b", "c/d", "--offline", "--lang", "xx"]) == 2
    assert "no language 'xx'" in capsys.readouterr().err

"""Model cards: every form of `base_model`, every way a metadata block goes wrong, licence keys with their lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from licscan.core.artifact import ClaimKind, FactKind, Source
from licscan.core.evidence import Confidence, GapReason
from licscan.core.ids import RepoId
from licscan.core.lineage import Relation
from licscan.extract.card import declared_parents
from licscan.sources.protocol import RepoInfo
from tests.unit.readers import card, model


@pytest.mark.parametrize(
    ("front", "parents"),
    [
        ("base_model: a/b", ["a/b"]),
        ("base_model:\n- a/b\n- c/d", ["a/b", "c/d"]),
        ("base_model: [a/b, c/d]", ["a/b", "c/d"]),
        ("base_model: 'a/b, c/d'", ["a/b", "c/d"]),
        ("base_model:\n  name: a/b", ["a/b"]),
        ("base_model:\n- model: a/b\n- model: c/d", ["a/b", "c/d"]),
        ("base_model:\n  a/b:\n  c/d:", ["a/b", "c/d"]),
        ("base_model: https://huggingface.co/a/b", ["a/b"]),
        ("base_model: https://huggingface.co/a/b/tree/main", ["a/b"]),
        ("base_model: huggingface.co/a/b", ["a/b"]),
        ("base_model: '[a/b](https://huggingface.co/a/b)'", ["a/b"]),
        ("base_model: a/b@5f0b02c", ["a/b"]),
        ("base_model: bert-base-uncased", ["google-bert/bert-base-uncased"]),
        ("base_model: gpt2", ["openai-community/gpt2"]),
        ("base_model: ' a/b '", ["a/b"]),
        ("base_model: Qwen2.5-7B", ["Qwen/Qwen2.5-7B"]),
        ("base_model: ./local/model", ["external:./local/model"]),
        ("base_model: 'D:\\models\\mine'", ["external:D:\\models\\mine"]),
        ("base_model: erotica", ["external:erotica"]),
        ("base_model: https://civitai.com/models/1", ["external:https://civitai.com/models/1"]),
        (
            "base_model: jeiku/Average_8B+ResplendentAI/Smarts_Llama3",
            ["ResplendentAI/Smarts_Llama3", "jeiku/Average_8B"],
        ),
        ("base_model: '{{ base_model }}'", []),
        ("base_model: '[More Information Needed]'", []),
        ("base_model: None", []),
        ("base_model:", []),
        ("base_model: []", []),
        ("base_model: 42", []),
        ("base_model: true", []),
        ("base_model: [1, null, {x: [y]}]", []),
        ("base_model: me/mine", []),
        ("base_model: ME/Mine", []),
    ],
)
def test_every_form_of_base_model(tmp_path: Path, front: str, parents: list[str]) -> None:
    found = model(tmp_path, card(front))
    assert sorted(found.parents) == parents
    assert all(link.declared for link in found.parents.values())
    assert not found.reading.artifact.file_gaps


@pytest.mark.parametrize(
    "front",
    [
        "base_model: 42",
        "base_model: '{{ base_model }}'",
        "base_model: ./x",
        "base_model: bigger",
    ],
)
def test_a_value_that_is_no_repository_stays_visible(tmp_path: Path, front: str) -> None:
    facts = model(tmp_path, card(front)).facts(FactKind.MALFORMED_BASE)
    assert [fact.value for fact in facts] == [front.partition(": ")[2].strip("'")]
    assert facts[0].evidence.place == "README.md#base_model"
    assert facts[0].evidence.line == 2


@pytest.mark.parametrize("front", ["base_model: me/mine", "base_model: ME/Mine"])
def test_a_repository_that_names_itself_leaves_its_origin_open(tmp_path: Path, front: str) -> None:
    found = model(tmp_path, card(front))
    assert not found.facts(FactKind.MALFORMED_BASE)
    assert [fact.evidence.line for fact in found.facts(FactKind.DERIVED)] == [2]


def test_a_revision_is_kept_out_of_the_name_and_in_the_evidence(tmp_path: Path) -> None:
    link = model(tmp_path, card("base_model: a/b@5f0b02c")).parents["a/b"]
    assert "5f0b02c" in link.evidence[0].says


def test_evidence_has_file_field_and_line(tmp_path: Path) -> None:
    found = model(tmp_path, card("license: mit\nbase_model:\n- a/b\n- c/d\ndatasets:\n- x/y"))
    assert [(link.evidence[0].place, link.evidence[0].line) for link in found.joined.links] == [
        ("README.md#base_model[0]", 4),
        ("README.md#base_model[1]", 5),
        ("README.md#datasets[0]", 7),
    ]
    claim = found.reading.artifact.claims[0]
    assert (claim.kind, claim.text, claim.evidence.line) == (ClaimKind.TAG, "mit", 2)


@pytest.mark.parametrize(
    ("text", "parents", "problem"),
    [
        ("no block at all\n", [], ""),
        ("base_model: a/b\nlicense: mit\n", [], ""),
        ("---\n- a\n- b\n---\n", [], "not a mapping"),
        ("---\njust words\n---\n", [], "not a mapping"),
        ("---\nbase_model: [a\n---\n", [], "not YAML"),
        ("---\nbase_model: a/b\n", [], "not closed"),
        ("---\n---\n", [], ""),
        ("---\n{}\n---\n", [], ""),
        ("\ufeff---\nbase_model: a/b\n---\n", ["a/b"], ""),
        ("\n\n---\nbase_model: a/b\n---\n", ["a/b"], ""),
        ("---\r\nbase_model: a/b\r\n---\r\nbody", ["a/b"], ""),
        ("---\nbase_model: a/b\nbase_model: c/d\n---\n", ["a/b", "c/d"], ""),
        ("---\nbase_model: a/b\n---\n---\nbase_model: c/d\n---\n", ["a/b"], ""),
        ("---\nbase_model: a/b\nx: \x07\n---\n", ["a/b"], ""),
        ("---\nx: &a [1]\nbase_model: *a\n---\n", [], "alias"),
        ("---\nx: !!python/object/apply:os.system [echo]\n---\n", [], "tag"),
        ("---\n" + "\n".join(" " * depth + "a:" for depth in range(200)) + "\n---\n", [], "deep"),
        ("---\nbase_model: a/b\nx: " + "[" * 5000 + "\n---\n", [], "deep"),
        ("---\nbase_model: a/b\nmodel-index:\n" + "- name: x\n" * 9000 + "license: mit\n---\n", ["a/b"], ""),
        ('---\n"base_model": a/b\n"model-index":\n' + "- name: x\n" * 9000 + '"license": mit\n---\n', ["a/b"], ""),
        ('---\n{"base_model": "a/b", "x": "' + "y" * 20_000 + '"}\n---\n', ["a/b"], ""),
        ('---\n{\n"base_model": "a/b",\n"widget": [' + '{"text": "t"},\n' * 2000 + "{}]\n}\n---\n", ["a/b"], ""),
        ("---\n" + "- x\n" * 9000 + "---\n", [], "not a mapping"),
    ],
)
def test_metadata_blocks_of_every_kind(tmp_path: Path, text: str, parents: list[str], problem: str) -> None:
    found = model(tmp_path, {"README.md": text, "config.json": '{"model_type": "llama"}'})
    assert sorted(found.parents) == parents
    gaps = found.reading.artifact.file_gaps
    assert bool(gaps) == bool(problem)
    if problem:
        assert gaps[0].reason is GapReason.MALFORMED
        assert gaps[0].place == "README.md"
        assert problem in gaps[0].detail
    assert found.facts(FactKind.ARCHITECTURE), "the rest of the repository is read"


def test_an_alias_bomb_costs_nothing(tmp_path: Path) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
        f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    found = model(tmp_path, card(bomb))
    assert found.reading.artifact.file_gaps


def test_the_hubs_reading_of_the_card_serves_where_ours_fails(tmp_path: Path) -> None:
    broken = {"README.md": "---\nbase_model: [a\n---\n"}
    found = model(tmp_path, broken, card={"base_model": "a/b", "license": "mit"})
    assert list(found.parents) == ["a/b"]
    assert found.reading.artifact.file_gaps


def test_licence_keys(tmp_path: Path) -> None:
    front = "license: other\nlicense_name: my-own\nlicense_link: >-\n  https://example.org/\n  LICENSE"
    claims = model(tmp_path, card(front)).reading.artifact.claims
    assert [(claim.kind, claim.text) for claim in claims] == [
        (ClaimKind.TAG, "other"),
        (ClaimKind.NAME, "my-own"),
        (ClaimKind.LINK, "https://example.org/ LICENSE"),
    ]


@pytest.mark.parametrize(
    ("front", "texts"),
    [
        ("license: [mit, apache-2.0]", ["mit", "apache-2.0"]),
        ("license:", []),
        ("license: 3", ["3"]),
        ("license: {a: b}", ["{'a': 'b'}"]),
    ],
)
def test_licences_of_every_type(tmp_path: Path, front: str, texts: list[str]) -> None:
    claims = model(tmp_path, card(front)).reading.artifact.claims
    assert [claim.text for claim in claims] == texts


def test_a_licence_that_stands_twice_is_claimed_twice(tmp_path: Path) -> None:
    claims = model(tmp_path, card("license: mit\nlicense: cc-by-nc-4.0")).reading.artifact.claims
    assert [(claim.text, claim.evidence.line) for claim in claims] == [("mit", 2), ("cc-by-nc-4.0", 3)]


def test_a_licence_text_in_the_access_form_is_a_claim(tmp_path: Path) -> None:
    terms = "These are the terms of use. " * 100
    claims = model(tmp_path, card(f"extra_gated_prompt: '{terms}'")).reading.artifact.claims
    assert [claim.kind for claim in claims] == [ClaimKind.PASTED]


def test_the_page_header_tells_ids_from_names(tmp_path: Path) -> None:
    for shown, kind in (("mit", ClaimKind.TAG), ("my-own", ClaimKind.NAME), ("my-own (other)", ClaimKind.NAME)):
        claims = model(tmp_path, {}, displayed_license=shown).reading.artifact.claims
        assert [(claim.kind, claim.evidence.place) for claim in claims] == [(kind, "page header")]


@pytest.mark.parametrize(
    ("front", "more", "name", "relation"),
    [
        ("base_model: a/b", {}, "me/mine", Relation.FINETUNE),
        ("base_model: a/b\nbase_model_relation: quantized", {}, "me/mine", Relation.QUANTIZED),
        ("base_model: a/b\nlibrary_name: peft", {}, "me/mine", Relation.ADAPTER),
        ("base_model: a/b\ntags: [lora]", {}, "me/mine", Relation.ADAPTER),
        ("base_model: a/b", {"adapter_config.json": "{}"}, "me/mine", Relation.ADAPTER),
        ("base_model: [a/b, c/d]", {}, "me/mine", Relation.MERGE),
        ("base_model: a/b\ntags: [merge, mergekit]", {}, "me/mine", Relation.MERGE),
        ("base_model: a/b\ntags: [gguf]", {}, "me/mine", Relation.QUANTIZED),
        ("base_model: a/b", {"x-q4.gguf": b"GGUF"}, "me/mine", Relation.QUANTIZED),
        ("base_model: a/b", {}, "me/mine-AWQ", Relation.QUANTIZED),
        ("base_model: a/b", {}, "me/mine-4bit-mlx", Relation.QUANTIZED),
        ("base_model: a/b", {}, "me/mine-onnx", Relation.CONVERTED),
        ("base_model: a/b\nlibrary_name: mlx", {}, "me/mine", Relation.CONVERTED),
    ],
)
def test_the_relation_is_inferred_with_its_reason(
    tmp_path: Path, front: str, more: dict[str, str | bytes], name: str, relation: Relation
) -> None:
    link = model(tmp_path, {**card(front), **more}, name=name).parents["a/b"]
    assert link.relation is relation
    stated = "base_model_relation" in front
    assert stated or any(evidence.place == "inferred" for evidence in link.evidence)


def test_the_hubs_answer_and_the_card_are_one_link(tmp_path: Path) -> None:
    found = model(
        tmp_path,
        card("base_model: a/B"),
        tags=("base_model:a/B", "base_model:quantized:a/B", "license:mit"),
        base_models=("a/b",),
        base_relation="quantized",
    )
    (link,) = found.parents.values()
    assert link.relation is Relation.QUANTIZED
    assert {evidence.place for evidence in link.evidence} == {"README.md#base_model", "hub#baseModels", "tags"}


def test_a_rename_that_the_hub_followed_is_one_link(tmp_path: Path) -> None:
    found = model(tmp_path, card("base_model: old/name"), base_models=("new/name",), base_relation="finetune")
    assert list(found.parents) == ["new/name"]
    assert any(evidence.says == "old/name" for evidence in found.parents["new/name"].evidence)


def test_old_quantisers_keys(tmp_path: Path) -> None:
    found = model(
        tmp_path, card("model_link: https://huggingface.co/meta-llama/Llama-2-7b-hf"), name="me/Llama-2-7B-GGUF"
    )
    link = found.parents["meta-llama/Llama-2-7b-hf"]
    assert (link.relation, link.declared, link.confidence) == (Relation.QUANTIZED, True, Confidence.LIKELY)


def test_merge_scripts_write_parents_among_the_tags(tmp_path: Path) -> None:
    found = model(tmp_path, card("tags: [merge, mergekit]"), tags=("merge", "mergekit", "udkai/Turdus", "a/b-7B"))
    assert {name: link.relation for name, link in found.parents.items()} == {
        "udkai/Turdus": Relation.MERGE,
        "a/b-7B": Relation.MERGE,
    }
    assert not model(tmp_path, card("x: y"), tags=("udkai/Turdus",)).parents


def test_data_sets(tmp_path: Path) -> None:
    front = "datasets:\n- a/b\n- squad\n- generator\n- None\n- my private data"
    found = model(tmp_path, card(front), tags=("dataset:a/b", "dataset:c/d"))
    assert found.data == ["datasets/a/b", "datasets/c/d", "datasets/squad", "external:my private data"]
    assert RepoId.parse("datasets/a/b".removeprefix("datasets/")).path == "a/b"


def test_a_licence_link_hints_at_the_base_where_nothing_else_does(tmp_path: Path) -> None:
    link = "license_link: https://huggingface.co/01-ai/Yi-34B/blob/main/LICENSE"
    hinted = model(tmp_path, card(link), name="me/Tess-M").parents["01-ai/Yi-34B"]
    assert (hinted.confidence, hinted.declared) == (Confidence.POSSIBLE, False)
    assert list(model(tmp_path, card(f"{link}\nbase_model: a/b")).parents) == ["a/b"]
    assert not model(tmp_path, card(link), name="01-ai/Yi-9B").parents
    assert not model(tmp_path, card(link), name="me/Yi-6B-merge").parents


def test_what_may_be_asked_for_ahead() -> None:
    info = RepoInfo(RepoId.parse("me/mine"), RepoId.parse("me/mine"), Source.HUB)
    named = replace(info, card={"base_model": ["a/b", "https://huggingface.co/c/d", "./x", "gpt2", "me/mine", 3]})
    assert [str(repo) for repo in declared_parents(named)] == ["a/b", "c/d"]
    tagged = replace(info, tags=("base_model:a/b", "base_model:merge:c/d", "license:mit"))
    assert [str(repo) for repo in declared_parents(tagged)] == ["a/b", "c/d"]
    assert [str(repo) for repo in declared_parents(replace(named, base_models=("x/y",)))] == ["x/y"]

"""Configs, adapters, recipes, pipelines, traces, notices, code: what each kind of file gives away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from licscan.core.artifact import ClaimKind, FactKind
from licscan.core.evidence import Confidence, GapReason
from licscan.core.lineage import Relation
from tests.unit.readers import card, model

QWEN_VISION = {"model_type": "qwen2_5_vl", "depth": 32, "hidden_size": 1280, "out_hidden_size": 5120, "patch_size": 14}
CLIP_VISION = {
    "model_type": "clip_vision_model",
    "hidden_size": 1024,
    "image_size": 336,
    "intermediate_size": 4096,
    "num_hidden_layers": 24,
    "patch_size": 14,
}


def config(**values: Any) -> dict[str, str | bytes]:
    return {"config.json": json.dumps(values)}


# The founding story, and what is not one.


def test_a_foreign_vision_encoder_shows_in_the_config(tmp_path: Path) -> None:
    found = model(
        tmp_path,
        config(
            architectures=["MyVLM"], text_config={"model_type": "mine", "hidden_size": 5120}, vision_config=QWEN_VISION
        ),
    )
    link = found.parents["#vision_encoder"]
    assert (link.relation, link.component, link.declared) == (Relation.COMPONENT, "vision_encoder", False)
    assert link.evidence[0].place == "config.json#vision_config.model_type"
    assert link.evidence[0].says == "qwen2_5_vl"
    assert found.candidates("#vision_encoder") == ("Qwen/Qwen2.5-VL-32B-Instruct",)
    (node,) = found.joined.extra
    assert node.publisher == "Qwen"
    assert node.facts[0].value == "Qwen2.5-VL"


@pytest.mark.parametrize(
    ("width", "release"),
    [
        (2048, "Qwen/Qwen2.5-VL-3B-Instruct"),
        (3584, "Qwen/Qwen2.5-VL-7B-Instruct"),
        (8192, "Qwen/Qwen2.5-VL-72B-Instruct"),
    ],
)
def test_sizes_narrow_the_release(tmp_path: Path, width: int, release: str) -> None:
    vision = {"model_type": "qwen2_5_vl_vision", "hidden_size": 1280, "out_hidden_size": width}
    assert model(tmp_path, config(vision_config=vision)).candidates("#vision_encoder") == (release,)


def test_without_sizes_every_release_is_a_candidate(tmp_path: Path) -> None:
    found = model(tmp_path, config(vision_config={"model_type": "qwen2_5_vl"}))
    assert len(found.candidates("#vision_encoder")) == 4
    assert found.parents["#vision_encoder"].confidence is Confidence.POSSIBLE


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("me/tiny-random", {"vision_config": {**QWEN_VISION, "hidden_size": 32, "out_hidden_size": 32, "depth": 2}}),
        ("me/own-design", {"vision_config": {**QWEN_VISION, "hidden_size": 1536}}),
        ("Qwen/Qwen9-VL", {"vision_config": QWEN_VISION}),
        ("qwen/lower-case", {"vision_config": QWEN_VISION}),
        ("me/my-copy", {"model_type": "qwen2_5_vl", "vision_config": QWEN_VISION}),
        ("me/copy-by-class", {"architectures": ["Qwen2_5_VLForConditionalGeneration"], "vision_config": QWEN_VISION}),
        ("me/llama-like", {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 4096}),
        ("me/backbone", {"model_type": "mine", "text_config": {"model_type": "qwen2", "hidden_size": 3584}}),
        ("me/unknown", {"vision_config": {"model_type": "somebodys_vit", "hidden_size": 1280}}),
        ("me/strange", {"vision_config": [QWEN_VISION], "text_config": "qwen2_5_vl", "audio_config": None}),
    ],
)
def test_architecture_alone_is_no_lineage(tmp_path: Path, name: str, values: dict[str, Any]) -> None:
    found = model(tmp_path, config(**values), name=name)
    assert not found.parents
    if "model_type" in str(values.get("model_type", "")) or values.get("model_type"):
        assert found.facts(FactKind.ARCHITECTURE)


@pytest.mark.parametrize(
    ("section", "values", "role", "first"),
    [
        (
            "audio_config",
            {"architectures": ["Qwen2AudioEncoder"], "d_model": 1280},
            "audio_encoder",
            "Qwen/Qwen2-Audio-7B",
        ),
        (
            "audio_config",
            {"model_type": "whisper", "d_model": 1280, "encoder_layers": 32, "num_mel_bins": 128},
            "audio_encoder",
            "openai/whisper-large-v3",
        ),
        ("discrete_audio_config", {"model_type": "cosyvoice2"}, "audio_tokenizer", "FunAudioLLM/CosyVoice2-0.5B"),
        (
            "vision_config",
            {"model_type": "siglip_vision_model", "hidden_size": 1152, "image_size": 384, "patch_size": 14},
            "vision_encoder",
            "google/siglip-so400m-patch14-384",
        ),
        ("vision_tower_config", CLIP_VISION, "vision_encoder", "openai/clip-vit-large-patch14-336"),
        ("mm_vision_config", CLIP_VISION, "vision_encoder", "openai/clip-vit-large-patch14-336"),
    ],
)
def test_parts_of_every_kind(tmp_path: Path, section: str, values: dict[str, Any], role: str, first: str) -> None:
    found = model(tmp_path, config(model_type="mine", **{section: values}))
    assert list(found.parents) == [f"#{role}"]
    assert found.candidates(f"#{role}")[0] == first


def test_a_declared_part_only_gains_the_configs_evidence(tmp_path: Path) -> None:
    files = {
        **card("base_model:\n- Qwen/Qwen3-14B\n- google/siglip2-so400m-patch16-384"),
        **config(
            model_type="mine",
            text_config={"model_type": "qwen3"},
            vision_config={
                "model_type": "siglip_vision_model",
                "hidden_size": 1152,
                "patch_size": 16,
                "image_size": 384,
            },
        ),
    }
    found = model(tmp_path, files)
    assert {name: (link.relation, link.component, link.declared) for name, link in found.parents.items()} == {
        "Qwen/Qwen3-14B": (Relation.COMPONENT, "language_model", True),
        "google/siglip2-so400m-patch16-384": (Relation.COMPONENT, "vision_encoder", True),
    }
    places = {evidence.place for evidence in found.parents["google/siglip2-so400m-patch16-384"].evidence}
    assert "config.json#vision_config.model_type" in places


def test_a_declared_base_accounts_for_its_own_parts(tmp_path: Path) -> None:
    files = {
        **card("base_model: unsloth/Qwen2.5-VL-7B-Instruct-bnb-4bit"),
        **config(model_type="mine", vision_config={**QWEN_VISION, "out_hidden_size": 3584}),
    }
    found = model(tmp_path, files)
    assert list(found.parents) == ["unsloth/Qwen2.5-VL-7B-Instruct-bnb-4bit"]


def test_keys_that_name_a_part(tmp_path: Path) -> None:
    found = model(
        tmp_path,
        config(
            _name_or_path="liuhaotian/llava-v1.5-7b",
            mm_vision_tower="openai/clip-vit-large-patch14",
            vision_tower="openai/clip-vit-large-patch14",
            text_config={"_name_or_path": "lmsys/vicuna-7b-v1.5"},
            depth_estimator="/mnt/x/depth_anything.pth",
            image_generator="stabilityai/stable-diffusion-2-1",
        ),
    )
    assert {name: (link.relation, link.component) for name, link in found.parents.items()} == {
        "liuhaotian/llava-v1.5-7b": (Relation.FINETUNE, None),
        "openai/clip-vit-large-patch14": (Relation.COMPONENT, "vision_encoder"),
        "lmsys/vicuna-7b-v1.5": (Relation.COMPONENT, "language_model"),
    }
    assert len(found.parents["openai/clip-vit-large-patch14"].evidence) == 2
    assert all(link.confidence is Confidence.LIKELY and not link.declared for link in found.parents.values())


@pytest.mark.parametrize(
    ("path", "parent"),
    [
        ("/data/models/Qwen2.5-7B", "Qwen/Qwen2.5-7B"),
        ("/data/models/Qwen2.5-7B/", "Qwen/Qwen2.5-7B"),
        ("/data/models/Qwen2.5-7B/checkpoint-1200", "Qwen/Qwen2.5-7B"),
        ("D:\\models\\Qwen1.5-72B-Chat", "Qwen/Qwen1.5-72B-Chat"),
        ("/Users/j/workspace/NousResearch/Hermes-2-Pro-Mistral-7B", "NousResearch/Hermes-2-Pro-Mistral-7B"),
        (
            "/home/ann/.cache/huggingface/hub/models--a--b-7B/snapshots/0123456789012345678901234567890123456789",
            "a/b-7B",
        ),
        ("../models/Undi95_Meta-Llama-3-70B-Instruct-hf", "Undi95/Meta-Llama-3-70B-Instruct-hf"),
        ("/workspace/output/checkpoint-500", None),
        ("./results", None),
        (".", None),
        ("", None),
        ("/home/me/my_llama_finetune-7b", None),
        ("/data/mine", None),
        ("me/mine", None),
        ("a/b/c/d", None),
    ],
)
def test_a_working_folder_is_a_parent_only_where_it_spells_one(tmp_path: Path, path: str, parent: str | None) -> None:
    found = model(tmp_path, config(_name_or_path=path, model_type="llama"))
    assert list(found.parents) == ([parent] if parent else [])


def test_a_path_that_begins_with_a_release_is_outside_with_a_candidate(tmp_path: Path) -> None:
    path = "/kaggle/working/internvl2_1b_qwen2_0_5b_2nd_finetune_lora"
    found = model(tmp_path, config(_name_or_path=path))
    assert list(found.parents) == [f"external:{path}"]
    assert found.candidates(f"external:{path}") == ("OpenGVLab/InternVL2-1B",)


def test_code_of_another_repository(tmp_path: Path) -> None:
    table = {
        "AutoConfig": "a/b--configuration_x.XConfig",
        "AutoModel": ["a/b--modeling_x.X", None],
        "AutoModelForCausalLM": "modeling.Y",
    }
    found = model(tmp_path, config(auto_map=table))
    assert [fact.value for fact in found.facts(FactKind.REMOTE_CODE)] == ["a/b"]
    assert not found.parents


# Disagreement.


def test_card_and_config_that_disagree_stay_visible(tmp_path: Path) -> None:
    files = {**card("base_model: meta-llama/Llama-3.1-8B"), **config(_name_or_path="mistralai/Mistral-7B-v0.1")}
    found = model(tmp_path, files)
    assert sorted(found.parents) == ["meta-llama/Llama-3.1-8B", "mistralai/Mistral-7B-v0.1"]
    assert all(link.confidence is Confidence.LIKELY for link in found.parents.values())
    facts = found.facts(FactKind.CONTRADICTION)
    assert {fact.evidence.place for fact in facts} == {"README.md#base_model", "config.json#_name_or_path"}
    assert "Llama-3.1-8B" in facts[0].value
    assert "Mistral-7B-v0.1" in facts[0].value


@pytest.mark.parametrize(
    ("declared", "loaded"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "unsloth/Llama-3.1-8B-Instruct-bnb-4bit"),
        ("mistralai/Mistral-7B-v0.1", "unsloth/mistral-7b-v0.1"),
        ("a/b-7B", "me/b-stage-one"),
    ],
)
def test_copies_and_own_stages_are_no_contradiction(tmp_path: Path, declared: str, loaded: str) -> None:
    files = {**card(f"base_model: {declared}"), "adapter_config.json": json.dumps({"base_model_name_or_path": loaded})}
    found = model(tmp_path, files)
    assert sorted(found.parents) == sorted([declared, loaded])
    assert not found.facts(FactKind.CONTRADICTION)


def test_a_copy_carries_its_originals_config(tmp_path: Path) -> None:
    files = {**card("base_model: a/tuned-7B\ntags: [awq]"), **config(_name_or_path="mistralai/Mistral-7B-v0.1")}
    found = model(tmp_path, files)
    assert list(found.parents) == ["a/tuned-7B"]
    assert any("as that of its original did" in fact.value for fact in found.facts(FactKind.SUMMARY))


def test_shape_and_a_second_sign_name_the_parent(tmp_path: Path) -> None:
    shape = {
        "model_type": "deepseek_v3",
        "hidden_size": 7168,
        "num_hidden_layers": 61,
        "vocab_size": 129280,
        "n_routed_experts": 256,
    }
    assert not model(tmp_path, config(**shape)).parents
    found = model(tmp_path, config(**shape), tags=("DeepSeek-V3", "ja"))
    link = found.parents["deepseek-ai/DeepSeek-V3"]
    assert (link.confidence, link.declared) == (Confidence.LIKELY, False)
    assert not model(tmp_path, config(**{**shape, "vocab_size": 1000}), tags=("DeepSeek-V3",)).parents
    assert not model(tmp_path, config(**shape), tags=("DeepSeek-V3",), name="deepseek-ai/DeepSeek-V3-Other").parents


# Adapters and recipes.


def test_an_adapter_names_its_base_for_certain(tmp_path: Path) -> None:
    text = json.dumps({"base_model_name_or_path": "a/b", "revision": "abc", "peft_type": "LORA"})
    link = model(tmp_path, {"adapter_config.json": text}).parents["a/b"]
    assert (link.relation, link.confidence, link.declared) == (Relation.ADAPTER, Confidence.CERTAIN, False)


def test_an_adapter_on_a_lost_checkpoint_leads_outside(tmp_path: Path) -> None:
    text = json.dumps({"base_model_name_or_path": "/data/zjt/checkpoint-1200"})
    assert list(model(tmp_path, {"adapter_config.json": text}).parents) == ["external:/data/zjt/checkpoint-1200"]


@pytest.mark.parametrize(
    ("recipe", "parents"),
    [
        ("models:\n- model: a/b\n- model: c/d\nmerge_method: ties\nbase_model: e/f", ["a/b", "c/d", "e/f"]),
        (
            "slices:\n- sources:\n  - model: a/b\n    layer_range: [0, 32]\n  - model: c/d\nmerge_method: slerp",
            ["a/b", "c/d"],
        ),
        (
            (
                "base_model:\n  model:\n    path: a/b\nslices:\n- sources:\n"
                "  - model:\n      model:\n        path: c/d\n      lora:\n        path: e/f"
            ),
            ["a/b", "c/d", "e/f"],
        ),
        ("models:\n- model: a/b+c/lora\nmerge_method: linear", ["a/b", "c/lora"]),
        (
            "base_model: a/b\ngate_mode: hidden\nexperts:\n- source_model: c/d\n  positive_prompts: [x/y]",
            ["a/b", "c/d"],
        ),
        ("models:\n- model: a/b\ntokenizer_source: union\nmerge_method: linear", ["a/b"]),
        ("models:\n- model: a/b\ntokenizer: {source: base}\nmerge_method: linear", ["a/b"]),
        ("models:\n- model: a/b\n- model: c/d\ntokenizer_source: c/d\nmerge_method: linear", ["a/b", "c/d"]),
        (
            (
                "name: step1\nmodels:\n- model: a/b\nmerge_method: linear\n---\n"
                "models:\n- model: step1\n- model: c/d\nmerge_method: slerp"
            ),
            ["a/b", "c/d"],
        ),
        ("models:\n- model: a/b\nmerge_method: linear\n---\n---\nnotes: [x/y]", ["a/b"]),
        (
            (
                "- name: step1\n  models:\n  - model: a/b\n  merge_method: linear\n"
                "- models:\n  - model: step1\n  - model: c/d\n  merge_method: linear"
            ),
            ["a/b", "c/d"],
        ),
        ("models:\n- model: ''\n- model:\n- model: 3\n- model: a/b\nmerge_method: x", ["a/b"]),
        ("models: &m [a/b]\nother: *m", []),
        ("just words", []),
        ("\x00\x01", []),
    ],
)
def test_recipes_of_every_method(tmp_path: Path, recipe: str, parents: list[str]) -> None:
    found = model(tmp_path, {"mergekit_config.yml": recipe})
    assert sorted(found.parents) == parents
    assert all(
        link.relation is Relation.MERGE and link.confidence is Confidence.CERTAIN for link in found.parents.values()
    )


@pytest.mark.parametrize(
    "donor",
    [
        "tokenizer_source: t/k",
        "tokenizer_source: model:t/k",
        "tokenizer: {source: t/k, pad_to_multiple_of: 8}",
        "tokenizer:\n  source: union\n  tokens:\n    <|im_start|>:\n      source: t/k\n      force: true",
        "tokenizer:\n  tokens:\n    <x>:\n      source: {kind: model_token, model: t/k, token: <y>}",
        "tokenizer:\n  source: {model: {path: t/k}}",
    ],
)
def test_a_merge_has_its_vocabulary_from_a_donor(tmp_path: Path, donor: str) -> None:
    recipe = f"models:\n- model: a/b\n- model: c/d\nmerge_method: linear\n{donor}"
    found = model(tmp_path, {"mergekit_config.yml": recipe})
    assert sorted(found.parents) == ["a/b", "c/d", "t/k"]
    assert (found.parents["t/k"].relation, found.parents["t/k"].component) == (Relation.COMPONENT, "tokenizer")
    body = model(tmp_path / "card", card("license: mit", f"\n```yaml\n{recipe}\n```\n"))
    assert body.parents["t/k"].component == "tokenizer"


def test_a_merge_in_steps(tmp_path: Path) -> None:
    sources = "  - model: ../KoboldAI_LLaMA2-13B-Erebus-v3\n  - model: ../microsoft_Orca-2-13b\n"
    one = f"slices:\n- sources:\n{sources}merge_method: passthrough"
    found = model(tmp_path, {"mergekit-config_step1.yml": one})
    assert sorted(found.parents) == ["KoboldAI/LLaMA2-13B-Erebus-v3", "microsoft/Orca-2-13b"]


# Pipelines, traces, notices, code.


def test_a_pipeline_and_its_parts(tmp_path: Path) -> None:
    files = {
        "model_index.json": json.dumps(
            {
                "_class_name": "StableDiffusionXLPipeline",
                "_name_or_path": "stabilityai/stable-diffusion-xl-base-1.0",
                "vae": ["diffusers", "AutoencoderKL"],
            }
        ),
        "vae/config.json": json.dumps(
            {"_class_name": "AutoencoderKL", "_name_or_path": "madebyollin/sdxl-vae-fp16-fix"}
        ),
        "text_encoder/config.json": json.dumps(
            {"_name_or_path": "openai/clip-vit-large-patch14", "model_type": "clip_text_model"}
        ),
        "unet/config.json": json.dumps({"_name_or_path": "../sdxl-unet/"}),
    }
    found = model(tmp_path, files)
    assert {name: (link.relation, link.component) for name, link in found.parents.items()} == {
        "stabilityai/stable-diffusion-xl-base-1.0": (Relation.FINETUNE, None),
        "madebyollin/sdxl-vae-fp16-fix": (Relation.COMPONENT, "vae"),
        "openai/clip-vit-large-patch14": (Relation.COMPONENT, "text_encoder"),
    }


def test_sentence_transformers_name_their_encoder(tmp_path: Path) -> None:
    files = {
        "modules.json": "[]",
        "config.json": json.dumps({"_name_or_path": "microsoft/mpnet-base", "model_type": "mpnet"}),
    }
    assert list(model(tmp_path, files).parents) == ["microsoft/mpnet-base"]


def test_traces_of_training(tmp_path: Path) -> None:
    files = {
        "axolotl_config.yml": "base_model: a/b-7B\nadapter: lora\n"
        "datasets:\n- path: x/y\n  type: alpaca\n- path: /data/own.jsonl\n",
        "tokenizer_config.json": json.dumps({"name_or_path": "c/d", "tokenizer_class": "LlamaTokenizer"}),
        "trainer_state.json": json.dumps({"best_model_checkpoint": "./whisper-large-v3-ko/checkpoint-100"}),
    }
    found = model(tmp_path, files)
    assert {name: link.relation for name, link in found.parents.items()} == {"a/b-7B": Relation.ADAPTER}
    assert found.data == ["datasets/x/y"]
    assert [fact.value for fact in found.facts(FactKind.TOKENIZER)] == ["c/d"]
    assert any("whisper-large-v3-ko" in fact.value for fact in found.facts(FactKind.SUMMARY))


def test_a_quantisers_config(tmp_path: Path) -> None:
    files = {"quantize_config.json": json.dumps({"bits": 4, "model_name_or_path": "a/b-7B"})}
    assert model(tmp_path, files).parents["a/b-7B"].relation is Relation.QUANTIZED


def test_a_notice_names_the_parts(tmp_path: Path) -> None:
    notice = (
        "Copyright (c) 2024 Somebody\nThis model contains Llama 3.2 (https://huggingface.co/meta-llama/Llama-3.2-3B-Instruct)\n"
        "and SigLIP (google/siglip-so400m-patch14-384), under Apache-2.0 and/or MIT. See http://www.apache.org/licenses/LICENSE-2.0\n"
    )
    found = model(tmp_path, {"NOTICE": notice})
    assert {name: (link.relation, link.component, link.declared) for name, link in found.parents.items()} == {
        "meta-llama/Llama-3.2-3B-Instruct": (Relation.COMPONENT, "language_model", False),
        "google/siglip-so400m-patch14-384": (Relation.COMPONENT, "vision_encoder", False),
    }
    assert [fact.value for fact in found.facts(FactKind.COPYRIGHT)] == ["Copyright (c) 2024 Somebody"]
    (claim,) = [claim for claim in found.reading.artifact.claims if claim.kind is ClaimKind.NOTICE]
    assert claim.text == notice
    assert len(claim.sha256) == 64


@pytest.mark.parametrize(
    ("name", "kind", "part"),
    [
        ("LICENSE", ClaimKind.FILE, ""),
        ("LICENSE.md", ClaimKind.FILE, ""),
        ("license.txt", ClaimKind.FILE, ""),
        ("LICENSE-MODEL", ClaimKind.FILE, "weights"),
        ("LICENSE-CODE", ClaimKind.FILE, "code"),
        ("MODEL_LICENSE.md", ClaimKind.FILE, "weights"),
        ("COPYING", ClaimKind.FILE, ""),
        ("Notice", ClaimKind.NOTICE, ""),
        ("USE_POLICY.md", ClaimKind.POLICY, ""),
        ("vae/LICENSE", ClaimKind.FILE, "vae"),
    ],
)
def test_legal_texts_by_their_names(tmp_path: Path, name: str, kind: ClaimKind, part: str) -> None:
    (claim,) = model(tmp_path, {name: "Some terms."}).reading.artifact.claims
    assert (claim.kind, claim.part, claim.text) == (kind, part, "Some terms.")


def test_code_is_read_and_never_run(tmp_path: Path) -> None:
    source = (
        "# Copyright 2024 The GLM Team and the HuggingFace Team. All rights reserved.\n"
        "# Adapted from https://github.com/x/y/blob/main/z.py\n"
        "raise SystemExit(3)\nCOPYRIGHT = 1\n"
    )
    found = model(tmp_path, {"modeling_x.py": source})
    assert [(fact.value, fact.evidence.line) for fact in found.facts(FactKind.COPYRIGHT)] == [
        ("Copyright 2024 The GLM Team and the HuggingFace Team. All rights reserved.", 1),
        ("Adapted from https://github.com/x/y/blob/main/z.py", 2),
    ]


# Bad files: a gap of that file, and the rest is read.


@pytest.mark.parametrize(
    ("path", "content", "says"),
    [
        ("config.json", '{"model_type": "llama", // like this\n}', "not JSON"),
        ("config.json", '{"model_type": "llama", "x": NaN}', "NaN"),
        ("config.json", '{"x": Infinity}', "Infinity"),
        ("config.json", "[" * 100_000, "deep"),
        ("config.json", '{"a":' * 200 + "1" + "}" * 200, "deep"),
        ("config.json", "[1, 2]", "object"),
        ("config.json", b"\x89PNG\x00\x00", "binary"),
        ("config.json", b"", "not JSON"),
        ("config.json", "{" + '"a": "' + "x" * 2_000_000 + '"}', "larger"),
        ("adapter_config.json", "null", "object"),
        ("mergekit_config.yml", "a: [", "YAML"),
        ("mergekit_config.yml", "a: &a [*a]", "YAML"),
        ("tokenizer_config.json", "nothing", "not JSON"),
        ("README.md", b"\x00\x01\x02", "binary"),
        ("LICENSE", b"PK\x03\x04\x00\x00", "binary"),
        ("model.gguf", b"GGML....", "GGUF"),
        ("lora.safetensors", b"\xff\xff\xff\xff\xff\xff\xff\x7f{}", "impossible"),
        ("lora.safetensors", b"\x08", "length"),
    ],
)
def test_a_malformed_file_is_a_gap_of_that_file(tmp_path: Path, path: str, content: str | bytes, says: str) -> None:
    found = model(tmp_path, {"modeling_x.py": "# Copyright 2024 Me", path: content})
    (gap,) = found.reading.artifact.file_gaps
    assert (gap.reason, gap.place, gap.id) == (GapReason.MALFORMED, path, "me/mine")
    assert says in gap.detail
    assert found.facts(FactKind.COPYRIGHT), "the rest is read"
    assert not found.parents


def test_what_is_odd_does_not_hide_what_can_be_read(tmp_path: Path) -> None:
    found = model(tmp_path, {"config.json": '{"_name_or_path": "a/b", "time_step_limit": [0.0, Infinity]}'})
    assert list(found.parents) == ["a/b"]
    assert found.reading.artifact.file_gaps


def test_two_parts_in_one_role_are_two_nodes(tmp_path: Path) -> None:
    clip = {"model_type": "clip_text_model", "hidden_size": 768, "num_hidden_layers": 12, "vocab_size": 49408}
    t5 = {"model_type": "t5", "architectures": ["T5EncoderModel"], "d_model": 4096, "vocab_size": 32128}
    files: dict[str, str | bytes] = {
        "model_index.json": "{}",
        "text_encoder/config.json": json.dumps(clip),
        "text_encoder_2/config.json": json.dumps(t5),
    }
    found = model(tmp_path, files)
    assert {name: link.component for name, link in found.parents.items()} == {
        "#text_encoder": "text_encoder",
        "#text_encoder_2": "text_encoder",
    }
    assert found.candidates("#text_encoder") == ("openai/clip-vit-large-patch14",)
    assert found.candidates("#text_encoder_2") == ("google/t5-v1_1-xxl",)


def test_a_part_on_a_lost_path_leads_outside(tmp_path: Path) -> None:
    found = model(tmp_path, config(mm_vision_tower="/mnt/x/qwen2vl-665m-native", vision_tower="own_vit"))
    link = found.parents["external:/mnt/x/qwen2vl-665m-native"]
    assert (link.relation, link.component) == (Relation.COMPONENT, "vision_encoder")
    assert len(found.parents) == 1
    named = model(tmp_path, config(mm_vision_tower="/mnt/x/clip-vit-large-patch14-336"))
    assert list(named.parents) == ["openai/clip-vit-large-patch14-336"]


def test_models_in_folders(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "0_Transformer/config.json": json.dumps({"_name_or_path": "bert-base-uncased", "model_type": "bert"}),
        "lora-a/adapter_config.json": json.dumps({"base_model_name_or_path": "Qwen/Qwen2-VL-7B-Instruct"}),
        "ckpt-b/config.json": json.dumps({"_name_or_path": "Qwen/Qwen3-VL-4B-Instruct"}),
    }
    found = model(tmp_path, files)
    assert {name: link.relation for name, link in found.parents.items()} == {
        "google-bert/bert-base-uncased": Relation.FINETUNE,
        "Qwen/Qwen2-VL-7B-Instruct": Relation.ADAPTER,
        "Qwen/Qwen3-VL-4B-Instruct": Relation.FINETUNE,
    }
    assert not found.facts(FactKind.CONTRADICTION)


def test_a_declared_base_of_another_type_is_a_contradiction(tmp_path: Path) -> None:
    front = card("base_model: deepseek-ai/DeepSeek-R1-Distill-Qwen-7B")
    found = model(tmp_path, {**front, **config(model_type="qwen3")})
    assert {fact.evidence.place for fact in found.facts(FactKind.CONTRADICTION)} == {
        "README.md#base_model",
        "config.json#model_type",
    }
    assert found.parents["deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"].confidence is Confidence.LIKELY
    assert model(tmp_path, front, tags=("qwen3",)).facts(FactKind.CONTRADICTION)
    same = model(tmp_path, {**front, **config(model_type="qwen2")})
    assert not same.facts(FactKind.CONTRADICTION)
    assert not model(tmp_path, {**front, **config(model_type="somebodys")}).facts(FactKind.CONTRADICTION)

"""A scan that also compares weights: what it proves, what it leaves open, and what it could not read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from licscan.core.finding import Severity
from licscan.core.report import OriginVerdict, Report
from licscan.knowledge import Knowledge
from licscan.pipeline import scan
from licscan.policy import Policy
from tests.weights.stand import ShelfHub

np = pytest.importorskip("numpy")
pytest.importorskip("scipy")
save = pytest.importorskip("safetensors.numpy").save

WIDTH, INNER, LAYERS, WORDS = 256, 512, 4, 600
CONFIG = json.dumps(
    {
        "model_type": "llama",
        "architectures": ["LlamaForCausalLM"],
        "hidden_size": WIDTH,
        "intermediate_size": INNER,
        "num_hidden_layers": LAYERS,
        "vocab_size": WORDS,
    }
).encode()


def weights(seed: int) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    shapes = {"mlp.gate_proj": (INNER, WIDTH), "mlp.up_proj": (INNER, WIDTH), "mlp.down_proj": (WIDTH, INNER)}
    shapes |= {f"self_attn.{name}_proj": (WIDTH, WIDTH) for name in "qkvo"}
    made = {
        f"model.layers.{layer}.{name}.weight": random.standard_normal(shape).astype(np.float32) * 0.02
        for layer in range(LAYERS)
        for name, shape in shapes.items()
    }
    made["model.embed_tokens.weight"] = random.standard_normal((WORDS, WIDTH)).astype(np.float32) * 0.02
    return made


def card(base: str | None = None) -> bytes:
    return f"---\nlicense: apache-2.0\n{f'base_model: {base}' if base else ''}\n---\n".encode()


def look(knowledge: Knowledge, child: dict[str, Any] | bytes, base: dict[str, Any]) -> Report:
    """Scan a child that declares its base, under the Korean preset, weights compared."""
    stored = child if isinstance(child, bytes) else save(child)
    files = {
        "Qwen/base": {"README.md": card(), "config.json": CONFIG, "model.safetensors": save(base)},
        "naver/child": {"README.md": card("Qwen/base"), "config.json": CONFIG, "model.safetensors": stored},
    }
    hub = ShelfHub(files, created={"Qwen/base": "2024-01-01", "naver/child": "2025-01-01"})
    stance = knowledge.presets["kr-independent-2026"].stance("KR")
    return scan("naver/child", hub=hub, policy=replace(Policy(), stance=stance), weights=True)


def test_equal_weights_are_proved_to_be_unchanged(knowledge: Knowledge) -> None:
    report = look(knowledge, weights(1), weights(1))
    (main,) = [one for one in report.origins if one.component == "main_weights"]
    assert main.verdict is OriginVerdict.REFUTED
    assert "identical bytes" in str(main.says)
    told = {one.rule: one.severity for one in report.findings}
    assert told["inherited-weights-unchanged"] is Severity.CRITICAL
    assert "inherited-weights" not in told


def test_weights_that_do_not_match_are_told_with_what_was_tested(knowledge: Knowledge) -> None:
    report = look(knowledge, weights(2), weights(1))
    (main,) = [one for one in report.origins if one.component == "main_weights"]
    assert any("sampled weights compared with Qwen/base" in str(line) for line in main.tested)
    assert main.verdict is OriginVerdict.REFUTED, "the card itself declares the base"


def test_weights_that_cannot_be_read_are_a_gap(knowledge: Knowledge) -> None:
    report = look(knowledge, b"\xff" * 64, weights(1))
    assert any(gap.id == "naver/child" for gap in report.gaps)
    assert not report.is_complete

"""Synthetic models: real shapes, random weights, and children made of them."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

WIDTH, INNER, LAYERS, VOCABULARY = 64, 96, 6, 1200
Weights = dict[str, Any]


def model(seed: int, layers: int = LAYERS) -> Weights:
    """A Llama-shaped model of random numbers with learned-looking gains."""
    dice = np.random.default_rng(seed)

    def some(*shape: int) -> Any:
        return dice.normal(0, 0.05, shape).astype(np.float32)

    found = {"model.embed_tokens.weight": some(VOCABULARY, WIDTH)}
    for layer in range(layers):
        at = f"model.layers.{layer}."
        for name in ("q", "k", "v", "o"):
            found[f"{at}self_attn.{name}_proj.weight"] = some(WIDTH, WIDTH)
        found[f"{at}mlp.gate_proj.weight"] = some(INNER, WIDTH)
        found[f"{at}mlp.up_proj.weight"] = some(INNER, WIDTH)
        found[f"{at}mlp.down_proj.weight"] = some(WIDTH, INNER)
        found[f"{at}input_layernorm.weight"] = 1 + some(WIDTH)
        found[f"{at}post_attention_layernorm.weight"] = 1 + some(WIDTH)
    found["model.norm.weight"] = 1 + some(WIDTH)
    return found


def tuned(parent: Mapping[str, Any], seed: int, share: float = 0.05) -> Weights:
    """A child that moved by a share of each tensor's spread."""
    dice = np.random.default_rng(seed)
    return {
        name: (one + share * one.std() * dice.normal(size=one.shape)).astype(np.float32) for name, one in parent.items()
    }


def same_seed(parent: Mapping[str, Any], seed: int) -> Weights:
    """A sibling from the same random beginning: matrices still alike, gains learned anew."""
    dice = np.random.default_rng(seed)
    child = tuned(parent, seed, 0.2)
    return {
        name: (1 + dice.normal(0, 0.05, one.shape)).astype(np.float32) if one.ndim == 1 else one
        for name, one in child.items()
    }


def file_of(weights: Mapping[str, Any], dtype: str = "F32") -> bytes:
    """A safetensors file."""
    entries: dict[str, Any] = {}
    body = bytearray()
    for name, one in weights.items():
        raw = stored(one, dtype)
        entries[name] = {"dtype": dtype, "shape": list(one.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    said = json.dumps(entries).encode()
    return struct.pack("<Q", len(said)) + said + bytes(body)


def stored(values: Any, dtype: str) -> bytes:
    """The bytes of numbers in a type."""
    if dtype == "BF16":
        bits = values.astype(np.float32).view(np.uint32)
        return bytes(((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2").tobytes())
    return bytes(values.astype({"F32": "<f4", "F16": "<f2"}[dtype]).tobytes())


def repo(weights: Mapping[str, Any], dtype: str = "F32", **config: Any) -> dict[str, bytes]:
    """A repository of one file and a config."""
    said = {"model_type": "llama", "hidden_size": WIDTH, "tie_word_embeddings": True, **config}
    return {"config.json": json.dumps(said).encode(), "model.safetensors": file_of(weights, dtype)}

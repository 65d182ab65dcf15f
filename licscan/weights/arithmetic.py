"""Numbers of parameters from the sizes in a config, as intervals: what a config leaves open stays open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from licscan.weights.tensors.roles import LANGUAGE_MODEL, tables

_LARGEST = 10_000_000
_MOST_LAYERS = 10_000


@dataclass(frozen=True, slots=True)
class Counted:
    """One component's parameters, at least and at most, and the arithmetic in one line."""

    name: str
    low: int
    high: int
    steps: str


_PARTS = (
    ("vision_config", "vision_encoder"),
    ("vit_config", "vision_encoder"),
    ("audio_config", "audio_encoder"),
    ("speech_config", "audio_encoder"),
)
_TEXTS = ("text_config", "llm_config", "language_config")


def counted(config: Mapping[str, Any]) -> tuple[Counted, ...]:
    """Every component whose sizes the config gives."""
    config = _inner(config, "thinker_config") or config
    found = []
    text_part = next((inner for key in _TEXTS if (inner := _inner(config, key))), config)
    if (decoder := _decoder(text_part, tied=_tied(config, text_part))) is not None:
        found.append(decoder)
    width = _size(text_part, "hidden")
    for key, name in _PARTS:
        inner = _inner(config, key)
        if inner and (encoder := _encoder(inner, name, width)) is not None:
            found.append(encoder)
    return tuple(found)


def _inner(config: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    inner = config.get(key)
    return inner if isinstance(inner, Mapping) else None


def _tied(config: Mapping[str, Any], inner: Mapping[str, Any]) -> bool | None:
    for one in (inner.get("tie_word_embeddings"), config.get("tie_word_embeddings")):
        if isinstance(one, bool):
            return one
    return None


def _number(value: Any, most: int = _LARGEST) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most else None


def _size(config: Mapping[str, Any], what: str) -> int | None:
    most = _MOST_LAYERS if what == "layers" else _LARGEST
    for key in tables()["arithmetic"]["keys"][what]:
        if (found := _number(config.get(key), most)) is not None:
            return found
    return None


def _family(model_type: str) -> Mapping[str, Any] | None:
    encoders = tables()["arithmetic"]["encoder"]
    return next((one for one in encoders if model_type in one["model_types"]), None)


def _encoder(config: Mapping[str, Any], name: str, text_width: int | None) -> Counted | None:
    """A transformer encoder with its input layer and, for families that have it inside, its merger."""
    family = _family(str(config.get("model_type") or _architecture(config))) or {}
    hidden = _encoder_width(config, family)
    layers = _size(config, "layers") or family.get("layers")
    if not hidden or not layers:
        return None
    totals, words = [], []
    for inner, gated, bias in _choices(config, family, hidden):
        attention = 4 * hidden * hidden + (4 * hidden if bias else 0)
        matrices = 3 if gated else 2
        feed = matrices * hidden * inner + ((matrices - 1) * inner + hidden if bias else 0)
        norms = 2 * hidden * (1 if family.get("norms") == "rms" else 2)
        totals.append(layers * (attention + feed + norms))
        words.append(f"{layers} x (4x{hidden}² + {matrices}x{hidden}x{inner})")
    least, most = min(range(len(totals)), key=totals.__getitem__), max(range(len(totals)), key=totals.__getitem__)
    ends = [_around(config, family, hidden, width) for width in _out_widths(config, family, text_width)]
    steps = words[most] if totals[least] == totals[most] else f"{words[least]} to {words[most]}"
    if max(ends):
        steps += f" + {max(ends):,} around them"
    return Counted(name, totals[least] + min(ends), totals[most] + max(ends), steps)


def _architecture(config: Mapping[str, Any]) -> str:
    named = config.get("architectures")
    first = named[0] if isinstance(named, (list, tuple)) and named and isinstance(named[0], str) else ""
    lower = first.lower().replace("_", "")
    for family in tables()["arithmetic"]["encoder"]:
        for model_type in family["model_types"]:
            if lower.startswith(model_type.replace("_", "")):
                return str(model_type)
    return ""


def _encoder_width(config: Mapping[str, Any], family: Mapping[str, Any]) -> int | None:
    """The inner width; one family calls its output `hidden_size` and its own width `embed_dim`."""
    own = _number(config.get("embed_dim"))
    return own or _size(config, "hidden") or family.get("hidden")


def _choices(config: Mapping[str, Any], family: Mapping[str, Any], hidden: int) -> Iterator[tuple[int, bool, bool]]:
    said = _size(config, "intermediate")
    if said is not None:
        inner = [said]
    elif "intermediate" in family:
        inner = list(family["intermediate"])
    else:
        ratio = config.get("mlp_ratio") or family.get("ratio") or 4
        is_ratio = isinstance(ratio, (int, float)) and not isinstance(ratio, bool) and 0 < ratio < 100
        inner = [int(hidden * (ratio if is_ratio else 4))]
    for one in inner:
        for gated in (family["gated"],) if "gated" in family else (False, True):
            for bias in (family["bias"],) if "bias" in family else (False, True):
                yield one, gated, bias


def _out_widths(config: Mapping[str, Any], family: Mapping[str, Any], text_width: int | None) -> tuple[int, ...]:
    said = _size(config, "out")
    if family.get("merge") and said is None:
        own = _number(config.get("hidden_size")) if config.get("embed_dim") else None
        return (own or text_width or 0,)
    return (said or 0,)


def _around(config: Mapping[str, Any], family: Mapping[str, Any], hidden: int, out: int) -> int:
    """The input layer, and the merger that some families have inside the encoder."""
    if family.get("audio"):
        mels = _size(config, "mels") or family["mels"]
        return int(3 * hidden * mels + hidden + 3 * hidden * hidden + hidden + 2 * hidden)
    patch, channels = _size(config, "patch"), _size(config, "channels") or 3
    if not patch or patch > 1000 or channels > 1000:
        return 0
    whole = channels * patch * patch * family.get("temporal_patch", 1) * hidden
    whole += hidden if family.get("patch_bias") else 0
    merge = _number(config.get("spatial_merge_size"), 64) or family.get("merge", 0)
    if merge and out:
        inner = hidden * merge * merge
        whole += hidden + inner * inner + inner + inner * out + out
    return int(whole)


def _decoder(config: Mapping[str, Any], *, tied: bool | None) -> Counted | None:
    hidden, layers, vocabulary = _size(config, "hidden"), _size(config, "layers"), _size(config, "vocabulary")
    if not hidden or not layers or not vocabulary:
        return None
    heads = _size(config, "heads") or 1
    attention = _attention(config, hidden, heads)
    feeds = _feeds(config, hidden, layers)
    if not feeds:
        return None
    embeddings = vocabulary * hidden
    low = layers * (attention + 2 * hidden) + min(feeds) + embeddings * (2 if tied is False else 1)
    high = layers * (attention + 4 * hidden) + max(feeds) + embeddings * (1 if tied is True else 2)
    ends = {True: "tied", False: "and head", None: "tied or with head"}[tied]
    steps = f"{layers} x {attention:,} attention + {max(feeds):,} feed-forward + {vocabulary} x {hidden} {ends}"
    return Counted(LANGUAGE_MODEL, low, high, steps)


def _attention(config: Mapping[str, Any], hidden: int, heads: int) -> int:
    latent = _number(config.get("kv_lora_rank"))
    if latent:
        nope = _number(config.get("qk_nope_head_dim")) or hidden // heads
        rope, value = _number(config.get("qk_rope_head_dim")) or 0, _number(config.get("v_head_dim")) or nope
        query = _number(config.get("q_lora_rank"))
        width = heads * (nope + rope)
        asked = hidden * query + query * width if query else hidden * width
        return asked + hidden * (latent + rope) + latent * heads * (nope + value) + heads * value * hidden
    head = _number(config.get("head_dim")) or hidden // heads
    keys = _size(config, "key_heads") or heads
    return 2 * hidden * heads * head + 2 * hidden * keys * head


def _feeds(config: Mapping[str, Any], hidden: int, layers: int) -> list[int]:
    """Parameters of all feed-forward parts, for each number of matrices that is possible."""
    model_type = str(config.get("model_type") or "")
    kinds = tables()["arithmetic"]["decoders"]
    two, three = model_type in kinds["two_matrices"], model_type in kinds["three_matrices"]
    matrices = [2] if two else [3] if three else [2, 3]
    inner = _size(config, "intermediate") or (4 * hidden if two else None)
    experts = next(
        (n for key in ("n_routed_experts", "num_local_experts", "num_experts") if (n := _number(config.get(key)))), None
    )
    if experts is None or experts < 2:
        return [layers * m * hidden * inner for m in matrices] if inner else []
    expert_inner = _number(config.get("moe_intermediate_size")) or inner
    if expert_inner is None:
        return []
    dense = min(_number(config.get("first_k_dense_replace")) or 0, layers)
    shared = (_number(config.get("n_shared_experts")) or 0) * expert_inner
    shared = _number(config.get("shared_expert_intermediate_size")) or shared
    moe = layers - dense
    return [
        m * hidden * (moe * (experts * expert_inner + shared) + dense * (inner or 0)) + moe * experts * hidden
        for m in matrices
    ]

"""The shape of a model: what its configuration, or the head of its weights, says of sizes, vocabulary and tokens."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from licscan.core.signature import Shape, Value
from licscan.extract.config import sections
from licscan.extract.extraction import At, as_object, number, word
from licscan.extract.gguf import head
from licscan.extract.keys import keys
from licscan.formats.malformed import Malformed

_LARGEST = 1 << 53
_MAIN = ("language_model", "decoder")
"""Roles of the section that holds the body of a composite."""
_PACKED = ("quantization_config", "quantization", "compression_config")
_ROPE = ("rope_scaling", "rope_parameters")
_CLASS = re.compile(r"([A-Za-z0-9]{2,40}?)(?:For[A-Z]\w{0,60}|LMHeadModel|Model|PreTrainedModel)\Z")
_LAYER = re.compile(r"\.(?:layers|h|blocks|block)\.(\d{1,4})\.")
_LORA = re.compile(r"\.lora_([AB])(?:\.[\w.]{0,60})?weight\Z")
_MODULE = re.compile(r"\.(\w+?)\.lora_[AB]")
_INNER = frozenset({"gate_proj", "up_proj", "gate_up_proj", "w1", "w3", "fc1", "fc_in", "dense_h_to_4h"})
_KEYS_OR_VALUES = frozenset({"k_proj", "v_proj"})
_MOST_TENSORS = 20_000


def shapes(raw: bytes, at: At) -> tuple[Shape, tuple[Shape, ...]]:
    """The shape of the main body and those of the parts that a `config.json` holds.

    Raises:
        Malformed: it is no JSON object.
    """
    config, _ = as_object(raw)
    main: Shape | None = None
    inner: Shape | None = None
    parts: list[Shape] = []
    for path, role, section in sections(config):
        shape = _shape(section, at, path, role)
        if not path:
            main = shape
        elif role in _MAIN and inner is None and shape.size("hidden_size") is not None:
            inner = shape
        elif role and role not in _MAIN and shape.values:
            parts.append(shape)
    return _whole(main or Shape(), inner), tuple(parts)


def is_packed(raw: bytes) -> bool:
    """Whether a configuration says that its weights are quantised: a count of numbers then counts words of memory."""
    try:
        config, _ = as_object(raw)
    except Malformed:
        return False
    return any(config.get(key) for key in _PACKED)


def part_shape(raw: bytes, at: At, role: str) -> Shape:
    """The shape of a part from the configuration in its own folder.

    Raises:
        Malformed: it is no JSON object.
    """
    config, _ = as_object(raw)
    return _shape(config, at, "", role)


def _whole(main: Shape, inner: Shape | None) -> Shape:
    """The main body: of a composite, the sizes of its language model under the type of the whole."""
    if inner is None or main.size("hidden_size") is not None:
        return main
    values = dict(main.values) | dict(inner.values)
    if "type" in main.values:
        values["type"] = main.values["type"]
        if "type" in inner.values:
            values["text_type"] = inner.values["type"]
    return Shape(values, inner.evidence)


def _shape(section: Mapping[str, Any], at: At, path: str, role: str) -> Shape:
    values: dict[str, Value] = {}
    for name, spellings in keys().shape.items():
        stated = (_value(section.get(key)) for key in spellings)
        if (value := next((one for one in stated if one is not None), None)) is not None:
            values[name] = value
    if (kind := word(section.get("model_type")) or word(section.get("_class_name"))) is not None:
        values["type"] = kind
    elif (named := _class_type(section)) is not None:
        values["class_type"] = named
    values |= _rope(section)
    if isinstance(tied := section.get("tie_word_embeddings"), bool):
        values["tie_word_embeddings"] = tied
    said = ", ".join(f"{key} {value}" for key, value in values.items())
    return Shape(values, at.saw(path, said) if values else None, role)


def _class_type(section: Mapping[str, Any]) -> str | None:
    """The model type that a class is called after (`LlamaForCausalLM`), in small letters."""
    classes = section.get("architectures")
    name = word(classes[0]) if isinstance(classes, list) and classes else None
    found = _CLASS.match(name) if name is not None else None
    return found[1].lower() if found else None


def _value(value: object) -> Value | None:
    """A whole number that a configuration can hold, or several of them."""
    if (found := number(value)) is not None:
        return found if 0 <= found < _LARGEST else None
    if isinstance(value, list) and 0 < len(value) <= 16:
        many = [one for item in value if (one := number(item)) is not None and 0 <= one < _LARGEST]
        return tuple(many) if len(many) == len(value) else None
    return None


def _rope(section: Mapping[str, Any]) -> dict[str, Value]:
    """The rotary base, and how it is stretched; `none` where the configuration says that it is not."""
    found: dict[str, Value] = {}
    base = section.get("rope_theta")
    for key in _ROPE:
        if key not in section:
            continue
        scaling = section[key]
        if isinstance(scaling, Mapping):
            base = scaling.get("rope_theta", base)
            kind = str(scaling.get("rope_type", scaling.get("type", "")))[:40]
            factor = scaling.get("factor", "")
            if kind != "default":
                found["rope_scaling"] = f"{kind}:{float(factor) if isinstance(factor, int) else factor}"[:60]
        elif scaling is None:
            found["rope_scaling"] = "none"
    if isinstance(base, int | float) and not isinstance(base, bool) and 0 < base < _LARGEST:
        found["rope_theta"] = int(base)
    return found


def gguf_shape(raw: bytes, at: At) -> tuple[Shape, tuple[str, ...], str]:
    """The shape that the head of a GGUF file tells, what it calls the model, and its tokenizer.

    Raises:
        Malformed: it is no GGUF file.
    """
    table = head(raw).values
    kind = word(table.get("general.architecture")) or ""
    values: dict[str, Value] = {"gguf_type": kind} if kind else {}
    for key, name in keys().gguf_shape.items():
        value = table.get(f"{kind}.{key}")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if (found := _value(value)) is not None:
            values[name] = found
    for key, name in (("bos", "bos_token_id"), ("eos", "eos_token_id")):
        if (found := _value(table.get(f"tokenizer.ggml.{key}_token_id"))) is not None:
            values[name] = found
    names = (word(table.get(key)) for key in ("general.name", "general.basename"))
    said = ", ".join(f"{key} {value}" for key, value in values.items())
    shape = Shape(values, at.saw("", said) if values else None)
    return shape, tuple(name for name in names if name), word(table.get("tokenizer.ggml.pre")) or ""


def adapter_shape(raw: bytes, at: At) -> Shape:
    """What the tensors of a low-rank adapter tell of the model that it was made for: width, depth, inner width.

    Raises:
        Malformed: it is no safetensors file.
    """
    values: dict[str, Value] = {}
    layers = -1
    for name, shape in _tensors(raw):
        if found := _LAYER.search(name):
            layers = max(layers, int(found[1]))
        half, module = _LORA.search(name), _MODULE.search(name)
        if half is None or module is None or len(shape) != 2:
            continue
        if half[1] == "A" and (module[1] in _INNER or module[1] in ("q_proj", *_KEYS_OR_VALUES)):
            values["hidden_size"] = shape[1]
        elif half[1] == "B" and module[1] in _INNER:
            values["intermediate_size"] = shape[0]
        elif half[1] == "B" and module[1] in _KEYS_OR_VALUES:
            values["kv_width"] = shape[0]
    if layers >= 0:
        values["num_hidden_layers"] = layers + 1
    said = ", ".join(f"{key} {value}" for key, value in values.items())
    return Shape(values, at.saw("tensors", said) if values else None)


def _tensors(raw: bytes) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and shapes of the tensors in the head of a safetensors file, as far as it was read."""
    if len(raw) < 8:
        raise Malformed("it ends before the length of a safetensors header")
    length = int(struct.unpack_from("<Q", raw)[0])
    if length > len(raw) - 8:
        return
    try:
        table = json.loads(raw[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise Malformed("its header is not JSON") from error
    for name, about in list(table.items())[:_MOST_TENSORS] if isinstance(table, dict) else ():
        shape = about.get("shape") if isinstance(about, dict) else None
        if isinstance(name, str) and isinstance(shape, list) and all(_value(one) is not None for one in shape):
            yield name, tuple(shape)

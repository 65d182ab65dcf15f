"""What a tensor is by its name: which component it belongs to, which layer, which role. Tables are data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from licscan.files import data_json

UNCLASSIFIED = "unclassified"
LANGUAGE_MODEL = "language_model"
EMBEDDINGS = "embeddings"
HEAD = "lm_head"

_NUMBER = re.compile(r"(?<=\.)(\d+)(?=\.)|^(\d+)(?=\.)")
_EXPERT = re.compile(r"(?:^|\.)(?:experts|expert|local_experts)\.(\d+)(?=\.)")
_STACKED = re.compile(r"(?:experts\.(?!\d)|_exps(?:\.|$))")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tensor stands in the model."""

    component: str
    stack: str
    """The name before the layer number, container prefixes included; empty outside layers."""
    layer: tuple[int, ...]
    """The layer number (two for nested stacks); empty outside layers."""
    expert: int | None
    role: str
    pattern: str
    """The name with every number replaced by `*` and the container's prefix taken off."""
    stacked: bool = False
    """One tensor holds all experts of the layer along its first axis."""


@cache
def tables() -> dict[str, Any]:
    """The compiled tables."""
    tables: dict[str, Any] = data_json("compiled/weights.json")
    return tables


@cache
def _roles() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (role["name"], re.compile("|".join(f"(?:{one})" for one in role["match"])))
        for role in tables()["roles"]["role"]
    )


@cache
def role_of(pattern: str) -> str:
    """The role of a name whose numbers are stars; `matrix` where no rule fits."""
    name = pattern.lower()
    return next((role for role, match in _roles() if match.search(name)), "matrix")


@dataclass(frozen=True, slots=True)
class Layout:
    """What the config says that names alone do not: the family, and how many layers are the model's own."""

    model_type: str = ""
    layers: int | None = None
    folder: str = ""
    """The folder of the weights in a pipeline of several models."""


def layout_of(config: Mapping[str, Any] | None, folder: str = "") -> Layout:
    """Read the few fields of a config that names need."""
    config = config or {}
    text = config.get("text_config") or config.get("llm_config") or config
    layers = text.get("num_hidden_layers") if isinstance(text, Mapping) else None
    is_count = isinstance(layers, int) and not isinstance(layers, bool) and 0 < layers < 100_000
    return Layout(str(config.get("model_type") or ""), layers if is_count else None, folder)


def place_of(name: str, layout: Layout = Layout()) -> Place:
    """Find component, layer and role of a tensor by its name."""
    bare = _bare(name)
    component, inner = _component(bare, layout)
    expert_match = _EXPERT.search(inner)
    expert = int(expert_match[1]) if expert_match else None
    starred = _EXPERT.sub(lambda found: found[0].replace(found[1], "*"), inner, count=1) if expert_match else inner
    numbers = list(_NUMBER.finditer(starred))
    layer, stack = _layer(starred, numbers)
    pattern = _NUMBER.sub("*", starred)
    role = role_of(pattern)
    if component == LANGUAGE_MODEL:
        if role in {"embedding", "position"} and not layer:
            component = EMBEDDINGS
        elif role == "head" and not layer:
            component = HEAD
        elif layer and layout.layers is not None and layer[0] >= layout.layers and len(layer) == 1:
            component = "mtp"
    return Place(component, stack, layer, expert, role, pattern, bool(_STACKED.search(inner)))


def _layer(name: str, numbers: list[re.Match[str]]) -> tuple[tuple[int, ...], str]:
    """Numbers that count layers: the first, and a second one behind a word that names a nested stack."""
    if not numbers:
        return (), ""
    first = numbers[0]
    layer = [int(first[0])]
    if len(numbers) > 1:
        between = name[first.end() + 1 : numbers[1].start()].rstrip(".")
        if between in {"blocks", "resnets", "attentions", "transformer_blocks"}:
            layer.append(int(numbers[1][0]))
    return tuple(layer), name[: first.start()].rstrip(".")


def _bare(name: str) -> str:
    wrappers = tables()["components"]["wrappers"]
    while (wrapper := next((one for one in wrappers if name.startswith(one)), None)) is not None:
        name = name[len(wrapper) :]
    return name


def _component(name: str, layout: Layout) -> tuple[str, str]:
    """The component, and the name without the prefix that only says so."""
    if layout.folder and (role := _folder(layout.folder)):
        return role, name
    forms = [name, *(name[len(one) :] for one in tables()["components"]["passages"] if name.startswith(one))]
    for prefixes in _family(layout.model_type):
        for form in forms:
            for prefix, component in prefixes.items():
                if form.startswith(prefix):
                    return component, form.removeprefix(prefix) if component != "audio_decoder" else form
    for component, prefix in _prefixes():
        for form in forms:
            if form.startswith(prefix):
                inner = form[len(prefix) :] if component != LANGUAGE_MODEL and prefix.endswith(".") else form
                return component, inner if component != LANGUAGE_MODEL else _without_text_prefix(form)
    return UNCLASSIFIED, forms[-1]


def _without_text_prefix(name: str) -> str:
    for prefix in ("language_model.", "llm.", "text_model.", "bert.", "roberta.", "0.auto_model.", "transformer."):
        name = name.removeprefix(prefix)
    return name.removeprefix("model.")


@cache
def _prefixes() -> tuple[tuple[str, str], ...]:
    return tuple(
        (entry["name"], prefix) for entry in tables()["components"]["component"] for prefix in entry["prefixes"]
    )


@cache
def _family(model_type: str) -> tuple[dict[str, str], ...]:
    return tuple(entry["prefixes"] for entry in tables()["components"]["family"] if model_type in entry["model_types"])


def _folder(folder: str) -> str:
    name = folder.rsplit("/", 1)[-1]
    if name[:1].isdigit():  # the modules of a sentence encoder: 2_Dense
        return "projector"
    return str(tables()["components"]["folders"].get(name, name))

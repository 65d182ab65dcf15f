"""`config.json`: what the model was loaded from, which parts it is built of, and whose architecture it has.

Works on every nested section: `vision_config`, `text_config`, `llm_config`, `audio_config` and what comes next year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from licscan.core.artifact import Fact, FactKind
from licscan.core.evidence import Confidence
from licscan.core.lineage import Relation
from licscan.extract.card import quantized_by
from licscan.extract.extraction import At, Said, architecture, as_object, number, word, words
from licscan.extract.keys import LONGEST_NAME, keys
from licscan.extract.mention import Mention

_SECTION = re.compile(r"(\w+?)_?(?:config|cfg)s?\Z")
_REMOTE = re.compile(r"([\w.\-]+/[\w.\-]+)--[\w.]+\Z")
_DEEPEST = 6
_MOST_SECTIONS = 60
_MOST_PARTS = 64
_NOT_SECTIONS = {
    "quantization",
    "quant",
    "generation",
    "rope",
    "rope_scaling",
    "task_specific",
    "peft",
    "lora",
    "tokenizer",
}


def read(raw: bytes, at: At) -> Said:
    """What a model's config says.

    Raises:
        Malformed: it is no JSON object.
    """
    config, odd = as_object(raw)
    said = read_mapping(config, at)
    return Said(said.mentions, said.claims, said.facts, odd)


def read_mapping(config: Mapping[str, Any], at: At) -> Said:
    """What a config says that was parsed already (the Hub's excerpt, or a component's own file)."""
    mentions: list[Mention] = []
    facts: list[Fact] = []
    for path, role, section in sections(config):
        mentions += _named(section, at, path, role)
        found = _family(section, at, path, role)
        if found is not None:
            mentions.append(found)
        facts += _architectures(section, at, path)
    facts += _remote_code(config, at)
    if isinstance(how := config.get("quantization_config"), Mapping):
        facts += quantized_by(how, at)
    return Said(tuple(mentions), facts=tuple(facts))


def sections(config: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The config and its nested configs, each with its path and role; the whole has the role ``."""
    waiting: list[tuple[str, str, Mapping[str, Any], int]] = [("", "", config, 0)]
    for _ in range(_MOST_SECTIONS):
        if not waiting:
            return
        path, role, section, depth = waiting.pop(0)
        yield path, role, section
        if depth >= _DEEPEST:
            continue
        for key, value in section.items():
            if isinstance(value, Mapping) and (inner := _role(key, value)) is not None:
                waiting.append((f"{path}.{key}" if path else key, inner or role, value, depth + 1))


def _role(key: str, value: Mapping[str, Any]) -> str | None:
    """The role of a section; None where the mapping is no section of the model."""
    match = _SECTION.match(key)
    name = match[1].lower() if match else key.lower()
    if name in _NOT_SECTIONS:
        return None
    roles = keys().roles
    if name in roles:
        return roles[name]
    if match or "model_type" in value or "_name_or_path" in value:
        return next((roles[part] for part in name.split("_") if part in roles), name if match else "")
    return None


def _named(section: Mapping[str, Any], at: At, path: str, role: str) -> Iterator[Mention]:
    """The values that name a repository, a path or a release."""
    for key, value in section.items():
        place = f"{path}.{key}" if path else str(key)
        if key in keys().base_keys and (name := word(value)):
            relation = Relation(keys().base_keys[key])
            if role:
                relation = Relation.COMPONENT
            yield Mention(
                name,
                at.saw(place, name),
                "config",
                relation=relation,
                component=role or None,
                confidence=Confidence.LIKELY,
            )
        elif key in keys().part_keys or key in keys().timm_keys:
            for spot, name in words(value, _MOST_PARTS):
                if word(name):
                    yield _part(key, name.strip(), at, place + spot)


def _part(key: str, name: str, at: At, place: str) -> Mention:
    """A part under the name that it has on the Hub, where that can be told."""
    table = keys()
    bare = table.tower_suffix.sub("", name) if len(name) <= LONGEST_NAME else name
    source = "part"
    if key in table.timm_keys and "/" not in name:
        bare = f"{table.timm_owner}/{name}" if "." in name else name
        source = "timm"
    return Mention(
        table.tower_aliases.get(bare.lower(), bare),
        at.saw(place, name),
        source,
        relation=Relation.COMPONENT,
        component=table.part_keys.get(key) or table.timm_keys[key],
        confidence=Confidence.LIKELY,
    )


def _family(section: Mapping[str, Any], at: At, path: str, role: str) -> Mention | None:
    """The family of the section: its model type, else its class, with the sizes beside it."""
    kind = word(section.get("model_type"))
    key = "model_type"
    classes = [text for _, text in words(section.get("architectures"), 5)]
    if kind is None and classes:
        kind, key = word(classes[0]), "architectures[0]"
    if kind is None:
        return None
    sizes = tuple(
        sorted(
            (name, size)
            for name, value in section.items()
            if name in keys().sizes and (size := number(value)) is not None
        )
    )
    place = f"{path}.{key}" if path else key
    return Mention(
        classes[0] if classes else kind,
        at.saw(place, kind),
        "config",
        relation=Relation.COMPONENT if role else None,
        component=role or None,
        confidence=Confidence.LIKELY,
        family=kind,
        sizes=sizes,
    )


def _architectures(section: Mapping[str, Any], at: At, path: str) -> Iterator[Fact]:
    prefix = f"{path}." if path else ""
    if kind := word(section.get("model_type")):
        yield architecture(at, f"{prefix}model_type", kind)
    for spot, name in words(section.get("architectures"), 5):
        if word(name):
            yield architecture(at, f"{prefix}architectures{spot}", name.strip())


def _remote_code(config: Mapping[str, Any], at: At) -> Iterator[Fact]:
    """Code that is loaded from another repository: `owner/repo--module.Class`."""
    table = config.get("auto_map")
    if not isinstance(table, Mapping):
        return
    seen = set()
    for key, value in sorted(table.items(), key=lambda one: str(one[0])):
        for spot, text in words(value, 5):
            found = _REMOTE.match(text.strip())
            if found and found[1].lower() != at.repo.lower() and found[1] not in seen:
                seen.add(found[1])
                revision = word(config.get("code_revision"))
                name = f"{found[1]}@{revision}" if revision else found[1]
                yield Fact(FactKind.REMOTE_CODE, name, at.saw(f"auto_map.{key}{spot}", text))

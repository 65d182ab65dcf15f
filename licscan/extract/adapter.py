"""`adapter_config.json` of PEFT and its kin: the model that the adapter cannot run without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from licscan.core.artifact import Fact, FactKind
from licscan.core.evidence import Confidence
from licscan.core.lineage import Relation
from licscan.extract.extraction import At, Said, architecture, as_object, word
from licscan.extract.mention import Mention

_KEYS = (
    "base_model_name_or_path",
    "base_model_name",
    "base_model",
    "model_name",
    "model_name_or_path",
    "base_model_id",
)
_SECTIONS = ("", "config", "peft_config", "default")


def read(raw: bytes, at: At) -> Said:
    """The base model of an adapter, with its revision where that is pinned.

    Raises:
        Malformed: it is no JSON object.
    """
    whole, odd = as_object(raw)
    facts: tuple[Fact, ...] = ()
    for path in _SECTIONS:
        section = whole.get(path) if path else whole
        if not isinstance(section, Mapping):
            continue
        prefix = f"{path}." if path else ""
        if not facts and (kind := word(section.get("peft_type"))):
            facts = (Fact(FactKind.SUMMARY, f"adapter of the kind {kind}", at.saw(f"{prefix}peft_type", kind)),)
        for key in _KEYS:
            name = word(section.get(key))
            if name is not None:
                derived = Fact(FactKind.DERIVED, Relation.ADAPTER, at.saw(prefix + key, name))
                return Said((_mention(name, section, at, prefix + key),), facts=(*facts, derived), oddity=odd)
    return Said(facts=(*facts, *_unnamed(whole, at)), oddity=odd)


def _unnamed(whole: Mapping[str, object], at: At) -> Iterator[Fact]:
    """An adapter that leaves its base open; at most it tells the base's class."""
    key = next((key for key in _KEYS if key in whole), _KEYS[0])
    mapping = whole.get("auto_mapping")
    kind = word(mapping.get("base_model_class")) if isinstance(mapping, Mapping) else None
    says = "names no base model" if kind is None else f"names no base model, only the class {kind}"
    yield Fact(FactKind.DERIVED, Relation.ADAPTER, at.saw(key, says))
    if kind is not None:
        yield architecture(at, "auto_mapping.base_model_class", kind)


def _mention(name: str, section: Mapping[str, object], at: At, place: str) -> Mention:
    return Mention(
        name,
        at.saw(place, name),
        "adapter",
        relation=Relation.ADAPTER,
        confidence=Confidence.CERTAIN,
        revision=word(section.get("revision")),
    )

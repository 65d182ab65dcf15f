"""`adapter_config.json` of PEFT and its kin: the model that the adapter cannot run without."""

from __future__ import annotations

from collections.abc import Mapping

from licscan.core.artifact import Fact, FactKind
from licscan.core.evidence import Confidence
from licscan.core.lineage import Relation
from licscan.extract.extraction import At, Said, as_object, word
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
    for path in _SECTIONS:
        section = whole.get(path) if path else whole
        if not isinstance(section, Mapping):
            continue
        prefix = f"{path}." if path else ""
        for key in _KEYS:
            name = word(section.get(key))
            if name is None:
                continue
            kind = word(section.get("peft_type"))
            fact = Fact(FactKind.SUMMARY, f"adapter of the kind {kind}", at.saw(f"{prefix}peft_type", kind or ""))
            return Said((_mention(name, section, at, prefix + key),), facts=(fact,) if kind else (), oddity=odd)
    return Said(oddity=odd)


def _mention(name: str, section: Mapping[str, object], at: At, place: str) -> Mention:
    return Mention(
        name,
        at.saw(place, name),
        "adapter",
        relation=Relation.ADAPTER,
        confidence=Confidence.CERTAIN,
        revision=word(section.get("revision")),
    )

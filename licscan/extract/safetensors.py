"""The `__metadata__` of a safetensors file: training scripts and tools write there what the file was made from."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from licscan.core.artifact import Claim, ClaimKind, Fact, FactKind
from licscan.core.evidence import Confidence
from licscan.core.jsontext import whole_values
from licscan.core.lineage import Relation
from licscan.extract.extraction import At, Said, shorten, word
from licscan.extract.mention import Mention
from licscan.formats.malformed import Malformed

_LONGEST_HEADER = 100_000_000
_BASE_KEYS = {
    "ss_sd_model_name": Relation.ADAPTER,
    "ss_base_model": Relation.ADAPTER,
    "base_model": Relation.FINETUNE,
    "base_model_name_or_path": Relation.ADAPTER,
    "modelspec.base_model": Relation.ADAPTER,
    "modelspec.base_resolution_model": None,
    "pretrained_model_name_or_path": Relation.FINETUNE,
    "source_model": None,
    "converted_from": Relation.CONVERTED,
    "merged_from": Relation.MERGE,
}
_PART_KEYS = {"ss_vae_name": "vae"}
_LICENSE_KEYS = ("modelspec.license", "license", "modelspec.usage_hint_license")
_TOLD = (
    "modelspec.title",
    "modelspec.architecture",
    "modelspec.author",
    "ss_base_model_version",
    "ss_training_comment",
)


def header_length(raw: bytes) -> int:
    """The length of the header.

    Raises:
        Malformed: it is impossible.
    """
    if len(raw) < 8:
        raise Malformed("it ends before the length of a safetensors header")
    length = int(struct.unpack_from("<Q", raw)[0])
    if not 2 <= length <= _LONGEST_HEADER:
        raise Malformed(f"a header of {length} bytes is impossible")
    return length


def metadata(raw: bytes) -> Mapping[str, Any] | None:
    """The `__metadata__` in these first bytes; an empty one where there is none, None where it lies beyond them.

    Raises:
        Malformed: it is no safetensors file.
    """
    length = header_length(raw)
    text = raw[8 : 8 + length].decode("utf-8", errors="replace")
    if not text.lstrip().startswith("{"):
        raise Malformed("its header is not JSON")
    if len(raw) >= 8 + length:
        try:
            header = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Malformed("its header is not JSON") from error
        found = header.get("__metadata__") if isinstance(header, dict) else None
        return whole_values(found, text) if isinstance(found, dict) else {}
    start = text.find('"__metadata__"')
    if start < 0:
        return None if text.count("{") < 3 else {}
    try:
        value, _ = json.JSONDecoder().raw_decode(text[text.index("{", start) :])
    except (ValueError, RecursionError):
        return None
    return whole_values(value, text) if isinstance(value, dict) else {}


def read(raw: bytes, at: At) -> Said:
    """What the header of a safetensors file says.

    Raises:
        Malformed: it is no safetensors file.
    """
    values = metadata(raw) or {}
    claims = tuple(
        Claim(ClaimKind.METADATA, text, at.saw(f"__metadata__.{key}", text))
        for key in _LICENSE_KEYS
        if (text := word(values.get(key)))
    )
    facts = tuple(
        Fact(FactKind.SUMMARY, f"{key}: {shorten(text, 120)}", at.saw(f"__metadata__.{key}", text))
        for key in _TOLD
        if (text := word(values.get(key)))
    )
    return Said(tuple(_mentions(values, at)), claims, facts)


def _mentions(values: Mapping[str, Any], at: At) -> Iterator[Mention]:
    for key, relation in _BASE_KEYS.items():
        name = word(values.get(key))
        if name and name.lower() not in ("none", "null", "unknown"):
            yield Mention(
                _without_extension(name),
                at.saw(f"__metadata__.{key}", name),
                "safetensors",
                relation=relation,
                confidence=Confidence.LIKELY,
            )
    for key, role in _PART_KEYS.items():
        name = word(values.get(key))
        if name and name.lower() not in ("none", "null"):
            yield Mention(
                _without_extension(name),
                at.saw(f"__metadata__.{key}", name),
                "safetensors",
                relation=Relation.COMPONENT,
                component=role,
                confidence=Confidence.POSSIBLE,
            )


def _without_extension(name: str) -> str:
    for ending in (".safetensors", ".ckpt", ".pt", ".bin"):
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name

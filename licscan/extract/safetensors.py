"""The `__metadata__` of a safetensors file: training scripts and tools write there what the file was made from."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from licscan.core.artifact import Claim, ClaimKind, Fact, FactKind
from licscan.core.evidence import Confidence
from licscan.core.jsontext import whole_values
from licscan.core.lineage import Relation
from licscan.extract.extraction import At, Said, shorten, word
from licscan.extract.keys import keys
from licscan.extract.mention import Mention
from licscan.formats.malformed import Malformed

_LONGEST_HEADER = 100_000_000
_BASE_KEYS = {
    "base_model": Relation.FINETUNE,
    "base_model_name_or_path": Relation.ADAPTER,
    "modelspec.base_model": Relation.ADAPTER,
    "modelspec.base_resolution_model": None,
    "pretrained_model_name_or_path": Relation.FINETUNE,
    "source_model": None,
    "converted_from": Relation.CONVERTED,
    "merged_from": Relation.MERGE,
}
_FILE_KEYS = ("ss_sd_model_name", "ss_base_model")
"""Where training scripts for adapters write the checkpoint: a repository, or the name of a file."""
_VERSION_KEYS = ("ss_base_model_version", "modelspec.architecture")
_KINDS = ("lora", "lycoris", "locon", "dora", "textual-inversion", "controlnet", "hypernetwork")
"""What stands behind the slash of `modelspec.architecture` for what lies over a base."""
_HASH = re.compile(r"[0-9a-f]{8,64}\Z|[\d_\-]+\Z", re.IGNORECASE)
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
    bases = (*_mentions(values, at), *_checkpoints(values, at))
    return Said((*bases, *_parts(values, at)), claims, (*facts, *_signs(values, at)))


def _signs(values: Mapping[str, Any], at: At) -> Iterator[Fact]:
    """What shows that the file lies over a base and is no model of its own."""
    module = word(values.get("ss_network_module"))
    kind = str(values.get("modelspec.architecture") or "").lower().rpartition("/")[2]
    if module is not None:
        yield Fact(FactKind.DERIVED, Relation.ADAPTER, at.saw("__metadata__.ss_network_module", module))
    elif kind in _KINDS:
        yield Fact(FactKind.DERIVED, Relation.ADAPTER, at.saw("__metadata__.modelspec.architecture", kind))


def _checkpoints(values: Mapping[str, Any], at: At) -> Iterator[Mention]:
    """The checkpoint that an adapter was trained on: by its name, and by the version of its base."""
    for key in _FILE_KEYS:
        name = word(values.get(key))
        last = _without_extension(re.split(r"[/\\]", name)[-1]) if name else ""
        if name and last.lower() not in keys().generic and not _HASH.match(last):
            is_repo = name.count("/") == 1 and last == name.rpartition("/")[2]
            yield _checkpoint(name if is_repo else last, at, key, name, "head")
    for key in _VERSION_KEYS:
        told = word(values.get(key))
        if told:
            yield _checkpoint(told.lower().removesuffix("/lora").partition("/")[0], at, key, told, "head-version")


def _checkpoint(name: str, at: At, key: str, says: str, source: str) -> Mention:
    place = at.saw(f"__metadata__.{key}", says)
    return Mention(name, place, source, relation=Relation.ADAPTER, confidence=Confidence.LIKELY)


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


def _parts(values: Mapping[str, Any], at: At) -> Iterator[Mention]:
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

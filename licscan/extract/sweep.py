"""Names that no reader looks for: texts of the form of a repository's name under keys that tell of a model."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from licscan.core.evidence import Confidence
from licscan.core.lineage import Relation
from licscan.extract import tool_files
from licscan.extract.extraction import At
from licscan.extract.keys import Sweep, keys
from licscan.extract.leaves import Leaf, leaves, parsed
from licscan.extract.mention import Mention
from licscan.extract.tool_files import role_of, words_of
from licscan.formats.malformed import Malformed

_NAME = re.compile(r"(?P<owner>[A-Za-z0-9][\w.\-]{0,95}+)/(?P<name>[A-Za-z0-9][\w.\-]{0,95}+)\Z")
_FILE = re.compile(
    r"\.(?:py|json|ya?ml|toml|cfg|txt|md|safetensors|bin|pth?|ckpt|onnx|gguf|h5|npz|tar|gz|zip|model|vocab|png|jpe?g|wav|mp3|sh|html?|js|ts|cpp|cu"
    r"|com|org|net|io|git|pkl|npy|csv|tsv|jsonl|parquet|log|proto|msgpack|pb|tflite|mlmodel|engine|nemo)\Z",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\d._\-]+\Z")
_MARK = re.compile(r"[\d\-_.A-Z]")
"""A name without a digit, a mark or a capital is a word of a path more often than a repository."""
_MOST = 20


def is_swept(path: str) -> bool:
    """Whether a file is of a kind that is looked through, by its name."""
    table, name = keys().sweep, path.rsplit("/", 1)[-1].lower()
    if name in table.skip_files or name.endswith(".index.json") or name.startswith((".", "tokenizer", "vocab")):
        return False
    return name.endswith(table.endings)


def names_in_file(raw: bytes, at: At, known: Collection[str]) -> tuple[Mention, ...]:
    """Repositories that a small file may name, each once; none where it cannot be parsed, which its own reader tells.

    Args:
        raw: the whole file.
        at: where it stands.
        known: names that a reader took from this file already.
    """
    try:
        return tuple(names_in_values(parsed(raw, at.path), at, known))
    except Malformed:
        return ()


def names_in_values(value: Any, at: At, known: Collection[str]) -> Iterator[Mention]:
    """Repositories that a file that was parsed already may name, each once."""
    tool = tool_files.tool_of(at.path)
    seen = {name.lower() for name in known}
    seen |= {name.lower() for name in tool_files.told(value, tool)} if tool is not None else set()
    for leaf in leaves(value):
        name = leaf.value.partition("@")[0]
        if name.lower() in seen or not is_name(name) or not is_telling(leaf, keys().sweep):
            continue
        seen.add(name.lower())
        if len(seen) > _MOST + len(known):
            return
        role = role_of(leaf)
        yield Mention(
            leaf.value,
            at.saw(leaf.place, f"the files also name {leaf.value}"),
            "sweep",
            relation=Relation.COMPONENT if role else Relation.UNSTATED,
            component=role or None,
            confidence=Confidence.POSSIBLE,
        )


def is_name(text: str) -> bool:
    """Whether a text has the form of a repository's name, and not of a path, a file, a fraction or a media type."""
    found = _NAME.match(text)
    if found is None:
        return False
    owner, name = found["owner"].lower(), found["name"]
    if owner in keys().sweep.not_owners or _FILE.search(name) or _NUMBER.match(name) or _NUMBER.match(owner):
        return False
    return owner in keys().owners or (bool(_MARK.search(name)) and len(name) > 2)


def is_telling(leaf: Leaf, table: Sweep) -> bool:
    """Whether the key of a value tells of a model that this one was made with, and nothing on the way takes it back."""
    for key in leaf.path:
        if key.lower() in table.not_telling or not table.not_telling.isdisjoint(words_of(key)):
            return False
    if any("pretrained" in str(key).lower() and one is False for key, one in leaf.beside.items()):
        return False
    words = words_of(leaf.key)
    if leaf.key.lower() in table.telling or "_".join(words) in table.telling:
        return True
    return not table.telling.isdisjoint(words)

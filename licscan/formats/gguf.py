"""Reads the head of a GGUF file: metadata and the list of tensors, by growing prefixes."""

from __future__ import annotations

import struct
from math import prod

from licscan.formats.tensor import (
    BLOCKS,
    LARGEST,
    Header,
    Malformed,
    Short,
    Tensor,
    size_of,
    without_overlaps,
)

MOST_HEAD_BYTES = 64_000_000
_MOST_TENSORS = 250_000
_MOST_KEYS = 100_000
_MOST_DIMENSIONS = 8
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_SHOWN_STRING = 4000
_KEPT_ARRAYS = ("tokenizer.ggml.tokens", "tokenizer.ggml.merges")


class _More(Exception):
    """The prefix ends before the head does."""


class _Wrong(Exception):
    """The file is not GGUF, or lies."""


def parse(head: bytes, path: str, size: int | None = None) -> Header | Short | Malformed:
    """Read the head of a GGUF file out of its first bytes."""
    found = _parsed(head, path, size)
    return found[0] if isinstance(found, tuple) else found


def arrays(head: bytes, path: str, size: int | None = None) -> dict[str, list[str]]:
    """The tokenizer's lists out of a head that is long enough; empty where they are missing."""
    found = _parsed(head, path, size)
    return found[1] if isinstance(found, tuple) else {}


def _parsed(head: bytes, path: str, size: int | None) -> tuple[Header, dict[str, list[str]]] | Short | Malformed:
    reader = _Reader(head)
    try:
        return _read(reader, path, size)
    except _More:
        if size is not None and len(head) >= size:
            return Malformed("the file ends within its head")
        if len(head) >= MOST_HEAD_BYTES:
            return Malformed(f"the head is longer than {MOST_HEAD_BYTES:,} bytes; more are not read")
        return Short(min(max(len(head) * 4, 1_000_000), MOST_HEAD_BYTES, size or MOST_HEAD_BYTES))
    except _Wrong as wrong:
        return Malformed(str(wrong))


def _read(reader: _Reader, path: str, size: int | None) -> tuple[Header, dict[str, list[str]]]:
    if reader.take(4) != b"GGUF":
        raise _Wrong("it does not begin like a GGUF file")
    version = reader.number("<I")
    if version not in (2, 3):
        raise _Wrong(f"GGUF version {version} is not known (big-endian files are not read)")
    count, keys = reader.number("<Q"), reader.number("<Q")
    if count > _MOST_TENSORS or keys > _MOST_KEYS:
        raise _Wrong(f"it says it has {count:,} tensors and {keys:,} keys; so many are not read")
    metadata: dict[str, str] = {}
    kept: dict[str, list[str]] = {}
    for _ in range(keys):
        name = reader.string(200)
        if name in metadata:
            raise _Wrong(f"the key {name!r} stands twice")
        value = reader.value(reader.number("<I"), keep=name in _KEPT_ARRAYS)
        metadata[name] = value if isinstance(value, str) else str(len(value))
        if isinstance(value, list):
            kept[name] = value
    infos = [_info(reader) for _ in range(count)]
    start = _aligned(reader.place, metadata.get("general.alignment", "32"))
    return _header(infos, metadata, path, start, size), kept


def _info(reader: _Reader) -> tuple[str, tuple[int, ...], int, int]:
    name = reader.string(500)
    dimensions = reader.number("<I")
    if dimensions > _MOST_DIMENSIONS:
        raise _Wrong(f"{name[:80]!r} has {dimensions} dimensions")
    shape = tuple(reader.number("<Q") for _ in range(dimensions))
    return name, tuple(reversed(shape)), reader.number("<I"), reader.number("<Q")


def _aligned(place: int, alignment: str) -> int:
    step = int(alignment) if alignment.isdecimal() and len(alignment) < 8 else 0
    if not step or step & (step - 1):
        raise _Wrong(f"the alignment {alignment[:20]!r} is no power of two")
    return -(-place // step) * step


def _header(
    infos: list[tuple[str, tuple[int, ...], int, int]],
    metadata: dict[str, str],
    path: str,
    start: int,
    size: int | None,
) -> Header:
    sound, flaws, seen = [], [], set()
    for name, shape, kind, offset in infos:
        if name in seen:
            raise _Wrong(f"the head names {name[:80]!r} twice")
        seen.add(name)
        dtype = BLOCKS[kind][0] if kind in BLOCKS else f"type {kind}"
        length = size_of(dtype, shape) if prod(shape) <= LARGEST else None
        if length is None or offset > LARGEST:
            flaws.append(f"{name[:120]}: its type ({dtype}) is not known or does not fit its shape")
        elif size is not None and start + offset + length > size:
            flaws.append(f"{name[:120]}: it lies {start + offset + length - size:,} bytes past the end of the file")
        else:
            sound.append(Tensor(name, dtype, shape, path, start + offset, length))
    tensors, overlaps = without_overlaps(sound)
    return Header(path, tensors, tuple(sorted(metadata.items())), tuple(flaws + overlaps))


class _Reader:
    """Walks along a prefix; running off its end is a signal, not a fault."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self.place = 0

    def take(self, count: int) -> bytes:
        end = self.place + count
        if end > len(self._head):
            if count > MOST_HEAD_BYTES:
                raise _Wrong(f"something in the head says it is {count:,} bytes long")
            raise _More
        piece = self._head[self.place : end]
        self.place = end
        return piece

    def number(self, form: str) -> int:
        return int(struct.unpack(form, self.take(struct.calcsize(form)))[0])

    def string(self, longest: int = MOST_HEAD_BYTES) -> str:
        length = self.number("<Q")
        if length > longest:
            raise _Wrong(f"a name in the head says it is {length:,} bytes long")
        return self.take(length).decode("utf-8", "replace")

    def value(self, kind: int, *, keep: bool = False) -> str | list[str]:
        if kind == _STRING:
            return self.string()[:_SHOWN_STRING]
        if kind == _ARRAY:
            return self._array(keep=keep)
        if kind not in _FORMATS:
            raise _Wrong(f"a value of the unknown kind {kind}")
        return str(struct.unpack(_FORMATS[kind], self.take(_SIZES[kind]))[0])

    def _array(self, *, keep: bool) -> str | list[str]:
        kind, count = self.number("<I"), self.number("<Q")
        if kind in _SIZES:
            self.take(count * _SIZES[kind])
            return f"[{count}]"
        if kind != _STRING:
            raise _Wrong("an array of arrays")
        if count * 8 > MOST_HEAD_BYTES:
            raise _Wrong(f"an array says it has {count:,} strings")
        words = []
        for _ in range(count):
            length = self.number("<Q")
            piece = self.take(length)
            if keep:
                words.append(piece.decode("utf-8", "replace"))
        return words if keep else f"[{count}]"

"""Reads the header of a safetensors file: hostile JSON until every field is checked."""

from __future__ import annotations

import json
import struct
from typing import Any, TypeGuard

from licscan.formats.tensor import (
    LARGEST,
    Header,
    Malformed,
    Short,
    Tensor,
    size_of,
    without_overlaps,
)

MOST_HEADER_BYTES = 32_000_000
MOST_TENSORS = 250_000
_DISGUISES = (
    (b"PK\x03\x04", "a zip archive, as PyTorch's pickled checkpoints are"),
    (b"\x80", "a pickle"),
    (b"GGUF", "a GGUF file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"version https://git-lfs", "a Git LFS pointer and not the file itself"),
    (b"<", "a web page"),
)


def parse(head: bytes, path: str, size: int | None = None) -> Header | Short | Malformed:
    """Read the header out of the first bytes of a file; `size` is the file's whole size, where it is known."""
    if len(head) < 8:
        if size is not None and size >= 8:
            return Short(8)
        return Malformed(f"only {len(head)} bytes: too short for a safetensors file")
    length = struct.unpack("<Q", head[:8])[0]
    if reason := _bad_length(length, head, size):
        return Malformed(reason)
    if len(head) < 8 + length:
        return Short(8 + length)
    try:
        entries = json.loads(head[8 : 8 + length].decode("utf-8"), object_pairs_hook=_once)
    except _Twice as twice:
        return Malformed(f"the header names {twice.args[0]!r} twice")
    except (ValueError, RecursionError, MemoryError) as mistake:
        return Malformed(f"the header is not JSON: {str(mistake)[:120]}")
    if not isinstance(entries, dict):
        return Malformed("the header is no JSON object")
    if len(entries) > MOST_TENSORS:
        return Malformed(f"the header names {len(entries):,} tensors; more than {MOST_TENSORS:,} are not read")
    return _header(entries, path, 8 + length, size)


def _bad_length(length: int, head: bytes, size: int | None) -> str:
    disguise = next((words for magic, words in _DISGUISES if head.startswith(magic)), "")
    too_long = length > MOST_HEADER_BYTES or (size is not None and 8 + length > size)
    if too_long and disguise:
        return f"it begins like {disguise}; it is not opened"
    if size is not None and 8 + length > size:
        return f"the header says it has {length:,} bytes, the file has {size:,}"
    if too_long:
        return f"the header says it has {length:,} bytes; more than {MOST_HEADER_BYTES:,} are not read"
    return "the header is empty" if length < 2 else ""


class _Twice(Exception):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(name[:80])
        found[name] = value
    return found


def _header(entries: dict[str, Any], path: str, data: int, size: int | None) -> Header:
    metadata = entries.pop("__metadata__", {})
    sound, flaws = [], []
    for name, entry in entries.items():
        tensor = _tensor(name, entry, path, data, size)
        if isinstance(tensor, str):
            flaws.append(f"{name[:120]}: {tensor}")
        else:
            sound.append(tensor)
    tensors, overlaps = without_overlaps(sound)
    words = metadata.items() if isinstance(metadata, dict) else ()
    return Header(
        path,
        tensors,
        tuple(sorted((str(key), value) for key, value in words if isinstance(value, str))),
        tuple(flaws + overlaps),
    )


def _tensor(name: str, entry: Any, path: str, data: int, size: int | None) -> Tensor | str:
    """The tensor, or what is wrong with it."""
    if not isinstance(entry, dict):
        return "its entry is no JSON object"
    dtype, shape, offsets = entry.get("dtype"), entry.get("shape"), entry.get("data_offsets")
    if not isinstance(dtype, str) or not _whole(shape) or not _whole(offsets) or len(offsets) != 2:
        return "type, shape or offsets are missing or no whole numbers"
    start, end = offsets
    if end < start:
        return "it ends before it begins"
    tensor = Tensor(name, dtype, tuple(shape), path, data + start, end - start)
    if tensor.elements > LARGEST:
        return "its shape is larger than any file"
    if size is not None and data + end > size:
        return f"it lies {data + end - size:,} bytes past the end of the file"
    expected = size_of(dtype, tensor.shape)
    if expected is None:
        return f"its type {dtype[:20]!r} is not known or does not fit its shape"
    if expected != tensor.length:
        return f"its shape needs {expected:,} bytes, its offsets span {tensor.length:,}"
    return tensor


def _whole(values: Any) -> TypeGuard[list[int]]:
    return isinstance(values, list) and all(
        isinstance(one, int) and not isinstance(one, bool) and 0 <= one <= LARGEST for one in values
    )

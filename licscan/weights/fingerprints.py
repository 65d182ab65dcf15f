"""Fingerprints of models as files: sketches of each component with where they come from, in a safetensors container."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licscan.core.evidence import Gap
from licscan.errors import SourceError
from licscan.files import read_file
from licscan.formats.safetensors import parse
from licscan.formats.tensor import Header
from licscan.sources.protocol import Hub, RepoInfo
from licscan.weights.extra import need
from licscan.weights.reading.reader import Reader
from licscan.weights.sampling.plan import sampled
from licscan.weights.sketch import DIMENSIONS, sketch
from licscan.weights.statistics.embedding_dims import MOST_DIMENSIONS, TOKENS, largest_tables, table_stretch, token_rows
from licscan.weights.statistics.fixed_point import LEAST_ROWS, LEAST_WIDTH, ROWS
from licscan.weights.tensors.cut import Cut
from licscan.weights.tensors.decode import decoded
from licscan.weights.tensors.slab import Slab, read_slabs
from licscan.weights.tensors.view import Side, View

FORMAT = "licscan-fingerprint-1"
MOST_SLABS = 16
LARGEST_FILE = 200_000_000
_ROLES = ("up", "gate", "down", "matrix")


@dataclass(frozen=True, slots=True)
class Entry:
    """One component of one reference model."""

    id: str
    revision: str | None
    component: str
    role: str
    width: int
    depth: int
    layers: tuple[int, ...]
    parameters: int
    matrix: int
    """Elements of one whole matrix."""
    signature: str
    """SHA-256 of the roles and shapes."""
    digest: str
    """SHA-256 of the sketches."""
    files: tuple[tuple[str, str], ...] = ()
    """Weights files with their SHA-256, where the source tells."""
    made_by: str = ""
    made_from: tuple[tuple[str, int, int], ...] = ()
    """Byte ranges that were read."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """An entry and its sketches: slabs x units x 64."""

    entry: Entry
    sketches: Any


def fingerprints_of(opened: Any, made_by: str, id: str | None = None) -> tuple[list[Fingerprint], list[str]]:
    """Read the slabs of every component and sketch them; and what could not be."""
    found, missing = [], []
    for name, side in opened.sides.items():
        made = _of_table(side, opened.reader) if not side.layers and side.tables else _of_layers(side, opened.reader)
        if isinstance(made, str):
            missing.append(f"{name}: {made}")
            continue
        role, width, layers, matrix, sketches, ranges = made
        digest = hashlib.sha256(sketches.tobytes()).hexdigest()
        files = tuple((one.path, one.sha256) for one in opened.info.files or () if one.sha256)
        entry = Entry(
            id or str(opened.info.id),
            opened.info.revision,
            name,
            role,
            width,
            len(side.layers),
            layers,
            side.parameters,
            matrix,
            signature_digest(side),
            digest,
            files,
            made_by,
            ranges,
        )
        found.append(Fingerprint(entry, sketches))
    return found, missing


def signature_digest(side: Side) -> str:
    """SHA-256 of the component's roles and shapes."""
    said = json.dumps(sorted([role, list(shape), count] for (role, shape), count in side.signature.items()))
    return hashlib.sha256(said.encode()).hexdigest()


_Made = tuple[str, int, tuple[int, ...], int, Any, tuple[tuple[str, int, int], ...]]


def _of_layers(side: Side, reader: Reader) -> _Made | str:
    np = need("numpy")
    key = next((k for k in _keys(side) if _usable(side, k)), None)
    if key is None:
        return "no matrix of hidden units in its layers"
    numbers = [n for n in sampled(len(side.layers), MOST_SLABS) if key in side.layers[n].views]
    slabs = read_slabs(reader, [Cut(side.layers[n].views[key], 0, ROWS) for n in numbers])
    kept = [(n, slab) for n, slab in zip(numbers, slabs, strict=True) if isinstance(slab, Slab)]
    if not kept:
        first = slabs[0]
        return first.detail if isinstance(first, Gap) else str(first)
    view = side.layers[numbers[0]].views[key]
    sketches = np.stack([sketch(slab.values) for _, slab in kept])
    ranges = tuple((one.path, one.start, one.length) for _, slab in kept for one in slab.stretches)
    return key[0], kept[0][1].values.shape[1], tuple(n for n, _ in kept), view.elements, sketches, ranges


def _keys(side: Side) -> list[tuple[str, int | None]]:
    keys = {key for layer in side.layers for key in layer.views if key[0] in _ROLES and (key[1] or 0) == 0}
    return sorted(keys, key=lambda key: (_ROLES.index(key[0]), key[1] is not None))


def _usable(side: Side, key: tuple[str, int | None]) -> bool:
    view: View | None = next((layer.views[key] for layer in side.layers if key in layer.views), None)
    return view is not None and view.units >= ROWS and view.width >= LEAST_WIDTH


def _of_table(side: Side, reader: Reader) -> _Made | str:
    np = need("numpy")
    weight = max(largest_tables(side), key=lambda one: (one.parameters, one.name), default=None)
    if weight is None or weight.shape is None or weight.shape[1] < LEAST_ROWS:
        return "no table of embeddings"
    first, count = token_rows(weight.shape[0])
    if count < TOKENS:
        return "a vocabulary that is too small"
    where = table_stretch(weight, first, count)
    raw = reader.read([where])[0]
    if isinstance(raw, Gap):
        return raw.detail
    values = decoded(raw, weight.main.dtype).reshape(count, -1).T[:MOST_DIMENSIONS]
    sketches = sketch(values, project=False)[None]
    ranges = ((where.path, where.start, where.length),)
    return "embedding", weight.shape[1], (first,), weight.parameters, np.ascontiguousarray(sketches), ranges


def written(fingerprints: Sequence[Fingerprint]) -> bytes:
    """The bytes of a fingerprint file: the same for the same fingerprints."""
    entries: dict[str, Any] = {}
    body = bytearray()
    said = []
    for number, one in enumerate(sorted(fingerprints, key=lambda one: (one.entry.id, one.entry.component))):
        raw = one.sketches.tobytes()
        entries[f"{number:06d}"] = {
            "dtype": "I8",
            "shape": list(one.sketches.shape),
            "data_offsets": [len(body), len(body) + len(raw)],
        }
        body += raw
        said.append(_said(one.entry))
    entries["__metadata__"] = {"format": FORMAT, "entries": json.dumps(said, sort_keys=True)}
    header = json.dumps(entries, sort_keys=True).encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + bytes(body)


def _said(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__dataclass_fields__}


def load(path: Path) -> list[Fingerprint]:
    """Read a fingerprint file; entries whose sketches do not have the digest they claim are refused.

    Raises:
        SourceError: it is none, or was changed.
    """
    hint = "make it anew with 'licscan fingerprint'"
    raw = read_file(path, LARGEST_FILE, SourceError, hint)
    header = parse(raw, path.name, len(raw))
    if not isinstance(header, Header):
        raise SourceError(f"{path} is no fingerprint file: {getattr(header, 'reason', 'cut short')}", hint)
    metadata = dict(header.metadata)
    if metadata.get("format") != FORMAT:
        raise SourceError(f"{path} is no fingerprint file of this version", hint)
    try:
        entries = [_entry(one) for one in json.loads(metadata["entries"])]
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise SourceError(f"{path} has damaged entries: {error}", hint) from error
    tensors = sorted(header.tensors, key=lambda one: one.name)
    if len(entries) != len(tensors) or header.flaws:
        raise SourceError(f"{path} names {len(entries)} entries and holds {len(tensors)}", hint)
    np = need("numpy")
    found = []
    for entry, tensor in zip(entries, tensors, strict=True):
        piece = raw[tensor.start : tensor.start + tensor.length]
        is_sound = len(tensor.shape) == 3 and tensor.dtype == "I8" and tensor.shape[2] == DIMENSIONS
        if not is_sound or hashlib.sha256(piece).hexdigest() != entry.digest or len(entry.layers) != tensor.shape[0]:
            raise SourceError(f"{path}: the sketches of {entry.id} ({entry.component}) were changed", hint)
        found.append(Fingerprint(entry, np.frombuffer(piece, dtype=np.int8).reshape(tensor.shape)))
    return found


def _entry(said: Mapping[str, Any]) -> Entry:
    return Entry(
        id=str(said["id"]),
        component=str(said["component"]),
        role=str(said["role"]),
        width=int(said["width"]),
        depth=int(said["depth"]),
        parameters=int(said["parameters"]),
        matrix=int(said["matrix"]),
        signature=str(said["signature"]),
        digest=str(said["digest"]),
        made_by=str(said["made_by"]),
        revision=None if said["revision"] is None else str(said["revision"]),
        layers=tuple(int(one) for one in said["layers"]),
        files=tuple((str(path), str(digest)) for path, digest in said["files"]),
        made_from=tuple((str(path), int(start), int(length)) for path, start, length in said["made_from"]),
    )


def fingerprint_of(
    info: RepoInfo, hub: Hub, made_by: str, id: str | None = None
) -> tuple[list[Fingerprint], list[str]]:
    """Fingerprints of all components of a model.

    Raises:
        SourceError: its weights cannot be read at all.
    """
    from licscan.weights.sampling.open_model import open_model

    opened = open_model(info, hub, 40_000_000, full=False)
    if isinstance(opened.found, Gap):
        raise SourceError(f"{id or info.id}: {opened.found.detail}", "only safetensors and GGUF files are read")
    return fingerprints_of(opened, made_by, id)

"""Small whole sources of weights for tests: a hub of folders in memory, and writers of weights files."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from licscan.core.artifact import FileEntry, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.sources.protocol import Commit, Counts, RepoInfo

LARGE = (".safetensors", ".gguf", ".bin")


@dataclass
class ShelfHub:
    """Repositories as mappings from path to bytes; it counts what it is asked."""

    repos: dict[str, dict[str, bytes]]
    workers: int = 1
    stats: Counts = field(default_factory=Counts)
    asked: list[tuple[str, str, int, int]] = field(default_factory=list)
    created: dict[str, str] = field(default_factory=dict)

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:
        files = self.repos.get(str(repo))
        if files is None:
            return Gap(str(repo), GapReason.ABSENT, "there is no such repository")
        listed = tuple(FileEntry(path, len(raw)) for path, raw in sorted(files.items()))
        return RepoInfo(
            repo, repo, Source.RECORDING, "0" * 40, files=listed, created=self.created.get(str(repo)), card={}
        )

    def info(self, name: str) -> RepoInfo:
        found = self.repo(RepoId.parse(name))
        assert isinstance(found, RepoInfo)
        return found

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:
        raw = self.repos[str(info.id)].get(path)
        if raw is None:
            return Gap(str(info.id), GapReason.ABSENT, "no such file", path)
        if len(raw) > limit:
            return Gap(str(info.id), GapReason.TOO_DEEP, "larger than the limit", path)
        return raw

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        self.asked.append((str(info.id), path, start, length))
        raw = self.repos[str(info.id)].get(path)
        if raw is None:
            return Gap(str(info.id), GapReason.ABSENT, "no such file", path)
        return raw[start : start + length]

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        files = self.repos[str(info.id)]
        return tuple(
            FileEntry(path, len(raw), hashlib.sha256(raw).hexdigest() if path.endswith(LARGE) else None)
            for path, raw in sorted(files.items())
        )

    def history(
        self,
        info: RepoInfo,
        paths: tuple[str, ...] = (),
        limit: int = 1000,
    ) -> tuple[Commit, ...] | Gap:
        return ()

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:
        return Gap(url, GapReason.OFFLINE, "no links here")


def header(entries: Mapping[str, Any], body: bytes = b"") -> bytes:
    """A safetensors file with any header, true or not."""
    said = json.dumps(entries).encode()
    return struct.pack("<Q", len(said)) + said + body


def blank(shapes: Mapping[str, tuple[str, tuple[int, ...], int]], *, body: bool = False) -> bytes:
    """A safetensors file of zeros: name -> (type, shape, bytes); without its body only a header is there."""
    entries, offset = {}, 0
    for name, (dtype, shape, size) in shapes.items():
        entries[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [offset, offset + size]}
        offset += size
    return header(entries, bytes(offset) if body else b"")

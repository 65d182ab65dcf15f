"""Files that two repositories share, by their hashes; no byte of them is read."""

from __future__ import annotations

from dataclasses import dataclass

from licscan.sources.protocol import RepoInfo

_LEAST_BYTES = 1024


@dataclass(frozen=True, slots=True, order=True)
class SameFile:
    """One file's content in both repositories."""

    path: str
    """In A."""
    path_b: str
    sha256: str
    size: int | None


def same_files(a: RepoInfo, b: RepoInfo) -> tuple[SameFile, ...]:
    """Large files with the same SHA-256 (or Xet hash and size), whatever they are called."""
    theirs: dict[str, str] = {}
    for entry in b.files or ():
        for key in (entry.sha256, entry.xet):
            if key:
                theirs.setdefault(key, entry.path)
    found = []
    for entry in a.files or ():
        key = next((one for one in (entry.sha256, entry.xet) if one and one in theirs), None)
        if key is not None and (entry.size is None or entry.size >= _LEAST_BYTES):
            found.append(SameFile(entry.path, theirs[key], key, entry.size))
    return tuple(sorted(found))

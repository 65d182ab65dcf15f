"""Puts the governing texts of a lineage into a folder, named by their hashes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType

from licscan.core.lineage import Lineage
from licscan.core.lock import Lock, LockedText, LockEntry
from licscan.lockfile.snapshot import ROLES

Read = Callable[[str, str], bytes | None]
"""The bytes of a file of a node, or None."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def archived(
    lock: Lock, lineage: Lineage, read: Read, policies: Mapping[str, bytes] | None = None
) -> tuple[Lock, dict[str, bytes]]:
    """The lock with the name of each stored text, and the files to write by their names in the folder.

    The bytes are those of the hash in the lock: a text that cannot be had byte for byte stays unarchived.
    """
    files: dict[str, bytes] = {}
    entries: dict[str, LockEntry] = {}
    for node, entry in lock.entries.items():
        claims = lineage[node].claims if node in lineage else ()
        said = {one.evidence.place: one.text for one in claims if one.kind in ROLES}
        texts = []
        for one in entry.texts:
            content = _bytes(node, one, said, read, policies or {})
            if content is None:
                texts.append(one)
                continue
            name = _name(node, one)
            files[name] = content
            texts.append(replace(one, archived=name))
        entries[node] = replace(entry, texts=tuple(texts))
    return replace(lock, entries=MappingProxyType(entries)), dict(sorted(files.items()))


def _bytes(
    node: str, one: LockedText, said: Mapping[str, str], read: Read, policies: Mapping[str, bytes]
) -> bytes | None:
    """The first source whose bytes have the hash."""
    sources: tuple[Callable[[], bytes | None], ...] = (
        lambda: said[one.place].encode("utf-8") if one.place in said else None,
        lambda: policies.get(one.place),
        lambda: read(node, one.place.partition("#")[0]),
    )
    for source in sources:
        content = source()
        if content is not None and sha256(content).hexdigest() == one.sha256:
            return content
    return None


def _name(node: str, one: LockedText) -> str:
    """A name that nobody outside can steer: no separators, no dots at the head, the hash at its end."""
    parts = (_UNSAFE.sub("_", part).strip("._") or "_" for part in (node, one.place.rpartition("/")[2]))
    whole = "--".join(part[:80] for part in parts)
    return f"{whole}--{one.sha256[:16]}.txt"

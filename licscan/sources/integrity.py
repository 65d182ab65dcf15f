"""Whether bytes are those of the file that was asked for: by size, git blob id and hash, as the Hub itself tells them.

The Hub names a small file by its git blob id (sha1 over a header and the content) and a large one by the sha256 of its
content: in listings, and as the ETag of each answer. Bytes that nothing vouches for are not used.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from licscan.core.artifact import FileEntry

_ETAG = re.compile(r'(?:W/)?"?(?P<hash>[0-9a-f]{40}|[0-9a-f]{64})"?\Z')
_BLOB = 40


@dataclass(frozen=True, slots=True)
class ContentId:
    """What is known of a file's content without having it."""

    size: int | None = None
    """Bytes."""
    oid: str | None = None
    """Git blob id, 40 hex digits."""
    sha256: str | None = None

    @property
    def is_hashed(self) -> bool:
        """Some hash of the content is known."""
        return self.oid is not None or self.sha256 is not None

    def and_also(self, other: ContentId) -> ContentId:
        """Both together; what this one knows comes first."""
        return ContentId(
            self.size if self.size is not None else other.size, self.oid or other.oid, self.sha256 or other.sha256
        )

    def contradicts(self, other: ContentId) -> bool:
        """Whether both cannot be true of one file."""
        pairs = ((self.size, other.size), (self.oid, other.oid), (self.sha256, other.sha256))
        return any(one is not None and two is not None and one != two for one, two in pairs)


def content_id_of(entry: FileEntry) -> ContentId:
    """What a listing tells of a file; the blob id of a large file is that of its pointer and tells nothing."""
    return ContentId(entry.size, None if entry.sha256 or entry.xet else entry.oid, entry.sha256)


def listed(files: Iterable[FileEntry] | None, path: str) -> ContentId:
    """What a listing tells of the file at a path; nothing where it is not listed."""
    return next((content_id_of(entry) for entry in files or () if entry.path == path), ContentId())


def promised(headers: Iterable[Mapping[str, str]]) -> ContentId:
    """What the headers of an answer tell of the file, first those of the redirects that led to it.

    Of a file that lies elsewhere the Hub tells the hash itself (`X-Linked-ETag`), before it sends us there.
    """
    found = ContentId()
    for one in headers:
        named = _ETAG.match(one.get("x-linked-etag", "")) or _ETAG.match(one.get("etag", ""))
        size = one.get("x-linked-size", "")
        known = ContentId(int(size) if size.isdecimal() and len(size) < 20 else None)
        if named:
            is_blob = len(named["hash"]) == _BLOB
            known = ContentId(known.size, named["hash"] if is_blob else None, None if is_blob else named["hash"])
        found = found.and_also(known) if not found.is_hashed else found
    return found


def mismatch(content: bytes, known: ContentId) -> str:
    """What of the content is not as it should be; empty where all that is known of it fits."""
    if known.size is not None and len(content) != known.size:
        return f"it has {len(content):,} bytes, not the {known.size:,} of its listing"
    if known.sha256 is not None and hashlib.sha256(content).hexdigest() != known.sha256:
        return "its sha256 is not that of its listing"
    if known.oid is not None and blob_id(content) != known.oid:
        return "its git blob id is not that of its listing"
    return ""


def blob_id(content: bytes) -> str:
    """The id that git gives to a file with this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()

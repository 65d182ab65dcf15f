"""Bodies as they come over the wire, decompressed within bounds; one whose compression is cut off is refused."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

_PLAIN = frozenset({"", "identity"})
_GZIP = frozenset({"gzip", "x-gzip"})
_PIECE = 1 << 18
"""Bytes that one step may come to, so that a small bomb stays small."""
_WITH_GZIP_HEAD = 31


class Undecodable(ValueError):
    """A body that cannot be decompressed to its end."""


def decoded(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The body, piece by piece.

    Raises:
        Undecodable: the coding was not asked for, or the body is damaged or cut off.
    """
    named = coding.strip().lower()
    if named in _PLAIN:
        yield from chunks
    elif named in _GZIP:
        yield from _unzipped(chunks)
    else:
        raise Undecodable("a compression that was not asked for")


def _unzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Each member of a gzip stream to its end."""
    member = zlib.decompressobj(_WITH_GZIP_HEAD)
    is_open = False
    for chunk in chunks:
        left = chunk
        while left:
            is_open = True
            try:
                piece = member.decompress(left, _PIECE)
            except zlib.error as error:
                raise Undecodable("a damaged compressed body") from error
            if piece:
                yield piece
            left = member.unconsumed_tail
            if member.eof:
                left, is_open = member.unused_data, False
                member = zlib.decompressobj(_WITH_GZIP_HEAD)
    if is_open:
        raise Undecodable("a compressed body that is cut off")

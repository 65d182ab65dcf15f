"""Shingles: hashes of every run of five words. Texts that share many of them share their sentences."""

from __future__ import annotations

from zlib import crc32

from licscan.identification.normalize import Words

WIDTH = 5
NO_SHINGLE = -1


def shingles_of(text: Words) -> list[int]:
    """One hash for each word with which a run of five begins; `NO_SHINGLE` where a break lies inside the run."""
    encoded = [word.encode("utf-8", "replace") for word in text.words]
    joined = b" ".join(encoded)
    offsets = [0]
    for word in encoded:
        offsets.append(offsets[-1] + len(word) + 1)
    hashes = [crc32(joined[begin : end - 1]) for begin, end in zip(offsets, offsets[WIDTH:], strict=False)]
    for broken in text.breaks:
        for at in range(max(0, broken - WIDTH + 1), min(broken, len(hashes))):
            hashes[at] = NO_SHINGLE
    return hashes

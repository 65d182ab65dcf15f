"""Sketches: 32 units of a layer in 64 small numbers each, enough to match units and to estimate likeness."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from licscan.weights.extra import need

DIMENSIONS = 64
_LARGEST = 127.0


@lru_cache(maxsize=64)
def signs(width: int, seed: int = 0) -> Any:
    """The fixed matrix of plus and minus ones for rows of this width: the same on every machine."""
    np = need("numpy")
    stream = hashlib.shake_256(f"licscan sketch {width} {seed}".encode()).digest(width * DIMENSIONS // 8)
    bits = np.unpackbits(np.frombuffer(stream, dtype=np.uint8)).reshape(width, DIMENSIONS)
    return bits.astype(np.float32) * 2.0 - 1.0


def sketch(values: Any, *, project: bool = True) -> Any:
    """Units x numbers -> units x 64 small integers; rows of exactly 64 numbers can stand for themselves."""
    np = need("numpy")
    with np.errstate(all="ignore"):
        clean = np.where(np.isfinite(values), values, 0.0).astype(np.float32)
        scale = np.abs(clean).max()
        clean = clean / scale if scale > 0 else clean
        centred = clean - clean.mean(axis=0)
        short = centred @ signs(centred.shape[1]) if project else centred
        largest = np.abs(short).max(axis=1, keepdims=True)
        return np.round(short / np.where(largest > 0, largest, 1.0) * _LARGEST).astype(np.int8)

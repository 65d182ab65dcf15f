"""Turns stored bytes into numbers; what the ecosystem's libraries can decode, they decode."""

from __future__ import annotations

from typing import Any

from licscan.weights.extra import need

_NUMPY = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "u1",
}
_ML_DTYPES = {
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "F8_E8M0": "float8_e8m0fnu",
    "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2FNUZ": "float8_e5m2fnuz",
}
_E2M1 = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, -0.0, -0.5, -1.0, -1.5, -2.0, -3.0, -4.0, -6.0)


def decoded(raw: bytes, dtype: str) -> Any:
    """A flat array of float32.

    Raises:
        ValueError: the bytes are no whole number of elements, or nothing here decodes the type.
    """
    np = need("numpy")
    if dtype == "BF16":
        return (np.frombuffer(raw, dtype="<u2").astype(np.uint32) << 16).view(np.float32)
    if dtype in _NUMPY:
        with np.errstate(all="ignore"):
            return np.frombuffer(raw, dtype=_NUMPY[dtype]).astype(np.float32)
    if dtype in _ML_DTYPES:
        kind = getattr(need("ml_dtypes"), _ML_DTYPES[dtype])
        return np.frombuffer(raw, dtype=np.uint8).view(kind).astype(np.float32)
    return _ggml(raw, dtype, np)


def _ggml(raw: bytes, dtype: str, np: Any) -> Any:
    gguf = need("gguf")
    kind = getattr(gguf.GGMLQuantizationType, dtype, None)
    if kind is None:
        raise ValueError(f"numbers of type {dtype} cannot be read")
    blocks = np.frombuffer(raw, dtype=np.uint8)
    size = gguf.GGML_QUANT_SIZES[kind][1]
    if blocks.size % size:
        raise ValueError("the bytes are no whole number of blocks")
    with np.errstate(all="ignore"):
        return need("gguf.quants").dequantize(blocks.reshape(-1, size), kind).astype(np.float32).ravel()


def nibbles(raw: bytes, kind: str) -> Any:
    """4-bit numbers, the low half of each byte first: `e2m1` floats, or unsigned."""
    np = need("numpy")
    codes = np.frombuffer(raw, dtype=np.uint8)
    pairs = np.stack([codes & 15, codes >> 4], axis=1).ravel()
    return np.array(_E2M1, dtype=np.float32)[pairs] if kind == "e2m1" else pairs.astype(np.float32)


def words(raw: bytes, bits: int) -> Any:
    """Unsigned numbers packed into 32-bit words, the lowest bits first."""
    np = need("numpy")
    packed = np.frombuffer(raw, dtype="<u4")
    shifts = np.arange(32 // bits, dtype=np.uint32) * bits
    return ((packed[:, None] >> shifts) & (2**bits - 1)).astype(np.float32).ravel()

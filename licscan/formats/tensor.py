"""One tensor as a header describes it, and how many bytes each type takes."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

LARGEST = 2**62
"""No honest tensor has more elements or lies further behind the beginning of its file."""

BITS = {
    "BOOL": 8,
    "F4": 4,
    "F6_E2M3": 6,
    "F6_E3M2": 6,
    "U8": 8,
    "I8": 8,
    "F8_E5M2": 8,
    "F8_E4M3": 8,
    "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8,
    "I16": 16,
    "U16": 16,
    "F16": 16,
    "BF16": 16,
    "I32": 32,
    "U32": 32,
    "F32": 32,
    "C64": 64,
    "F64": 64,
    "I64": 64,
    "U64": 64,
}
"""Bits of one element by safetensors type."""

BLOCKS = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
}
"""Type number in a GGUF file -> name, elements of one block, bytes of one block."""

_BLOCK_OF = {name: (elements, size) for name, elements, size in BLOCKS.values()}


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor inside a weights file: what the header says, nothing read yet."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    """Slowest axis first, in both containers."""
    path: str
    """The file."""
    start: int
    """Bytes from the beginning of the file."""
    length: int

    @property
    def elements(self) -> int:
        """How many stored elements it has."""
        return prod(self.shape)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row: the last axis."""
        return size_of(self.dtype, self.shape[-1:]) or 0


@dataclass(frozen=True, slots=True)
class Header:
    """What the beginning of one weights file says."""

    path: str
    tensors: tuple[Tensor, ...]
    metadata: tuple[tuple[str, str], ...] = ()
    flaws: tuple[str, ...] = ()
    """Tensors that were left out, each with the reason; the rest is sound."""


@dataclass(frozen=True, slots=True)
class Short:
    """The header goes on; this many bytes from the beginning of the file are needed to go further."""

    needed: int


@dataclass(frozen=True, slots=True)
class Malformed:
    """The file is not what its name says, and why."""

    reason: str


def size_of(dtype: str, shape: tuple[int, ...]) -> int | None:
    """Bytes that a tensor of this type and shape takes; None for an unknown type or a ragged last block."""
    elements = prod(shape)
    if (bits := BITS.get(dtype)) is not None:
        return None if elements * bits % 8 else elements * bits // 8
    block = _BLOCK_OF.get(dtype)
    if block is None or (shape and shape[-1] % block[0]):
        return None
    return elements // block[0] * block[1]


def without_overlaps(tensors: list[Tensor]) -> tuple[tuple[Tensor, ...], list[str]]:
    """The tensors that share no byte with another, and a sentence for each that does."""
    flawed: dict[str, str] = {}
    last: Tensor | None = None
    for tensor in sorted(tensors, key=lambda one: (one.start, one.length)):
        if last is not None and tensor.length and tensor.start < last.start + last.length:
            flawed[tensor.name] = f"{tensor.name}: its bytes overlap those of {last.name}"
            flawed.setdefault(last.name, f"{last.name}: its bytes overlap those of {tensor.name}")
        if last is None or tensor.start + tensor.length > last.start + last.length:
            last = tensor
    return tuple(one for one in tensors if one.name not in flawed), [flawed[name] for name in sorted(flawed)]

"""Which units of a matrix are read, and how many numbers of each."""

from __future__ import annotations

from dataclasses import dataclass

from licscan.formats.tensor import Tensor
from licscan.weights.reading.reader import Stretch
from licscan.weights.tensors.view import View

COLUMN_WIDTH = 128
"""Numbers of each unit that are read where units are stored as columns."""
SMALL_FLOOR = 65_536


@dataclass(frozen=True, slots=True)
class Cut:
    """Which units, and how many numbers of each."""

    view: View
    first: int
    count: int

    @property
    def width(self) -> int:
        """Numbers of each unit that are read."""
        if self.view.rows:
            return self.view.width
        whole = self.view.width * self.view.weight.main.row_bytes
        return self.view.width if whole <= SMALL_FLOOR else min(self.view.width, COLUMN_WIDTH)


def piece(tensor: Tensor, start: int, length: int) -> Stretch:
    """Some bytes of a tensor, as bytes of its file."""
    return Stretch(tensor.path, tensor.start + start, min(length, tensor.length - start))

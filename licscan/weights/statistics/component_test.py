"""What the sampled weights of one pair of components say: slab by slab, and together."""

from __future__ import annotations

from dataclasses import dataclass, field

from licscan.weights.reading.reader import Stretch
from licscan.weights.statistics.effect import weighted_median
from licscan.weights.statistics.fixed_point import ROWS, Match, significance
from licscan.weights.tensors.slab import Slab
from licscan.weights.tensors.view import Layer, View

LARGE = 100_000
"""Elements from which a matrix is too large for likeness by the recipe alone."""
Half = tuple[tuple[Layer | str, View], Slab]


@dataclass(frozen=True, slots=True)
class SlabResult:
    """One slab of A against one of B."""

    a: str
    b: str
    """The layers or matrices."""
    role: str
    match: Match
    log10_p: float
    r: float | None
    distance: float | None
    equal: bool
    """Byte for byte, or after rounding to the coarser of two types."""
    elements: int
    """Of the slab."""
    matrix: int
    """Elements of the whole matrix."""
    parameters: int
    """Of the layer of A that it stands for."""
    rows: tuple[int, int] = (0, ROWS)
    a_read: tuple[Stretch, ...] = ()
    b_read: tuple[Stretch, ...] = ()


@dataclass(slots=True)
class Trial:
    """All that the sampled weights of one pair of components say."""

    results: list[SlabResult] = field(default_factory=list)
    """The slabs that count: diagonal, or along the alignment."""
    tests: int = 1
    """How many matchings were tried to find them."""
    log10_p: float = 0.0
    untestable: list[str] = field(default_factory=list)
    unaffordable: int = 0
    """Slabs that the budget did not allow to read."""
    layer_map: list[tuple[str, str]] = field(default_factory=list)
    """Layers of A and of B that belong together, where they are not simply the same."""
    experts: list[tuple[int, Match]] = field(default_factory=list)
    """Experts of one side against the dense matrix of the other."""
    tried_layers: int = 0
    all_layers: int = 0
    gains_r: float | None = None
    gains_equal: int = 0
    gains: int = 0
    seed: int = 0
    b_layers: int = 0
    in_layers: bool = True
    """The results stand for layers of a stack, not for loose matrices."""
    slabs: dict[str, tuple[Half, Half]] = field(default_factory=dict)
    """What was read, by the label of A, while it may be needed again."""

    @property
    def alpha(self) -> float:
        """log10 of the level at which a p-value of this trial counts."""
        return significance(self.tests)

    @property
    def matched(self) -> list[SlabResult]:
        """The slabs that belong together beyond doubt."""
        return [one for one in self.results if one.equal or one.log10_p <= self.alpha]

    @property
    def is_significant(self) -> bool:
        """The weights are dependent."""
        return bool(self.results) and (self.log10_p <= self.alpha or bool(self.matched))

    def layer_labels(self) -> list[str]:
        """Layers of A that were tested; empty for tables and loose matrices."""
        return [one.a for one in self.results if one.role in {"up", "gate", "down", "matrix"} and self.in_layers]

    def median_r(self) -> float | None:
        """Pearson over the slabs that belong together (all of them where none does), weighted by the matrices' size."""
        counted = [one for one in (self.matched or self.results) if one.r is not None]
        if not counted:
            return None
        return weighted_median([one.r or 0.0 for one in counted], [float(one.matrix) for one in counted])

    def least_r(self) -> float | None:
        """The smallest of them."""
        return min((one.r for one in (self.matched or self.results) if one.r is not None), default=None)

    def equal_bytes(self) -> float:
        """Share of the sampled numbers that are equal."""
        whole = sum(one.elements for one in self.results)
        return sum(one.elements for one in self.results if one.equal) / whole if whole else 0.0

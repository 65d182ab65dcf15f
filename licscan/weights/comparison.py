"""All that a comparison came to."""

from __future__ import annotations

from dataclasses import dataclass

from licscan.core.evidence import Gap
from licscan.core.text import Text
from licscan.sources.protocol import RepoInfo
from licscan.weights.equal_files import SameFile
from licscan.weights.statistics.component_test import Trial
from licscan.weights.tokenizers import TokenizerLikeness
from licscan.weights.verdict import FromScratch, Kind


@dataclass(frozen=True, slots=True)
class ComponentResult:
    """The verdict on one component of A."""

    name: str
    counterpart: str | None
    """The component of B it was held against."""
    parameters: int
    share: tuple[float, float]
    """Of A's parameters: those of the layers that were seen to match, and those of the whole component."""
    kind: Kind
    trial: Trial | None
    shape_score: float
    caveats: tuple[Text, ...] = ()
    bytes_read: int = 0
    attack: str | None = None
    """How the weights were hidden, where only the search for that found them."""
    exact: bool = True
    """The p-value has a proof; a search for re-ordered units has only been tried on unrelated models."""
    hash_share: float | None = None
    """Share of the component's parameters in tensors that are equal as a whole, where whole tensors were read."""
    merge: tuple[tuple[str, float], ...] = ()
    merge_fit: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that the weights of A say about B."""

    a: RepoInfo
    b: RepoInfo
    components: tuple[ComponentResult, ...]
    from_scratch: FromScratch
    same_files: tuple[SameFile, ...] = ()
    tokenizer: TokenizerLikeness | None = None
    gaps: tuple[Gap, ...] = ()
    notes: tuple[Text, ...] = ()
    seed: int = 0
    full: bool = False
    bytes_read: tuple[int, int] = (0, 0)
    requests: tuple[int, int] = (0, 0)
    untested: float = 0.0
    """Share of A's parameters that no test reached."""
    names: tuple[str, str] = ("", "")
    """What the user calls the two."""

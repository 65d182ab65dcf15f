"""What a model's own files show of its body: sizes, vocabulary, tokenizer, bytes. No name of a parent stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from licscan.core.evidence import Evidence

Value = int | str | bool | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of one body of weights, under the names that most configurations use."""

    values: Mapping[str, Value] = field(default_factory=dict)
    """`type`, `vocab_size`, `hidden_size`, `num_hidden_layers` and so on; what is not stated is missing."""
    evidence: Evidence | None = None
    """Where it stood."""
    part: str = ""
    """The role inside the model; empty for the main weights."""

    def size(self, key: str) -> int | None:
        """A whole number of the shape, where it is stated."""
        value = self.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class Signature:
    """All that is compared with known models."""

    org: str = ""
    """The account that publishes it; empty for a folder."""
    repo: str = ""
    """Its name on the Hub; empty for a folder."""
    names: tuple[str, ...] = ()
    """What it is called: the bare name of the repository, names inside its files."""
    shape: Shape = field(default_factory=Shape)
    parameters: int | None = None
    """As its files count them; None where they are packed, partial or not counted."""
    weights: tuple[tuple[str, str], ...] = ()
    """Paths of weights files with their SHA-256."""
    texts: tuple[tuple[str, str], ...] = ()
    """Paths of tokenizers and configurations with their SHA-256."""
    derived: bool = False
    """Something shows that it was made from another model: it is an adapter, a merge, a quantised copy."""
    tokenizer: str = ""
    """llama.cpp's name of how its tokenizer splits a text."""


SIGNATURE_PLACE = "signature#"
"""How the place of an evidence begins that a comparison with known models gave."""
POLICY_PLACE = "licscan.toml#"
"""How the place of an evidence begins that the user's policy gave."""

"""Opens a model for its weights: files, headers, components, and how much of it may be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from licscan.core.artifact import Source
from licscan.core.evidence import Gap
from licscan.sources.protocol import Hub, RepoInfo
from licscan.weights.component_matching import sides_of
from licscan.weights.reading.reader import Budget, Reader
from licscan.weights.tensors.bnb import with_shapes
from licscan.weights.tensors.inventory import Inventory, inventory
from licscan.weights.tensors.view import Side

LEAST_BUDGET = 400_000
MOST_BUDGET = 40_000_000
_PART_OF_FILE = 200
"""One in so many bytes may be read."""
_HASHED_ON_DISK = 2_000_000_000
"""Folders up to this size are hashed for the comparison of files."""


@dataclass(slots=True)
class Opened:
    """One model while it is compared."""

    info: RepoInfo
    reader: Reader
    found: Inventory | Gap
    sides: dict[str, Side] = field(default_factory=dict)


def open_model(
    info: RepoInfo, hub: Hub, budget: int | None, *, full: bool, seen: Callable[[str], None] | None = None
) -> Opened:
    """List the files with sizes and hashes, read the headers, and set the budget by the size of the weights."""
    if info.source is not Source.PATH or full or sum(one.size or 0 for one in info.files or ()) <= _HASHED_ON_DISK:
        listed = hub.listing(info)
        info = info if isinstance(listed, Gap) else replace(info, files=listed)
    reader = Reader(hub, info, Budget(MOST_BUDGET, 2000), seen)
    found = inventory(reader)
    if isinstance(found, Gap):
        return Opened(info, reader, found)
    found = replace(found, weights=with_shapes(found.weights, reader))
    whole = sum(weight.bytes for weight in found.weights)
    allowed = budget or min(MOST_BUDGET, max(LEAST_BUDGET, whole // _PART_OF_FILE))
    if full:
        allowed = max(allowed, 4 * whole + MOST_BUDGET)
    reader.budget = Budget(max(allowed, reader.meter.bytes + 1), 20_000 if full else 2000)
    return Opened(info, reader, found, sides_of(found))

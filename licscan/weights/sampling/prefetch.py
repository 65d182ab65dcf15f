"""Reads at once, before anything is compared, what its usual course needs: trips cost more than bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from licscan.weights.component_matching import Pair
from licscan.weights.reading.reader import Reader, Stretch, in_parallel
from licscan.weights.sampling.plan import SAMPLED_LAYERS, common_role, diagonal_plan, sampled
from licscan.weights.statistics.embedding_dims import largest_tables, table_plan
from licscan.weights.tensors.slab import stretches
from licscan.weights.tokenizers import sample_plan

Plan = tuple[list[Stretch], list[Stretch]]
_TABLE_SPARE = 110_000
"""Bytes that the slabs of layers leave to the tables, but no more than a quarter."""


@dataclass(slots=True)
class _Wanted:
    """What to read, by how much it matters."""

    slabs: list[Plan] = field(default_factory=list)
    tables: list[Plan] = field(default_factory=list)


def spare_for_tables(readers: tuple[Reader, Reader]) -> int:
    """Bytes that are kept back for tables of embeddings while the layers are read."""
    return min(_TABLE_SPARE, *(reader.left // 4 for reader in readers))


def read_ahead(pairs: Sequence[Pair], readers: tuple[Reader, Reader], *, seed: int, tokenizers: bool) -> None:
    """Fetch slabs, tables and samples of the tokenizer of both models in one go, within the budget of each.

    What does not fit is left to the comparison itself, and so are gains: only dependent weights that are not equal need
    them.
    """
    wanted = _Wanted()
    for pair in pairs:
        _add(pair, seed, wanted)
    samples = [sample_plan(readers)] if tokenizers else []
    room = min(reader.left for reader in readers)
    spare = spare_for_tables(readers) if wanted.tables else 0
    chosen: Plan = ([], [])
    for plans, kept_back in ((samples, 0), (wanted.slabs, spare), (wanted.tables, 0)):
        for plan in plans:
            price = max(sum(one.length for one in side) for side in plan)
            if price <= room - kept_back:
                room -= price
                chosen[0].extend(plan[0])
                chosen[1].extend(plan[1])
    in_parallel(lambda side: readers[side].keep(chosen[side]), (0, 1), max(one.hub.workers for one in readers))


def _add(pair: Pair, seed: int, wanted: _Wanted) -> None:
    a, b = pair.a, pair.b
    if b is None:
        return
    if not a.layers and largest_tables(a) and largest_tables(b):
        wanted.tables.extend(plan for plan in (table_plan(a, b),) if plan is not None)
        return
    key = common_role(a, b)
    if key is None or len(a.layers) != len(b.layers):
        return
    planned = diagonal_plan(a, b, key, sampled(len(a.layers), SAMPLED_LAYERS), seed)
    wanted.slabs += [(list(stretches(one.cuts[0]).values()), list(stretches(one.cuts[1]).values())) for one in planned]

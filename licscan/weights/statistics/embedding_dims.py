"""Tables of embeddings: the residual dimensions (columns) are the units, some rows of shared tokens their numbers."""

from __future__ import annotations

from licscan.core.evidence import Gap, GapReason
from licscan.weights.reading.reader import Reader, Stretch, in_parallel
from licscan.weights.statistics.component_test import SlabResult, Trial
from licscan.weights.statistics.effect import likeness, same_after_rounding
from licscan.weights.statistics.fixed_point import log10_p, log10_tail, match_rows
from licscan.weights.tensors.decode import decoded
from licscan.weights.tensors.logical_weight import Storage, Weight
from licscan.weights.tensors.view import Side

TOKENS = 64
FIRST_TOKEN = 1000
MOST_DIMENSIONS = 256


def token_rows(vocabulary: int) -> tuple[int, int]:
    """The first token and the number of tokens whose rows are read."""
    count = min(TOKENS, vocabulary)
    first = FIRST_TOKEN if vocabulary >= FIRST_TOKEN + TOKENS else max(0, vocabulary // 4 - count // 2)
    return min(first, vocabulary - count), count


def try_tables(a: Side, b: Side, readers: tuple[Reader, Reader], *, seed: int = 0) -> Trial:
    """Test the largest tables of equal width; a learned positional table beside them does no harm."""
    trial = Trial(seed=seed, all_layers=1, b_layers=1, in_layers=False)
    found = _tables(a, b)
    if found is None:
        return trial
    tables = found
    vocabulary = min((one.shape or (0,))[0] for one in tables)
    first, count = token_rows(vocabulary)
    answers = in_parallel(
        lambda side: readers[side].read([table_stretch(tables[side], first, count)])[0],
        (0, 1),
        max(reader.hub.workers for reader in readers),
    )
    trial.tried_layers = 1
    values, raws = [], []
    for weight, raw in zip(tables, answers, strict=True):
        if isinstance(raw, Gap):
            trial.untestable.append(f"{weight.name}: {raw.detail}")
            trial.unaffordable += raw.reason is GapReason.TOO_DEEP
            return trial
        try:
            values.append(decoded(raw, weight.main.dtype).reshape(count, -1))
        except ValueError as error:
            trial.untestable.append(f"{weight.name}: {error}")
            return trial
        raws.append(raw)
    x, y = (one.T[:MOST_DIMENSIONS] for one in values)
    match = match_rows(x, y, seed)
    if isinstance(match, str):
        trial.untestable.append(match)
        return trial
    like = likeness(values[0], values[1])
    types = (tables[0].main.dtype, tables[1].main.dtype)
    equal = (types[0] == types[1] and raws[0] == raws[1]) or same_after_rounding(values[0], values[1], *types)
    trial.results = [
        SlabResult(
            tables[0].name,
            tables[1].name,
            "residual dimensions",
            match,
            log10_tail(match.rows, match.fixed),
            None if like is None else like.r,
            None if like is None else like.distance,
            equal,
            values[0].size,
            min(one.parameters for one in tables),
            a.parameters,
            (first, first + count),
            (table_stretch(tables[0], first, count),),
            (table_stretch(tables[1], first, count),),
        )
    ]
    trial.log10_p = log10_p([match])
    return trial


def table_plan(a: Side, b: Side) -> tuple[list[Stretch], list[Stretch]] | None:
    """The bytes that a comparison of tables reads of each side."""
    found = _tables(a, b)
    if found is None:
        return None
    first, count = token_rows(min((one.shape or (0,))[0] for one in found))
    return [table_stretch(found[0], first, count)], [table_stretch(found[1], first, count)]


def _tables(a: Side, b: Side) -> tuple[Weight, Weight] | None:
    """The largest pair of readable tables of the same width."""
    readable = {Storage.PLAIN, Storage.GGUF}
    for mine in sorted(largest_tables(a), key=lambda one: (-one.parameters, one.name)):
        for theirs in sorted(largest_tables(b), key=lambda one: (-one.parameters, one.name)):
            width = ((mine.shape or (0, 0))[1], (theirs.shape or (0, 0))[1])
            if width[0] == width[1] and {mine.storage, theirs.storage} <= readable:
                return mine, theirs
    return None


def largest_tables(side: Side) -> list[Weight]:
    """The tables of a component; a head where it has none."""
    tables = list(side.tables.values())
    return tables or [one for one in side.weights if one.place.role == "head" and one.shape and len(one.shape) == 2]


def table_stretch(weight: Weight, first: int, count: int) -> Stretch:
    """The bytes of some rows of a table."""
    row = weight.main.row_bytes
    return Stretch(weight.main.path, weight.main.start + first * row, count * row)

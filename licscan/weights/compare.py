"""Compares the weights of two models, component by component: from a few megabytes of ranges, with exact p-values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from licscan.core.evidence import Gap
from licscan.core.text import text
from licscan.sources.protocol import Hub, RepoInfo
from licscan.weights import extra
from licscan.weights.comparison import Comparison, ComponentResult
from licscan.weights.component_matching import Pair, pairs_of
from licscan.weights.equal_files import same_files
from licscan.weights.reading.reader import Reader, in_parallel
from licscan.weights.sampling.full_read import with_whole
from licscan.weights.sampling.open_model import Opened, open_model
from licscan.weights.sampling.prefetch import read_ahead, spare_for_tables
from licscan.weights.sampling.sampling import try_sides
from licscan.weights.shares import shares_from
from licscan.weights.statistics.component_test import Trial
from licscan.weights.statistics.embedding_dims import largest_tables, try_tables
from licscan.weights.statistics.gains import layers_of, learned_vectors
from licscan.weights.tensors.inventory import Inventory
from licscan.weights.tensors.view import Side
from licscan.weights.tokenizers import compare_tokenizers
from licscan.weights.verdict import DERIVED_R, FromScratch, Kind, Ruling, roll_up, rule_on


def compare(
    a: RepoInfo,
    b: RepoInfo,
    hub: Hub,
    *,
    hub_b: Hub | None = None,
    full: bool = False,
    budget: int | None = None,
    seed: int = 0,
    references: int = 1,
    tokenizers: bool = True,
    names: tuple[str, str] | None = None,
    seen: Callable[[str], None] | None = None,
) -> Comparison:
    """Hold the weights of A against those of B.

    `budget` is the number of bytes that may be read from each; `full` reads everything that the search for hidden
    copies needs. `references` is how many models A is held against in the same scan, for the correction of p-values;
    `names` is what the user calls the two, and `seen` is told of every stretch that was read.

    Raises:
        UsageError: the weights extra is not installed.
    """
    extra.check()
    hubs = (hub, hub_b or hub)
    opened = in_parallel(
        lambda one: open_model(one[0], one[1], budget, full=full, seen=seen), tuple(zip((a, b), hubs, strict=True)), 2
    )
    first, second = opened
    if isinstance(first.found, Gap) or isinstance(second.found, Gap):
        return _unread(first, second, seed, names)
    readers = (first.reader, second.reader)
    results = []
    pairs = pairs_of(first.sides, second.sides)
    read_ahead(pairs, readers, seed=seed, tokenizers=tokenizers)
    for pair in pairs:
        before = readers[0].meter.bytes + readers[1].meter.bytes
        result = _component(pair, (first.sides, second.sides), readers, first.found, references, seed, full=full)
        read = readers[0].meter.bytes + readers[1].meter.bytes - before
        results.append(replace(result, bytes_read=read + _read_ahead_for(result, readers)))
    results = _judged_together(results)
    alike = compare_tokenizers(readers, full=full) if tokenizers else None
    return Comparison(
        first.info,
        second.info,
        tuple(results),
        roll_up([one.kind for one in results]),
        same_files(first.info, second.info),
        alike,
        tuple(gap for one in (first, second) if isinstance(one.found, Inventory) for gap in one.found.gaps),
        (),
        seed,
        full,
        (readers[0].meter.bytes, readers[1].meter.bytes),
        (readers[0].meter.requests, readers[1].meter.requests),
        _untested(results),
        names or (str(a.id), str(b.id)),
    )


def _read_ahead_for(result: ComponentResult, readers: tuple[Reader, Reader]) -> int:
    """Bytes of a component's slabs that were there before it was its turn."""
    slabs = result.trial.results if result.trial is not None else []
    pieces = [(one, readers[0]) for slab in slabs for one in slab.a_read]
    pieces += [(one, readers[1]) for slab in slabs for one in slab.b_read]
    return sum(one.length for one, reader in dict.fromkeys(pieces) if reader.has(one))


def _component(
    pair: Pair,
    sides: tuple[Mapping[str, Side], Mapping[str, Side]],
    readers: tuple[Reader, Reader],
    found: Inventory,
    references: int,
    seed: int,
    *,
    full: bool,
) -> ComponentResult:
    """Test one component of A against its counterpart."""
    whole = sum(one.parameters for one in found.weights if one.place.role != "buffer") or 1
    if pair.b is None:
        why = text("B has no component of this kind and shape")
        return ComponentResult(pair.a.name, None, pair.a.parameters, (0.0, 0.0), Kind.NO_MATCH, None, 0.0, (why,))
    if not pair.a.layers and largest_tables(pair.a) and largest_tables(pair.b):
        trial = try_tables(pair.a, pair.b, readers, seed=seed)
    else:
        spare = 0 if full else spare_for_tables(readers)
        trial = try_sides(pair.a, pair.b, readers, seed=seed, spare=spare, everything=full)
    trial.tests *= max(1, references)
    if trial.is_significant and trial.layer_labels():
        _look_at_gains(pair, readers, trial)
    ruling = rule_on(trial, pair.shape_score)
    result = ComponentResult(
        pair.a.name,
        pair.b.name,
        pair.a.parameters,
        _share(trial, ruling, pair.a, whole),
        ruling.kind,
        trial,
        pair.shape_score,
        ruling.caveats,
    )
    return with_whole(pair, sides, readers, result, whole) if full else result


def _look_at_gains(pair: Pair, readers: tuple[Reader, Reader], trial: Trial) -> None:
    """Gains and biases of the layers that belong together, unless equal bytes have settled it."""
    if pair.b is None or trial.equal_bytes() >= 1.0:
        return
    labels = [(one.a, one.b) for one in trial.matched]
    pairs = list(
        zip(layers_of(pair.a, [a for a, _ in labels]), layers_of(pair.b, [b for _, b in labels]), strict=False)
    )
    learned = learned_vectors(pairs, readers)
    trial.gains_r, trial.gains_equal, trial.gains = learned.r, learned.equal, learned.count


def _share(trial: Trial, ruling: Ruling, side: Side, whole: int) -> tuple[float, float]:
    """What of A the verdict speaks of: at least the layers that were seen to match, at most the component."""
    if ruling.kind.rank > Kind.MERGE.rank:
        return 0.0, 0.0
    seen = min(side.parameters, sum(one.parameters for one in {r.a: r for r in trial.matched}.values()))
    is_mixed = len(trial.matched) < len(trial.results)
    tested = sum(one.parameters for one in {r.a: r for r in trial.results}.values())
    most = side.parameters - (tested - seen) if is_mixed else side.parameters
    return seen / whole, max(seen, most) / whole


def _judged_together(results: Sequence[ComponentResult]) -> list[ComponentResult]:
    """A table of embeddings alone cannot tell derivation from the same random beginning: it follows the layers."""
    layers = [one for one in results if one.trial is not None and one.trial.layer_labels()]
    strongest = min((one.kind.rank for one in layers if one.kind.rank <= Kind.DERIVED.rank), default=None)
    judged = []
    for one in results:
        r = one.trial.median_r() if one.trial is not None else None
        follows = one.name in {"embeddings", "lm_head"} and one.kind is Kind.SHARED_ORIGIN and strongest is not None
        if follows and r is not None and r >= DERIVED_R:
            why = text("the layers of the same model are derived, and so is this table (r {r})", r=f"{r:.2f}")
            judged.append(replace(one, kind=Kind.DERIVED, caveats=(why,)))
        else:
            judged.append(one)
    return judged


def _untested(results: Sequence[ComponentResult]) -> float:
    whole = sum(one.parameters for one in results) or 1
    return sum(one.parameters for one in results if one.trial is None or not one.trial.results) / whole


def _unread(first: Opened, second: Opened, seed: int, names: tuple[str, str] | None) -> Comparison:
    """One of the two could not be read at all."""
    gaps = tuple(one.found for one in (first, second) if isinstance(one.found, Gap))
    whole: list[ComponentResult] = []
    why = tuple(text("{id}: {detail}", id=gap.id, detail=gap.detail) for gap in gaps)
    if isinstance(first.found, Inventory):
        whole.extend(
            ComponentResult(part.name, None, part.parameters[0], (0.0, 0.0), Kind.UNTESTABLE, None, 0.0, why)
            for part in shares_from(first.found).components
        )
    else:
        whole.append(ComponentResult("whole", None, 0, (0.0, 0.0), Kind.UNTESTABLE, None, 0.0, why))
    meters = (first.reader.meter, second.reader.meter)
    return Comparison(
        first.info,
        second.info,
        tuple(whole),
        FromScratch.NOT_REFUTED,
        same_files(first.info, second.info),
        gaps=gaps,
        seed=seed,
        bytes_read=(meters[0].bytes, meters[1].bytes),
        requests=(meters[0].requests, meters[1].requests),
        untested=1.0,
        names=names or (str(first.info.id), str(second.info.id)),
    )

"""Compares the weights of two models, component by component: from a few megabytes of ranges, with exact p-values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from licscan.core.artifact import Source
from licscan.core.evidence import Gap
from licscan.core.text import Text, text
from licscan.hub.source import Hub, RepoInfo
from licscan.provenance import extra
from licscan.provenance.ahead import read_ahead, spare_for_tables
from licscan.provenance.attacks import anchors_of, note_of, search, verdict_of
from licscan.provenance.bnb import with_shapes
from licscan.provenance.dims import largest_tables, try_tables
from licscan.provenance.files import SameFile, same_files
from licscan.provenance.fixed_point import log10_p
from licscan.provenance.gains import layers_of, learned_vectors
from licscan.provenance.hashes import hash_share
from licscan.provenance.inventory import Inventory, inventory
from licscan.provenance.pairing import Pair, pairs_of, sides_of
from licscan.provenance.reader import Budget, Reader, in_parallel
from licscan.provenance.shares import shares_from
from licscan.provenance.tokenizers import TokenizerLikeness, compare_tokenizers
from licscan.provenance.trial import Trial, try_sides
from licscan.provenance.verdict import DERIVED_R, FromScratch, Kind, Ruling, roll_up, rule_on
from licscan.provenance.view import Side

LEAST_BUDGET = 400_000
MOST_BUDGET = 40_000_000
_PART_OF_FILE = 200
"""One in so many bytes may be read."""
_HASHED_ON_DISK = 2_000_000_000
"""Folders up to this size are hashed for the comparison of files."""


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


@dataclass(slots=True)
class Opened:
    """One model while it is compared."""

    info: RepoInfo
    reader: Reader
    found: Inventory | Gap
    sides: dict[str, Side] = field(default_factory=dict)


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
) -> Comparison:
    """Hold the weights of A against those of B.

    `budget` is the number of bytes that may be read from each; `full` reads everything that the search for hidden
    copies needs. `references` is how many models A is held against in the same scan, for the correction of p-values;
    `names` is what the user calls the two.

    Raises:
        UsageError: the weights extra is not installed.
    """
    extra.check()
    hubs = (hub, hub_b or hub)
    opened = in_parallel(
        lambda one: open_model(one[0], one[1], budget, full=full), tuple(zip((a, b), hubs, strict=True)), 2
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
        results.append(replace(result, bytes_read=read))
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


def open_model(info: RepoInfo, hub: Hub, budget: int | None, *, full: bool) -> Opened:
    """List the files with sizes and hashes, read the headers, and set the budget by the size of the weights."""
    if info.source is not Source.PATH or full or sum(one.size or 0 for one in info.files or ()) <= _HASHED_ON_DISK:
        listed = hub.listing(info)
        info = info if isinstance(listed, Gap) else replace(info, files=listed)
    reader = Reader(hub, info, Budget(MOST_BUDGET, 2000))
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
    return _fully(pair, sides, readers, result, whole) if full else result


def _fully(
    pair: Pair,
    sides: tuple[Mapping[str, Side], Mapping[str, Side]],
    readers: tuple[Reader, Reader],
    result: ComponentResult,
    whole: int,
) -> ComponentResult:
    """What only whole tensors tell: equal ones anywhere, and hidden copies."""
    trial = result.trial
    if pair.b is None or trial is None:
        return result
    equal = hash_share(pair.a.weights, pair.b.weights, readers)
    result = replace(result, hash_share=equal.share)
    if equal.tensors and result.kind.rank > Kind.DERIVED.rank:
        why = text(
            "{n} learned tensors are equal byte for byte: {names}", n=equal.tensors, names=", ".join(equal.names[:6])
        )
        share = (equal.parameters / whole, pair.a.parameters / whole)
        result = replace(result, kind=Kind.DERIVED, caveats=(why,), share=share)
    if result.kind.rank < Kind.ARCH_ONLY.rank and trial.is_significant:
        return result
    anchors = anchors_of(*sides, pair.a.name, pair.b.name)
    found = search(pair.a, pair.b, anchors, readers, trial)
    if found is None:
        if result.kind.rank < Kind.ARCH_ONLY.rank:
            return result
        kept = tuple(one for one in result.caveats if "--full" not in one.template)
        tried = text("also tested against re-ordered and pruned units, and permuted and rotated residual streams")
        return replace(result, caveats=(*kept, tried))
    kind, _ = verdict_of(found)
    trial.results = list(found.results)
    trial.log10_p = (
        log10_p([one.match for one in found.results]) if found.exact else sum(r.log10_p for r in found.results)
    )
    share = (0.0, pair.a.parameters / whole)
    strongest = min((kind, result.kind), key=lambda one: one.rank)
    kept = tuple(one for one in result.caveats if "--full" not in one.template)
    return replace(result, kind=strongest, attack=found.how, share=share, caveats=(*kept, note_of(found)))


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

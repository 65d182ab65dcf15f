"""What only whole tensors tell: equal ones anywhere in a component, and hidden copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from licscan.core.text import text
from licscan.weights.comparison import ComponentResult
from licscan.weights.component_matching import Pair
from licscan.weights.hidden_copies import anchors_of, note_of, search, verdict_of
from licscan.weights.reading.reader import Reader
from licscan.weights.statistics.fixed_point import log10_p
from licscan.weights.tensor_hashes import hash_share
from licscan.weights.tensors.view import Side
from licscan.weights.verdict import Kind


def with_whole(
    pair: Pair,
    sides: tuple[Mapping[str, Side], Mapping[str, Side]],
    readers: tuple[Reader, Reader],
    result: ComponentResult,
    whole: int,
) -> ComponentResult:
    """The result with what a search of whole tensors adds."""
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
    share = (equal.parameters / whole, pair.a.parameters / whole)
    strongest = min((kind, result.kind), key=lambda one: one.rank)
    kept = tuple(one for one in result.caveats if "--full" not in one.template)
    return replace(
        result, kind=strongest, attack=found.how, exact=found.exact, share=share, caveats=(*kept, note_of(found))
    )

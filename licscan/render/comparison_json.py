"""The machine-readable answer of a comparison: its own frozen shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licscan.version import VERSION
from licscan.weights.comparison import Comparison, ComponentResult
from licscan.weights.statistics.component_test import SlabResult


def answer(found: Comparison, stats: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The shape that other programs rely on."""
    return {
        "a": found.names[0],
        "b": found.names[1],
        "revisions": {"a": found.a.revision, "b": found.b.revision},
        "components": [_component(one) for one in found.components],
        "from_scratch": found.from_scratch.value,
        "untested_share": _round(found.untested, 4),
        "same_files": [
            {"a": one.path, "b": one.path_b, "sha256": one.sha256, "size": one.size} for one in found.same_files
        ],
        "tokenizer": _tokenizer(found),
        "gaps": [
            {"id": gap.id, "reason": gap.reason.value, "detail": gap.detail, "place": gap.place} for gap in found.gaps
        ],
        "seed": found.seed,
        "full": found.full,
        "version": VERSION,
        "stats": {"bytes": sum(found.bytes_read), "requests": sum(found.requests), **(stats or {})},
    }


def _component(one: ComponentResult) -> dict[str, Any]:
    trial = one.trial
    results = trial.results if trial is not None else []
    has = bool(results)
    return {
        "name": one.name,
        "counterpart": one.counterpart,
        "parameters": one.parameters,
        "share": [_round(one.share[0], 6), _round(one.share[1], 6)],
        "verdict": one.kind.value,
        "log10_p": _round(trial.log10_p, 1) if trial is not None and has and one.exact else None,
        "alpha_log10": _round(trial.alpha, 1) if trial is not None and has else None,
        "fixed": sum(result.match.fixed for result in results),
        "rows": sum(result.match.rows for result in results),
        "groups": len(results),
        "r_median": _round(trial.median_r(), 4) if trial is not None else None,
        "r_min": _round(trial.least_r(), 4) if trial is not None else None,
        "gains_r": _round(trial.gains_r, 4) if trial is not None else None,
        "equal_bytes": _round(trial.equal_bytes(), 4) if trial is not None else 0.0,
        "bytes_read": one.bytes_read,
        "shape_score": _round(one.shape_score, 3),
        "layers": [_layer(result, exact=one.exact) for result in results],
        "experts": [[expert, match.fixed, match.rows] for expert, match in trial.experts] if trial is not None else [],
        "attack": one.attack,
        "hash_share": _round(one.hash_share, 4),
        "merge": {"weights": {name: _round(share, 3) for name, share in one.merge}, "r2": _round(one.merge_fit, 3)}
        if one.merge
        else None,
        "caveats": [str(caveat) for caveat in one.caveats],
    }


def _layer(result: SlabResult, *, exact: bool) -> dict[str, Any]:
    return {
        "a": result.a,
        "b": result.b,
        "role": result.role,
        "units": list(result.rows),
        "fixed": result.match.fixed,
        "rows": result.match.rows,
        "log10_p": _round(result.log10_p, 1) if exact else None,
        "r": _round(result.r, 4),
        "distance": _round(result.distance, 4),
        "equal": result.equal,
        "read": {
            "a": [[one.path, one.start, one.length] for one in result.a_read],
            "b": [[one.path, one.start, one.length] for one in result.b_read],
        },
    }


def _tokenizer(found: Comparison) -> dict[str, Any] | None:
    one = found.tokenizer
    if one is None:
        return None
    return {
        "verdict": one.verdict,
        "same_id": _round(one.same_id, 4),
        "contained": _round(one.contained, 4),
        "jaccard": _round(one.jaccard, 4),
        "leading_merges": one.merges,
        "sizes": list(one.sizes),
        "detail": one.detail,
    }


def _round(number: float | None, digits: int) -> float | None:
    if number is None or number != number or number in {float("inf"), float("-inf")}:  # noqa: PLR0124  (NaN)
        return None
    return round(number, digits) + 0.0

"""A comparison as plain text: one block for each component, one line for each layer that was tested."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from licscan.core.text import harmless
from licscan.weights.comparison import Comparison, ComponentResult
from licscan.weights.shares import millions
from licscan.weights.statistics.component_test import SlabResult

_WIDTH = 100


def table(found: Comparison) -> str:
    """The whole page."""
    lines = [f"A  {_named(found, 0)}", f"B  {_named(found, 1)}", ""]
    for one in found.components:
        lines.extend(_component(one))
        lines.append("")
    lines.extend(_about(found))
    return "\n".join(harmless(line) for line in lines) + "\n"


def _named(found: Comparison, side: int) -> str:
    info = (found.a, found.b)[side]
    return found.names[side] + (f"@{info.revision}" if info.revision else "")


def _component(one: ComponentResult) -> Iterator[str]:
    against = f" against {one.counterpart}" if one.counterpart not in {None, one.name} else ""
    yield f"{one.name}{against}: {one.kind.value}"
    yield f"  {', '.join(facts_of(one))}"
    if one.trial is not None and one.trial.results:
        yield from _layers(one.trial.results, exact=one.exact)
    for caveat in one.caveats:
        yield from wrap(str(caveat), _WIDTH, initial_indent="  - ", subsequent_indent="    ")


def facts_of(one: ComponentResult) -> list[str]:
    """What can be said of a component in a few words each."""
    facts = [f"{millions(one.parameters)} parameters"]
    if one.share[1] > 0:
        low, high = (f"{share:.1%}" for share in one.share)
        facts.append(f"share of A {low if low == high else f'{low} to {high}'}")
    trial = one.trial
    if trial is not None and trial.results:
        fixed, rows = sum(r.match.fixed for r in trial.results), sum(r.match.rows for r in trial.results)
        p = f"p {power(trial.log10_p)} (counts from {power(trial.alpha)})" if one.exact else "no p: an empirical search"
        facts.append(f"{fixed} of {rows} units in place, {p}")
        if (r := trial.median_r()) is not None:
            facts.append(f"r {r:.3f}")
        facts.append(f"{trial.equal_bytes():.0%} equal")
    if one.hash_share:
        facts.append(f"{one.hash_share:.1%} in equal tensors")
    facts.append(f"{one.bytes_read:,} bytes read")
    return facts


def power(log10: float) -> str:
    """A p-value as people write it."""
    return "1" if log10 > -0.05 else f"{10**log10:.2f}" if log10 > -2 else f"10^{log10:.0f}"


def _layers(results: list[SlabResult], *, exact: bool) -> Iterator[str]:
    widths = [
        max(len(text) for text in column) for column in zip(*(_cells(one, exact=exact) for one in results), strict=True)
    ]
    for one in results:
        cells = [cell.ljust(width) for cell, width in zip(_cells(one, exact=exact), widths, strict=True)]
        yield ("    " + "  ".join(cells)).rstrip()


def _cells(one: SlabResult, *, exact: bool) -> tuple[str, ...]:
    where = one.a if one.a == one.b else f"{one.a} = {one.b}"
    r = "" if one.r is None else f"r {one.r:.3f}"
    return (
        where,
        one.role,
        f"{one.match.fixed}/{one.match.rows}",
        f"p {power(one.log10_p)}" if exact else "",
        r,
        "equal" if one.equal else "",
    )


def _about(found: Comparison) -> Iterator[str]:
    for same in found.same_files[:20]:
        yield f"same file: {same.path} = {same.path_b} (sha256 {same.sha256[:16]}...)"
    if found.tokenizer is not None:
        one = found.tokenizer
        figures = [
            f"same id {one.same_id:.1%}" if one.same_id is not None else "",
            f"contained {one.contained:.1%}" if one.contained is not None else "",
            f"{one.merges} leading merges" if one.merges is not None else "",
            one.detail,
        ]
        said = ", ".join(figure for figure in figures if figure)
        yield f"tokenizer: {one.verdict}" + (f" ({said})" if said else "")
    for gap in found.gaps[:10]:
        yield f"not read: {gap.place or gap.id}: {gap.detail}"
    yield f"A trained from scratch, if B is another party's: {found.from_scratch.value}"
    yield "p-values are symmetric and say nothing of who came first; distillation from outputs is not tested"
    yield (
        f"read {sum(found.bytes_read):,} bytes in {sum(found.requests)} requests; seed {found.seed}; "
        f"{found.untested:.1%} of A's parameters are in components that no test reached"
    )

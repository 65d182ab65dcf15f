"""A comparison as plain text: one block for each component, one line for each layer that was tested."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from licscan.core.amounts import count, percent
from licscan.core.text import Text, harmless, text
from licscan.render.wording import component_name
from licscan.weights.comparison import Comparison, ComponentResult
from licscan.weights.statistics.component_test import SlabResult
from licscan.weights.tokenizers import TokenizerLikeness
from licscan.words import grouped, say

_WIDTH = 100


def table(found: Comparison, lang: str = "en") -> str:
    """The whole page, in the reader's language; verdicts and roles stay as programs know them."""
    lines = [f"A  {_named(found, 0)}", f"B  {_named(found, 1)}", ""]
    for one in found.components:
        lines.extend(_component(one, lang))
        lines.append("")
    lines.extend(say(one, lang) for one in about(found))
    return "\n".join(harmless(line) for line in lines) + "\n"


def _named(found: Comparison, side: int) -> str:
    info = (found.a, found.b)[side]
    return found.names[side] + (f"@{info.revision}" if info.revision else "")


def _component(one: ComponentResult, lang: str) -> Iterator[str]:
    yield f"{say(title_of(one, lang), lang)}: {one.kind.value}"
    yield f"  {', '.join(say(fact, lang) for fact in facts_of(one))}"
    if one.trial is not None and one.trial.results:
        yield from _layers(one.trial.results, lang, exact=one.exact)
    for caveat in one.caveats:
        yield from wrap(say(caveat, lang), _WIDTH, initial_indent="  - ", subsequent_indent="    ")


def title_of(one: ComponentResult, lang: str) -> Text:
    """The component, and what it was held against where that has another name."""
    name = component_name(one.name, lang)
    if one.counterpart in {None, one.name}:
        return text("{name}", name=name)
    return text("{name} against {other}", name=name, other=component_name(str(one.counterpart), lang))


def facts_of(one: ComponentResult) -> list[Text]:
    """What can be said of a component in a few words each."""
    facts = [text("{n} parameters", n=count(one.parameters))]
    if one.share[1] > 0:
        facts.append(text("share of A: {share}", share=percent(one.share)))
    trial = one.trial
    if trial is not None and trial.results:
        fixed, rows = sum(r.match.fixed for r in trial.results), sum(r.match.rows for r in trial.results)
        facts.append(text("{fixed} of {rows} units in place", fixed=fixed, rows=rows))
        facts.append(
            text("p {p} (counts from {alpha})", p=power(trial.log10_p), alpha=power(trial.alpha))
            if one.exact
            else text("no p: an empirical search")
        )
        if (r := trial.median_r()) is not None:
            facts.append(text("correlation {r}", r=f"{r:.3f}"))
        facts.append(text("{share} equal", share=f"{trial.equal_bytes():.0%}"))
    if one.hash_share:
        facts.append(text("{share} in equal tensors", share=f"{one.hash_share:.1%}"))
    facts.append(text("{n} bytes read", n=grouped(one.bytes_read)))
    return facts


def power(log10: float) -> str:
    """A p-value as people write it."""
    return "1" if log10 > -0.05 else f"{10**log10:.2f}" if log10 > -2 else f"10^{log10:.0f}"


def _layers(results: list[SlabResult], lang: str, *, exact: bool) -> Iterator[str]:
    rows = [_cells(one, lang, exact=exact) for one in results]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield ("    " + "  ".join(cells)).rstrip()


def _cells(one: SlabResult, lang: str, *, exact: bool) -> tuple[str, ...]:
    where = one.a if one.a == one.b else f"{one.a} = {one.b}"
    r = "" if one.r is None else f"r {one.r:.3f}"
    return (
        where,
        one.role,
        f"{one.match.fixed}/{one.match.rows}",
        f"p {power(one.log10_p)}" if exact else "",
        r,
        say(text("equal"), lang) if one.equal else "",
    )


def about(found: Comparison) -> Iterator[Text]:
    """What holds for the comparison as a whole."""
    for same in found.same_files[:20]:
        yield text("same file: {a} = {b} (sha256 {hash}...)", a=same.path, b=same.path_b, hash=same.sha256[:16])
    if found.tokenizer is not None:
        yield text("tokenizer: {verdict}", verdict=", ".join(_tokenizer(found.tokenizer)))
    for gap in found.gaps[:10]:
        yield text("not read: {place}: {detail}", place=gap.place or gap.id, detail=gap.detail)
    yield text("A trained from scratch, if B is another party's: {verdict}", verdict=found.from_scratch.value)
    yield text("p-values are symmetric and say nothing of who came first; distillation from outputs is not tested")
    yield text(
        "read {bytes} bytes in {requests} requests; seed {seed}; {untested} of A's parameters are in components that "
        "no test reached",
        bytes=grouped(sum(found.bytes_read)),
        requests=sum(found.requests),
        seed=found.seed,
        untested=f"{found.untested:.1%}",
    )


def _tokenizer(one: TokenizerLikeness) -> Iterator[str]:
    """Verdict and figures, as programs know them."""
    yield one.verdict
    if one.same_id is not None:
        yield f"same id {one.same_id:.1%}"
    if one.contained is not None:
        yield f"contained {one.contained:.1%}"
    if one.merges is not None:
        yield f"{one.merges} leading merges"
    if one.detail:
        yield one.detail

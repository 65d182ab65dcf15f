"""A comparison as a page with a picture: for each component, likeness and p-value layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from licscan.core.text import Text, harmless, text
from licscan.render.comparison_table import about, facts_of, power, title_of
from licscan.weights.comparison import Comparison, ComponentResult
from licscan.weights.statistics.component_test import SlabResult
from licscan.weights.verdict import Kind
from licscan.words import say

_COLOURS = {
    Kind.COPY: "#b3261e",
    Kind.DERIVED: "#d1571b",
    Kind.SHARED_ORIGIN: "#a86a00",
    Kind.MERGE: "#a86a00",
    Kind.ARCH_ONLY: "#4a6572",
    Kind.CANDIDATE: "#4a6572",
    Kind.NO_MATCH: "#2e7d32",
    Kind.UNTESTABLE: "#616161",
}
_BAR, _GAP, _HIGH, _LEFT, _NARROWEST = 22, 6, 120, 44, 200
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1c1b1f;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin:2rem 0 .2rem}
.v{color:#fff;border-radius:.3rem;padding:.1rem .5rem;font-size:.9rem}
.facts,.about{color:#49454f}svg{max-width:100%;height:auto}table{border-collapse:collapse}
td,th{padding:.15rem .7rem;text-align:left;border-bottom:1px solid #e0e0e0;font-variant-numeric:tabular-nums}
@media(prefers-color-scheme:dark){body{background:#141218;color:#e6e1e5}.facts,.about{color:#cac4d0}
td,th{border-color:#49454f}svg text{fill:#e6e1e5}}
"""


def page(found: Comparison, lang: str = "en") -> str:
    """The whole page in the reader's language; every name on it comes from outside and is escaped."""
    names = [_safe(name) for name in found.names]
    revisions = [_safe(f" {info.revision[:12]}" if info.revision else "") for info in (found.a, found.b)]
    parts = [
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{names[0]} and {names[1]}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_spoken(text('Do the weights of {a} come from {b}?', a=found.names[0], b=found.names[1]), lang)}</h1>",
        f'<p class="about">A: {names[0]}{revisions[0]}; B: {names[1]}{revisions[1]}.</p>',
    ]
    for one in found.components:
        parts.extend(_component(one, lang))
    parts.extend(f'<p class="about">{_spoken(line, lang)}</p>' for line in about(found))
    parts.append("</body></html>\n")
    return "\n".join(parts)


def _safe(words: str) -> str:
    return escape(harmless(words), quote=True)


def _spoken(sentence: Text, lang: str) -> str:
    return _safe(say(sentence, lang))


def _component(one: ComponentResult, lang: str) -> Iterator[str]:
    kind = one.kind
    title = _spoken(title_of(one, lang), lang)
    yield f'<h2>{title} <span class="v" style="background:{_COLOURS[kind]}">{kind.value}</span></h2>'
    yield f'<p class="facts">{_safe(", ".join(say(fact, lang) for fact in facts_of(one)))}</p>'
    results = one.trial.results if one.trial is not None else []
    if results:
        yield _chart(one, results, lang)
        numbers = _numbers(results, lang, exact=one.exact)
        yield f"<details><summary>{_spoken(text('Numbers'), lang)}</summary>{numbers}</details>"
    if one.caveats:
        yield "<ul>" + "".join(f"<li>{_spoken(caveat, lang)}</li>" for caveat in one.caveats) + "</ul>"


def _chart(one: ComponentResult, results: list[SlabResult], lang: str) -> str:
    """Bars: how like the layers are; filled where the units match beyond doubt."""
    alpha = one.trial.alpha if one.trial is not None else -9.0
    colour = _COLOURS[one.kind]
    width = max(_LEFT + len(results) * (_BAR + _GAP) + 10, _NARROWEST)
    matching = sum(r.log10_p <= alpha for r in results)
    said = _spoken(
        text("{name}: {n} of {all} tested layers match", name=title_of(one, lang), n=matching, all=len(results)), lang
    )
    high = _HIGH + 40
    parts = [
        f'<svg role="img" aria-label="{said}" viewBox="0 0 {width} {high}" width="{width}" height="{high}">',
        f"<title>{said}</title>",
    ]
    for value in (0.0, 0.5, 1.0):
        y = 10 + _HIGH * (1 - value)
        parts.append(
            f'<line x1="{_LEFT - 4}" x2="{width}" y1="{y:.1f}" y2="{y:.1f}" stroke="#9e9e9e" stroke-width=".5"/>'
        )
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" font-size="11" text-anchor="end">{value:.1f}</text>')
    for index, result in enumerate(results):
        r = max(0.0, result.r or 0.0)
        x, tall = _LEFT + index * (_BAR + _GAP), max(1.0, _HIGH * r)
        fill = colour if result.log10_p <= alpha or result.equal else "none"
        p = f", p {power(result.log10_p)}" if one.exact else ""
        hint = _safe(f"{result.a} and {result.b}: {result.match.fixed}/{result.match.rows}{p}")
        parts.append(
            f'<rect x="{x}" y="{10 + _HIGH - tall:.1f}" width="{_BAR}" height="{tall:.1f}" fill="{fill}" '
            f'stroke="{colour}"><title>{hint}</title></rect>'
        )
        last = result.a.rpartition(".")[2]
        number = _safe(last[:4]) if last.isdecimal() else str(index + 1)
        parts.append(f'<text x="{x + _BAR / 2}" y="{_HIGH + 26}" font-size="11" text-anchor="middle">{number}</text>')
    legend = _spoken(text("r by matrix; filled: p counts"), lang)
    parts.append(f'<text x="{_LEFT}" y="{_HIGH + 38}" font-size="10">{legend}</text></svg>')
    return "".join(parts)


def _numbers(results: list[SlabResult], lang: str, *, exact: bool) -> str:
    yes, no = _spoken(text("yes"), lang), _spoken(text("no"), lang)
    rows = "".join(
        f"<tr><td>{_safe(one.a)}</td><td>{_safe(one.b)}</td><td>{_safe(one.role)}</td>"
        f"<td>{one.match.fixed}/{one.match.rows}</td><td>{power(one.log10_p) if exact else ''}</td>"
        f"<td>{'' if one.r is None else f'{one.r:.4f}'}</td><td>{yes if one.equal else no}</td>"
        f"<td>{_safe('; '.join(f'{s.path} {s.start}+{s.length}' for s in one.a_read))}</td></tr>"
        for one in results
    )
    matrix, place, equal, read = (
        _spoken(one, lang) for one in (text("matrix"), text("in place"), text("equal"), text("bytes of A"))
    )
    head = "".join(f"<th>{name}</th>" for name in ("A", "B", matrix, place, "p", "r", equal, read))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

"""The lineage as a picture: layered SVG, made here and not in the browser, so that it prints and works without scripts.

Nothing is said by colour alone: verdicts differ by dash and weight and carry a word, licence states by outline and
words. All looks come from classes; the page's style sheet defines them, because its content policy forbids style
attributes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.license import Category, Resolution, keys_of
from licscan.core.lineage import Link
from licscan.core.report import Report
from licscan.core.text import harmless, text
from licscan.render.labels import caption
from licscan.render.layers import Placed, place
from licscan.render.wording import (
    GAPS,
    KINDS,
    SHORT_RELATIONS,
    STATES,
    VERDICTS,
    called,
    component_name,
    state_of,
)
from licscan.words import grouped, say

MOST_BOXES = 300
"""More than these are not drawn; the appendix lists all."""
_WIDE, _HIGH = 232, 62
_GAP = 14
_PITCH = 378
_MARGIN = 12
_LINE, _BOLD_LINE = 34, 29
"""Letters of half width in one line of a box, and in the line with its name."""
_LABELS = 4

_CATEGORY_CLASS = {
    Category.NON_COMMERCIAL: "strict",
    Category.RESEARCH_ONLY: "strict",
    Category.NO_DERIVATIVES: "strict",
    Category.COMMERCIAL_LIMITED: "bound",
    Category.USE_RESTRICTED: "bound",
    Category.COPYLEFT: "share",
    Category.WEAK_COPYLEFT: "share",
    Category.PERMISSIVE: "free",
    Category.PUBLIC_DOMAIN: "free",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """The SVG and what it leaves out."""

    svg: str
    shown: int
    hidden: int


def draw(report: Report, anchors: Mapping[str, str]) -> Picture:
    """Draw the lineage; `anchors` names the place of each node in the page."""
    kept = _kept(report)
    links = [one for one in report.lineage.links if one.child in kept and one.parent in kept]
    placed = place(report.subject, [(one.child, one.parent) for one in links], _HIGH, _GAP)
    wide = _MARGIN * 2 + _WIDE + _PITCH * (placed.layers - 1)
    high = round(placed.height + _MARGIN * 2)
    title = say(text("Lineage of {name}", name=harmless(report.subject)), report.lang)
    head = (
        f'<svg class="lineage" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="group" '
        f'aria-labelledby="picture-title picture-words"><title id="picture-title">{escape(title)}</title>'
        f'<desc id="picture-words">{escape(_summary(report, links))}</desc>{_DEFINITIONS}'
    )
    parts = [
        head,
        *_lines(links, placed, report),
        *(_box(report.lineage[name], placed, report, anchors) for name in sorted(placed.layer)),
        *_line_labels(links, placed, report),
        "</svg>",
    ]
    shown = len(placed.layer)
    return Picture("".join(parts), shown, len(report.lineage) - shown)


_DEFINITIONS = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" '
    'markerUnits="userSpaceOnUse" orient="auto">'
    '<path d="M0 0 8 4 0 8z" class="tip"/></marker>'
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 0V6" class="hatch"/></pattern></defs>'
)


def _kept(report: Report) -> frozenset[str]:
    """The nodes to draw: all, or the nearest and every one that a finding or a gap speaks of, with the way to it."""
    lineage = report.lineage
    if len(lineage) <= MOST_BOXES:
        return frozenset(lineage.artifacts)
    wanted = [report.subject]
    for finding in report.findings:
        wanted += finding.path or (finding.subject,)
    wanted += sorted(lineage.artifacts, key=lambda name: (lineage.depth(name) < 0, lineage.depth(name), name))
    kept: dict[str, None] = {}
    for name in wanted:
        if name not in lineage:
            continue
        way = lineage.path(report.subject, name)
        if len(kept.keys() | set(way)) > MOST_BOXES:
            continue
        kept.update(dict.fromkeys(way))
        if len(kept) >= MOST_BOXES:
            break
    return frozenset(kept)


def _summary(report: Report, links: list[Link]) -> str:
    return say(
        text(
            "{nodes} boxes and {links} arrows; an arrow leads from what was used to what was made of it. "
            "The table below says the same in words.",
            nodes=grouped(len(report.lineage)),
            links=grouped(len(links)),
        ),
        report.lang,
    )


def _left(placed: Placed, name: str) -> float:
    return _MARGIN + _PITCH * placed.layer[name]


def _box(artifact: Artifact, placed: Placed, report: Report, anchors: Mapping[str, str]) -> str:
    name = artifact.id
    x, y = _left(placed, name), placed.middle[name] + _MARGIN - _HIGH / 2
    resolution = report.resolutions[name]
    whole = caption(artifact)
    org, slash, short = whole.rpartition("/")
    state = "gap" if artifact.gap else state_of(resolution)
    classes = f"box {state}" + (" subject" if name == report.subject else "")
    license = _license_line(artifact, resolution, report)
    aria = escape(f"{whole}. {license}", quote=True)
    lines = (("org", org + slash if slash else called(KINDS, artifact.kind, report.lang)), ("name", short or whole))
    rows = "".join(
        _row(kind, line, x, y + 16 + 16 * at) for at, (kind, line) in enumerate((*lines, ("terms", license)))
    )
    target = anchors.get(name, "")
    return (
        f'<a href="#{target}" data-node="{target}" aria-label="{aria}"><g class="{classes}">'
        f"<title>{escape(whole)}</title>"
        f'<rect class="paper" x="{x:g}" y="{y:g}" width="{_WIDE}" height="{_HIGH}" rx="{_corner(artifact)}"/>'
        f'<rect class="strip {_category(resolution, report)}" x="{x:g}" y="{y:g}" width="5" height="{_HIGH}"/>'
        f"{rows}{_share_bar(name, x, y, report)}</g></a>"
    )


def _row(kind: str, line: str, x: float, y: float) -> str:
    room = _BOLD_LINE if kind == "name" else _LINE
    return f'<text class="{kind}" x="{x + 12:g}" y="{y:g}">{escape(_cut(line, room))}</text>'


def _corner(artifact: Artifact) -> int:
    return {NodeKind.DATASET: 14, NodeKind.COMPONENT: 0, NodeKind.EXTERNAL: 0}.get(artifact.kind, 4)


def _license_line(artifact: Artifact, resolution: Resolution, report: Report) -> str:
    if artifact.gap is not None:
        return called(GAPS, artifact.gap.reason, report.lang)
    keys = keys_of(resolution)
    names = " / ".join(report.licenses[key].name if key in report.licenses else key for key in keys)
    if state_of(resolution) == "resolved":
        return names or harmless(getattr(resolution, "expression", ""))
    words = called(STATES, state_of(resolution), report.lang)
    return f"{words}: {names}" if names else words


def _category(resolution: Resolution, report: Report) -> str:
    """The class of the strictest licence that may hold."""
    found = [report.licenses[key].category for key in keys_of(resolution) if key in report.licenses]
    classes = {_CATEGORY_CLASS.get(one, "") for one in found}
    return next((one for one in ("strict", "bound", "share", "free") if one in classes), "nothing")


def _share_bar(name: str, x: float, y: float, report: Report) -> str:
    """For a part: its share of the parameters of what it is part of, as a bar along the foot of the box."""
    shares = [link.share for link in report.lineage.down(name) if link.share is not None]
    if not shares:
        return ""
    low, high = min(one[0] for one in shares), max(one[1] for one in shares)
    length = round(_WIDE * max(0.0, min(1.0, (low + high) / 2)), 1)
    return (
        f'<rect class="share-all" x="{x:g}" y="{y + _HIGH - 5:g}" width="{_WIDE}" height="5"/>'
        f'<rect class="share-part" x="{x:g}" y="{y + _HIGH - 5:g}" width="{length:g}" height="5"/>'
    )


def _lines(links: list[Link], placed: Placed, report: Report) -> Iterator[str]:
    drawn: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        drawn[link.child, link.parent].append(link)
    for pair, group in sorted(drawn.items()):
        verdict = max((_verdict(link, report) for link in group), key=_GRAVITY.index)
        sure = "" if all(link.declared for link in group) else " silent"
        yield f'<path class="link {verdict}{sure}" marker-end="url(#tip)" d="{_way(pair, placed)}"/>'


_GRAVITY = ("same", "ok", "conditions", "unknown", "depends", "conflict")


def _verdict(link: Link, report: Report) -> str:
    judgement = report.judgements.get(link.key)
    return str(judgement.verdict) if judgement else "unknown"


def _way(pair: tuple[str, str], placed: Placed) -> str:
    """From the parent's left side to the child's right side, through the places kept free for it."""
    child, parent = pair
    end = (_left(placed, child) + _WIDE + 3, placed.middle[child] + _MARGIN)
    start = (_left(placed, parent), placed.middle[parent] + _MARGIN)
    if pair not in placed.through:  # closes a circle: leaves below and comes back from outside
        down = placed.height + _MARGIN * 1.5
        return f"M{start[0]:g} {start[1]:g}C{start[0] - 60:g} {down:g} {end[0] + 60:g} {down:g} {end[0]:g} {end[1]:g}"
    passing: list[tuple[float, float]] = []
    for layer, middle in reversed(placed.through[pair]):
        x = _MARGIN + _PITCH * layer
        passing += [(x + _WIDE, middle + _MARGIN), (x, middle + _MARGIN)]
    drawn = f"M{start[0]:g} {start[1]:g}"
    here = start
    for at, there in enumerate((*passing, end)):
        if at % 2 == 1:
            drawn += f"H{there[0]:g}"
        else:
            bend = (here[0] - there[0]) / 2
            drawn += f"C{here[0] - bend:g} {here[1]:g} {there[0] + bend:g} {there[1]:g} {there[0]:g} {there[1]:g}"
        here = there
    return drawn


def _line_labels(links: list[Link], placed: Placed, report: Report) -> Iterator[str]:
    """What each arrow means, at the parent, where every box has room of its own."""
    at: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        at[link.parent].append(link)
    for parent, group in sorted(at.items()):
        x, y = _left(placed, parent) - 6, placed.middle[parent] + _MARGIN
        shown: dict[tuple[str, ...], str] = {}
        for link in group:
            shown.setdefault(_label(link, report), _verdict(link, report))
        lines = list(shown.items())
        if len(lines) > _LABELS:
            lines = [*lines[: _LABELS - 1], ((f"+{len(lines) - _LABELS + 1}",), "ok")]
        rows = [(part, verdict) for words, verdict in lines for part in words]
        for number, (words, verdict) in enumerate(rows):
            down = y - 5 if number == 0 else y + 13 * number
            yield f'<text class="label {verdict}" x="{x:g}" y="{down:g}">{escape(words)}</text>'


def _label(link: Link, report: Report) -> tuple[str, ...]:
    """One or two short lines: what it is, and what is wrong with it."""
    lang = report.lang
    words = component_name(link.component, lang) if link.component else called(SHORT_RELATIONS, link.relation, lang)
    if link.share is not None:
        low, high = link.share
        words += f" {low * 100:.1f} %" if round(low, 3) == round(high, 3) else f" {low * 100:.1f}-{high * 100:.1f} %"
    doubts = [] if link.declared else [say(text("undeclared"), lang)]
    verdict = _verdict(link, report)
    if verdict in {"conflict", "depends"}:
        doubts.append(called(VERDICTS, verdict, lang))
    first = harmless(words + (" ?" if link.confidence.rank else ""))
    return (first, " · ".join(doubts)) if doubts else (first,)


def _cut(line: str, room: int) -> str:
    """As much of a line as fits into a box; wide letters count twice."""
    from rich.cells import cell_len, set_cell_size

    return line if cell_len(line) <= room else set_cell_size(line, room - 1).rstrip() + "…"

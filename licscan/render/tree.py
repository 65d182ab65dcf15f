"""The tree: lineage, licences and findings for a terminal.

The same lines serve the terminal writer, which colours and wraps them, and `render`, which writes them plain.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core.artifact import Artifact, FactKind, NodeKind
from licscan.core.coverage import PLACE, Look, by_reason
from licscan.core.judgement import Verdict
from licscan.core.license import Disputed, License, Resolution, Resolved, Unrecognised, keys_of
from licscan.core.lineage import Link, Relation
from licscan.core.report import Report
from licscan.core.text import harmless, text
from licscan.render.lines import Line, Piece, joined, name_of, place_of, share_of, short, size_of, some
from licscan.render.profile import profile_line
from licscan.render.told import rows, told
from licscan.render.wording import (
    CONFIDENCES,
    GAPS,
    LOOKED_AT,
    RELATIONS,
    SOURCES,
    STATES,
    VERDICTS,
    called,
    component_name,
    why_not_read,
)
from licscan.words import say

_SHOWN_EVIDENCE = 3
_PAGE = 58
"""Rows of a page on which the tree and what it comes to should fit."""
_MANY_PARENTS = 6
_FEW = 2
"""Data sets of which nothing was seen that still have lines of their own."""
_STYLES = {
    Verdict.CONDITIONS: "dim",
    Verdict.CONFLICT: "bad",
    Verdict.DEPENDS: "warn",
    Verdict.UNKNOWN: "warn",
}
"""Verdicts that are worth a word on the branch."""


def render(report: Report) -> str:
    """The tree as plain text, without wrapping."""
    return plain(report)


def plain(report: Report, *, verbose: bool = False) -> str:
    """The same with everything in it, where `verbose`."""
    return "".join(f"{line}\n" for line in lines(report, verbose=verbose))


def lines(report: Report, *, verbose: bool = False) -> Iterator[Line]:
    """Every line of the tree, the findings and the summary; findings of mere information only if `verbose`."""
    head = [Line((Piece(profile_line(report.use, report.lang), "dim"),)), Line(), *_branches(report)]
    yield from head
    yield from told(report, verbose=verbose, room=_PAGE - rows(head))


def _branches(report: Report) -> Iterator[Line]:
    shown: set[str] = set()
    # A stack instead of recursion: a lineage may be deeper than Python's.
    waiting: list[tuple[str, Link | None, str, str]] = [(report.subject, None, "", "")]
    while waiting:
        node, link, first, rest = waiting.pop()
        artifact = report.lineage[node]
        again = node in shown
        shown.add(node)
        ups, unread = ((), ()) if again else _parted(report, node)
        inner = rest + ("│   " if ups or unread else "    ")
        yield Line(tuple(_head(artifact, link, report, again=again)), first, inner)
        if not again:
            yield from (Line(pieces, inner, inner + "  ") for pieces in _facts(artifact, report))
        if link is not None and not _is_candidate(link, report):
            yield from (Line(pieces, inner, inner + "  ") for pieces in _why(link, report))
        if unread:
            yield Line(tuple(_unread(unread, report)), rest + ("├── " if ups else "└── "), rest + "│   " * bool(ups))
        for place, up in reversed(list(enumerate(ups))):
            last = place == len(ups) - 1
            waiting.append((up.parent, up, rest + ("└── " if last else "├── "), rest + ("    " if last else "│   ")))


def _parted(report: Report, node: str) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """The links of a node: those that have lines of their own, and training data of which nothing was seen."""
    ups = report.lineage.up(node)
    unread = tuple(up for up in ups if up.relation is Relation.TRAINED_ON and report.lineage[up.parent].gap is not None)
    return (ups, ()) if len(unread) <= _FEW else (tuple(up for up in ups if up not in unread), unread)


def _unread(unread: tuple[Link, ...], report: Report) -> Iterator[Piece]:
    lang = report.lang
    names = some(tuple(name_of(report.lineage[up.parent], lang) for up in unread))
    yield Piece(f"{called(RELATIONS, Relation.TRAINED_ON, lang)}: ")
    yield Piece(say(text("{n} data sets that were not seen: {names}", n=len(unread), names=names), lang), "warn")


def _head(artifact: Artifact, link: Link | None, report: Report, *, again: bool) -> Iterator[Piece]:
    lang = report.lang
    if link is not None and _is_candidate(link, report):
        yield Piece(f"{say(text('may be from'), lang)}: ")
    elif link is not None:
        role = f" {harmless(component_name(link.component, lang))}" if link.component else ""
        yield Piece(f"{called(RELATIONS, link.relation, lang)}{role}: ")
    yield Piece(name_of(artifact, lang), "id")
    if artifact.kind is NodeKind.DATASET:
        yield Piece(f" ({say(text('data set'), lang)})", "dim")
    if again:
        yield Piece(f" {say(text('(shown above)'), lang)}", "dim")
    if link is None:
        return
    if not link.declared and not _is_candidate(link, report):
        yield Piece(f"  {say(text('undeclared'), lang)}", "warn")
    if link.confidence.rank:
        yield Piece(f"  {called(CONFIDENCES, link.confidence, lang)}", "dim")
    if link.share is not None:
        yield Piece(f"  {share_of(link.share)}", "dim")
    judgement = report.judgements.get(link.key)
    if judgement is not None and judgement.verdict in _STYLES:
        yield Piece(f"  {called(VERDICTS, judgement.verdict, lang)}", _STYLES[judgement.verdict])


def _is_candidate(link: Link, report: Report) -> bool:
    """Whether a link leads from a part to what it may be: its evidence stands with the part already."""
    return report.lineage[link.child].kind is NodeKind.COMPONENT


def _facts(artifact: Artifact, report: Report) -> Iterator[tuple[Piece, ...]]:
    lang = report.lang
    known = [_license(report.resolutions[artifact.id], report)]
    publisher = report.publishers.get(artifact.id)
    if publisher is not None:
        country = f" ({publisher.country})" if publisher.country else ""
        known.append(Piece(harmless(publisher.name) + country))
    if artifact.parameters:
        known.append(Piece(size_of(artifact.parameters)))
    if artifact.gap is not None:
        known.append(Piece(f"{called(GAPS, artifact.gap.reason, lang)}: {harmless(artifact.gap.detail)}", "warn"))
    if artifact.gated:
        known.append(Piece(say(text("gated"), lang), "warn"))
    if artifact.source is not None:
        age = f" {artifact.as_of[:10]}" if artifact.as_of else ""
        known.append(Piece(called(SOURCES, artifact.source, lang) + age, "dim"))
    if artifact.renamed_from and artifact.renamed_from.lower() != artifact.id.lower():
        known.append(Piece(say(text("asked for as {name}", name=harmless(artifact.renamed_from)), lang), "dim"))
    yield joined(known)
    yield from _oddities(artifact, lang)


def _unlooked(missing: tuple[tuple[str, Look], ...], lang: str) -> str:
    """What was not looked at of a node, in one line."""
    parts = (
        f"{', '.join(called(LOOKED_AT, kind, lang) for kind in kinds)} ({harmless(why_not_read(why, lang))})"
        for why, kinds in by_reason(missing).items()
    )
    return say(text("not looked at: {what}", what="; ".join(parts)), lang)


def _oddities(artifact: Artifact, lang: str) -> Iterator[tuple[Piece, ...]]:
    for gap in artifact.file_gaps:
        if gap.place == PLACE:
            yield (Piece(_unlooked(artifact.coverage.missing(), lang), "warn"),)
            continue
        words = f"{harmless(gap.place)}: {called(GAPS, gap.reason, lang)}: {harmless(gap.detail)}"
        yield (Piece(words, "warn"),)
    if artifact.candidates:
        yield (Piece(say(text("may be {names}", names=some(artifact.candidates)), lang), "dim"),)
    for fact in artifact.facts:
        if fact.kind in (FactKind.MALFORMED_BASE, FactKind.CONTRADICTION):
            yield (Piece(f"{harmless(fact.evidence.place)}: {harmless(short(fact.value))}", "warn"),)


def _why(link: Link, report: Report) -> Iterator[tuple[Piece, ...]]:
    """Evidence is worth a line only where the card itself does not say so."""
    if link.declared and not link.confidence.rank:
        return
    if not link.confidence.rank and len(report.lineage.up(link.child)) > _MANY_PARENTS:
        return  # a merge's recipe names them all; the cause says so once
    for evidence in link.evidence[:_SHOWN_EVIDENCE]:
        yield (Piece(place_of(evidence, report.lang, link.child), "dim"),)


def _license(resolution: Resolution, report: Report) -> Piece:
    lang = report.lang
    match resolution:
        case Resolved(expression=expression):
            known = (report.licenses.get(key) for key in keys_of(resolution))
            names = [one.name for one in known if one is not None and not _is_plain(one)]
            return Piece(" + ".join(names) if names else harmless(expression), "license")
        case Disputed(options=options):
            said = dict.fromkeys(harmless(option.expression or option.says) for option in options)
            words = text("licence disputed: {options}", options=say(text(" or "), lang).join(said))
        case Unrecognised(declared=declared, candidates=candidates) if candidates:
            words = text("licence “{name}” may be: {names}", name=_said(declared), names=some(candidates))
        case Unrecognised(declared=declared):
            words = text("licence not recognised: {name}", name=_said(declared))
        case _:
            return Piece(called(STATES, type(resolution).__name__.lower(), lang), "warn")
    return Piece(say(words, lang), "warn")


def _said(declared: tuple[str, ...]) -> str:
    return ", ".join(harmless(short(one)) for one in declared) or "?"


def _is_plain(license: License) -> bool:
    """Its SPDX id says more, in fewer letters, than its name."""
    return not license.expression.startswith("LicenseRef-") and " " not in license.expression

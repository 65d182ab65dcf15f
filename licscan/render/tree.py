"""The tree: lineage, licences and findings for a terminal.

The same lines serve the terminal writer, which colours and wraps them, and `render`, which writes them plain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from licscan.core.artifact import Artifact, FactKind, NodeKind, Source
from licscan.core.evidence import Evidence
from licscan.core.finding import Finding, Severity
from licscan.core.judgement import Verdict
from licscan.core.license import Disputed, License, Resolution, Resolved, Undeclared, Unrecognised, keys_of
from licscan.core.lineage import Link
from licscan.core.report import Report
from licscan.core.text import Text, harmless, text
from licscan.words import say

_SHOWN_EVIDENCE = 3
_LONGEST_SAYS = 90
_LOOSER_DOUBTS = frozenset({Verdict.CONFLICT, Verdict.DEPENDS, Verdict.UNKNOWN, Verdict.CONDITIONS})

SOURCES = {
    Source.HUB: text("Hub"),
    Source.CACHE: text("cache"),
    Source.RECORDING: text("recording"),
    Source.CATALOG: text("catalogue"),
    Source.PATH: text("folder"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words and what they are, so that the terminal can colour them."""

    words: str
    style: str = ""
    """`id`, `license`, `good`, `bad`, `warn`, `dim`, `head` or nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the branch drawn before it, its pieces, and how far its continuation is set in."""

    pieces: tuple[Piece, ...] = ()
    branch: str = ""
    rest: str = ""
    """What stands before a continuation, where the line has to be wrapped."""


def render(report: Report) -> str:
    """The tree as plain text, without wrapping."""
    return plain(report)


def plain(report: Report, *, verbose: bool = False) -> str:
    """The same with everything in it, where `verbose`."""
    return "".join(
        (line.branch + "".join(piece.words for piece in line.pieces)).rstrip() + "\n"
        for line in lines(report, verbose=verbose)
    )


def lines(report: Report, *, verbose: bool = False) -> Iterator[Line]:
    """Every line of the tree, the findings and the summary; findings of mere information only if `verbose`."""
    yield from _branches(report)
    yield from _findings(report, verbose=verbose)
    yield from _release(report)
    yield from _summary(report)


def _branches(report: Report) -> Iterator[Line]:
    shown: set[str] = set()
    # A stack instead of recursion: a lineage may be deeper than Python's.
    waiting: list[tuple[str, Link | None, str, str]] = [(report.subject, None, "", "")]
    while waiting:
        node, link, first, rest = waiting.pop()
        artifact = report.lineage[node]
        again = node in shown
        shown.add(node)
        ups = () if again else report.lineage.up(node)
        inner = rest + ("│   " if ups else "    ") if link is not None else ("│   " if ups else "    ")
        yield Line(tuple(_head(artifact, link, report, again=again)), first, rest + "    ")
        if not again:
            yield from (Line(pieces, inner, inner + "  ") for pieces in _facts(artifact, report))
        if link is not None:
            yield from (Line(pieces, inner, inner + "  ") for pieces in _why(link, report))
        for place, up in reversed(list(enumerate(ups))):
            last = place == len(ups) - 1
            waiting.append((up.parent, up, rest + ("└── " if last else "├── "), rest + ("    " if last else "│   ")))


def _head(artifact: Artifact, link: Link | None, report: Report, *, again: bool) -> Iterator[Piece]:
    lang = report.lang
    if link is not None:
        role = f" {link.component}" if link.component else ""
        yield Piece(f"{say(_RELATIONS[link.relation], lang)}{harmless(role)}: ")
    yield Piece(name_of(artifact, lang), "id")
    if artifact.kind is NodeKind.DATASET:
        yield Piece(f" ({say(text('data set'), lang)})", "dim")
    if again:
        yield Piece(f" {say(text('(shown above)'), lang)}", "dim")
    if link is None:
        return
    if not link.declared:
        yield Piece(f"  {say(text('undeclared'), lang)}", "warn")
    if link.confidence.rank:
        yield Piece(f"  {say(_CONFIDENCES[link.confidence.value], lang)}", "dim")
    if link.share is not None:
        yield Piece(f"  {share_of(link.share)}", "dim")
    judgement = report.judgements.get(link.key)
    if judgement is not None and judgement.verdict in _LOOSER_DOUBTS:
        yield Piece(f"  {say(VERDICTS[judgement.verdict], lang)}", _VERDICT_STYLES[judgement.verdict])


def _facts(artifact: Artifact, report: Report) -> Iterator[tuple[Piece, ...]]:
    lang = report.lang
    known = [Piece(*_license_words(report.resolutions[artifact.id], report))]
    publisher = report.publishers.get(artifact.id)
    if publisher is not None:
        country = f" ({publisher.country})" if publisher.country else ""
        known.append(Piece(harmless(publisher.name) + country))
    if artifact.parameters:
        known.append(Piece(size_of(artifact.parameters)))
    if artifact.gated:
        known.append(Piece(say(text("gated"), lang), "warn"))
    if artifact.source is not None:
        age = f" {artifact.as_of[:10]}" if artifact.as_of else ""
        known.append(Piece(say(SOURCES[artifact.source], lang) + age, "dim"))
    if artifact.renamed_from:
        known.append(Piece(say(text("asked for as {name}", name=harmless(artifact.renamed_from)), lang), "dim"))
    yield _joined(known)
    yield from _oddities(artifact, lang)


def _oddities(artifact: Artifact, lang: str) -> Iterator[tuple[Piece, ...]]:
    if artifact.gap is not None:
        reason = say(GAPS[artifact.gap.reason.value], lang)
        yield (Piece(f"{reason}: {harmless(artifact.gap.detail)}", "warn"),)
    for gap in artifact.file_gaps:
        said = f"{harmless(gap.place)}: {say(GAPS[gap.reason.value], lang)}: {harmless(gap.detail)}"
        yield (Piece(said, "warn"),)
    if artifact.candidates:
        names = ", ".join(harmless(one) for one in artifact.candidates[:4])
        more = f" (+{len(artifact.candidates) - 4})" if len(artifact.candidates) > 4 else ""
        yield (Piece(say(text("may be {names}", names=names + more), lang), "dim"),)
    for fact in artifact.facts:
        if fact.kind in (FactKind.MALFORMED_BASE, FactKind.CONTRADICTION):
            yield (Piece(f"{harmless(fact.evidence.place)}: {harmless(_short(fact.value))}", "warn"),)


def _why(link: Link, report: Report) -> Iterator[tuple[Piece, ...]]:
    """Evidence is worth a line only where the card itself does not say so."""
    if link.declared and not link.confidence.rank:
        return
    for evidence in link.evidence[:_SHOWN_EVIDENCE]:
        yield (Piece(place_of(evidence, report.lang), "dim"),)


def _license_words(resolution: Resolution, report: Report) -> tuple[str, str]:
    lang = report.lang
    match resolution:
        case Resolved(expression=expression):
            known = (report.licenses.get(key) for key in keys_of(resolution))
            names = [one.name for one in known if one is not None and not _is_plain(one)]
            return (" + ".join(names) if names else harmless(expression), "license")
        case Disputed(options=options):
            said = say(text(" or "), lang).join(
                dict.fromkeys(harmless(option.expression or option.says) for option in options)
            )
            return (say(text("licence disputed: {options}", options=said), lang), "warn")
        case Unrecognised(declared=declared):
            said = ", ".join(harmless(_short(one)) for one in declared) or "?"
            return (say(text("licence not recognised: {name}", name=said), lang), "warn")
        case Undeclared():
            return (say(text("no licence declared"), lang), "warn")
        case _:
            return (say(text("licence not seen"), lang), "warn")


def _is_plain(license: License) -> bool:
    return not license.expression.startswith("LicenseRef-") and " " not in license.expression


def _findings(report: Report, *, verbose: bool) -> Iterator[Line]:
    shown = [one for one in report.findings if verbose or (one.severity is not Severity.INFO and one.waived is None)]
    if shown:
        yield Line()
    for finding in shown:
        yield from _finding(finding, report)


def _finding(finding: Finding, report: Report) -> Iterator[Line]:
    lang = report.lang
    doubt = "" if not finding.confidence.rank else f" ({say(_CONFIDENCES[finding.confidence.value], lang)})"
    head = [
        Piece(say(SEVERITIES[finding.severity], lang) + doubt, _SEVERITY_STYLES[finding.severity]),
        Piece(f" {finding.rule}: ", "head"),
        Piece(harmless(say(finding.message, lang))),
    ]
    if finding.waived is not None:
        head.append(Piece(f" {say(text('set aside: {reason}', reason=harmless(finding.waived.reason)), lang)}", "dim"))
    yield Line(tuple(head), "", "    ")
    for evidence in finding.evidence[:_SHOWN_EVIDENCE]:
        yield Line((Piece(place_of(evidence, lang), "dim"),), "    ", "      ")
    if len(finding.path) > 1:
        way = " ← ".join(harmless(one) for one in finding.path)
        yield Line((Piece(way, "dim"),), "    ", "      ")
    if finding.also:
        names = ", ".join(harmless(one) for one in finding.also[:4])
        more = f" (+{len(finding.also) - 4})" if len(finding.also) > 4 else ""
        yield Line((Piece(say(text("also at {names}", names=names + more), lang), "dim"),), "    ", "      ")
    for remedy in finding.remedies[:2]:
        yield Line((Piece("→ " + harmless(say(remedy, lang))),), "    ", "      ")


def _release(report: Report) -> Iterator[Line]:
    release = report.release
    if release is None:
        return
    lang = report.lang
    yield Line()
    if release.requested is not None:
        answer = {
            True: text("release as {name}: possible, if the duties below are met", name=release.requested),
            False: text("release as {name}: not possible", name=release.requested),
            None: text("release as {name}: cannot be said", name=release.requested),
        }[release.allowed]
        style = {True: "good", False: "bad", None: "warn"}[release.allowed]
        yield Line((Piece(say(answer, lang), style),))
        for blocker in release.blockers:
            yield Line((Piece("✗ " + harmless(say(blocker.says, lang))),), "    ", "      ")
    if release.suggested:
        names = ", ".join(harmless(one) for one in release.suggested[:5])
        yield Line((Piece(say(text("may go out as: {names}", names=names), lang)),), "", "    ")
    for duty in release.obligations:
        yield Line((Piece("• " + harmless(say(duty.says, lang))),), "    ", "      ")


def _summary(report: Report) -> Iterator[Line]:
    lang = report.lang
    counts = dict.fromkeys(Severity, 0)
    for finding in report.findings:
        if finding.waived is None:
            counts[finding.severity] += 1
    waived = sum(finding.waived is not None for finding in report.findings)
    found = ", ".join(f"{count} {say(SEVERITIES[severity], lang)}" for severity, count in counts.items() if count)
    yield Line()
    yield _joined_line(
        [
            Piece(say(_OUTCOMES[report.outcome.value], lang), _OUTCOME_STYLES[report.outcome.value]),
            Piece(say(text("{n} nodes", n=len(report.lineage)), lang)),
            Piece(say(text("{n} links", n=len(report.lineage.links)), lang)),
            Piece(say(text("{n} gaps", n=len(report.gaps)), lang), "warn" if report.gaps else ""),
            Piece(say(text("findings: {found}", found=found or "0"), lang)),
            *([Piece(say(text("{n} set aside", n=waived), lang), "dim")] if waived else []),
        ]
    )
    listed = [finding for finding in report.findings if finding.waived is None]
    if listed:
        hint = text("`licscan explain {rule}` says more; not legal advice", rule=listed[0].rule)
        yield Line((Piece(say(hint, lang), "dim"),))


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    joined: list[Piece] = []
    for piece in pieces:
        if joined:
            joined.append(Piece(" · ", "dim"))
        joined.append(piece)
    return tuple(joined)


def _joined_line(pieces: list[Piece]) -> Line:
    return Line(_joined(pieces), "", "    ")


def name_of(artifact: Artifact, lang: str) -> str:
    """What a node is called in front of people."""
    if artifact.kind is NodeKind.EXTERNAL:
        return say(text("“{name}” (no repository)", name=harmless(_short(artifact.label))), lang)
    return harmless(artifact.label)


def place_of(evidence: Evidence, lang: str) -> str:
    """Evidence in one line: where it stands and what it says."""
    line = f":{evidence.line}" if evidence.line else ""
    where = f"{harmless(evidence.repo)} {harmless(evidence.place)}{line}"
    return say(text("{where} says “{says}”", where=where, says=harmless(_short(evidence.says))), lang)


def share_of(share: tuple[float, float]) -> str:
    """A share of the parameters, or an interval of it, in per cent."""
    low, high = (f"{end * 100:.1f}" for end in share)
    return f"{low} %" if low == high else f"{low}-{high} %"


def size_of(parameters: int) -> str:
    """A number of parameters as people say it."""
    for unit, name in ((1_000_000_000, "B"), (1_000_000, "M")):
        if parameters >= unit:
            return f"{parameters / unit:.1f}{name}"
    return str(parameters)


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _LONGEST_SAYS else flat[: _LONGEST_SAYS - 1] + "…"


_RELATIONS = {
    "finetune": text("fine-tuned from"),
    "continue-train": text("trained on from"),
    "adapter": text("adapter of"),
    "merge": text("merged from"),
    "quantized": text("quantised from"),
    "converted": text("converted from"),
    "component": text("contains"),
    "distilled": text("distilled from"),
    "trained-on": text("trained on data"),
    "unstated": text("made (how is not stated) from"),
}
_CONFIDENCES = {"certain": text("certain"), "likely": text("likely"), "possible": text("possible")}
VERDICTS = {
    Verdict.SAME: text("same licence"),
    Verdict.OK: text("ok"),
    Verdict.CONDITIONS: text("conditions"),
    Verdict.CONFLICT: text("conflict"),
    Verdict.DEPENDS: text("depends"),
    Verdict.UNKNOWN: text("cannot be judged"),
}
_VERDICT_STYLES = {
    Verdict.CONDITIONS: "dim",
    Verdict.CONFLICT: "bad",
    Verdict.DEPENDS: "warn",
    Verdict.UNKNOWN: "warn",
}
SEVERITIES = {
    Severity.CRITICAL: text("critical"),
    Severity.HIGH: text("high"),
    Severity.MEDIUM: text("medium"),
    Severity.LOW: text("low"),
    Severity.INFO: text("info"),
}
_SEVERITY_STYLES = {
    Severity.CRITICAL: "bad",
    Severity.HIGH: "bad",
    Severity.MEDIUM: "warn",
    Severity.LOW: "",
    Severity.INFO: "dim",
}
_OUTCOMES = {
    "clear": text("clear"),
    "conditions": text("conditions to meet"),
    "blocked": text("blocked"),
    "unknown": text("unknown"),
}
_OUTCOME_STYLES = {"clear": "good", "conditions": "warn", "blocked": "bad", "unknown": "warn"}
GAPS = {
    "absent": text("not found"),
    "gated": text("gated"),
    "private": text("private"),
    "disabled": text("disabled"),
    "unreachable": text("not reached"),
    "malformed": text("malformed"),
    "too-deep": text("not followed"),
    "offline": text("not seen offline"),
    "not-a-repo": text("no repository"),
}

__all__ = ["GAPS", "SEVERITIES", "SOURCES", "VERDICTS", "Line", "Piece", "Text", "lines", "render"]

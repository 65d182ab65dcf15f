"""What the tree tells below the lineage: findings in their beats, the release, and one line that sums up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from licscan.core.cause import Cause, Consequence
from licscan.core.finding import Finding, Severity
from licscan.core.judgement import Release
from licscan.core.report import Outcome, Report
from licscan.core.text import harmless, text
from licscan.render.lines import Line, Piece, joined, place_of, some
from licscan.render.wording import CONFIDENCES, OUTCOMES, SEVERITIES, called
from licscan.words import grouped, plural, say, word

_SHOWN_EVIDENCE = 3
_SHOWN_REMEDIES = 2
_SUGGESTED = 4
_FEWEST, _MOST = 3, 12
"""Causes that are told one by one, within the room of a page; the others are counted, and `-v` shows everything."""
_COLUMNS = 100
_STYLES = {
    Severity.CRITICAL: "bad",
    Severity.HIGH: "bad",
    Severity.MEDIUM: "warn",
    Severity.LOW: "",
    Severity.INFO: "dim",
}
_OUTCOME_STYLES = {"clear": "good", "conditions": "warn", "blocked": "bad", "unknown": "warn"}


def told(report: Report, *, verbose: bool, room: int) -> Iterator[Line]:
    """The causes, worst first (every finding instead, if `verbose`), what may go out and how, and the sum.

    Args:
        report: what was found.
        verbose: every finding rather than its cause.
        room: rows that are left on the page; as many causes as fit are told, at least three.
    """
    below = [*_release(report), *_summary(report)]
    if verbose:
        yield from _findings(report)
    else:
        yield from _causes(report, room - rows(below))
    yield from below


def rows(lines: Iterable[Line]) -> int:
    """How many rows the lines take on a page of a hundred columns."""
    return sum(max(1, -(-len(str(line)) // _COLUMNS)) for line in lines)


def _findings(report: Report) -> Iterator[Line]:
    if report.findings:
        yield Line()
    for finding in report.findings:
        yield from _finding(finding, report.lang)


def _causes(report: Report, room: int) -> Iterator[Line]:
    told_of = [one for one in report.causes if one.severity is not Severity.INFO]
    if told_of:
        yield Line()
    room -= 2
    shown = 0
    for cause in told_of[:_MOST]:
        block = [*_cause(cause, report.lang)]
        room -= rows(block)
        if room < 0 and shown >= _FEWEST:
            break
        shown += 1
        yield from block
    more = len(told_of) - shown
    if more > 0:
        says = plural(report.lang, "{n} more cause; -v shows everything", "{n} more causes; -v shows everything", more)
        yield Line((Piece(says, "dim"),))
    waived = [one for one in report.findings if one.waived is not None]
    for finding in waived[:_MOST]:
        reason = harmless(finding.waived.reason) if finding.waived else ""
        aside = text("set aside: {rule} at {node}: {reason}", rule=finding.rule, node=finding.subject, reason=reason)
        yield Line((Piece(harmless(say(aside, report.lang)), "dim"),), "", "    ")


def _cause(cause: Cause, lang: str) -> Iterator[Line]:
    """Four lines at most: the sentence, what else follows, whom it concerns, the ways out."""
    doubt = f" ({called(CONFIDENCES, cause.confidence, lang)})" if cause.confidence.rank else ""
    yield Line(
        (
            Piece(called(SEVERITIES, cause.severity, lang) + doubt, _STYLES[cause.severity]),
            Piece(" "),
            Piece(harmless(say(cause.title, lang)), "head"),
        ),
        "",
        "    ",
    )
    if cause.consequences:
        follows = "; ".join(_consequence(one, lang) for one in cause.consequences)
        yield _under(say(text("with it: {follows}", follows=follows), lang))
    path = " ← ".join(harmless(one) for one in cause.path) if len(cause.path) > 1 else ""
    others = tuple(node for node in cause.nodes if node not in cause.path)
    also = say(text("also at {names}", names=some(others)), lang) if others else ""
    if path or also:
        yield _under(" · ".join(filter(None, (path, also))), "dim")
    if cause.remedies:
        yield _under("→ " + "; ".join(harmless(say(remedy, lang)) for remedy in cause.remedies))


def _consequence(one: Consequence, lang: str) -> str:
    title = word(one.title, lang)
    return f"{title} (§ {harmless(one.clause)})" if one.clause else title


def _finding(finding: Finding, lang: str) -> Iterator[Line]:
    doubt = f" ({called(CONFIDENCES, finding.confidence, lang)})" if finding.confidence.rank else ""
    head = [
        Piece(called(SEVERITIES, finding.severity, lang) + doubt, _STYLES[finding.severity]),
        Piece(f" {finding.rule}: ", "head"),
        Piece(harmless(say(finding.message, lang))),
    ]
    if finding.waived is not None:
        head.append(Piece(f" {say(text('set aside: {reason}', reason=harmless(finding.waived.reason)), lang)}", "dim"))
    yield Line(tuple(head), "", "    ")
    for evidence in finding.evidence[:_SHOWN_EVIDENCE]:
        yield _under(place_of(evidence, lang, finding.subject), "dim")
    if len(finding.path) > 1:
        yield _under(" ← ".join(harmless(one) for one in finding.path), "dim")
    if finding.also:
        yield _under(say(text("also at {names}", names=some(finding.also)), lang), "dim")
    for remedy in finding.remedies[:_SHOWN_REMEDIES]:
        yield _under("→ " + harmless(say(remedy, lang)))


def _release(report: Report) -> Iterator[Line]:
    release, lang = report.release, report.lang
    if release is None:
        return
    yield Line()
    if release.requested is not None:
        name = harmless(release.requested)
        answer, style = {
            True: (text("release as {name}: possible, if the duties below are met", name=name), "good"),
            False: (text("release as {name}: not possible", name=name), "bad"),
            None: (text("release as {name}: cannot be said", name=name), "warn"),
        }[release.allowed]
        yield Line((Piece(say(answer, lang), style),))
        for blocker in release.blockers:
            yield _under("✗ " + harmless(say(blocker.says, lang)))
    if release.suggested:
        names = ", ".join(harmless(one) for one in release.suggested[:_SUGGESTED])
        yield Line((Piece(say(text("may go out as: {names}", names=names), lang)),), "", "    ")
    if release.missing and report.outcome is not Outcome.BLOCKED:
        head = text("nothing can be said of a release before this is known:")
        yield Line((Piece(say(head, lang), "warn"),), "", "    ")
        for what in release.missing[:_SUGGESTED]:
            yield _under("? " + harmless(say(what, lang)))
        if len(release.missing) > _SUGGESTED:
            yield _under(f"(+{len(release.missing) - _SUGGESTED})")
    if report.outcome is not Outcome.BLOCKED:  # a release that may not be has no duties
        yield from _duties(release, lang)


def _duties(release: Release, lang: str) -> Iterator[Line]:
    """What is left to do, then what is met already."""
    for duty in dict.fromkeys(harmless(say(one.says, lang)) for one in release.obligations if not one.met):
        yield _under("• " + duty)
    for duty in dict.fromkeys(harmless(say(one.says, lang)) for one in release.obligations if one.met):
        yield _under(say(text("✓ met: {duty}", duty=duty), lang), "dim")


def _summary(report: Report) -> Iterator[Line]:
    lang = report.lang
    standing = [finding for finding in report.findings if finding.waived is None]
    counts = {severity: sum(one.severity is severity for one in standing) for severity in Severity}
    found = ", ".join(f"{grouped(n)} {called(SEVERITIES, severity, lang)}" for severity, n in counts.items() if n)
    waived = len(report.findings) - len(standing)
    nodes, links, gaps = len(report.lineage), len(report.lineage.links), len(report.gaps)
    yield Line()
    pieces = [
        Piece(called(OUTCOMES, report.outcome, lang), _OUTCOME_STYLES[report.outcome]),
        Piece(plural(lang, "{n} node", "{n} nodes", nodes)),
        Piece(plural(lang, "{n} link", "{n} links", links)),
        Piece(plural(lang, "{n} gap", "{n} gaps", gaps), "warn" if gaps else ""),
        Piece(say(text("findings: {found}", found=found or "0"), lang)),
    ]
    if waived:
        pieces.append(Piece(say(text("{n} set aside", n=grouped(waived)), lang), "dim"))
    yield Line(joined(pieces), "", "    ")
    if standing:
        hint = text("`licscan explain {rule}` says more; not legal advice", rule=standing[0].rule)
        yield Line((Piece(say(hint, lang), "dim"),))


def _under(words: str, style: str = "") -> Line:
    return Line((Piece(words, style),), "    ", "      ")

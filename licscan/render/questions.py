"""What a machine cannot settle: the questions of a report, and the two files that carry them to people.

`questions_of` draws them from the report alone, so every question has its cause in it: a dispute, a gap, an open point
of law, a figure that the use profile lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.doubt import ORIGIN
from licscan.core.judgement import Judgement, ReasonKind, Verdict
from licscan.core.license import Disputed, Resolution, Undeclared, Unrecognised, keys_of
from licscan.core.lineage import Link, Relation
from licscan.core.report import Question, Report
from licscan.core.text import Text, harmless, text
from licscan.render import wording
from licscan.render.plainmark import code, escape
from licscan.words import say

_SEVERAL = 6
"""So many names stand in a sentence; more are counted."""


def questions_of(report: Report) -> tuple[Question, ...]:
    """Every question that the report raises, in a fixed order, each cause once."""
    found: dict[str, Question] = {}
    for question in _all(report):
        found.setdefault(question.id, question)
    return tuple(found.values())


def _all(report: Report) -> Iterator[Question]:
    for artifact in _nearest_first(report):
        if artifact.gap is not None:
            yield _about_gap(artifact, report)
        else:
            yield from _about_license(artifact, report.resolutions[artifact.id], report)
    yield from _about_law(report)
    yield from _about_figures(report)
    yield from _about_origin(report)
    for link in report.lineage.links:
        # Where the parent itself is in question, that question is asked already.
        if link.confidence.rank and not report.lineage[link.parent].candidates and _doubt(link, report) is None:
            yield _about_link(link, report)


def _nearest_first(report: Report) -> list[Artifact]:
    depth = report.lineage.depth
    return sorted(report.lineage.artifacts.values(), key=lambda one: (depth(one.id) < 0, depth(one.id), one.id))


def _path(node: str, report: Report) -> tuple[str, ...]:
    return report.lineage.path(report.subject, node) or (node,)


def _id(kind: str, *names: str) -> str:
    return "-".join([kind, *(re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-").lower() for name in names)])


def _publisher(artifact: Artifact, report: Report) -> str:
    publisher = report.publishers.get(artifact.id)
    return (publisher.entity or publisher.name) if publisher else artifact.org or "?"


def _about_gap(artifact: Artifact, report: Report) -> Question:
    detail = artifact.gap.detail if artifact.gap else ""
    return Question(
        _id("unseen", artifact.id),
        text("What is {node} made of, and under whose terms?", node=artifact.label),
        text("It stands upstream of the release and could not be read: {detail}.", detail=detail),
        text(
            "Access to the repository, a recording of it, or a written answer of {who}.",
            who=_publisher(artifact, report),
        ),
        text("The verdict stays unknown; nothing is taken to be allowed."),
        artifact.id,
        _path(artifact.id, report),
    )


def _about_license(artifact: Artifact, resolution: Resolution, report: Report) -> Iterator[Question]:
    node, who = artifact.id, _publisher(artifact, report)
    name = artifact.label
    match resolution:
        case Disputed(options=options):
            said = ", ".join(dict.fromkeys(option.expression or option.says for option in options))
            yield Question(
                _id("disputed", node),
                text("Which licence governs {node}: {options}?", node=name, options=said),
                text("Its card and its files name different licences, and neither outranks the other."),
                text("A written answer of {who}, or a corrected card.", who=who),
                text("Every one of them is taken to hold."),
                node,
                _path(node, report),
            )
        case Unrecognised(declared=declared):
            said = ", ".join(declared)[:200] or "?"
            yield Question(
                _id("unrecognised", node),
                text("What does the licence of {node} allow ({said})?", node=name, said=said),
                text("The text or the name is not among the licences that are known, so none of its terms is."),
                text("Counsel reads the text; its terms then go into the policy as a curation."),
                text("Nothing is taken to be allowed."),
                node,
                _path(node, report),
            )
        case Undeclared() if artifact.kind is not NodeKind.EXTERNAL:
            yield Question(
                _id("undeclared", node),
                text("Under which terms may {node} be used?", node=name),
                text("Neither card nor files say anything about a licence, and without one nothing is granted."),
                text("A licence file or a written permission of {who}.", who=who),
                text("Nothing is taken to be allowed."),
                node,
                _path(node, report),
            )
        case _ if artifact.candidates:
            names = ", ".join(artifact.candidates[:_SEVERAL])
            yield Question(
                _id("which", node),
                text("Which repository is {node}: {names}?", node=name, names=names),
                text("What was found names no repository of its own; its terms hang on which one it is."),
                text("A written answer of whoever made the release, or a comparison of the weights."),
                text("The licence that its candidates share.")
                if keys_of(resolution)
                else text("Its licence is unknown."),
                node,
                _path(node, report),
            )


def _about_law(report: Report) -> Iterator[Question]:
    for burden in report.burdens:
        if burden.unsettled and burden.question is not None:
            yield Question(
                _id("law", burden.provision.term, burden.license, burden.source),
                burden.question,
                text(
                    "It decides whether {license} (from {node}) binds the release.",
                    license=_license_name(burden.license, report),
                    node=burden.source,
                ),
                text("A decision of counsel for the countries of the release, or a permission of the licensor."),
                text("The term is taken to reach the release."),
                burden.source,
                burden.path,
            )


def _about_figures(report: Report) -> Iterator[Question]:
    for key in sorted(report.judgements):
        for reason in report.judgements[key].reasons:
            if reason.needs == ORIGIN:
                continue
            if reason.needs:
                yield Question(
                    _id("figure", reason.needs),
                    text("What is your figure for {figure}?", figure=reason.needs),
                    text("A licence upstream sets a threshold on it: {says}", says=str(reason.says)),
                    text("The figure, in the policy's [use] or on the command line."),
                    text("The threshold is taken to be in reach."),
                    reason.source,
                    _path(reason.source, report) if reason.source in report.lineage else (),
                )
            elif reason.kind is ReasonKind.UNSETTLED:
                yield Question(
                    _id("law", str(reason.term), str(reason.license), reason.source),
                    text("Does this hold here: {says}", says=str(reason.says)),
                    text("The licences alone do not decide it."),
                    text("A decision of counsel for the countries of the release, or a permission of the licensor."),
                    text("The stricter reading is taken."),
                    reason.source,
                    _path(reason.source, report) if reason.source in report.lineage else (),
                )


def _about_origin(report: Report) -> Iterator[Question]:
    """One question for each node of which it is open where it comes from."""
    children: dict[str, list[str]] = {}
    for link in report.lineage.links:
        doubt = _doubt(link, report)
        if doubt is not None and doubt.verdict is Verdict.UNKNOWN:
            children.setdefault(link.child, []).append(link.parent)
    for child, parents in children.items():
        names = ", ".join(report.lineage[one].label for one in parents[:_SEVERAL])
        says = "; ".join(
            str(reason.says)
            for key in sorted(report.judgements)
            if key[0] == child
            for reason in report.judgements[key].reasons
            if reason.needs == ORIGIN and report.judgements[key].verdict is Verdict.UNKNOWN
        )
        yield Question(
            _id("origin", child),
            text("Does {child} come from {names}?", child=report.lineage[child].label, names=names),
            text("Its sizes, its name or its files allow it, and nobody states it. If so: {says}.", says=says),
            text(
                "If so, name it in base_model. If not, state its origin: [[origin]] in licscan.toml, or a sentence on "
                "the card. `licscan compare {child} {parent}` compares the weights.",
                child=report.lineage[child].label,
                parent=report.lineage[parents[0]].label,
            ),
            text("Nothing is taken to bind, and the verdict stays unknown."),
            parents[0],
            _path(parents[0], report),
        )


def _doubt(link: Link, report: Report) -> Judgement | None:
    """The judgement on a link that is no more than possible."""
    judged = report.judgements.get(link.key)
    return judged if judged and any(reason.needs == ORIGIN for reason in judged.reasons) else None


def _about_link(link: Link, report: Report) -> Question:
    child, parent = report.lineage[link.child].label, report.lineage[link.parent].label
    asks = (
        text("Does {child} really contain {parent}?", child=child, parent=parent)
        if link.relation is Relation.COMPONENT
        else text("Was {child} really made from {parent}?", child=child, parent=parent)
    )
    return Question(
        _id("link", link.child, link.parent, link.relation),
        asks,
        text("The link rests on hints only; the card does not state it in so many words."),
        text("A written answer of whoever made {child}, or a comparison of the weights.", child=child),
        text("The link is taken to hold."),
        link.parent,
        _path(link.parent, report),
    )


def _label(node: str, report: Report) -> str:
    return report.lineage[node].label if node in report.lineage else node


def _license_name(key: str, report: Report) -> str:
    return report.licenses[key].name if key in report.licenses else key


def render(report: Report) -> str:
    """`questions.md`: every question with room for an owner, a date and an answer."""
    return "\n".join(_lines(report)).rstrip("\n") + "\n"


def _lines(report: Report) -> Iterator[str]:
    lang = report.lang

    def line(one: Text) -> str:
        return escape(say(one, lang))

    questions = report.questions or questions_of(report)
    yield f"# {line(text('Open questions about {name}', name=report.subject))}"
    yield ""
    yield line(text("What a machine cannot settle, and what is assumed as long as nobody answers."))
    yield ""
    if not questions:
        yield line(text("None was raised."))
    for number, question in enumerate(questions, 1):
        yield f"## {number}. {line(question.asks)}"
        yield ""
        yield f"- **{line(text('Why it matters'))}**: {line(question.why)}"
        yield f"- **{line(text('What would settle it'))}**: {line(question.settles)}"
        yield f"- **{line(text('Taken until then'))}**: {line(question.default)}"
        if len(question.path) > 1:
            yield f"- **{line(text('Path'))}**: {' ← '.join(code(_label(one, report)) for one in question.path)}"
        yield f"- **{line(text('Owner'))}**: ____________  **{line(text('Due'))}**: ____________"
        yield f"- **{line(text('Answer'))}**:"
        yield ""
    yield f"> {say(wording.DISCLAIMER, lang)}"
    yield ""
    yield f"<!-- licscan {harmless(report.version)} -->"

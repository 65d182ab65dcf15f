"""The question whether the subject was trained from scratch, part by part. Never answered with "verified"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from licscan.core.artifact import FactKind
from licscan.core.dependence import MAIN_PART, is_own
from licscan.core.lineage import Lineage, Link, Relation
from licscan.core.origin import INHERITING, MATCHES, Grade, Match, OriginEvidence, about, grade_of
from licscan.core.publisher import Publisher
from licscan.core.report import Origin, OriginVerdict
from licscan.core.stance import Stance
from licscan.core.text import Text, text

_WORST = (
    OriginVerdict.REFUTED,
    OriginVerdict.CONTESTED,
    OriginVerdict.UNTESTED,
    OriginVerdict.NOT_REFUTED,
    OriginVerdict.SUPPORTED,
)


def origins(
    lineage: Lineage,
    publishers: Mapping[str, Publisher],
    stance: Stance,
    evidence: Iterable[OriginEvidence] = (),
) -> tuple[Origin, ...]:
    """The verdict for each part of the subject, and first the one rolled up; empty where nobody claims or asks."""
    if not lineage.subjects:
        return ()
    subject = lineage.subjects[0]
    if not stance.asks_origin and not lineage[subject].facts_of(FactKind.ORIGIN_CLAIM):
        return ()
    known = tuple(one for one in evidence if one.node.lower() == subject.lower())
    parts = [_part(role, links, known, subject, lineage, publishers) for role, links in _parts(subject, lineage, known)]
    worst = min(parts, key=lambda one: _WORST.index(one.verdict))
    named = ", ".join(str(one.component) for one in parts if one.verdict is worst.verdict)
    return (Origin(None, worst.verdict, _rolled_up(worst.verdict, named)), *parts)


def _parts(subject: str, lineage: Lineage, known: tuple[OriginEvidence, ...]) -> list[tuple[str, tuple[Link, ...]]]:
    """The main weights first, then every component by its role."""
    links = [link for link in lineage.up(subject) if link.relation in INHERITING]
    whole = tuple(link for link in links if link.relation is not Relation.COMPONENT)
    roles = {link.component or "component" for link in links if link.relation is Relation.COMPONENT}
    roles |= {one.component for one in known if one.component}
    return [
        (MAIN_PART, whole),
        *(
            (role, tuple(link for link in links if (link.component or "component") == role and link not in whole))
            for role in sorted(roles)
        ),
    ]


def _part(
    role: str,
    links: tuple[Link, ...],
    known: tuple[OriginEvidence, ...],
    subject: str,
    lineage: Lineage,
    publishers: Mapping[str, Publisher],
) -> Origin:
    name = None if role == MAIN_PART else role
    mine = tuple(one for one in known if one.component == name)
    foreign = [link for link in links if not is_own(lineage, publishers, subject, link.parent)]
    shown = [link for link in foreign if grade_of(link, about(link, known)) >= Grade.STATISTICS]
    measured = [one for one in mine if one.shows_inheritance and one.grade >= Grade.STATISTICS]
    share = next((link.share for link in links if link.share is not None), None)
    tested = _tested(links, mine, lineage, subject)
    if shown or measured:
        return Origin(role, OriginVerdict.REFUTED, _refuted(shown, measured, publishers), tested, share)
    if foreign or any(one.leaves_open for one in mine):
        return Origin(role, OriginVerdict.CONTESTED, _contested(foreign, mine), tested, share)
    if lineage[subject].gap is not None:
        return Origin(role, OriginVerdict.UNTESTED, text("the repository could not be read"), tested, share)
    return Origin(
        role,
        OriginVerdict.NOT_REFUTED,
        text("nothing that was read names or shows weights of another publisher; that is no proof of own training"),
        tested,
        share,
    )


def _refuted(links: list[Link], measured: list[OriginEvidence], publishers: Mapping[str, Publisher]) -> Text:
    if measured:
        best = max(measured, key=lambda one: (one.grade, one.date or ""))
        return text(
            "weights come from {reference} ({evidence}): {says}",
            reference=best.of,
            evidence=best.words,
            says=best.told,
        )
    link = links[0]
    publisher = publishers.get(link.parent)
    seen = link.evidence[0] if link.evidence else None
    return text(
        "weights come from {parent} of {publisher} ({evidence}): {place} says “{says}”",
        parent=link.parent,
        publisher=publisher.name if publisher else text("an unknown publisher"),
        evidence=text("declared on its card") if link.declared else text("named by its own files"),
        place=seen.place if seen else "the repository",
        says=seen.says if seen else link.relation.value,
    )


def _contested(links: list[Link], known: tuple[OriginEvidence, ...]) -> Text:
    open_ = [one for one in known if one.leaves_open]
    if open_:
        return text(
            "{reference} was named ({evidence}), and derivation is not shown: {says}",
            reference=open_[0].of,
            evidence=open_[0].words,
            says=open_[0].told,
        )
    seen = links[0].evidence[0] if links[0].evidence else None
    return text(
        "{place} names {parent}; no weights were compared, so it is a candidate and not shown",
        place=seen.place if seen else "the repository",
        parent=links[0].parent,
    )


def _tested(
    links: tuple[Link, ...], known: tuple[OriginEvidence, ...], lineage: Lineage, subject: str
) -> tuple[Text, ...]:
    artifact = lineage[subject]
    lines = []
    if artifact.gap is None:
        lines.append(
            text(
                "what was seen of {id} as of {date} ({source})",
                id=subject,
                date=artifact.as_of or "?",
                source=artifact.source.value if artifact.source else "?",
            )
        )
    for link in links:
        lines.extend(text("{place}: {says}", place=seen.place, says=seen.says) for seen in link.evidence[:3])
    for one in known:
        if one.withdrawn:
            lines.append(text("an allegation about {reference} was withdrawn: {says}", reference=one.of, says=one.told))
        elif one.match in {Match.ARCH_ONLY, Match.NO_MATCH, Match.UNTESTABLE}:
            lines.append(
                text(
                    "{match} with {reference}: {says} ({evidence})",
                    match=MATCHES[one.match],
                    reference=one.of,
                    says=one.told,
                    evidence=one.words,
                )
            )
        else:
            lines.append(text("{says} ({evidence})", says=one.told, evidence=one.words))
    lines.append(text("not visible to this tool: training data, undisclosed distillation, private agreements"))
    return tuple(lines)


def _rolled_up(verdict: OriginVerdict, named: str) -> Text:
    match verdict:
        case OriginVerdict.REFUTED:
            return text("trained from scratch as a whole: contradicted by {parts}", parts=named)
        case OriginVerdict.CONTESTED:
            return text("trained from scratch as a whole: contested by {parts}", parts=named)
        case OriginVerdict.UNTESTED:
            return text("trained from scratch as a whole: could not be tested ({parts})", parts=named)
        case OriginVerdict.SUPPORTED:
            return text("trained from scratch as a whole: supported by published artefacts ({parts})", parts=named)
        case _:
            return text("trained from scratch as a whole: not contradicted by what was tested")

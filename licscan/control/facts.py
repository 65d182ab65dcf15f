"""Facts of control, node by node: who publishes, who owns, whose law, who can stop or change the use, and by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from licscan.core.artifact import Artifact, FactKind
from licscan.core.license import License, Resolution, Term, keys_of
from licscan.core.lineage import Lineage
from licscan.core.publisher import Publisher
from licscan.core.reach import Reach, hold_of
from licscan.core.report import ControlFact
from licscan.core.stance import Stance
from licscan.core.text import Text, text

_FACTS = {
    FactKind.REMOTE_CODE: ("remote-code", "code is loaded from {value}"),
    FactKind.TOKENIZER: ("tokenizer", "the tokenizer comes from {value}"),
    FactKind.HOSTED: ("hosted", "needs a hosted service at run time: {value}"),
    FactKind.NEW_VERSION: ("successor", "the card names a newer version: {value}"),
    FactKind.ARCHITECTURE: ("architecture", "architecture {value}; re-use of an architecture alone is no lineage"),
}


def facts(
    lineage: Lineage,
    resolutions: Mapping[str, Resolution],
    licenses: Mapping[str, License],
    publishers: Mapping[str, Publisher],
    stance: Stance | None = None,
) -> tuple[ControlFact, ...]:
    """Every fact of control of the subjects and of all that is above them, subjects first."""
    nodes: dict[str, None] = {}
    for subject in lineage.subjects:
        nodes.update(dict.fromkeys((subject, *lineage.upstream_of(subject))))
    asked = _asked(lineage, stance) if stance is not None else ()
    return asked + tuple(
        fact
        for node in nodes
        for fact in (
            *_who(node, publishers.get(node)),
            *_terms(node, resolutions.get(node), licenses),
            *_access(lineage[node]),
        )
    )


def _asked(lineage: Lineage, stance: Stance) -> tuple[ControlFact, ...]:
    """Which policy the facts are read against."""
    if stance.is_neutral and not stance.asks_disclosure:
        says = text("no jurisdiction preference configured: what follows are facts and no faults")
    else:
        says = text("read against the policy {name} of {date}", name=stance.preset, date=stance.date or "?")
    return tuple(ControlFact(subject, "policy", says) for subject in lineage.subjects)


def _who(node: str, publisher: Publisher | None) -> Iterator[ControlFact]:
    if publisher is None:
        yield ControlFact(node, "publisher", text("the publisher is not in the registry; nothing is assumed of it"))
        return
    name = publisher.entity or publisher.name
    yield ControlFact(
        node,
        "publisher",
        text(
            "published by {name} ({country}); confidence {confidence}, as of {date}",
            name=name,
            country=publisher.country or "?",
            confidence=publisher.confidence,
            date=publisher.as_of or "?",
        ),
    )
    if publisher.repackaged_by:
        yield ControlFact(
            node,
            "repackager",
            text(
                "passed on in another form by the account {account}, which can remove it",
                account=publisher.repackaged_by,
            ),
        )
    if publisher.parent:
        yield ControlFact(
            node,
            "owner",
            text(
                "{name} belongs to {owner} ({country})",
                name=name,
                owner=publisher.parent,
                country=publisher.parent_country or "?",
            ),
        )
    for one in publisher.lists:
        yield ControlFact(
            node,
            "list",
            text(
                "{name} or its owner is on {title} ({id}, {date}), which restricts {restricts}",
                name=name,
                title=one.title,
                id=one.id,
                date=one.date,
                restricts=one.restricts,
            ),
        )
    if publisher.closed:
        yield ControlFact(node, "gone", text("{name}: {what}", name=name, what=publisher.closed))


def _terms(node: str, resolution: Resolution | None, licenses: Mapping[str, License]) -> Iterator[ControlFact]:
    for key in keys_of(resolution) if resolution is not None else ():
        license = licenses.get(key)
        if license is None:
            continue
        for kind, term, says in _law_of(license):
            yield ControlFact(node, kind, says, license.key, license[term].clause)


def _law_of(license: License) -> Iterator[tuple[str, Term, Text]]:
    law, forum = license[Term.GOVERNING_LAW], license[Term.FORUM]
    if law.value == "stated":
        yield "law", Term.GOVERNING_LAW, text("{name}: governed by the law of {law}", name=license.name, law=law.says)
    if forum.value == "stated":
        yield "forum", Term.FORUM, text("{name}: disputes go to {forum}", name=license.name, forum=forum.says)
    hold = hold_of(license)
    kind = "change" if hold.reach is Reach.CHANGE else "stop"
    yield kind, hold.provision.term, text("{name}: {says}", name=license.name, says=hold.says)
    termination = license[Term.TERMINATION]
    if termination.value == "stated":
        grounds = ", ".join(sorted({one.type.replace("_", " ") for one in termination.conditions})) or "as stated"
        yield "stop", Term.TERMINATION, text("{name}: ends on: {grounds}", name=license.name, grounds=grounds)


def _access(artifact: Artifact) -> Iterator[ControlFact]:
    if artifact.gated == "manual":
        yield ControlFact(artifact.id, "gate", text("access is granted by the publisher person by person"))
    elif artifact.gated == "auto":
        yield ControlFact(artifact.id, "gate", text("access needs a form, granted automatically"))
    for fact in artifact.facts:
        if fact.kind in _FACTS:
            kind, template = _FACTS[fact.kind]
            yield ControlFact(artifact.id, kind, Text(template, (("value", fact.value),)))

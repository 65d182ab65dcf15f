"""Facts of control, node by node: who publishes, who owns, whose law, who can stop or change the use, and by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from licscan.core.artifact import Artifact, FactKind
from licscan.core.license import License, Resolution, Term, keys_of
from licscan.core.lineage import Lineage
from licscan.core.publisher import STALE_AFTER, Listing, Publisher, is_stale
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
    today: str = "",
) -> tuple[ControlFact, ...]:
    """Every fact of control of the subjects and of all that is above them, subjects first.

    The age of what the registry says is told for the ISO date `today`; an empty one tells none.
    """
    nodes: dict[str, None] = {}
    for subject in lineage.subjects:
        nodes.update(dict.fromkeys((subject, *lineage.upstream_of(subject))))
    asked = _asked(lineage, stance) if stance is not None else ()
    told = (
        fact
        for node in nodes
        for fact in (
            *_who(node, publishers.get(node)),
            *_terms(node, resolutions.get(node), licenses),
            *_access(lineage[node]),
        )
    )
    return (*asked, *_age(lineage, publishers, today), *told)


def _asked(lineage: Lineage, stance: Stance) -> tuple[ControlFact, ...]:
    """Which policy the facts are read against."""
    if stance.is_neutral and not stance.asks_disclosure:
        says = text("no jurisdiction preference configured: what follows are facts and no faults")
    else:
        says = text("read against the policy {name} of {date}", name=stance.preset, date=stance.date or "?")
    return tuple(ControlFact(subject, "policy", says) for subject in lineage.subjects)


def _age(lineage: Lineage, publishers: Mapping[str, Publisher], today: str) -> Iterator[ControlFact]:
    """How old the facts about the publishers here are."""
    dates = sorted(one.as_of for one in publishers.values() if one.as_of)
    if not dates or not today:
        return
    old = sum(is_stale(one, today) for one in dates)
    says = text(
        "publishers here: facts checked between {first} and {last}; more than {days} days ago: {old} of {all}",
        first=dates[0],
        last=dates[-1],
        days=STALE_AFTER,
        old=old,
        all=len(dates),
    )
    yield from (ControlFact(subject, "registry", says) for subject in lineage.subjects)


def _who(node: str, publisher: Publisher | None) -> Iterator[ControlFact]:
    if publisher is None:
        yield ControlFact(node, "publisher", text("the publisher is not in the registry; nothing is assumed of it"))
        return
    name = publisher.party
    yield ControlFact(
        node,
        "publisher",
        text(
            "published by {name}; confidence {confidence}, as of {date}",
            name=publisher.alone,
            confidence=publisher.confidence,
            date=publisher.as_of or "?",
        ),
    )
    if publisher.work_of:
        yield ControlFact(
            node,
            "repackager",
            text(
                "the account {account} passes on the work of {original} in another form, and can remove it",
                account=publisher.org,
                original=publisher.work_of,
            ),
        )
    if publisher.parent:
        yield ControlFact(
            node,
            "owner",
            text(
                "{name} belongs to {owner}; confidence {confidence}",
                name=name,
                owner=publisher.owner,
                confidence=publisher.owner_confidence or publisher.confidence,
            ),
        )
    for one in publisher.lists:
        yield ControlFact(node, "list", _listed(name, one))
    for one in publisher.owner_lists:
        yield ControlFact(node, "owner-list", _listed(publisher.parent or "?", one))
    if publisher.closed:
        yield ControlFact(node, "gone", text("{name}: {what}", name=name, what=publisher.closed))


def _listed(who: str, one: Listing) -> Text:
    return text(
        "{name} is on {title} ({id}, {date}) as “{names}”, which restricts {restricts}",
        name=who,
        title=one.title,
        id=one.id,
        date=one.date,
        names=one.names or "?",
        restricts=one.restricts,
    )


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

"""Where the weights of a subject cross from one publisher to another."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from licscan.core.amounts import percent
from licscan.core.evidence import Confidence, Evidence
from licscan.core.lineage import Lineage, Link, Relation
from licscan.core.origin import INHERITING, Grade, OriginEvidence, about, grade_of, unchanged
from licscan.core.publisher import Publisher
from licscan.core.text import Text, text


@dataclass(frozen=True, slots=True)
class Dependence:
    """Weights that the subject has from somebody else, at the link where they came in."""

    subject: str
    link: Link
    path: tuple[str, ...]
    """From the subject up to the link's parent."""
    publisher: Publisher | None
    """Of the parent; None is unknown."""
    grade: Grade
    unchanged: bool | None
    known: tuple[OriginEvidence, ...] = ()
    """What was published or measured about this part."""

    @property
    def part(self) -> Text:
        """What of the subject it is, in words."""
        return part_name(self.link.component)

    @property
    def share(self) -> Text:
        """Its share of the parameters, in words."""
        if self.link.share is None:
            return text("not known") if self.link.component else text("all, as far as is known")
        shown = arithmetic(self.link)
        figure = percent(self.link.share)
        return text("{figure} ({how})", figure=figure, how=shown) if shown else text("{figure}", figure=figure)

    @property
    def shown_by(self) -> Text:
        """How well it is shown that weights come from there, in words."""
        best = next((one for one in self.known if one.shows_inheritance and one.grade == self.grade), None)
        if best is not None:
            return best.words
        if self.link.declared:
            return text("declared on its card")
        if self.link.confidence is Confidence.CERTAIN:
            return text("named by its own files")
        return text("similar, not shown to be derived: the files name it, no weights were compared")

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What the files say, then what was published."""
        return (*self.link.evidence, *(seen for one in self.known for seen in one.evidences))

    @property
    def state(self) -> Text:
        """Whether the weights were trained further, as far as anybody said or measured it."""
        if self.unchanged:
            return text("unchanged")
        said = {one.changed for one in self.known if one.shows_inheritance}
        if {True, False} <= said:
            return text("whether it was trained further is reported both ways")
        return text("not shown to be trained further")

    @property
    def family(self) -> str:
        """The family, where what was published names no more than one; empty where a repository is named."""
        shown = [one for one in self.known if one.shows_inheritance and one.grade == self.grade]
        return shown[0].family if shown and all(one.names_family for one in shown) else ""


MAIN_PART = "main_weights"
"""The part that is not one of the components."""

_PARTS = {
    "vision_encoder": text("vision encoder"),
    "text_encoder": text("text encoder"),
    "audio_encoder": text("audio encoder"),
    "vae": text("VAE"),
    "language_model": text("language model"),
    "tokenizer": text("tokenizer"),
    MAIN_PART: text("main weights"),
}


def part_name(role: str | None) -> Text:
    """What a part is called in a sentence; none is the main weights."""
    return _PARTS.get(role or MAIN_PART) or text("{role}", role=str(role).replace("_", " "))


def arithmetic(link: Link) -> str:
    """How the share of a component was worked out, where its evidence says so."""
    begins = f"{link.component}: "
    said = (seen.says for seen in link.evidence if link.component and seen.says.startswith(begins))
    return next((says.removeprefix(begins) for says in said if "parameters" in says), "")


def same_house(one: Publisher | None, other: Publisher | None) -> bool:
    """Both are one publisher, or belong to one owner."""
    if one is None or other is None:
        return False
    if one.name == other.name:
        return True
    owners = {one.parent, one.entity} - {None}
    return bool(owners & ({other.parent, other.entity} - {None}))


def is_own(lineage: Lineage, publishers: Mapping[str, Publisher], child: str, parent: str) -> bool:
    """Child and parent come from the same house; an account that passes on the work of others is no licensor of it."""
    one, other = publishers.get(child), publishers.get(parent)
    handed_on = (one is not None and one.passes_on) or (other is not None and other.passes_on)
    if not handed_on and same_house(one, other):
        return True
    here, there = lineage[child].org, lineage[parent].org
    return bool(here) and bool(there) and str(here).lower() == str(there).lower()


def dependences(
    lineage: Lineage, publishers: Mapping[str, Publisher], known: Iterable[OriginEvidence] = ()
) -> tuple[Dependence, ...]:
    """Every crossing above the subjects, nearest first; one for each publisher, part, subject and form."""
    observed = tuple(known)
    return tuple(one for subject in lineage.subjects for one in _above(subject, lineage, publishers, observed))


def _above(
    subject: str, lineage: Lineage, publishers: Mapping[str, Publisher], known: tuple[OriginEvidence, ...]
) -> Iterable[Dependence]:
    seen_parts: set[tuple[str, str, bool | None]] = set()
    ways: dict[str, tuple[str, ...]] = {subject: (subject,)}
    waiting = deque([subject])
    while waiting:
        node = waiting.popleft()
        for link in lineage.up(node):
            if link.relation not in INHERITING:
                continue
            way = (*ways[node], link.parent)
            if not _is_form_of(link, lineage, publishers, subject):
                publisher = publishers.get(link.parent)
                account = (lineage[link.parent].org or link.parent).lower()
                here = about(link, known)
                same = unchanged(link, here)
                part = (publisher.name if publisher else account, link.component or "", same)
                if part not in seen_parts:
                    seen_parts.add(part)
                    yield Dependence(subject, link, way, publisher, grade_of(link, here), same, here)
            if link.parent not in ways:
                ways[link.parent] = way
                waiting.append(link.parent)


def _is_form_of(link: Link, lineage: Lineage, publishers: Mapping[str, Publisher], subject: str) -> bool:
    """Nothing crosses here: both ends are one house's, or the parent is the subject's own house's."""
    return is_own(lineage, publishers, link.child, link.parent) or is_own(lineage, publishers, subject, link.parent)


def undeclared(found: Iterable[Dependence]) -> tuple[tuple[Dependence, ...], ...]:
    """What the cards leave out, by omission: the parents that one recipe of a merge names are one."""
    groups: dict[str, list[Dependence]] = {}
    for one in found:
        if not one.link.declared:
            merged = one.link.relation is Relation.MERGE and one.grade is Grade.STATEMENT
            groups.setdefault(one.link.child if merged else str(one.link.key), []).append(one)
    return tuple(tuple(group) for group in groups.values())


def is_whole(link: Link) -> bool:
    """The link carries the weights of the model as a whole, not of one part."""
    return link.relation in INHERITING and link.relation is not Relation.COMPONENT

"""Which mentions of a family are parts taken from elsewhere, and which are an architecture and no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from licscan.core.evidence import Confidence
from licscan.extract.mention import Mention
from licscan.knowledge.families import Family, LineageBook, Release

_TINY = 64
"""No release has a width below this: such configs are made for tests."""
_WIDTHS = ("hidden_size", "embed_dim", "d_model", "n_embd", "out_hidden_size")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a model that comes from a family of another publisher."""

    role: str
    family: Family
    candidates: tuple[str, ...]
    publisher: str
    confidence: Confidence
    mention: Mention


def family_of(mention: Mention, book: LineageBook) -> Family | None:
    """The known family of a mention, by its model type or else by its class."""
    return book.by_type.get((mention.family or "").lower()) or book.by_type.get(mention.value.lower())


def parts(mentions: Iterable[Mention], org: str, book: LineageBook) -> tuple[Part, ...]:
    """The parts of other publishers among the families that a repository's configs name.

    Not a part: an architecture that many train from scratch, the family of the whole model, a family of the same
    publisher, and a config whose sizes no release of the family has (random weights for a test, an own design).
    """
    named = [mention for mention in mentions if mention.family is not None]
    whole = {family.name for mention in named if not mention.component and (family := family_of(mention, book))}
    found = []
    for mention in named:
        family = family_of(mention, book)
        if family is None or not mention.component or family.backbone or family.name in whole:
            continue
        if org.lower() in (one.lower() for one in family.orgs):
            continue
        part = _part(mention, family)
        if part is not None and part.publisher.lower() != org.lower():
            found.append(part)
    return tuple(found)


def shape_of(mentions: Iterable[Mention], org: str, book: LineageBook) -> tuple[str, Mention] | None:
    """The one release of another publisher with exactly the shape of this whole model, and where that stands."""
    for mention in mentions:
        if mention.family is None or mention.component:
            continue
        family = family_of(mention, book)
        if family is None or org.lower() in (one.lower() for one in family.orgs):
            continue
        sizes = dict(mention.sizes)
        equal = [
            one for one in family.releases if len(one.sizes) > 2 and _fits(one.sizes, sizes) and _covers(one, sizes)
        ]
        if len(equal) == 1:
            return equal[0].repo, mention
    return None


def _part(mention: Mention, family: Family) -> Part | None:
    sizes = dict(mention.sizes)
    if any(sizes.get(width, _TINY) < _TINY for width in _WIDTHS):
        return None
    if not _fits(family.needs, sizes):
        return None
    role = mention.component or family.role
    if role == "language_model" and family.part_only:
        # The text half of an encoder pair reads prompts or captions; it writes nothing.
        role = "text_encoder"
    releases = [one for one in family.releases if (one.part or family.role) == role]
    if not releases and role != "text_encoder":
        releases = [one for one in family.releases if not one.part]
    fitting = [one for one in releases if _fits(one.sizes, sizes)]
    if sizes and releases and not fitting:
        return None
    fitting.sort(key=lambda one: (-len(set(one.sizes) & set(sizes)), one.repo))
    candidates = tuple(dict.fromkeys(one.repo for one in fitting))
    owners = {repo.split("/", 1)[0] for repo in candidates}
    publisher = owners.pop() if len(owners) == 1 else family.orgs[0]
    exact = len(candidates) == 1 and bool(sizes)
    confidence = Confidence.LIKELY if exact or sizes else Confidence.POSSIBLE
    return Part(_said_role(role), family, candidates, publisher, confidence, mention)


def _said_role(role: str) -> str:
    return role.replace(" ", "_").lower() or "part"


def _fits(wanted: Mapping[str, int], sizes: Mapping[str, int]) -> bool:
    """No size that both name differs."""
    return all(sizes.get(key, value) == value for key, value in wanted.items())


def _covers(release: Release, sizes: Mapping[str, int]) -> bool:
    return sum(key in sizes for key in release.sizes) >= len(release.sizes) - 1

"""What a bill of materials says, whatever its format: the things that it lists, how they are related, and where.

A component is looked up on the Hub only by an identity that it has there; the name of any other one never leaves this
machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from licscan.core.artifact import ClaimKind, NodeKind
from licscan.core.evidence import Confidence
from licscan.core.ids import RepoId, RepoKind, is_commit
from licscan.core.lineage import Relation

_PURL = re.compile(
    r"pkg:huggingface/(?P<path>[^@?#]{1,400})(?:@(?P<revision>[^?#]{0,200}))?(?:\?(?P<qualifiers>[^#]{0,2000}))?",
    re.IGNORECASE,
)
_HUB_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_OWN_PAGES = frozenset({"distribution", "website", "vcs"})
"""Kinds of reference that lead to the thing itself."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One thing that the bill says of a licence."""

    kind: ClaimKind
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One model, part or data set that the bill names, or the thing that it describes."""

    ref: str
    """What the bill calls it."""
    name: str
    kind: NodeKind
    place: str
    """Where in the file it stands."""
    repo: RepoId | None = None
    """Its identity on the Hub, where it has one."""
    revision: str | None = None
    own: str | None = None
    """The name of its node, where we wrote the bill ourselves."""
    licenses: tuple[Stated, ...] = ()
    unread: str = ""
    """What the bill says of its licence in a form that is not read."""


@dataclass(frozen=True, slots=True)
class Related:
    """One thing of the bill that was made from, on or with another one."""

    child: str
    parent: str
    relation: Relation
    place: str
    says: str
    component: str | None = None
    declared: bool | None = None
    """Whether the child's own card says so, where the bill tells that; a bill of ours does."""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """What a bill of materials says: the thing it describes, and what this is made of."""

    file: str
    described: Listed
    is_described: bool
    """Whether the bill itself names what it describes; otherwise that is everything in it."""
    listed: Mapping[str, Listed] = field(default_factory=dict)
    """The models, parts and data sets by what the bill calls them."""
    related: tuple[Related, ...] = ()

    @property
    def hub_subject(self) -> str | None:
        """The thing described, where it is on the Hub itself: `org/model` or `org/model@REVISION`."""
        repo = self.described.repo
        if repo is None or repo.kind is not RepoKind.MODEL:
            return None
        return repo.path + (f"@{self.described.revision}" if self.described.revision else "")


def identity(
    purl: object, references: Iterable[tuple[object, object]], names: tuple[str, ...], *, is_data: bool
) -> tuple[RepoId | None, str | None]:
    """The repository on the Hub that a thing of a bill is, and the commit.

    Args:
        purl: its package URL; with another registry than the Hub it is no identity there.
        references: the kind and the address of each reference; one leads to the thing itself where it carries its name.
        names: the name, with and without the group.
        is_data: whether it is a data set.
    """
    own = [address for kind, address in references if kind is None or (isinstance(kind, str) and kind in _OWN_PAGES)]
    pages = [page for address in own if (page := _page(address)) is not None]
    found = _PURL.match(purl) if isinstance(purl, str) else None
    if found is not None and _is_on_the_hub(found["qualifiers"]):
        repo = _named(unquote(found["path"]), is_data=is_data)
        return repo, _commit(unquote(found["revision"] or ""), repo, pages)
    if isinstance(purl, str) and purl.lower().startswith("pkg:huggingface/"):
        return None, None
    called = {name.lower() for name in names}
    for repo, revision in pages:
        if (repo.kind is RepoKind.DATASET) is is_data and {repo.path.lower(), repo.name.lower()} & called:
            return repo, _commit(revision, repo, pages)
    return None, None


def _is_on_the_hub(qualifiers: str | None) -> bool:
    """Whether the package URL speaks of the Hub, not of somebody's own registry of the same form."""
    registry = parse_qs(qualifiers or "").get("repository_url", [""])[0]
    try:
        host = urlsplit(registry if "//" in registry else f"//{registry}").netloc.lower()
    except ValueError:
        return False
    return not registry or host in _HUB_HOSTS


def _page(address: object) -> tuple[RepoId, str] | None:
    """The repository and the revision of an address on the Hub."""
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
    except ValueError:
        return None
    if parts.netloc not in _HUB_HOSTS:
        return None
    path, _, rest = re.sub(r"/(?:tree|commit|blob|resolve)/", "\0", parts.path, count=1).strip("/").partition("\0")
    repo = _named(path, is_data=False)
    return (repo, rest.partition("/")[0]) if repo is not None else None


def _named(path: str, *, is_data: bool) -> RepoId | None:
    is_data = is_data or path.startswith("datasets/")
    return RepoId.try_parse(path.removeprefix("datasets/"), RepoKind.DATASET if is_data else RepoKind.MODEL)


def _commit(said: str, repo: RepoId | None, pages: Iterable[tuple[RepoId, str]]) -> str | None:
    """The commit that a version names, whole where a page of the thing tells it; a version number is none."""
    said = said.lower()
    if not is_commit(said):
        return None
    whole = [revision for page, revision in pages if page == repo and len(revision) == 40 and revision.startswith(said)]
    return whole[0] if whole and is_commit(whole[0]) else said


def attached(described: Listed, listed: Mapping[str, Listed], related: Iterable[Related]) -> tuple[Related, ...]:
    """The relations, and one for each thing that they do not lead to: all that a bill lists is in what it describes."""
    found = list(related)
    above: dict[str, list[str]] = {}
    for one in found:
        above.setdefault(one.child, []).append(one.parent)
    below = {one.parent for one in found if one.child in listed}
    reached = {described.ref}
    waiting = [described.ref]
    # What nothing is made from comes first; what is left then are circles, of which any member will do.
    for ref in (*(ref for ref in listed if ref not in below), *listed):
        while waiting:
            fresh = [parent for parent in above.get(waiting.pop(), ()) if parent not in reached]
            reached.update(fresh)
            waiting += fresh
        if ref not in reached:
            found.append(_as_part(described, listed[ref]))
            reached.add(ref)
            waiting.append(ref)
    return tuple(found)


def _as_part(described: Listed, one: Listed) -> Related:
    relation = Relation.COMPONENT if described.kind is NodeKind.EXTERNAL else Relation.UNSTATED
    if one.kind is NodeKind.DATASET:
        relation = Relation.TRAINED_ON
    return Related(described.ref, one.ref, relation, one.place, one.name)


def dicts(value: object, place: str = "") -> list[tuple[str, Mapping[str, Any]]]:
    """The objects of a list, each with its place in the file."""
    if not isinstance(value, list):
        return []
    return [(f"{place}[{number}]", one) for number, one in enumerate(value) if isinstance(one, dict)]


def strings(value: object) -> list[str]:
    """The texts of a list, or the one text."""
    if isinstance(value, list):
        return [one for one in value if isinstance(one, str)]
    return [value] if isinstance(value, str) else []


def word(value: object, most: int = 400) -> str:
    """A text on one line and of a length; empty for anything else."""
    return " ".join(value.split())[:most] if isinstance(value, str) else ""

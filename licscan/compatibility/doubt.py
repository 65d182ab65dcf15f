"""Law over doubt: what follows from a parent that is no more than possible.

A possible parent binds nobody. Where all that stands above the link would bind the child to nothing that its own
licence does not carry, it changes nothing and is told in one line. Where it would, or where that is not known, the
verdict is unknown and one question is asked: does the child come from it? It never makes a verdict better, and it
accuses nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from licscan.core.artifact import Artifact, Fact, FactKind, NodeKind, Source
from licscan.core.doubt import Doubt, Recorded
from licscan.core.evidence import Confidence, Evidence, GapReason
from licscan.core.judgement import Release
from licscan.core.license import Category, License, Resolution, Resolved, keys_of
from licscan.core.lineage import Lineage, Link, Relation
from licscan.core.text import text

LinkKey = tuple[str, str, str, str]
_FREE = frozenset({Category.PUBLIC_DOMAIN, Category.PERMISSIVE})
_LEARNT = frozenset({Relation.TRAINED_ON, Relation.DISTILLED})


@dataclass(frozen=True, slots=True)
class Doubts:
    """A lineage, taken apart into what is firm and what is no more than possible."""

    firm: Lineage
    """What the law is asked about."""
    shown: Lineage
    """What people see: the possible parents, too, but for those on which nothing hangs and that were not read."""
    found: tuple[Doubt, ...] = ()

    @property
    def open(self) -> tuple[Doubt, ...]:
        """Those that decide something."""
        return tuple(one for one in self.found if one.is_open)


def doubts_of(
    lineage: Lineage,
    resolutions: Mapping[str, Resolution],
    licenses: Mapping[str, License],
    recorded: Callable[[str], Recorded | None] = lambda _: None,
) -> Doubts:
    """Take a lineage apart.

    Args:
        lineage: all nodes and links.
        resolutions: the licence of every node.
        licenses: every known licence by key.
        recorded: the licence of a repository as a dated table shows it; asked where a node was not to be had offline.

    Returns:
        The lineage without its possible parents and what only they lead to, and what hangs on each of them.
    """
    doubtful = [link for link in lineage.links if is_doubtful(link, lineage)]
    if not doubtful:
        return Doubts(lineage, lineage)
    firm = _without(lineage, frozenset(link.key for link in doubtful))
    weigher = _Weigher(lineage, resolutions, licenses, recorded)
    found = tuple(weigher.weigh(link) for link in doubtful if link.child in firm)
    idle = frozenset(one.link.key for one in found if not one.is_open and _is_unread(one.link.parent, lineage))
    return Doubts(firm, _shown(lineage, idle, recorded) if idle else lineage, found)


def with_doubts(release: Release, doubts: Doubts) -> Release:
    """The release as far as it can be said while it is open where the subject comes from."""
    subjects = frozenset(doubts.firm.subjects)
    parents = [one.link.parent for one in doubts.open if one.link.child in subjects]
    if not parents:
        return release
    missing = text("whether it comes from {parents}", parents=", ".join(dict.fromkeys(parents)))
    allowed = None if release.allowed else release.allowed
    return replace(release, allowed=allowed, suggested=(), missing=(*release.missing, missing))


def is_doubtful(link: Link, lineage: Lineage) -> bool:
    """Whether a link is a possibility that nobody states; what a part may be, the part itself knows."""
    return (
        link.confidence is Confidence.POSSIBLE
        and not link.declared
        and link.relation not in _LEARNT
        and lineage[link.child].kind is not NodeKind.COMPONENT
    )


def _shown(lineage: Lineage, idle: frozenset[LinkKey], recorded: Callable[[str], Recorded | None]) -> Lineage:
    """The lineage in which possible parents that were not read offline stand with what a table shows of them.

    Nothing hangs on them, so what was not seen of them is no gap of the verdict; one of which nothing is known goes.
    """
    thin: dict[str, Artifact] = {}
    for key in sorted(idle):
        for node in (key[1], *lineage.upstream_of(key[1])):
            thin[node] = _as_recorded(lineage[node], recorded(node))
    gone = frozenset(key for key in idle if thin[key[1]].gap is not None)
    kept = _without(lineage, gone)
    firm = _without(lineage, idle)
    artifacts = (one if one.id in firm else thin.get(one.id, one) for one in kept.artifacts.values())
    return Lineage.build(kept.subjects, artifacts, kept.links)


def _as_recorded(artifact: Artifact, known: Recorded | None) -> Artifact:
    """A node with what a table shows of it, in the place of what was not to be had offline."""
    if artifact.gap is None:
        return replace(artifact, file_gaps=())
    if known is None or artifact.gap.reason is not GapReason.OFFLINE:
        return artifact
    seen = Evidence(artifact.id, None, "table of licence tags", f"{known.tag}, as of {known.as_of}")
    fact = Fact(FactKind.SUMMARY, seen.says, seen)
    return replace(artifact, gap=None, source=Source.CATALOG, as_of=known.as_of, facts=(*artifact.facts, fact))


def _is_unread(parent: str, lineage: Lineage) -> bool:
    return any(lineage[node].gap or lineage[node].file_gaps for node in (parent, *lineage.upstream_of(parent)))


def _without(lineage: Lineage, keys: frozenset[LinkKey]) -> Lineage:
    """The subjects and what firm links lead to."""
    kept = dict.fromkeys(lineage.subjects)
    level = list(kept)
    while level:
        above = [link.parent for node in level for link in lineage.up(node) if link.key not in keys]
        level = [node for node in dict.fromkeys(above) if node not in kept]
        kept.update(dict.fromkeys(level))
    links = (link for link in lineage.links if link.key not in keys and link.child in kept)
    return Lineage.build(lineage.subjects, (lineage[node] for node in kept), links)


@dataclass(frozen=True, slots=True)
class _Weigher:
    """Finds out what hangs on a link."""

    lineage: Lineage
    resolutions: Mapping[str, Resolution]
    licenses: Mapping[str, License]
    recorded: Callable[[str], Recorded | None]

    def weigh(self, link: Link) -> Doubt:
        """What would bind the child through one link, and what of that is not known."""
        child = self.lineage[link.child]
        own = frozenset(keys_of(self.resolutions[link.child]))
        binds: dict[str, None] = {}
        unknown: list[str] = []
        for node in (link.parent, *self.lineage.upstream_of(link.parent)):
            keys, is_known = self._keys(node)
            if not is_known:
                unknown.append(node)
            binds.update(dict.fromkeys(self._name(key) for key in keys if key not in own and self._weighs(key)))
        stated = bool(child.facts_of(FactKind.ORIGIN_CLAIM)) and link.component is None
        return Doubt(link, tuple(binds), tuple(unknown), stated)

    def _keys(self, node: str) -> tuple[tuple[str, ...], bool]:
        """The licences that may hold for a node, and whether that is settled and all of it was read."""
        artifact, resolution = self.lineage[node], self.resolutions[node]
        if artifact.gap is not None and artifact.gap.reason is GapReason.OFFLINE:
            known = self.recorded(node)
            return ((known.license,), True) if known is not None else ((), False)
        unread = any(gap.reason is not GapReason.OFFLINE for gap in artifact.file_gaps) or artifact.gap is not None
        return keys_of(resolution), not unread and isinstance(resolution, Resolved)

    def _weighs(self, key: str) -> bool:
        """Whether a licence sets more than notices."""
        return key not in self.licenses or self.licenses[key].category not in _FREE

    def _name(self, key: str) -> str:
        return self.licenses[key].name if key in self.licenses else key

"""The walk: breadth first, in a fixed order, every repository once, every parent of a merge.

What makes it fast is not here: a `Prefetch` around the source asks ahead, as soon as a card names its parents, so that
this walk mostly finds its answers waiting. What it returns does not depend on which answer came first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.collector import uncollected
from licscan.core.evidence import Evidence, Gap, GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.core.lineage import Lineage, Link
from licscan.extract.card import declared_parents
from licscan.extract.repository import read_repo, wanted
from licscan.lineage.equal_hashes import equal_files
from licscan.lineage.link_builder import Joined, join
from licscan.lineage.name_resolution import Names
from licscan.lineage.pins import Pins
from licscan.sources.prefetch import Prefetch
from licscan.sources.protocol import Hub, RepoInfo


@dataclass(frozen=True, slots=True)
class Start:
    """Where a walk begins."""

    repo: RepoId
    revision: str | None = None
    source: Hub | None = None
    """Another source for this one alone: a folder on disk whose parents are on the Hub."""
    name: str | None = None
    """The node's id, where it is not the repository's name."""


@dataclass(frozen=True, slots=True)
class Walked:
    """The finished lineage, and where the subjects' own files can be read again."""

    lineage: Lineage
    roots: tuple[tuple[str, RepoInfo, Hub], ...]
    """Node, what its source said, and the source; none for a subject that could not be read."""


@dataclass(slots=True)
class _Found:
    """What the walk has found so far; it leaves this file only as a finished Lineage."""

    artifacts: dict[str, Artifact] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    answered: dict[str, str] = field(default_factory=dict)
    """The node that an asked name led to, for names that answered under another."""
    asked: set[RepoId] = field(default_factory=set)
    roots: list[tuple[str, RepoInfo, Hub]] = field(default_factory=list)
    ends: set[RepoId] = field(default_factory=set)
    """Repositories that a sentence or a name alone leads to: read, but not followed further."""
    held: dict[RepoId, tuple[RepoId, ...]] = field(default_factory=dict)
    """What stands above an end, should something surer lead to it after all."""
    pins: Pins = field(default_factory=Pins)


@uncollected()
def crawl(
    starts: Sequence[Start],
    hub: Hub,
    names: Names,
    *,
    depth: int = 32,
    nodes: int = 2000,
    seen: Callable[[str], None] | None = None,
) -> Walked:
    """Walk up from the starts until there is nothing above; what could not be read is a gap in the result."""
    subjects = {start.repo for start in starts}
    ahead = Prefetch(
        hub,
        lambda info: wanted(info, deep=info.asked in subjects),
        declared_parents,
        depth=depth,
        max_nodes=nodes,
    )
    found = _Found()
    ids = []
    level: list[RepoId] = []
    with ahead:
        for start in starts:
            artifact_id, follow = _begin(start, ahead, names, found)
            ids.append(artifact_id)
            level.extend(follow)
        steps = 1
        while level:
            level = _unseen(level, found)
            if steps > depth:
                _cut(level, found, f"deeper than {depth} links; --depth looks further")
                break
            for repo in level:
                ahead.start([repo], revision=found.pins.of(repo), level=steps)
            level = _climb(level, ahead, names, found, nodes, seen)
            steps += 1
    return Walked(_finish(ids, found), tuple(found.roots))


def _begin(start: Start, ahead: Prefetch, names: Names, found: _Found) -> tuple[str, tuple[RepoId, ...]]:
    source: Hub = start.source or ahead
    if start.source is None:
        ahead.start([start.repo], revision=start.revision)
        found.asked.add(start.repo)
    answer = source.repo(start.repo, start.revision)
    if isinstance(answer, Gap):
        id = start.name or str(start.repo)
        found.artifacts[id] = replace(_missing(start.repo, replace(answer, id=id)), id=id)
        return id, ()
    id, follow = _read(answer, source, names, found, asked=str(start.repo), name=start.name, deep=True)
    found.roots.append((id, answer, start.source or ahead))
    return id, follow


def _climb(
    level: list[RepoId],
    ahead: Prefetch,
    names: Names,
    found: _Found,
    most: int,
    seen: Callable[[str], None] | None,
) -> list[RepoId]:
    above: list[RepoId] = []
    for place, repo in enumerate(level):
        if len(found.artifacts) >= most:
            _cut(level[place:], found, f"more than {most} nodes; --max-nodes looks further")
            return []
        found.asked.add(repo)
        answer = found.pins.ask(repo, ahead)
        if seen is not None:
            seen(str(repo))
        if isinstance(answer, Gap):
            found.artifacts.setdefault(str(repo), _missing(repo, answer))
            continue
        above.extend(_read(answer, ahead, names, found, asked=str(repo))[1])
    return above


def _read(
    info: RepoInfo, source: Hub, names: Names, found: _Found, *, asked: str, name: str | None = None, deep: bool = False
) -> tuple[str, tuple[RepoId, ...]]:
    """Read one repository into `found`; its id, and the repositories to read next."""
    id = name or str(info.id)
    found.answered[asked] = id
    if id in found.artifacts:
        return id, ()
    reading = found.pins.noted(read_repo(info, source, deep=deep), info)
    if name is not None:
        gaps = tuple(replace(gap, id=name) for gap in reading.artifact.file_gaps)
        reading = replace(reading, artifact=replace(reading.artifact, id=name, repo=None, file_gaps=gaps))
    joined = join(reading, names)
    artifact = reading.artifact
    found.artifacts[id] = replace(artifact, facts=artifact.facts + joined.facts) if joined.facts else artifact
    for extra in joined.extra:
        found.artifacts.setdefault(extra.id, extra)
    found.links.extend(joined.links)
    found.pins.add(joined.links)
    above = _above(joined, found)
    if info.asked in found.ends:
        found.held[info.asked] = above
        return id, ()
    return id, above


def _above(joined: Joined, found: _Found) -> tuple[RepoId, ...]:
    """The repositories to read next, and those above an end that something surer leads to now."""
    above = list(joined.follow)
    for repo in joined.follow:
        if repo not in joined.last:
            found.ends.discard(repo)
            above += found.held.pop(repo, ())
        elif repo not in found.asked:
            found.ends.add(repo)
    return tuple(above)


def _unseen(level: Iterable[RepoId], found: _Found) -> list[RepoId]:
    return sorted({repo for repo in level if repo not in found.asked and str(repo) not in found.artifacts})


def _cut(level: Iterable[RepoId], found: _Found, why: str) -> None:
    for repo in level:
        if repo not in found.asked:
            gap = Gap(str(repo), GapReason.TOO_DEEP, why)
            found.artifacts.setdefault(str(repo), _missing(repo, gap))


def _missing(repo: RepoId, gap: Gap) -> Artifact:
    kind = NodeKind.DATASET if repo.kind is RepoKind.DATASET else NodeKind.MODEL
    return Artifact(id=str(repo), kind=kind, repo=repo, gap=gap)


def _finish(ids: list[str], found: _Found) -> Lineage:
    ends = {found.answered.get(str(repo), str(repo)) for repo in found.held}
    links = [found.pins.told(_led(link, found)) for link in found.links]
    links = [link for link in links if link.parent in found.artifacts or link.child not in ends]
    links += equal_files(found.artifacts.values())
    for link in links:
        if link.parent not in found.artifacts:
            found.artifacts[link.parent] = _unread(link)
    return Lineage.build(dict.fromkeys(ids), found.artifacts.values(), merged(links))


def _led(link: Link, found: _Found) -> Link:
    """The link with its parent under the name that answered."""
    parent = found.answered.get(link.parent, link.parent)
    return link if parent == link.parent else replace(link, parent=parent)


def _unread(link: Link) -> Artifact:
    repo = RepoId.try_parse(link.parent.removeprefix("datasets/"))
    gap = Gap(link.parent, GapReason.TOO_DEEP, "not followed")
    return Artifact(id=link.parent, kind=NodeKind.MODEL, repo=repo, gap=gap)


def merged(links: Iterable[Link]) -> tuple[Link, ...]:
    """One link for each key: the evidence of all, the surest confidence, declared if one is."""
    by_key: dict[tuple[str, str, str, str], list[Link]] = {}
    for link in links:
        by_key.setdefault(link.key, []).append(link)
    return tuple(same[0] if len(same) == 1 else _one(same) for same in by_key.values())


def _one(same: list[Link]) -> Link:
    evidence: dict[Evidence, None] = {}
    for link in same:
        evidence.update(dict.fromkeys(link.evidence))
    return replace(
        same[0],
        declared=any(link.declared for link in same),
        confidence=min((link.confidence for link in same), key=lambda one: one.rank),
        evidence=tuple(evidence),
        share=next((link.share for link in same if link.share is not None), None),
        revision=next((link.revision for link in same if link.revision is not None), None),
    )

"""The one crawler: a work list of repositories, each read once, under one set of limits and one set of reasons.

It reads; it does not know where parents come from. Every node that it reads goes to the providers (`provider.py`), and
whatever they name goes onto the work list: it is read, and what stands above it too, or a gap says why not. The order
is fixed: nearest to the subject first, then by name; what it returns does not depend on which answer came first.

What makes it fast is not here: a `Prefetch` around the source asks ahead, as soon as a card names its parents, so that
the crawler mostly finds its answers waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.bounds import DEPTH, LINEAGE, NODES, ROUNDS, Bound
from licscan.core.collector import uncollected
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.core.lineage import Lineage, Link
from licscan.extract.card import declared_parents
from licscan.extract.repository import read_repo, wanted
from licscan.lineage.granted import Granted
from licscan.lineage.pins import Pins
from licscan.lineage.provider import Learned, LinkKey, Node, Provider, Root, Walked, merged
from licscan.sources.prefetch import Prefetch
from licscan.sources.protocol import Hub, RepoInfo

_DATASETS = "datasets/"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a crawl begins."""

    repo: RepoId
    revision: str | None = None
    source: Hub | None = None
    """Another source for this one alone: a folder on disk whose parents are on the Hub."""
    name: str | None = None
    """The node's id, where it is not the repository's name."""


@uncollected()
def crawl(
    starts: Sequence[Start],
    hub: Hub,
    providers: Sequence[Provider],
    *,
    depth: int = DEPTH.value,
    nodes: int = NODES.value,
    seen: Callable[[str], None] | None = None,
) -> Walked:
    """Walk up from the starts until there is nothing above; what could not be read is a gap in the result.

    Args:
        starts: the subjects.
        hub: the source of everything that a start has no source of its own for.
        providers: every way to learn of parents, in the order in which they see a node.
        depth: the most links between a subject and a node that is read.
        nodes: the most nodes.
        seen: told the name of each repository that was asked for.
    """
    subjects = {start.repo for start in starts}
    ahead = Prefetch(
        hub,
        lambda info: wanted(info, deep=info.asked in subjects),
        declared_parents,
        depth=depth,
        max_nodes=nodes,
    )
    with ahead:
        work = _Work(ahead, providers, depth, nodes, seen)
        for start in starts:
            work.begin(start)
        work.off()
        for _ in range(ROUNDS.value):
            if not work.is_news():
                break
        else:
            work.unsettled()
        return work.walked()


@dataclass(slots=True)
class _Found:
    """What the crawl has found so far; it leaves this file only as a finished Lineage."""

    artifacts: dict[str, Artifact] = field(default_factory=dict)
    links: dict[str, list[Link]] = field(default_factory=dict)
    """By child."""
    answered: dict[str, str] = field(default_factory=dict)
    """The node that an asked name led to, for names that answered under another."""
    depths: dict[str, int] = field(default_factory=dict)

    def led(self, link: Link) -> Link:
        """The link with its parent under the name that answered."""
        parent = self.answered.get(link.parent, link.parent)
        return link if parent == link.parent else replace(link, parent=parent)

    def drop(self, keys: Iterable[LinkKey]) -> None:
        """Forget links."""
        for key in keys:
            self.links[key[0]] = [link for link in self.links.get(key[0], ()) if self.led(link).key != key]


class _Work:
    """The work list and what came of it."""

    def __init__(
        self, hub: Prefetch, providers: Sequence[Provider], depth: int, most: int, seen: Callable[[str], None] | None
    ) -> None:
        self._hub = hub
        self._providers = [(one, Granted(hub, one.name, one.lookups)) for one in providers]
        self._depth, self._most = depth, most
        self._seen = seen
        self._found = _Found()
        self._waiting: dict[RepoId, int] = {}
        """What is to be read, and how many links it is away from a subject."""
        self._asked: set[RepoId] = set()
        self._cut: dict[RepoId, Bound] = {}
        """What a limit keeps from being read, and which one."""
        self._places: dict[str, tuple[RepoInfo, Hub]] = {}
        self._pins = Pins()
        self._subjects: list[str] = []
        self._roots: list[Root] = []
        self._walked = Walked(Lineage.build((), (), ()))
        self._is_stale = True

    def begin(self, start: Start) -> None:
        """Read a subject."""
        source: Hub = start.source or self._hub
        if start.source is None:
            self._hub.start([start.repo], revision=start.revision)
            self._asked.add(start.repo)
        answer = source.repo(start.repo, start.revision)
        id = start.name or str(start.repo if isinstance(answer, Gap) else answer.id)
        self._subjects.append(id)
        if isinstance(answer, Gap):
            artifact = replace(_missing(start.repo, replace(answer, id=id)), id=id)
            self._enter(Node(artifact), 0)
            return
        self._read(answer, source, str(start.repo), 0, name=start.name)
        self._roots.append((id, answer, source))

    def off(self) -> None:
        """Work the list off, the nearest first."""
        while self._waiting:
            depth = min(self._waiting.values())
            level = sorted(repo for repo, at in self._waiting.items() if at == depth)
            if depth > self._depth:
                self._cut.update(dict.fromkeys(self._waiting, DEPTH))
                self._waiting.clear()
                return
            for repo in level:
                del self._waiting[repo]
                self._hub.start([repo], revision=self._pins.of(repo), level=depth)
            for place, repo in enumerate(level):
                if len(self._found.artifacts) >= self._most:
                    self._cut.update(dict.fromkeys((*level[place:], *self._waiting), NODES))
                    self._waiting.clear()
                    return
                self._ask(repo, depth)

    def is_news(self) -> bool:
        """Show the lineage to the providers; whether one of them had anything to say."""
        had = False
        for provider, granted in self._providers:
            learned = provider.of_lineage(self.walked(), granted)
            if learned:
                had = True
                self._take(learned, None)
                self.off()
        return had

    def unsettled(self) -> None:
        """The providers still had something to say when they were asked for the last time."""
        for id in self._subjects[:1]:
            subject = self._found.artifacts[id]
            self._found.artifacts[id] = replace(subject, file_gaps=(*subject.file_gaps, ROUNDS.gap(id)))
            self._is_stale = True

    def walked(self) -> Walked:
        """The lineage as it stands."""
        if self._is_stale:
            self._walked = replace(self._walked, lineage=self._lineage(), roots=tuple(self._roots))
            self._is_stale = False
        return self._walked

    def _ask(self, repo: RepoId, depth: int) -> None:
        self._asked.add(repo)
        if str(repo) in self._places:
            self._read(*self._places[str(repo)], str(repo), depth)
            return
        answer = self._pins.ask(repo, self._hub)
        if self._seen is not None:
            self._seen(str(repo))
        if not isinstance(answer, Gap):
            self._read(answer, self._hub, str(repo), depth)
        elif str(repo) not in self._found.artifacts:
            self._enter(Node(_missing(repo, answer)), depth)

    def _read(self, info: RepoInfo, source: Hub, asked: str, depth: int, *, name: str | None = None) -> None:
        """Read one repository, once, under whatever name it was asked for."""
        id = name or str(info.id)
        self._found.answered[asked] = id
        if id in self._found.artifacts:
            return
        reading = self._pins.noted(read_repo(info, source, deep=depth == 0), info)
        if name is not None:
            gaps = tuple(replace(gap, id=name) for gap in reading.artifact.file_gaps)
            reading = replace(reading, artifact=replace(reading.artifact, id=name, repo=None, file_gaps=gaps))
        self._enter(Node(reading.artifact, reading=reading, info=info, files=reading.files), depth)

    def _enter(self, node: Node, depth: int) -> None:
        """Take a new node in, and ask every provider what stands above it."""
        id = node.artifact.id
        self._is_stale = True
        self._found.artifacts[id] = node.artifact
        self._found.depths[id] = depth
        for provider, granted in self._providers:
            shown = replace(
                node, artifact=self._found.artifacts[id], links=tuple(self._found.links.get(id, ())), depth=depth
            )
            self._take(provider.of_node(shown, granted), depth)

    def _take(self, learned: Learned, depth: int | None) -> None:
        """Take in what a provider adds; `depth` is that of the node that it was asked about."""
        if not learned:
            return
        self._is_stale = True
        found = self._found
        found.drop(learned.gone)
        found.artifacts.update((one.id, one) for one in learned.revised)
        more = (*self._walked.observed, *learned.observed), (*self._walked.questions, *learned.questions)
        self._walked = replace(self._walked, observed=more[0], questions=more[1])
        for link in learned.links:
            found.links.setdefault(link.child, []).append(link)
        self._pins.add(learned.links)
        self._places.update({str(info.id): (info, source) for info, source in learned.places})
        outside = {one.id: one for one in learned.nodes}
        for link in learned.links:
            below = found.depths.get(link.child, 0) if depth is None else depth
            if link.parent in outside:
                if link.parent not in found.artifacts:
                    self._enter(Node(outside[link.parent]), below + 1)
            else:
                self._wait(link.parent, below + 1)

    def _wait(self, parent: str, depth: int) -> None:
        """Put a parent onto the list, where it is a repository that nobody has asked for yet.

        A shorter way to what was read brings back what stood too far above it.
        """
        nearer = [(parent, depth)]
        while nearer:
            name, at = nearer.pop()
            node = self._found.answered.get(name, name)
            if node in self._found.artifacts:
                if at < self._found.depths[node]:
                    self._found.depths[node] = at
                    nearer += [(link.parent, at + 1) for link in self._found.links.get(node, ())]
            elif (repo := _repo(name)) is not None and repo not in self._asked:
                self._list(repo, at)

    def _list(self, repo: RepoId, depth: int) -> None:
        if self._cut.get(repo) is DEPTH and depth <= self._depth:
            del self._cut[repo]
        if repo not in self._cut:
            self._waiting[repo] = min(depth, self._waiting.get(repo, depth))

    def _lineage(self) -> Lineage:
        found = self._found
        artifacts = dict(found.artifacts)
        for repo, limit in self._cut.items():
            artifacts.setdefault(str(repo), _missing(repo, _left_out(repo, limit, self._depth, self._most)))
        links = [self._pins.told(found.led(link)) for links in found.links.values() for link in links]
        for link in links:
            if link.parent not in artifacts:
                artifacts[link.parent] = _unread(link)
        subjects = tuple(dict.fromkeys(self._subjects))
        return _reached(subjects, self._with_limits(artifacts), merged(links))

    def _with_limits(self, artifacts: dict[str, Artifact]) -> dict[str, Artifact]:
        """The subject says which limits were reached, and what they left out."""
        for limit, value in ((DEPTH, self._depth), (NODES, self._most)):
            left = sorted(str(repo) for repo, why in self._cut.items() if why is limit)
            if left and self._subjects:
                subject = artifacts[self._subjects[0]]
                gap = replace(limit, value=value).gap(subject.id, left, LINEAGE)
                artifacts[subject.id] = replace(subject, file_gaps=(*subject.file_gaps, gap))
        return artifacts


def _reached(subjects: tuple[str, ...], artifacts: Mapping[str, Artifact], links: Sequence[Link]) -> Lineage:
    """The lineage of the subjects: what only a link that was replaced led to is no part of it any more."""
    above: dict[str, list[str]] = {}
    for link in links:
        above.setdefault(link.child, []).append(link.parent)
    kept = dict.fromkeys(subjects)
    level = list(kept)
    while level:
        level = [
            node for node in dict.fromkeys(one for below in level for one in above.get(below, ())) if node not in kept
        ]
        kept.update(dict.fromkeys(level))
    return Lineage.build(subjects, (artifacts[node] for node in kept), (link for link in links if link.child in kept))


def _repo(parent: str) -> RepoId | None:
    kind = RepoKind.DATASET if parent.startswith(_DATASETS) else RepoKind.MODEL
    return RepoId.try_parse(parent.removeprefix(_DATASETS) if kind is RepoKind.DATASET else parent, kind)


def _left_out(repo: RepoId, limit: Bound, depth: int, most: int) -> Gap:
    if limit is DEPTH:
        return Gap(str(repo), GapReason.TOO_DEEP, f"deeper than {depth} links; --depth looks further")
    return Gap(str(repo), GapReason.TOO_DEEP, f"more than {most} nodes; --max-nodes looks further")


def _missing(repo: RepoId, gap: Gap) -> Artifact:
    kind = NodeKind.DATASET if repo.kind is RepoKind.DATASET else NodeKind.MODEL
    return Artifact(id=str(repo), kind=kind, repo=repo, gap=gap)


def _unread(link: Link) -> Artifact:
    repo = _repo(link.parent)
    gap = Gap(link.parent, GapReason.NOT_A_REPO if repo is None else GapReason.TOO_DEEP, "not read")
    kind = NodeKind.DATASET if repo is not None and repo.kind is RepoKind.DATASET else NodeKind.MODEL
    return Artifact(id=link.parent, kind=kind, repo=repo, gap=gap)

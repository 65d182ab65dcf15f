"""Revisions that children ask for: a parent is read once, at the revision of the surest link that names one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from licscan.core.evidence import Evidence, Gap, GapReason
from licscan.core.ids import RepoId, is_commit
from licscan.core.lineage import Link
from licscan.extract.mention import Reading
from licscan.sources.protocol import Hub, RepoInfo

_PLACE = "revision"


@dataclass(slots=True)
class Pins:
    """What was asked for so far, and at which revision each repository was read."""

    _wanted: dict[str, tuple[int, bool, str]] = field(default_factory=dict)
    """By the parent's id: the rank of the surest link, whether it names no commit, the revision."""
    _asked: dict[str, str] = field(default_factory=dict)
    """By the name that was asked for: the revision."""
    _read: dict[str, str | None] = field(default_factory=dict)
    """By the name that answered: the revision that it was asked for at."""
    _unseen: set[str] = field(default_factory=set)
    """Names that were asked for at one revision and are known at another one only."""

    def add(self, links: Iterable[Link]) -> None:
        """Take in the revisions that links ask for; what was read already stays as it was read."""
        for link in links:
            if link.revision is not None:
                wanted = (link.confidence.rank, not is_commit(link.revision), link.revision)
                self._wanted[link.parent] = min(wanted, self._wanted.get(link.parent, wanted))

    def of(self, repo: RepoId) -> str | None:
        """The revision to read a repository at; None is the newest."""
        wanted = self._wanted.get(str(repo))
        return wanted[2] if wanted else None

    def ask(self, repo: RepoId, hub: Hub) -> RepoInfo | Gap:
        """Ask for a repository at its revision.

        Where the run is offline and only another revision is known, that one is read, and that it is another one is
        noted as a gap: what it says may warn, and can clear nobody.
        """
        revision = self.of(repo)
        answer = hub.repo(repo, revision)
        if revision is None:
            return answer
        self._asked[str(repo)] = revision
        if isinstance(answer, RepoInfo):
            return answer
        known = hub.repo(repo) if answer.reason is GapReason.OFFLINE else answer
        if isinstance(known, RepoInfo):
            self._unseen.add(str(repo))
            return known
        return replace(answer, detail=f"revision {revision}, which the model below it asks for: {answer.detail}")

    def noted(self, reading: Reading, info: RepoInfo) -> Reading:
        """The reading, with a gap where it is of another revision than the one that was asked for."""
        revision = self._asked.get(str(info.asked))
        self._read[str(info.id)] = revision
        if str(info.asked) not in self._unseen:
            return reading
        detail = f"revision {revision} was asked for and not seen; what is told is of {info.revision or 'another one'}"
        gap = Gap(str(info.id), GapReason.OFFLINE, detail, _PLACE)
        artifact = reading.artifact
        return replace(reading, artifact=replace(artifact, file_gaps=(*artifact.file_gaps, gap)))

    def told(self, link: Link) -> Link:
        """The link, with a note where its parent was read at a revision that another link asks for."""
        read = self._read.get(link.parent, self._asked.get(link.parent))
        if read == link.revision or (link.parent not in self._read and link.parent not in self._asked):
            return link
        says = f"read at {f'revision {read}' if read else 'the newest revision'}; this link asks for "
        says += f"revision {link.revision}" if link.revision else "no revision in particular"
        note = Evidence(link.child, None, _PLACE, says)
        return link if note in link.evidence else replace(link, evidence=(*link.evidence, note))

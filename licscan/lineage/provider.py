"""How parents become known: a provider names them, the crawler reads them.

Everything that says "this was made from that" is a provider: the card and the files of a repository, the public record,
equal weights files, a comparison of weights, a correction in the user's policy, the repositories that a part may have
been taken from. A provider never reads a repository. It names parents by links, and the crawler reads whatever a link
names, with all that stands above it, or leaves a gap: one set of limits, one set of reasons, no door beside it.

To add one:

1. Write a class that derives from `Provider`, in a file of its own under `providers/`, and override `of_node`, or
   `of_lineage`, or both. Both are given what was read so far and give back `Learned`.
2. `of_node` is asked once for each node, as soon as it was read (or could not be), in a fixed order and with the links
   that the providers before it named. It is the place for whatever a single repository shows: `node.reading` holds what
   its files say, `node.info` the Hub's own answer (parameters, listing, tags), `node.file(path)` a small file as it was
   read, `node.is_declared` whether its publisher already named what it was made from.
3. `of_lineage` is asked when nothing is left to read, again after every change, until nobody has anything new. It is
   the place for what takes several repositories: equal files, weights. It must return `NOTHING` when asked again about
   what it has told already.
4. Name a parent by a `Link` whose `parent` is the repository's id (`str(RepoId)`) and whose evidence says what agreed.
   Set `declared=False` and the confidence that the evidence bears. Where there is no repository to name, put the node
   into `Learned.nodes` (an external node, a component with its candidates). More about a node that is known (facts,
   candidates, hashes of files, gaps) is `Learned.revised`: the artifact as it was given, with `dataclasses.replace`.
5. Where the answer of the Hub decides *whether* a parent is named at all, ask the source that is handed over. It grants
   `lookups` questions for the whole scan, and answers each further one with a gap of the reason `truncated`. An
   answer that is a gap is no evidence of anything: what could not be asked must leave a gap on the node, or the doubt
   that was there, and never fewer links. Questions that the crawl has asked already are answered again for nothing.
6. Add it to `pipeline.gather.providers_of`, after the providers whose links it has to see.

What a provider must not do: read a repository by another way, drop a link that a card declares, or name a parent
without evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from licscan.core.artifact import Artifact
from licscan.core.evidence import Evidence
from licscan.core.lineage import Lineage, Link, Relation
from licscan.core.origin import OriginEvidence
from licscan.core.report import Question
from licscan.extract.mention import Reading
from licscan.sources.protocol import Hub, RepoInfo

LinkKey = tuple[str, str, str, str]
Root = tuple[str, RepoInfo, Hub]
"""A subject's node, what its source said of it, and the source itself."""
_NOT_THE_WHOLE = frozenset({Relation.COMPONENT, Relation.TRAINED_ON, Relation.DISTILLED})


@dataclass(frozen=True, slots=True)
class Node:
    """What a provider sees of one node."""

    artifact: Artifact
    links: tuple[Link, ...] = ()
    """The parents that were named so far."""
    depth: int = 0
    """Links between the node and the subject."""
    reading: Reading | None = None
    """None for a node that is no repository, or could not be read."""
    info: RepoInfo | None = None
    """The source's own answer; None where there was none."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The small files that were read of it, by path."""

    @property
    def is_subject(self) -> bool:
        """Whether the user asked about this very node."""
        return self.depth == 0

    @property
    def is_declared(self) -> bool:
        """Whether its publisher names what its main weights were made from."""
        return any(link.declared and link.relation not in _NOT_THE_WHOLE for link in self.links)

    def file(self, path: str) -> bytes | None:
        """A small file as it was read; None where it was not."""
        return self.files.get(path)


@dataclass(frozen=True, slots=True)
class Walked:
    """A lineage, where the subjects' own files can be read again, and what providers learned beside the links."""

    lineage: Lineage
    roots: tuple[Root, ...] = ()
    """None for a subject that could not be read."""
    observed: tuple[OriginEvidence, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Learned:
    """What one provider adds."""

    links: tuple[Link, ...] = ()
    """Their parents are read next, whatever they are."""
    nodes: tuple[Artifact, ...] = ()
    """Ends of the links that are no repository; one that is known stays as it is."""
    revised: tuple[Artifact, ...] = ()
    """Known nodes with something more."""
    gone: frozenset[LinkKey] = frozenset()
    """Keys of links that are replaced by surer ones; removed before the new ones are added."""
    places: tuple[tuple[RepoInfo, Hub], ...] = ()
    """Where parents are to be read that the crawl's own source need not hold: a folder, another recording."""
    observed: tuple[OriginEvidence, ...] = ()
    questions: tuple[Question, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was learned."""
        return bool(self.links or self.nodes or self.revised or self.gone or self.observed or self.questions)


NOTHING = Learned()


class Provider(Protocol):
    """One way to learn of parents."""

    name: str
    """What it is called where one of its limits is told."""
    lookups: int | None = 0
    """Questions that it may ask the source in one scan; None for as many as its own limits allow."""

    def of_node(self, node: Node, hub: Hub) -> Learned:  # noqa: ARG002
        """The parents of one node that this provider knows.

        Args:
            node: the node with the links that were named before.
            hub: answers `lookups` questions.
        """
        return NOTHING

    def of_lineage(self, walked: Walked, hub: Hub) -> Learned:  # noqa: ARG002
        """What this provider sees in the lineage as a whole; `NOTHING` where it has told it already.

        Args:
            walked: the lineage as it stands.
            hub: answers `lookups` questions.
        """
        return NOTHING


def merged(links: Iterable[Link]) -> tuple[Link, ...]:
    """One link for each key: the evidence of all, the surest confidence, declared if one is."""
    by_key: dict[LinkKey, list[Link]] = {}
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

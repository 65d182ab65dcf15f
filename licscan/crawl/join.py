"""Joins what a repository's places say into links: one link for each parent, with all its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from licscan.core.artifact import Artifact, Fact
from licscan.core.ids import RepoId
from licscan.core.lineage import Link
from licscan.crawl.names import Names
from licscan.hub.mention import Reading


@dataclass(frozen=True, slots=True)
class Joined:
    """The links of one repository to its parents, and what else follows from them."""

    links: tuple[Link, ...] = ()
    """Their parents are node ids: repositories, `external:<value>`, or `<child>#<role>`."""
    extra: tuple[Artifact, ...] = ()
    """The nodes that are no repository: external ones and components of a family."""
    follow: tuple[RepoId, ...] = ()
    """The repositories to read next."""
    last: tuple[RepoId, ...] = ()
    """Those among `follow` that stand on prose or a name alone: to be read, but not followed further."""
    facts: tuple[Fact, ...] = ()
    """Facts that showed only when the places were joined, such as a contradiction."""


def join(reading: Reading, names: Names) -> Joined:  # noqa: ARG001  (the joining follows)
    """Merge the mentions of one repository into links."""
    return Joined()

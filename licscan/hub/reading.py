"""Reads one repository: which of its files to ask for, and all that they and the Hub say."""

from __future__ import annotations

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.ids import RepoKind
from licscan.hub.mention import Mention, Reading
from licscan.hub.source import Hub, RepoInfo, Want

__all__ = ["Mention", "Reading", "read_repo", "wanted"]


def wanted(info: RepoInfo, *, deep: bool) -> tuple[Want, ...]:
    """The files, or heads of files, to ask for; only such as the listing shows."""
    listed = {entry.path for entry in info.files or ()}
    names = ("README.md", "config.json") if deep else ("config.json",)
    return tuple(Want(name) for name in names if name in listed)


def read_repo(info: RepoInfo, hub: Hub, *, deep: bool) -> Reading:  # noqa: ARG001  (the readers follow)
    """Read everything that `wanted` names, and the Hub's own answer; a malformed file is a gap on the artifact."""
    return Reading(
        Artifact(
            id=str(info.id),
            kind=NodeKind.DATASET if info.id.kind is RepoKind.DATASET else NodeKind.MODEL,
            repo=info.id,
            revision=info.revision,
            source=info.source,
            as_of=info.as_of,
            renamed_from=str(info.asked) if info.asked != info.id else None,
            gated=info.gated,
            parameters=info.parameters,
            created=info.created,
            modified=info.modified,
            files=info.files,
        )
    )

"""The first half of a scan: everything that asks a source for facts; what it returns, nobody has judged yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from licscan.core.artifact import Source
from licscan.core.evidence import GapReason
from licscan.core.lineage import Lineage
from licscan.core.lock import Drift, History, Lock
from licscan.errors import NeedsLogin, NoSuchRepo, SourceError, Unreachable
from licscan.knowledge import load
from licscan.licensing.curation import to_read
from licscan.lineage import Start, Subject, Walked, crawl
from licscan.lineage.name_resolution import Names
from licscan.lineage.providers.candidates import with_candidates
from licscan.lineage.providers.equal_files import with_listings
from licscan.lineage.providers.public_record import with_record
from licscan.pipeline.assess import identified
from licscan.policy import Policy
from licscan.sources.local import Local
from licscan.sources.protocol import Hub, RepoInfo


@dataclass(frozen=True, slots=True)
class Limits:
    """Guards of the walk; reaching one is a gap in the report."""

    depth: int = 32
    nodes: int = 2000


NO_LIMITS = Limits()
Seen = Callable[[str], None]


def walk(subject: Subject, hub: Hub, limits: Limits = NO_LIMITS, seen: Seen | None = None) -> Walked:
    """From a subject to its lineage.

    Raises:
        SourceError: the subject itself could not be read.
    """
    if subject.folder is not None:
        local = Local(subject.folder)
        start = Start(local.repo_id, source=local, name=subject.words)
    elif subject.bill is not None:
        start = Start(subject.bill.repo_id, source=subject.bill, name=subject.words)
    elif subject.repo is not None:
        start = Start(subject.repo, subject.revision)
    else:
        raise ValueError("a subject is a repository or a folder")
    walked = crawl([start], hub, Names(load().lineage), depth=limits.depth, nodes=limits.nodes, seen=seen)
    _must_be_read(walked.lineage)
    known = load().origins
    return replace(walked, lineage=with_candidates(with_record(walked.lineage, hub, known), hub, known))


def with_equal_files(
    walked: Walked, hub: Hub, limits: Limits, seen: Seen | None, against: Sequence[tuple[RepoInfo, Hub]], *, asked: bool
) -> Walked:
    """The lineage with what equal weights files show, and with what stands above the repositories that they lead to."""
    found = with_listings(walked.lineage, walked.roots, hub, asked=asked, against=against)
    bases = [Start(base) for base in found.bases]
    return replace(walked, lineage=walked_on(found.lineage, bases, hub, limits, seen))


def with_named(walked: Walked, policy: Policy, hub: Hub, limits: Limits, seen: Seen | None) -> Walked:
    """The lineage with the parents that corrections in the policy name, and with what stands above them."""
    for _ in policy.curations:
        named = [Start(repo, revision) for repo, revision in to_read(walked.lineage, policy, load())]
        if not named:
            break
        walked = replace(walked, lineage=walked_on(walked.lineage, named, hub, limits, seen))
    return walked


def walked_on(lineage: Lineage, bases: Sequence[Start], hub: Hub, limits: Limits, seen: Seen | None) -> Lineage:
    """The lineage with what stands above the parents that only the weights, or corrections in the policy, name."""
    if not bases:
        return lineage
    above = crawl(bases, hub, Names(load().lineage), depth=limits.depth, nodes=limits.nodes, seen=seen).lineage
    known = {id: one for id, one in lineage.artifacts.items() if one.gap is None or id not in above}
    artifacts = {**above.artifacts, **known}
    links = {**{link.key: link for link in above.links}, **{link.key: link for link in lineage.links}}
    whole = Lineage.build(lineage.subjects, artifacts.values(), links.values())
    return with_candidates(with_record(whole, hub, load().origins), hub, load().origins)


def with_past(
    walked: Walked, source: Hub, revision: str | None, lock: Lock | None
) -> tuple[Walked, Mapping[str, History]]:
    """The histories of the subject and of what is above it; one that could not be read is a gap."""
    from licscan.lockfile import with_histories  # only where somebody asks

    held = pins(walked.lineage) | (dict.fromkeys(walked.lineage.subjects, revision) if revision else {})
    found = with_histories(walked.lineage, source, load(), _exact_key, pins=held, lock=lock)
    return replace(walked, lineage=found.lineage), found.histories


def lost(lock: Lock, source: Hub, lineage: Lineage) -> tuple[Drift, ...]:
    """Locked commits that are gone, among the nodes that are at another commit now."""
    from licscan.lockfile import lost_pins  # only where there is a lock

    moved = [
        node
        for node, entry in lock.entries.items()
        if node in lineage and lineage[node].revision not in (None, entry.revision)
    ]
    return lost_pins(lock, source, moved)


def pins(lineage: Lineage) -> dict[str, str]:
    """The nodes that were read at a revision which a child asks for."""
    return {link.parent: link.revision for link in lineage.links if link.revision is not None}


def _exact_key(text: str) -> str | None:
    found = identified(text)
    return found.key if found.result == "exact" else None


_ERRORS: dict[GapReason, tuple[type[SourceError], str]] = {
    GapReason.ABSENT: (NoSuchRepo, "look for its name on the Hub; a private model needs a token (--token or HF_TOKEN)"),
    GapReason.GATED: (NeedsLogin, "ask for access on its page, then give a token (--token or HF_TOKEN)"),
    GapReason.PRIVATE: (NeedsLogin, "give a token that may read it (--token or HF_TOKEN)"),
    GapReason.UNREACHABLE: (Unreachable, "try again, or work from what is on this machine with --offline"),
    GapReason.OFFLINE: (Unreachable, "run once without --offline, or scan a recording with --from"),
}


def _must_be_read(lineage: Lineage) -> None:
    for subject in lineage.subjects:
        artifact = lineage[subject]
        if artifact.source is Source.PATH and artifact.files == ():
            raise SourceError(f"{subject} is an empty folder", "a model on disk holds a card, a config or weights")
        if artifact.gap is not None and not artifact.claims:
            kind, hint = _ERRORS.get(
                artifact.gap.reason, (SourceError, "nothing can be said of it until this is mended")
            )
            raise kind(f"{subject} was not read: {artifact.gap.reason}: {artifact.gap.detail}", hint)

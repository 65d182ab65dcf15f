"""The first half of a scan: everything that asks a source for facts; what it returns, nobody has judged yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from licscan.core.evidence import GapReason
from licscan.core.lineage import Lineage
from licscan.core.lock import Drift, History, Lock
from licscan.errors import NeedsLogin, NoSuchRepo, SourceError, Unreachable
from licscan.knowledge import load
from licscan.lineage import Start, Subject, Walked, crawl
from licscan.lineage.file_names import with_known_files
from licscan.lineage.name_resolution import Names
from licscan.lineage.open_ends import with_open_ends
from licscan.lineage.provider import NOTHING, Learned, Provider
from licscan.lineage.providers.bill import BillOfMaterials
from licscan.lineage.providers.candidates import Candidates
from licscan.lineage.providers.card import CardAndFiles
from licscan.lineage.providers.correction import Corrections
from licscan.lineage.providers.equal_files import EqualFiles
from licscan.lineage.providers.public_record import PublicRecord
from licscan.lineage.providers.references import References
from licscan.lineage.providers.signatures import Signatures
from licscan.pipeline.assess import identified
from licscan.pipeline.options import DEFAULT, ScanOptions
from licscan.policy import Policy
from licscan.sources.bom import BillHub
from licscan.sources.local import Local
from licscan.sources.protocol import Hub, RepoInfo


class Weights(Provider):
    """Parents that a comparison of the subject's weights shows."""

    name = "weights"
    lookups = None

    def __init__(self, against: Sequence[tuple[RepoInfo, Hub]] = (), stores: Sequence[Path] = ()) -> None:
        self._against, self._stores = against, stores
        self._is_done = False

    def of_lineage(self, walked: Walked, hub: Hub) -> Learned:
        """What the weights show, once: of the subjects, and of what was known above them by then."""
        if self._is_done:
            return NOTHING
        from licscan.weights.weight_lineage import weigh  # only where somebody asks

        self._is_done = True
        found = weigh(walked.lineage, walked.roots, hub, self._against, self._stores)
        named = {link.parent for link in found.links}
        return Learned(
            found.links,
            revised=found.revised,
            gone=found.gone,
            places=tuple(one for one in found.references if str(one[0].id) in named),
            observed=found.observed,
            questions=found.questions,
        )


def providers_of(options: ScanOptions) -> tuple[Provider, ...]:
    """Every way to learn of parents, in the order in which they see a node."""
    known = load()
    against = tuple(options.against)
    files = EqualFiles(asked=options.hashes, against=against if options.hashes else ())
    by_bytes: Provider = Weights(against, options.stores) if options.weights else files
    names = Names(known.lineage)
    return (
        CardAndFiles(names),
        PublicRecord(known.origins),
        Corrections(options.policy or Policy(), known),
        Signatures(lambda: known.registry, names, (options.policy or Policy()).origins),
        by_bytes,
        References(against, hashed=options.hashes),
        Candidates(known.origins),
    )


def collect(subject: Subject, hub: Hub, options: ScanOptions = DEFAULT) -> Walked:
    """From a subject to its lineage.

    Args:
        subject: a repository, a folder or a bill of materials.
        hub: where everything but a folder and a bill is read.
        options: the limits, the policy whose corrections name parents, and which evidence is looked for.

    Raises:
        SourceError: the subject itself could not be read.
    """
    if subject.folder is not None:
        local = Local(subject.folder)
        start = Start(local.repo_id, source=local, name=subject.words)
    elif subject.repo is not None:
        start = Start(subject.repo, subject.revision)
    elif subject.bill is not None:
        billed = BillHub(subject.bill)
        start = Start(billed.repo_id, source=billed, name=subject.words)
    else:
        raise ValueError("a subject is a repository or a folder")
    limits = options.limits
    providers = providers_of(options)
    if subject.bill is not None:
        named = start.name or str(start.repo)
        # After the card and before what depends on the lineage as a whole.
        providers = (providers[0], BillOfMaterials(subject.bill, named, load(), identified), *providers[1:])
    walked = crawl([start], hub, providers, depth=limits.depth, nodes=limits.nodes, seen=options.seen)
    _must_be_read(walked.lineage)
    return replace(walked, lineage=with_open_ends(with_known_files(walked.lineage)))


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
        if artifact.gap is not None and not artifact.claims:
            kind, hint = _ERRORS.get(
                artifact.gap.reason, (SourceError, "nothing can be said of it until this is mended")
            )
            raise kind(
                f"{subject} was not read: {artifact.gap.reason}: {artifact.gap.detail}",
                hint,
                reason=artifact.gap.reason.value,
                detail=artifact.gap.detail,
            )

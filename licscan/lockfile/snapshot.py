"""A report as a lock: what was seen of the subject and of everything above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType

from licscan.core.artifact import Artifact, Claim, ClaimKind, NodeKind
from licscan.core.license import License, Resolution, Resolved, Term, keys_of
from licscan.core.lineage import Lineage
from licscan.core.lock import History, Lock, LockedText, LockEntry
from licscan.core.publisher import Publisher
from licscan.core.report import Report
from licscan.lockfile.sentences import mark, sentences

ROLES = {
    ClaimKind.FILE: "license",
    ClaimKind.LINKED: "license",
    ClaimKind.PASTED: "license",
    ClaimKind.NOTICE: "notice",
    ClaimKind.POLICY: "policy",
}


def lock_of(report: Report) -> Lock:
    """What was seen: the subject and all that is above it."""
    lineage = report.lineage
    nodes = dict.fromkeys(node for subject in lineage.subjects for node in (subject, *lineage.upstream_of(subject)))
    entries = {
        node: _with_history(
            replace(
                entry_of(lineage[node], report.resolutions.get(node), report.licenses, report.publishers.get(node)),
                pin=lineage.pin(node),
                behind=_behind(node, lineage),
            ),
            (report.history or {}).get(node),
        )
        for node in sorted(nodes)
    }
    return Lock(report.subject, report.knowledge, report.made, None, MappingProxyType(entries))


def _behind(node: str, lineage: Lineage) -> str | None:
    """The part that may have been taken from a node, where nothing but such parts leads to it."""
    below = [lineage[link.child] for link in lineage.down(node)]
    parts = [one.id for one in below if one.kind is NodeKind.COMPONENT]
    return parts[0] if parts and len(parts) == len(below) else None


def _with_history(entry: LockEntry, history: History | None) -> LockEntry:
    """The entry with what a later comparison needs to know of the history."""
    if history is None:
        return entry
    since = history.revisions[-1].date if history.revisions else None
    return replace(entry, terms_since=since, first_commit=None if history.cut else history.first)


def entry_of(
    artifact: Artifact,
    resolution: Resolution | None,
    licenses: Mapping[str, License],
    publisher: Publisher | None = None,
) -> LockEntry:
    """One node as it was seen."""
    keys = keys_of(resolution) if resolution is not None else ()
    return LockEntry(
        id=artifact.id,
        kind=artifact.kind.value,
        revision=artifact.revision,
        as_of=artifact.as_of,
        created=artifact.created,
        renamed_from=artifact.renamed_from,
        gated=artifact.gated,
        gap=artifact.gap.reason.value if artifact.gap else None,
        expression=resolution.expression if isinstance(resolution, Resolved) else None,
        keys=keys,
        declared=resolution.declared if resolution is not None else (),
        texts=tuple(sorted(_texts(artifact, resolution))),
        policy_address=_policy_address(keys, licenses),
        publisher=publisher.party if publisher else None,
        country=publisher.country if publisher else None,
        owner=publisher.parent if publisher else None,
        owner_country=publisher.parent_country if publisher else None,
    )


def _texts(artifact: Artifact, resolution: Resolution | None) -> list[LockedText]:
    """One entry for each governing text, wherever it stood."""
    identified = {
        statement.evidence: statement.identity.key
        for statement in (resolution.statements if resolution is not None else ())
        if statement.identity is not None and statement.identity.result == "exact"
    }
    found: dict[tuple[str, str], LockedText] = {}
    for claim in artifact.claims:
        if claim.kind in ROLES:
            one = locked_text(claim, identified.get(claim.evidence))
            found.setdefault((one.place, one.role), one)
    return list(found.values())


def locked_text(claim: Claim, key: str | None) -> LockedText:
    """The lock's record of one text."""
    return LockedText(
        place=claim.evidence.place,
        role=ROLES[claim.kind],
        sha256=claim.sha256 or sha256(claim.text.encode("utf-8", "replace")).hexdigest(),
        key=key,
        sentences=() if key else tuple(dict.fromkeys(mark(one) for one in sentences(claim.text))),
    )


def _policy_address(keys: tuple[str, ...], licenses: Mapping[str, License]) -> str | None:
    """The address of the first use policy that a licence takes in by reference."""
    for key in keys:
        policy = licenses[key][Term.USE_POLICY] if key in licenses else None
        if policy is not None and policy.says and policy.says.lower().startswith(("http://", "https://")):
            return policy.says
    return None


def words_of(report: Report) -> dict[tuple[str, str], str]:
    """The sentences of every governing text by node and mark, so that new ones can be shown."""
    return {
        (artifact.id, mark(one)): one
        for artifact in report.lineage.artifacts.values()
        for claim in artifact.claims
        if claim.kind in ROLES
        for one in sentences(claim.text)
    }


def with_policies(lock: Lock, fetch: Callable[[str], bytes | None], before: Lock | None = None) -> Lock:
    """The lock with a hash of every use policy that stands at an address; each address is fetched once.

    Where `before` had a policy that cannot be fetched now, its old hash stays: what was not seen has not changed.
    """
    addresses = sorted({entry.policy_address for entry in lock.entries.values() if entry.policy_address})
    fetched = {address: content for address in addresses if (content := fetch(address)) is not None}
    entries = dict(lock.entries)
    for node, entry in lock.entries.items():
        address = entry.policy_address
        others = tuple(one for one in entry.texts if one.place != address)
        if address in fetched:
            entries[node] = replace(entry, texts=tuple(sorted((*others, _policy(address, fetched)))))
        elif before is not None and node in before.entries:
            kept = tuple(one for one in before.entries[node].texts if one.place == address)
            entries[node] = replace(entry, texts=tuple(sorted((*others, *kept))))
    return replace(lock, entries=MappingProxyType(entries))


def _policy(address: str | None, fetched: Mapping[str, bytes]) -> LockedText:
    content = fetched[address or ""]
    said = content.decode("utf-8", "replace")
    return LockedText(
        place=address or "",
        role="policy",
        sha256=sha256(content).hexdigest(),
        sentences=tuple(dict.fromkeys(mark(one) for one in sentences(said))),
    )

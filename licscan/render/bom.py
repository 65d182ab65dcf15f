"""What both kinds of bill of materials need to know of a report."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote
from uuid import UUID, uuid5

from licscan.core.artifact import Artifact, Claim, ClaimKind, FactKind
from licscan.core.ids import RepoKind
from licscan.core.license import License, Resolved, keys_of
from licscan.core.report import Report
from licscan.core.text import harmless

_SPACE = UUID("6f0c4f1e-6f7c-5d3e-9a53-0d2f3c4b5a69")
_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
_REF = re.compile(r"LicenseRef-[A-Za-z0-9.\-]+\Z")
_PLAIN_ID = re.compile(r"[A-Za-z0-9.\-+]+\Z")


def serial(report: Report) -> UUID:
    """The document's number: the same report, made at the same time, has the same one."""
    seen = [report.version, report.knowledge, report.made or "", report.subject]
    seen += [f"{one.id} {one.revision}" for one in report.lineage.artifacts.values()]
    seen += [" ".join(link.key) for link in report.lineage.links]
    return uuid5(_SPACE, "\n".join(seen))


def stamp(time: str | None) -> str | None:
    """A time as both standards write it, to the second, in UTC; None where it is not known or no time."""
    if not time:
        return None
    try:
        read = datetime.fromisoformat(time)
    except ValueError:
        return None
    read = read if read.tzinfo else read.replace(tzinfo=UTC)
    return read.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def purl(artifact: Artifact) -> str | None:
    """The package URL of a repository on the Hub, pinned where the commit is known."""
    if artifact.repo is None:
        return None
    names = (["datasets"] if artifact.repo.kind is RepoKind.DATASET else []) + artifact.repo.path.split("/")
    path = "/".join(quote(name, safe="-._~") for name in names)
    pinned = f"@{artifact.revision}" if artifact.revision and _COMMIT.match(artifact.revision) else ""
    return f"pkg:huggingface/{path}{pinned}"


def page(artifact: Artifact) -> str | None:
    """The address of a repository's page at the revision that was read."""
    if artifact.repo is None:
        return None
    at = f"/tree/{quote(artifact.revision)}" if artifact.revision else ""
    return f"https://huggingface.co/{artifact.id}{at}"


def name_of(artifact: Artifact) -> str:
    """The name without its organisation, safe to show."""
    return harmless(artifact.repo.name if artifact.repo else artifact.id).replace("\n", " ")


def custom_licenses(report: Report) -> tuple[License, ...]:
    """The licences of the report that are not on the SPDX list, each with one `LicenseRef-` of its own."""
    found = {}
    for resolution in report.resolutions.values():
        for key in keys_of(resolution):
            if key in report.licenses and _REF.match(report.licenses[key].expression):
                found[report.licenses[key].expression] = report.licenses[key]
    return tuple(found[ref] for ref in sorted(found))


def concluded(artifact: Artifact, report: Report) -> str | None:
    """The SPDX expression that the resolution came to, or None where it came to none."""
    resolution = report.resolutions[artifact.id]
    return resolution.expression or None if isinstance(resolution, Resolved) else None


def is_single(expression: str) -> bool:
    """One licence, not a combination of several."""
    return bool(_PLAIN_ID.match(expression))


def is_custom(expression: str) -> bool:
    """A licence outside the SPDX list."""
    return bool(_REF.match(expression))


def license_by_expression(expression: str, report: Report) -> License | None:
    """The record behind a single expression that occurs in the report."""
    found = [one for one in report.licenses.values() if one.expression == expression]
    return min(found, key=lambda one: one.key) if found else None


def license_text(license: License, report: Report) -> Claim | None:
    """The text of a licence as the lineage's own repositories ship it, from the node nearest to the subject."""
    lineage = report.lineage
    for artifact in sorted(lineage.artifacts.values(), key=lambda one: (lineage.depth(one.id), one.id)):
        resolution = report.resolutions[artifact.id]
        for claim in artifact.claims:
            if claim.kind in (ClaimKind.FILE, ClaimKind.LINKED, ClaimKind.PASTED) and any(
                license.key in statement.keys
                and statement.evidence.repo == claim.evidence.repo
                and statement.evidence.place == claim.evidence.place
                for statement in resolution.statements
            ):
                return claim
    return None


def hash_of(claim: Claim) -> str:
    """The SHA-256 of a text: of the file's bytes where they were hashed, else of its words."""
    return claim.sha256 or sha256(claim.text.encode()).hexdigest()


def architecture(artifact: Artifact) -> tuple[str, ...]:
    """The architectures that the repository names."""
    return tuple(dict.fromkeys(harmless(fact.value) for fact in artifact.facts_of(FactKind.ARCHITECTURE)))

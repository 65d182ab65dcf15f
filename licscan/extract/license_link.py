"""The licence text behind `license_link`, where the repository itself has none and its tag names none."""

from __future__ import annotations

import re

from licscan.core.artifact import Claim, ClaimKind, Fact, FactKind, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.extract import license_files as texts
from licscan.extract.extraction import At, Said
from licscan.extract.keys import keys
from licscan.formats.malformed import Malformed
from licscan.sources.protocol import Hub, RepoInfo

_ON_THE_HUB = re.compile(
    r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/(?P<repo>[^/\s]+/[^/\s]+)/(?:blob|resolve|raw)/(?P<revision>[^/\s]+)/"
    r"(?P<path>[^\s?#]+)\Z"
)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_PLACE = "license_link"
_LARGEST = 1_000_000
_PDF = b"%PDF"


def linked_text(said: Said, info: RepoInfo, hub: Hub) -> tuple[Said, tuple[Gap, ...]]:
    """What the link's target says. A target that could not be read is a gap: the terms may stand in it alone."""
    links = [one for one in said.claims if one.kind is ClaimKind.LINK and _WEB.match(one.text.strip())]
    if not links or info.source is Source.CATALOG or _is_settled(said):
        return Said(), ()
    address = links[0].text.strip()
    content = _content(address, hub)
    if isinstance(content, Gap):
        return _unread(links[0], content.reason, content.detail)
    if content.startswith(_PDF):
        return _unread(links[0], GapReason.MALFORMED, "it is a PDF, which is not read")
    try:
        found = texts.read(content, At(str(info.id), info.revision, _PLACE), ClaimKind.LINKED)
    except Malformed as problem:
        return _unread(links[0], GapReason.MALFORMED, str(problem))
    if not found.claims:
        return _unread(links[0], GapReason.MALFORMED, "there is no word in it")
    return Said(claims=found.claims), ()


def _is_settled(said: Said) -> bool:
    """The repository has a text of its own, or its tag stands for one text."""
    if any(one.kind is ClaimKind.FILE and "/" not in one.evidence.place for one in said.claims):
        return True
    tags = {one.text.strip().lower() for one in said.claims if one.kind is ClaimKind.TAG}
    return len(tags) == 1 and tags <= keys().hub_licenses - keys().ambiguous_licenses


def _content(address: str, hub: Hub) -> bytes | Gap:
    """A file of a repository on the Hub is asked of the Hub; anything else of its own server."""
    found = _ON_THE_HUB.match(address)
    repo = RepoId.try_parse(found["repo"]) if found else None
    if found is None or repo is None:
        return hub.linked(address, _LARGEST)
    revision = found["revision"]
    info = hub.repo(repo, None if revision == "main" else revision)
    return info if isinstance(info, Gap) else hub.read(info, found["path"], _LARGEST)


def _unread(link: Claim, reason: GapReason, why: str) -> tuple[Said, tuple[Gap, ...]]:
    says = f"the text behind license_link was not read: {why}"
    gap = Gap(link.evidence.repo, reason, says, _PLACE)
    return Said(facts=(Fact(FactKind.SUMMARY, says, link.evidence),)), (gap,)

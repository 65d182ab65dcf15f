"""Puts the sources together that a run asks for: a recording, or the Hub with its cache, or what is on this machine.

The bundled catalogue answers only offline, where a node says `source: catalog` and how old it is. When the Hub fails in
a run that may reach it, the failure stays a gap: older facts in its place could make a verdict better than it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from licscan.core.artifact import FileEntry, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.core.text import discreet
from licscan.errors import UsageError
from licscan.sources.deadline import Deadline
from licscan.sources.protocol import Commit, Counts, Hub, RepoInfo

T = TypeVar("T")
_TRUE = frozenset({"1", "ON", "YES", "TRUE"})
DEFAULT_ENDPOINT = "https://huggingface.co"
_STAGING_ENDPOINT = "https://hub-ci.huggingface.co"


def open_hub(
    *,
    offline: bool = False,
    recording: Path | None = None,
    token: str | None = None,
    endpoint: str | None = None,
    timeout: float | None = None,
) -> Hub:
    """The source of facts for a run; HF_ENDPOINT and HF_HUB_OFFLINE count as they do for the Hub's own client.

    `timeout` is in seconds from now: after it nothing more is asked of the network.

    Raises:
        SourceError: `recording` is no recording.
        UsageError: the address, the token or the environment cannot be used to ask the Hub.
    """
    if recording is not None:
        from licscan.sources.recording import Recorded

        return Recorded(recording)
    from licscan.sources.cache import Cached, Store

    address = _checked(endpoint) if endpoint else hub_endpoint()
    store = Store(address)
    if offline or is_offline():
        from licscan.sources.catalog import Catalog

        return Layered(Cached(None, store), Catalog())
    from licscan.sources.http import Live, check_tokens

    check_tokens(token)
    deadline = None if timeout is None else Deadline(timeout)
    return Cached(Live(address, token, deadline=deadline), store)


def hub_endpoint() -> str:
    """The Hub's address, by the variables that its own client reads.

    Raises:
        UsageError: what they say is no address.
    """
    if _is_true("HUGGINGFACE_CO_STAGING"):
        return _STAGING_ENDPOINT
    return _checked((os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/"))


def _checked(endpoint: str) -> str:
    try:
        address = urlsplit(endpoint)
        is_good = address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        is_good = False
    if not is_good or " " in endpoint or not (endpoint.isascii() and endpoint.isprintable()):
        raise UsageError(
            f"HF_ENDPOINT {discreet(endpoint)!r} is no address", "an address looks like https://huggingface.co"
        )
    return endpoint


def is_offline() -> bool:
    """The user forbade the network by the variables that the Hub's own client reads."""
    return _is_true("HF_HUB_OFFLINE") or (not os.environ.get("HF_HUB_OFFLINE") and _is_true("TRANSFORMERS_OFFLINE"))


def _is_true(name: str) -> bool:
    return os.environ.get(name, "").upper() in _TRUE


class Layered:
    """Sources on this machine, asked in turn: the first that has seen something answers.

    What one of them has seen and cannot read any more (a damaged entry) is not asked of the next: older facts in its
    place could make a verdict better than it is.
    """

    workers = 1

    def __init__(self, *hubs: Hub) -> None:
        self._hubs = hubs
        self._by_source: dict[Source, Hub] = {}
        self.stats = Counts()

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:
        """The answer of the first source that has one; otherwise what each of them says."""
        missing = []
        for hub in self._hubs:
            answer = hub.repo(repo, revision)
            if isinstance(answer, RepoInfo):
                self._by_source.setdefault(answer.source, hub)
                self.stats.add(cache_hits=1)
                return answer
            if answer.reason is not GapReason.OFFLINE:
                return answer
            missing.append(answer.detail)
        why = ", ".join(missing) or "there is no source to ask"
        return Gap(str(repo), GapReason.OFFLINE, f"{why}; the run is offline: scan it once with the network")

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:
        """A small file whole, from the source that knew the repository."""
        return self._ask(info, path, lambda hub: hub.read(info, path, limit))

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        """A stretch of a file, from the source that knew the repository."""
        return self._ask(info, path, lambda hub: hub.read_range(info, path, start, length))

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """All files with sizes and hashes, from the source that knew the repository."""
        return self._ask(info, "", lambda hub: hub.listing(info))

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:
        """The commits, from the source that knew the repository."""
        return self._ask(info, "", lambda hub: hub.history(info, paths, limit))

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:
        """What stands behind a licence link, from the first source that has it."""
        answer: bytes | Gap = Gap(url, GapReason.OFFLINE, "not read: there is no source to ask")
        for hub in self._hubs:
            answer = hub.linked(url, limit)
            if isinstance(answer, bytes):
                self.stats.add(cache_hits=1)
            if isinstance(answer, bytes) or answer.reason is not GapReason.OFFLINE:
                return answer
        return answer

    def _ask(self, info: RepoInfo, path: str, ask: Callable[[Hub], T | Gap]) -> T | Gap:
        hub = self._by_source.get(info.source)
        if hub is None:
            return Gap(str(info.id), GapReason.OFFLINE, "not seen by any source on this machine", path)
        answer = ask(hub)
        if not isinstance(answer, Gap):
            self.stats.add(cache_hits=1)
        return answer

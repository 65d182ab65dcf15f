"""The Hub itself: one request for what it knows of a repository, one for each file that carries facts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar
from urllib.parse import quote

from licscan.core.artifact import FileEntry
from licscan.core.clock import timestamp
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId, RepoKind, is_whole_commit
from licscan.core.text import harmless
from licscan.sources.deadline import Deadline
from licscan.sources.http.answers import commits_of, files_of, gap_of, info_of, next_page, total_of
from licscan.sources.http.client import LONGEST_REQUEST, Answer, Client, Failure, joined
from licscan.sources.http.links import Links
from licscan.sources.integrity import ContentId, listed, mismatch, promised
from licscan.sources.protocol import Commit, Counts, RepoInfo
from licscan.sources.serialize import Unreadable, load

T = TypeVar("T")
_MODEL_FIELDS = (
    *("author", "baseModels", "cardData", "config", "createdAt", "disabled", "gated", "gguf", "lastModified"),
    *("library_name", "pipeline_tag", "private", "safetensors", "sha", "siblings", "tags"),
)
_DATASET_FIELDS = (
    "author",
    "cardData",
    "createdAt",
    "disabled",
    "gated",
    "lastModified",
    "private",
    "sha",
    "siblings",
    "tags",
)
_AS_IT_IS = {"accept-encoding": "identity"}
_LARGEST_ANSWER = 32_000_000
_LARGEST_SKIP = 64_000_000
"""How far we read into a file at a server that ignores ranges."""
_MOST_PAGES = 100
_SIGNED_SECONDS = 300.0
_MOST_SIGNED = 1000


class Live:
    """Facts from the Hub, or from a mirror of it."""

    def __init__(
        self,
        endpoint: str,
        token: str | None = None,
        *,
        workers: int = 100,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        timeout: float | None = None,
        links: Links | None = None,
        deadline: Deadline | None = None,
        longest: float = LONGEST_REQUEST,
    ) -> None:
        self.workers = workers
        self.stats = Counts()
        self.endpoint = endpoint.rstrip("/")
        self._client = Client(
            endpoint, token, self.stats, sleep=sleep, clock=clock, timeout=timeout, deadline=deadline, longest=longest
        )
        self._clock = clock
        self._links = links or Links(self.stats, deadline=deadline)
        self._is_plain = False
        """The server answered 400 to the list of fields: a mirror that knows fewer of them."""
        self._signed: dict[tuple[RepoId, str | None, str], tuple[Answer, float]] = {}
        """The answers that told where large files lie, by the Hub's signed redirects."""
        self._listings: dict[tuple[RepoId, str | None], tuple[FileEntry, ...] | Gap] = {}
        """Listings that were asked for because nothing else vouches for a file."""

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:
        """What one request tells about a repository."""
        url = self._api(repo) + (f"/revision/{quote(revision, safe='')}" if revision else "")
        fields = _MODEL_FIELDS if repo.kind is RepoKind.MODEL else _DATASET_FIELDS
        plain = self._is_plain
        answer = self._client.get(url, limit=_LARGEST_ANSWER, params=None if plain else {"expand": list(fields)})
        if isinstance(answer, Answer) and answer.status == 400 and not plain:
            answer = self._client.get(url, limit=_LARGEST_ANSWER)
            self._is_plain = isinstance(answer, Answer) and answer.status == 200
        if isinstance(answer, Failure):
            return Gap(str(repo), answer.reason, answer.detail)
        if answer.status != 200:
            return gap_of(answer, repo, "", has_token=self._client.has_token)
        info = info_of(answer, repo, timestamp())
        is_whole = revision is not None and is_whole_commit(revision)
        if isinstance(info, RepoInfo) and is_whole and info.revision not in (None, revision):
            return Gap(str(repo), GapReason.DAMAGED, f"the Hub answered with another revision, {info.revision}")
        return info

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:
        """A small file whole, at the revision of `info`; a file larger than `limit` bytes is a gap.

        Bytes that do not fit what the Hub itself says of the file, or for which nothing vouches, are a gap.
        """
        answer = self._client.get(self._file(info, path), limit=limit, headers=_AS_IT_IS)
        if isinstance(answer, Failure):
            return Gap(str(info.id), answer.reason, answer.detail, path)
        if answer.status != 200:
            return gap_of(answer, info.id, path, has_token=self._client.has_token)
        if not answer.whole:
            return Gap(str(info.id), GapReason.MALFORMED, f"{path} is larger than {limit} bytes", path)
        if _is_page(answer) and not path.lower().endswith((".html", ".htm")):
            return Gap(str(info.id), GapReason.UNREACHABLE, f"a web page came in the place of {path}", path)
        return self._vouched(info, path, answer) or answer.body

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        """Bytes `start` to `start + length` of a file; fewer where the file ends before."""
        if length <= 0:
            return b""
        key = (info.id, info.revision, path)
        first, since = self._signed.get(key, (None, 0.0))
        answer: Answer | Failure | None = None
        if first is not None and self._clock() - since < _SIGNED_SECONDS:
            answer = self._stretch(first.url, start, length)
            if isinstance(answer, Answer):
                answer = replace(answer, hops=first.hops)
        if not isinstance(answer, Answer) or answer.status not in (200, 206, 416):
            self._signed.pop(key, None)
            answer = self._stretch(self._file(info, path), start, length)
            self._remember(key, answer)
        return self._cut(info, path, answer, start, length)

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """All files with sizes and hashes, sorted by path."""
        url = f"{self._api(info.id)}/tree/{quote(info.revision or 'main', safe='')}?recursive=true"
        pages = self._pages(info, url, files_of, None)
        if isinstance(pages, Gap):
            return pages
        return tuple(sorted({entry.path: entry for entry in pages}.values(), key=lambda entry: entry.path))

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:  # noqa: ARG002
        """The commits, newest first, at most `limit`; the Hub cannot choose them by path."""
        url = f"{self._api(info.id)}/commits/{quote(info.revision or 'main', safe='')}"
        pages = self._pages(info, url, commits_of, limit)
        if pages == () and limit > 0:
            return Gap(str(info.id), GapReason.DAMAGED, "its history is empty, and every repository has a commit")
        return pages if isinstance(pages, Gap) else pages[:limit]

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:
        """What stands behind a licence link outside the Hub."""
        return self._links.read(url, limit)

    def _api(self, repo: RepoId) -> str:
        return f"{self.endpoint}/api/{repo.kind.value}s/{repo.path}"

    def _file(self, info: RepoInfo, path: str) -> str:
        kind = "" if info.id.kind is RepoKind.MODEL else f"{info.id.kind.value}s/"
        revision = quote(info.revision or "main", safe="")
        return f"{self.endpoint}/{kind}{info.id.path}/resolve/{revision}/{quote(path)}"

    def _stretch(self, url: str, start: int, length: int) -> Answer | Failure:
        headers = {"range": f"bytes={start}-{start + length - 1}", **_AS_IT_IS}
        return self._client.get(url, limit=length, headers=headers, skip=min(start, _LARGEST_SKIP))

    def _remember(self, key: tuple[RepoId, str | None, str], answer: Answer | Failure) -> None:
        if isinstance(answer, Answer) and answer.status == 206 and not self._client.is_own(answer.url):
            if len(self._signed) >= _MOST_SIGNED:
                self._signed.clear()
            self._signed[key] = (answer, self._clock())

    def _cut(self, info: RepoInfo, path: str, answer: Answer | Failure, start: int, length: int) -> bytes | Gap:
        """The stretch that was asked for, and no other, whole.

        A stretch has no hash of its own; that of the whole file is checked where the stretch is the whole file.
        """
        if isinstance(answer, Failure):
            return Gap(str(info.id), answer.reason, answer.detail, path)
        if answer.status not in (200, 206, 416):
            return gap_of(answer, info.id, path, has_token=self._client.has_token)
        if answer.status == 200 and start > _LARGEST_SKIP:
            return Gap(str(info.id), GapReason.UNREACHABLE, f"the server cannot give a stretch of {path}", path)
        if _is_page(answer) and not path.lower().endswith((".html", ".htm")):
            return Gap(str(info.id), GapReason.UNREACHABLE, f"a web page came in the place of {path}", path)
        known = promised(answer.told)
        total = total_of(answer, start)
        if total is None:
            return Gap(str(info.id), GapReason.MALFORMED, f"the Hub answered with another stretch of {path}", path)
        if known.contradicts(listed(info.files, path)) or known.contradicts(ContentId(total)):
            return Gap(str(info.id), GapReason.DAMAGED, f"the Hub answered with another file than {path}", path)
        if len(answer.body) < min(length, max(0, total - start)):
            return Gap(str(info.id), GapReason.DAMAGED, f"the Hub's answer for {path} is cut off", path)
        problem = mismatch(answer.body, known) if start == 0 and total <= length else ""
        return Gap(str(info.id), GapReason.DAMAGED, f"{path}: {problem}", path) if problem else answer.body

    def _vouched(self, info: RepoInfo, path: str, answer: Answer) -> Gap | None:
        """None for a whole file whose bytes are those that the Hub says it has at this revision; otherwise why not."""
        at = next((one["x-repo-commit"] for one in answer.told if "x-repo-commit" in one), None)
        if at is not None and info.revision is not None and is_whole_commit(info.revision) and at != info.revision:
            return Gap(str(info.id), GapReason.DAMAGED, f"{path} came from another revision, {harmless(at)[:40]}", path)
        told, entry = promised(answer.told), listed(info.files, path)
        if not told.is_hashed and not entry.is_hashed:
            files = self._listed(info)
            if isinstance(files, Gap):
                return Gap(str(info.id), files.reason, f"nothing vouches for {path}: {files.detail}", path)
            if all(one.path != path for one in files):
                return Gap(str(info.id), GapReason.DAMAGED, f"{path} came, and the Hub does not list it", path)
            entry = listed(files, path)
        problem = mismatch(answer.body, entry) or mismatch(answer.body, told)
        return Gap(str(info.id), GapReason.DAMAGED, f"{path}: {problem}", path) if problem else None

    def _listed(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """The listing, asked for once."""
        key = (info.id, info.revision)
        if key not in self._listings:
            self._listings[key] = self.listing(info)
        return self._listings[key]

    def _pages(
        self, info: RepoInfo, url: str, read: Callable[[object], tuple[T, ...] | None], most: int | None
    ) -> tuple[T, ...] | Gap:
        """All pages of a list; one page that cannot be read makes a gap of the whole."""
        found: list[T] = []
        following: str | None = url
        for _ in range(_MOST_PAGES):
            if following is None or (most is not None and len(found) >= most):
                return tuple(found)
            answer = self._client.get(following, limit=_LARGEST_ANSWER)
            if isinstance(answer, Failure):
                return Gap(str(info.id), answer.reason, answer.detail)
            if answer.status == 401:
                # Of a repository that has answered, this cannot mean that it does not exist.
                return Gap(str(info.id), GapReason.PRIVATE, "the Hub does not show this list without a login")
            if answer.status != 200:
                return gap_of(answer, info.id, "", has_token=self._client.has_token)
            try:
                page = read(load(answer.body)) if answer.whole else None
            except Unreadable:
                page = None
            if page is None:
                return Gap(str(info.id), GapReason.MALFORMED, "the Hub's list cannot be read")
            found.extend(page)
            link = next_page(answer.headers)
            following = joined(following, link) if link else None
            if following is not None and not self._client.is_own(following):
                return Gap(str(info.id), GapReason.MALFORMED, "the Hub's list goes on at another host")
        return Gap(str(info.id), GapReason.MALFORMED, f"the Hub's list has more than {_MOST_PAGES} pages")


def _is_page(answer: Answer) -> bool:
    """What a wireless network, a proxy or a login page puts in the place of a file."""
    is_named = answer.headers.get("content-type", "").lower().startswith("text/html")
    return is_named and answer.body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html"))

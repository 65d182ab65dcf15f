"""A stand-in for the Hub on loopback: the shapes of its real answers, with faults and latency on demand.

with StandIn() as hub:
    hub.add("org/model", card={"license": "mit"}, files={"README.md": b"..."})
    Live(hub.url).repo(...)
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Self
from urllib.parse import parse_qs, quote, unquote, urlsplit

EXPANDS = frozenset(
    [
        *("author", "baseModels", "cardData", "childrenModelCount", "config", "createdAt", "disabled", "downloads"),
        *("downloadsAllTime", "evalResults", "gated", "gguf", "inference", "inferenceProviderMapping", "lastModified"),
        *("library_name", "likes", "mask_token", "model-index", "pipeline_tag", "private", "resourceGroup"),
        *("safetensors", "sha", "siblings", "spaces", "tags", "transformersInfo", "trendingScore", "usedStorage"),
        *("widgetData", "xetEnabled"),
    ]
)
_API = re.compile(r"/api/(models|datasets)/(.+)\Z")
_RESOLVE = re.compile(r"/(datasets/)?(.+?)/resolve/([^/]+)/(.+)\Z")
TOKEN = "hf_of_a_friend"


@dataclass
class Repo:
    """One repository of the stand-in."""

    id: str
    files: dict[str, bytes]
    info: dict[str, Any]
    sha: str
    large: frozenset[str] = frozenset()
    gated: bool = False
    private: bool = False
    disabled: bool = False
    commits: list[dict[str, Any]] = field(default_factory=list)
    past: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """Files at older commits, where a test needs them."""

    def at(self, revision: str) -> dict[str, bytes] | None:
        """The files at a revision; None where there is no such commit."""
        return self.files if revision in ("", "main", self.sha) else self.past.get(revision)


@dataclass(frozen=True)
class Reply:
    """One answer, whole or with a fault."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    """Close the connection after so many bytes of the body."""
    wait: float = 0.0
    """Seconds before the answer begins."""
    drip: float = 0.0
    """Seconds before each byte, headers included; what is sent begins again at its end, for ever."""
    raw: bytes | None = None
    """What goes over the wire in the place of an answer; the connection is closed after it."""
    again: bool = False
    """This answer, and no other, whenever its path is asked for."""


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    host: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]


class StandIn:
    """The server; `asked` holds all requests in the order in which they came."""

    def __init__(
        self, *, latency: float = 0.0, page: int = 1000, hops: bool = False, expands: frozenset[str] = EXPANDS
    ) -> None:
        self.repos: dict[str, Repo] = {}
        self.renamed: dict[str, str] = {}
        self.asked: list[Asked] = []
        self.latency = latency
        self.page = page
        self.hops = hops
        """Small files are one more redirect away, as at the real Hub."""
        self.expands = expands
        self.ranges = True
        self._faults: dict[str, list[Reply]] = {}
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.stand_in = self
        self._server.is_over = Event()
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.is_over.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add(
        self,
        id: str,
        *,
        kind: str = "models",
        card: Mapping[str, Any] | None = None,
        files: Mapping[str, bytes] | None = None,
        base_models: tuple[str, tuple[str, ...]] | None = None,
        large: tuple[str, ...] = (),
        gated: str | bool = False,
        private: bool = False,
        disabled: bool = False,
        commits: list[dict[str, Any]] | None = None,
        **more: Any,
    ) -> Repo:
        """Add a repository; `more` goes into the answer as it stands."""
        held = {"README.md": b"---\n---\n", **(files or {})}
        sha = _oid(repr((id, sorted(held))).encode())
        info: dict[str, Any] = {
            "_id": "0" * 24,
            "id": id,
            "author": id.partition("/")[0],
            "sha": sha,
            "cardData": dict(card or {}),
            "gated": gated,
            "private": private,
            "disabled": disabled,
            "tags": [],
            "siblings": [{"rfilename": name} for name in sorted(held)],
            "createdAt": "2024-01-02T03:04:05.000Z",
            "lastModified": "2024-02-03T04:05:06.000Z",
        }
        if base_models:
            relation, names = base_models
            info["baseModels"] = {"relation": relation, "models": [{"_id": "1" * 24, "id": name} for name in names]}
        repo = Repo(
            id,
            held,
            {**info, **more},
            sha,
            frozenset(large),
            gated=bool(gated),
            private=private,
            disabled=disabled,
            commits=commits
            or [{"id": sha, "title": "first", "message": "", "authors": [], "date": "2024-02-03T04:05:06.000Z"}],
        )
        self.repos[f"{kind}/{id}"] = repo
        return repo

    def add_history(self, id: str, states: list[tuple[str, dict[str, bytes]]], **more: Any) -> Repo:
        """Add a repository with its commits, oldest first: the date and the files of each."""
        repo = self.add(id, files=states[-1][1], **more)
        repo.files = dict(states[-1][1])
        ids = [_oid(f"{id} {at}".encode()) for at in range(len(states) - 1)] + [repo.sha]
        repo.past = dict(zip(ids[:-1], (files for _, files in states[:-1]), strict=True))
        repo.commits = [
            {"id": sha, "title": f"upload {at}", "message": "", "authors": [], "date": f"{date}T00:00:00.000Z"}
            for at, (sha, (date, _)) in enumerate(zip(ids, states, strict=True))
        ][::-1]
        repo.info["siblings"] = [{"rfilename": name} for name in sorted(repo.files)]
        return repo

    def fail(self, path: str, *replies: Reply) -> None:
        """The next requests for `path` (or beginning with it, if it ends in `*`) get these answers, in order."""
        self._faults.setdefault(path, []).extend(replies)

    def count(self, part: str = "") -> int:
        """How many requests had `part` in their path."""
        return sum(part in one.path for one in self.asked)

    def answer(self, asked: Asked) -> Reply:
        """The answer to one request."""
        with self._lock:
            self.asked.append(asked)
            for path, replies in self._faults.items():
                if replies and (asked.path == path or (path.endswith("*") and asked.path.startswith(path[:-1]))):
                    return replies[0] if replies[0].again else replies.pop(0)
        path = unquote(asked.path)
        if path.startswith("/cdn/"):
            return self._bytes(asked, self.repos[path.split("/", 2)[2].split("!")[0]].files[path.split("!")[1]], "cdn")
        if path.startswith("/api/resolve-cache/"):
            key, _, name = path.removeprefix("/api/resolve-cache/").partition("!")
            repo = self.repos[key]
            return self._bytes(asked, repo.files[name], repo.sha)
        if found := _API.match(path):
            return self._api(asked, found[1], found[2])
        if found := _RESOLVE.match(path):
            return self._resolve(asked, "datasets" if found[1] else "models", found[2], found[3], found[4])
        return _error(404, "", "Not Found")

    def _find(self, asked: Asked, kind: str, id: str, address: Callable[[str], str]) -> Repo | Reply:
        by_case = {key.lower(): key for key in self.repos}
        key = f"{kind}/{id}"
        new = self.renamed.get(id) or by_case.get(key.lower(), key).partition("/")[2]
        if new != id:
            return Reply(307, headers={"Location": address(new)})
        repo = self.repos.get(key)
        has_token = asked.headers.get("authorization") == f"Bearer {TOKEN}"
        if asked.headers.get("authorization", f"Bearer {TOKEN}") != f"Bearer {TOKEN}":
            return _error(401, "", "Invalid credentials in Authorization header")
        if repo is None or (repo.private and not has_token):
            return (
                _error(404, "RepoNotFound", "Repository not found")
                if has_token
                else _error(401, "", "Invalid username or password.")
            )
        if repo.disabled:
            return _error(403, "", "Access to this resource is disabled.")
        return repo

    def _api(self, asked: Asked, kind: str, rest: str) -> Reply:
        parts = rest.split("/")
        at = next(
            (place for place, part in enumerate(parts) if part in ("revision", "tree", "commits") and place), len(parts)
        )
        id, verb, revision = "/".join(parts[:at]), "".join(parts[at : at + 1]), "/".join(parts[at + 1 :])
        repo = self._find(
            asked, kind, id, lambda new: f"/api/{kind}/{new}" + "".join(f"/{part}" for part in parts[at:])
        )
        if isinstance(repo, Reply):
            return repo
        files = repo.at(revision)
        if files is None:
            return _error(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        if verb == "tree":
            return self._pages(asked, [_tree_entry(repo, name, files[name]) for name in sorted(files)])
        if verb == "commits":
            ids = [one["id"] for one in repo.commits]
            return self._pages(asked, repo.commits[ids.index(revision) if revision in ids else 0 :])
        wanted = asked.query.get("expand") or asked.query.get("expand[]") or []
        if set(wanted) - self.expands:
            return Reply(400, json.dumps({"error": f"expand must be one of {sorted(self.expands)}"}).encode(), _JSON)
        said = {name: value for name, value in repo.info.items() if not wanted or name in (*wanted, "id", "_id")}
        if not wanted:
            said.pop("baseModels", None)
        if files is not repo.files:
            said |= {"sha": revision, "siblings": [{"rfilename": name} for name in sorted(files)]}
            said |= {"cardData": _front(files.get("README.md", b""))}
        return Reply(200, json.dumps(said).encode(), _JSON)

    def _pages(self, asked: Asked, rows: list[Any]) -> Reply:
        start = int(asked.query.get("cursor", ["0"])[0])
        more = {}
        if start + self.page < len(rows):
            kept = "&".join(f"{name}={value[0]}" for name, value in asked.query.items() if name != "cursor")
            more["Link"] = f'<{self.url}{quote(asked.path)}?{kept}&cursor={start + self.page}>; rel="next"'
        return Reply(200, json.dumps(rows[start : start + self.page]).encode(), {**_JSON, **more})

    def _resolve(self, asked: Asked, kind: str, id: str, revision: str, name: str) -> Reply:
        prefix = "" if kind == "models" else f"{kind}/"
        repo = self._find(asked, kind, id, lambda new: f"/{prefix}{new}/resolve/{revision}/{quote(name)}")
        if isinstance(repo, Reply):
            return repo
        if repo.gated:
            has_token = "authorization" in asked.headers
            return _error(403 if has_token else 401, "GatedRepo", f"Access to model {id} is restricted.")
        files = repo.at(revision)
        if files is None:
            return _error(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        if name not in files:
            return _error(404, "EntryNotFound", "Entry not found")
        if files is not repo.files:
            return self._bytes(asked, files[name], revision)
        key = quote(f"{kind}/{repo.id}!{name}")
        content = repo.files[name]
        headers = {"X-Repo-Commit": repo.sha, "X-Linked-Size": str(len(content))}
        if name in repo.large:
            headers |= {"Location": f"http://localhost:{self.port}/cdn/{key}?signature=s"}
            return Reply(302, headers={**headers, "X-Linked-ETag": f'"{_digest(content)}"'})
        if self.hops:
            headers |= {"Location": f"/api/resolve-cache/{key}?etag=1"}
            return Reply(307, headers={**headers, "X-Linked-ETag": f'"{blob_id(content)}"'})
        return self._bytes(asked, content, repo.sha)

    def _bytes(self, asked: Asked, content: bytes, commit: str) -> Reply:
        """A file as its own server sends it: the Hub with its git blob id, another host with an ETag of its own."""
        own = commit != "cdn"
        headers = {"ETag": f'"{blob_id(content)}"', "X-Repo-Commit": commit} if own else {"ETag": '"of-our-own"'}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", asked.headers.get("range", ""))
        if wanted and self.ranges:
            start, end = int(wanted[1]), min(int(wanted[2] or len(content)), len(content) - 1)
            if start >= len(content):
                return Reply(416, b"", {"Content-Range": f"bytes */{len(content)}"})
            return Reply(
                206, content[start : end + 1], {**headers, "Content-Range": f"bytes {start}-{end}/{len(content)}"}
            )
        return Reply(200, content, {**headers, "Accept-Ranges": "bytes"})


def blob_id(content: bytes) -> str:
    """The git blob id of a file."""
    return _oid(b"blob %d\0" % len(content) + content)


@lru_cache(maxsize=64)
def _oid(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


@lru_cache(maxsize=64)
def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


_JSON = {"Content-Type": "application/json; charset=utf-8"}


def _error(status: int, code: str, words: str) -> Reply:
    headers = {"X-Error-Message": words, **({"X-Error-Code": code} if code else {}), **_JSON}
    return Reply(status, json.dumps({"error": words}).encode(), headers)


def _front(card: bytes) -> dict[str, Any]:
    """The plain `key: value` lines of a card's front matter."""
    head = card.decode().removeprefix("---").partition("\n---")[0]
    return {key: value.strip() for key, _, value in (line.partition(":") for line in head.splitlines()) if value}


def _tree_entry(repo: Repo, name: str, content: bytes) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": "file",
        "oid": blob_id(content),
        "size": len(content),
        "path": name,
    }
    if name in repo.large:
        digest = _digest(content)
        entry |= {"lfs": {"oid": digest, "size": len(content), "pointerSize": 134}, "xetHash": digest[::-1]}
    return entry


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    stand_in: StandIn
    is_over: Event

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(headers.get("host", ""), address.path, parse_qs(address.query), headers)
        reply = self.server.stand_in.answer(asked)
        pause = self.server.stand_in.latency + reply.wait
        if pause:
            time.sleep(pause)
        if reply.raw is not None:
            self._send(reply.raw, reply.drip)
            self.close_connection = True
            return
        lines = [f"HTTP/1.1 {reply.status} -"]
        if "Transfer-Encoding" not in reply.headers:
            lines.append(f"Content-Length: {len(reply.body)}")
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        body = reply.body if reply.cut is None else reply.body[: reply.cut]
        self._send("\r\n".join([*lines, "", ""]).encode() + body, reply.drip)
        if reply.cut is not None:
            self.close_connection = True

    def _send(self, content: bytes, drip: float) -> None:
        """At once, or over and over again, byte by byte, until the client leaves."""
        if not drip:
            self.wfile.write(content)
        while drip and not self.server.is_over.wait(drip):
            self.wfile.write(content[:1])
            content = content[1:] + content[:1]

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read `asked` instead."""

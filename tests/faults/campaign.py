"""A campaign of faults: every request of every lineage, each spoilt in every way, and nothing may come out better.

`python -m tests.faults` runs it in full; the suite runs a bounded sample of it. A lineage is served by a stand-in of
the Hub on loopback and read by the real client, so that what is spoilt is what goes over the wire.
"""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self

from licscan import scan
from licscan.cli.check import verdict
from licscan.core.report import Report
from licscan.errors import LicscanError
from licscan.sources.deadline import Deadline
from licscan.sources.http import Live
from tests.faults.house import OUTCOMES, SUBJECTS, build
from tests.standin import Asked, Reply, StandIn

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
SECONDS = 8.0
"""For one scan of the campaign (`--timeout`), and (a quarter of it) for one request."""
GRACE = 6.0
"""Seconds that a scan may go on after its deadline, to judge what it has read."""
_PAGE = b"<!DOCTYPE html>\n<html><body>Welcome to our wireless network</body></html>"
Spoil = Callable[[Reply], Reply]


def _fields(reply: Reply) -> dict[str, Any]:
    return {name: getattr(reply, name) for name in ("status", "body", "headers", "cut", "wait", "drip", "raw")}


def _status(status: int, body: bytes = b"", **headers: str) -> Spoil:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Reply(status, body, named, again=True)


def _body(change: Callable[[bytes], bytes], *, tagged: bool = True, **headers: str) -> Spoil:
    """The same answer with another body; without its ETag where `tagged` is false."""

    def spoilt(reply: Reply) -> Reply:
        kept = {name: value for name, value in reply.headers.items() if tagged or name.lower() != "etag"}
        added = {name.replace("_", "-"): value for name, value in headers.items()}
        return Reply(reply.status, change(reply.body), {**kept, **added}, again=True)

    return spoilt


def _header(name: str, value: str) -> Spoil:
    return lambda reply: Reply(reply.status, reply.body, {**reply.headers, name: value}, again=True)


def _json(change: Callable[[Any], Any]) -> Spoil:
    """A JSON answer with other content; for anything else, another body."""

    def changed(body: bytes) -> bytes:
        try:
            return json.dumps(change(json.loads(body))).encode()
        except ValueError:
            return body[::-1]

    return _body(changed)


def _without(name: str) -> Callable[[Any], Any]:
    return lambda said: {**said, name: 7} if isinstance(said, dict) else said[1:] if isinstance(said, list) else said


def _raw(raw: bytes, drip: float = 0.0) -> Spoil:
    return lambda _: Reply(raw=raw, drip=drip, again=True)


def _as_sent(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} -", f"Content-Length: {len(reply.body)}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + reply.body


def _cut(share: float) -> Spoil:
    def spoilt(reply: Reply) -> Reply:
        whole = _as_sent(reply)
        return Reply(raw=whole[: int(len(whole) * share)], again=True)

    return spoilt


_STATUSES = (204, 304, 400, 401, 402, 403, 404, 410, 418, 451, 500, 502, 503)
FAULTS: Mapping[str, Spoil] = {
    **{f"status {status}": _status(status) for status in _STATUSES},
    "gateway page": _status(504, _PAGE, Content_Type="text/html"),
    "no entry": _status(404, b"Entry not found", X_Error_Code="EntryNotFound"),
    "no repository": _status(404, b"", X_Error_Code="RepoNotFound"),
    "no revision": _status(404, b"", X_Error_Code="RevisionNotFound"),
    "gate": _status(403, b"", X_Error_Code="GatedRepo"),
    "login": _status(401, b'{"error": "Invalid username or password."}'),
    "rate limit": _status(429, Retry_After="1"),
    "rate limit of a day": _status(429, Retry_After="86400"),
    "circle": _status(302, Location="?again=1"),
    "redirect to nowhere": _status(307, Location="http://["),
    "redirect to a closed port": _status(307, Location="http://127.0.0.1:9/x"),
    "empty": _body(lambda _: b""),
    "half": _body(lambda body: body[: len(body) // 2]),
    "half without its tag": _body(lambda body: body[: len(body) // 2], tagged=False),
    "all but the last byte": _body(lambda body: body[:-1]),
    "one byte changed": _body(lambda body: body[: len(body) // 3] + b"~" + body[len(body) // 3 + 1 :]),
    "a byte more": _body(lambda body: body + b"\n", tagged=False),
    "another text": _body(lambda _: b"Permission is hereby granted, free of charge, to any person.", tagged=False),
    "nothing but zeros": _body(lambda body: b"\0" * len(body)),
    "an object": _body(lambda _: b"{}", tagged=False),
    "a list": _body(lambda _: b"[]", tagged=False),
    "null": _body(lambda _: b"null", tagged=False),
    "not UTF-8": _body(lambda _: b"\xff\xfe\xfa" * 9, tagged=False),
    "page": _body(lambda _: _PAGE, tagged=False, Content_Type="text/html; charset=utf-8"),
    "page as text": _body(lambda _: _PAGE, tagged=False, Content_Type="text/plain"),
    "too large": _body(lambda _: b"x" * 3_000_000, tagged=False),
    "zip cut": _body(lambda body: gzip.compress(body + b"." * 99)[:-30], Content_Encoding="gzip"),
    "zip of nothing": _body(lambda _: gzip.compress(b""), Content_Encoding="gzip"),
    "no zip": _header("Content-Encoding", "gzip"),
    "unknown compression": _header("Content-Encoding", "br"),
    "another revision": _header("X-Repo-Commit", "f" * 40),
    "another range": _header("Content-Range", "bytes 7-9/10"),
    "deep": _body(lambda _: b"[" * 100_000, tagged=False),
    "wrong id": _json(lambda said: {**said, "id": "other/model"} if isinstance(said, dict) else [7]),
    "wrong gate": _json(_without("gated")),
    "wrong card": _json(_without("cardData")),
    "wrong list of files": _json(_without("siblings")),
    "wrong tags": _json(_without("tags")),
    "wrong revision": _json(_without("sha")),
    "a list in a list": _json(lambda said: [said]),
    "reset": _raw(b""),
    "no HTTP": _raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "headers cut": _cut(0.2),
    "body cut": _cut(0.9),
    "chunks cut": _raw(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"id"\r\n'),
    "two lengths": _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n[1, 2]7"),
}
SLOW: Mapping[str, Spoil] = {
    "silence": lambda reply: Reply(**{**_fields(reply), "wait": 3.0, "again": True}),
    "dripping headers": _raw(b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 9, 0.05),
    "endless informational answers": _raw(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 9, 0.01),
    "dripping body": _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + b"x" * 999, 0.05),
}
"""Faults that take until a deadline: fewer of them are tried."""


@dataclass(frozen=True)
class World:
    """A lineage that can be served: its subject, and what puts it on a stand-in."""

    name: str
    subject: str
    serve: Callable[[StandIn], None]


@dataclass(frozen=True)
class Outcome:
    """What a scan came to."""

    rank: int
    code: int
    findings: frozenset[tuple[str, str]]
    gaps: frozenset[tuple[str, str, str]]
    seconds: float
    trouble: str = ""
    """An exception that is no error of a run."""


@dataclass
class Tally:
    """What the campaign found."""

    scans: int = 0
    better: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    slowest: float = 0.0

    @property
    def is_clean(self) -> bool:
        return not (self.better or self.lost or self.trouble or self.late)

    def take(self, what: str, whole: Outcome, spoilt: Outcome) -> None:
        """Hold a spoilt scan against the whole one."""
        self.scans += 1
        self.slowest = max(self.slowest, spoilt.seconds)
        if spoilt.trouble:
            self.trouble.append(f"{what}: {spoilt.trouble}")
        if spoilt.rank < whole.rank or (spoilt.code == 0 and whole.code != 0):
            self.better.append(what)
        if whole.findings - spoilt.findings and not spoilt.gaps - whole.gaps:
            gone = ", ".join(f"{rule} of {node}" for rule, node in sorted(whole.findings - spoilt.findings))
            self.lost.append(f"{what}: {gone}")
        if spoilt.seconds > SECONDS + GRACE:
            self.late.append(f"{what}: {spoilt.seconds:.1f} s")

    def __iadd__(self, other: Tally) -> Self:
        self.scans += other.scans
        self.slowest = max(self.slowest, other.slowest)
        for name in ("better", "lost", "trouble", "late"):
            getattr(self, name).extend(getattr(other, name))
        return self

    def __str__(self) -> str:
        told = (
            f"{self.scans:,} scans: {len(self.better)} verdicts better, {len(self.lost)} findings lost without a gap, "
        )
        return f"{told}{len(self.trouble)} tracebacks, {len(self.late)} late (slowest {self.slowest:.1f} s)"


@cache
def worlds() -> tuple[World, ...]:
    """The recorded lineages of the golden stories, and those of the house in which every fact counts."""
    houses = [World(f"house {subject}", subject, build) for subject in SUBJECTS]
    told = []
    for folder in sorted(GOLDEN.glob("*/hub")):
        subject = json.loads((folder / "recording.json").read_bytes())["subjects"][0]
        told.append(World(folder.parent.name, subject, _server(folder)))
    return (*told, *houses)


def _server(folder: Path) -> Callable[[StandIn], None]:
    return lambda hub: serve(folder, hub)


def serve(folder: Path, hub: StandIn) -> None:
    """Put a recording on a stand-in: what it says of each repository, and its files."""
    for path in sorted(folder.glob("*/**/info.json")):
        said = json.loads(path.read_bytes())
        if "same_as" in said:
            new = said["same_as"].split("/", 1)[1].partition("@")[0]
            hub.renamed[said["asked"].removeprefix("datasets/")] = new
        elif "info" in said:
            _add(hub, path.parent, said, path.relative_to(folder).parts[0])


def _add(hub: StandIn, place: Path, said: Mapping[str, Any], kind: str) -> None:
    info = said["info"]
    files: dict[str, bytes] = {}
    for name in said.get("files", {}):
        # A head is served as if it were the whole file.
        files[name.partition("@0+")[0]] = (place / "files" / name).read_bytes()
    parts = [entry if isinstance(entry, str) else entry["path"] for entry in info.get("files", [])]
    more = {"tags": info.get("tags", []), "config": info.get("config"), "gguf": info.get("gguf")}
    more |= {
        "library_name": info.get("library"),
        "pipeline_tag": info.get("pipeline"),
        "createdAt": info.get("created"),
    }
    if info.get("parameters"):
        more["safetensors"] = {"parameters": info.get("dtypes", {}), "total": info["parameters"]}
    repo = hub.add(
        info["id"].removeprefix("datasets/"),
        kind=kind,
        card=info.get("card"),
        files=files,
        base_models=(info.get("base_relation", ""), tuple(info["base_models"])) if info.get("base_models") else None,
        gated=info.get("gated", False),
        commits=[{"id": one["id"], "title": one["title"], "date": one["date"]} for one in said.get("history", [])]
        or None,
        **{name: value for name, value in more.items() if value is not None},
    )
    repo.info["siblings"] = [{"rfilename": name} for name in parts or sorted(files)]
    if "README.md" not in parts:
        repo.files.pop("README.md", None)


def run(world: World, faults: Mapping[str, Spoil] | None = None) -> tuple[Outcome, tuple[str, ...]]:
    """Scan a world in which the requests of some paths are spoilt; what it came to, and what was asked for."""
    with Spoilt(faults or {}) as hub:
        world.serve(hub)
        deadline = Deadline(SECONDS if faults else 60.0)
        live = Live(hub.url, None, workers=4, sleep=lambda _: None, timeout=1.0, deadline=deadline, longest=SECONDS / 4)
        begun = time.monotonic()
        report: Report | None = None
        trouble = ""
        try:
            report = scan(world.subject, hub=live)
        except LicscanError:
            pass
        except Exception as error:  # noqa: BLE001  (this is what is looked for)
            trouble = f"{type(error).__name__}: {error}"
        seconds = time.monotonic() - begun
        asked = tuple(dict.fromkeys(one.path for one in hub.asked))
    if report is None:
        return Outcome(OUTCOMES["unread"], 3, frozenset(), frozenset({("", "", "unread")}), seconds, trouble), asked
    findings = frozenset((one.rule, one.subject) for one in report.findings)
    gaps = frozenset((gap.id, gap.place, gap.reason.value) for gap in report.gaps)
    return Outcome(OUTCOMES[report.outcome.value], int(verdict(report, None)), findings, gaps, seconds), asked


class Spoilt(StandIn):
    """A stand-in that spoils its own answers for some paths."""

    def __init__(self, faults: Mapping[str, Spoil]) -> None:
        super().__init__()
        self._spoilers = faults

    def answer(self, asked: Asked) -> Reply:
        reply = super().answer(asked)
        spoil = self._spoilers.get(asked.path)
        return reply if spoil is None else spoil(reply)


@cache
def whole(name: str) -> tuple[Outcome, tuple[str, ...]]:
    """A world without a fault."""
    return run(next(world for world in worlds() if world.name == name))


def single(world: World) -> Iterator[tuple[str, str]]:
    """Every request of a world with every fault."""
    for path in whole(world.name)[1]:
        for name in (*FAULTS, *SLOW):
            yield path, name


def pairs(number: int, seed: int) -> Iterator[tuple[World, dict[str, str]]]:
    """Two requests of one world spoilt at once, by chance."""
    chance = random.Random(seed)  # noqa: S311  (a choice of tests)
    able = [world for world in worlds() if len(whole(world.name)[1]) > 1]
    for _ in range(number):
        world = chance.choice(able)
        first, second = chance.sample(whole(world.name)[1], 2)
        yield world, {first: chance.choice([*FAULTS]), second: chance.choice([*FAULTS])}


def tried(world: World, named: Mapping[str, str], tally: Tally) -> None:
    """One spoilt scan of a world."""
    known = {**FAULTS, **SLOW}
    spoilt, _ = run(world, {path: known[name] for path, name in named.items()})
    what = "; ".join(f"{name} at {path}" for path, name in named.items())
    tally.take(f"{world.name}: {what}", whole(world.name)[0], spoilt)

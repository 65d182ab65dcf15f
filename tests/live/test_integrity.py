"""Bytes are those that the Hub says they are, or they are a gap: by hash, size, revision, stretch and compression."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.sources.cache import Cached, Store
from licscan.sources.http import Live
from licscan.sources.integrity import blob_id, promised
from licscan.sources.protocol import RepoInfo
from licscan.sources.recorder import Recorder
from licscan.sources.recording import Recorded
from tests.standin import Reply, StandIn

MODEL = RepoId.parse("org/model")
CONFIG = b'{"model_type": "llama"}'
LARGE = b"GGUF" + bytes(range(256)) * 400
OTHER = b"Attribution-NonCommercial 4.0 International"
Make = Callable[..., Live]


@pytest.fixture
def hub() -> StandIn:
    server = StandIn()
    server.add("org/model", card={"license": "mit"}, files={"config.json": CONFIG, "w.gguf": LARGE}, large=("w.gguf",))
    return server


def opened(hub: StandIn, live: Make) -> tuple[Live, RepoInfo]:
    source = live(hub)
    info = source.repo(MODEL)
    assert isinstance(info, RepoInfo)
    return source, info


def at(info: RepoInfo, path: str) -> str:
    return f"/org/model/resolve/{info.revision}/{path}"


def reason(answer: object) -> GapReason:
    assert isinstance(answer, Gap), answer
    return answer.reason


def tag(content: bytes) -> dict[str, str]:
    return {"ETag": f'"{blob_id(content)}"'}


def test_a_blob_id_is_that_of_git() -> None:
    assert blob_id(b"hello world\n") == "3b18e512dba79e4c8300dd08aeb37f8e728b8dad"
    assert blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([{"etag": f'"{"a" * 40}"'}], (None, "a" * 40, None)),
        ([{"etag": f'W/"{"a" * 40}"'}], (None, "a" * 40, None)),
        ([{"etag": "b" * 64}], (None, None, "b" * 64)),
        ([{"x-linked-etag": f'"{"b" * 64}"', "x-linked-size": "7"}, {"etag": f'"{"a" * 40}"'}], (7, None, "b" * 64)),
        ([{"x-linked-size": "7"}, {"etag": f'"{"a" * 40}"'}], (7, "a" * 40, None)),
        ([{"etag": '"5f3e-2a1"'}], (None, None, None)),
        ([{"etag": f'"{"a" * 41}"', "x-linked-size": "-7"}], (None, None, None)),
        ([{"x-linked-size": "9" * 99}], (None, None, None)),
    ],
)
def test_what_headers_promise(headers: list[dict[str, str]], expected: tuple[object, ...]) -> None:
    found = promised(headers)
    assert (found.size, found.oid, found.sha256) == expected


@pytest.mark.parametrize("hops", [False, True])
def test_bytes_that_fit_are_read(hub: StandIn, live: Make, hops: bool) -> None:
    hub.hops = hops
    with hub:
        source, info = opened(hub, live)
        assert source.read(info, "config.json") == CONFIG
        assert source.read(info, "w.gguf") == LARGE
        assert source.read_range(info, "w.gguf", 0, 100) == LARGE[:100]
        assert source.read_range(info, "w.gguf", 100, 9**9) == LARGE[100:]
        assert source.read_range(info, "w.gguf", 0, 9**9) == LARGE
        assert source.read_range(info, "w.gguf", len(LARGE), 10) == b""


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, OTHER, {"Content-Type": "text/plain"}),
        Reply(200, OTHER, tag(CONFIG)),
        Reply(200, CONFIG[:-1], tag(CONFIG)),
        Reply(200, b"", tag(CONFIG)),
        Reply(200, CONFIG, {**tag(CONFIG), "X-Repo-Commit": "f" * 40}),
        Reply(200, CONFIG, {"ETag": f'"{"0" * 64}"'}),
        Reply(200, CONFIG, {**tag(CONFIG), "X-Linked-Size": "7"}),
        Reply(200, gzip.compress(CONFIG)[:-9], {**tag(CONFIG), "Content-Encoding": "gzip"}),
        Reply(200, gzip.compress(CONFIG) + b"more", {**tag(CONFIG), "Content-Encoding": "gzip"}),
        Reply(200, CONFIG, {**tag(CONFIG), "Content-Encoding": "br"}),
    ],
)
def test_bytes_that_do_not_fit_are_damaged_and_not_kept(hub: StandIn, live: Make, reply: Reply, tmp_path: Path) -> None:
    with hub:
        source, info = opened(hub, live)
        cached = Cached(source, Store(hub.url, tmp_path))
        hub.fail(at(info, "config.json"), reply)
        assert reason(cached.read(info, "config.json")) is GapReason.DAMAGED
        assert reason(Cached(None, Store(hub.url, tmp_path)).read(info, "config.json")) is GapReason.OFFLINE
        assert cached.read(info, "config.json") == CONFIG


def test_a_compressed_body_is_read_to_its_end(hub: StandIn, live: Make) -> None:
    with hub:
        source, info = opened(hub, live)
        packed = gzip.compress(CONFIG[:9]) + gzip.compress(CONFIG[9:])
        hub.fail(at(info, "config.json"), Reply(200, packed, {**tag(CONFIG), "Content-Encoding": "gzip"}))
        assert source.read(info, "config.json") == CONFIG


def test_without_an_etag_the_listing_vouches(hub: StandIn, live: Make) -> None:
    with hub:
        source, info = opened(hub, live)
        hub.fail(at(info, "config.json"), Reply(200, CONFIG), Reply(200, OTHER))
        assert source.read(info, "config.json") == CONFIG
        assert reason(source.read(info, "config.json")) is GapReason.DAMAGED
        assert hub.count("/tree/") == 1


@pytest.mark.parametrize("listing", [Reply(404), Reply(500), Reply(200, b"[]"), Reply(200, b"{}")])
def test_bytes_for_which_nothing_vouches_are_a_gap(hub: StandIn, live: Make, listing: Reply) -> None:
    with hub:
        source, info = opened(hub, live)
        hub.fail(at(info, "config.json"), Reply(200, CONFIG))
        hub.fail("/api/models/org/model/tree/*", *[listing] * 4)
        assert isinstance(source.read(info, "config.json"), Gap)


def test_a_mirror_without_any_hash_is_believed_where_its_listing_has_the_size(hub: StandIn, live: Make) -> None:
    rows = [{"type": "file", "path": "config.json", "size": len(CONFIG)}]
    with hub:
        source, info = opened(hub, live)
        hub.fail("/api/models/org/model/tree/*", Reply(200, json.dumps(rows).encode()))
        hub.fail(at(info, "config.json"), Reply(200, CONFIG), Reply(200, OTHER))
        assert source.read(info, "config.json") == CONFIG
        assert reason(source.read(info, "config.json")) is GapReason.DAMAGED


def test_a_large_file_is_checked_by_its_sha256(hub: StandIn, live: Make) -> None:
    named = {"ETag": '"of-another"'}
    with hub:
        source, info = opened(hub, live)
        hub.fail("/cdn/*", Reply(200, LARGE[:-1] + b"!", named))
        assert reason(source.read(info, "w.gguf")) is GapReason.DAMAGED
        whole = {"Content-Range": f"bytes 0-{len(LARGE) - 1}/{len(LARGE)}"}
        hub.fail("/cdn/*", Reply(206, LARGE[:-1] + b"!", {**named, **whole}))
        assert reason(source.read_range(info, "w.gguf", 0, 9**9)) is GapReason.DAMAGED
        assert source.read(info, "w.gguf") == LARGE


@pytest.mark.parametrize(
    "reply",
    [
        Reply(206, LARGE[:90], {"Content-Range": f"bytes 0-99/{len(LARGE)}"}),
        Reply(206, LARGE[:90], {"Content-Range": f"bytes 0-89/{len(LARGE)}"}),
        Reply(206, LARGE[:100], {"Content-Range": f"bytes 0-99/{len(LARGE) + 1}"}),
        Reply(206, LARGE[1:101], {"Content-Range": f"bytes 1-100/{len(LARGE)}"}),
        Reply(206, LARGE[:100]),
        Reply(206, LARGE[:100], {"Content-Range": "bytes */7"}),
        Reply(206, LARGE[:100], {"Content-Range": "lines 0-99/100"}),
        Reply(200, LARGE[:90]),
        Reply(200, b"<!DOCTYPE html><p>Welcome", {"Content-Type": "text/html"}),
        Reply(416),
        Reply(416, b"", {"Content-Range": f"bytes */{len(LARGE)}"}),
    ],
)
def test_a_stretch_that_is_not_the_one_asked_for_is_a_gap(hub: StandIn, live: Make, reply: Reply) -> None:
    with hub:
        source, info = opened(hub, live)
        hub.fail("/cdn/*", reply)
        assert isinstance(source.read_range(info, "w.gguf", 0, 100), Gap)


def test_a_damaged_file_in_a_recording_is_found_out_by_its_listing(hub: StandIn, live: Make, tmp_path: Path) -> None:
    with hub:
        with Recorder(live(hub), tmp_path / "r") as recorder:
            info = recorder.repo(MODEL)
            assert isinstance(info, RepoInfo)
            recorder.read(info, "config.json")
        place = tmp_path / "r" / "models/org/model"
        said = json.loads((place / "info.json").read_bytes())
        said["info"]["files"] = [{"path": "config.json", "size": len(CONFIG), "oid": blob_id(CONFIG)}]
        said["files"]["config.json"] = {"bytes": len(OTHER), "sha256": hashlib.sha256(OTHER).hexdigest()}
        (place / "info.json").write_text(json.dumps(said))
        (place / "files" / "config.json").write_bytes(OTHER)
    source = Recorded(tmp_path / "r")
    told = source.repo(MODEL)
    assert isinstance(told, RepoInfo)
    assert reason(source.read(told, "config.json")) is GapReason.DAMAGED

"""Where a hostile Hub may send us: never elsewhere with the token, and never into a fault of ours."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from licscan.core.evidence import Gap
from licscan.core.ids import RepoId
from licscan.sources.http import Live
from licscan.sources.http.links import Links
from licscan.sources.protocol import Counts, RepoInfo
from tests.standin import TOKEN, Reply, StandIn

MODEL = RepoId.parse("org/model")
API = "/api/models/org/model"


@pytest.fixture
def hub() -> Iterator[StandIn]:
    with StandIn() as server:
        server.add("org/model", card={"license": "mit"}, files={"config.json": b"{}"})
        yield server


def live(hub: StandIn) -> Live:
    return Live(hub.url, TOKEN, workers=1, sleep=lambda _: None, timeout=3.0)


@pytest.mark.parametrize(
    "place",
    [
        "http://{other}/api/models/org/model",
        "//{other}/api/models/org/model",
        "http://{own}@{other}/api/models/org/model",
        "http://localhost:{port}/api/models/org/model",
        "HTTP://{other}/api/models/org/model",
        "http://{own}.example.invalid/",
    ],
)
def test_the_token_stays_at_the_hub(place: str, hub: StandIn) -> None:
    with StandIn() as other:
        other.add("org/model", card={"license": "mit"})
        where = place.format(other=f"127.0.0.1:{other.port}", own=f"127.0.0.1:{hub.port}", port=hub.port)
        hub.fail(API, Reply(307, headers={"Location": where}))
        live(hub).repo(MODEL)
        seen = [*other.asked, *(one for one in hub.asked if one.host != f"127.0.0.1:{hub.port}")]
        assert not [one for one in seen if TOKEN in str(one.headers)]


@pytest.mark.parametrize(
    "place",
    ["http://[::1", "http://x:99999/", "http://x:y/", "file:///etc/passwd", "ftp://x/", "javascript:1", "", "#"],
)
def test_an_address_that_is_none_is_a_gap(place: str, hub: StandIn) -> None:
    info = live(hub).repo(MODEL)
    assert isinstance(info, RepoInfo)
    hub.fail(API, Reply(302, headers={"Location": place}))
    assert isinstance(live(hub).repo(MODEL), Gap)
    hub.fail(f"/org/model/resolve/{info.revision}/config.json", Reply(302, headers={"Location": place}))
    assert isinstance(live(hub).read(info, "config.json"), Gap)
    hub.fail(f"{API}/tree/{info.revision}", Reply(200, b"[]", {"Link": f'<{place or "http://["}>; rel="next"'}))
    live(hub).listing(info)


@pytest.mark.parametrize(
    "place", ["https://[::1", "https://x:y/", "http://law.example/", "https://10.0.0.1/", "https://"]
)
def test_a_link_leads_to_public_https_alone(place: str) -> None:
    asked: list[str] = []

    def look_up(host: str, _: int) -> tuple[str, ...]:
        asked.append(host)
        return (host,)

    assert isinstance(Links(Counts(), look_up=look_up).read(place, 1000), Gap)
    assert set(asked) <= {"10.0.0.1"}


@pytest.mark.parametrize(
    "body",
    [gzip.compress(b"0" * 100_000_000), gzip.compress(b"[" * 10_000_000), b"no gzip"],
    ids=["zeros", "deep", "none"],
)
def test_a_bomb_is_a_gap(body: bytes, hub: StandIn) -> None:
    info = live(hub).repo(MODEL)
    assert isinstance(info, RepoInfo)
    packed = Reply(200, body, {"Content-Encoding": "gzip", "Content-Type": "application/json"})
    hub.fail(API, packed)
    assert isinstance(live(hub).repo(MODEL), Gap)
    hub.fail(f"/org/model/resolve/{info.revision}/config.json", packed)
    assert isinstance(live(hub).read(info, "config.json"), Gap)


def test_a_repository_of_very_many_files(hub: StandIn) -> None:
    names = [f"../../{n}" if n % 2 else f"part-{n}/config.json" for n in range(100_000)]
    hub.repos["models/org/model"].info["siblings"] = [{"rfilename": name} for name in names]
    info = live(hub).repo(MODEL)
    assert isinstance(info, RepoInfo)
    assert info.files is not None
    assert len(info.files) == len(names)

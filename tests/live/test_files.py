"""Files, stretches of files, listings and histories; and where the token goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from licscan.core.artifact import FileEntry, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.sources.http import Live
from licscan.sources.protocol import Commit, RepoInfo
from tests.live.conftest import Clock
from tests.standin import TOKEN, Reply, StandIn

MODEL = RepoId.parse("org/model")
Make = Callable[..., Live]
WEIGHTS = bytes(range(256)) * 40

# The first two of the commits that the real Hub lists for its oldest model, in the shape in which it lists them.
COMMITS: list[dict[str, Any]] = [
    {
        "id": "607a30d783dfa663caf39e06633721c8d4cfcd7e",
        "title": "Adds the tokenizer configuration file (#80)",
        "message": "\n\n\n- Adds tokenizer_config.json file\n\n",
        "authors": [{"user": "somebody"}],
        "date": "2024-02-19T10:57:45.000Z",
    },
    {
        "id": "11c5a3d5811f50298f278a704980280950aedb10",
        "title": "Adding ONNX file of this model (#60)",
        "message": "",
        "authors": [{"user": "somebody"}],
        "date": "2023-06-30T02:19:43.000Z",
    },
]


@pytest.fixture
def info(hub: StandIn) -> RepoInfo:
    repo = hub.add(
        "org/model",
        files={"config.json": b'{"a": 1}', "w.safetensors": WEIGHTS, "a b/c#d.json": b"{}"},
        large=("w.safetensors",),
        commits=COMMITS,
    )
    return RepoInfo(MODEL, MODEL, Source.HUB, revision=repo.sha)


def gap(answer: object) -> Gap:
    assert isinstance(answer, Gap), answer
    return answer


def test_a_small_file_is_read_at_its_commit(hub: StandIn, live: Make, info: RepoInfo) -> None:
    assert live(hub).read(info, "config.json") == b'{"a": 1}'
    assert hub.asked[0].path == f"/org/model/resolve/{info.revision}/config.json"


def test_the_hubs_redirect_for_small_files_is_followed(hub: StandIn, live: Make, info: RepoInfo) -> None:
    hub.hops = True
    assert live(hub).read(info, "config.json") == b'{"a": 1}'
    assert [one.path.split("/")[1] for one in hub.asked] == ["org", "api"]


def test_a_name_with_odd_letters_is_read(hub: StandIn, live: Make, info: RepoInfo) -> None:
    assert live(hub).read(info, "a b/c#d.json") == b"{}"


def test_a_missing_file_is_a_gap_of_that_file(hub: StandIn, live: Make, info: RepoInfo) -> None:
    missing = gap(live(hub).read(info, "LICENSE"))
    assert (missing.id, missing.reason, missing.place) == ("org/model", GapReason.ABSENT, "LICENSE")


def test_a_large_file_is_not_read_whole(hub: StandIn, live: Make, info: RepoInfo) -> None:
    source = live(hub)
    large = gap(source.read(info, "w.safetensors", limit=100))
    assert (large.reason, large.place) == (GapReason.MALFORMED, "w.safetensors")
    assert source.stats.bytes < 1000
    assert source.read(info, "w.safetensors", limit=len(WEIGHTS)) == WEIGHTS


@pytest.mark.parametrize("token", [None, TOKEN])
def test_a_gated_file_is_a_gap_that_says_what_to_do(hub: StandIn, live: Make, token: str | None) -> None:
    repo = hub.add("org/gated", gated="manual", files={"config.json": b"{}"})
    source = live(hub, token)
    info = source.repo(RepoId.parse("org/gated"))
    assert isinstance(info, RepoInfo)
    assert info.gated == "manual"
    assert info.revision == repo.sha
    refused = gap(source.read(info, "config.json"))
    assert refused.reason is GapReason.GATED
    assert "access" in refused.detail


def test_the_token_goes_to_the_hub_and_nowhere_else(hub: StandIn, live: Make, info: RepoInfo) -> None:
    source = live(hub, TOKEN)
    source.repo(MODEL)
    source.read(info, "config.json")
    assert source.read(info, "w.safetensors") == WEIGHTS
    assert source.read_range(info, "w.safetensors", 1, 2) == WEIGHTS[1:3]
    by_host = {one.host.partition(":")[0]: "authorization" in one.headers for one in hub.asked}
    assert by_host == {"127.0.0.1": True, "localhost": False}
    assert all("authorization" not in one.headers for one in hub.asked if one.path.startswith("/cdn/"))


def test_a_stretch_of_a_file(hub: StandIn, live: Make, info: RepoInfo) -> None:
    source = live(hub)
    assert source.read_range(info, "w.safetensors", 0, 8) == WEIGHTS[:8]
    assert source.read_range(info, "w.safetensors", 250, 12) == WEIGHTS[250:262]
    assert source.read_range(info, "w.safetensors", len(WEIGHTS) - 3, 50) == WEIGHTS[-3:]
    assert source.read_range(info, "w.safetensors", len(WEIGHTS) + 3, 50) == b""
    assert source.read_range(info, "w.safetensors", 5, 0) == b""


def test_the_signed_address_of_a_large_file_is_used_again_until_it_is_old(
    hub: StandIn, live: Make, info: RepoInfo, clock: Clock
) -> None:
    source = live(hub)
    for start in range(3):
        source.read_range(info, "w.safetensors", start, 5)
    assert (hub.count("/resolve/"), hub.count("/cdn/")) == (1, 3)
    clock.now += 3600
    source.read_range(info, "w.safetensors", 9, 5)
    assert hub.count("/resolve/") == 2


def test_a_signed_address_that_is_refused_is_asked_for_anew(hub: StandIn, live: Make, info: RepoInfo) -> None:
    source = live(hub)
    source.read_range(info, "w.safetensors", 0, 5)
    hub.fail("/cdn/*", Reply(403, b"<Error>Request has expired</Error>"))
    assert source.read_range(info, "w.safetensors", 7, 5) == WEIGHTS[7:12]
    assert hub.count("/resolve/") == 2


def test_a_server_that_ignores_ranges_is_read_up_to_the_stretch(hub: StandIn, live: Make, info: RepoInfo) -> None:
    hub.ranges = False
    source = live(hub)
    assert source.read_range(info, "w.safetensors", 0, 8) == WEIGHTS[:8]
    assert source.read_range(info, "w.safetensors", 300, 8) == WEIGHTS[300:308]
    assert source.read_range(info, "w.safetensors", len(WEIGHTS) - 3, 9) == WEIGHTS[-3:]


def test_far_into_a_file_at_a_server_that_ignores_ranges_is_a_gap(
    hub: StandIn, live: Make, info: RepoInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("licscan.sources.http.hub._LARGEST_SKIP", 100)
    hub.ranges = False
    assert gap(live(hub).read_range(info, "w.safetensors", 5000, 8)).reason is GapReason.UNREACHABLE


def test_another_stretch_than_asked_for_is_malformed(hub: StandIn, live: Make, info: RepoInfo) -> None:
    hub.fail("/org/*", Reply(206, b"abcde", {"Content-Range": "bytes 0-4/9999"}))
    assert gap(live(hub).read_range(info, "w.safetensors", 100, 5)).reason is GapReason.MALFORMED


def test_a_listing_comes_with_hashes_from_all_pages(hub: StandIn, live: Make, info: RepoInfo) -> None:
    hub.page = 2
    files = live(hub).listing(info)
    assert not isinstance(files, Gap)
    assert [entry.path for entry in files] == ["README.md", "a b/c#d.json", "config.json", "w.safetensors"]
    assert files[2] == FileEntry("config.json", 8)
    assert files[3].size == len(WEIGHTS)
    assert files[3].sha256 is not None
    assert files[3].xet is not None
    assert hub.asked[0].query["recursive"] == ["true"]
    assert hub.count("/tree/") == 2


def test_the_shapes_of_the_real_tree_are_read(hub: StandIn, live: Make, info: RepoInfo) -> None:
    rows = [
        {"type": "directory", "oid": "d" * 40, "size": 0, "path": "onnx"},
        {"oid": "f" * 40, "path": "config.json", "size": 313, "type": "file"},
        {
            "lfs": {"oid": "0" * 64, "size": 440473133, "pointerSize": 134},
            "xetHash": "2" * 64,
            "oid": "b" * 40,
            "path": "pytorch_model.bin",
            "size": 440473133,
            "type": "file",
        },
    ]
    hub.fail("/api/models/org/model/tree/*", Reply(200, json.dumps(rows).encode()))
    assert live(hub).listing(info) == (
        FileEntry("config.json", 313),
        FileEntry("pytorch_model.bin", 440473133, "0" * 64, "2" * 64),
    )


def test_a_listing_with_a_bad_page_is_a_gap_and_not_half_a_listing(hub: StandIn, live: Make, info: RepoInfo) -> None:
    hub.page = 2
    source = live(hub)
    first = Reply(200, b"[]", {"Link": f'<{hub.url}/api/models/org/model/tree/x?cursor=2>; rel="next"'})
    hub.fail("/api/models/org/model/tree/*", first, Reply(404))
    assert gap(source.listing(info)).reason is GapReason.ABSENT
    hub.fail("/api/models/org/model/tree/*", Reply(200, b'{"error": "no list"}'))
    assert gap(source.listing(info)).reason is GapReason.MALFORMED


def test_a_next_page_at_another_host_is_not_followed(hub: StandIn, live: Make, info: RepoInfo) -> None:
    away = Reply(200, b"[]", {"Link": f'<http://localhost:{hub.port}/steal>; rel="next"'})
    hub.fail("/api/models/org/model/tree/*", away)
    assert gap(live(hub, TOKEN).listing(info)).reason is GapReason.MALFORMED
    assert hub.count("/steal") == 0


def test_pages_without_end_end(hub: StandIn, live: Make, info: RepoInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licscan.sources.http.hub._MOST_PAGES", 3)
    path = "/api/models/org/model/tree/x"
    hub.fail("/api/models/org/model/tree/*", *[Reply(200, b"[]", {"Link": f'<{path}>; rel="next"'})] * 5)
    assert gap(live(hub).listing(info)).reason is GapReason.MALFORMED


def test_the_history_is_read_page_by_page_as_far_as_asked(hub: StandIn, live: Make, info: RepoInfo) -> None:
    hub.page = 1
    source = live(hub)
    first = Commit(COMMITS[0]["id"], COMMITS[0]["date"], COMMITS[0]["title"])
    second = Commit(COMMITS[1]["id"], COMMITS[1]["date"], COMMITS[1]["title"])
    assert source.history(info) == (first, second)
    assert source.history(info, limit=1) == (first,)
    assert hub.count("/commits/") == 3


def test_offline_by_the_clients_own_switch_is_a_gap(hub: StandIn, live: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert gap(live(hub).repo(MODEL)).reason is GapReason.OFFLINE
    assert hub.asked == []

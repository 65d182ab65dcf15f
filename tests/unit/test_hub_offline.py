"""Offline: the cache, then the catalogue, never a socket; and which source a run opens."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session

from licscan.core.artifact import Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.files import data_folder
from licscan.sources.cache import Cached
from licscan.sources.catalog import Catalog
from licscan.sources.layered import Layered, open_hub
from licscan.sources.protocol import RepoInfo
from licscan.sources.recording import Recorded
from tests.standin import StandIn

LINES = [json.loads(line) for line in (data_folder() / "catalog/models.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def hub() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server
    close_session()


def seen(answer: RepoInfo | Gap) -> RepoInfo:
    assert isinstance(answer, RepoInfo), answer
    return answer


def gap(answer: object) -> Gap:
    assert isinstance(answer, Gap), answer
    return answer


def test_the_catalogue_knows_hundreds_of_models_and_each_says_how_old_it_is() -> None:
    catalog = Catalog()
    assert len(LINES) >= 400
    for line in LINES:
        info = seen(catalog.repo(RepoId.parse(line["info"]["id"])))
        assert info.source is Source.CATALOG
        assert info.as_of
        assert line["sources"] >= 1
        assert line["dated_by"] in ("observed", "last_modified", "leaderboard", "collected")
        for name, content in line.get("files", {}).items():
            assert catalog.read(info, name) == content.encode()


def test_the_catalogue_ships_no_prose() -> None:
    for line in LINES:
        assert not line.keys() - {"info", "dated_by", "sources", "files", "partial", "former"}
        card = line.get("files", {}).get("README.md", "---\n---\n")
        assert card.startswith("---\n")
        assert card.endswith("---\n")
        assert "extra_gated" not in card
        assert max(map(len, card.splitlines())) <= 300


def test_a_former_name_leads_to_the_model() -> None:
    line = next(line for line in LINES if line.get("former"))
    info = seen(Catalog().repo(RepoId.parse(line["former"][0])))
    assert str(info.id) == line["info"]["id"]
    assert str(info.asked) == line["former"][0]


def test_another_spelling_leads_to_the_model() -> None:
    name = LINES[0]["info"]["id"]
    assert str(seen(Catalog().repo(RepoId.parse(name.upper()))).id) == name


def test_what_the_catalogue_did_not_see_is_a_gap() -> None:
    catalog = Catalog()
    info = seen(catalog.repo(RepoId.parse(LINES[0]["info"]["id"])))
    assert gap(catalog.repo(RepoId.parse("org/nobody-knows-it"))).reason is GapReason.OFFLINE
    assert gap(catalog.repo(RepoId.parse(LINES[0]["info"]["id"], RepoKind.DATASET))).reason is GapReason.OFFLINE
    assert gap(catalog.repo(info.id, "f" * 40)).reason is GapReason.OFFLINE
    assert gap(catalog.read(info, "LICENSE")).place == "LICENSE"
    assert gap(catalog.read_range(info, "model.safetensors", 0, 8)).reason is GapReason.OFFLINE
    assert gap(catalog.listing(info)).reason is GapReason.OFFLINE
    assert gap(catalog.history(info)).reason is GapReason.OFFLINE
    assert gap(catalog.linked("https://law.example/x")).reason is GapReason.OFFLINE


def test_of_many_more_models_a_licence_tag_and_its_day_are_known() -> None:
    info = seen(Catalog().repo(RepoId.parse("Marin-Community/marin-8b-instruct")))
    assert (str(info.id), info.displayed_license, info.partial) == (
        "marin-community/marin-8b-instruct",
        "apache-2.0",
        True,
    )
    assert info.as_of
    assert info.files is None
    assert gap(Catalog().repo(info.id, "f" * 40)).reason is GapReason.OFFLINE
    assert gap(Catalog().read(info, "README.md")).reason is GapReason.OFFLINE


def test_no_listing_is_not_an_empty_listing() -> None:
    unlisted = next(line for line in LINES if "files" not in line["info"])
    assert seen(Catalog().repo(RepoId.parse(unlisted["info"]["id"]))).files is None


@pytest.mark.usefixtures("no_network")
def test_offline_reads_the_catalogue_without_a_socket() -> None:
    source = open_hub(offline=True)
    assert isinstance(source, Layered)
    info = seen(source.repo(RepoId.parse(LINES[0]["info"]["id"])))
    assert info.source is Source.CATALOG
    gap(source.read(info, "LICENSE"))
    gap(source.linked("https://law.example/x"))
    missing = gap(source.repo(RepoId.parse("org/nobody-knows-it")))
    assert missing.reason is GapReason.OFFLINE
    assert "cache" in missing.detail
    assert "catalogue" in missing.detail
    assert source.stats.requests == 0


@pytest.mark.parametrize(("name", "value"), [("HF_HUB_OFFLINE", "1"), ("TRANSFORMERS_OFFLINE", "yes")])
def test_the_clients_offline_variables_count(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert isinstance(open_hub(), Layered)
    monkeypatch.setenv(name, "0")
    assert isinstance(open_hub(), Cached)


def test_a_cached_node_comes_before_the_catalogue(hub: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    name = LINES[0]["info"]["id"]
    hub.add(name, card={"license": "other"}, files={"config.json": b"{}"})
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    online = open_hub()
    info = seen(online.repo(RepoId.parse(name)))
    assert info.source is Source.HUB
    assert online.read(info, "config.json") == b"{}"
    offline = open_hub(offline=True)
    again = seen(offline.repo(RepoId.parse(name)))
    assert again.source is Source.CACHE
    assert offline.read(again, "config.json") == b"{}"
    assert offline.stats.cache_hits == 2


def test_a_hub_that_fails_stays_a_gap_and_the_catalogue_stays_silent() -> None:
    online = open_hub(endpoint="http://127.0.0.1:9")
    failed = gap(online.repo(RepoId.parse(LINES[0]["info"]["id"])))
    assert failed.reason is GapReason.UNREACHABLE
    close_session()


def test_the_endpoint_and_the_token_of_the_call_count(hub: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    hub.add("org/model")
    seen(open_hub(endpoint=hub.url + "/", token="hf_of_a_friend").repo(RepoId.parse("org/model")))
    assert hub.asked[0].headers["authorization"] == "Bearer hf_of_a_friend"


def test_a_recording_is_read_alone(tmp_path: Path) -> None:
    (tmp_path / "recording.json").write_text('{"kind": "licscan recording", "version": 1}')
    source = open_hub(recording=tmp_path)
    assert isinstance(source, Recorded)
    assert gap(source.repo(RepoId.parse(LINES[0]["info"]["id"]))).reason is GapReason.OFFLINE

"""The cache: a commit is read once, two runs at once do no harm, and nothing damaged is believed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session

from licscan.core.artifact import Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.sources.cache import Cached, Store, _name, cache_folder
from licscan.sources.catalog import Catalog
from licscan.sources.http import Live
from licscan.sources.layered import Layered
from licscan.sources.protocol import RepoInfo
from tests.standin import Reply, StandIn

ROOT = Path(__file__).resolve().parents[2]
MODEL = RepoId.parse("org/model")


@pytest.fixture
def hub() -> Iterator[StandIn]:
    with StandIn() as server:
        server.add(
            "org/model", card={"license": "mit"}, files={"config.json": b"{}", "w.gguf": b"GGUF" * 9}, large=("w.gguf",)
        )
        server.renamed["old/model"] = "org/model"
        yield server
    close_session()


@pytest.fixture
def store(hub: StandIn, tmp_path: Path) -> Store:
    return Store(hub.url, tmp_path)


def online(hub: StandIn, store: Store) -> Cached:
    return Cached(Live(hub.url, sleep=lambda _: None), store)


def seen(answer: RepoInfo | Gap) -> RepoInfo:
    assert isinstance(answer, RepoInfo), answer
    return answer


def gap(answer: object) -> Gap:
    assert isinstance(answer, Gap), answer
    return answer


def read_all(source: Cached) -> tuple[object, ...]:
    info = seen(source.repo(MODEL))
    return (
        info.revision,
        info.card,
        source.read(info, "config.json"),
        source.read_range(info, "w.gguf", 0, 4),
        source.read(info, "LICENSE"),
        source.listing(info),
        source.history(info),
    )


def test_the_second_run_asks_one_question_and_the_offline_run_none(hub: StandIn, store: Store) -> None:
    first = read_all(online(hub, store))
    asked = hub.count()
    second = online(hub, store)
    assert read_all(second) == first
    assert hub.count() == asked + 1
    assert second.stats.cache_hits == 5
    offline = Cached(None, store)
    assert read_all(offline) == first
    assert hub.count() == asked + 1
    info = seen(offline.repo(MODEL))
    assert info.source is Source.CACHE
    assert info.as_of is not None


def test_another_commit_is_read_anew(hub: StandIn, store: Store) -> None:
    read_all(online(hub, store))
    hub.repos["models/org/model"].sha = "b" * 40
    hub.repos["models/org/model"].info["sha"] = "b" * 40
    hub.repos["models/org/model"].files["config.json"] = b'{"new": 1}'
    source = online(hub, store)
    assert source.read(seen(source.repo(MODEL)), "config.json") == b'{"new": 1}'


def test_an_old_name_works_offline(hub: StandIn, store: Store) -> None:
    seen(online(hub, store).repo(RepoId.parse("old/model")))
    info = seen(Cached(None, store).repo(RepoId.parse("old/model")))
    assert (str(info.id), str(info.asked)) == ("org/model", "old/model")


def test_a_pinned_commit_works_offline(hub: StandIn, store: Store) -> None:
    revision = seen(online(hub, store).repo(MODEL)).revision
    assert seen(Cached(None, store).repo(MODEL, revision)).revision == revision
    assert gap(Cached(None, store).repo(MODEL, "a" * 40)).reason is GapReason.OFFLINE


def test_what_the_hub_refused_is_remembered_for_offline_runs_only(hub: StandIn, store: Store) -> None:
    gone = RepoId.parse("org/gone")
    assert gap(online(hub, store).repo(gone)).reason is GapReason.ABSENT
    assert gap(Cached(None, store).repo(gone)).reason is GapReason.ABSENT
    hub.add("org/gone")
    assert seen(online(hub, store).repo(gone)).id == gone


def test_a_failure_to_ask_is_not_remembered(hub: StandIn, store: Store) -> None:
    read_all(online(hub, store))
    broken = Cached(Live("http://127.0.0.1:9", sleep=lambda _: None), store)
    assert gap(broken.repo(MODEL)).reason is GapReason.UNREACHABLE
    assert seen(Cached(None, store).repo(MODEL)).card == {"license": "mit"}


def test_never_read_is_an_offline_gap(store: Store) -> None:
    assert gap(Cached(None, store).repo(MODEL)).reason is GapReason.OFFLINE
    info = RepoInfo(MODEL, MODEL, Source.CACHE, revision="a" * 40)
    assert gap(Cached(None, store).read(info, "config.json")).place == "config.json"
    assert gap(Cached(None, store).listing(info)).reason is GapReason.OFFLINE
    assert gap(Cached(None, store).linked("https://law.example/x")).reason is GapReason.OFFLINE


def garbage(path: Path) -> list[bytes]:
    whole = path.read_bytes()
    half = whole[: len(whole) // 2]
    return [b"", b"\0" * 50, half, whole[:-1], whole + b"x", b"{" + whole, whole.replace(b"licscan", b"another")]


@pytest.mark.parametrize("kind", range(7))
def test_a_damaged_entry_is_not_believed_and_not_taken_for_never_seen(hub: StandIn, store: Store, kind: int) -> None:
    expected = read_all(online(hub, store))
    entries = [path for path in store.folder.rglob("*") if path.is_file()]
    assert len(entries) == 7
    for path in entries:
        path.write_bytes(garbage(path)[kind])
    offline = Cached(None, store)
    assert gap(offline.repo(MODEL)).reason is GapReason.DAMAGED
    info = RepoInfo(MODEL, MODEL, Source.CACHE, revision=str(expected[0]))
    assert gap(offline.read(info, "config.json")).reason is GapReason.DAMAGED
    assert read_all(online(hub, store)) == expected
    assert read_all(Cached(None, store)) == expected


def test_an_entry_of_another_shape_is_damaged(hub: StandIn, store: Store) -> None:
    info = seen(online(hub, store).repo(MODEL))
    store.put_json(store.place(MODEL, str(info.revision), "info"), {"id": "org/model", "asked": 7, "source": "hub"})
    damaged = gap(Cached(None, store).repo(MODEL))
    assert damaged.reason is GapReason.DAMAGED
    assert "damaged" in damaged.detail


def test_a_damaged_entry_is_not_answered_by_the_catalogue(hub: StandIn, store: Store) -> None:
    name = RepoId.parse(next(name for name in Catalog().ids if "/" in name))
    hub.add(str(name))
    source = Layered(Cached(None, store), Catalog())
    assert seen(source.repo(name)).source is Source.CATALOG
    seen(online(hub, store).repo(name))
    assert seen(source.repo(name)).source is Source.CACHE
    for path in store.folder.rglob("latest"):
        path.write_bytes(b"junk")
    assert gap(source.repo(name)).reason is GapReason.DAMAGED


def test_a_text_behind_a_link_that_was_damaged_is_a_gap_of_its_own(hub: StandIn, store: Store) -> None:
    place = store.folder / "links" / _name("https://law.example/x")
    store.put(place, b"terms")
    source = Layered(Cached(None, store), Catalog())
    assert source.linked("https://law.example/x") == b"terms"
    place.write_bytes(place.read_bytes()[:-1])
    assert gap(source.linked("https://law.example/x")).reason is GapReason.DAMAGED


def test_an_entry_that_is_a_pipe_stops_nothing(hub: StandIn, store: Store) -> None:
    expected = read_all(online(hub, store))
    for path in [path for path in store.folder.rglob("*") if path.is_file()]:
        path.unlink()
        os.mkfifo(path)
    assert gap(Cached(None, store).repo(MODEL)).reason is GapReason.DAMAGED
    assert read_all(online(hub, store)) == expected


@pytest.mark.parametrize("status", [401, 404, 410])
def test_a_passing_refusal_of_a_file_is_forgotten(hub: StandIn, store: Store, status: int) -> None:
    source = online(hub, store)
    info = seen(source.repo(MODEL))
    path = f"/org/model/resolve/{info.revision}/config.json"
    hub.fail(path, Reply(status), Reply(404, b"", {"X-Error-Code": "EntryNotFound"}))
    assert gap(source.read(info, "config.json")).reason is GapReason.UNREACHABLE
    assert gap(source.read(info, "config.json")).reason is GapReason.ABSENT
    assert source.read(info, "config.json") == b"{}"


def test_mirrors_do_not_mix(hub: StandIn, tmp_path: Path) -> None:
    seen(online(hub, Store(hub.url, tmp_path)).repo(MODEL))
    assert gap(Cached(None, Store("https://huggingface.co", tmp_path)).repo(MODEL)).reason is GapReason.OFFLINE


def test_a_cache_that_cannot_be_written_stops_nothing(hub: StandIn, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    source = online(hub, Store(hub.url, tmp_path / "file"))
    assert source.read(seen(source.repo(MODEL)), "config.json") == b"{}"


def test_a_hostile_path_stays_inside(hub: StandIn, store: Store, tmp_path: Path) -> None:
    name = "../../../../escape"
    hub.repos["models/org/model"].files[name] = b"x"
    source = online(hub, store)
    source.read(seen(source.repo(MODEL)), name)
    assert all(path.is_relative_to(store.folder) for path in tmp_path.rglob("*") if path.is_file())


def test_where_the_cache_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LICSCAN_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"
    monkeypatch.delenv("LICSCAN_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "licscan"


WRITER = """
import sys
from pathlib import Path
from licscan.sources.cache import Store
store = Store("http://127.0.0.1:1", Path(sys.argv[1]))
letter = sys.argv[2].encode()
place = store.folder / "models" / "entry"
torn = 0
for turn in range(150):
    store.put(place, letter * (1 + 977 * turn % 50_000))
    content = store.get(place)
    torn += content is not None and len(set(content)) > 1
    torn += content is None
print(torn)
"""


def test_two_processes_at_once_never_see_a_half(tmp_path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), letter], cwd=ROOT, stdout=subprocess.PIPE)
        for letter in "ab"
    ]
    said = [one.communicate(timeout=60)[0].strip() for one in running]
    assert said == [b"0", b"0"]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["entry"]

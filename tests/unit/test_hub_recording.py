"""Recordings: what a scan read is replayed to the byte, and a damaged one says so."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import close_session

from licscan.core.artifact import Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.errors import OutputError, SourceError
from licscan.sources.http import Live
from licscan.sources.protocol import Hub, RepoInfo
from licscan.sources.recorder import Recorder
from licscan.sources.recording import Recorded
from tests.standin import StandIn

MODEL, OLD, GONE = (RepoId.parse(name) for name in ("org/model", "gpt2", "org/gone"))
DATA = RepoId.parse("org/data", RepoKind.DATASET)
LINK = "https://localhost/license.txt"


@pytest.fixture
def hub() -> Iterator[StandIn]:
    with StandIn() as server:
        server.add(
            "org/model",
            card={"license": "mit", "language": ["ko", "한국어"]},
            files={"config.json": b"{}", "sub/LICENSE": b"\xff text", "w.gguf": b"GGUF" * 9},
            large=("w.gguf",),
            base_models=("finetune", ("gpt2",)),
            safetensors={"parameters": {"F16": 3}, "total": 3},
            gated="manual",
        )
        server.repos["models/org/model"].gated = False
        server.add("openai-community/gpt2")
        server.renamed["gpt2"] = "openai-community/gpt2"
        server.add("org/data", kind="datasets")
        yield server
    close_session()


def seen(answer: RepoInfo | Gap) -> RepoInfo:
    assert isinstance(answer, RepoInfo), answer
    return answer


def gap(answer: object) -> Gap:
    assert isinstance(answer, Gap), answer
    return answer


def walk(source: Hub) -> list[object]:
    """Everything that a scan may ask."""
    info = seen(source.repo(MODEL))
    old = seen(source.repo(OLD))
    found: list[object] = [source.repo(GONE), source.linked(LINK)]
    infos = (info, old, seen(source.repo(DATA)), seen(source.repo(RepoId.parse("openai-community/gpt2"))))
    found += [replace(one, source=Source.HUB, as_of=None) for one in infos]
    found += [source.read(info, name) for name in ("config.json", "sub/LICENSE", "NOTICE")]
    found += [source.read(old, "README.md"), source.read_range(info, "w.gguf", 4, 8)]
    return [*found, source.listing(info), source.history(info), source.history(info, limit=0)]


@pytest.fixture
def folder(hub: StandIn, tmp_path: Path) -> Path:
    place = tmp_path / "recording"
    with Recorder(Live(hub.url, sleep=lambda _: None), place, ("org/model",), by="licscan", made="2026") as recorder:
        walk(recorder)
    return place


def test_a_recording_says_what_the_hub_said(hub: StandIn, folder: Path) -> None:
    direct = walk(Live(hub.url, sleep=lambda _: None))
    asked = hub.count()
    source = Recorded(folder)
    assert walk(source) == direct
    assert hub.count() == asked
    assert source.workers == 1
    info = seen(source.repo(MODEL))
    assert info.source is Source.RECORDING
    assert info.as_of is not None


def test_a_replay_can_be_recorded_and_is_the_same(folder: Path, tmp_path: Path) -> None:
    with Recorder(Recorded(folder), tmp_path / "again", ("org/model",), by="licscan", made="2026") as recorder:
        walk(recorder)
    before, after = (
        {path.relative_to(top): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}
        for top in (folder, tmp_path / "again")
    )
    assert before.keys() == after.keys()
    changed = {str(path) for path in before if before[path] != after[path]}
    assert {path for path in changed if not path.endswith("info.json")} == set()


def test_a_history_that_was_recorded_in_part_is_not_taken_for_all(hub: StandIn, tmp_path: Path) -> None:
    commits = [{"id": letter * 40, "date": "2024", "title": letter} for letter in "cba"]
    hub.repos["models/org/model"].commits[:] = commits
    with Recorder(Live(hub.url, sleep=lambda _: None), tmp_path / "part") as recorder:
        info = seen(recorder.repo(MODEL))
        recorder.history(info, limit=2)
        recorder.history(info, limit=1)
    source = Recorded(tmp_path / "part")
    info = seen(source.repo(MODEL))
    two = source.history(info, limit=2)
    assert not isinstance(two, Gap)
    assert [one.title for one in two] == ["c", "b"]
    assert gap(source.history(info, limit=3)).reason is GapReason.OFFLINE


def test_files_lie_under_their_own_names(folder: Path) -> None:
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert names == [
        "datasets/org/data/info.json",
        "links/" + next(folder.glob("links/*")).name + "/info.json",
        "models/_/gpt2/info.json",
        "models/openai-community/gpt2/files/README.md",
        "models/openai-community/gpt2/info.json",
        "models/org/gone/info.json",
        "models/org/model/files/config.json",
        "models/org/model/files/sub/LICENSE",
        "models/org/model/files/w.gguf@4+8",
        "models/org/model/info.json",
        "recording.json",
    ]
    assert "한국어" in (folder / "models/org/model/info.json").read_text(encoding="utf-8")


def test_what_was_not_read_is_not_in_the_recording(folder: Path) -> None:
    source = Recorded(folder)
    assert gap(source.repo(RepoId.parse("org/other"))).reason is GapReason.OFFLINE
    unread = gap(source.read(seen(source.repo(MODEL)), "README.md"))
    assert (unread.reason, unread.place) == (GapReason.OFFLINE, "README.md")
    assert gap(source.listing(seen(source.repo(OLD)))).reason is GapReason.OFFLINE
    assert gap(source.linked("https://law.example/other")).reason is GapReason.OFFLINE


def test_two_revisions_lie_side_by_side(hub: StandIn, tmp_path: Path) -> None:
    source = Live(hub.url, sleep=lambda _: None)
    model = hub.repos["models/org/model"]
    old_sha = model.sha
    with Recorder(source, tmp_path / "two") as recorder:
        old = seen(recorder.repo(MODEL, old_sha))
        assert recorder.read(old, "config.json") == b"{}"
        model.sha = model.info["sha"] = "b" * 40
        model.files["config.json"] = b'{"new": 1}'
        new = seen(recorder.repo(MODEL))
        assert recorder.read(new, "config.json") == b'{"new": 1}'
    replay = Recorded(tmp_path / "two")
    assert replay.read(seen(replay.repo(MODEL)), "config.json") == b'{"new": 1}'
    assert replay.read(seen(replay.repo(MODEL, old_sha)), "config.json") == b"{}"
    assert seen(replay.repo(MODEL, "b" * 40)).revision == "b" * 40
    assert gap(replay.repo(MODEL, "c" * 40)).reason is GapReason.OFFLINE


@pytest.mark.parametrize("cut", [0, 0.5, 0.99])
def test_a_file_that_was_cut_in_half_is_damaged_and_not_believed(folder: Path, cut: float) -> None:
    for path in folder.glob("models/org/model/files/**/*"):
        if path.is_file():
            content = path.read_bytes()
            path.write_bytes(content[: int(len(content) * cut)])
    source = Recorded(folder)
    info = seen(source.repo(MODEL))
    for answer in (source.read(info, "sub/LICENSE"), source.read_range(info, "w.gguf", 4, 8)):
        assert gap(answer).reason is GapReason.DAMAGED
        assert "record the scan again" in gap(answer).detail


def test_a_file_that_is_missing_is_damaged_and_not_absent(folder: Path) -> None:
    shutil.rmtree(folder / "models/org/model/files")
    source = Recorded(folder)
    assert gap(source.read(seen(source.repo(MODEL)), "config.json")).reason is GapReason.DAMAGED


@pytest.mark.parametrize("cut", [0, 1, 0.3, 0.7, 0.98])
def test_a_record_that_was_cut_in_half_is_a_gap_of_that_node(folder: Path, cut: float) -> None:
    path = folder / "models/org/model/info.json"
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * cut) if cut < 1 else 1])
    source = Recorded(folder)
    broken = gap(source.repo(MODEL))
    assert (broken.id, broken.reason) == ("org/model", GapReason.MALFORMED)
    assert str(path) in broken.detail
    assert seen(source.repo(OLD)).id == RepoId.parse("openai-community/gpt2")


@pytest.mark.parametrize(
    "said",
    [
        [],
        {},
        {"info": 7},
        {"info": {"id": "../x", "asked": "org/model", "source": "hub"}},
        {"info": {"id": "org/model", "source": "hub", "tags": "merge"}},
        {"info": {"id": "org/model", "source": "hub", "files": [{"size": 3}]}},
        {"info": {"id": "org/model", "source": "hub", "gated": "yes"}},
        {"info": {"id": "org/model", "source": "hub", "parameters": -1}},
        {"gap": {"reason": "tired"}},
        {"same_as": "../../etc"},
    ],
)
def test_a_record_of_the_wrong_shape_is_a_gap(folder: Path, said: object) -> None:
    (folder / "models/org/model/info.json").write_text(json.dumps(said))
    assert gap(Recorded(folder).repo(MODEL)).reason in (GapReason.MALFORMED, GapReason.OFFLINE)


def test_a_record_written_by_hand_needs_no_hashes(tmp_path: Path) -> None:
    home = tmp_path / "models/org/model"
    (home / "files").mkdir(parents=True)
    (tmp_path / "recording.json").write_text('{"kind": "licscan recording", "version": 1}')
    (home / "info.json").write_text('{"info": {"id": "org/model", "files": ["README.md"]}}')
    (home / "files/README.md").write_text("---\nlicense: mit\n---\n")
    source = Recorded(tmp_path)
    assert source.read(seen(source.repo(MODEL)), "README.md") == b"---\nlicense: mit\n---\n"


@pytest.mark.parametrize("name", ["../../secret", "/etc/passwd", "a/../../../secret", "..\\secret", "", "x\0y"])
def test_a_hostile_name_reads_nothing_outside(folder: Path, name: str) -> None:
    (folder / "models/secret").write_text("s")
    (folder / "secret").write_text("s")
    source = Recorded(folder)
    assert isinstance(source.read(seen(source.repo(MODEL)), name), Gap)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (None, "has no recording.json"),
        (b"", "cut off or no JSON"),
        (b'{"kind": "licscan rec', "cut off or no JSON"),
        (b"[]", "does not say"),
        (b'{"kind": "cassette"}', "does not say"),
        (b'{"kind": "licscan recording", "version": 99}', "version 99"),
    ],
)
def test_what_is_no_recording_is_an_error_that_says_so(folder: Path, head: bytes | None, words: str) -> None:
    path = folder / "recording.json"
    path.unlink() if head is None else path.write_bytes(head)
    with pytest.raises(SourceError, match=words) as error:
        Recorded(folder)
    assert error.value.hint


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        Recorded(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(SourceError, match="is no folder"):
        Recorded(tmp_path / "file")


def test_nothing_is_left_of_a_recording_that_failed(hub: StandIn, tmp_path: Path) -> None:
    recorder = Recorder(Live(hub.url, sleep=lambda _: None), tmp_path / "half")
    recorder.__enter__()
    info = seen(recorder.repo(MODEL))
    recorder.read(info, "config.json")
    recorder.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert list(tmp_path.iterdir()) == []
    recorder.read(info, "config.json")
    assert list(tmp_path.iterdir()) == []


def test_an_older_recording_is_not_overwritten(hub: StandIn, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="exists already"), Recorder(Live(hub.url), folder):
        pytest.fail("it began all the same")
    (tmp_path / "empty").mkdir()
    with Recorder(Live(hub.url), tmp_path / "empty"):
        pass
    assert (tmp_path / "empty/recording.json").is_file()


def test_a_folder_that_cannot_be_written_is_an_error(hub: StandIn, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"), Recorder(Live(hub.url), tmp_path / "file/below"):
        pytest.fail("it began all the same")

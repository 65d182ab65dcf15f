"""A model in a folder: what lies in it is read, what leads out of it is not."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from licscan.core.artifact import Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.sources.local import Local
from licscan.sources.protocol import RepoInfo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "my-model"
    (home / "vae").mkdir(parents=True)
    (home / ".git").mkdir()
    (home / ".git/config").write_text("x")
    (home / "README.md").write_text("---\nlicense: mit\n---\n")
    (home / "vae/config.json").write_text("{}")
    (home / "model.safetensors").write_bytes(b"\1" * 1_000_001)
    (tmp_path / "secret").write_text("s")
    (home / "LICENSE").symlink_to(tmp_path / "secret")
    (home / "COPYING").symlink_to("README.md")
    (home / "broken").symlink_to("nowhere")
    (home / "out").symlink_to(tmp_path)
    return home


def seen(answer: RepoInfo | Gap) -> RepoInfo:
    assert isinstance(answer, RepoInfo), answer
    return answer


def gap(answer: object) -> Gap:
    assert isinstance(answer, Gap), answer
    return answer


def test_a_folder_is_listed_with_its_subfolders(folder: Path) -> None:
    info = seen(Local(folder).repo())
    assert info.source is Source.PATH
    assert info.revision is None
    assert info.card is None
    assert info.id == RepoId.parse("my-model")
    sizes = {entry.path: entry.size for entry in info.files or ()}
    assert sizes == {
        "COPYING": 21,
        "LICENSE": None,
        "README.md": 21,
        "broken": None,
        "model.safetensors": 1_000_001,
        "out": None,
        "vae/config.json": 2,
    }


def test_files_and_stretches_are_read(folder: Path) -> None:
    source = Local(folder)
    info = seen(source.repo())
    assert source.read(info, "README.md") == b"---\nlicense: mit\n---\n"
    assert source.read(info, "COPYING") == source.read(info, "README.md")
    assert source.read(info, "vae/config.json") == b"{}"
    assert source.read_range(info, "model.safetensors", 1_000_000, 8) == b"\1"


def test_hashes_of_large_files_come_with_the_listing(folder: Path) -> None:
    source = Local(folder)
    listing = source.listing(seen(source.repo()))
    assert not isinstance(listing, Gap)
    hashes = {entry.path: entry.sha256 for entry in listing}
    assert hashes["model.safetensors"] == hashlib.sha256(b"\1" * 1_000_001).hexdigest()
    assert hashes["README.md"] is None


@pytest.mark.parametrize("name", ["LICENSE", "out/secret", "../secret", "/etc/passwd", "vae/../../secret", "", "out"])
def test_what_leads_out_is_not_read(folder: Path, name: str) -> None:
    source = Local(folder)
    refused = gap(source.read(seen(source.repo()), name))
    assert refused.reason is GapReason.MALFORMED
    assert refused.place == name


def test_what_is_not_there_is_absent(folder: Path) -> None:
    source = Local(folder)
    info = seen(source.repo())
    assert gap(source.read(info, "NOTICE")).reason is GapReason.ABSENT
    assert gap(source.read(info, "broken")).reason is GapReason.ABSENT


def test_a_large_file_and_a_pipe_are_gaps(folder: Path) -> None:
    os.mkfifo(folder / "config.json")
    source = Local(folder)
    info = seen(source.repo())
    assert gap(source.read(info, "model.safetensors")).reason is GapReason.MALFORMED
    assert gap(source.read(info, "config.json")).reason is GapReason.MALFORMED


def test_an_unreadable_file_is_a_gap(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    source = Local(folder)
    info = seen(source.repo())
    monkeypatch.setattr(Path, "open", refuse)  # root, who runs many a test, may read everything
    refused = gap(source.read(info, "README.md"))
    assert refused.reason is GapReason.MALFORMED
    assert "Permission denied" in refused.detail


def test_a_folder_that_is_gone_is_a_gap(tmp_path: Path) -> None:
    assert gap(Local(tmp_path / "nowhere").repo()).reason is GapReason.ABSENT


def test_links_in_a_circle_end(folder: Path) -> None:
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    (folder / "vae/up").symlink_to(folder)
    info = seen(Local(folder).repo())
    assert len(info.files or ()) < 20


def test_a_snapshot_in_the_clients_own_cache_is_read_through_its_links(tmp_path: Path) -> None:
    home = tmp_path / "models--org--model"
    (home / "blobs").mkdir(parents=True)
    (home / "snapshots/abc").mkdir(parents=True)
    (home / "blobs/1").write_text("{}")
    (home / "snapshots/abc/config.json").symlink_to("../../blobs/1")
    source = Local(home / "snapshots/abc")
    assert source.read(seen(source.repo()), "config.json") == b"{}"


def test_a_name_that_is_no_repositorys_still_works(tmp_path: Path) -> None:
    (tmp_path / "my model (final)").mkdir()
    assert seen(Local(tmp_path / "my model (final)").repo()).files == ()

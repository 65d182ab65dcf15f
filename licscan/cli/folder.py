"""Writes a folder of documents: the whole of it or nothing, and never over somebody else's work."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from licscan.core.text import harmless
from licscan.errors import OutputError, UsageError

MANIFEST = "SHA256SUMS"
"""Names every file of the folder with its hash; the folder is ours if it has one."""
_SHOWN = 3


def write_folder(files: Mapping[str, str], folder: Path, *, force: bool) -> None:
    """Put the documents into `folder`, with a manifest that names them all.

    A folder with other things in it, or with documents that were changed since we wrote them, stays as it is.
    With `force` our documents are replaced; other people's files are kept.

    Raises:
        UsageError: the folder holds something that is not ours, or that was changed.
        OutputError: it cannot be written.
    """
    shown, folder = folder, _place(folder)
    if not force:
        _refuse(folder)
    files = {**files, MANIFEST: _manifest(files)}
    draft = folder.with_name(f".licscan-{os.getpid()}.part")
    before = folder.with_name(f".licscan-{os.getpid()}.old")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _fill(draft, files)
        kept = _foreign(folder, set(files)) if folder.exists() else ()
        if folder.exists():
            folder.rename(before)
        draft.rename(folder)
        for path in kept:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            (before / path).rename(target)
        shutil.rmtree(before, ignore_errors=True)
    except (OSError, RecursionError) as error:  # a path of a thousand folders is made one inside the other
        shutil.rmtree(draft, ignore_errors=True)
        if before.exists() and not folder.exists():
            before.rename(folder)
        what = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise OutputError(
            f"{str(shown)[:200]} cannot be written: {what}", "choose a folder whose parent is yours"
        ) from error


def _place(folder: Path) -> Path:
    """Where the folder lies: a link to it stays a link.

    Raises:
        UsageError: it is the folder that the run itself is in, or one above it, which cannot be put in place whole.
    """
    place = Path(os.path.realpath(folder))
    try:
        here = Path(os.path.realpath(Path.cwd()))
    except OSError:
        here = place.parent
    if place == here or place in here.parents or not place.name:
        raise UsageError(f"{folder} is the folder that you are in, or one above it", "name a folder that may be made")
    return place


def _manifest(files: Mapping[str, str]) -> str:
    lines = (f"{sha256(content.encode()).hexdigest()}  {path}\n" for path, content in sorted(files.items()))
    return "".join(lines)


def _fill(draft: Path, files: Mapping[str, str]) -> None:
    draft.mkdir()
    root = draft.resolve()
    for path, content in files.items():
        target = draft / path
        if not target.resolve().is_relative_to(root):
            raise OutputError(f"{harmless(path)} would lie outside the folder", "please report this")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8", newline="")


def _refuse(folder: Path) -> None:
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file", "name a folder that may be made")
    known = _listed(folder)
    others = sorted(str(path) for path in _files(folder) if str(path) not in known and str(path) != MANIFEST)
    if others:
        raise UsageError(
            f"{folder} holds files that licscan did not write: {_some(others)}",
            "choose an empty folder, or --force to write beside them",
        )
    changed = sorted(path for path, hashed in known.items() if _is_changed(folder / path, hashed))
    if changed:
        raise UsageError(
            f"{folder} holds documents that were changed since they were written: {_some(changed)}",
            "move them away first, or --force to replace them",
        )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(harmless(name) for name in names[:_SHOWN]) + more


def _files(folder: Path) -> list[Path]:
    return [path.relative_to(folder) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]


def _listed(folder: Path) -> dict[str, str]:
    """Path to hash, as the manifest has them; empty where there is none."""
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.split("  ", 1) for line in lines if "  " in line)
    return {path: hashed for hashed, path in pairs}


def _is_changed(path: Path, hashed: str) -> bool:
    try:
        return sha256(path.read_bytes()).hexdigest() != hashed
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _foreign(folder: Path, ours: set[str]) -> tuple[Path, ...]:
    known = set(_listed(folder)) | ours | {MANIFEST}
    return tuple(path for path in sorted(_files(folder)) if str(path) not in known)

"""Reads what the user calls the subject: a name, a name with a revision, an address, or a folder."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from licscan.core.ids import RepoId
from licscan.core.text import harmless
from licscan.errors import UsageError
from licscan.lineage.model_folder import require_model

if TYPE_CHECKING:
    from licscan.sources.bill import Bill

_HUB_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-/]{0,199}\Z")
_PATH_STARTS = (".", "/", "~")
_SHOWN = 120
"""Characters of a subject that a message repeats."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be scanned: a repository (perhaps at a revision) or a folder."""

    words: str
    """As the user wrote it."""
    repo: RepoId | None = None
    revision: str | None = None
    folder: Path | None = None
    bill: Bill | None = None
    """The bill of materials that the subject was taken from."""


def parse_subject(words: str, *, endpoint: str | None = None) -> Subject:
    """Read a subject.

    Raises:
        UsageError: it is neither a model's name or address nor a folder that can be read.
    """
    if not words.strip():
        raise UsageError("the subject is empty", "name a model such as org/model, or a folder such as ./model")
    if words.startswith(_PATH_STARTS) or ("/" not in words and _is_folder(words)):
        # A name that is no UTF-8 goes into reports, which are.
        return Subject(words.encode("utf-8", "backslashreplace").decode(), folder=_folder(words))
    if "://" in words:
        return _address(words, endpoint)
    name, at, revision = words.partition("@")
    if at and (not _REVISION.match(revision) or ".." in revision):
        raise UsageError(f"{harmless(revision)!r} is no revision", "write org/model@COMMIT, @BRANCH or @TAG")
    if (meant := folder_meant(words)) and RepoId.try_parse(name) is None:
        raise UsageError(f"{words} is not a model name", f"a folder of that name is here: write {meant}")
    return Subject(words, repo=RepoId.parse(name), revision=_pinned(revision))


def folder_meant(words: str) -> str | None:
    """How to name the folder that words without a leading `./` may be meant for; None where there is none."""
    reads_as_name = "/" in words and "://" not in words and not words.startswith(_PATH_STARTS)
    return f"./{words}" if reads_as_name and _is_folder(words) else None


def _is_folder(words: str) -> bool:
    try:
        return Path(words).is_dir()
    except (OSError, ValueError):
        return False


def _pinned(revision: str | None) -> str | None:
    """The newest commit of the main branch is what is read without a revision."""
    return None if revision in ("", "main") else revision


def _folder(words: str) -> Path:
    try:
        path = Path(words).expanduser()
        if not path.is_dir():
            what = "is no folder" if path.exists() else "does not exist"
            raise UsageError(
                f"{harmless(words)} {what}", "a subject on disk is the folder with config.json or README.md"
            )
    except RuntimeError as error:
        raise UsageError(
            f"{harmless(words)} begins with a home folder that nobody has", f"for a folder of that name write ./{words}"
        ) from error
    except (OSError, ValueError) as error:
        what = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UsageError(f"{harmless(words)[:_SHOWN]} cannot be read: {what}", "name a folder that is there") from error
    if not os.access(path, os.R_OK | os.X_OK):
        raise UsageError(f"{harmless(words)} cannot be read", "give yourself the right to read the folder")
    require_model(path, harmless(words))
    return path


def _address(words: str, endpoint: str | None) -> Subject:
    hosts = _HUB_HOSTS | ({urlsplit(endpoint).netloc} if endpoint else set())
    try:
        address = urlsplit(words)
    except ValueError:
        address = urlsplit("")
    if address.scheme not in ("http", "https") or address.netloc not in hosts:
        raise UsageError(
            f"{harmless(words)} is no address on the Hub", "an address looks like https://huggingface.co/org/model"
        )
    parts = [unquote(part) for part in address.path.split("/") if part]
    if parts and parts[0] in ("datasets", "spaces"):
        raise UsageError(
            f"{harmless(words)} leads to no model", "the subject is a model; data sets are found by its card"
        )
    split = next(
        (place for place, part in enumerate(parts[1:], 1) if part in ("tree", "blob", "resolve", "commit")), None
    )
    name = parts[:split]
    revision = parts[split + 1] if split is not None and len(parts) > split + 1 else None
    if revision is not None and (not _REVISION.match(revision) or ".." in revision):
        raise UsageError(
            f"{harmless(revision)!r} is no revision", "take the address from the page of a commit or branch"
        )
    return Subject(words, repo=RepoId.parse("/".join(name)), revision=_pinned(revision))

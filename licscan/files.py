"""Finds our data files, reads TOML and JSON, writes TOML; the only importer of `toml`.

`data/` lies beside the package in a checkout and inside it in a wheel, so two places are tried.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from licscan.errors import KnowledgeError, LicscanError


@cache
def data_folder() -> Path:
    """The folder with our data files, in a wheel, an editable install and a plain checkout alike."""
    package = Path(__file__).resolve().parent
    for folder in (package / "data", package.parent / "data"):
        if (folder / "spdx").is_dir():
            return folder
    raise KnowledgeError(f"the data files are missing beside {package}", "install licscan again")


def data_text(name: str) -> str:
    """One of our data files as text.

    Raises:
        KnowledgeError: it is missing or unreadable.
    """
    path = data_folder() / name
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"data/{name} cannot be read: {error}", "install licscan again") from error


def data_json(name: str) -> Any:
    """One of our JSON data files.

    Raises:
        KnowledgeError: it is missing or no JSON.
    """
    try:
        return json.loads(data_text(name))
    except ValueError as error:
        raise KnowledgeError(f"data/{name} is not JSON: {error}", "install licscan again") from error


def data_toml(name: str) -> dict[str, Any]:
    """One of our TOML data files.

    Raises:
        KnowledgeError: it is missing or no TOML.
    """
    return parse_toml(data_text(name), f"data/{name}", KnowledgeError)


def open_file(path: Path, error: type[LicscanError], hint: str) -> BinaryIO:
    """Open a file that the user named, without ever waiting for it.

    Folders, sockets, devices and named pipes are no files; the null device is an empty one, and a pipe that the shell
    opened for us (`/dev/stdin`, `/dev/fd/N`) is read like a file.

    Raises:
        LicscanError: it cannot be opened or is no file; raised as `error`, with `hint`.
    """
    try:
        # A named pipe that nobody writes to would hold a plain open() for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        kind = _kind_of(os.fstat(descriptor).st_mode)
        if kind and not _is_handed_over(path):
            os.close(descriptor)
            raise error(f"{path} cannot be read: it is {kind}, not a file", hint)
        os.set_blocking(descriptor, True)
        return os.fdopen(descriptor, "rb")
    except (OSError, ValueError) as problem:
        raise error(f"{path} cannot be read: {_reason(path, problem)}", hint) from problem


def read_file(path: Path, limit: int, error: type[LicscanError], hint: str) -> bytes:
    """The whole of a file that the user named, at most `limit` bytes of it.

    Raises:
        LicscanError: it cannot be read, is no file, or is longer than the limit; raised as `error`, with `hint`.
    """
    with open_file(path, error, hint) as source:
        try:
            content = source.read(limit + 1)
        except OSError as problem:
            raise error(f"{path} cannot be read: {_reason(path, problem)}", hint) from problem
    if len(content) > limit:
        raise error(f"{path} is larger than {limit:,} bytes", hint)
    return content


_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_HANDED_OVER = ("/dev/fd/", "/proc/self/fd/")
_STANDARD = frozenset({"/dev/stdin", os.devnull})


def _kind_of(mode: int) -> str:
    """What a thing on disk is, where it is no plain file."""
    return next((name for test, name in _KINDS if test(mode)), "")


def _is_handed_over(path: Path) -> bool:
    return str(path) in _STANDARD or str(path).startswith(_HANDED_OVER)


def _reason(path: Path, problem: OSError | ValueError) -> str:
    try:
        kind = _kind_of(path.stat().st_mode)
    except (OSError, ValueError):
        kind = ""
    if kind:
        return f"it is {kind}, not a file"
    return (problem.strerror if isinstance(problem, OSError) else None) or str(problem)


def parse_toml(text: str, where: str, error: type[LicscanError]) -> dict[str, Any]:
    """Read TOML; a mistake is raised as `error`, naming `where` and the line.

    Read by the standard library, since `toml` predates TOML 1.0 and refuses valid files; written by `toml`.
    """
    import tomllib  # a run reads compiled knowledge and rarely needs it

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as mistake:  # a number of thousands of digits is no TOMLDecodeError
        raise error(f"{where} is not TOML: {mistake}", "mend the line it names") from mistake


def format_toml(values: Mapping[str, Any]) -> str:
    """Write TOML, with texts and lists as JSON writes them: `toml` itself mistakes a backslash for an escape."""
    import toml

    encoder: toml.TomlEncoder[dict[str, Any]] = toml.TomlEncoder()
    encoder.dump_funcs[str] = _toml_text
    encoder.dump_funcs[list] = lambda many: f"[{', '.join(str(encoder.dump_value(one)) for one in many)}]"
    return toml.dumps(dict(values), encoder=encoder)


def _toml_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

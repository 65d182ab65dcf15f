"""Puts what a command made where it was asked to go: a whole file or none, and nothing but plain files replaced."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from licscan.errors import OutputError

_STREAMS = {"/dev/stdout": "stdout", "/dev/fd/1": "stdout", "/proc/self/fd/1": "stdout", "/dev/stderr": "stderr"}
_DESCRIPTORS = ("/dev/fd/", "/proc/self/fd/")
_HINT = "choose a file in a folder that exists and is yours"


def write(content: str | bytes | Iterable[str], output: Path | None) -> None:
    """Put a report where it was asked to go.

    A plain file is replaced whole or stays as it was; a link stays a link, and what it leads to is written; a device, a
    pipe or an open descriptor (`/dev/stdout`, `/dev/null`, `/dev/fd/N`) is written into.

    Raises:
        OutputError: it cannot be written.
    """
    stream = "stdout" if output is None else _STREAMS.get(str(output))
    if stream is not None and not isinstance(content, bytes):
        try:
            getattr(sys, stream).writelines((content,) if isinstance(content, str) else content)
        except BrokenPipeError:
            drop_output()
        return
    place = output or Path("/dev/stdout")
    try:
        if stream is not None or str(place).startswith(_DESCRIPTORS):
            _pour(content, os.dup(_descriptor(place)))
        elif _takes_bytes(place):
            # A pipe that nobody reads would hold a plain open() for ever.
            opened = os.open(place, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
            os.set_blocking(opened, True)
            _pour(content, opened)
        else:
            _replace(content, Path(os.path.realpath(place)))
    except (OSError, ValueError) as error:
        raise OutputError(f"{place} cannot be written: {_reason(error)}", _HINT) from error


def drop_output() -> None:
    """What is still to be written to standard output goes nowhere: its reader has left, or it takes no more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _descriptor(place: Path) -> int:
    numbers = {"/dev/stdout": 1, "/dev/stderr": 2}
    return numbers[str(place)] if str(place) in numbers else int(place.name)


def _takes_bytes(place: Path) -> bool:
    """Whether something is there that is written into and never replaced.

    Raises:
        OutputError: something is there that is no place for a report.
    """
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return False
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISSOCK, "a socket"), (stat.S_ISBLK, "a disk"))
    kind = next((name for test, name in kinds if test(mode)), None)
    if kind is not None:
        raise OutputError(f"{place} cannot be written: it is {kind}, not a file", _HINT)
    return not stat.S_ISREG(mode)


def _pour(content: str | bytes | Iterable[str], descriptor: int) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(_encoded(content))


def _replace(content: str | bytes | Iterable[str], target: Path) -> None:
    draft = target.with_name(f".licscan-{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            file.writelines(_encoded(content))
        draft.replace(target)
    finally:
        # In a place that is read-only this fails for the same reason, and the first one is worth telling.
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _encoded(content: str | bytes | Iterable[str]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    for piece in (content,) if isinstance(content, str) else content:
        yield piece.encode("utf-8", "backslashreplace")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENXIO:
        return "nobody reads from this pipe"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)

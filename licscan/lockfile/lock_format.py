"""A lock as TOML, with a checksum over what it says, so that a lock cut off or edited by hand is found out."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from licscan.core.lock import Lock, LockedText, LockEntry
from licscan.errors import ConfigError
from licscan.files import format_toml, parse_toml, read_file

VERSION = 1
_LARGEST = 50_000_000
_AGAIN = "write it anew with `licscan lock SUBJECT`"
_HEAD = (
    "# Written by `licscan lock`; not meant to be edited: the checksum covers everything below it.\n"
    "# `licscan diff` tells what changed in law since, and `licscan check` fails on it as the policy says.\n"
)


def format_lock(lock: Lock) -> str:
    """The lock as the text of a file."""
    body = _body(lock)
    return _HEAD + format_toml({"version": VERSION, "checksum": _checksum(body), **body})


def read_lock(path: Path) -> Lock:
    """Read a lock file.

    Raises:
        ConfigError: it cannot be read, is of another version, was cut off, or was edited by hand.
    """
    if not os.path.lexists(path):
        raise ConfigError(f"there is no lock file {path}", _AGAIN)
    content = read_file(path, _LARGEST, ConfigError, _AGAIN)
    try:
        return lock_from(content.decode("utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} cannot be read: it is not UTF-8 text", _AGAIN) from error


def lock_from(content: str, where: str) -> Lock:
    """Read the text of a lock file.

    Raises:
        ConfigError: it is of another version, was cut off, or was edited by hand.
    """
    said = parse_toml(content, where, ConfigError)
    version = said.pop("version", None)
    if version is None:
        raise ConfigError(f"{where} has no version: it is no lock file, or was cut off", _AGAIN)
    if version != VERSION or isinstance(version, bool):
        raise ConfigError(f"{where} is of version {version!r}, and this program reads version {VERSION}", _AGAIN)
    checksum = said.pop("checksum", None)
    try:
        lock = _lock(said, where)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise ConfigError(f"{where} is no lock file of this program: {error}", _AGAIN) from error
    if checksum != _checksum(_body(lock)):
        raise ConfigError(f"{where} does not match its checksum: it was edited by hand or cut off", _AGAIN)
    return lock


def _body(lock: Lock) -> dict[str, Any]:
    top = {"subject": lock.subject, "knowledge": lock.knowledge, "made": lock.made, "archive": lock.archive}
    nodes = [_node(entry) for _, entry in sorted(lock.entries.items())]
    return {**{key: value for key, value in top.items() if value is not None}, "node": nodes}


def _node(entry: LockEntry) -> dict[str, Any]:
    said = {one.name: getattr(entry, one.name) for one in fields(entry) if one.name != "texts"}
    said = {key: list(value) if isinstance(value, tuple) else value for key, value in said.items()}
    said = {key: value for key, value in said.items() if value is not None and value != []}
    if entry.texts:
        said["text"] = [_text(one) for one in entry.texts]
    return said


def _text(one: LockedText) -> dict[str, Any]:
    said = {field.name: getattr(one, field.name) for field in fields(one)}
    said["sentences"] = list(one.sentences)
    return {key: value for key, value in said.items() if value is not None and value != []}


def _lock(said: Mapping[str, Any], where: str) -> Lock:
    entries = {}
    for node in said.get("node", ()):
        entry = _entry(dict(node), where)
        if entry.id in entries:
            raise ConfigError(f"{where}: {entry.id} stands twice", _AGAIN)
        entries[entry.id] = entry
    _strings(where, subject=said["subject"], knowledge=said["knowledge"])
    if unknown := sorted(set(said) - {"subject", "knowledge", "made", "archive", "node"}):
        raise ConfigError(f"{where}: unknown key {unknown[0]!r}", _AGAIN)
    return Lock(
        said["subject"], said["knowledge"], said.get("made"), said.get("archive"), MappingProxyType(entries), where
    )


def _entry(node: dict[str, Any], where: str) -> LockEntry:
    texts = tuple(_locked(dict(one), where) for one in node.pop("text", ()))
    keys, declared = tuple(node.pop("keys", ())), tuple(node.pop("declared", ()))
    gated = node.pop("gated", None)
    _strings(where, **node)
    if gated not in (None, False, "auto", "manual"):
        raise ConfigError(f"{where}: gated is {gated!r}", _AGAIN)
    return LockEntry(**node, keys=keys, declared=declared, gated=gated, texts=texts)


def _locked(one: dict[str, Any], where: str) -> LockedText:
    marks = tuple(one.pop("sentences", ()))
    _strings(where, **one)
    return LockedText(**one, sentences=marks)


def _strings(where: str, **values: object) -> None:
    for key, value in values.items():
        if not isinstance(value, str):
            raise ConfigError(f"{where}: {key} must be text", _AGAIN)


def _checksum(body: Mapping[str, Any]) -> str:
    whole = json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return f"sha256:{sha256(whole.encode()).hexdigest()}"

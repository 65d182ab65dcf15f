"""`licscan.toml` -> Policy: parsed loosely, checked as a whole, every mistake named at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from licscan.config.read import Reader
from licscan.core.stance import Answer, Stance
from licscan.errors import ConfigError, UsageError
from licscan.files import parse_toml, read_file
from licscan.knowledge import load
from licscan.policy import Policy

NAME = "licscan.toml"
_LARGEST = 1_000_000
_HINT = "`licscan init` writes a file with every key explained"


def load_policy(path: Path | None = None, preset: str | None = None) -> Policy:
    """The policy of `path`, else of `licscan.toml` upward from the working directory, else the neutral default.

    Raises:
        ConfigError: the file cannot be read or is wrong; all mistakes at once.
        UsageError: there is no preset of that name.
    """
    file = path if path is not None else find_policy()
    if file is None:
        return _with_preset(Policy(), preset or "neutral", {})
    content = read_file(file, _LARGEST, ConfigError, "name a policy file that exists: a short TOML file")
    try:
        return parse_policy(content.decode("utf-8-sig"), str(file), preset)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError(f"{file} is not UTF-8 text (line {line})", "save it as UTF-8") from error


def find_policy(start: Path | None = None) -> Path | None:
    """The nearest `licscan.toml` in a folder (otherwise the working directory) or above it, whatever it is.

    A link that leads nowhere, a folder or a pipe of that name is found, too: the user meant a policy to hold there, and
    reading it then says what is wrong.

    Raises:
        ConfigError: the working directory is gone, or a folder on the way up may not be searched.
    """
    try:
        folder = start if start is not None else Path.cwd()
    except OSError as error:
        what = error.strerror or str(error)
        raise ConfigError(f"the working directory cannot be read: {what}", "change to a folder that exists") from error
    return next((one / NAME for one in (folder, *folder.parents) if _exists(one / NAME)), None)


def _exists(path: Path) -> bool:
    """Whether something of that name is there, without following it.

    Raises:
        ConfigError: its folder may not be searched.
    """
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        what = error.strerror or str(error)
        raise ConfigError(f"{path} cannot be looked for: {what}", "name the policy with --policy") from error
    return True


def parse_policy(content: str, where: str, preset: str | None = None) -> Policy:
    """Read the text of a policy file.

    Raises:
        ConfigError: it is no TOML, or says something unknown; the message names file and keys.
    """
    reader = Reader(parse_toml(content, where, ConfigError))
    policy = reader.policy(where)
    if reader.mistakes:
        count = len(reader.mistakes)
        listed = "".join(f"\n  {one}" for one in reader.mistakes)
        raise ConfigError(f"{where}: {count} mistake{'s' if count > 1 else ''}{listed}", _HINT)
    try:
        return _with_preset(policy, preset or policy.preset, reader.stance)
    except UsageError as error:
        if preset is not None:
            raise
        raise ConfigError(f"{where}: preset: {error.message}", error.hint) from error


def _with_preset(policy: Policy, preset: str, overrides: Mapping[str, Any]) -> Policy:
    found = load().presets.find(preset)
    stance: Stance = found.stance(policy.use.home)
    answers = {
        name: {**getattr(stance, name), **{key: Answer(value) for key, value in overrides.get(name, {}).items()}}
        for name in ("jurisdictions", "exposures", "lists", "laws")
    }
    stance = replace(
        stance,
        jurisdictions=answers["jurisdictions"],
        exposures=answers["exposures"],
        lists=answers["lists"],
        laws=answers["laws"],
        asks_origin=bool(overrides.get("asks_origin", stance.asks_origin)),
        asks_disclosure=bool(overrides.get("asks_disclosure", stance.asks_disclosure)),
    )
    return replace(policy, preset=found.name, stance=stance)

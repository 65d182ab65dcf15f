"""Worlds for tests from end to end: a few repositories behind the stand-in, recorded, and folders beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from licscan.cli.main import main
from tests.standin import StandIn

NOBODY = "http://127.0.0.1:9"
"""An address at which nobody answers: a test that is offline stays so."""


def front(said: Mapping[str, Any], body: str = "") -> bytes:
    """A card."""
    return f"---\n{yaml.safe_dump(dict(said), sort_keys=False)}---\n{body}\n".encode()


def folder(place: Path, said: Mapping[str, Any], files: Mapping[str, bytes] | None = None, body: str = "") -> str:
    """A model that is not published yet; its words as a subject."""
    place.mkdir(parents=True)
    (place / "README.md").write_bytes(front(said, body))
    for name, content in (files or {}).items():
        (place / name).write_bytes(content)
    return f"./{place.name}"


def add(
    hub: StandIn, name: str, said: Mapping[str, Any], files: Mapping[str, bytes] | None = None, **more: Any
) -> None:
    """A repository with this card."""
    tags = [f"license:{said['license']}"] if "license" in said else []
    hub.add(name, card=said, files={"README.md": front(said), **(files or {})}, tags=tags, **more)


def record(monkeypatch: pytest.MonkeyPatch, hub: StandIn, subject: str, place: Path) -> None:
    """Record a subject with all that stands above it."""
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    assert main(["record", subject, str(place), "-q"]) == 0
    monkeypatch.setenv("HF_ENDPOINT", NOBODY)


def check(capsys: pytest.CaptureFixture[str], subject: str, *more: str) -> tuple[int, dict[str, Any]]:
    """The exit code of the gate, and its report."""
    capsys.readouterr()
    code = main(["check", subject, "-f", "json", "-q", *more])
    return code, json.loads(capsys.readouterr().out)


def severities(report: Mapping[str, Any], rule: str) -> list[str]:
    """How severe the findings of a rule are."""
    return [one["severity"] for one in report["findings"] if one["rule"] == rule]

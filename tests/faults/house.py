"""Lineages in which every fact counts: whatever is hidden would have made the verdict worse."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from licscan import scan
from licscan.cli.check import verdict
from licscan.core.report import Report
from licscan.errors import SourceError
from licscan.render.spdx_texts import standard_text
from licscan.sources.http import Live
from tests.standin import Reply, StandIn

OUTCOMES = {"clear": 0, "conditions": 1, "unknown": 2, "blocked": 2, "unread": 2}
MIT = (standard_text("MIT") or "").encode()
NC = (standard_text("CC-BY-NC-4.0") or "").encode()
_BASE = "general.base_model.0.repo_url"
NONSENSE = b"You may look at these weights on Sundays.\n" * 20
SUBJECTS = (
    "q/clean",
    "q/derived",
    "a/subject",
    "a/duplicate",
    "a/part",
    "a/text",
    "a/merge",
    "a/adapter",
    "a/link",
    "a/head",
)


def build(hub: StandIn) -> None:
    """The lineages; those of `a` are clean but for one fact that stands in one place."""
    _add(hub, "q/clean", "mit", {"LICENSE": MIT})
    _add(hub, "q/derived", "mit", {"LICENSE": MIT}, base="q/clean")
    _add(hub, "z/hidden", "cc-by-nc-4.0")
    _add(hub, "a/subject", "mit", {"LICENSE": MIT, "config.json": _json(_name_or_path="z/hidden")}, base="q/clean")
    _add(hub, "a/duplicate", "mit", title="Duplicate from z/hidden")
    _add(hub, "a/part", "mit", {"config.json": _json(model_type="llava", mm_vision_tower="z/hidden")})
    _add(hub, "n/text", "mit", {"LICENSE": NONSENSE})
    _add(hub, "a/text", "mit", base="n/text")
    _add(hub, "a/merge", "mit", {"mergekit_config.yml": b"merge_method: slerp\nmodels:\n  - model: z/hidden\n"})
    _add(hub, "n/adapter", "mit", {"adapter_config.json": _json(base_model_name_or_path="z/hidden")})
    _add(hub, "a/adapter", "mit", base="n/adapter")
    _add(hub, "z/texts", "other", {"TERMS-X": NC})
    _add(hub, "a/link", "other", name="mit", link="https://huggingface.co/z/texts/blob/main/TERMS-X")
    _add(
        hub,
        "a/head",
        "mit",
        {"model-q4.gguf": _gguf({"a.note": "x" * 90_000, _BASE: "https://huggingface.co/z/hidden"})},
    )


def _add(
    hub: StandIn,
    id: str,
    license: str,
    files: Mapping[str, bytes] | None = None,
    *,
    base: str | None = None,
    title: str = "first",
    name: str | None = None,
    link: str | None = None,
) -> None:
    said = {"license": license, "base_model": base, "license_name": name, "license_link": link}
    card = {key: value for key, value in said.items() if value is not None}
    front = "".join(f"{key}: {value}\n" for key, value in card.items())
    commit = {"id": "1" * 40, "title": title, "date": "2024-01-01T00:00:00.000Z"}
    hub.add(
        id, card=card, files={"README.md": f"---\n{front}---\n# A model\n".encode(), **(files or {})}, commits=[commit]
    )


def _gguf(values: Mapping[str, str]) -> bytes:
    """The head of a GGUF file whose values are texts."""
    keys = b"".join(_text(key) + struct.pack("<I", 8) + _text(value) for key, value in values.items())
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(values)) + keys


def _text(said: str) -> bytes:
    return struct.pack("<Q", len(said)) + said.encode()


def _json(**said: Any) -> bytes:
    return json.dumps(said).encode()


@dataclass(frozen=True)
class Result:
    """What a scan came to, as far as a gate looks at it."""

    outcome: str
    code: int
    complete: bool
    report: Report | None = None


def checked(hub: StandIn, subject: str, token: str | None = None) -> Result:
    """Scan the stand-in with the real client, which sleeps in no time."""
    clock: Iterator[int] = count()
    live = Live(hub.url, token, workers=1, sleep=lambda _: None, clock=lambda: float(next(clock)), timeout=5.0)
    try:
        report = scan(subject, hub=live)
    except SourceError:
        return Result("unread", 3, complete=False)
    return Result(report.outcome.value, int(verdict(report, None)), not report.gaps, report)


def faulty(subject: str, path: str, replies: tuple[Reply, ...]) -> Result:
    """The same scan, with one answer of the Hub spoilt."""
    with StandIn() as hub:
        build(hub)
        hub.fail(path, *replies)
        return checked(hub, subject)

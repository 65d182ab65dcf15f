"""Policy presets about control: cited, dated TOML files. A user can write one; the same reader reads both."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from licscan.core.stance import Answer, Exposure, Stance
from licscan.errors import ConfigError, KnowledgeError, LicscanError, UsageError
from licscan.files import parse_toml, read_file

_TOP = {
    "name": str,
    "title": str,
    "date": str,
    "reviewed": str,
    "status": str,
    "summary": str,
    "home": str,
    "counts": list,
    "asks-origin": bool,
    "asks-disclosure": bool,
    "jurisdiction": dict,
    "exposure": dict,
    "list": dict,
    "law": dict,
    "line": dict,
    "reading": list,
    "text": list,
    "source": list,
}
_NEEDED = ("name", "title", "date", "summary")
_SOURCE = ("title", "url", "date", "says")
_TEXT = ("lines", "quote", "by", "date", "url")
_ASKED = (*(one.value for one in Exposure), "jurisdiction", "list", "law", "origin", "disclosure")
_LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class Cited:
    """Where a preset takes a demand from."""

    title: str
    url: str
    date: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of the rule itself, or of an account of it, that lines of a preset stand on."""

    lines: tuple[str, ...]
    quote: str
    by: str
    date: str
    url: str


@dataclass(frozen=True, slots=True)
class Preset:
    """A policy about control that somebody published, as far as a machine can check it."""

    name: str
    title: str
    date: str
    summary: str
    reviewed: str = ""
    status: str = ""
    home: str | None = None
    counts: tuple[str, ...] = ("entity", "owner")
    asks_origin: bool = False
    asks_disclosure: bool = False
    jurisdictions: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))
    exposures: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))
    lists: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))
    laws: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))
    lines: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    readings: tuple[str, ...] = ()
    """Lines that are a reading of the rule and not its text: marked as such wherever they are quoted."""
    texts: tuple[Quoted, ...] = ()
    sources: tuple[Cited, ...] = ()

    def stance(self, home: str | None = None) -> Stance:
        """What it says, for a user whose own country is `home` (else the preset's)."""
        return Stance(
            preset=self.name,
            home=home or self.home,
            jurisdictions=self.jurisdictions,
            exposures=self.exposures,
            lists=self.lists,
            laws=self.laws,
            lines=self.lines,
            readings=self.readings,
            counts=self.counts,
            asks_origin=self.asks_origin,
            asks_disclosure=self.asks_disclosure,
            date=self.date,
            sources=tuple(one.url for one in self.sources),
        )


def preset_from(record: Mapping[str, Any], where: str, error: type[LicscanError] = ConfigError) -> Preset:
    """Turn a preset file into a `Preset`; every mistake names the file, the key and what is nearest.

    Raises:
        LicscanError: an unknown key, a missing one, or a value of the wrong kind; raised as `error`.
    """
    mistakes = [
        *(f"unknown key {key!r}{_nearest(key, _TOP)}" for key in record if key not in _TOP),
        *(f"{key} is missing" for key in _NEEDED if key not in record),
        *(
            f"{key} must be {_kind(kind)}"
            for key, kind in _TOP.items()
            if key in record and not isinstance(record[key], kind)
        ),
    ]
    if not mistakes:
        mistakes = [*_wrong_answers(record), *_wrong_rest(record)]
    if mistakes:
        raise error(f"{where}: {'; '.join(mistakes)}", "see `licscan explain neutral` and the presets that are shipped")
    return Preset(
        name=record["name"],
        title=record["title"],
        date=record["date"],
        summary=record["summary"],
        reviewed=record.get("reviewed", ""),
        status=record.get("status", ""),
        home=record.get("home"),
        counts=tuple(record.get("counts", ("entity", "owner"))),
        asks_origin=record.get("asks-origin", False),
        asks_disclosure=record.get("asks-disclosure", False),
        jurisdictions=_answers(record.get("jurisdiction", {})),
        exposures=_answers(record.get("exposure", {})),
        lists=_answers(record.get("list", {})),
        laws=_answers(record.get("law", {})),
        lines=MappingProxyType(dict(record.get("line", {}))),
        readings=tuple(record.get("reading", ())),
        texts=tuple(Quoted(**{**one, "lines": tuple(one["lines"])}) for one in record.get("text", ())),
        sources=tuple(Cited(**one) for one in record.get("source", ())),
    )


def _answers(table: Mapping[str, str]) -> Mapping[str, Answer]:
    return MappingProxyType({key: Answer(value) for key, value in table.items()})


def _wrong_answers(record: Mapping[str, Any]) -> Iterator[str]:
    answers = [one.value for one in Answer]
    for table in ("jurisdiction", "exposure", "list", "law"):
        for key, value in record.get(table, {}).items():
            if value not in answers:
                yield f"{table}.{key} is {value!r}, expected one of {', '.join(answers)}"
            if table in {"jurisdiction", "law"} and key != "*" and not _is_country(key):
                yield f"{table}.{key}: {key!r} is no ISO 3166 code"
    exposures = [one.value for one in Exposure]
    for key in record.get("exposure", {}):
        if key not in exposures:
            yield f"unknown key exposure.{key}{_nearest(key, exposures)}"


def _wrong_rest(record: Mapping[str, Any]) -> Iterator[str]:
    for key, value in record.get("line", {}).items():
        if key not in _ASKED:
            yield f"unknown key line.{key}{_nearest(key, _ASKED)}"
        if not isinstance(value, str):
            yield f"line.{key} must be text"
    for one in record.get("counts", ()):
        if one not in ("entity", "owner"):
            yield f"counts has {one!r}, expected entity or owner"
    if "home" in record and not _is_country(record["home"]):
        yield f"home is {record['home']!r}, expected an ISO 3166 code or EU"
    yield from _wrong_texts(record)
    yield from _wrong_sources(record)


def _wrong_texts(record: Mapping[str, Any]) -> Iterator[str]:
    """Quotations and readings speak of lines that are there."""
    lines = list(record.get("line", {}))
    for name in record.get("reading", ()):
        if name not in lines:
            yield f"reading has {name!r}, which is none of its lines"
    for number, one in enumerate(record.get("text", ()), start=1):
        if not isinstance(one, Mapping) or set(one) != set(_TEXT):
            yield f"text[{number}] needs {', '.join(_TEXT)}"
        elif not isinstance(one["lines"], list) or not all(isinstance(one[key], str) for key in _TEXT[1:]):
            yield f"text[{number}]: lines must be a list, the rest text"
        else:
            yield from (
                f"text[{number}].lines has {name!r}, which is none of its lines"
                for name in one["lines"]
                if name not in lines
            )


def _wrong_sources(record: Mapping[str, Any]) -> Iterator[str]:
    for number, source in enumerate(record.get("source", ()), start=1):
        if not isinstance(source, Mapping) or "title" not in source or "url" not in source:
            yield f"source[{number}] needs title and url"
            continue
        for key, value in source.items():
            if key not in _SOURCE:
                yield f"unknown key source[{number}].{key}{_nearest(key, _SOURCE)}"
            elif not isinstance(value, str):
                yield f"source[{number}].{key} must be text"


def _is_country(code: object) -> bool:
    return isinstance(code, str) and len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()


def _nearest(key: str, known: Mapping[str, Any] | list[str] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(str(key), list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else f" (known: {', '.join(sorted(known))})"


def _kind(kind: type) -> str:
    return {str: "text", list: "a list", bool: "true or false", dict: "a table"}[kind]


class PresetShelf(Mapping[str, Preset]):
    """The presets that are shipped, by name."""

    def __init__(self, records: Mapping[str, Mapping[str, Any]]) -> None:
        self._records = records

    def __getitem__(self, name: str) -> Preset:
        return preset_from(self._records[name], f"data/presets/{name}.toml", KnowledgeError)

    def __contains__(self, name: object) -> bool:
        return name in self._records

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._records))

    def __len__(self) -> int:
        return len(self._records)

    def find(self, wanted: str) -> Preset:
        """A preset by its name, or the user's own by the path of its file.

        Raises:
            UsageError: there is none of that name.
            ConfigError: the file cannot be read or says something unknown.
        """
        if wanted in self._records:
            return self[wanted]
        if wanted.endswith(".toml") or "/" in wanted:
            return read_preset(Path(wanted))
        near = difflib.get_close_matches(wanted, list(self._records), n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UsageError(
            f"there is no preset called {wanted!r}",
            f"{hint}known are {', '.join(self)}; a path ending in .toml is your own",
        )


def read_preset(path: Path) -> Preset:
    """A preset that the user wrote.

    Raises:
        ConfigError: the file cannot be read, is too large, or says something unknown.
    """
    content = read_file(path, _LARGEST, ConfigError, "name a preset or a short TOML file")
    try:
        return preset_from(parse_toml(content.decode("utf-8-sig"), str(path), ConfigError), str(path))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} cannot be read: it is not UTF-8 text", "save it as UTF-8") from error


def compile_presets(files: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Check the preset files, by name, and put them into the shape that a run loads.

    Raises:
        KnowledgeError: one of them is wrong, or its name is not that of its file.
    """
    for name, record in sorted(files.items()):
        preset = preset_from(record, f"data/presets/{name}", KnowledgeError)
        told = {*preset.readings, *(line for one in preset.texts for line in one.lines)}
        if bare := sorted(set(preset.lines) - told):
            raise KnowledgeError(
                f"data/presets/{name}: nothing is quoted for the line {bare[0]!r}",
                "quote the rule, or mark it as a reading",
            )
        if f"{preset.name}.toml" != name:
            raise KnowledgeError(f"data/presets/{name}: its name is {preset.name!r}", "name the file after it")
    return {record["name"]: record for _, record in sorted(files.items())}

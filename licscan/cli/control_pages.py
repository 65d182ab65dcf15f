"""Pages about rules, presets and publishers; apart from the licences, because they load more of the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from licscan.cli.layout import Page
from licscan.core.finding import RuleInfo
from licscan.core.publisher import Publisher
from licscan.knowledge import Knowledge
from licscan.knowledge.presets import Preset


def other_page(name: str, knowledge: Knowledge, language: str, *, as_json: bool) -> str | dict[str, Any] | None:
    """The page of a rule, a preset or a publisher; None where the name is none of them."""
    small = name.strip().lower()
    for info in rules():
        if info.id == small:
            return rule_record(info) if as_json else _rule_page(info)
    if small in knowledge.presets:
        preset = knowledge.presets[small]
        return preset_record(preset) if as_json else _preset_page(preset, language)
    org = name.strip().split("/")[0]
    if org in knowledge.publishers:
        publisher = knowledge.publishers[org]
        return _record(publisher, "publisher") if as_json else _publisher_page(publisher, language)
    return None


def other_names(knowledge: Knowledge) -> list[str]:
    """Every name that `other_page` answers to."""
    return [*(info.id for info in rules()), *knowledge.presets, *knowledge.publishers]


def rules() -> tuple[RuleInfo, ...]:
    """The cards of all rules, in the order of their ids."""
    from licscan.rules import RULES

    return tuple(sorted((rule.info for rule in RULES), key=lambda info: info.id))


def rule_record(info: RuleInfo) -> dict[str, Any]:
    """A rule as JSON."""
    return {
        "kind": "rule",
        "id": info.id,
        "title": info.title,
        "severity": info.severity.value,
        "confidence": info.confidence.value,
        "asked_about": info.scope.value,
        "explanation": info.explanation,
    }


def preset_record(preset: Preset) -> dict[str, Any]:
    """A preset as JSON."""
    return _record(preset, "preset")


def _record(value: object, kind: str) -> dict[str, Any]:
    return {"kind": kind, **_plain(value)}


def _plain(value: object) -> Any:
    """A frozen value as what JSON knows, in the order of its fields."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _rule_page(info: RuleInfo) -> str:
    head = f"{info.id}: {info.title}\n  default severity {info.severity.value}; asked about each {info.scope.value}\n"
    return f"{head}\n{info.explanation}\n"


def _preset_page(preset: Preset, language: str) -> str:
    page = Page(language, {})
    page.title(preset.name)
    _values(page, preset_record(preset))
    return page.text()


def _publisher_page(publisher: Publisher, language: str) -> str:
    page = Page(language, {})
    page.title(publisher.name)
    _values(page, _record(publisher, "publisher"))
    return page.text()


def _values(page: Page, record: dict[str, Any]) -> None:
    """Every fact of a record that says something, nested ones indented."""
    for name, value in record.items():
        if name == "kind" or value in (None, "", [], {}):
            continue
        label = name.replace("_", " ")
        if isinstance(value, dict):
            page.paragraph(f"{label}:", 2)
            for key, one in value.items():
                page.paragraph(f"{key}: {one}", 4, 8)
        elif isinstance(value, list):
            page.paragraph(f"{label}:", 2)
            for one in value:
                page.paragraph("- " + (_row(one) if isinstance(one, dict) else str(one)), 4, 6)
        else:
            page.paragraph(f"{label}: {value}", 2, 6)


def _row(values: dict[str, Any]) -> str:
    return "; ".join(f"{key.replace('_', ' ')}: {one}" for key, one in values.items() if one not in (None, "", [], {}))

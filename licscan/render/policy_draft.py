"""`policy.toml`: one waiver for each finding, all commented out: deciding is deleting a `#` and giving a reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from licscan.core.finding import Finding, Severity
from licscan.core.report import Report
from licscan.core.text import Text, harmless, text
from licscan.render import wording
from licscan.words import say

_REVIEW_AFTER = 180
"""Days until a waiver should be looked at again."""


def render(report: Report) -> str:
    """The draft; as it stands it says nothing, and it is valid TOML with and without its comment signs."""
    return "".join(f"# {line}".rstrip() + "\n" if line else "\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    def note(one: Text) -> str:
        # A second sign keeps the sentence a comment when the first one is taken away.
        return f"# {harmless(say(one, report.lang))}".replace("\n", " ")

    yield note(text("Waivers to decide for {name}. Everything is commented out.", name=report.subject))
    yield note(text("To set a finding aside, uncomment its lines, give a reason and an owner, and name a date."))
    yield note(text("Copy what you keep into licscan.toml."))
    yield ""
    until = _until(report.made)
    open_ones = [one for one in report.findings if one.waived is None and one.severity is not Severity.INFO]
    seen: set[tuple[str, str]] = set()
    for finding in open_ones:
        if (finding.rule, finding.subject) not in seen:
            seen.add((finding.rule, finding.subject))
            yield from _waiver(finding, note, until, report.lang)
    if not open_ones:
        yield note(text("Nothing was found that could be set aside."))


def _waiver(finding: Finding, note: Callable[[Text], str], until: str | None, lang: str) -> Iterator[str]:
    severity = wording.called(wording.SEVERITIES, finding.severity, lang)
    yield note(text("{severity}: {message}", severity=severity, message=say(finding.message, lang)))
    yield "[[waive]]"
    yield f"rule = {_quoted(finding.rule)}"
    yield f"repo = {_quoted(finding.subject)}"
    yield f"reason = {_quoted('why this is acceptable')}"
    yield f"owner = {_quoted('who decided')}"
    if until:
        yield f"until = {until}"
    yield ""


def _quoted(words: str) -> str:
    """A TOML string: JSON's quoting is TOML's, once nothing unprintable is left."""
    return json.dumps(harmless(words).replace("\x7f", ""), ensure_ascii=False)


def _until(made: str | None) -> str | None:
    if not made:
        return None
    try:
        return (date.fromisoformat(made[:10]) + timedelta(days=_REVIEW_AFTER)).isoformat()
    except ValueError:
        return None

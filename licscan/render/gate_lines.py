"""What the release gate says of each subject, one line each, and one line for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from licscan.core.text import harmless, text
from licscan.gate import Answer, Gate
from licscan.render.wording import SEVERITIES, called
from licscan.words import grouped, plural, say


def gate_line(subject: str, gate: Gate, code: int, lang: str) -> str:
    """`FAIL org/model: 1 critical, 1 high (threshold high) -> exit 1`; the answer's own word stays English."""
    name = harmless(subject)
    waived = say(text(" ({n} waived)", n=grouped(gate.waived)), lang) if gate.waived else ""
    if gate.answer is Answer.PASS:
        return f"{gate.answer} {name}{waived}"
    why = ", ".join(_failed(gate, lang) if gate.answer is Answer.FAIL else _open(gate, lang))
    return f"{gate.answer} {name}: {why}{waived} -> exit {code}"


def unread_line(subject: str, code: int, lang: str) -> str:
    """The line of a subject that could not be read at all."""
    return f"{Answer.NO_VERDICT} {harmless(subject)}: {say(text('the subject was not read'), lang)} -> exit {code}"


def total_line(answers: Sequence[Answer], code: int, lang: str) -> str:
    """The line for all subjects together."""
    counted = Counter(answers)
    found = ", ".join(f"{grouped(counted[one])} {one}" for one in Answer if counted[one])
    subjects = plural(lang, "{n} subject", "{n} subjects", len(answers))
    return f"licscan check: {subjects}: {found} -> exit {code}"


def _failed(gate: Gate, lang: str) -> Iterator[str]:
    at = [one for one in gate.counts if gate.threshold is not None and one.rank <= gate.threshold.rank]
    counts = ", ".join(f"{grouped(gate.counts[one])} {called(SEVERITIES, one, lang)}" for one in at)
    limit = called(SEVERITIES, gate.threshold, lang) if gate.threshold is not None else ""
    if not counts:
        yield say(text("the release contradicts a licence above it"), lang)
        return
    yield say(text("{counts} (threshold {limit})", counts=counts, limit=limit), lang)


def _open(gate: Gate, lang: str) -> Iterator[str]:
    if gate.gaps:
        yield plural(lang, "{n} node not read as a whole", "{n} nodes not read as a whole", gate.gaps)
    if gate.unknown:
        yield plural(lang, "{n} licence not known", "{n} licences not known", gate.unknown)
    if gate.unproved:
        yield say(text("origin not refuted, not proved"), lang)
    if not (gate.gaps or gate.unknown or gate.unproved):
        yield say(text("a question is open that the verdict depends on"), lang)

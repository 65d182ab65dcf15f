"""The report for counsel: one HTML file with everything in it, safe to open, to print and to keep.

Hostile words stay text: Jinja escapes every value, `harmless` defuses control and direction characters, and the page's
own content policy lets nothing run or load but the style and the script whose hashes it names.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from licscan.core.report import Report
from licscan.core.text import Text, harmless
from licscan.render import wording
from licscan.render.labels import caption
from licscan.render.picture import draw
from licscan.render.profile import profile_line
from licscan.render.sheet import Sheet
from licscan.words import grouped, plural, say, word

_TEMPLATES = Path(__file__).parent / "templates"
_OPEN_FINDINGS = 60
"""Beyond this many, the harmless ones start folded; print shows them all the same."""


def render(report: Report) -> str:
    """The whole page."""
    style, script = _asset("report.css"), _asset("report.js")
    anchors = {name: f"n{number}" for number, name in enumerate(report.lineage.artifacts, 1)}
    return str(
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            sheet=Sheet(report),
            picture=draw(report, anchors),
            anchors=anchors,
            named=lambda name: caption(report.lineage[name]),
            style=style,
            script=script,
            policy=_content_policy(style, script),
            fold_from=_OPEN_FINDINGS,
            profile=profile_line(report.use, report.lang),
            **_speech(report.lang),
        )
    )


def _content_policy(style: str, script: str) -> str:
    """Nothing loads, nothing is sent; only this very style and this very script count."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    return "sha256-" + b64encode(sha256(content.encode()).digest()).decode("ascii")


def _speech(lang: str) -> Mapping[str, Any]:
    """The functions with which the template speaks the reader's language."""

    def sentence(template: str, **values: object) -> str:
        pairs = tuple((name, harmless(str(value))) for name, value in values.items())
        return say(Text(template, pairs), lang)

    def called(table: str, code: str) -> str:
        return harmless(wording.called(getattr(wording, table), str(code), lang))

    return {
        "lang": lang,
        "_": sentence,
        "count": lambda one, many, number: plural(lang, one, many, number),
        "say": lambda one: harmless(say(one, lang)),
        "called": called,
        "not_read": lambda why: harmless(wording.why_not_read(why, lang)),
        "role": lambda code: wording.component_name(code, lang),
        "term": lambda one: wording.term_name(one, lang),
        "value": lambda term, value: wording.value_sentence(term, value, lang),
        "state": wording.state_of,
        "conditions": lambda provision: wording.conditions_of(provision, lang),
        "number": grouped,
        "plain": harmless,
        "word": lambda one: word(one, lang),
        "disclaimer": say(wording.DISCLAIMER, lang),
    }


@cache
def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _environment() -> Any:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

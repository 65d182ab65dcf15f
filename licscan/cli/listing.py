"""`licscan list`: what the program knows."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

from licscan.core.license import License, Term
from licscan.errors import UsageError
from licscan.knowledge import Knowledge, load

_WHAT = ("rules", "licenses", "terms", "publishers", "presets", "formats")
Rows = list[dict[str, Any]]


def add_to(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "list", help="what licscan knows", description="List rules, licences, terms, publishers, presets or formats."
    )
    parser.add_argument("what", choices=_WHAT, metavar="|".join(_WHAT))
    parser.add_argument(
        "--term",
        action="append",
        default=[],
        metavar="TAG[=VALUE]",
        help="licences that say this about a term; without a value: that say anything that binds (repeatable)",
    )
    parser.add_argument("--country", metavar="CC", help="licences or publishers of this country (ISO 3166)")
    parser.add_argument("--family", metavar="NAME", help="licences of this family or series")
    parser.add_argument("--all", action="store_true", help="also the SPDX licences that nobody has read for terms")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="(default: text)")
    parser.add_argument("--lang", default="en", choices=("en", "ko"), help="language of what people read")
    parser.add_argument("-q", "--quiet", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one line for each thing, or all of them as JSON."""
    if args.what != "licenses" and (args.term or args.family):
        raise UsageError(f"--term and --family choose among licences, not {args.what}", "say `licscan list licenses`")
    if args.country and args.what not in {"licenses", "publishers"}:
        raise UsageError(f"{args.what} have no country", "--country goes with licenses and publishers")
    rows = _ROWS[args.what](load(), args)
    if args.format == "json":
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(_table(rows))
    return 0


def _licenses(knowledge: Knowledge, args: argparse.Namespace) -> Rows:
    chosen = [knowledge.licenses[key] for key in (knowledge.licenses if args.all else knowledge.licenses.written)]
    for asked in args.term:
        tag, value = _asked(asked, knowledge)
        chosen = [one for one in chosen if _says(one, tag, value)]
    if args.country:
        chosen = [one for one in chosen if one.licensor_country == args.country.upper()]
    if args.family:
        chosen = [one for one in chosen if args.family.lower() in {one.family, one.series}]
        if not chosen and args.family.lower() not in knowledge.families and not knowledge.editions(args.family.lower()):
            raise _unknown(args.family, knowledge.families, "family")
    return [_license_row(one) for one in sorted(chosen, key=lambda one: one.key)]


def _license_row(license: License) -> dict[str, Any]:
    return {
        "key": license.key,
        "expression": license.expression,
        "category": license.category.value,
        "country": license.licensor_country,
        "name": license.name,
    }


def _asked(text: str, knowledge: Knowledge) -> tuple[Term, str | None]:
    """`TAG` or `TAG=VALUE`, both from the closed vocabulary."""
    tag, equals, value = text.strip().lower().partition("=")
    if tag not in set(Term):
        raise _unknown(tag, [one.value for one in Term], "term")
    term = Term(tag)
    if not equals:
        return term, None
    wanted = value.replace("-", "_").replace(" ", "_")
    if wanted not in knowledge.terms[term].values:
        raise _unknown(value, knowledge.terms[term].values, f"value of {tag}")
    return term, wanted


def _says(license: License, term: Term, value: str | None) -> bool:
    provision = license[term]
    if value is not None:
        return provision.value == value
    return provision.value not in {"none", "no", "silent", "not_read"}


def _unknown(asked: str, known: Iterable[str], what: str) -> UsageError:
    from difflib import get_close_matches

    names = sorted(known)
    near = get_close_matches(asked.lower(), names, n=3, cutoff=0.5) or names
    return UsageError(f"{asked!r} is no {what}", f"one of: {', '.join(near)}")


def _terms(knowledge: Knowledge, args: argparse.Namespace) -> Rows:
    return [
        {
            "tag": one.term.value,
            "group": one.group,
            "label": one.label[args.lang],
            "values": list(one.values) if args.format == "json" else None,
            "sentence": one.sentence[args.lang],
        }
        for one in knowledge.terms.terms.values()
    ]


def _rules(_: Knowledge, __: argparse.Namespace) -> Rows:
    from licscan.cli.control_pages import rules

    return [
        {"id": one.id, "severity": one.severity.value, "asked_about": one.scope.value, "title": one.title}
        for one in rules()
    ]


def _publishers(knowledge: Knowledge, args: argparse.Namespace) -> Rows:
    found = {(one := knowledge.publishers[org]).org: one for org in sorted(knowledge.publishers, key=str.lower)}
    country = args.country.upper() if args.country else None
    return [
        {"org": one.org, "country": one.country, "parent": one.parent, "name": one.name}
        for one in found.values()
        if country in (None, one.country, one.parent_country)
    ]


def _presets(knowledge: Knowledge, _: argparse.Namespace) -> Rows:
    found = [knowledge.presets[name] for name in sorted(knowledge.presets)]
    return [{"name": one.name, "date": one.date, "title": one.title, "summary": one.summary} for one in found]


def _formats(_: Knowledge, __: argparse.Namespace) -> Rows:
    from licscan.render import FORMATS

    return [{"format": name} for name in sorted(FORMATS)]


_ROWS = {
    "licenses": _licenses,
    "terms": _terms,
    "rules": _rules,
    "publishers": _publishers,
    "presets": _presets,
    "formats": _formats,
}


def _table(rows: Rows) -> str:
    """Columns of even breadth; the last one runs free."""
    cells = [[str(value or "-") for name, value in row.items() if name != "values"] for row in rows]
    if not cells:
        return ""
    broad = [max(len(row[column]) for row in cells) for column in range(len(cells[0]) - 1)]
    return "".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, broad, strict=False)), row[-1]]).rstrip() + "\n"
        for row in cells
    )

"""`licscan explain`: the page of a rule, a licence or a term; or what differs between two licences."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from licscan.core.jsontext import json_text
from licscan.core.license import License, Term
from licscan.errors import UsageError
from licscan.knowledge import Knowledge, load

_LANGUAGES = ("en", "ko")


def add_to(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "explain",
        help="what a rule, a licence or a term means; with two licences, what differs in law",
        description="Show a rule's page, a licence's terms with their clauses, or a term of the vocabulary. "
        "With two licences: the legal difference, term by term, and its direction.",
    )
    parser.add_argument("name", metavar="RULE|LICENSE|TERM", help="also a preset or a publisher's organisation")
    parser.add_argument("other", nargs="?", metavar="LICENSE", help="compare the first licence with this one")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="(default: text)")
    parser.add_argument("--lang", default="en", choices=_LANGUAGES, help="language of what people read")
    parser.add_argument("-q", "--quiet", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Find what the name means and print its page."""
    knowledge = load()
    as_json = args.format == "json"
    if args.other is not None:
        page = _difference(args.name, args.other, knowledge, args.lang, as_json=as_json)
    else:
        page = _page(args.name, knowledge, args.lang, as_json=as_json)
    sys.stdout.write(page if isinstance(page, str) else json_text(page, indent=2) + "\n")
    return 0


def _page(name: str, knowledge: Knowledge, language: str, *, as_json: bool) -> str | dict[str, Any]:
    from licscan.cli import pages, records

    if name.lower() in set(Term):
        entry = knowledge.terms[Term(name.lower())]
        if as_json:
            return records.term_record(entry, records.written_licenses(knowledge), language)
        return pages.term_page(entry, knowledge, language)
    if license := find_license(name, knowledge):
        if as_json:
            return records.license_record(license, knowledge, language)
        return pages.license_page(license, knowledge, language)
    from licscan.cli.control_pages import other_page

    found = other_page(name, knowledge, language, as_json=as_json)
    if found is None:
        raise _unknown(name, knowledge)
    return found


def _difference(one: str, two: str, knowledge: Knowledge, language: str, *, as_json: bool) -> str | dict[str, Any]:
    from licscan.cli import pages, records
    from licscan.licensing.term_diff import differences

    first, second = (find_license(name, knowledge) for name in (one, two))
    if first is None or second is None:
        raise _unknown(two if first else one, knowledge)
    found = differences(first, second, knowledge.terms)
    if as_json:
        return records.difference_record(first, second, found, knowledge.terms, language)
    return pages.difference_page(first, second, found, knowledge, language)


def find_license(name: str, knowledge: Knowledge) -> License | None:
    """The licence that a key, a Hub id, a name or an SPDX id stands for.

    Raises:
        UsageError: the name stands for more than one licence.
    """
    small = name.strip().lower()
    if small in knowledge.licenses.written:
        return knowledge.licenses[small]
    named = knowledge.hub_id(name) or knowledge.alias(name)
    if named is not None and named.keys:
        if named.key is None:
            raise UsageError(f"{name!r} may be any of {', '.join(named.keys)}", "ask for one of them")
        return knowledge.licenses[named.key]
    if named is not None and named.note:
        raise UsageError(
            f"{name!r} names no licence: {named.note}", "`licscan list licenses` shows those that are known"
        )
    return knowledge.by_expression(small)


def _unknown(name: str, knowledge: Knowledge) -> UsageError:
    from difflib import get_close_matches

    from licscan.cli.control_pages import other_names

    known = [*knowledge.licenses.written, *(term.value for term in Term), *other_names(knowledge)]
    known += [one.id.lower() for one in knowledge.spdx.licenses.values()]
    near = get_close_matches(name.lower(), sorted(set(known)), n=4, cutoff=0.6)
    hint = (
        f"did you mean {', '.join(near)}?"
        if near
        else "`licscan list licenses`, `list terms` and `list rules` show all"
    )
    shown = name if name.isprintable() and len(name) <= 80 else ascii(name[:80])
    return UsageError(f"{shown!r} is no rule, licence, term, preset or publisher that licscan knows", hint)

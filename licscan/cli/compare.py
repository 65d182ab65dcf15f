"""`licscan compare A B`: evidence that A's weights come from B, component by component, for a few megabytes."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from licscan.cli.messages import Exit
from licscan.cli.options import add_hub_options, hub_from
from licscan.cli.output import write
from licscan.cli.weights import count_of_bytes, opened
from licscan.core.clock import fixed_time
from licscan.core.jsontext import json_text
from licscan.core.text import harmless, text
from licscan.sources.protocol import Hub, RepoInfo


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "compare", help="evidence that A's weights come from B", description=__doc__
    )
    parser.add_argument("a", metavar="A", help="the model in question: org/model, org/model@REVISION, or a folder")
    parser.add_argument(
        "b", metavar="B", nargs="?", help="the model it may come from; without it, the stored fingerprints"
    )
    parser.add_argument(
        "--store", metavar="PATH", type=Path, action="append", default=[], help="also these fingerprints (repeatable)"
    )
    parser.add_argument("-f", "--format", choices=("html", "json", "table"), default="table", help="(default: table)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here, whole or not at all")
    parser.add_argument(
        "--full", action="store_true", help="read whole tensors: equal ones, re-ordered units, rotated residual streams"
    )
    parser.add_argument(
        "--also",
        metavar="MODEL",
        action="append",
        default=[],
        help="a further model that may be merged in (repeatable)",
    )
    parser.add_argument("--budget", type=count_of_bytes, metavar="BYTES", help="read so many bytes of each at most")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="which block of units is read (0: the first)")
    add_hub_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare and print; 3 where nothing could be tested."""
    from licscan.cli.progress import Progress
    from licscan.weights.compare import compare
    from licscan.weights.extra import check, warm
    from licscan.weights.lineage_merge import with_merges
    from licscan.weights.verdict import Kind
    from licscan.words import check_language

    check_language(args.lang)
    check()
    began = time.monotonic()
    if not args.full:  # slabs are small: threads for their products cost more than they bring
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    warming = warm()
    (a, hub_a), *rest = _all_opened([args.a, *([args.b] if args.b else []), *args.also], hub_from(args))
    warming.join()
    if not args.b:
        return _against_store(args, a, hub_a)
    b, hub_b = rest[0]
    others = [(words, *one) for words, one in zip(args.also, rest[1:], strict=True)]
    with Progress(quiet=args.quiet or args.no_progress) as progress:
        found = compare(
            a,
            b,
            hub_a,
            hub_b=hub_b,
            full=args.full,
            budget=args.budget,
            seed=args.seed,
            references=1 + len(others),
            names=(args.a, args.b),
            seen=progress.seen,
        )
    if others:
        found = with_merges(found, hub_a, [(args.b, b, hub_b), *others])
    untested = {Kind.UNTESTABLE, Kind.CANDIDATE}
    write(_rendered(found, args.format, args.lang, time.monotonic() - began), args.output)
    return Exit.NO_VERDICT if all(one.kind in untested for one in found.components) else Exit.OK


def _all_opened(names: Sequence[str], hub: Hub) -> list[tuple[RepoInfo, Hub]]:
    """Every model and its source, asked for at the same time; one source serves all that are no folders."""
    if hub.workers == 1:
        return [opened(name, hub) for name in names]
    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(lambda name: opened(name, hub), names))


def _against_store(args: argparse.Namespace, a: Any, hub: Any) -> int:
    """Hold one model against all stored fingerprints."""
    from licscan.errors import UsageError
    from licscan.weights.links import evidence_links
    from licscan.words import say

    if args.format == "html":
        raise UsageError("against stored fingerprints there is no page", "choose -f table or -f json")
    found = evidence_links(a, hub, stores=args.store, budget=args.budget)
    rows = [
        {
            "name": one.component,
            "reference": one.reference,
            "verdict": one.kind.value,
            "log10_p": None if one.log10_p is None else round(one.log10_p, 1),
            "r": None if one.r is None else round(one.r, 3),
            "by": one.by,
            "says": str(one.says),
        }
        for one in found.found
    ]
    if args.format == "json":
        said = {"a": args.a, "b": None, "components": rows, "tried": list(found.tried)}
        write(json_text(said, indent=2) + "\n", args.output)
    else:
        lines = [one.says for one in found.found] or [text("nothing stored matches")]
        tried = len(found.tried)
        lines.append(text("held against {n} stored references; what is not stored was not tested", n=tried))
        write("\n".join(harmless(say(line, args.lang)) for line in lines) + "\n", args.output)
    return Exit.NO_VERDICT if found.gaps or not found.tried else Exit.OK


def _rendered(found: Any, form: str, lang: str, seconds: float) -> str:
    from licscan.render.comparison_json import answer
    from licscan.render.comparison_page import page
    from licscan.render.comparison_table import table

    if form == "html":
        return page(found, lang)
    if form == "table":
        return table(found, lang)
    stats = {} if fixed_time() else {"seconds": round(seconds, 3)}
    return json_text(answer(found, stats), indent=2) + "\n"

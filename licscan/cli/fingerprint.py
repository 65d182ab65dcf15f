"""`licscan fingerprint SUBJECT -o FILE`: sketches of a model's weights, to recognise later what comes from it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from licscan.cli.messages import Exit
from licscan.cli.options import add_hub_options, hub_from
from licscan.cli.output import write
from licscan.cli.weights import opened
from licscan.version import VERSION


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "fingerprint", help="sketch a model's weights, to recognise what comes from it", description=__doc__
    )
    parser.add_argument("subjects", metavar="SUBJECT", nargs="+", help="org/model, org/model@REVISION, or a folder")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="a .safetensors file")
    parser.add_argument("--id", metavar="NAME", help="the name to record for a folder (one SUBJECT only)")
    add_hub_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read the slabs, write the sketches; 3 where a model gives nothing to sketch."""
    from licscan.weights.extra import check
    from licscan.weights.fingerprints import fingerprint_of, written

    check()
    source = hub_from(args)
    whole, empty = [], False
    for words in args.subjects:
        info, hub = opened(words, source)
        name = args.id if args.id and len(args.subjects) == 1 else words
        found, missing = fingerprint_of(info, hub, f"licscan {VERSION}", name)
        whole.extend(found)
        empty = empty or not found
        if not args.quiet:
            for reason in missing:
                print(f"licscan: {words}: not sketched: {reason}", file=sys.stderr)
    write(written(whole), args.output)
    return Exit.NO_VERDICT if empty else Exit.OK

"""`licscan record SUBJECT DIR`: save all that a scan read, to repeat it without a network with `--from DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from licscan.cli.messages import Exit
from licscan.cli.options import add_scan_options, hub_from, scan_from
from licscan.core.clock import timestamp
from licscan.version import VERSION


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "record", help="save all that a scan read, to repeat it offline", description=__doc__
    )
    parser.add_argument("subject", metavar="SUBJECT", help="org/model, org/model@REVISION, a Hub URL, or a folder")
    parser.add_argument("folder", metavar="DIR", type=Path, help="a new folder for the recording")
    add_scan_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Scan through a recorder; 3 where the subject itself could not be read (the recording says why)."""
    from licscan.sources.recorder import Recorder

    hub = hub_from(args)
    with Recorder(hub, args.folder, (args.subject,), by=f"licscan {VERSION}", made=timestamp()) as recorder:
        report = scan_from(args, hub=recorder)
    if not args.quiet:
        count = len(report.lineage.artifacts)
        print(f"licscan: {count} nodes recorded in {args.folder}; repeat with --from {args.folder}", file=sys.stderr)
    unread = any(report.lineage.artifacts[subject].gap for subject in report.lineage.subjects)
    return Exit.NO_VERDICT if unread else Exit.OK

"""`licscan lock SUBJECT`: pin revisions, licence texts and hashes, so that a later change shows."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licscan.cli.messages import Exit
from licscan.cli.options import add_scan_options, add_subject, hub_from, scan_from, subject_of
from licscan.cli.output import write
from licscan.core.ids import RepoId
from licscan.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licscan.core.report import Report
    from licscan.sources.protocol import Hub


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "lock", help="pin revisions, licence texts and hashes", description=__doc__
    )
    add_subject(parser)
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", default=Path("licscan.lock"), help="(licscan.lock)"
    )
    parser.add_argument("--archive", type=Path, metavar="DIR", help="also store every governing text, byte for byte")
    add_scan_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Scan, fetch the use policies that stand at an address, and write the lock; a gap makes it incomplete."""
    from licscan.lockfile import archived, format_lock, lock_of, with_policies

    report = scan_from(args, subject_of(args))
    hub = hub_from(args)
    seen = lock_of(report)
    policies: dict[str, bytes] = {}

    def fetch(address: str) -> bytes | None:
        found = hub.linked(address)
        if isinstance(found, bytes):
            policies[address] = found
            return found
        return None

    lock = with_policies(seen, fetch)
    files: dict[str, bytes] = {}
    if args.archive is not None:
        lock, files = archived(lock, report.lineage, _reader(report, hub), policies)
        lock = replace(lock, archive=args.archive.as_posix())
        _store(files, args.archive)
    write(format_lock(lock), args.output)
    _tell(args, len(lock.entries), len(files), len(report.gaps))
    return Exit.OK if report.is_complete else Exit.NO_VERDICT


def _reader(report: Report, hub: Hub) -> Any:
    """Reads a file of a node again; a cache or a recording answers without the network."""
    from licscan.sources.protocol import RepoInfo

    def read(node: str, path: str) -> bytes | None:
        artifact = report.lineage.artifacts.get(node)
        repo = artifact.repo if artifact else RepoId.try_parse(node)
        if repo is None:
            return None
        info = hub.repo(repo, artifact.revision if artifact else None)
        content = hub.read(info, path) if isinstance(info, RepoInfo) else None
        return content if isinstance(content, bytes) else None

    return read


def _store(files: Mapping[str, bytes], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except (OSError, RecursionError) as error:
        what = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise OutputError(f"{str(folder)[:200]} cannot be written: {what}", "choose another folder") from error


def _tell(args: argparse.Namespace, nodes: int, texts: int, gaps: int) -> None:
    if args.quiet:
        return
    archive = f", {texts} texts in {args.archive}" if args.archive is not None else ""
    missing = f"; {gaps} gaps: what could not be read is not locked" if gaps else ""
    print(f"licscan: {args.output}: {nodes} nodes{archive}{missing}", file=sys.stderr)

"""`licscan diff [LOCKFILE] [OTHER]`: what changed in law since a lock, or between two locks or recordings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licscan.cli.messages import Exit
from licscan.cli.options import add_scan_options, hub_from, scan_from
from licscan.cli.output import write
from licscan.core.jsontext import json_text
from licscan.core.lock import Direction
from licscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licscan.core.lock import Drift, History, Lock
    from licscan.core.report import Report
    from licscan.lineage import Subject

_DATASETS, _FOLDERS = "datasets/", (".", "/", "~")
_QUIET = frozenset({Direction.NONE, Direction.LOOSER, Direction.RENAMED})
"""Changes that take nothing away from anybody."""


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "diff", help="what changed in law since a lock", description=__doc__
    )
    parser.add_argument("before", metavar="LOCKFILE", nargs="?", type=Path, help="(licscan.lock), or a recording")
    parser.add_argument("after", metavar="OTHER", nargs="?", type=Path, help="another lock or recording; else now")
    parser.add_argument(
        "--history",
        dest="history_of",
        metavar="MODEL",
        help="instead: how the terms of one repository changed, by commit",
    )
    parser.add_argument("--subject", metavar="SUBJECT", help="what to compare, where two recordings are given")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="(text)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here, whole or not at all")
    add_scan_options(parser, history=False)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare, print, and say by the exit code whether somebody lost a right or something could not be seen."""
    if args.history_of is not None:
        return _history(args)
    from licscan.knowledge import load
    from licscan.lockfile import LOCK_NAME, compare, lost_pins

    before, _ = _side(args.before or Path(LOCK_NAME), args)
    after, words = _side(args.after, args) if args.after is not None else _now(before, args)
    drifts = compare(before, after, load().licenses, words)
    if args.after is None:
        hub = hub_from(args)
        drifts += lost_pins(before, hub, [one for one in before.entries if _moved(one, before, after)])
    write(_as_json(drifts) if args.format == "json" else _as_text(drifts, before), args.output)
    if any(one.direction not in _QUIET for one in drifts):
        return Exit.FINDINGS
    return Exit.NO_VERDICT if any(entry.gap for entry in after.entries.values()) else Exit.OK


def _moved(node: str, before: Lock, after: Lock) -> bool:
    then, now = before.entries[node], after.entries.get(node)
    return now is not None and now.revision is not None and now.revision != then.revision


def _side(path: Path, args: argparse.Namespace) -> tuple[Lock, dict[tuple[str, str], str]]:
    """A lock from its file, or from a scan of a recording."""
    from licscan.lockfile import lock_of, read_lock, words_of

    if not path.is_dir():
        return read_lock(path), {}
    if args.subject is None:
        raise UsageError(f"{path} is a recording, and a recording can hold many models", "name one with --subject")
    report = scan_from(argparse.Namespace(**{**vars(args), "recording": path}), args.subject)
    return lock_of(report), words_of(report)


def _now(before: Lock, args: argparse.Namespace) -> tuple[Lock, dict[tuple[str, str], str]]:
    """What stands there now: one request for each node, and a reading of those that moved."""
    from dataclasses import replace

    from licscan.lockfile import lock_of, look, with_policies, words_of

    hub = hub_from(args)
    now = look(before, hub)
    entries = {entry.id: entry for entry in (*now.same, *now.lost)}
    words: dict[tuple[str, str], str] = {}
    for node in now.moved:
        report = _read_anew(node, args, history=before.entries[node].first_commit is not None)
        entries |= _entry_of(node, lock_of(report).entries)
        words |= words_of(report)
        for fresh in _new_above(report, before, args):
            # What another one knows better is left to it.
            entries |= {
                id: entry
                for id, entry in lock_of(fresh).entries.items()
                if id not in entries or id in fresh.lineage.subjects
            }
            words |= words_of(fresh)
    after = replace(before, entries=entries)

    def fetch(address: str) -> bytes | None:
        found = hub.linked(address)
        return found if isinstance(found, bytes) else None

    return with_policies(after, fetch, before), words


def _read_anew(node: str, args: argparse.Namespace, *, history: bool) -> Report:
    """One node by itself: what is above it has its own entry in the lock."""
    return scan_from(argparse.Namespace(**{**vars(args), "depth": 0, "history": history}), _subject(node))


def _new_above(report: Report, before: Lock, args: argparse.Namespace) -> Iterator[Report]:
    """What a node that moved is made from now and was not then, or is now at another commit, with all above it."""
    for link in (link for subject in report.lineage.subjects for link in report.lineage.up(subject)):
        known, artifact = before.entries.get(link.parent), report.lineage[link.parent]
        if artifact.repo is not None and (known is None or (link.revision or known.pin) != known.pin):
            yield scan_from(args, _subject(link.parent, link.revision))


def _subject(node: str, revision: str | None = None) -> str | Subject:
    """A node of a lock as something to scan: data sets too, which nobody can name on the command line."""
    from licscan.core.ids import RepoId, RepoKind
    from licscan.lineage import Subject

    if node.startswith(_FOLDERS):
        return node
    kind = RepoKind.DATASET if node.startswith(_DATASETS) else RepoKind.MODEL
    repo = RepoId.try_parse(node.removeprefix(_DATASETS), kind)
    return Subject(node, repo=repo, revision=revision) if repo is not None else node


def _entry_of(node: str, entries: Any) -> dict[str, Any]:
    """The node itself, under the name that it answers to now."""
    found = entries.get(node) or next((one for one in entries.values() if one.renamed_from == node), None)
    return {found.id: found} if found is not None else {}


def _history(args: argparse.Namespace) -> int:
    """Read a repository's history, within bounds, and tell what each commit changed in law."""
    from licscan.core.evidence import Gap
    from licscan.core.ids import RepoId
    from licscan.errors import NoSuchRepo, Unreachable
    from licscan.identification.identify import identify
    from licscan.knowledge import load
    from licscan.lockfile import across, history_of, namer
    from licscan.sources.protocol import RepoInfo

    hub = hub_from(args)
    name, _, revision = args.history_of.partition("@")
    info = hub.repo(RepoId.parse(name))
    if not isinstance(info, RepoInfo):
        raise NoSuchRepo(f"{name} was not read: {info.reason}: {info.detail}", "check the name, or give a token")
    knowledge = load()

    def key_of(content: str) -> str | None:
        found = identify(content, knowledge)
        return found.key if found.result == "exact" else None

    found = history_of(info, hub, identify=key_of, pinned=revision or None)
    if isinstance(found, Gap):
        raise Unreachable(f"the history of {name} was not read: {found.detail}", "it needs the network or a recording")
    drifts = across(found, knowledge.licenses, namer(knowledge))
    if args.format == "json":
        write(_as_json(drifts), args.output)
    else:
        write(_history_text(found, drifts), args.output)
    return Exit.FINDINGS if found.reachable is False else Exit.OK


def _history_text(history: History, drifts: tuple[Drift, ...]) -> str:
    from licscan.core.text import harmless

    lines = [f"{history.id}: {history.commits} commits, {history.read} read, since {(history.first or '?')[:10]}"]
    for revision in history.revisions:
        lines.append(f"  {harmless(revision.commit[:12])}  {harmless(str(revision.evidence[0].says))}")
        lines += [
            f"    {one.direction.value:8} {harmless(str(one.what))}"
            for one in drifts
            if one.evidence[:1] == revision.evidence[:1]
        ]
    if history.reachable is False:
        lines.append("  the pinned commit is not in this history any more")
    if history.squashed:
        lines.append("  the history begins later than the repository: it was squashed")
    if not history.complete:
        lines.append("  not every commit was read: a change that was undone in between could be missed")
    return "\n".join(lines) + "\n"


def _as_json(drifts: tuple[Drift, ...]) -> str:
    changes = [
        {
            "id": one.id,
            "what": str(one.what),
            "direction": one.direction.value,
            "before": one.before,
            "after": one.after,
            "evidence": [
                {"repo": seen.repo, "revision": seen.revision, "place": seen.place, "says": seen.says}
                for seen in one.evidence
            ],
        }
        for one in drifts
    ]
    return json_text({"changes": changes}, indent=2) + "\n"


def _as_text(drifts: tuple[Drift, ...], before: Lock) -> str:
    from licscan.core.text import harmless

    since = f" since {before.made}" if before.made else ""
    if not drifts:
        return f"nothing changed in law{since}: {len(before.entries)} nodes\n"
    lines = [f"{before.subject}: {len(drifts)} changes{since}"]
    for one in drifts:
        lines.append(f"  {one.direction.value:8} {harmless(one.id)}: {harmless(str(one.what))}")
        lines.extend(f"           {harmless(seen.place)}: {harmless(seen.says)}" for seen in one.evidence[:12])
    return "\n".join(lines) + "\n"

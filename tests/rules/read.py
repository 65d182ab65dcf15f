"""A case of a rule from a TOML file.

line = "naver/x <-quantized- Qwen/y"        the lineage, as tests/build.py reads it; the first node is the subject
licenses = {"Qwen/y" = "qwen"}              keys of the knowledge; a node without one says nothing
preset, home, today, use = {...}            what is asked, by whom, when, for what use
[nodes."Qwen/y"]                            fields of a node: gated, created, parameters, files = ["NOTICE"],
                                            gap = ["absent", "404"], facts = [["tokenizer", "a/b"]],
                                            claims = [["link", "https://..."]], candidates = [...]
[links."Qwen/y"]                            fields of the link to this parent: declared, confidence, share = [0.1, 0.2],
                                            seen = the place of its evidence
[lock."Qwen/y"]                             what the lock holds of a node: revision, archived = "a.txt"
[[drift]]                                   what changed since: id, direction, regions, files, pin, new
[history."Qwen/y"]                          reachable, squashed, first, revisions = [["c1", "2025-01-01"]],
                                            changes = [{at = "c1", direction = "tighter", files = false}]
[[evidence]]                                of origin: component, reference, match, grade, changed, withdrawn
[statements]                                what a node says of its licence: "x/y" = [["LICENSE", "mit", "exact"], ...]
policy = ''' ... '''                        the text of a policy file, by which the findings are judged
[[expect]]                                  severity, and optionally confidence and a word of the message
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from licscan.config import parse_policy
from licscan.core.artifact import Claim, ClaimKind, FactKind, FileEntry
from licscan.core.evidence import Confidence, Evidence, Gap, GapReason
from licscan.core.license import Change, Identity, Resolution, Resolved, Statement, Term
from licscan.core.lock import Direction, Drift, History, Lock, LockedText, LockEntry, Revision
from licscan.core.origin import Grade, Match, OriginEvidence
from licscan.core.text import text
from licscan.errors import ConfigError
from licscan.files import parse_toml
from licscan.knowledge import load
from licscan.policy import Policy
from licscan.rule import Case
from tests.build import use_of
from tests.control import control_case

_KNOWN = frozenset(
    {
        "line",
        "licenses",
        "preset",
        "home",
        "today",
        "use",
        "nodes",
        "links",
        "lock",
        "drift",
        "history",
        "evidence",
        "expect",
        "policy",
        "statements",
    }
)


def read_case(path: Path) -> tuple[Case, list[dict[str, Any]]]:
    """The case of a file, and what it expects."""
    said = parse_toml(path.read_text(encoding="utf-8"), str(path), ConfigError)
    assert set(said) <= _KNOWN, f"{path}: {sorted(set(said) - _KNOWN)}"
    subject = said["line"].split()[0]
    more: dict[str, Any] = {}
    if "today" in said:
        more["today"] = said["today"]
    if "evidence" in said:
        more["origin_evidence"] = tuple(_evidence(subject, one) for one in said["evidence"])
    case = control_case(
        said["line"],
        said.get("licenses"),
        preset=said.get("preset", "neutral"),
        home=said.get("home"),
        nodes={id: _node(id, fields) for id, fields in said.get("nodes", {}).items()},
        links={parent: _link(fields) for parent, fields in said.get("links", {}).items()},
        use=use_of({"home": said.get("home"), **said["use"]}) if "use" in said else None,
        lock=_lock(subject, said["lock"]) if "lock" in said else None,
        drift=tuple(_drift(one) for one in said.get("drift", ())),
        history={id: _history(id, fields) for id, fields in said.get("history", {}).items()},
        **more,
    )
    for node, statements in said.get("statements", {}).items():
        case = replace(case, resolutions={**case.resolutions, node: _stated(case.resolutions[node], node, statements)})
    if "policy" in said:
        case = replace(case, lists=parse_policy(said["policy"], str(path)).lists)
    return case, said.get("expect", [])


def read_policy(path: Path) -> Policy | None:
    """The policy of a case, where it has one."""
    said = parse_toml(path.read_text(encoding="utf-8"), str(path), ConfigError)
    return parse_policy(said["policy"], "licscan.toml") if "policy" in said else None


def _stated(before: Resolution, node: str, statements: list[list[str]]) -> Resolution:
    assert isinstance(before, Resolved)
    made = []
    for place, key, result in statements:
        changes = (Change("added", "One more sentence.", terms=(Term.COMMERCIAL_USE,)),) if "modified" in result else ()
        identity = Identity(result, key, 1.0, changes)
        where = Evidence(node, None, place, key, 1)
        made.append(Statement(load().licenses[key].expression, (key,), key, where, identity=identity, kind="file"))
    return replace(before, statements=tuple(made))


def _node(id: str, fields: dict[str, Any]) -> dict[str, Any]:
    made = dict(fields)
    if "facts" in fields:
        made["facts"] = tuple((FactKind(kind), value) for kind, value in fields["facts"])
    if "claims" in fields:
        made["claims"] = tuple(
            Claim(ClaimKind(kind), value, Evidence(id, None, f"README.md#{kind}", value))
            for kind, value in fields["claims"]
        )
    if "files" in fields:
        made["files"] = tuple(FileEntry(path) for path in fields["files"])
    if "gap" in fields:
        made["gap"] = Gap(id, GapReason(fields["gap"][0]), fields["gap"][1])
    if "candidates" in fields:
        made["candidates"] = tuple(fields["candidates"])
    return made


def _link(fields: dict[str, Any]) -> dict[str, Any]:
    made = dict(fields)
    if "confidence" in fields:
        made["confidence"] = Confidence(fields["confidence"])
    if "seen" in fields:
        made["evidence"] = (Evidence("", None, made.pop("seen"), "as in it"),)
    if "share" in fields:
        made["share"] = tuple(fields["share"])
    return made


def _history(id: str, fields: dict[str, Any]) -> History:
    """Revisions are `[commit, date]`, changes are drifts with the `at` of the revision that made them."""
    made = dict(fields)
    revisions = tuple(
        Revision(commit, date, "", None, evidence=(Evidence(id, commit, "history", f"{date}: terms"),))
        for commit, date in made.pop("revisions", ())
    )
    changes = []
    for one in made.pop("changes", ()):
        seen = next(made_by for made_by in revisions if made_by.commit == one["at"])
        changes.append(replace(_drift({"id": id, **one}), evidence=seen.evidence))
    return History(id, revisions=revisions, changes=tuple(changes), **made)


def _lock(subject: str, nodes: dict[str, Any]) -> Lock:
    entries = {}
    for id, fields in nodes.items():
        texts = (LockedText("LICENSE", "license", "0" * 64, archived=fields.get("archived")),)
        entries[id] = LockEntry(id, "model", fields.get("revision", "a" * 40), texts=texts)
    return Lock(subject, "1", entries=MappingProxyType(entries))


def _drift(one: dict[str, Any]) -> Drift:
    flags = {key: value for key, value in one.items() if key in {"files", "pin", "new"}}
    return Drift(
        one["id"],
        text("something changed"),
        Direction(one["direction"]),
        evidence=(Evidence(one["id"], None, "LICENSE", "other words"),),
        regions=tuple(one.get("regions", ())),
        **flags,
    )


def _evidence(subject: str, one: dict[str, Any]) -> OriginEvidence:
    return OriginEvidence(
        subject,
        one.get("component"),
        one["reference"],
        Match(one["match"]),
        Grade(int(one["grade"].removeprefix("E"))),
        one.get("says", "measured"),
        changed=one.get("changed"),
        withdrawn=one.get("withdrawn", False),
    )

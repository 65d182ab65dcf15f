"""Cases about change and control: a lineage in one line, a preset, and what else the rules may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from licscan import control
from licscan.core.artifact import Artifact, Fact, FactKind
from licscan.core.evidence import Evidence
from licscan.core.finding import Finding
from licscan.core.lineage import Lineage
from licscan.core.lock import Lock
from licscan.core.use import Use
from licscan.knowledge import load
from licscan.rule import Case, ask_all
from licscan.rules import RULES
from tests.build import case_of, lineage, resolution


def saw(node: str, kind: FactKind, value: str) -> Fact:
    """A fact of a node."""
    return Fact(kind, value, Evidence(node, None, "config.json", value))


def control_case(
    line: str,
    licenses: Mapping[str, str] | None = None,
    *,
    preset: str = "neutral",
    home: str | None = None,
    nodes: Mapping[str, Mapping[str, Any]] | None = None,
    links: Mapping[str, Mapping[str, Any]] | None = None,
    use: Use | None = None,
    lock: Lock | None = None,
    **more: Any,
) -> Case:
    """A case of a line; `nodes` changes fields of artifacts by id, `links` those of links by their parent."""
    knowledge = load()
    whole, resolutions = lineage(line)
    artifacts = [_with(one, (nodes or {}).get(one.id, {})) for one in whole.artifacts.values()]
    changed = [replace(one, **(links or {}).get(one.parent, {})) for one in whole.links]
    whole = Lineage.build(whole.subjects, artifacts, changed)
    resolutions = {id: resolution(id, (licenses or {}).get(id, "none")) for id in resolutions}
    publishers = control.publishers_of(whole, knowledge, more.pop("overrides", None), resolutions)
    stance = knowledge.presets.find(preset).stance(home)
    evidence = more.pop("origin_evidence", None)
    if evidence is None:
        evidence = tuple(one for subject in whole.subjects for one in knowledge.origins.of(subject))
    orgs = sorted({str(one.org) for one in artifacts if one.org})
    return replace(
        case_of(whole, resolutions, use or Use(home=home)),
        publishers=publishers,
        stance=stance,
        shares=control.shares(whole, publishers, resolutions),
        control=control.facts(whole, resolutions, knowledge.licenses, publishers),
        origins=control.origins(whole, publishers, stance, evidence),
        origin_evidence=evidence,
        changes=tuple(dict.fromkeys(one for org in orgs for one in knowledge.changes.of(org))),
        lock=lock,
        today=more.pop("today", "2026-11-24"),
        memo={},
        **more,
    )


def _with(artifact: Artifact, fields: Mapping[str, Any]) -> Artifact:
    said = dict(fields)
    said["facts"] = tuple(
        one if isinstance(one, Fact) else saw(artifact.id, *one) for one in said.get("facts", artifact.facts)
    )
    return replace(artifact, **said)


def found(case: Case, *rules: str) -> tuple[Finding, ...]:
    """The findings of the named rules, or of all."""
    asked = [rule for rule in RULES if not rules or rule.info.id in rules]
    assert not rules or len(asked) == len(rules), f"unknown among {rules}"
    return ask_all(asked, case)


def severities(case: Case, rule: str) -> list[str]:
    """How bad the findings of one rule are, worst first."""
    return [one.severity.value for one in found(case, rule)]

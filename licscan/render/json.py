"""The JSON report: its own frozen shape, version 1, described by `data/schemas/report-1.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from licscan.core.artifact import Artifact
from licscan.core.cause import Cause
from licscan.core.collector import uncollected
from licscan.core.evidence import Evidence, Gap
from licscan.core.finding import Finding
from licscan.core.jsontext import json_text
from licscan.core.judgement import Burden, Judgement, Reason, Release
from licscan.core.license import (
    Disputed,
    License,
    Resolution,
    Resolved,
    Undeclared,
    Unrecognised,
    keys_of,
)
from licscan.core.lineage import Link
from licscan.core.publisher import Publisher
from licscan.core.report import ControlFact, Origin, Question, Report, Share
from licscan.render.history import history_row

SCHEMA_VERSION = "1"


def render(report: Report) -> str:
    """The report as JSON: one line for each node, link and finding, so that two reports compare well line by line."""
    return "".join(chunks(report))


def chunks(report: Report) -> Iterator[str]:
    """The same piece by piece, since the report on many thousand nodes is large."""
    before = "{\n"
    with uncollected():
        for name, value in _whole(report).items():
            yield f"{before}{json.dumps(name)}: "
            yield from _rows(value) if isinstance(value, Iterator) else (json_text(value),)
            before = ",\n"
    yield "\n}\n"


def _rows(rows: Iterator[Any]) -> Iterator[str]:
    before = "[\n  "
    for row in rows:
        yield before + json_text(row)
        before = ",\n  "
    yield "[]" if before == "[\n  " else "\n]"


def _whole(report: Report) -> dict[str, Any]:
    """The report as plain values; what may be long is an iterator, since a lineage can have many thousand nodes."""
    subject = report.lineage[report.subject]
    use = report.use
    whole: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "licscan", "version": report.version, "knowledge": report.knowledge},
        "made": report.made,
        "subject": {
            "id": subject.id,
            "kind": "hub" if subject.repo is not None else "path",
            "revision": subject.revision,
        },
        "use": {
            "purpose": use.purpose,
            "distributes": sorted(use.distributes),
            "territories": sorted(use.territories),
            "home": use.home,
            "monthly_users": use.monthly_users,
            "annual_revenue": use.annual_revenue,
            "release_as": use.release_as,
            "at": use.at,
            "assumed": list(use.assumed),
        },
        "as": use.role,
        "policy": {
            "file": report.policy.file,
            "preset": report.policy.preset,
            "fail_on": report.policy.fail_on,
            "curations": list(report.policy.curations),
        },
        "complete": report.is_complete,
        "verdict": report.outcome,
        "nodes": (_node(artifact, report) for artifact in report.lineage.artifacts.values()),
        "links": (_link(link, report.judgements.get(link.key)) for link in report.lineage.links),
        "effective_terms": (_burden(burden) for burden in report.burdens),
        "release": _release(report.release) if report.release else None,
        "findings": (_finding(finding) for finding in report.findings),
        "causes": (_cause(cause) for cause in report.causes),
        "gaps": (_gap(gap) for gap in report.gaps),
        "control": (_control(fact) for fact in report.control),
        "shares": (_share(share) for share in report.shares),
        "origins": (_origin(origin) for origin in report.origins),
        "questions": (_question(question) for question in report.questions),
    }
    if report.history is not None:
        whole["history"] = (history_row(one, _evidence) for one in report.history.values())
    if report.stats is not None:
        stats = report.stats
        whole["stats"] = {
            "requests": stats.requests,
            "bytes": stats.bytes,
            "cache_hits": stats.cache_hits,
            "seconds": round(stats.seconds, 3),
        }
    return whole


def _node(artifact: Artifact, report: Report) -> dict[str, Any]:
    return {
        "id": artifact.id,
        "kind": artifact.kind,
        "depth": report.lineage.depth(artifact.id),
        "revision": artifact.revision,
        "source": artifact.source,
        "as_of": artifact.as_of,
        "publisher": _publisher(report.publishers.get(artifact.id)),
        "license": _license(report.resolutions[artifact.id], report),
        "parameters": artifact.parameters,
        "gated": artifact.gated,
        "looked_at": {kind: str(look) for kind, look in artifact.coverage.items()},
        "gap": {"reason": artifact.gap.reason, "detail": artifact.gap.detail} if artifact.gap else None,
        "renamed_from": artifact.renamed_from,
        "candidates": list(artifact.candidates),
        "facts": [
            {"kind": fact.kind, "value": fact.value, "evidence": _evidence(fact.evidence)} for fact in artifact.facts
        ],
    }


def _publisher(publisher: Publisher | None) -> dict[str, Any] | None:
    if publisher is None:
        return None
    parent = {"name": publisher.parent, "country": publisher.parent_country} if publisher.parent else None
    return {
        "org": publisher.org,
        "name": publisher.name,
        "entity": publisher.entity,
        "country": publisher.country,
        "parent": parent,
        "kind": publisher.kind,
        "passes_on": publisher.work_of,
        "lists": [listing.id for listing in publisher.lists],
        "owner_lists": [listing.id for listing in publisher.owner_lists],
        "confidence": publisher.confidence,
    }


def _license(resolution: Resolution, report: Report) -> dict[str, Any]:
    keys = keys_of(resolution)
    expression = resolution.expression if isinstance(resolution, Resolved) else None
    shown: dict[str, Any] = {
        "resolution": state_of(resolution),
        "expression": expression,
        "declared": list(resolution.declared),
        "keys": list(keys),
        "names": [_name(report.licenses.get(key), key) for key in keys],
        "evidence": [_evidence(evidence) for evidence in resolution.evidence],
    }
    match resolution:
        case Unrecognised(candidates=candidates, nearest=nearest):
            shown["candidates"] = list(candidates) or [key for key, _ in nearest]
        case Undeclared(looked_for=looked_for):
            shown["looked_for"] = list(looked_for)
        case Disputed(options=options):
            shown["options"] = [{"expression": one.expression, "says": one.says} for one in options]
        case _:
            pass
    return shown


def _name(license: License | None, key: str) -> str:
    return license.name if license else key


def state_of(resolution: Resolution) -> str:
    """The resolution's name in the contract."""
    return type(resolution).__name__.lower()


def _link(link: Link, judgement: Judgement | None) -> dict[str, Any]:
    share = link.share
    return {
        "child": link.child,
        "parent": link.parent,
        "relation": link.relation,
        "component": link.component,
        "declared": link.declared,
        "confidence": link.confidence,
        "parameter_share": None if share is None else round((share[0] + share[1]) / 2, 6),
        "parameter_share_interval": None if share is None else [round(end, 6) for end in share],
        "verdict": judgement.verdict if judgement else "unknown",
        "reasons": [_reason(reason) for reason in judgement.reasons] if judgement else [],
        "evidence": [_evidence(evidence) for evidence in link.evidence],
        **({"revision": link.revision} if link.revision is not None else {}),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "kind": reason.kind,
        "term": reason.term,
        "license": reason.license,
        "clause": reason.clause,
        "says": str(reason.says),
        "needs": reason.needs or None,
    }


def _burden(burden: Burden) -> dict[str, Any]:
    return {
        "term": burden.provision.term,
        "value": burden.provision.value,
        "says": burden.provision.says,
        "from": burden.source,
        "license": burden.license,
        "clause": burden.provision.clause,
        "path": list(burden.path),
        "confidence": burden.certainty,
        "unsettled": str(burden.question) if burden.question else None,
        "part": burden.part or None,
    }


def _release(release: Release) -> dict[str, Any]:
    return {
        "requested": release.requested,
        "allowed": release.allowed,
        "blockers": [
            {
                "says": str(one.says),
                "term": one.term,
                "license": one.license,
                "clause": one.clause,
                "from": one.source,
                "path": list(one.path),
            }
            for one in release.blockers
        ],
        "obligations": [
            {
                "says": str(one.says),
                "term": one.term,
                "license": one.license,
                "clause": one.clause,
                "from": one.source,
                "path": list(one.path),
                "met": one.met,
            }
            for one in release.obligations
        ],
        "suggested": list(release.suggested),
        "missing": [str(one) for one in release.missing],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    waived = finding.waived
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "subject": finding.subject,
        "also": list(finding.also),
        "message": str(finding.message),
        "path": list(finding.path),
        "evidence": [_evidence(evidence) for evidence in finding.evidence],
        "clause": finding.clause,
        "license": finding.license,
        "remedy": " ".join(f"({number}) {remedy}" for number, remedy in enumerate(finding.remedies, 1)) or None,
        "waived": {"reason": waived.reason, "owner": waived.owner, "until": waived.until} if waived else None,
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "id": cause.id,
        "title": str(cause.title),
        "topic": cause.topic,
        "severity": cause.severity,
        "confidence": cause.confidence,
        "part": cause.part,
        "source": cause.source,
        "license": cause.license,
        "clause": cause.clause,
        "nodes": list(cause.nodes),
        "path": list(cause.path),
        "findings": list(cause.findings),
        "remedies": [str(remedy) for remedy in cause.remedies],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "repo": evidence.repo,
        "revision": evidence.revision,
        "place": evidence.place,
        "line": evidence.line,
        "says": evidence.says,
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {"id": gap.id, "reason": gap.reason, "detail": gap.detail, "place": gap.place or None}


def _control(fact: ControlFact) -> dict[str, Any]:
    return {
        "node": fact.node,
        "kind": fact.kind,
        "says": str(fact.says),
        "license": fact.license,
        "clause": fact.clause,
    }


def _share(share: Share) -> dict[str, Any]:
    return {
        "by": share.by,
        "value": share.value,
        "low": round(share.low, 6),
        "high": round(share.high, 6),
        "how": str(share.how) if share.how else None,
    }


def _origin(origin: Origin) -> dict[str, Any]:
    return {
        "component": origin.component,
        "verdict": origin.verdict,
        "says": str(origin.says),
        "tested": [str(one) for one in origin.tested],
        "share": list(origin.share) if origin.share else None,
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "asks": str(question.asks),
        "why": str(question.why),
        "settles": str(question.settles),
        "default": str(question.default),
        "node": question.node or None,
        "path": list(question.path),
    }

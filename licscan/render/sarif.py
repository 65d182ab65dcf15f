"""SARIF 2.1.0, so that code hosts show findings in the line of the card or the configuration that they stand on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from licscan.core.evidence import Evidence, Gap
from licscan.core.finding import Finding, RuleInfo, Severity
from licscan.core.jsontext import json_text
from licscan.core.report import Report
from licscan.core.text import harmless
from licscan.words import say

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/licscan/licscan"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "2.0",
    Severity.INFO: "0.0",
}
"""What code hosts sort by."""
_FILE = re.compile(r"[\w.\-/]+\.\w+\Z|LICEN[SC]E\w*\Z|NOTICE\w*\Z")
_UNSAFE = re.compile(r"[^A-Za-z0-9._~/\-]")


def render(report: Report) -> str:
    """The report as a SARIF log."""
    findings = report.findings
    rules = _rules(report, findings)
    index = {rule["id"]: place for place, rule in enumerate(rules)}
    causes = {place: cause.id for cause in report.causes for place in cause.findings}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "licscan",
                "version": report.version,
                "informationUri": HOME,
                "rules": rules,
                "properties": {"knowledge": report.knowledge},
            }
        },
        "automationDetails": {"id": f"licscan/{harmless(report.subject)}/"},
        "columnKind": "utf16CodeUnits",
        "invocations": [_invocation(report)],
        "results": [
            _result(finding, index[finding.rule], report, causes.get(place)) for place, finding in enumerate(findings)
        ],
        "properties": {
            "subject": harmless(report.subject),
            "verdict": report.outcome.value,
            "complete": report.is_complete,
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json_text(log, indent=2) + "\n"


def _rules(report: Report, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The rules that found something, each with its page."""
    known = {rule.id: rule for rule in report.rules}
    return [_rule(id, known.get(id)) for id in sorted({finding.rule for finding in findings})]


def _rule(id: str, info: RuleInfo | None) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": id, "name": "".join(word.capitalize() for word in id.split("-"))}
    if info is None:
        return rule
    summary = info.explanation.partition("\n")[0]
    rule["shortDescription"] = {"text": info.title}
    rule["fullDescription"] = {"text": summary}
    rule["help"] = {"text": info.explanation, "markdown": info.explanation}
    rule["helpUri"] = f"{HOME}/blob/main/docs/rules/{id}.md"
    rule["defaultConfiguration"] = {"level": _LEVELS[info.severity]}
    rule["properties"] = {
        "tags": ["license", "supply-chain"],
        "precision": "high",
        "security-severity": _SCORES[info.severity],
    }
    return rule


def _invocation(report: Report) -> dict[str, Any]:
    """The run itself; what could not be read is a notification, so that an empty list of results is no all-clear."""
    was_read = all(report.lineage[subject].gap is None for subject in report.lineage.subjects)
    invocation: dict[str, Any] = {"executionSuccessful": was_read}
    if report.made:
        invocation["endTimeUtc"] = report.made
    if report.gaps:
        invocation["toolExecutionNotifications"] = [_notification(gap) for gap in report.gaps]
    return invocation


def _notification(gap: Gap) -> dict[str, Any]:
    where = f"{gap.id}/{gap.place}" if gap.place else gap.id
    return {
        "descriptor": {"id": f"gap/{gap.reason}"},
        "level": "warning",
        "message": {"text": harmless(f"{where} was not read ({gap.reason}): {gap.detail}")},
    }


def _result(finding: Finding, rule_index: int, report: Report, cause: str | None) -> dict[str, Any]:
    """One finding; results of one cause share its fingerprint, so that a reader can put them together."""
    places = _places(finding, report)
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding, report)},
        "locations": places[:1],
        "partialFingerprints": {
            "licscanFinding/v1": fingerprint(finding),
            **({"licscanCause/v1": cause} if cause else {}),
        },
        "properties": {
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
            "subject": harmless(finding.subject),
            "also": [harmless(one) for one in finding.also],
            "path": [harmless(one) for one in finding.path],
            "license": finding.license,
            "clause": finding.clause,
        },
    }
    if len(places) > 1:
        result["relatedLocations"] = [{"id": number, **place} for number, place in enumerate(places[1:], 1)]
    if finding.waived is not None:
        why = " · ".join(one for one in (finding.waived.reason, finding.waived.owner, finding.waived.until) if one)
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": harmless(why)}]
    return result


def _places(finding: Finding, report: Report) -> list[dict[str, Any]]:
    """Where it stands, the user's own files first: a code host shows only those."""
    pieces = [*finding.evidence]
    if _is_folder(report.subject, report) and not any(_is_own(one, report) for one in pieces):
        step = finding.path[1] if len(finding.path) > 1 and finding.path[0] == report.subject else None
        pieces += [
            one for link in report.lineage.up(report.subject) if link.parent == step for one in link.evidence[:1]
        ]
    pieces.sort(key=lambda one: not _is_own(one, report))
    places = [_location(one, report) for one in dict.fromkeys(pieces)]
    own = _is_folder(report.subject, report) and not (pieces and _is_own(pieces[0], report))
    return [_card(report.subject, report), *places] if own else places or [_card(finding.subject, report)]


def _is_folder(node: str, report: Report) -> bool:
    return node in report.lineage and report.lineage[node].repo is None and node == report.subject


def _is_own(evidence: Evidence, report: Report) -> bool:
    """It stands in the subject; a folder's evidence may carry the folder's name instead of its path."""
    return evidence.repo == report.subject or (
        evidence.repo not in report.lineage and _is_folder(report.subject, report)
    )


def fingerprint(finding: Finding) -> str:
    """The same finding in another run has the same one: no revision, no wording, no order of evidence goes in."""
    cause = finding.path[-1] if finding.path else ""
    parts = (finding.rule, finding.subject, cause, finding.license or "", finding.clause or "")
    return sha256("\n".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _message(finding: Finding, report: Report) -> str:
    lines = [say(finding.message, report.lang)]
    if len(finding.path) > 1:
        lines.append(" ← ".join(finding.path))
    lines += [f"→ {say(remedy, report.lang)}" for remedy in finding.remedies]
    return harmless("\n".join(lines))


def _location(evidence: Evidence, report: Report) -> dict[str, Any]:
    file = evidence.place.partition("#")[0]
    if not _FILE.match(file):
        return {
            **_card(evidence.repo, report),
            "message": {"text": harmless(f"{evidence.place}: {evidence.says}")[:1000]},
        }
    region: dict[str, Any] = {"startLine": max(1, evidence.line or 1)}
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(evidence.repo, file, evidence.revision, report)},
            "region": region,
        },
        "message": {"text": harmless(f"{evidence.place}: {evidence.says}")[:1000]},
    }


def _card(node: str, report: Report) -> dict[str, Any]:
    """The card of a node, where no file is known that a finding stands on."""
    known = report.lineage.artifacts.get(node)
    revision = known.revision if known else None
    uri = _uri(node, "README.md", revision, report)
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}}


def _uri(node: str, file: str, revision: str | None, report: Report) -> str:
    """A path in the user's own tree for a folder, an address on the Hub for a repository."""
    if _is_folder(report.subject, report) and (node == report.subject or node not in report.lineage):
        folder = report.subject.removeprefix("./").rstrip("/")
        path = _quoted(file if folder in {"", "."} else f"{folder}/{file}")
        return f"file://{path}" if path.startswith("/") else path
    return f"https://huggingface.co/{_quoted(node)}/blob/{_quoted(revision or 'main')}/{_quoted(file)}"


def _quoted(path: str) -> str:
    whole = path.encode("utf-8", "backslashreplace").decode()
    return _UNSAFE.sub(lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), whole)

"""CycloneDX bills of materials, version 1.6 for most readers of today and 1.7 for the newest.

Models are `machine-learning-model` components with a pedigree that names every parent; what the standard has no field
for stands in `properties` under the name `licscan:`.
"""

from __future__ import annotations

from typing import Any

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.jsontext import json_text
from licscan.core.license import Disputed, License
from licscan.core.lineage import Link, Relation
from licscan.core.report import Report
from licscan.core.text import harmless
from licscan.render import bom
from licscan.render.wording import state_of

VERSIONS = ("1.6", "1.7")
_DATA = frozenset({NodeKind.DATASET})


def render(report: Report) -> str:
    """The bill of materials in the version that most tools of today read."""
    return render_version(report, "1.6")


def render_version(report: Report, version: str) -> str:
    """The bill of materials in one of `VERSIONS`."""
    return json_text(tree_of(report, version), indent=1) + "\n"


def tree_of(report: Report, version: str) -> dict[str, Any]:
    """The bill of materials as plain values."""
    refs = _refs(report)
    subject = report.lineage[report.subject]
    metadata = {
        "timestamp": bom.stamp(report.made),
        "lifecycles": [{"phase": "pre-build"}],
        "tools": {"components": [{"type": "application", "name": "licscan", "version": report.version}]},
        "component": _component(subject, report, refs, version),
        "properties": _properties(
            ("licscan:knowledge", report.knowledge),
            ("licscan:verdict", str(report.outcome)),
            ("licscan:complete", str(report.is_complete).lower()),
            ("licscan:policy", report.policy.preset),
        ),
    }
    others = [one for one in report.lineage.artifacts.values() if one.id != report.subject]
    gaps = sorted({refs[gap.id] for gap in report.gaps if gap.id in refs})
    whole = {
        "$schema": f"http://cyclonedx.org/schema/bom-{version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "serialNumber": f"urn:uuid:{bom.serial(report)}",
        "version": 1,
        "metadata": _said(metadata),
        "components": [_component(one, report, refs, version) for one in others],
        "dependencies": [
            {"ref": refs[name], "dependsOn": sorted({refs[link.parent] for link in report.lineage.up(name)})}
            for name in report.lineage.artifacts
        ],
        "compositions": [
            {"aggregate": "incomplete", "dependencies": gaps} if gaps else {"aggregate": "unknown"},
        ],
    }
    return _said(whole)


def _refs(report: Report) -> dict[str, str]:
    """A short and stable reference for every node: its package URL, else a number."""
    return {
        name: bom.purl(artifact) or f"licscan:node:{number}"
        for number, (name, artifact) in enumerate(report.lineage.artifacts.items(), 1)
    }


def _component(artifact: Artifact, report: Report, refs: dict[str, str], version: str) -> dict[str, Any]:
    ups = report.lineage.up(artifact.id)
    parents = [link for link in ups if link.relation is not Relation.TRAINED_ON and link.child != link.parent]
    is_data = artifact.kind in _DATA
    page = bom.page(artifact)
    component = {
        "type": "data" if is_data else "machine-learning-model",
        "bom-ref": refs[artifact.id],
        "supplier": _supplier(artifact, report),
        "group": artifact.repo.org if artifact.repo and artifact.repo.org else None,
        "name": bom.name_of(artifact),
        "version": artifact.revision,
        "licenses": _licenses(artifact, report, version),
        "purl": bom.purl(artifact),
        "pedigree": {"ancestors": [_ancestor(link, report) for link in parents]} if parents else None,
        "externalReferences": [{"type": "distribution", "url": page}] if page else None,
        "components": _files(artifact, refs) or None,
        "modelCard": None if is_data else _model_card(artifact, report, refs),
        "data": [{"type": "dataset", "name": bom.name_of(artifact)}] if is_data else None,
        "properties": _facts(artifact, report),
    }
    return _said(component)


def _supplier(artifact: Artifact, report: Report) -> dict[str, Any] | None:
    publisher = report.publishers.get(artifact.id)
    if publisher is None:
        org = artifact.org
        return {"name": harmless(org)} if org else None
    return _said(
        {
            "name": publisher.entity or publisher.name,
            "address": {"country": publisher.country} if publisher.country else None,
            "url": [f"https://huggingface.co/{artifact.repo.org}"] if artifact.repo and artifact.repo.org else None,
        }
    )


def _ancestor(link: Link, report: Report) -> dict[str, Any]:
    parent = report.lineage[link.parent]
    share = None if link.share is None else f"{link.share[0]:.6f}-{link.share[1]:.6f}"
    return _said(
        {
            "type": "data" if parent.kind in _DATA else "machine-learning-model",
            "group": parent.repo.org if parent.repo and parent.repo.org else None,
            "name": bom.name_of(parent),
            "version": parent.revision,
            "purl": bom.purl(parent),
            "properties": _properties(
                ("licscan:relation", str(link.relation)),
                ("licscan:component", link.component),
                ("licscan:declared", str(link.declared).lower()),
                ("licscan:confidence", str(link.confidence)),
                ("licscan:parameter-share", share),
            ),
        }
    )


def _licenses(artifact: Artifact, report: Report, version: str) -> list[dict[str, Any]] | None:
    """The concluded licence; where there is none, what was declared, by name."""
    resolution = report.resolutions[artifact.id]
    expression = bom.concluded(artifact, report)
    if expression is None:
        said = [option.says for option in resolution.options] if isinstance(resolution, Disputed) else []
        names = dict.fromkeys(harmless(one) for one in (said or resolution.declared) if one.strip())
        return [{"license": {"name": name, "acknowledgement": "declared"}} for name in names] or None
    license = bom.license_by_expression(expression, report)
    if not bom.is_single(expression):
        return [_said(_combined(expression, report, version))]
    if not bom.is_custom(expression):
        return [{"license": {"id": expression, "acknowledgement": "concluded"}}]
    return [{"license": _named(expression, license, report)}]


def _named(expression: str, license: License | None, report: Report) -> dict[str, Any]:
    """A licence outside the SPDX list: its name, its reference, and its text or where that lives."""
    claim = bom.license_text(license, report) if license else None
    address = next((one for one in (license.url, *license.sources) if one), None) if license else None
    return _said(
        {
            "name": license.name if license else expression,
            "acknowledgement": "concluded",
            "text": {"contentType": "text/plain", "content": harmless(claim.text)} if claim else None,
            "url": address if address and address.startswith("https://") else None,
            "properties": _properties(("licscan:expression", expression)),
        }
    )


def _combined(expression: str, report: Report, version: str) -> dict[str, Any]:
    details = []
    for license in bom.custom_licenses(report) if version != "1.6" else ():
        if license.expression in expression.replace("(", " ").replace(")", " ").split():
            address = next((one for one in (license.url, *license.sources) if one), None)
            details.append(_said({"licenseIdentifier": license.expression, "url": address}))
    return {"expression": expression, "acknowledgement": "concluded", "expressionDetails": details or None}


def _files(artifact: Artifact, refs: dict[str, str]) -> list[dict[str, Any]]:
    """The files of the node whose hash is known: weights by the Hub's listing, licence texts by what was read."""
    hashes = {entry.path: entry.sha256 for entry in artifact.files or () if entry.sha256}
    hashes |= {claim.evidence.place: claim.sha256 for claim in artifact.claims if claim.sha256}
    return [
        {
            "type": "file",
            "bom-ref": f"{refs[artifact.id]}#{path}",
            "name": harmless(path),
            "hashes": [{"alg": "SHA-256", "content": hashed}],
        }
        for path, hashed in sorted(hashes.items())
    ]


def _model_card(artifact: Artifact, report: Report, refs: dict[str, str]) -> dict[str, Any] | None:
    """The fields of the model card that are known; nothing is made up for the others."""
    data = [refs[link.parent] for link in report.lineage.up(artifact.id) if link.relation is Relation.TRAINED_ON]
    named = bom.architecture(artifact)
    parameters = _said(
        {
            "modelArchitecture": ", ".join(named) or None,
            "datasets": [{"ref": ref} for ref in sorted(set(data))] or None,
        }
    )
    count = str(artifact.parameters) if artifact.parameters else None
    card = {"modelParameters": parameters or None, "properties": _properties(("licscan:parameters", count))}
    return _said(card) or None


def _facts(artifact: Artifact, report: Report) -> list[dict[str, str]] | None:
    resolution = report.resolutions[artifact.id]
    publisher = report.publishers.get(artifact.id)
    return _properties(
        ("licscan:node", artifact.id),
        ("licscan:kind", str(artifact.kind)),
        ("licscan:license-state", state_of(resolution)),
        *(("licscan:declared-license", one) for one in resolution.declared),
        ("licscan:source", str(artifact.source) if artifact.source else None),
        ("licscan:as-of", artifact.as_of),
        ("licscan:gated", str(artifact.gated) if artifact.gated else None),
        ("licscan:gap", str(artifact.gap.reason) if artifact.gap else None),
        ("licscan:renamed-from", artifact.renamed_from),
        ("licscan:owner", publisher.parent if publisher else None),
        ("licscan:owner-country", publisher.parent_country if publisher else None),
        ("licscan:created", artifact.created),
    )


def _properties(*pairs: tuple[str, str | None]) -> list[dict[str, str]] | None:
    return [{"name": name, "value": harmless(value)} for name, value in pairs if value] or None


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    """Without the fields that nothing is known of."""
    return {name: value for name, value in fields.items() if value is not None and value != {}}

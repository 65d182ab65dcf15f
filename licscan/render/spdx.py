"""SPDX 3.0.1 as JSON-LD, with the profiles for software, AI, data sets and simple licensing.

Where the standard has no field (countries, gaps, shares) the fact stands in an annotation of the element it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.jsontext import json_text
from licscan.core.license import Disputed, License, Undeclared
from licscan.core.lineage import Link, Relation
from licscan.core.report import Report
from licscan.core.text import harmless
from licscan.render import bom

CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
_MADE = "_:made"
_NO_LICENSE = "expandedlicensing_NoneLicense"
_NO_ANSWER = "expandedlicensing_NoAssertionLicense"
_RELATIONS = {Relation.TRAINED_ON: "trainedOn", Relation.COMPONENT: "contains", Relation.UNSTATED: "other"}
_UNKNOWN_TIME = "1970-01-01T00:00:00Z"
"""For a report whose time of making was left out on purpose; the field itself may not be."""


def render(report: Report) -> str:
    """The document."""
    return json_text({"@context": CONTEXT, "@graph": _Graph(report).elements()}, indent=1) + "\n"


class _Graph:
    """The elements of one document, in a fixed order, with the ids they call each other by."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.base = f"https://spdx.org/spdxdocs/licscan-{bom.serial(report)}"
        self.nodes = {name: f"{self.base}/node-{at}" for at, name in enumerate(report.lineage.artifacts, 1)}
        self.suppliers: dict[str, str] = {}
        self.expressions: dict[str, str] = {}
        self.customs = {
            license.expression: f"{self.base}/license-{at}" for at, license in enumerate(bom.custom_licenses(report), 1)
        }
        self._count = 0

    def elements(self) -> list[dict[str, Any]]:
        """Everything, the frame first."""
        body = [element for artifact in self.report.lineage.artifacts.values() for element in self._node(artifact)]
        body += [element for link in self.report.lineage.links for element in self._link(link)]
        body += [self._custom(license) for license in bom.custom_licenses(self.report)]
        return [*self._frame([element["spdxId"] for element in body]), *body]

    def _frame(self, ids: list[str]) -> Iterator[dict[str, Any]]:
        root = self.nodes[self.report.subject]
        tool = f"{self.base}/tool"
        author = f"{self.base}/author"
        yield {
            "type": "CreationInfo",
            "@id": _MADE,
            "specVersion": "3.0.1",
            "created": bom.stamp(self.report.made) or _UNKNOWN_TIME,
            "createdBy": [author],
            "createdUsing": [tool],
        }
        yield self._element("SoftwareAgent", author, name="licscan")
        yield self._element("Tool", tool, name=f"licscan {self.report.version}, knowledge {self.report.knowledge}")
        profiles = ["core", "software", "simpleLicensing", *(["ai"] if self._meets_ai_profile() else [])]
        yield self._element(
            "SpdxDocument",
            f"{self.base}/document",
            name=f"licscan review of {harmless(self.report.subject)}",
            profileConformance=profiles,
            rootElement=[f"{self.base}/bom"],
            element=[author, tool, f"{self.base}/bom", *ids],
        )
        yield self._element(
            "software_Sbom",
            f"{self.base}/bom",
            name=f"Bill of materials of {harmless(self.report.subject)}",
            profileConformance=profiles,
            software_sbomType=["analyzed"],
            rootElement=[root],
            element=ids,
        )

    def _meets_ai_profile(self) -> bool:
        """Whether every model has what the AI profile asks for; the profile is not claimed otherwise."""
        models = [one for one in self.report.lineage.artifacts.values() if one.kind is not NodeKind.DATASET]
        return all(one.org and bom.page(one) and one.revision and bom.stamp(one.created) for one in models)

    def _node(self, artifact: Artifact) -> Iterator[dict[str, Any]]:
        node = self.nodes[artifact.id]
        supplier, made = self._supplier(artifact)
        yield from made
        is_data = artifact.kind is NodeKind.DATASET
        purl = bom.purl(artifact)
        architectures = list(bom.architecture(artifact))
        yield self._element(
            "dataset_DatasetPackage" if is_data else "ai_AIPackage",
            node,
            name=harmless(artifact.id),
            suppliedBy=supplier,
            originatedBy=[supplier] if supplier and is_data else None,
            releaseTime=bom.stamp(artifact.created),
            builtTime=bom.stamp(artifact.created) if is_data else None,
            software_packageVersion=artifact.revision,
            software_downloadLocation=bom.page(artifact),
            software_packageUrl=purl,
            software_primaryPurpose="data" if is_data else "model",
            ai_typeOfModel=None if is_data else architectures or None,
            dataset_datasetType=["noAssertion"] if is_data else None,
        )
        yield from self._files(artifact, node)
        yield from self._licenses(artifact, node)
        yield from self._notes(artifact, node)

    def _supplier(self, artifact: Artifact) -> tuple[str | None, list[dict[str, Any]]]:
        publisher = self.report.publishers.get(artifact.id)
        name = (publisher.entity or publisher.name) if publisher else artifact.org
        if not name:
            return None, []
        if name in self.suppliers:
            return self.suppliers[name], []
        id = self.suppliers[name] = f"{self.base}/supplier-{len(self.suppliers) + 1}"
        made = [self._element("Organization", id, name=harmless(name))]
        if publisher:
            facts = {
                "country": publisher.country,
                "owner": publisher.parent,
                "owner country": publisher.parent_country,
                "confidence": publisher.confidence,
            }
            made += [self._note(id, f"{what}: {value}") for what, value in facts.items() if value]
        return id, made

    def _files(self, artifact: Artifact, node: str) -> Iterator[dict[str, Any]]:
        hashes = {entry.path: entry.sha256 for entry in artifact.files or () if entry.sha256}
        hashes |= {claim.evidence.place: claim.sha256 for claim in artifact.claims if claim.sha256}
        ids = []
        for at, (path, hashed) in enumerate(sorted(hashes.items()), 1):
            ids.append(f"{node}/file-{at}")
            yield self._element(
                "software_File",
                ids[-1],
                name=harmless(path),
                verifiedUsing=[{"type": "Hash", "algorithm": "sha256", "hashValue": hashed}],
            )
        if ids:
            yield self._relation(node, "contains", ids)

    def _licenses(self, artifact: Artifact, node: str) -> Iterator[dict[str, Any]]:
        resolution = self.report.resolutions[artifact.id]
        expression = bom.concluded(artifact, self.report)
        said = dict.fromkeys(one.expression for one in resolution.statements if one.expression)
        if isinstance(resolution, Disputed):
            said = dict.fromkeys(one.expression for one in resolution.options if one.expression)
        none = _NO_LICENSE if isinstance(resolution, Undeclared) else _NO_ANSWER
        declared = []
        for one in said or ([expression] if expression else []):
            id, made = self._expression(str(one))
            declared.append(id)
            yield from made
        yield self._relation(node, "hasDeclaredLicense", declared or [none])
        if expression is None:
            yield self._relation(node, "hasConcludedLicense", [_NO_ANSWER])
            return
        id, made = self._expression(expression)
        yield from made
        yield self._relation(node, "hasConcludedLicense", [id])

    def _expression(self, expression: str) -> tuple[str, list[dict[str, Any]]]:
        if expression in self.expressions:
            return self.expressions[expression], []
        id = self.expressions[expression] = f"{self.base}/expression-{len(self.expressions) + 1}"
        words = expression.replace("(", " ").replace(")", " ").split()
        custom = [
            {"type": "DictionaryEntry", "key": ref, "value": self.customs[ref]} for ref in self.customs if ref in words
        ]
        made = self._element(
            "simplelicensing_LicenseExpression",
            id,
            simplelicensing_licenseExpression=expression,
            simplelicensing_customIdToUri=custom or None,
        )
        return id, [made]

    def _custom(self, license: License) -> dict[str, Any]:
        """The text of a custom licence, as the lineage ships it; without one, where it lives."""
        claim = bom.license_text(license, self.report)
        address = license.url or next(iter(license.sources), "an address that is not known")
        text = harmless(claim.text) if claim else f"The text was not in the repositories that were read; see {address}"
        return self._element(
            "simplelicensing_SimpleLicensingText",
            self.customs[license.expression],
            name=license.name,
            simplelicensing_licenseText=text,
        )

    def _link(self, link: Link) -> Iterator[dict[str, Any]]:
        kind = _RELATIONS.get(link.relation, "descendantOf")
        share = f", share of parameters {link.share[0]:.4f} to {link.share[1]:.4f}" if link.share else ""
        role = f" ({link.component})" if link.component else ""
        yield self._relation(
            self.nodes[link.child],
            kind,
            [self.nodes[link.parent]],
            comment=f"{link.relation}{role}, {'declared' if link.declared else 'not declared'} by the card, "
            f"confidence {link.confidence}{share}",
        )

    def _notes(self, artifact: Artifact, node: str) -> Iterator[dict[str, Any]]:
        facts = {
            "kind": str(artifact.kind) if artifact.kind in (NodeKind.COMPONENT, NodeKind.EXTERNAL) else None,
            "not seen": f"{artifact.gap.reason}, {artifact.gap.detail}" if artifact.gap else None,
            "gated": str(artifact.gated) if artifact.gated else None,
            "parameters": str(artifact.parameters) if artifact.parameters else None,
            "read from": f"{artifact.source}, as of {artifact.as_of}" if artifact.source else None,
        }
        for what, value in facts.items():
            if value:
                yield self._note(node, f"{what}: {harmless(value)}")

    def _note(self, about: str, statement: str) -> dict[str, Any]:
        self._count += 1
        return self._element(
            "Annotation",
            f"{self.base}/note-{self._count}",
            annotationType="other",
            subject=about,
            statement=statement,
        )

    def _relation(self, start: str, kind: str, ends: list[str], comment: str | None = None) -> dict[str, Any]:
        self._count += 1
        return self._element(
            "Relationship",
            f"{self.base}/relation-{self._count}",
            comment=comment,
            relationshipType=kind,
            to=ends,
            **{"from": start},
        )

    def _element(self, type: str, id: str, **fields: Any) -> dict[str, Any]:
        known = {name: value for name, value in fields.items() if value is not None}
        return {"type": type, "spdxId": id, "creationInfo": _MADE, **known}

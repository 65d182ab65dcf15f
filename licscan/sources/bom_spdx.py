"""SPDX 3 in JSON-LD as a bill: packages of models and data sets, their relationships and licences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from licscan.core.artifact import ClaimKind, NodeKind
from licscan.core.evidence import Confidence
from licscan.core.lineage import Relation
from licscan.sources.bill import Bill, Listed, Related, Stated, attached, dicts, identity, strings, word

_MODEL, _DATA = "ai_AIPackage", "dataset_DatasetPackage"
_RELATIONS = {
    "descendantOf": Relation.UNSTATED,
    "trainedOn": Relation.TRAINED_ON,
    "contains": Relation.COMPONENT,
    "dependsOn": Relation.UNSTATED,
    "hasOptionalDependency": Relation.UNSTATED,
    "hasStaticLink": Relation.COMPONENT,
    "hasDynamicLink": Relation.COMPONENT,
    "other": Relation.UNSTATED,
}
"""Relationships by which the element they come from was made from, on or with the others."""
_REVERSED = {"ancestorOf": Relation.UNSTATED}
_LICENSES = ("hasDeclaredLicense", "hasConcludedLicense")
_NO_LICENSE = re.compile(r"(?:NoneLicense|NoAssertionLicense|NoneElement|NoAssertionElement)\Z")
_LISTED = re.compile(r"https?://spdx\.org/(?:rdf/[^\s/]{1,40}/terms/)?licenses/(?P<id>[A-Za-z0-9.\-+]{1,100})\Z")
_OURS = re.compile(
    r"(?P<relation>[a-z\-]{1,40})(?: \((?P<component>\w{1,60})\))?, (?P<declared>not declared|declared) by the card, "
    r"confidence (?P<confidence>[a-z]{1,20})"
)
"""What we write ourselves as the comment of a relationship."""
_KIND = re.compile(r"kind: (component|external)\Z")


def spdx(graph: list[Any], file: str) -> Bill:
    """What a bill in SPDX 3 says."""
    return _Reader(graph, file).bill()


class _Reader:
    """The elements of one graph by their ids, and what they come to."""

    def __init__(self, graph: list[Any], file: str) -> None:
        self._file = file
        self._elements: dict[str, Mapping[str, Any]] = {}
        self._places: dict[str, str] = {}
        for place, one in dicts(graph, f"{file}#@graph"):
            id = word(one.get("spdxId") or one.get("@id"), 2000)
            if id:
                self._elements.setdefault(id, one)
                self._places.setdefault(id, place)
        self._links = [
            (id, word(one.get("relationshipType")), word(one.get("from"), 2000), end, one)
            for id, one in self._elements.items()
            if str(one.get("type")).endswith("Relationship")
            for end in strings(one.get("to"))
        ]
        self._is_ours = any(
            one.get("type") == "Tool" and word(one.get("name")).startswith("licscan ")
            for one in self._elements.values()
        )
        self._kinds = {
            word(one.get("subject"), 2000): found[1]
            for one in self._elements.values()
            if one.get("type") == "Annotation" and (found := _KIND.match(word(one.get("statement"))))
        }

    def bill(self) -> Bill:
        """The whole bill."""
        found = {
            id: self._package(id, one)
            for id, one in self._elements.items()
            if one.get("type") in (_MODEL, _DATA) or self._is_on_hub(one)
        }
        main = self._root(found)
        described = (found.pop(main, None) if main is not None else None) or self._whole(main)
        everything = {described.ref: described, **found}
        related = {
            (one.child, one.parent, one.relation, one.component): one
            for one in self._related(everything)
            if one.child != one.parent
        }
        return Bill(self._file, described, main is not None, found, attached(described, found, related.values()))

    def _root(self, found: Mapping[str, Listed]) -> str | None:
        roots = [
            root
            for one in self._elements.values()
            if str(one.get("type")).endswith(("Sbom", "Bom", "SpdxDocument"))
            for root in strings(one.get("rootElement"))
        ]
        models = [root for root in roots if root in found]
        packages = [root for root in roots if str(self._elements.get(root, {}).get("type", "")).endswith("Package")]
        return next(iter([*models, *packages]), None)

    def _whole(self, main: str | None) -> Listed:
        """The thing described where it is no model: a program, or everything in the file."""
        if main is None:
            return Listed(f"{self._file}#", self._file, NodeKind.EXTERNAL, self._file)
        name = word(self._elements[main].get("name")) or self._file
        return Listed(
            main, name, NodeKind.EXTERNAL, self._places[main], licenses=tuple(self._licenses(main)),
            unread=self._unread(main),
        )  # fmt: skip

    def _is_on_hub(self, one: Mapping[str, Any]) -> bool:
        purl = one.get("software_packageUrl")
        is_package = one.get("type") == "software_Package"
        return is_package and isinstance(purl, str) and purl.lower().startswith("pkg:huggingface/")

    def _package(self, id: str, element: Mapping[str, Any]) -> Listed:
        is_data = element.get("type") == _DATA
        name = word(element.get("name")) or "?"
        places = [("distribution", element.get("software_downloadLocation"))]
        repo, revision = identity(
            element.get("software_packageUrl"), places, (name, name.rpartition("/")[2]), is_data=is_data
        )
        own = name if self._is_ours and repo is None else None
        kind = NodeKind(self._kinds[id]) if self._is_ours and id in self._kinds else NodeKind.MODEL
        return Listed(
            id,
            name,
            NodeKind.DATASET if is_data else kind,
            self._places[id],
            repo,
            revision,
            own=own,
            licenses=tuple(self._licenses(id)),
            unread=self._unread(id),
        )

    def _related(self, everything: Mapping[str, Listed]) -> Iterator[Related]:
        for id, kind, start, end, one in self._links:
            child, parent = (end, start) if kind in _REVERSED else (start, end)
            default = _RELATIONS.get(kind, _REVERSED.get(kind))
            if default is None or child not in everything or parent not in everything:
                continue
            if everything[child].kind is NodeKind.DATASET and everything[parent].kind is not NodeKind.DATASET:
                continue
            ours = _OURS.match(word(one.get("comment"))) if self._is_ours else None
            relation = next((known for known in Relation if ours and known.value == ours["relation"]), None)
            is_whole = everything[child].kind is NodeKind.EXTERNAL and default is Relation.UNSTATED
            if relation is None and everything[parent].kind is NodeKind.DATASET:
                relation = Relation.TRAINED_ON
            yield Related(
                child,
                parent,
                relation or (Relation.COMPONENT if is_whole else default),
                self._places[id],
                f"{kind} {everything[parent].name}",
                component=ours["component"] if ours else None,
                declared=ours["declared"] == "declared" if ours else None,
                confidence=next((known for known in Confidence if ours and known.value == ours["confidence"]), None),
            )

    def _licenses(self, id: str) -> Iterator[Stated]:
        for place, end in self._license_ends(id):
            yield from self._license(end, place)

    def _license_ends(self, id: str) -> Iterator[tuple[str, str]]:
        for link, kind, start, end, _ in self._links:
            if kind in _LICENSES and start == id and not _NO_LICENSE.search(end):
                yield f"{self._places[link]}.{kind}", end

    def _license(self, end: str, place: str) -> Iterator[Stated]:
        """A licence by its expression, its page on the official list, its name or its text."""
        element = self._elements.get(end, {})
        listed = _LISTED.match(end)
        expression = word(element.get("simplelicensing_licenseExpression"))
        if expression or listed:
            yield Stated(ClaimKind.TAG, expression or (listed["id"] if listed else ""), place)
            return
        name, text = word(element.get("name")), element.get("simplelicensing_licenseText") or element.get("licenseText")
        if name:
            yield Stated(ClaimKind.NAME, name, place)
        if isinstance(text, str) and text.strip():
            yield Stated(ClaimKind.FILE, text[:1_000_000], place)

    def _unread(self, id: str) -> str:
        """What stands where the licence should and is not read."""
        for place, end in self._license_ends(id):
            if not any(self._license(end, place)):
                return "its licence is in a form that is not read"
        return ""

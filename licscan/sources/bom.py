"""A bill of materials as a subject: what CycloneDX or SPDX says a model or an application is made of.

If the thing it describes is itself on the Hub, that is the subject. Otherwise the models and data sets that it lists
are its parents, and everything above them is read from the Hub as ever.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from licscan.core.artifact import FileEntry, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.core.text import harmless
from licscan.errors import UsageError
from licscan.sources.protocol import Commit, Counts, RepoInfo

_LARGEST = 64_000_000
_PURL = re.compile(r"pkg:huggingface/(?P<path>[^@?#]+)(?:@(?P<revision>[^?#]*))?", re.IGNORECASE)
_HUB_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_MODEL_TYPES = frozenset({"machine-learning-model"})
_SPDX_MODEL, _SPDX_DATA = "ai_AIPackage", "dataset_DatasetPackage"
_SPDX_UP = frozenset({"descendantOf", "contains", "dependsOn", "trainedOn", "other"})
_CARD = "README.md"
_UNNAMED = RepoId(RepoKind.MODEL, "", "bill-of-materials")


@dataclass(frozen=True, slots=True)
class Listed:
    """One model or data set that the bill names."""

    ref: str
    name: str
    repo: RepoId | None
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """What a bill of materials says: the thing it describes, and the models and data sets that this is made of."""

    file: str
    described: Listed | None
    is_model: bool
    parts: tuple[Listed, ...]
    unnamed: tuple[str, ...]
    """Models that are listed without an address on the Hub."""

    @property
    def hub_subject(self) -> str | None:
        """The thing described, where it is on the Hub itself: `org/model` or `org/model@REVISION`."""
        if self.described is None or self.described.repo is None or self.described.repo.kind is not RepoKind.MODEL:
            return None
        return self.described.repo.path + (f"@{self.described.revision}" if self.described.revision else "")


def read_bill(path: Path) -> Bill:
    """Read a bill of materials in CycloneDX JSON or SPDX 3 JSON-LD.

    Raises:
        UsageError: it cannot be read, is neither, or lists no model.
    """
    shown = harmless(str(path))
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"{shown} is larger than {_LARGEST // 1_000_000} MB", "a bill of materials is smaller")
        tree = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{shown} cannot be read as JSON: {error}", "name a CycloneDX or SPDX 3 file in JSON"
        ) from error
    if isinstance(tree, dict) and tree.get("bomFormat") == "CycloneDX":
        bill = _cyclonedx(tree, shown)
    elif isinstance(tree, dict) and isinstance(tree.get("@graph"), list):
        bill = _spdx(tree["@graph"], shown)
    else:
        raise UsageError(f"{shown} is neither CycloneDX nor SPDX 3", "XML and SPDX 2 are not read; convert it first")
    if bill.hub_subject is None and not bill.parts and not bill.unnamed:
        raise UsageError(f"{shown} lists no model", "a model is a machine-learning-model or an AIPackage")
    return bill


def _cyclonedx(tree: Mapping[str, Any], file: str) -> Bill:
    metadata = tree.get("metadata")
    main = metadata.get("component") if isinstance(metadata, dict) else None
    parts = [_component(one) for one in _components(tree.get("components"))]
    models = [one for one in parts if one is not None]
    described = _component(main, always=True) if isinstance(main, dict) else None
    below = {ref for entry in _dicts(tree.get("dependencies")) for ref in _strings(entry.get("dependsOn"))}
    own = next(
        (set(_strings(entry.get("dependsOn"))) for entry in _dicts(tree.get("dependencies"))
         if described and entry.get("ref") == described.ref),
        set(),
    )  # fmt: skip
    tops = [one for one in models if one.ref in own] or [one for one in models if one.ref not in below] or models
    is_model = isinstance(main, dict) and main.get("type") in _MODEL_TYPES
    if is_model and isinstance(main, dict):
        pedigree = main.get("pedigree")
        ancestors = pedigree.get("ancestors") if isinstance(pedigree, dict) else None
        above = [one for one in (_component(ancestor, always=True) for ancestor in _dicts(ancestors)) if one]
        tops = [*above, *(one for one in tops if one.repo not in {other.repo for other in above})]
    return _bill(file, described, tops, is_model=is_model)


def _components(value: object) -> Iterator[Mapping[str, Any]]:
    """All components, nested ones too; no deeper than anybody nests."""
    waiting = [(one, 0) for one in _dicts(value)]
    while waiting:
        component, depth = waiting.pop(0)
        yield component
        if depth < 8:
            waiting += [(one, depth + 1) for one in _dicts(component.get("components"))]


def _component(component: Mapping[str, Any], *, always: bool = False) -> Listed | None:
    """A model or data set; with `always`, whatever it is."""
    kind = component.get("type")
    purl = component.get("purl")
    references = [one.get("url") for one in _dicts(component.get("externalReferences"))]
    repo, revision = _repo(purl, references)
    is_data = kind == "data" and repo is not None
    if not (always or kind in _MODEL_TYPES or is_data or (repo is not None and kind in (None, "library"))):
        return None
    group, name = component.get("group"), str(component.get("name") or "?")
    whole = f"{group}/{name}" if isinstance(group, str) and group else name
    return Listed(str(component.get("bom-ref") or whole), whole, repo, revision)


def _spdx(graph: list[Any], file: str) -> Bill:
    elements = {str(one.get("spdxId") or one.get("@id")): one for one in _dicts(graph)}
    found = {id: _package(id, one) for id, one in elements.items() if one.get("type") in (_SPDX_MODEL, _SPDX_DATA)}
    roots = [root for one in elements.values() if str(one.get("type")).endswith(("Sbom", "Bom", "SpdxDocument"))
             for root in _strings(one.get("rootElement"))]  # fmt: skip
    main = next((root for root in roots if root in found), None) or next(
        (r for r in roots if _is_thing(elements, r)), None
    )
    links = [
        (str(one.get("from")), end)
        for one in elements.values()
        if one.get("type") == "Relationship" and one.get("relationshipType") in _SPDX_UP
        for end in _strings(one.get("to"))
    ]
    described = found.get(main or "") or (_package(main, elements[main]) if main in elements else None)
    own = {end for start, end in links if start == main}
    below = {end for _, end in links}
    others = [one for id, one in found.items() if id != main]
    tops = [one for one in others if one.ref in own] or [one for one in others if one.ref not in below] or others
    return _bill(file, described, tops, is_model=main in found)


def _is_thing(elements: Mapping[str, Mapping[str, Any]], id: str) -> bool:
    return str(elements.get(id, {}).get("type", "")).endswith("Package")


def _package(id: str, element: Mapping[str, Any]) -> Listed:
    repo, revision = _repo(element.get("software_packageUrl"), [element.get("software_downloadLocation")])
    return Listed(id, str(element.get("name") or "?"), repo, revision)


def _bill(file: str, described: Listed | None, tops: Iterable[Listed], *, is_model: bool) -> Bill:
    parts = [one for one in tops if described is None or one.repo is None or one.repo != described.repo]
    return Bill(
        file,
        described,
        is_model,
        tuple(dict.fromkeys(one for one in parts if one.repo is not None)),
        tuple(dict.fromkeys(one.name for one in parts if one.repo is None)),
    )


def _repo(purl: object, addresses: Iterable[object]) -> tuple[RepoId | None, str | None]:
    """The repository that a package URL or an address on the Hub names."""
    found = _PURL.match(purl) if isinstance(purl, str) else None
    if found:
        revision = unquote(found["revision"] or "") or None
        return _named(unquote(found["path"])), revision if _is_revision(revision) else None
    for address in addresses:
        if isinstance(address, str) and urlsplit(address).netloc in _HUB_HOSTS:
            path, _, rest = urlsplit(address).path.strip("/").partition("/tree/")
            repo = _named(path)
            if repo is not None:
                return repo, rest if _is_revision(rest) else None
    return None, None


def _named(path: str) -> RepoId | None:
    kind = RepoKind.DATASET if path.startswith("datasets/") else RepoKind.MODEL
    return RepoId.try_parse(path.removeprefix("datasets/"), kind)


def _is_revision(words: str | None) -> bool:
    return bool(words) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,99}", str(words)) is not None


def _dicts(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, str))
    elif isinstance(value, str):
        yield value


class BillHub:
    """The source of facts about a thing that only its bill of materials describes: a card made from the bill."""

    workers = 1

    def __init__(self, bill: Bill) -> None:
        self.stats = Counts()
        name = bill.described.name.rpartition("/")[2] if bill.described else ""
        self.repo_id = RepoId.try_parse(name) or _UNNAMED
        self._file = bill.file
        self._card = _card(bill).encode()

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:  # noqa: ARG002
        """The thing described; nothing else is asked here."""
        files = (FileEntry(_CARD, len(self._card)),)
        return RepoInfo(id=repo, asked=repo, source=Source.PATH, files=files)

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:
        """The card."""
        if path == _CARD and len(self._card) <= limit:
            return self._card
        return Gap(str(info.id), GapReason.ABSENT, f"{harmless(self._file)} holds no files", path)

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        """A stretch of the card."""
        whole = self.read(info, path)
        return whole if isinstance(whole, Gap) else whole[start : start + length]

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """The card alone."""
        return info.files or ()

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:  # noqa: ARG002
        """A bill has no commits."""
        return Gap(str(info.id), GapReason.NOT_A_REPO, "a bill of materials has no history")

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:  # noqa: ARG002
        """A bill's links are not followed."""
        return Gap(url, GapReason.OFFLINE, "links of a bill of materials are not followed")


def _card(bill: Bill) -> str:
    """The bill's contents in the form of a card, so that the one reader of cards reads them."""
    models = [one.repo.path for one in bill.parts if one.repo and one.repo.kind is RepoKind.MODEL]
    data = [one.repo.path for one in bill.parts if one.repo and one.repo.kind is RepoKind.DATASET]
    front: dict[str, Any] = {"base_model": [*models, *bill.unnamed]}
    if not bill.is_model:
        front["base_model_relation"] = "component"
    if data:
        front["datasets"] = data
    # JSON is YAML, and quotes what a hostile name would use to break out.
    lines = [f"{key}: {json.dumps(value)}" for key, value in front.items() if value]
    return "\n".join(["---", *lines, "---", "", "This card was made from a bill of materials.", ""])

"""CycloneDX in JSON as a bill: components, nested ones too, with their pedigree, data sets and licences."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from licscan.core.artifact import ClaimKind, NodeKind
from licscan.core.evidence import Confidence
from licscan.core.ids import RepoId
from licscan.core.lineage import Relation
from licscan.sources.bill import Bill, Listed, Related, Stated, attached, dicts, identity, strings, word

_MODEL, _DATA = "machine-learning-model", "data"
_PLAIN = frozenset({"", "library"})
"""Types that say nothing against a model."""
_DEEPEST = 8
_LONGEST_TEXT = 1_000_000
_OWN = "licscan:"
_MOST_COMPONENTS = 100_000
_MOST_STEPS = 2_000_000
"""Steps from what depends to what it depends on; what no step leads to is a part of the whole."""


def cyclonedx(tree: Mapping[str, Any], file: str) -> Bill:
    """What a bill in CycloneDX says."""
    return _Reader(file).bill(tree)


class _Reader:
    """Collects the things of one bill and how they are related, with their places."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._listed: dict[str, Listed] = {}
        self._related: dict[tuple[str, str, Relation, str | None], Related] = {}
        self._inner: dict[str, list[str]] = {}
        """What contains and depends on what, by reference, models or not."""
        self._held: set[tuple[str, str]] = set()
        """What the bill puts inside what."""
        self._by_repo: dict[RepoId, str] = {}
        self._by_name: dict[str, list[tuple[str, Listed]]] = {}
        self._alias: dict[str, str] = {}
        """What the bill calls a thing a second time, and what it called it first."""
        self._steps = 0

    def bill(self, tree: Mapping[str, Any]) -> Bill:
        """The whole bill."""
        metadata = tree.get("metadata")
        main = metadata.get("component") if isinstance(metadata, dict) else None
        described = self._described(main)
        self._listed[described.ref] = described
        everything: list[tuple[Mapping[str, Any], str, str]] = []
        if isinstance(main, dict):
            everything.append((main, described.ref, f"{self._file}#metadata.component"))
        if described.repo is not None:
            self._by_repo[described.repo] = described.ref
        # Everything gets its name first: a pedigree names again, and in short, what stands elsewhere in full.
        for place, one in dicts(tree.get("components"), f"{self._file}#components"):
            self._components(one, place, None, 0, everything)
        for place, one in dicts(
            main.get("components") if isinstance(main, dict) else None, f"{self._file}#metadata.component.components"
        ):
            self._components(one, place, described.ref, 0, everything)
        for ref, thing in self._listed.items():
            self._by_name.setdefault(thing.name, []).append((ref, thing))
        for one, ref, place in everything:
            self._details(one, ref, place, 0)
        self._dependencies(tree.get("dependencies"), described.ref)
        listed = {ref: one for ref, one in self._listed.items() if ref != described.ref}
        related = attached(self._listed[described.ref], listed, self._related.values())
        return Bill(self._file, self._listed[described.ref], isinstance(main, dict), listed, related)

    def _described(self, main: object) -> Listed:
        place = f"{self._file}#metadata.component"
        if not isinstance(main, dict):
            return Listed(f"{self._file}#", self._file, NodeKind.EXTERNAL, self._file)
        found = self._thing(main, place)
        if found is not None:
            return found
        name = word(main.get("name")) or self._file
        unread = _unread(main.get("licenses"))
        stated = tuple(_licenses(main.get("licenses"), f"{place}.licenses"))
        return Listed(_ref(main, place), name, NodeKind.EXTERNAL, place, licenses=stated, unread=unread)

    def _components(
        self,
        one: Mapping[str, Any],
        place: str,
        outer: str | None,
        depth: int,
        everything: list[tuple[Mapping[str, Any], str, str]],
    ) -> None:
        """Take a component in, with what is nested in it."""
        if len(everything) >= _MOST_COMPONENTS or depth > _DEEPEST:
            return
        thing = self._thing(one, place)
        ref = _ref(one, place) if thing is None else self._enter(thing)
        everything.append((one, ref, place))
        if outer is not None:
            self._inner.setdefault(outer, []).append(ref)
            self._held.add((outer, ref))
        for where, part in dicts(one.get("components"), f"{place}.components"):
            self._components(part, where, ref, depth + 1, everything)

    def _enter(self, thing: Listed) -> str:
        """List a thing once, however often the bill names it; its reference."""
        ref = self._by_repo.get(thing.repo, thing.ref) if thing.repo is not None else thing.ref
        if thing.repo is not None:
            self._by_repo[thing.repo] = ref
        self._alias[thing.ref] = ref
        known = self._listed.setdefault(ref, thing)
        if thing.licenses and not known.licenses:
            self._listed[ref] = replace(known, licenses=thing.licenses, unread=thing.unread)
        return ref

    def _details(self, one: Mapping[str, Any], ref: str, place: str, depth: int) -> None:
        """What a component was made from and what it was trained on."""
        pedigree = one.get("pedigree")
        ancestors = pedigree.get("ancestors") if isinstance(pedigree, dict) else None
        for where, ancestor in dicts(ancestors, f"{place}.pedigree.ancestors"):
            if depth < _DEEPEST:
                self._ancestor(ancestor, ref, where, depth)
        for where, data in dicts(_data_sets(one), f"{place}.modelCard.modelParameters.datasets"):
            self._data_set(data, ref, where)

    def _ancestor(self, one: Mapping[str, Any], child: str, place: str, depth: int) -> None:
        thing = self._thing(one, place, always=True)
        if thing is None:
            return
        parent = self._known(one, thing) or self._enter(thing)
        said = _properties(one)
        default = Relation.TRAINED_ON if thing.kind is NodeKind.DATASET else Relation.UNSTATED
        self._relate(
            Related(
                child,
                parent,
                _relation(said.get("relation")) or default,
                place,
                thing.name,
                component=said.get("component") or None,
                declared={"true": True, "false": False}.get(said.get("declared", "")),
                confidence=next((known for known in Confidence if known.value == said.get("confidence")), None),
            )
        )
        self._details(one, parent, place, depth + 1)

    def _known(self, one: Mapping[str, Any], thing: Listed) -> str | None:
        """The component that a pedigree names without its reference."""
        if thing.repo is not None or "bom-ref" in one:
            return None
        same = [
            ref
            for ref, other in self._by_name.get(thing.name, ())
            if (other.kind is NodeKind.DATASET) is (thing.kind is NodeKind.DATASET)
        ]
        return same[0] if len(same) == 1 else None

    def _data_set(self, one: Mapping[str, Any], child: str, place: str) -> None:
        """A data set of a model card, by its reference or as it stands there."""
        ref = one.get("ref")
        if isinstance(ref, str):
            self._relate(Related(child, ref, Relation.TRAINED_ON, place, ref))
            return
        if one.get("type") not in (None, "dataset"):
            return
        name = word(one.get("name")) or "data set"
        contents = one.get("contents")
        address = contents.get("url") if isinstance(contents, dict) else None
        repo, revision = identity(None, [(None, address)], (name, name.rpartition("/")[2]), is_data=True)
        thing = Listed(_ref(one, place), name, NodeKind.DATASET, place, repo, revision)
        self._relate(Related(child, self._enter(thing), Relation.TRAINED_ON, place, name))

    def _relate(self, related: Related) -> None:
        parent = self._alias.get(related.parent, related.parent)
        key = (related.child, parent, related.relation, related.component)
        if related.child != parent:
            self._related.setdefault(key, replace(related, parent=parent))

    def _dependencies(self, value: object, main: str) -> None:
        """What depends on what; a model that something of another kind needs is a part of what needs that."""
        for _, entry in dicts(value):
            ref = entry.get("ref")
            if isinstance(ref, str):
                below = [self._alias.get(end, end) for end in strings(entry.get("dependsOn"))]
                self._inner.setdefault(self._alias.get(ref, ref), []).extend(below)
        known = {(one.child, one.parent) for one in self._related.values()}
        for child in list(self._listed):
            for parent in self._reached(child):
                if (child, parent) not in known:
                    place = f"{self._file}#dependencies"
                    self._relate(Related(child, parent, self._kind_of(child, parent, main), place, parent))

    def _reached(self, child: str) -> Iterator[str]:
        """The listed things that a thing contains or depends on, through whatever is none of them."""
        waiting, seen = list(self._inner.get(child, ())), {child}
        while waiting:
            ref = waiting.pop()
            self._steps += 1
            if ref in seen or self._steps > _MOST_STEPS:
                continue
            seen.add(ref)
            if ref in self._listed:
                yield ref
            else:
                waiting += self._inner.get(ref, ())

    def _kind_of(self, child: str, parent: str, main: str) -> Relation:
        if self._listed[parent].kind is NodeKind.DATASET:
            return Relation.TRAINED_ON
        is_whole = child == main and self._listed[child].kind is NodeKind.EXTERNAL
        return Relation.COMPONENT if is_whole or (child, parent) in self._held else Relation.UNSTATED

    def _thing(self, one: Mapping[str, Any], place: str, *, always: bool = False) -> Listed | None:
        """A model or data set; with `always`, whatever it is."""
        kind = word(one.get("type"))
        group, name = word(one.get("group")), word(one.get("name")) or "?"
        whole = f"{group}/{name}" if group else name
        is_data = kind == _DATA
        references = [(ref.get("type"), ref.get("url")) for _, ref in dicts(one.get("externalReferences"))]
        references += [(None, _address(data)) for _, data in dicts(one.get("data"))]
        repo, revision = identity(one.get("purl"), references, (whole, name), is_data=is_data)
        is_model = kind == _MODEL or (repo is not None and kind in _PLAIN)
        if not (always or is_model or (is_data and _is_data_set(one))):
            return None
        said = _properties(one)
        own = said.get("node")
        return Listed(
            _ref(one, place),
            whole,
            _node_kind(said.get("kind"), is_data=is_data),
            place,
            repo,
            revision,
            own=own if repo is None and own else None,
            licenses=tuple(_licenses(one.get("licenses"), f"{place}.licenses")),
            unread=_unread(one.get("licenses")),
        )


def _node_kind(own: str | None, *, is_data: bool) -> NodeKind:
    if is_data:
        return NodeKind.DATASET
    return NodeKind(own) if own in (NodeKind.COMPONENT.value, NodeKind.EXTERNAL.value) else NodeKind.MODEL


def _ref(one: Mapping[str, Any], place: str) -> str:
    """What the bill calls a component; one without a name of its own is called after its place."""
    ref = one.get("bom-ref")
    return ref if isinstance(ref, str) and ref else place


def _address(data: Mapping[str, Any]) -> object:
    contents = data.get("contents")
    return contents.get("url") if isinstance(contents, dict) else None


def _is_data_set(one: Mapping[str, Any]) -> bool:
    """Whether a component of data is a data set: configurations and source code are data, too."""
    kinds = [data.get("type") for _, data in dicts(one.get("data"))]
    return not kinds or "dataset" in kinds


def _data_sets(one: Mapping[str, Any]) -> object:
    card = one.get("modelCard")
    parameters = card.get("modelParameters") if isinstance(card, dict) else None
    return parameters.get("datasets") if isinstance(parameters, dict) else None


def _properties(one: Mapping[str, Any]) -> dict[str, str]:
    """The properties that we write ourselves, without their prefix."""
    pairs = [(entry.get("name"), entry.get("value")) for _, entry in dicts(one.get("properties"))]
    return {
        name.removeprefix(_OWN): value
        for name, value in pairs
        if isinstance(name, str) and isinstance(value, str) and name.startswith(_OWN)
    }


def _relation(said: str | None) -> Relation | None:
    return next((known for known in Relation if known.value == said), None)


def _licenses(value: object, place: str) -> Iterator[Stated]:
    """What a component says of its licence; several ids that are acknowledged alike hold together."""
    ids: dict[str, list[tuple[str, str]]] = {}
    for where, entry in dicts(value, place):
        expression = word(entry.get("expression"))
        if expression:
            yield Stated(ClaimKind.TAG, expression, f"{where}.expression")
        license = entry.get("license")
        if not isinstance(license, dict):
            continue
        id = word(license.get("id")) or _properties(license).get("expression", "")
        if id:
            ids.setdefault(word(license.get("acknowledgement")), []).append((id, f"{where}.license"))
            continue
        yield from _named_license(license, f"{where}.license")
    for together in ids.values():
        yield Stated(ClaimKind.TAG, " AND ".join(dict.fromkeys(id for id, _ in together)), together[0][1])


def _named_license(license: Mapping[str, Any], place: str) -> Iterator[Stated]:
    """A licence without an id: its name, its text, its address."""
    name, address = word(license.get("name")), word(license.get("url"))
    if name:
        yield Stated(ClaimKind.NAME, name, f"{place}.name")
    text = _text(license.get("text"))
    if text:
        yield Stated(ClaimKind.FILE, text, f"{place}.text")
    if address:
        yield Stated(ClaimKind.LINK, address, f"{place}.url")


def _text(value: object) -> str | None:
    """The text of an attachment; None where there is none, or it is in no form that is read."""
    content = value.get("content") if isinstance(value, dict) else None
    if not isinstance(content, str) or not isinstance(value, dict) or len(content) > 2 * _LONGEST_TEXT:
        return None
    if value.get("encoding") is None:
        return content[:_LONGEST_TEXT]
    try:
        return base64.b64decode(content, validate=True).decode("utf-8")[:_LONGEST_TEXT]
    except (binascii.Error, ValueError):
        return None


def _unread(value: object) -> str:
    """What stands where the licence should and is not read."""
    for _, entry in dicts(value):
        license = entry.get("license")
        text = license.get("text") if isinstance(license, dict) else None
        if text is not None and _text(text) is None:
            return "the text of its licence cannot be read"
        if not isinstance(license, dict) and not word(entry.get("expression")):
            return "its licence is in a form that is not read"
    return ""

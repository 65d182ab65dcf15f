"""The parents of one repository while its places are being joined: each once, however it was spelt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from licscan.core.artifact import Artifact, Fact, FactKind, NodeKind
from licscan.core.evidence import Confidence, Evidence
from licscan.core.ids import RepoId, RepoKind
from licscan.core.lineage import Relation
from licscan.crawl.names import Named, Names, sizes_of
from licscan.hub.mention import Mention, Reading
from licscan.knowledge.families import squeezed

DECLARING = frozenset({"card", "tags", "hub"})
_LOOSE = frozenset({"config", "diffusers", "training", "safetensors", "quantizer"})
"""Kinds of place where a path is most often the maker's own working folder: no parent unless it spells one."""
_WEAK = frozenset({Relation.FINETUNE, Relation.UNSTATED})
_COPIES = frozenset({Relation.QUANTIZED, Relation.CONVERTED})
_PROSE = frozenset({"prose", "prose-words", "notice", "recipe", "license-link"})


@dataclass(slots=True)
class Target:
    """One parent with all that was said of it."""

    id: str
    named: Named
    repo: RepoId | None = None
    node: Artifact | None = None
    mentions: list[Mention] = field(default_factory=list)
    component: str | None = None
    relation: Relation = Relation.UNSTATED
    reason: Evidence | None = None

    @property
    def sources(self) -> set[str]:
        """The kinds of place that named it."""
        return {mention.source for mention in self.mentions}

    @property
    def is_data(self) -> bool:
        """Whether the model was trained on it rather than made from it."""
        return self.relation is Relation.TRAINED_ON or any(m.kind is RepoKind.DATASET for m in self.mentions)

    def is_base(self) -> bool:
        """Whether it stands for the whole model: no part, no data, no teacher."""
        return not self.is_data and self.component is None and self.relation is not Relation.DISTILLED

    def take_part(self, mention: Mention, role: str) -> None:
        """Add the evidence of a part's family; a declared part keeps its role."""
        self.mentions.append(mention)
        if self.relation is Relation.COMPONENT and self.component is None:
            self.component = role


class Targets:
    """All parents of one repository."""

    def __init__(self, reading: Reading, names: Names) -> None:
        self._reading = reading
        self._names = names
        self._found: dict[str, Target] = {}
        self.facts: list[Fact] = []

    def all(self) -> tuple[Target, ...]:
        """The parents in the order of their ids."""
        return tuple(self._found[key] for key in sorted(self._found))

    def bases(self) -> tuple[Target, ...]:
        """Those that stand for the whole model or for its language model."""
        return tuple(
            target for target in self.all() if target.is_base() or target.component in ("language_model", "decoder")
        )

    def add(self, mention: Mention) -> None:
        """Resolve the name of a mention and keep it, where it names a parent."""
        if mention.source in ("tag-word", "code"):
            return
        if mention.source == "tag-name" and self._inferred() is not Relation.MERGE:
            return
        if "+" in mention.value and len(both := [part for part in mention.value.split("+") if "/" in part.strip("/.")]) > 1:
            for part in both:
                self.add(replace(mention, value=part.strip()))
            return
        named = (
            self._words(mention) if mention.source == "prose-words" else self._names.read(mention.value, mention.kind)
        )
        if named is None:
            return
        if named.empty or (named.repo is not None and self._is_self(named.repo)):
            self._note(FactKind.MALFORMED_BASE, mention)
        elif named.repo is not None:
            self.put(mention, named)
        else:
            self._outside(mention, named)

    def put(self, mention: Mention, named: Named) -> Target:
        """Keep a mention under the parent that its name was read as."""
        key = self._key(mention, named)
        target = self._found.get(key)
        if target is None:
            target = self._found[key] = self._new(mention, named)
        elif named.confidence.rank < target.named.confidence.rank:
            target.named = named
        target.mentions.append(mention)
        return target

    def settle(self) -> None:
        """Drop what others contradict for certain, merge renames, and give every parent its relation and role."""
        self._merge_renames()
        self._drop_inherited()
        self._drop_prose()
        for target in self._found.values():
            self._relate(target)
        self._compose()

    def holder(self, role: str, candidates: Iterable[str], orgs: Iterable[str]) -> Target | None:
        """The named parent that already accounts for a part: in this role, or one of the part's releases."""
        repos = {name.lower() for name in candidates}
        names = {squeezed(name.split("/", 1)[1]) for name in candidates}
        for target in self.all():
            if target.component == role and target.repo is not None:
                return target
            if target.repo is None or target.is_data:
                continue
            bare = squeezed(self._names.bare(target.repo.name)[0])
            if target.repo.path.lower() in repos or bare in names:
                return target
        del orgs
        return None

    def akin(self, one: Target, other: Target) -> bool:
        """Whether two parents are one line by their names: a copy, or one release built on the other."""
        if one.repo is None or other.repo is None:
            return True
        if other.repo.org.lower() == (self._reading.artifact.org or "").lower():
            return True
        first, second = (squeezed(self._names.bare(target.repo.name)[0]) for target in (one, other) if target.repo)
        return first.startswith(second) or second.startswith(first)

    def _inferred(self) -> Relation | None:
        return self._reading.inferred[0] if self._reading.inferred else None

    def _is_self(self, repo: RepoId) -> bool:
        artifact = self._reading.artifact
        own = [one for one in (artifact.repo, RepoId.try_parse(artifact.renamed_from or "")) if one is not None]
        return any(repo.kind is one.kind and self._names.same(repo, one) for one in own)

    def _note(self, kind: FactKind, mention: Mention) -> None:
        """A value that names no parent is worth a fact where a card declares it."""
        if mention.source in ("card", "tags") and mention.kind is RepoKind.MODEL:
            self.facts.append(Fact(kind, mention.value, mention.evidence))

    def _outside(self, mention: Mention, named: Named) -> None:
        """A name that is no repository: an external node, or in the makers' own folders only a fact."""
        last = re.split(r"[/\\]", mention.value.rstrip("/\\"))[-1]
        artifact = self._reading.artifact
        own = artifact.repo.name if artifact.repo else ""
        if mention.source in _PROSE and not named.candidates:
            return
        self._note(FactKind.MALFORMED_BASE, mention)
        if mention.source in _LOOSE and (not named.candidates or squeezed(last) == squeezed(own)):
            if len(last) > 1 and last not in (".", ".."):
                self.facts.append(Fact(FactKind.SUMMARY, f"was loaded from {mention.value}", mention.evidence))
            return
        self.put(mention, named)

    def _words(self, mention: Mention) -> Named | None:
        """A release named in words: the longest beginning of the words that is one."""
        parts = re.split(r"([ \-])", mention.value)
        for end in range(len(parts), 0, -2):
            text = "".join(parts[:end]).strip(" -.")
            found = self._names.release(text) or self._legacy(text)
            if found is not None:
                return Named(found, confidence=Confidence.POSSIBLE, note=f"the bare name of {found.path}")
            series = self._names.series(text)
            if series:
                return Named(candidates=series, note=text)
        return None

    def _legacy(self, text: str) -> RepoId | None:
        found = self._names.book.legacy.get(text.lower())
        return RepoId.try_parse(found) if found else None

    def _key(self, mention: Mention, named: Named) -> str:
        if named.repo is not None:
            return f"{mention.kind}:{self._names.current(named.repo)}"
        if mention.source == "prose-words":
            return f"external:{named.note.lower()}"
        return f"external:{mention.value.rstrip('/').lower()}"

    def _new(self, mention: Mention, named: Named) -> Target:
        if named.repo is not None:
            return Target(str(named.repo), named, named.repo)
        published = named.note if mention.source == "prose-words" else mention.value.strip()
        artifact = self._reading.artifact
        node = Artifact(
            id=f"external:{published}",
            kind=NodeKind.EXTERNAL,
            source=artifact.source,
            as_of=artifact.as_of,
            candidates=named.candidates,
        )
        return Target(node.id, named, node=node)

    def _merge_renames(self) -> None:
        """What the Hub's own list names is where the card's old name leads, if one of each is left over."""
        models = [target for target in self._found.values() if target.repo is not None and not target.is_data]
        listed = [target for target in models if "hub" in target.sources and "card" not in target.sources]
        written = [target for target in models if target.sources & {"card", "tags"} and "hub" not in target.sources]
        written = [
            target
            for target in written
            if any(m.source == "tags" or "base_model" in m.evidence.place for m in target.mentions)
        ]
        if len(listed) != 1 or len(written) != 1 or not any("hub" in target.sources for target in models):
            return
        old, new = written[0], listed[0]
        new.mentions = old.mentions + new.mentions
        self._found = {key: target for key, target in self._found.items() if target is not old}

    def _drop_inherited(self) -> None:
        """A copy carries its original's config and GGUF bases: they name the original's parent, not the copy's."""
        bases = [target for target in self._found.values() if not target.is_data]
        firm = [target for target in bases if target.sources & (DECLARING | {"adapter", "mergekit", "quantizer"})]
        if not firm:
            return
        copies = self._inferred() in _COPIES or any(
            mention.relation in _COPIES for target in firm for mention in target.mentions
        )
        for key, target in list(self._found.items()):
            if target in firm or target.is_data or any(mention.component for mention in target.mentions):
                continue
            if target.sources <= {"gguf"} or (copies and target.sources <= {"config", "gguf"}):
                del self._found[key]
                for mention in target.mentions:
                    says = f"its {mention.evidence.place} names {mention.value}, as that of its original did"
                    self.facts.append(Fact(FactKind.SUMMARY, says, mention.evidence))

    def _drop_prose(self) -> None:
        """Words alone give way to named repositories, and a size that contradicts the model's own to one that fits."""
        models = [(key, target) for key, target in self._found.items() if not target.is_data]
        named = [target for _, target in models if target.sources - {"prose-words", "license-link", "notice"}]
        for key, target in models:
            if (target.sources <= {"prose-words"} and named) or (
                target.sources <= {"license-link"} and (named or not self._may_be_base(target))
            ):
                del self._found[key]
        prose = [
            (key, one) for key, one in self._found.items() if one.sources <= _PROSE and not one.is_data and one.repo
        ]
        fitting = [one for _, one in prose if self._sized(one) is True]
        for key, target in prose:
            if self._sized(target) is False and fitting:
                del self._found[key]

    def _may_be_base(self, target: Target) -> bool:
        """A licence link into another publisher's model repository hints at the base."""
        if target.repo is None or target.repo.org.lower() == (self._reading.artifact.org or "").lower():
            return False
        return self._sized(target) is not False

    def _sized(self, target: Target) -> bool | None:
        own = self._reading.artifact.repo
        if own is None or target.repo is None:
            return None
        ours, theirs = sizes_of(own.name), sizes_of(target.repo.name)
        return bool(ours & theirs) if ours and theirs else None

    def _relate(self, target: Target) -> None:
        """The relation: what the card states, then what the files show, then what the Hub infers."""
        if target.is_data:
            target.relation = Relation.TRAINED_ON
            return
        stated = self._first(target, {"card"}, lambda m: m.relation is not None and "base_model" in m.evidence.place)
        firm = self._first(target, {"adapter", "mergekit", "quantizer"}, lambda m: m.relation is not None)
        part = next((m for m in target.mentions if m.component), None)
        top = self._first(target, {"config"}, lambda m: m.component is None)
        hub = self._first(target, {"hub", "tags"}, lambda m: m.relation is not None)
        said = self._first(target, None, lambda m: m.relation is not None and m.component is None)
        chosen = stated or firm
        if chosen is None and part is not None and top is None:
            target.relation, target.component = Relation.COMPONENT, part.component
            return
        chosen = chosen or hub or said
        if chosen is not None and chosen.relation is not None:
            target.relation = chosen.relation
        if (
            chosen is None or (chosen not in (stated, firm, hub) and target.relation in _WEAK)
        ) and self._reading.inferred:
            relation, reason = self._reading.inferred
            if chosen is None or relation in _COPIES | {Relation.ADAPTER}:
                target.relation, target.reason = relation, reason
        elif chosen is None:
            target.relation = Relation.UNSTATED

    @staticmethod
    def _first(target: Target, sources: set[str] | None, wanted: object) -> Mention | None:
        assert callable(wanted)  # noqa: S101  (a lambda of this file)
        return next((m for m in target.mentions if (sources is None or m.source in sources) and wanted(m)), None)

    def _compose(self) -> None:
        """Several bases of which some are encoders are the parts of a composite, not a merge."""
        stated = any(
            m.source == "card" and m.relation
            for t in self._found.values()
            for m in t.mentions
            if "base_model" in m.evidence.place
        )
        bases = [
            t
            for t in self._found.values()
            if t.is_base() and t.repo is not None and t.sources & (DECLARING | {"notice"})
        ]
        roles = {target.id: self._names.part_role(target.repo) for target in bases if target.repo}
        whole = [target for target in bases if not roles[target.id]]
        if stated or len(bases) < 2 or not whole or len(whole) == len(bases):
            return
        for target in bases:
            target.relation, target.reason = Relation.COMPONENT, None
            target.component = roles[target.id] or "language_model"


def evidences(targets: Iterable[Target]) -> Iterator[Evidence]:
    """All evidence of some parents."""
    for target in targets:
        yield from (mention.evidence for mention in target.mentions)

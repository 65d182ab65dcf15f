"""The parents of one repository while its places are being joined: each once, however it was spelt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from licscan.core.artifact import Artifact, Fact, FactKind, NodeKind
from licscan.core.evidence import Confidence, Evidence
from licscan.core.ids import RepoId, RepoKind
from licscan.core.lineage import Relation
from licscan.extract.mention import Mention, Reading
from licscan.knowledge.families import squeezed
from licscan.lineage.name_resolution import Named, Names

DECLARING = frozenset({"card", "tags", "hub"})
_LOOSE = frozenset({"config", "diffusers", "training", "safetensors", "quantizer"})
"""Kinds of place where a path is most often the maker's own working folder: no parent unless it spells one."""
_WORDS = frozenset({"prose-words", "prose-learnt"})
"""Kinds of place where a release is named in words."""
_PARTS = frozenset({"part", "tool"})
"""Kinds of place where a word without an owner may be a class or a size as well."""
_FLOATING = frozenset({None, "", "main", "master", "HEAD"})
"""No revision in particular."""
IN_WORDS = frozenset({"prose", "prose-words", "prose-learnt", "notice", "recipe", "license-link"})
"""Kinds of place where somebody wrote a name in a text."""


def _is_relative(path: str) -> bool:
    return path.startswith(("./", ".\\")) or not re.search(r"[/\\]", path)


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
    def revisions(self) -> dict[str, Mention]:
        """The revisions that were asked for, surest place first."""
        asked = sorted((one for one in self.mentions if one.revision), key=lambda one: one.confidence.rank)
        found: dict[str, Mention] = {}
        for mention in asked:
            found.setdefault(str(mention.revision), mention)
        return found

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
        self._loose: list[tuple[Mention, Named]] = []
        self.facts: list[Fact] = []

    @property
    def inferred(self) -> Relation | None:
        """The relation that the Hub would infer."""
        return self._reading.inferred[0] if self._reading.inferred else None

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
        if mention.source == "tag-name" and self.inferred is not Relation.MERGE:
            return
        both = mention.value.split("+") if "+" in mention.value else []
        if len(both) > 1 and all("/" in part.strip("/.") for part in both):
            for part in both:
                self.add(replace(mention, value=part.strip()))
            return
        if mention.source == "prose-learnt" and self._put_hosted(mention):
            return
        named = self._named(mention)
        if named is None:
            return
        if named.repo is not None and self._is_self(named.repo):
            self._note(FactKind.DERIVED, mention, str(mention.relation or Relation.UNSTATED))
        elif named.empty:
            self._note(FactKind.MALFORMED_BASE, mention)
        elif named.repo is not None:
            self.put(mention, named)
        else:
            self._outside(mention, named)

    def _named(self, mention: Mention) -> Named | None:
        if mention.source in _WORDS:
            return self._words(mention)
        if mention.source == "head-version":
            candidates = self._names.book.base_versions.get(mention.value, ())
            return Named(candidates=candidates, note="the version of the base") if candidates else None
        return self._names.read(mention.value, mention.kind)

    def _put_hosted(self, mention: Mention) -> bool:
        """A model that is only used over the network taught by what it wrote: an external node of its publisher."""
        name = squeezed(mention.value)
        org = next((org for begins, org in self._names.book.hosted.items() if name.startswith(begins)), None)
        if org is None:
            return False
        target = self.put(replace(mention, relation=Relation.TRAINED_ON), Named(note=mention.value))
        if target.node is not None:
            target.node = replace(target.node, publisher=org)
        return True

    def put(self, mention: Mention, named: Named) -> Target:
        """Keep a mention under the parent that its name was read as."""
        revision = mention.revision or named.revision
        mention = replace(mention, revision=None if revision in _FLOATING else revision)
        key = self._key(mention, named)
        target = self._found.get(key)
        if target is None:
            target = self._found[key] = self._new(mention, named)
        elif named.confidence.rank < target.named.confidence.rank:
            target.named = named
        target.mentions.append(mention)
        return target

    def drop(self, target: Target) -> None:
        """Forget a parent that something surer contradicts."""
        self._found = {key: one for key, one in self._found.items() if one is not target}

    def holder(self, role: str, candidates: Iterable[str]) -> Target | None:
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
        return None

    def akin(self, one: Target, other: Target) -> bool:
        """Whether two parents are one line by their names: a copy, or one release built on the other."""
        if one.repo is None or other.repo is None:
            return True
        if other.repo.org.lower() == (self._reading.artifact.org or "").lower():
            return True
        first, second = (squeezed(self._names.bare(target.repo.name)[0]) for target in (one, other) if target.repo)
        return first.startswith(second) or second.startswith(first)

    def _is_self(self, repo: RepoId) -> bool:
        artifact = self._reading.artifact
        own = [one for one in (artifact.repo, RepoId.try_parse(artifact.renamed_from or "")) if one is not None]
        return any(repo.kind is one.kind and self._names.same(repo, one) for one in own)

    def _note(self, kind: FactKind, mention: Mention, value: str = "") -> None:
        """A value that names no parent, or the model itself, is worth a fact where a card declares it."""
        if mention.source in ("card", "tags") and mention.kind is RepoKind.MODEL:
            self.facts.append(Fact(kind, value or mention.value, mention.evidence))

    def _outside(self, mention: Mention, named: Named) -> None:
        """A name that is no repository: an external node, or in the makers' own folders only a fact."""
        last = re.split(r"[/\\]", mention.value.rstrip("/\\"))[-1]
        artifact = self._reading.artifact
        own = artifact.repo.name if artifact.repo else ""
        if mention.source in IN_WORDS and not named.candidates:
            self._in_words(mention, named)
            return
        self._note(FactKind.MALFORMED_BASE, mention)
        is_word = mention.source in _PARTS and not re.search(r"[/\\]", mention.value)
        if mention.source == "modelfile" and _is_relative(mention.value) and self._has_file(last):
            return
        if (is_word or mention.source in _LOOSE) and (not named.candidates or squeezed(last) == squeezed(own)):
            if len(last) > 1 and last not in (".", ".."):
                self.facts.append(Fact(FactKind.SUMMARY, f"was loaded from {mention.value}", mention.evidence))
                self._loose.append((mention, named))
            return
        self.put(mention, named)

    def keep_loose(self, relation: Relation) -> None:
        """Keep what the model was loaded from, though it is a path of its makers: it is all that is known of its base.

        Args:
            relation: how the model was made from it.
        """
        for mention, named in self._loose:
            if mention.component is None:
                self.put(mention, named).relation = mention.relation or relation

    def _in_words(self, mention: Mention, named: Named) -> None:
        """A recipe in a card may name folders: those of a machine are parents, others often a step's output."""
        if mention.source == "recipe" and mention.relation is Relation.MERGE and re.search(r"[/\\]", mention.value):
            if mention.value.startswith("."):
                self._loose.append((mention, named))
            else:
                self.put(mention, named)

    def _has_file(self, name: str) -> bool:
        """Whether a file of this name lies in the repository."""
        return any(entry.path.rsplit("/", 1)[-1] == name for entry in self._reading.artifact.files or ())

    def _words(self, mention: Mention) -> Named | None:
        """A release named in words: the longest beginning of the words that is one."""
        parts = re.split(r"([ \-])", mention.value)
        for end in range(len(parts), 0, -2):
            text = "".join(parts[:end]).strip(" -.")
            found = self._names.release(text) or self._spelt(text)
            if found is not None:
                return Named(found, confidence=Confidence.POSSIBLE, note=f"the bare name of {found.path}")
            series = self._names.series(text)
            if series:
                return Named(candidates=series, note=text)
        return None

    def _spelt(self, text: str) -> RepoId | None:
        book = self._names.book
        found = book.legacy.get(text.lower()) or book.aliases.get(squeezed(text))
        return RepoId.try_parse(found) if found else None

    def _key(self, mention: Mention, named: Named) -> str:
        if named.repo is not None:
            return f"{mention.kind}:{self._names.current(named.repo)}"
        if mention.source in _WORDS:
            return f"external:{named.note.lower()}"
        return f"external:{mention.value.rstrip('/').lower()}"

    def _new(self, mention: Mention, named: Named) -> Target:
        if named.repo is not None:
            return Target(str(named.repo), named, named.repo)
        published = named.note if mention.source in _WORDS else mention.value.strip()
        artifact = self._reading.artifact
        node = Artifact(
            id=f"external:{published}",
            kind=NodeKind.EXTERNAL,
            source=artifact.source,
            as_of=artifact.as_of,
            candidates=named.candidates,
        )
        return Target(node.id, named, node=node)

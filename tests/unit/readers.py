"""A model in a folder, read and joined as a scan would: no source is faked, the folder is the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from licscan.core.artifact import Fact, FactKind
from licscan.core.ids import RepoId
from licscan.core.lineage import Link, Relation
from licscan.extract.mention import Reading
from licscan.extract.repository import read_repo
from licscan.knowledge import load
from licscan.lineage.link_builder import Joined, join
from licscan.lineage.name_resolution import Names
from licscan.sources.local import Local
from licscan.sources.protocol import RepoInfo

NAMES = Names(load().lineage)


@dataclass(frozen=True)
class Model:
    """What was read of one model, and the links that follow."""

    reading: Reading
    joined: Joined

    @property
    def parents(self) -> dict[str, Link]:
        """Links to parents other than data sets, by the parent's id (`#role` for its own parts)."""
        id = self.reading.artifact.id
        return {
            link.parent.replace(f"{id}#", "#"): link
            for link in self.joined.links
            if link.relation is not Relation.TRAINED_ON
        }

    @property
    def data(self) -> list[str]:
        """The data sets that it was trained on."""
        return [link.parent for link in self.joined.links if link.relation is Relation.TRAINED_ON]

    def facts(self, kind: FactKind) -> list[Fact]:
        """The facts of one kind, those of the joining included."""
        return [fact for fact in (*self.reading.artifact.facts, *self.joined.facts) if fact.kind is kind]

    def candidates(self, id: str) -> tuple[str, ...]:
        """The candidates of an external node or a part."""
        whole = f"{self.reading.artifact.id}{id}" if id.startswith("#") else id
        return next(node.candidates for node in self.joined.extra if node.id == whole)


def model(
    folder: Path, files: Mapping[str, str | bytes], *, name: str = "me/mine", deep: bool = True, **info: Any
) -> Model:
    """Write the files into a folder and read them as the model `name`, with what the Hub would say of it."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    hub = Local(folder, name=name)
    found = hub.repo(RepoId.parse(name))
    assert isinstance(found, RepoInfo)
    reading = read_repo(replace(found, **info), hub, deep=deep)
    return Model(reading, join(reading, NAMES))


def card(front: str, body: str = "") -> dict[str, str | bytes]:
    """A model with nothing but a card."""
    return {"README.md": f"---\n{front}\n---\n{body}"}

"""Measures the readers and the joining against the truth files; the benchmark prints what the tests demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from licscan.core.artifact import Source
from licscan.core.evidence import Gap
from licscan.core.ids import RepoId
from licscan.core.lineage import Link, Relation
from licscan.extract import prose
from licscan.extract.extraction import At
from licscan.extract.mention import Reading
from licscan.extract.repository import read_repo
from licscan.files import parse_toml
from licscan.knowledge import load
from licscan.lineage.link_builder import join
from licscan.lineage.name_resolution import Names
from licscan.sources.catalog import Catalog
from licscan.sources.protocol import RepoInfo

HERE = Path(__file__).parent
Row = tuple[str, str, str]
"""Relation, role, parent."""


@dataclass
class Score:
    """How one kind of source did."""

    found: int = 0
    missed: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)
    """Found with another relation or role."""

    @property
    def recall(self) -> float:
        """Share of the true links that were found, relation and role included."""
        right = self.found - len(self.otherwise)
        return right / max(1, self.found + len(self.missed))

    @property
    def precision(self) -> float:
        """Share of the links that were found and are true, relation and role included."""
        right = self.found - len(self.otherwise)
        return right / max(1, self.found + len(self.invented))


def truth(name: str) -> dict[str, Any]:
    """One of the truth files."""
    return parse_toml((HERE / name).read_text(encoding="utf-8"), name, ValueError)  # type: ignore[arg-type]


def records() -> Iterator[tuple[str, list[list[str]], list[Link]]]:
    """Every model of the truth file, its true parents, and the links that the program finds."""
    catalog, names = Catalog(), Names(load().lineage)
    for id, entry in truth("lineage.toml").items():
        info = catalog.repo(RepoId.parse(id))
        assert not isinstance(info, Gap), f"{id} is not in the catalogue"
        links = join(read_repo(info, catalog, deep=True), names).links
        yield id, entry.get("parents", []), [link for link in links if link.relation is not Relation.TRAINED_ON]


def sentences() -> Iterator[tuple[str, list[list[str]], list[Link]]]:
    """Every sentence of the truth file, its true parents, and the links that the program finds."""
    catalog, names = Catalog(), Names(load().lineage)
    for case in truth("prose.toml")["case"]:
        repo = RepoId.parse(case.get("model", "me/my-model-7B"))
        info = RepoInfo(repo, repo, Source.HUB, card={}, tags=(), files=())
        empty = read_repo(info, catalog, deep=False)
        said = prose.read(case["text"], At(str(repo), None, "README.md"))
        links = join(Reading(empty.artifact, said.mentions, empty.inferred), names).links
        yield case["like"], [["prose", *row] for row in case["parents"]], list(links)


def score(cases: Iterator[tuple[str, list[list[str]], list[Link]]], default: str) -> dict[str, Score]:
    """The score of each kind of source."""
    scores: dict[str, Score] = {}
    for id, wanted, links in cases:
        got = {link.parent.replace(f"{id}#", "#"): (str(link.relation), link.component or "") for link in links}
        by = Counter(row[0] for row in wanted)
        true = {row[3]: row for row in wanted}
        for parent, row in true.items():
            one = scores.setdefault(row[0], Score())
            if parent not in got:
                one.missed.append(f"{id} -> {parent}")
                continue
            one.found += 1
            if got[parent] != (row[1], row[2]):
                one.otherwise.append(f"{id} -> {parent}: {got[parent]} instead of {(row[1], row[2])}")
        for parent in sorted(set(got) - set(true)):
            kind = by.most_common(1)[0][0] if by else default
            scores.setdefault(kind, Score()).invented.append(f"{id} -> {parent}: {got[parent]}")
    return scores


def total(scores: dict[str, Score]) -> Score:
    """All kinds of source together."""
    whole = Score()
    for one in scores.values():
        whole.found += one.found
        whole.missed += one.missed
        whole.invented += one.invented
        whole.otherwise += one.otherwise
    return whole

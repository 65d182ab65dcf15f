"""Lineages in one line: `case("tune <- base", tune="mit", base="llama3")`.

A line is links joined by `;`. A link is `child <- parent` (a fine-tune) or `child <-relation- parent`, for a component
`child <-component:vision_encoder- parent`. Several parents are joined by `+`. A licence is a key of the knowledge,
`a + b` for both at once, `a | b` for a choice, `a ? b` for two sources that disagree, `?name` for a licence that
nobody knows, `none` for a card without a licence, and `gap` for a node that could not be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from licscan.compatibility.doubt import doubts_of
from licscan.compatibility.propagate import Flow, flow
from licscan.compatibility.release import release
from licscan.core.artifact import Artifact, Fact, FactKind, NodeKind
from licscan.core.evidence import Confidence, Evidence, Gap, GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.core.license import (
    Disputed,
    Resolution,
    Resolved,
    Statement,
    Undeclared,
    Unrecognised,
    Unseen,
)
from licscan.core.lineage import Lineage, Link, Relation
from licscan.core.publisher import Publisher
from licscan.core.use import Distribution, Purpose, Role, Use
from licscan.knowledge import load
from licscan.licensing.licensor import others_licenses
from licscan.rule import Case

_LINK = re.compile(r"^\s*(\S+)\s+<-(?:([a-z-]+?)(?::(\w+))?-)?\s+(.+)$")
SHA = "0123456789abcdef0123456789abcdef01234567"


def id_of(name: str, names: Mapping[str, str] | None = None) -> str:
    """The id of a node: as given, or a repository of an organisation of its own."""
    given = (names or {}).get(name, name)
    return given if "/" in given else f"{given}-lab/{given}"


def links_of(line: str, names: Mapping[str, str] | None = None) -> tuple[Link, ...]:
    """The links of a line."""
    found = []
    for part in filter(str.strip, line.split(";")):
        match = _LINK.match(part)
        if match is None:
            continue
        child, relation, component, parents = match.groups()
        for parent in parents.split("+"):
            above = id_of(parent.strip(), names)
            found.append(
                Link(
                    id_of(child, names),
                    above,
                    Relation(relation or "finetune"),
                    component,
                    evidence=(Evidence(id_of(child, names), SHA, "README.md#base_model", above, 3),),
                )
            )
    return tuple(found)


def nodes_of(line: str) -> tuple[str, ...]:
    """The names that stand in a line, the first child first."""
    words: list[str] = []
    for part in filter(str.strip, line.split(";")):
        match = _LINK.match(part)
        words += [match[1], *match[4].split("+")] if match else [part]
    return tuple(dict.fromkeys(word.strip() for word in words))


def resolution(id: str, said: str) -> Resolution:
    """What is known of a licence that is written as the head of this file tells."""
    where = (Evidence(id, SHA, "README.md#license", said, 2),)
    licenses = load().licenses
    if said == "none":
        return Undeclared(looked_for=("README.md#license", "LICENSE"))
    if said == "gap":
        return Unseen()
    if said.startswith("?"):
        return Unrecognised((said[1:],), where)
    if " ? " in said:
        options = tuple(
            Statement(licenses[key].expression, (key,), key, Evidence(id, SHA, f"place{n}", key))
            for n, key in enumerate(said.split(" ? "))
        )
        return Disputed((said,), where, options, options=options)
    sets = tuple(tuple(key.strip() for key in one.split(" + ")) for one in said.split(" | "))
    expression = " OR ".join(" AND ".join(licenses[key].expression for key in one) for one in sets)
    return Resolved((said,), where, (), expression, sets, governs="tag")


def artifact(id: str, said: str, *facts: tuple[FactKind, str]) -> Artifact:
    """A node; data sets begin with `datasets/`, folders with a dot."""
    dataset = id.startswith("datasets/")
    repo = RepoId.try_parse(id.removeprefix("datasets/"), RepoKind.DATASET if dataset else RepoKind.MODEL)
    return Artifact(
        id,
        NodeKind.DATASET if dataset else NodeKind.MODEL,
        repo=None if id.startswith(".") else repo,
        revision=SHA,
        facts=tuple(Fact(kind, value, Evidence(id, SHA, "config.json", value)) for kind, value in facts),
        gap=Gap(id, GapReason.GATED, "asks for access") if said == "gap" else None,
    )


def lineage(
    line: str,
    names: Mapping[str, str] | None = None,
    facts: Mapping[str, tuple[tuple[FactKind, str], ...]] | None = None,
    confidence: Confidence = Confidence.CERTAIN,
    **said: str,
) -> tuple[Lineage, dict[str, Resolution]]:
    """The lineage of a line with its resolutions; a node without a word on its licence has none."""
    nodes = nodes_of(line)
    ids = {name: id_of(name, names) for name in nodes}
    of = {ids[name]: said.get(name, "none") for name in nodes}
    artifacts = [artifact(ids[name], of[ids[name]], *(facts or {}).get(name, ())) for name in nodes]
    links = (replace(link, confidence=confidence) for link in links_of(line, names))
    whole = Lineage.build((ids[nodes[0]],), artifacts, links)
    return whole, {id: resolution(id, word) for id, word in of.items()}


def use_of(record: Mapping[str, Any]) -> Use:
    """A use profile from plain words, spelt as on the command line."""
    known = {key.replace("-", "_"): value for key, value in record.items()}
    return Use(
        purpose=Purpose(known["use"]) if "use" in known else None,
        distributes=frozenset(map(Distribution, known.get("distribute", ()))),
        territories=frozenset(known.get("territory", ())),
        role=Role(known["as"]) if "as" in known else None,
        own=frozenset(known.get("own", ())),
        **{
            key: known[key]
            for key in ("home", "monthly_users", "annual_revenue", "field", "release_as", "release_name")
            if key in known
        },
    )


def publishers_of(whole: Lineage) -> dict[str, Publisher]:
    """The registry's records for the nodes of a lineage."""
    shelf = load().publishers
    return {node.id: shelf[node.org] for node in whole.artifacts.values() if node.org and node.org in shelf}


def flowing(whole: Lineage, resolutions: Mapping[str, Resolution], use: Use | None = None) -> Flow:
    """What the terms come to."""
    knowledge = load()
    return flow(whole, resolutions, knowledge.licenses, use or Use(), publishers_of(whole), knowledge.publishers.named)


def case(line: str, use: Use | None = None, **more: Any) -> Case:
    """The whole case of a line, as the rules see it."""
    whole, resolutions = lineage(line, **more)
    return case_of(whole, resolutions, use or Use())


def case_of(whole: Lineage, resolutions: Mapping[str, Resolution], use: Use) -> Case:
    """The whole case of a lineage."""
    knowledge = load()
    doubts = doubts_of(whole, resolutions, knowledge.licenses)
    whole = doubts.firm
    flowed = flowing(whole, resolutions, use)
    return Case(
        lineage=whole,
        doubts=doubts.found,
        resolutions=resolutions,
        licenses=knowledge.licenses,
        publishers=publishers_of(whole),
        judgements=flowed.judgements,
        burdens=flowed.all,
        use=use,
        release=release(whole, resolutions, knowledge.licenses, flowed, use, knowledge),
        others_licenses=others_licenses(whole, resolutions, publishers_of(whole), use, knowledge),
        today="2026-11-24",
    )

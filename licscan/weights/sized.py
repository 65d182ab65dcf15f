"""Puts on each component of a subject what share of the subject's parameters it has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from licscan.core.evidence import Evidence, Gap
from licscan.core.lineage import Lineage, Link, Relation
from licscan.sources.protocol import Hub, RepoInfo
from licscan.weights.shares import Shares, shares_from_config, shares_of

_CONFIG = "config.json"
_WEIGHTS = (".safetensors", ".gguf")
Root = tuple[str, RepoInfo, Hub]


def with_shares(lineage: Lineage, roots: Iterable[Root]) -> Lineage:
    """The lineage with shares on the component links of its subjects; the same where there are none.

    Exact from the headers of the weights files where they can be read, else an interval from the config's sizes.
    """
    sized: dict[tuple[str, str, str, str], Link] = {}
    for node, info, hub in roots:
        parts = [link for link in lineage.up(node) if link.relation is Relation.COMPONENT and link.component]
        shares = _shares(info, hub) if parts else None
        if shares is not None:
            sized.update((link.key, _with_share(link, shares, info)) for link in parts)
    if not sized:
        return lineage
    links = (sized.get(link.key, link) for link in lineage.links)
    return Lineage.build(lineage.subjects, lineage.artifacts.values(), links)


def _shares(info: RepoInfo, hub: Hub) -> Shares | None:
    if any(entry.path.endswith(_WEIGHTS) for entry in info.files or ()):
        counted = shares_of(info, hub)
        if not isinstance(counted, Gap):
            return counted
    config = _config(info, hub)
    return shares_from_config(config) if config else None


def _config(info: RepoInfo, hub: Hub) -> Mapping[str, Any]:
    content = hub.read(info, _CONFIG)
    if isinstance(content, Gap):
        return {}
    try:
        config = json.loads(content)
    except (ValueError, RecursionError):
        return {}  # the readers have already said that it is malformed
    return config if isinstance(config, dict) else {}


def _with_share(link: Link, shares: Shares, info: RepoInfo) -> Link:
    part = shares.of(str(link.component))
    if part is None:
        return link
    place = _CONFIG if shares.source == "config" else "headers of the weights files"
    how = Evidence(str(info.id), info.revision, place, str(part.how))
    return replace(link, share=part.share, evidence=(*link.evidence, how))

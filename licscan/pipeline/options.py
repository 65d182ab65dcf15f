"""What one scan is asked to do, as one frozen value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from licscan.core.bounds import DEPTH, NODES
from licscan.core.lock import Lock
from licscan.core.use import Use
from licscan.policy import Policy
from licscan.sources.protocol import Hub, RepoInfo

Seen = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """Guards of the crawl; reaching one is a gap in the report."""

    depth: int = DEPTH.value
    """The most links between the subject and a node that is read."""
    nodes: int = NODES.value


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """Everything about a scan but its subject."""

    hub: Hub | None = None
    """The source of facts; None is the Hub itself with the cache of this machine."""
    policy: Policy | None = None
    """None is the neutral default."""
    use: Use | None = None
    """None is the policy's."""
    limits: Limits = field(default_factory=Limits)
    lock: Lock | None = None
    """What to compare with."""
    weights: bool = False
    """Compare the subject's weights with those of its parents and possible parents, `against` and `stores`."""
    against: Sequence[tuple[RepoInfo, Hub]] = ()
    stores: Sequence[Path] = ()
    """Folders of fingerprints."""
    history: bool = False
    """Read how the terms of every repository changed."""
    hashes: bool = False
    """Search every repository of the lineage, and `against`, for equal weights files."""
    lang: str = "en"
    seen: Seen | None = None
    """Told the name of each repository that was asked for."""


class Given(TypedDict, total=False):
    """The options by name, for callers that change a few of them."""

    hub: Hub | None
    policy: Policy | None
    use: Use | None
    limits: Limits
    lock: Lock | None
    weights: bool
    against: Sequence[tuple[RepoInfo, Hub]]
    stores: Sequence[Path]
    history: bool
    hashes: bool
    lang: str
    seen: Seen | None


DEFAULT = ScanOptions()

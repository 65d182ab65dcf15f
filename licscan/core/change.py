"""Licence changes that happened, as the knowledge records them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

_TIGHTER = frozenset({"more_restrictive", "region_blocked", "withdrawn", "closed_successor"})


@dataclass(frozen=True, slots=True)
class LicenseChange:
    """One change of terms by a publisher: in place, from one version to the next, or by withdrawal."""

    id: str
    publisher: str
    orgs: tuple[str, ...]
    artifact: str
    """What changed, in words: a model, a series."""
    kind: str
    """`in_place`, `between_versions`, `withdrawal`, `gating`, `aup_update` or `closed_successor`."""
    direction: str
    """`more_permissive`, `more_restrictive`, `region_blocked`, `withdrawn`, `closed_successor`, ... as recorded."""
    date: str
    """ISO date, or as much of it as is known."""
    before: str
    after: str
    scope: str = "weights"
    repos: tuple[str, ...] = ()
    """Repositories that it concerns, as `fnmatch` patterns; empty where only the series is known."""
    before_keys: tuple[str, ...] = ()
    """Licence keys that held before, where the knowledge has that edition."""
    after_keys: tuple[str, ...] = ()
    days_after_release: int | None = None
    sources: tuple[str, ...] = ()
    evidence: str = ""
    """`repository_history`, `hub_tag` (the tags of both repositories), `stored_page` or `background`."""
    confidence: str = "medium"
    checked: str | None = None
    """ISO date on which somebody last looked."""
    note: str = ""

    def speaks_of(self, repo: str) -> bool:
        """The change concerns this repository, by its patterns or by every word of what it says changed."""
        if any(fnmatchcase(repo.lower(), pattern.lower()) for pattern in self.repos):
            return True
        name = "".join(filter(str.isalnum, repo.rpartition("/")[2].lower()))
        before = self.artifact.partition("->")[0].lower()
        for one in re.split(r"[/,]", before):
            words = ["".join(filter(str.isalnum, word)) for word in one.split()]
            if any(words) and all(word in name for word in words if word):
                return True
        return False

    @property
    def in_place(self) -> bool:
        """The same repository changed, not a successor."""
        return self.kind in {"in_place", "aup_update", "gating", "withdrawal"}

    @property
    def tightened_in_place(self) -> bool:
        """The terms of one and the same repository got tighter: a gate or a withdrawal is another matter."""
        return self.kind == "in_place" and self.tighter

    @property
    def tighter(self) -> bool:
        """Somebody lost a right by it."""
        return self.direction in _TIGHTER

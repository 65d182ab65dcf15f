"""Licence changes that happened, as the knowledge records them."""

from __future__ import annotations

from dataclasses import dataclass

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
    """`repository_history`, `stored_page` or `background`."""
    confidence: str = "medium"
    note: str = ""

    @property
    def in_place(self) -> bool:
        """The same repository changed, not a successor."""
        return self.kind in {"in_place", "aup_update", "gating", "withdrawal"}

    @property
    def tighter(self) -> bool:
        """Somebody lost a right by it."""
        return self.direction in _TIGHTER

"""The official SPDX list: ids, names and flags. No texts; those are recognised by their fingerprints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class SpdxLicense:
    """One entry of the list."""

    id: str
    name: str
    is_osi: bool = False
    """Approved by the Open Source Initiative."""
    is_fsf: bool = False
    """Called free by the Free Software Foundation."""
    is_deprecated: bool = False
    """Still valid in old documents; `now` says what to write."""
    now: str | None = None


class SpdxList:
    """The licences and the exceptions of one edition of the list."""

    def __init__(self, licenses: Mapping[str, Any], exceptions: Mapping[str, Any], version: str) -> None:
        self.version = version
        self.licenses: Mapping[str, SpdxLicense] = MappingProxyType(
            {
                id: SpdxLicense(
                    id,
                    entry["name"],
                    is_osi=bool(entry.get("osi")),
                    is_fsf=bool(entry.get("fsf")),
                    is_deprecated=bool(entry.get("deprecated")),
                    now=entry.get("now"),
                )
                for id, entry in licenses.items()
            }
        )
        self.exceptions: Mapping[str, str] = MappingProxyType(
            {id: str(entry["name"]) for id, entry in exceptions.items()}
        )

    @cached_property
    def _by_small(self) -> Mapping[str, str]:
        return {id.lower(): id for id in self.licenses}

    @cached_property
    def _exceptions_by_small(self) -> Mapping[str, str]:
        return {id.lower(): id for id in self.exceptions}

    def find(self, id: str) -> SpdxLicense | None:
        """A licence by its id, whatever the case of its letters."""
        official = self._by_small.get(id.lower())
        return self.licenses[official] if official else None

    def find_exception(self, id: str) -> str | None:
        """The official spelling of an exception's id, or None."""
        return self._exceptions_by_small.get(id.lower())

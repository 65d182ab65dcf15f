"""Who may grant a node's licence anew: the licensor that the text names, or else the node's publisher."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from licscan.core.license import License
from licscan.core.lineage import Lineage
from licscan.core.publisher import Publisher

FindPublisher = Callable[[str], Publisher | None]


class Owners:
    """Answers who stands behind a node and behind a licence; names of records, or the organisation itself."""

    def __init__(self, lineage: Lineage, publishers: Mapping[str, Publisher], named: FindPublisher | None) -> None:
        self._lineage = lineage
        self._publishers = publishers
        self._named = named
        self._licensors: dict[str, str | None] = {}

    def publisher(self, node: str) -> str | None:
        """Who publishes the node as its own work; None where that is not known, or where it only passes on."""
        record = self._publishers.get(node)
        if record is not None:
            return None if record.passes_on else record.name
        org = self._lineage[node].org
        return f"@{org.lower()}" if org else None

    def licensor(self, node: str, license: License) -> str | None:
        """Who grants this licence at this node."""
        if license.licensor is None:
            return self.publisher(node)
        if license.key not in self._licensors:
            self._licensors[license.key] = self._look_up(license.licensor)
        return self._licensors[license.key] or self._by_words(node, license.licensor)

    def _look_up(self, licensor: str) -> str | None:
        record = self._named(licensor) if self._named else None
        return record.name if record else None

    def _by_words(self, node: str, licensor: str) -> str | None:
        """Without a registry entry: the node's own publisher, if the text names it."""
        record = self._publishers.get(node)
        names = [record.name, record.entity or "", record.parent or ""] if record else [self._lineage[node].org or ""]
        said = _plain(licensor)
        if any(len(plain := _plain(name)) > 1 and plain in said for name in names):
            return self.publisher(node)
        return None


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())

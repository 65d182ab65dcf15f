"""Who may grant a node's licence anew: the licensor that the text names, or else the node's publisher."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from licscan.core.license import License, Resolution, keys_of
from licscan.core.lineage import Lineage
from licscan.core.publisher import Publisher
from licscan.core.use import Use
from licscan.knowledge import Knowledge

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


def others_licenses(
    lineage: Lineage,
    resolutions: Mapping[str, Resolution],
    publishers: Mapping[str, Publisher],
    use: Use,
    knowledge: Knowledge,
) -> frozenset[str]:
    """Licences of the user's own release that neither the user's organisations nor just anybody grants.

    Returns:
        Licence keys; none for an adopter, whose subject is another house's by definition.
    """
    if not use.is_publisher:
        return frozenset()
    owners = Owners(lineage, publishers, knowledge.publishers.named)
    records = [knowledge.publishers[org] for org in use.own if org in knowledge.publishers]
    names = {record.name for record in records}
    found = set()
    for subject in lineage.subjects:
        mine = names | {owners.publisher(subject) or ""}
        for key in keys_of(resolutions[subject]):
            license = knowledge.licenses[key]
            licensor = license.licensor
            if licensor is None or license.reusable or license.text_of is not None or license.is_policy:
                continue
            is_named = any(len(_plain(org)) > 1 and _plain(org) in _plain(licensor) for org in use.own)
            if not is_named and (owners.licensor(subject, license) or "?") not in mine:
                found.add(key)
    return frozenset(found)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())

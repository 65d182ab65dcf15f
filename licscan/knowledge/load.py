"""Opens the knowledge: every part is imported and read when it is first asked for, so that no run pays for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from licscan.files import data_json, data_text

if TYPE_CHECKING:
    from licscan.core.license import License
    from licscan.knowledge.changes import ChangeLog
    from licscan.knowledge.families import LineageBook
    from licscan.knowledge.fingerprints import Fingerprints
    from licscan.knowledge.licenses import LicenseShelf
    from licscan.knowledge.names import NameBook, Named
    from licscan.knowledge.origins import OriginRecord
    from licscan.knowledge.patterns import Pattern
    from licscan.knowledge.presets import PresetShelf
    from licscan.knowledge.publishers import PublisherShelf
    from licscan.knowledge.registry import Registry
    from licscan.knowledge.spdx import SpdxList
    from licscan.knowledge.vocabulary import Vocabulary


class Knowledge:
    """All that the program knows, lazily. One instance serves a whole run; nothing in it ever changes."""

    @cached_property
    def _index(self) -> Mapping[str, Any]:
        return data_json("compiled/licenses.json")  # type: ignore[no-any-return]

    @cached_property
    def _records(self) -> tuple[str, ...]:
        return tuple(data_text("compiled/licenses_records.jsonl").splitlines())

    @property
    def version(self) -> str:
        """The version of the data files, printed in every report."""
        return str(self._index["version"])

    @cached_property
    def licenses(self) -> LicenseShelf:
        """Every licence edition by key."""
        from licscan.knowledge.licenses import LicenseShelf

        return LicenseShelf(
            self._index["lines"], lambda: self._records, lambda: self.spdx, self._index.get("vocabulary")
        )

    @cached_property
    def terms(self) -> Vocabulary:
        """The closed vocabulary of terms with plain sentences."""
        from licscan.knowledge.vocabulary import vocabulary_from

        return vocabulary_from(data_json("compiled/terms.json"))

    @cached_property
    def spdx(self) -> SpdxList:
        """The official SPDX list."""
        from licscan.knowledge.spdx import SpdxList

        return SpdxList(
            data_json("spdx/licenses.json"), data_json("spdx/exceptions.json"), data_text("spdx/VERSION").strip()
        )

    @cached_property
    def names(self) -> NameBook:
        """The Hub's licence ids, the names of cards and the known addresses."""
        from licscan.knowledge.names import NameBook

        return NameBook(self._index)

    @cached_property
    def publishers(self) -> PublisherShelf:
        """Who publishes, and who owns the publisher."""
        from licscan.knowledge.publishers import PublisherShelf

        return PublisherShelf(data_json("compiled/publishers.json"))

    @cached_property
    def changes(self) -> ChangeLog:
        """Licence changes that happened."""
        from licscan.knowledge.changes import ChangeLog

        return ChangeLog(data_json("compiled/changes.json"))

    @cached_property
    def origins(self) -> OriginRecord:
        """The public record about where parts of models come from."""
        from licscan.knowledge.origins import OriginRecord

        return OriginRecord(data_json("compiled/origins.json"), data_json("compiled/parts.json"))

    @cached_property
    def presets(self) -> PresetShelf:
        """Policies about control that can be loaded by name."""
        from licscan.knowledge.presets import PresetShelf

        return PresetShelf(data_json("compiled/presets.json"))

    @cached_property
    def fingerprints(self) -> Fingerprints:
        """The hashes by which licence texts are recognised."""
        from licscan.knowledge.fingerprints import read as read_fingerprints

        return read_fingerprints()

    @cached_property
    def lineage(self) -> LineageBook:
        """Families of models, well-known releases, and how people write names."""
        from licscan.knowledge.families import LineageBook

        return LineageBook(data_json("compiled/lineage.json"))

    @cached_property
    def registry(self) -> Registry:
        """Known models by what others show of themselves."""
        from licscan.knowledge.registry import shared

        return shared()

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """Kinds of sentences that bind, for texts that nobody has read."""
        from licscan.knowledge.patterns import patterns_from

        return patterns_from(data_json("compiled/patterns.json"), self._index.get("vocabulary", {}))

    def hub_id(self, id: str) -> Named | None:
        """What a licence id of the Hub means; None where the Hub never had it."""
        return self.names.hub_id(id)

    def alias(self, name: str) -> Named | None:
        """What a `license_name` means; None where nobody knows the name."""
        return self.names.alias(name)

    def link(self, address: str) -> Named | None:
        """What a `license_link` leads to, by its address alone."""
        return self.names.link(address)

    def by_expression(self, id: str) -> License | None:
        """The licence with this SPDX or `LicenseRef-` id, whatever the case of its letters; None where unknown."""
        key = self._index["expressions"].get(id.lower())
        if key is None:
            listed = self.spdx.find(id)
            if listed is not None and listed.is_deprecated and listed.now:
                return self.by_expression(listed.now.partition(" WITH ")[0])
            key = listed.id.lower() if listed else None
        return self.licenses[key] if key else None

    def family(self, name: str) -> tuple[License, ...]:
        """Every licence of a family, in the order of their keys."""
        return tuple(self.licenses[key] for key in self._index["families"].get(name, ()))

    @property
    def families(self) -> tuple[str, ...]:
        """The names of all families, in order."""
        return tuple(self._index["families"])

    def editions(self, series: str) -> tuple[License, ...]:
        """The editions that follow each other under one name, oldest first."""
        return tuple(self.licenses[key] for key in self._index["series"].get(series, ()))


@cache
def load() -> Knowledge:
    """The knowledge that is shipped with the program."""
    return Knowledge()

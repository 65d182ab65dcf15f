"""Opens the knowledge: every part is read when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property

from licscan.core.license import License
from licscan.files import data_json
from licscan.knowledge.licenses import LicenseShelf


class Knowledge:
    """All that the program knows, lazily. One instance serves a whole run; nothing in it ever changes."""

    @cached_property
    def version(self) -> str:
        """The version of the data files, printed in every report."""
        return str(data_json("compiled/licenses.json")["version"])

    @cached_property
    def licenses(self) -> Mapping[str, License]:
        """Every licence edition by key."""
        return LicenseShelf(data_json("compiled/licenses.json")["licenses"])


@cache
def load() -> Knowledge:
    """The knowledge that is shipped with the program."""
    return Knowledge()

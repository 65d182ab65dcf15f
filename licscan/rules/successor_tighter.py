"""The successor of a part came under tighter terms, or is closed.

## What it looks at
Known changes from one version to the next by the publisher of a part, where the part is under the older terms.

## Why it matters
Fixes and support will come under the new terms, or not at all.

## Example
The next generation of the base is offered as a service only.

## What to do
Name a second source, and plan for staying on the old version.

## Limits
The old version keeps its own terms; nothing here changes what was already granted.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.change import LicenseChange
from licscan.core.evidence import Evidence
from licscan.core.finding import Severity, Topic
from licscan.core.license import Category, keys_of
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


def _is_meant(node: str, change: LicenseChange, keys: set[str], case: Case) -> bool:
    """A licence of the publisher's own names its series; a standard one needs the model's name as well."""
    shared = keys & set(change.before_keys)
    own = any(not case.licenses[key].is_standard for key in shared if key in case.licenses)
    return own or (bool(shared) and change.speaks_of(node))


_FREE = frozenset({Category.PERMISSIVE, Category.PUBLIC_DOMAIN})


@lineage_rule("successor-tighter", "the successor came under tighter terms", Severity.LOW, topic=Topic.CHANGE)
def successor_tighter(case: Case) -> Iterator[Hit]:
    """One hit for each known change from a version that is in the lineage."""
    told: set[str] = set()
    for node in case.upstream():
        keys = set(keys_of(case.resolutions[node])) if node in case.resolutions else set()
        for change in case.changes_of(node):
            older = (case.lineage[node].created or "")[: len(change.date)] <= change.date
            relevant = not change.in_place and change.tighter and older and _is_meant(node, change, keys, case)
            if not relevant or change.id in told:
                continue
            told.add(change.id)
            yield Hit(
                node,
                text(
                    "{artifact}: {before}, then {after} ({date})",
                    artifact=change.artifact,
                    before=change.before,
                    after=change.after,
                    date=change.date,
                ),
                evidence=(Evidence(node, None, change.id, ", ".join(change.sources)),),
                remedies=(remedies.SECOND_SOURCE, remedies.PIN),
                severity=Severity.INFO if _is_free(node, case) else None,
            )


def _is_free(node: str, case: Case) -> bool:
    """What was taken is under a free licence, which no successor changes."""
    licenses = case.licenses_of(node)
    return bool(licenses) and all(one.category in _FREE for one in licenses)

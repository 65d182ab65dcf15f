"""Which licence was in force on a day, from the known changes of a repository."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from licscan.core.change import LicenseChange
from licscan.core.evidence import Confidence, Evidence
from licscan.core.license import Resolution, Resolved
from licscan.core.lineage import Lineage
from licscan.knowledge import Knowledge


def in_force(
    resolutions: Mapping[str, Resolution],
    lineage: Lineage,
    knowledge: Knowledge,
    at: str | None,
    dated: Collection[str] = (),
) -> dict[str, Resolution]:
    """The resolutions as they were on the day `at` (ISO); the same where nothing is known to have changed since.

    `dated` are nodes that were read at a revision of that day already: what they say there stands.
    """
    if at is None:
        return dict(resolutions)
    made = dict(resolutions)
    for node in resolutions:
        change = None if node in dated else _first_after(node, lineage, knowledge, at)
        if change is not None and change.before_keys:
            made[node] = _as_before(resolutions[node], change, lineage[node].revision, node, knowledge)
    return made


def _first_after(node: str, lineage: Lineage, knowledge: Knowledge, at: str) -> LicenseChange | None:
    """The first change in place after the day, where the facts of the node are younger than the change."""
    seen = lineage[node].as_of
    return next(
        (
            change
            for change in knowledge.changes.at(node)
            if change.in_place and change.date > at and (seen is None or seen >= change.date)
        ),
        None,
    )


def _as_before(
    now: Resolution, change: LicenseChange, revision: str | None, node: str, knowledge: Knowledge
) -> Resolved:
    license = knowledge.licenses[change.before_keys[0]]
    says = f"{change.before} until {change.date}, then {change.after} ({change.id}: {', '.join(change.sources)})"
    seen = Evidence(node, revision, "known change of terms", says)
    return Resolved(
        declared=now.declared,
        evidence=(seen, *now.evidence),
        statements=now.statements,
        expression=license.expression,
        alternatives=(change.before_keys,),
        confidence=Confidence.LIKELY,
        governs="history",
    )

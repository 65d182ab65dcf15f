"""Findings become causes: what one source, one licence and one topic explain together is told once, worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

from licscan.core.artifact import NodeKind
from licscan.core.cause import Cause, Consequence
from licscan.core.evidence import Confidence
from licscan.core.finding import Finding, RuleInfo, Severity, Topic
from licscan.core.lineage import Lineage
from licscan.core.remedies import BY_COST
from licscan.core.text import Text

_WAYS_OUT = 3
_TOLD = 4
"""Consequences that are told beside the sentence of a cause; the findings have all."""
_BY_LICENSE = frozenset({Topic.OUTBOUND, Topic.USE, Topic.CHANGE, Topic.POLICY})
"""Topics in which one licence is one cause, however many nodes stand under it and however many rules it meets."""
_BY_RULE = frozenset({Topic.LICENSE, Topic.ACCESS})
"""Topics in which the same missing fact of several nodes is one cause."""
_FIRST = frozenset({Topic.ORIGIN, Topic.OUTBOUND})
"""Parts of undeclared origin and contradictions with the stated release are told first, unless they are harmless."""


def causes_of(findings: Sequence[Finding], rules: Iterable[RuleInfo], lineage: Lineage) -> tuple[Cause, ...]:
    """The causes behind the findings that were not set aside.

    Args:
        findings: as the policy left them, worst first.
        rules: every rule that was asked; its topic says which findings belong together.
        lineage: of the subject that was scanned.

    Returns:
        Causes, worst first: what is critical, then undeclared parts and contradictions with the release, then limits of
        use, then what is not known, last what the subject's own licence brings with it.
    """
    by_rule = {one.id: one for one in rules}
    groups: dict[tuple[str, str], list[int]] = {}
    for place, finding in enumerate(findings):
        if finding.waived is None and finding.rule in by_rule:
            groups.setdefault(_key(finding, by_rule[finding.rule].topic), []).append(place)
    causes = [_cause(key, places, findings, by_rule, lineage) for key, places in groups.items()]
    return tuple(sorted(causes, key=lambda one: _rank(one, lineage)))


def _source(finding: Finding) -> str:
    return finding.path[-1] if finding.path else finding.subject


def _key(finding: Finding, topic: Topic) -> tuple[str, str]:
    """What the findings of one cause have in common: a licence, a missing fact, or the node at the root."""
    if finding.license is not None and topic in _BY_LICENSE:
        return "terms", finding.license
    if topic in _BY_RULE:
        return topic, finding.rule
    return topic, f"{finding.rule} {finding.subject}" if topic is Topic.POLICY else _source(finding)


def _cause(
    key: tuple[str, str],
    places: list[int],
    findings: Sequence[Finding],
    rules: Mapping[str, RuleInfo],
    lineage: Lineage,
) -> Cause:
    found = [findings[place] for place in places]
    worst = found[0]
    source = _source(worst)
    nodes = dict.fromkeys(node for one in found for node in (one.subject, *one.also))
    return Cause(
        id=f"{key[0]}-{sha256(key[1].encode()).hexdigest()[:12]}",
        title=worst.message,
        topic=rules[worst.rule].topic,
        severity=worst.severity,
        confidence=worst.confidence,
        part=_part(source, lineage),
        source=source,
        license=worst.license,
        clause=worst.clause,
        nodes=tuple(nodes),
        path=worst.path or (worst.subject,),
        findings=tuple(places),
        consequences=tuple(_consequences(found, rules)),
        remedies=_ways_out(found),
    )


def _part(source: str, lineage: Lineage) -> str | None:
    if source not in lineage or lineage[source].kind is not NodeKind.COMPONENT:
        return None
    return next((link.component for link in lineage.down(source) if link.component), None)


def _consequences(found: Sequence[Finding], rules: Mapping[str, RuleInfo]) -> Iterator[Consequence]:
    """What the other rules add, each rule and clause once; what is mere information adds nothing."""
    told = {(found[0].rule, found[0].clause)}
    for one in found[1:]:
        key = (one.rule, one.clause)
        if key not in told and one.severity is not Severity.INFO and len(told) <= _TOLD:
            told.add(key)
            yield Consequence(one.rule, rules[one.rule].title, one.clause)


def _ways_out(found: Sequence[Finding]) -> tuple[Text, ...]:
    """The ways out of the worst finding, then of the others; of equal weight the cheapest first."""
    known = {remedy: place for place, remedy in enumerate(BY_COST)}
    worst = [one for one in found if one.severity is found[0].severity]
    offered = dict.fromkeys(remedy for one in (worst or found) for remedy in one.remedies)
    return tuple(sorted(offered, key=lambda remedy: known.get(remedy, -1)))[:_WAYS_OUT]


_ORDER = (
    Topic.USE,
    Topic.LICENSE,
    Topic.UNREAD,
    Topic.POLICY,
    Topic.CHANGE,
    Topic.CONTROL,
    Topic.ACCESS,
    Topic.ORIGIN,
    Topic.OUTBOUND,
)


def _rank(cause: Cause, lineage: Lineage) -> tuple[bool, bool, int, int, int, int, str]:
    matters = cause.severity.rank <= Severity.MEDIUM.rank
    own = cause.source in lineage.subjects and cause.topic in {Topic.CHANGE, Topic.CONTROL, Topic.ACCESS}
    group = 0 if cause.topic in _FIRST and matters else 2 if own else 1
    doubtful = cause.confidence is Confidence.POSSIBLE
    return (
        cause.severity is not Severity.CRITICAL,
        not matters,
        group,
        cause.severity.rank,
        int(doubtful),
        _ORDER.index(cause.topic),
        cause.id,
    )

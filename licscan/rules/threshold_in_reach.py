"""A threshold of users or revenue is crossed, near, or cannot be judged without your figures.

## What it looks at
Conditions of commercial use in every licence that binds the subject (monthly users, revenue, hosting, resale) against
the figures of the use profile.

## Why it matters
At the threshold the licence ends or changes for you, without any act of the licensor.

## Example
A base model that is free up to a number of monthly users, in a product with more.

## What to do
Give your figures (`--monthly-users`, `--annual-revenue`), watch them every year, and get a separate licence in time.

## Limits
Some thresholds look at one fixed day, others at any time; some count affiliates. The clause is cited so that you can
see which.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import Reason, ReasonKind
from licscan.core.license import Term
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("threshold-in-reach", "a threshold can be crossed", Severity.MEDIUM, topic=Topic.USE)
def threshold_in_reach(case: Case) -> Iterator[Hit]:
    """Critical where it is crossed, high where it is near, medium where a commercial user has not given the figure."""
    for burden in case.burdens:
        provision = burden.provision
        is_grant = provision.term is Term.COMMERCIAL_USE and provision.value != "no"
        if burden.unsettled or not (is_grant or provision.limits):
            continue
        for reason in burden.standing:
            yield Hit(
                burden.source,
                text("{subject}: {what}", subject=burden.path[0], what=reason.says),
                case.evidence_of(burden.source)[:2],
                (remedies.THRESHOLDS, remedies.CONTRACT),
                severity=_severity(reason),
                confidence=burden.certainty,
                clause=reason.clause,
                license=burden.license,
                path=burden.path,
                same=f"{burden.license} {reason.says}",
            )


def _severity(reason: Reason) -> Severity:
    if reason.kind is ReasonKind.BREACH:
        return Severity.CRITICAL
    if reason.kind is ReasonKind.UNSETTLED:
        return Severity.MEDIUM
    return Severity.HIGH if reason.near else Severity.INFO

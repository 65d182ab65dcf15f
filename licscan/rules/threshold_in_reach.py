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
from licscan.core.judgement import Burden, Reason, ReasonKind
from licscan.core.license import Term
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_NEAR = 2
"""Within half of the threshold."""


@lineage_rule("threshold-in-reach", "a threshold can be crossed", Severity.MEDIUM, topic=Topic.USE)
def threshold_in_reach(case: Case) -> Iterator[Hit]:
    """Critical where it is crossed, high where it is near, medium where a commercial user has not given the figure."""
    for burden in case.burdens:
        if burden.provision.term is not Term.COMMERCIAL_USE or burden.provision.value == "no" or burden.unsettled:
            continue
        for reason in burden.standing:
            severity = _severity(reason, burden, case)
            yield Hit(
                burden.source,
                text("{subject}: {what}", subject=burden.path[0], what=reason.says),
                case.evidence_of(burden.source)[:2],
                (remedies.THRESHOLDS, remedies.CONTRACT),
                severity=severity,
                confidence=burden.certainty,
                clause=reason.clause,
                license=burden.license,
                path=burden.path,
                same=f"{burden.license} {reason.says}",
            )


def _severity(reason: Reason, burden: Burden, case: Case) -> Severity:
    if reason.kind is ReasonKind.BREACH:
        return Severity.CRITICAL
    if reason.kind is ReasonKind.UNSETTLED:
        return Severity.MEDIUM
    return Severity.HIGH if _is_near(burden, case) and not reason.needs else Severity.INFO


def _is_near(burden: Burden, case: Case) -> bool:
    figures = {"mau_over": case.use.monthly_users, "revenue_over": case.use.annual_revenue}
    return any(
        one.threshold is not None and (given := figures.get(one.type)) is not None and given * _NEAR >= one.threshold
        for one in burden.provision.conditions
    )

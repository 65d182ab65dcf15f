"""A use policy binds by its address, and can change there without a trace.

## What it looks at
Licences that bind the subject and take a use policy in by its address.

## Why it matters
The page can change any day, and with it what you may do with weights that you took long ago.

## Example
A community licence whose acceptable use policy stands on the licensor's site.

## What to do
Keep a dated copy of the page with its hash, and ask for the policy of your day in writing where the use is near its
edges.

## Limits
Whether a later version binds earlier takers depends on the text and on the law; texts that say "as updated" are
reported as high.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.license import Term
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("use-policy-by-url", "a use policy binds by its address", Severity.MEDIUM, topic=Topic.CHANGE)
def use_policy_by_url(case: Case) -> Iterator[Hit]:
    """One finding for each licence; high where the text says that the policy binds as updated."""
    for burden in case.burdens:
        policy = burden.provision
        if policy.term is not Term.USE_POLICY or burden.unsettled:
            continue
        if not any(one.type == "mutable" for one in policy.conditions) or policy.value.startswith("embedded_exhibit"):
            continue
        license = case.licenses[burden.license]
        as_updated = license[Term.UNILATERAL_CHANGE].value == "via_aup"
        yield Hit(
            burden.source,
            text(
                "{where} takes in a use policy that can change without a commit: {address}"
                if policy.says
                else "{where} takes in a use policy that can change without a commit",
                where=case.cited(license.key, policy),
                address=policy.says or "",
            ),
            case.evidence_of(burden.source)[:2],
            (remedies.ARCHIVE, remedies.CONTRACT),
            severity=Severity.HIGH if as_updated else None,
            confidence=burden.certainty,
            clause=policy.clause,
            license=burden.license,
            path=burden.path,
            same=burden.license,
        )

"""A licence that your policy denies, does not allow, or wants to look at.

## What it looks at
Every licence that binds the subject, against `[licenses]` of the policy file: SPDX ids, licence keys, kinds of
licence and patterns.

## Why it matters
Your house decided which licences it takes. This is where the decision meets the lineage.

## Example
`denied = ["non-commercial"]`, and a component under CC-BY-NC.

## What to do
Replace the part, or have an exception recorded as a waiver with a reason and an owner.

## Limits
Nothing is reported as long as the policy has no such lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.license import License
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule(
    "license-not-allowed", "a licence that the policy denies or does not allow", Severity.HIGH, topic=Topic.POLICY
)
def license_not_allowed(case: Case) -> Iterator[Hit]:
    """High for denied and for not allowed, medium for what is to be looked at."""
    lists = case.lists
    if not (lists.allowed or lists.denied or lists.review):
        return
    seen = {(burden.license, burden.source): burden.path for burden in reversed(case.burdens)}
    for subject in case.lineage.subjects:
        seen.update({(one.key, subject): (subject,) for one in case.licenses_of(subject)})
    for (key, source), path in sorted(seen.items()):
        license = case.licenses[key]
        if _is_in(license, lists.denied):
            message, severity = text("the policy denies {license}", license=license.name), Severity.HIGH
        elif _is_in(license, lists.review):
            message, severity = text("the policy wants to look at {license}", license=license.name), Severity.MEDIUM
        elif lists.allowed and not _is_in(license, lists.allowed):
            message, severity = text("the policy does not allow {license}", license=license.name), Severity.HIGH
        else:
            continue
        yield Hit(
            source,
            message,
            case.evidence_of(source)[:1],
            (remedies.SWAP, remedies.EXCEPTION),
            severity=severity,
            license=key,
            path=path,
            same=f"{key} {severity}",
        )


def _is_in(license: License, words: Iterable[str]) -> bool:
    names = {license.key.lower(), license.expression.lower(), license.category.value}
    return any(fnmatchcase(name, word.lower()) for word in words for name in names)

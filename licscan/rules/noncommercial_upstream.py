"""Non-commercial terms reach the subject.

## What it looks at
Every licence that binds the subject, its own included, whose text refuses commercial use; and the stated use.

## Why it matters
Commercial use without a grant is infringement and breach, whatever the model in between says of itself.

## Example
A product built on a merge, one of whose parents is under CC-BY-NC.

## What to do
Replace the part, get a commercial licence from its licensor, or keep the use non-commercial.

## Limits
What counts as commercial is each text's own question. Where the licence frees the outputs and only outputs are
distributed, nothing is reported. Training data are `dataset-terms`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.dependence import part_name
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import Burden, ReasonKind
from licscan.core.license import Term
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("noncommercial-upstream", "non-commercial terms reach the subject", Severity.MEDIUM, topic=Topic.USE)
def noncommercial_upstream(case: Case) -> Iterator[Hit]:
    """Critical against a commercial use; one finding for each licence."""
    for burden in case.burdens:
        provision = burden.provision
        if provision.term is not Term.COMMERCIAL_USE or provision.value != "no" or burden.unsettled:
            continue
        severity = _severity(burden, case)
        if severity is None:
            continue
        yield Hit(
            burden.source,
            text(
                "{where} allows no commercial use, and it binds {subject} in its part {part}"
                if burden.part
                else "{where} allows no commercial use, and it binds {subject}",
                where=case.cited(burden.license, provision),
                subject=burden.path[0],
                part=part_name(burden.part),
            ),
            case.evidence_of(burden.source),
            (remedies.SWAP, remedies.CONTRACT),
            severity=severity,
            confidence=burden.certainty,
            clause=provision.clause,
            license=burden.license,
            path=burden.path,
            same=burden.license,
        )


def _severity(burden: Burden, case: Case) -> Severity | None:
    if any(one.kind is ReasonKind.BREACH for one in burden.standing):
        return Severity.CRITICAL
    if case.use.purpose is None:
        return Severity.MEDIUM if len(burden.path) > 1 else Severity.LOW
    # A commercial use that the clause does not touch (only outputs), or one that it allows.
    return Severity.MEDIUM if case.is_commercial and not burden.standing else Severity.INFO

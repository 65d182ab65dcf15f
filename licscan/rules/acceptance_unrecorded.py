"""A licence that is accepted by a click or on request, without a record of who accepted what.

## What it looks at
Repositories above the subject that are gated, and licences whose text foresees acceptance by a click, a form or an
application.

## Why it matters
Acceptance makes a contract, which binds even where weights are no protected work. Later somebody has to show which
text was accepted, when, by whom, for which company.

## Example
A gated base model that an engineer accepted under a private account.

## What to do
Record account, company, date and the hash of the text.

## Limits
The record itself is outside what a scan can see; waive the rule for repositories whose acceptance is on file.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.license import Category, Term
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule

_ASKED = frozenset({"click_or_use", "agree", "application"})

_FREE = frozenset({Category.PERMISSIVE, Category.PUBLIC_DOMAIN})


@lineage_rule("acceptance-unrecorded", "acceptance by click or form, no record", Severity.LOW, topic=Topic.ACCESS)
def acceptance_unrecorded(case: Case) -> Iterator[Hit]:
    """Medium for a gated repository, unless a form is all and its licence a free one; one finding for each."""
    for node in case.upstream():
        artifact = case.lineage[node]
        gated = artifact.gated in {"auto", "manual"}
        licenses = case.licenses_of(node)
        free = artifact.gated == "auto" and bool(licenses) and all(one.category in _FREE for one in licenses)
        asked = [one.name for one in licenses if one[Term.ACCEPTANCE].value in _ASKED]
        if gated:
            message = text("{node} is gated: its terms are accepted with an account", node=node)
        elif asked:
            message = text("{license} foresees acceptance by a click, a form or use", license=", ".join(asked))
        else:
            continue
        yield Hit(
            node,
            message,
            case.evidence_of(node)[:1],
            (remedies.ACCEPTANCE,),
            severity=(Severity.INFO if free else Severity.MEDIUM) if gated else None,
            same=("gated, free" if free else "gated") if gated else "click",
        )

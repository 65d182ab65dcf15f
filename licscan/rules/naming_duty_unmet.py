"""A name that a licence prescribes is missing.

## What it looks at
Licences that ask a derived model's name to begin with certain words, for the ways of making it that they list,
against the name under which the model goes out.

## Why it matters
The name is a condition of the grant, and the one that everybody can check from outside.

## Example
A fine-tune of a model whose licence asks for a family name first, called `Acme-7B-Chat`.

## What to do
Rename the model so that it begins with the prescribed words (`--release-name` tests one).

## Limits
Blanks, dashes and letter case do not count. Notices such as "Built with ..." on a website cannot be seen; they are
listed among the obligations.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core.finding import Severity, Topic
from licscan.core.judgement import ReasonKind
from licscan.core.license import Term
from licscan.core.lineage import Link
from licscan.core.text import text
from licscan.rule import Case, Hit, link_rule


@link_rule("naming-duty-unmet", "a prescribed name is missing", Severity.MEDIUM, topic=Topic.OUTBOUND)
def naming_duty_unmet(link: Link, case: Case) -> Iterator[Hit]:
    """The subject's name is the user's own matter; an ancestor's is only worth knowing."""
    judgement = case.judgements[link.key]
    for reason in judgement.reasons:
        if reason.kind is not ReasonKind.BREACH or reason.term is not Term.NAMING:
            continue
        license = str(reason.license)
        prefix = case.licenses[license][Term.NAMING].says or ""
        subject = link.child in case.lineage.subjects
        yield Hit(
            link.child,
            text("{node}: {what}", node=link.child, what=reason.says),
            (*case.evidence_of(link.parent)[:1], *link.evidence[:1]),
            (text("let the name begin with '{prefix}'", prefix=prefix),),
            severity=None if subject else Severity.INFO,
            confidence=judgement.confidence,
            clause=reason.clause,
            license=license,
            cause=link.parent,
            same=license,
        )

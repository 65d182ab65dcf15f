"""Two licences above the subject demand different first words of its name.

## What it looks at
Every naming duty that reaches the subject.

## Why it matters
A name has one beginning: both duties cannot be met, so one of the parents has to go or has to agree.

## Example
A merge of two models whose licences each ask for their own family name at the beginning.

## What to do
Leave one of the parents out, or get a written exception from one of the licensors.

## Limits
Where one prescribed beginning contains the other, both can be met, and nothing is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.license import Term
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("naming-clash", "two parents demand different first words", Severity.HIGH, topic=Topic.OUTBOUND)
def naming_clash(case: Case) -> Iterator[Hit]:
    """One finding for each pair of licences."""
    nearest = {
        (burden.path[0], burden.license): burden
        for burden in sorted(case.burdens, key=lambda one: (-len(one.path), one.source))
        if burden.provision.term is Term.NAMING and burden.provision.says and len(burden.path) > 1
    }
    for (subject, one), (other_subject, other) in combinations(sorted(nearest), 2):
        first, second = nearest[(subject, one)], nearest[(other_subject, other)]
        words = _plain(str(first.provision.says)), _plain(str(second.provision.says))
        if subject != other_subject or words[0].startswith(words[1]) or words[1].startswith(words[0]):
            continue
        yield Hit(
            subject,
            text(
                "{one} ({clause}) wants the name to begin with '{word}', {other} ({other_clause}) with '{other_word}'",
                one=case.name_of(one),
                clause=first.provision.clause or "?",
                word=first.provision.says,
                other=case.name_of(other),
                other_clause=second.provision.clause or "?",
                other_word=second.provision.says,
            ),
            (*case.evidence_of(first.source)[:1], *case.evidence_of(second.source)[:1]),
            (remedies.SWAP, remedies.CONTRACT),
            confidence=max(first.certainty, second.certainty, key=lambda sure: sure.rank),
            clause=first.provision.clause,
            license=one,
            path=first.path,
        )


def _plain(words: str) -> str:
    return "".join(letter for letter in words.lower() if letter.isalnum())

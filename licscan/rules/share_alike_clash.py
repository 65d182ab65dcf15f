"""Two licences above the subject each want the whole under their own terms.

## What it looks at
Every share-alike term that reaches the subject's weights as a whole, and what the texts or their stewards count as
compatible.

## Why it matters
Each text asks that the whole goes out under itself. No licence of the whole can meet both, so the work may not be
distributed at all.

## Example
A merge of one model under a share-alike Creative Commons licence and another under a licence that asks for itself.

## What to do
Leave one of the parents out, or get another licence for it.

## Limits
A part that keeps its own licence does not clash. Whether a share-alike made for software or texts reaches weights at
all is argued; the finding takes the text at its word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.judgement import Burden
from licscan.core.license import Term
from licscan.core.text import text
from licscan.knowledge.flowtable import FlowTable, table
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule(
    "share-alike-clash", "two parents each want the whole under their own licence", Severity.HIGH, topic=Topic.OUTBOUND
)
def share_alike_clash(case: Case) -> Iterator[Hit]:
    """One finding for each pair of licences."""
    law = table()
    demands = {
        (burden.path[0], case.licenses[burden.license].expression): burden
        for burden in sorted(case.burdens, key=lambda one: (-len(one.path), one.source))
        if _is_whole(burden, case, law)
    }
    yield from _added(demands, case, law)
    for (subject, one), (other_subject, other) in combinations(sorted(demands), 2):
        if subject != other_subject or other in law.compatible.get(one, ()) or one in law.compatible.get(other, ()):
            continue
        first, second = demands[(subject, one)], demands[(subject, other)]
        yield Hit(
            subject,
            text(
                "{one} ({clause}) and {other} ({other_clause}) each ask that the whole goes out under them",
                one=case.name_of(first.license),
                clause=first.provision.clause or "?",
                other=case.name_of(second.license),
                other_clause=second.provision.clause or "?",
            ),
            (*case.evidence_of(first.source)[:1], *case.evidence_of(second.source)[:1]),
            (remedies.SWAP, remedies.CONTRACT),
            confidence=max(first.certainty, second.certainty, key=lambda sure: sure.rank),
            clause=first.provision.clause,
            license=first.license,
            path=first.path,
        )


def _added(demands: Mapping[tuple[str, str], Burden], case: Case, law: FlowTable) -> Iterator[Hit]:
    """A share-alike text to which nothing may be added, and a licence beside it that restricts."""
    beside = {(burden.path[0], burden.license): burden for burden in reversed(case.burdens) if _is_beside(burden, case)}
    for (subject, expression), share in sorted(demands.items()):
        clause = law.no_further.get(expression)
        for (other_subject, key), other in sorted(beside.items()):
            license = case.licenses[key]
            if clause is None or subject != other_subject or (subject, license.expression) in demands:
                continue  # two share-alike texts are told by the pair below
            if not law.binds_by_more(license, case.licenses[share.license]):
                continue
            yield Hit(
                subject,
                text(
                    "{one} ({clause}) lets nothing be added to it, and {other} restricts: no release can keep both",
                    one=case.name_of(share.license),
                    clause=clause,
                    other=license.name,
                ),
                (*case.evidence_of(share.source)[:1], *case.evidence_of(other.source)[:1]),
                (remedies.SWAP, remedies.CONTRACT),
                confidence=max(share.certainty, other.certainty, key=lambda sure: sure.rank),
                clause=clause,
                license=share.license,
                path=share.path,
            )


def _is_beside(burden: Burden, case: Case) -> bool:
    return len(burden.path) > 1 and not burden.unsettled and not burden.part and burden.license in case.licenses


def _is_whole(burden: Burden, case: Case, law: FlowTable) -> bool:
    whole = burden.provision.term is Term.SHARE_ALIKE and burden.provision.value in law.share_alike["whole"]
    embedded = bool(burden.part) and burden.provision.value not in law.share_alike["component"]
    return whole and len(burden.path) > 1 and not embedded and not burden.unsettled and burden.license in case.licenses

"""The tokenizer comes from another publisher.

## What it looks at
What the tokenizer's files name as their origin, where that is another account than the subject's.

## Why it matters
A tokenizer ties a model to its vocabulary's owner less than weights do; some policies still want to know.

## Example
A model trained in-house uses the vocabulary of an older open model.

## What to do
Train a tokenizer of your own where the policy asks for it, or document the re-use.

## Limits
Vocabularies have common ancestors: equal tokens show an ancestor, not a lineage between two models.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import FactKind
from licscan.core.finding import Severity, Topic
from licscan.core.ids import RepoId
from licscan.core.stance import Exposure
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("inherited-tokenizer", "the tokenizer comes from another publisher", Severity.INFO, topic=Topic.ORIGIN)
def inherited_tokenizer(case: Case) -> Iterator[Hit]:
    """The subjects' tokenizer facts that name somebody else."""
    for subject in case.lineage.subjects:
        own = case.lineage[subject].org
        for fact in case.lineage[subject].facts_of(FactKind.TOKENIZER):
            named = RepoId.try_parse(fact.value)
            if named is None or not named.org or (own and named.org.lower() == own.lower()):
                continue
            publisher = case.publisher_of(named)
            answer = case.stance.on(Exposure.TOKENIZER, publisher)
            yield Hit(
                subject,
                text(
                    "the tokenizer comes from {value} of {who}; {asked}",
                    value=fact.value,
                    who=case.who(publisher),
                    asked=case.stance.asked(Exposure.TOKENIZER, answer=answer),
                ),
                evidence=(fact.evidence,),
                remedies=(remedies.TOKENIZER, remedies.DOCUMENT),
                severity=case.stance.severity(Exposure.TOKENIZER, answer) if publisher else Severity.INFO,
            )

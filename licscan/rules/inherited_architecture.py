"""The subject uses an architecture that others use as well.

## What it looks at
Architecture classes and model types in the configuration of the subject that belong to a known family.

## Why it matters
It mostly does not: re-use of an architecture is no lineage, and policies that ask for own weights allow it. It is told
so that nobody mistakes it for more.

## Example
A model trained in-house uses the Llama architecture for the sake of tooling.

## What to do
Document the re-use.

## Limits
Sameness of an architecture, of sizes or of settings never shows that weights were taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import FactKind
from licscan.core.evidence import Confidence
from licscan.core.finding import Severity, Topic
from licscan.core.origin import Match
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule(
    "inherited-architecture",
    "an architecture that others use as well",
    Severity.INFO,
    Confidence.POSSIBLE,
    topic=Topic.ORIGIN,
)
def inherited_architecture(case: Case) -> Iterator[Hit]:
    """The subjects' architecture facts, and what was published about likeness of settings."""
    for subject in case.lineage.subjects:
        found = case.lineage[subject].facts_of(FactKind.ARCHITECTURE)
        if found:
            names = ", ".join(dict.fromkeys(fact.value for fact in found))
            yield Hit(
                subject,
                text("architecture {names}: re-use of an architecture alone is no lineage", names=names),
                evidence=tuple(fact.evidence for fact in found),
                remedies=(remedies.DOCUMENT,),
            )
    for seen in case.origin_evidence:
        if seen.match is Match.ARCH_ONLY and not seen.withdrawn and seen.node in case.lineage:
            yield Hit(
                seen.node,
                text(
                    "settings like those of {reference} were named ({evidence}); not shown to be derived: {says}",
                    reference=seen.of,
                    evidence=seen.words,
                    says=seen.told,
                ),
                evidence=seen.evidences,
                remedies=(remedies.DOCUMENT, remedies.COMPARE),
            )

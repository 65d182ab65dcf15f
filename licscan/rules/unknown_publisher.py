"""Weights come from an account that the registry does not know.

## What it looks at
The accounts above the subject whose weights are inside and behind which the registry knows nobody, the subject's own
apart.

## Why it matters
Nobody can say who could change or stop the use, or whom to ask.

## Example
The base model is on a personal account without a name.

## What to do
Ask who it is and add a record to the policy file, or build on a base whose publisher is known.

## Limits
Unknown stays unknown: no country is guessed from names, languages or time zones.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.stance import Answer, Exposure
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule("unknown-publisher", "a publisher that is not identified", Severity.LOW, topic=Topic.CONTROL)
def unknown_publisher(case: Case) -> Iterator[Hit]:
    """One hit for each account that nobody knows; one step worse where the weights begin there."""
    told: set[str] = set()
    answer = case.stance.exposures.get(Exposure.UNKNOWN, Answer.SILENT)
    for one in case.dependences:
        artifact = case.lineage[one.link.parent]
        account = artifact.org or artifact.id
        if (one.publisher is not None and one.publisher.is_identified) or account.lower() in told:
            continue
        told.add(account.lower())
        begins = not case.lineage.up(artifact.id)
        severity = case.stance.severity(Exposure.UNKNOWN, answer)
        yield Hit(
            artifact.id,
            text(
                "nobody is known behind the account {account}, and the subject has {part} that begin there; {asked}"
                if begins
                else "nobody is known behind the account {account}, and the subject has {part} from it; {asked}",
                account=account,
                part=one.part,
                asked=case.stance.asked(Exposure.UNKNOWN, answer=answer),
            ),
            evidence=one.evidence,
            remedies=(remedies.CORRECT, remedies.ASK, remedies.SWAP),
            severity=severity if begins else severity.raised(-1),
            path=one.path,
        )

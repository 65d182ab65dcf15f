"""A release of one's own stands under the licence of another house, and names no model of that house.

## What it looks at
The licence that the user's own release carries (card and files), who grants it, and the models above the release.

## Why it matters
A house grants its licence for its own models. Whoever puts that text beside weights either built on such a model, whose
terms then bind and which the card does not name, or took the wrong text. Until it is known which, nobody can judge.

## Example
A folder holds the Llama 3.1 Community License and a config, and its card names no base model.

## What to do
Name the base on the card. If there is none, put a licence of your own in the place of the text. If the house is yours,
say so: `[use] own` in licscan.toml.

## Limits
Texts that others use for works of their own (standard licences, RAIL templates) are never reported. Where a model of
that house is above the release, other rules judge whether its terms are kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.finding import Severity, Topic
from licscan.core.text import text
from licscan.rule import Case, Hit, lineage_rule


@lineage_rule(
    "license-of-another-house",
    "another house's licence, and no base model of that house",
    Severity.HIGH,
    topic=Topic.ORIGIN,
)
def license_of_another_house(case: Case) -> Iterator[Hit]:
    """Each licence of the subjects that only another house grants, where no model under it is above."""
    for subject in case.lineage.subjects:
        above = {license.family for node in case.lineage.upstream_of(subject) for license in case.licenses_of(node)}
        for license in case.licenses_of(subject):
            if license.key not in case.others_licenses or license.family in above:
                continue
            yield Hit(
                subject,
                text(
                    "{license} is granted by {licensor} for its own models, and nothing names the model that "
                    "{subject} was made from",
                    license=license.name,
                    licensor=license.licensor,
                    subject=subject,
                ),
                case.evidence_of(subject)[:3],
                (
                    text("name the base model on the card"),
                    text("put a licence of your own in its place, if there is no such base"),
                    remedies.COMPARE,
                ),
                license=license.key,
                leaves_open=True,
            )

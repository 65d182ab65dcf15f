"""A licence name or text that the knowledge does not have, or whose terms nobody has read.

## What it looks at
Names and texts that were found and could not be matched to a known edition, with the nearest known ones; and licences
that are known by name only.

## Why it matters
Terms that nobody has read can hold anything: a non-commercial limit, a user threshold, a right to change the terms.
A known name over another text is the usual way in which such terms are missed.

## Example
`license: other` with `license_name: acme-community` and a LICENSE file that resembles a known licence with two
sentences added.

## What to do
Read the text, or have it read. `licscan identify FILE` shows where it differs from the nearest edition. Then record
what it is in the policy file.

## Limits
Only how near a text is to a known one is shown; what the differing sentences mean is for a reader to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core.artifact import Artifact
from licscan.core.finding import Severity, Topic
from licscan.core.license import License, Resolved, Term, Unrecognised
from licscan.core.text import Text, text
from licscan.rule import Case, Hit, artifact_rule


@artifact_rule(
    "unrecognised-license", "a licence that the knowledge does not have", Severity.MEDIUM, topic=Topic.LICENSE
)
def unrecognised_license(artifact: Artifact, case: Case) -> Iterator[Hit]:
    """What was found and not recognised; and, milder, what is known by name only."""
    resolution = case.resolutions[artifact.id]
    if isinstance(resolution, Unrecognised):
        yield Hit(
            artifact.id,
            _says(artifact.id, resolution),
            resolution.evidence,
            (
                text("read the text; `licscan identify FILE` shows how it differs from the nearest known edition"),
                text("once you know, correct it in licscan.toml: [[curate]]"),
            ),
        )
    elif isinstance(resolution, Resolved):
        for license in case.licenses_of(artifact.id):
            if _is_unread(license):
                yield Hit(
                    artifact.id,
                    text("nobody has read what {license} says about commercial use", license=license.name),
                    resolution.evidence,
                    (text("read the text before you rely on it"),),
                    severity=Severity.LOW,
                    license=license.key,
                    same=license.key,
                )


def _says(node: str, resolution: Unrecognised) -> Text:
    declared = " / ".join(f"“{one}”" for one in dict.fromkeys(resolution.declared))
    says = text("{declared}", declared=declared) if declared else text("its licence text")
    near = ", ".join(f"{key} {similarity:.0%}" for key, similarity in resolution.nearest[:3])
    if near:
        return text("{node}: {says} is no licence that is known here; nearest: {near}", node=node, says=says, near=near)
    if resolution.candidates:
        names = ", ".join(resolution.candidates)
        return text("{node}: {says} may mean any of {names}; nothing says which", node=node, says=says, names=names)
    return text("{node}: {says} is no licence that is known here", node=node, says=says)


def _is_unread(license: License) -> bool:
    return not license[Term.COMMERCIAL_USE].is_known and not license.osi_approved

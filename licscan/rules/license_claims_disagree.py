"""Card, file and prose of one repository name different licences.

## What it looks at
Everything that a repository says about its licence as a whole: the tag, the name, the link, the files, prose, and
licence keys inside weights files.

## Why it matters
One of them is wrong. The text governs before the tag, but users read the tag; and a licensor can point to whichever
suits.

## Example
A card tagged `apache-2.0` beside a LICENSE file with a community licence.

## What to do
For your own model: make them agree. For somebody else's: ask, and work under the stricter one until there is an
answer.

## Limits
Licences of a named part (code, a component) are not held against the licence of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core import remedies
from licscan.core.artifact import Artifact, ClaimKind
from licscan.core.finding import Severity, Topic
from licscan.core.license import Disputed, Resolved, Statement
from licscan.core.text import Text, joined, text
from licscan.rule import Case, Hit, artifact_rule


@artifact_rule("license-claims-disagree", "card, file and prose disagree", Severity.MEDIUM, topic=Topic.LICENSE)
def license_claims_disagree(artifact: Artifact, case: Case) -> Iterator[Hit]:
    """High where the licences that are named differ in kind."""
    resolution = case.resolutions[artifact.id]
    if not isinstance(resolution, Resolved | Disputed):
        return
    options = resolution.options if isinstance(resolution, Disputed) else ()
    said = [one for one in (*resolution.statements, *options) if _speaks(one, options)]
    by_text: dict[frozenset[str], Statement] = {}
    for statement in said:
        by_text.setdefault(_expressions(statement, case), statement)
    governing = {frozenset(_expression(key, case) for key in one) for one in getattr(resolution, "alternatives", ())}
    apart = {words: one for words, one in by_text.items() if not any(words <= whole for whole in governing)}
    if not apart or (not governing and len(apart) < 2):
        return
    every = list(by_text.values())
    kinds = {case.licenses[key].category for one in every for key in one.keys if key in case.licenses}
    differ = len(kinds) > 1 or any(one.restricts or one.unknown for one in every)
    yield Hit(
        artifact.id,
        text(
            "{node} names different licences: {claims}",
            node=artifact.id,
            claims=joined([_claim(one, case) for one in every]),
        ),
        tuple(dict.fromkeys(one.evidence for one in every)),
        (remedies.ASK, text("until then, keep to the stricter of them"), remedies.CONTRACT),
        severity=Severity.HIGH if differ else None,
    )


def _speaks(statement: Statement, options: tuple[Statement, ...]) -> bool:
    """It says something of the whole; a sentence counts where it was found to speak against the rest."""
    if statement.kind == ClaimKind.PROSE:
        return statement in options
    return bool(statement.keys) and not statement.part and not _is_policy(statement)


def _is_policy(statement: Statement) -> bool:
    return statement.identity is not None and statement.identity.result == "use-policy"


def _expression(key: str, case: Case) -> str:
    return case.licenses[key].expression if key in case.licenses else key


def _expressions(statement: Statement, case: Case) -> frozenset[str]:
    if not statement.keys:
        return frozenset({statement.says})
    return frozenset(_expression(key, case) for key in statement.keys)


def _claim(statement: Statement, case: Case) -> Text:
    if statement.restricts or not statement.keys:
        return text("{place} says “{words}”", place=statement.evidence.place, words=statement.says)
    names = " + ".join(case.name_of(key) for key in statement.keys)
    return text("{place} says {names}", place=statement.evidence.place, names=names)

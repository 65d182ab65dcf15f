"""The scales: claims that were read are weighed against each other, text before words, and never chosen among."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from licscan.core.artifact import Artifact, ClaimKind, NodeKind
from licscan.core.evidence import Confidence, Evidence
from licscan.core.license import (
    Disputed,
    Resolution,
    Resolved,
    Statement,
    Undeclared,
    Unrecognised,
    Unseen,
)
from licscan.knowledge import Knowledge
from licscan.licensing.claims import BESIDE, TEXTS, Read
from licscan.licensing.expression import join, parse
from licscan.licensing.prose_weight import against_prose

_WEIGHTS = frozenset({"weights", "model"})
_ROLES = (
    "adapter",
    "audio_encoder",
    "controlnet",
    "image_encoder",
    "language_model",
    "prior",
    "text_encoder",
    "transformer",
    "unet",
    "vae",
    "vision_encoder",
    "vocoder",
)
"""Parts that hold weights of the whole: their licence holds beside the main one."""
_LOOKED_FOR = ("README.md#license", "README.md#license_name", "tags", "LICENSE*", "COPYING*", "*.gguf#general.license")


def as_published(reads: Sequence[Read]) -> tuple[str, ...]:
    """As published: the words of the card and the weight files, or else the headings of the texts."""
    words = [one.claim.text for one in reads if one.claim.kind not in TEXTS | BESIDE | {ClaimKind.PROSE}]
    words = words or [one.claim.text for one in reads if one.claim.kind is ClaimKind.PROSE]
    return tuple(dict.fromkeys(words or [one.statement.says for one in reads if one.claim.kind in TEXTS]))


@dataclass(frozen=True, slots=True)
class Case:
    """A node with all that was said about it."""

    artifact: Artifact
    statements: tuple[Statement, ...]
    declared: tuple[str, ...]
    knowledge: Knowledge
    unread: bool
    """There is a licence file that nobody could read."""
    is_silence_unsure: bool = False
    """A place where the licence may stand could not be read."""

    def common(self, deciding: Iterable[Statement] = ()) -> tuple[tuple[str, ...], tuple[Evidence, ...]]:
        """What every resolution carries: the words as published, and the evidence, what decided first."""
        places = [one.evidence for one in (*deciding, *self.statements)]
        return self.declared, tuple(dict.fromkeys(places))

    def meaning(self, statement: Statement) -> tuple[str, ...]:
        """The keys of a statement, with the licence whose text a publisher's record uses in its place."""
        licenses = self.knowledge.licenses
        return tuple(sorted({licenses[key].text_of or key for key in statement.keys}))


def decide(case: Case, reads: Sequence[Read]) -> Resolution:
    """What holds for the whole, with the parts that hold weights of it."""
    whole = [one for one in reads if one.claim.kind not in BESIDE and _is_whole(one.claim.part)]
    prose = [one for one in whole if one.claim.kind is ClaimKind.PROSE]
    firm = [one for one in whole if one.claim.kind is not ClaimKind.PROSE]
    parts = [one for one in reads if one.claim.kind not in BESIDE and one.claim.part.split("/")[0].startswith(_ROLES)]
    if all(one.is_empty for one in whole) and not parts:
        return _nothing(case, reads)  # `other` without a name declares nothing
    main = None
    if any(not one.is_empty for one in firm):
        main = against_prose(_weigh(case, firm), [one.statement for one in prose], case.knowledge)
    elif whole:
        main = _weigh(case, whole)
    found = [one for one in (main, *_by_part(case, parts)) if one is not None]
    return _together(case, found)


def _is_whole(part: str) -> bool:
    return part == "" or part.lower() in _WEIGHTS


def _by_part(case: Case, parts: Sequence[Read]) -> list[Resolution]:
    names = sorted({one.claim.part for one in parts})
    return [_weigh(case, [one for one in parts if one.claim.part == name]) for name in names]


def _nothing(case: Case, reads: Sequence[Read]) -> Resolution:
    """Nobody speaks of the weights."""
    declared, evidence = case.common()
    elsewhere = [one for one in reads if one.claim.kind in TEXTS and one.claim.part != "code"]
    if elsewhere:
        keys = tuple(sorted({key for one in elsewhere for key in one.statement.keys}))
        return Unrecognised(declared, evidence, case.statements, candidates=keys)
    is_read = case.artifact.gap is None and case.artifact.kind in {NodeKind.MODEL, NodeKind.DATASET}
    if not is_read or case.unread or case.is_silence_unsure:
        return Unseen(declared, evidence, case.statements)
    return Undeclared(declared, evidence, case.statements, looked_for=_LOOKED_FOR)


def _weigh(case: Case, reads: Sequence[Read]) -> Resolution:
    """The texts decide where there are any; otherwise the words."""
    texts = [one for one in reads if one.claim.kind in TEXTS]
    weights = [one for one in texts if one.claim.part.lower() in _WEIGHTS]
    governing = [one for one in weights or texts if one.is_known or _is_text_of_its_own(one)]
    words = [one for one in reads if one.claim.kind not in TEXTS]
    if governing:
        return _by_text(case, governing, words)
    return _by_words(case, words or reads)


def _is_text_of_its_own(one: Read) -> bool:
    """An unknown text counts where it is put forward as the licence; a page or a form may be anything."""
    if one.is_empty:
        return False
    result = one.statement.identity.result if one.statement.identity else "none"
    if result == "use-policy":
        return False
    return one.claim.kind is ClaimKind.FILE or result != "none"


def _by_text(case: Case, governing: Sequence[Read], words: Sequence[Read]) -> Resolution:
    unknown = [one for one in governing if not one.is_known]
    known = _distinct(case, [one for one in governing if one.is_known])
    if len(known) == 1 and not unknown:
        agree = all(case.meaning(one.statement) == case.meaning(known[0].statement) for one in words if one.is_known)
        return _resolved(case, known[0], doubt=not agree)
    if known:
        return _disputed(case, [*known, *unknown])
    several = [one for one in unknown if one.statement.identity and one.statement.identity.result == "multiple"]
    if several:
        return _disputed(case, [_spread(one, case) for one in several])
    return _unrecognised(case, unknown, words)


def _spread(one: Read, case: Case) -> Read:
    """A file of several licences: each of them may hold."""
    identity = one.statement.identity
    keys = tuple(sorted({key for key, _, _ in identity.parts if key in case.knowledge.licenses})) if identity else ()
    return Read(one.claim, restated(one.statement, keys=keys))


def _by_words(case: Case, words: Sequence[Read]) -> Resolution:
    said = [one for one in words if not one.is_empty]
    firm = [one for one in said if one.claim.kind is not ClaimKind.PROSE]
    known = _agreed(case, [one for one in firm if one.is_known])
    open_ = [one for one in firm if not one.is_known and one.statement.candidates]
    foreign = [one for one in firm if not one.is_known and not one.statement.candidates]
    if len(known) > 1:
        return _disputed(case, known)
    if not known and not open_ and not foreign:
        prose = _distinct(case, [one for one in said if one.is_known])
        return _resolved(case, prose[0]) if len(prose) == 1 and not case.unread else _unrecognised(case, said, words)
    if not known:
        return _unrecognised(case, [*open_, *foreign], words)
    against = [one for one in open_ if not set(known[0].statement.keys) & set(one.statement.candidates)]
    if against:
        return _disputed(case, [known[0], *against])
    if any(_is_against(one, known[0]) for one in foreign):
        return _unrecognised(case, foreign, known)
    return _resolved(case, known[0], doubt=bool(foreign))


def _is_against(foreign: Read, known: Read) -> bool:
    """An unknown id or name speaks against a known licence; but a name is free text where its link leads to one."""
    if foreign.claim.kind is ClaimKind.NAME:
        return known.claim.kind is not ClaimKind.LINK
    return foreign.claim.kind is ClaimKind.TAG


def _distinct(case: Case, reads: Sequence[Read]) -> list[Read]:
    """One of each meaning, in order."""
    found: dict[tuple[object, ...], Read] = {}
    for one in reads:
        found.setdefault((case.meaning(one.statement), _shown(case, one.statement)), one)
    return list(found.values())


def _shown(case: Case, statement: Statement) -> str:
    """Tells `A OR B` from `A AND B`; one licence is the same however it is spelled."""
    return statement.expression or "" if len(case.meaning(statement)) > 1 else ""


def _agreed(case: Case, reads: Sequence[Read]) -> list[Read]:
    """Distinct meanings, without those that only guess where another one knows."""
    distinct = _distinct(case, reads)
    certain = {key for one in distinct if not one.statement.candidates for key in one.statement.keys}
    kept = [
        one
        for one in distinct
        if not (one.statement.candidates and certain & set(one.statement.candidates))
        or set(one.statement.keys) <= certain
    ]
    return kept or distinct


def _resolved(case: Case, one: Read, *, doubt: bool = False) -> Resolved:
    declared, evidence = case.common((one.statement,))
    statement = one.statement
    parsed = parse(statement.expression or "", case.knowledge) if len(statement.keys) > 1 else None
    confidence = statement.confidence
    if (doubt or (case.unread and one.claim.kind not in TEXTS)) and confidence is Confidence.CERTAIN:
        confidence = Confidence.LIKELY
    return Resolved(
        declared,
        evidence,
        case.statements,
        expression=statement.expression or "",
        alternatives=parsed.alternatives if parsed else (statement.keys,),
        confidence=confidence,
        governs=one.claim.kind.value,
    )


def _disputed(case: Case, reads: Sequence[Read]) -> Disputed:
    options = tuple(restated(one.statement, keys=one.statement.keys or one.statement.candidates) for one in reads)
    declared, evidence = case.common(options)
    return Disputed(declared, evidence, case.statements, options=options)


def _unrecognised(case: Case, reads: Sequence[Read], others: Sequence[Read]) -> Unrecognised:
    declared, evidence = case.common(one.statement for one in reads)
    nearest: dict[str, float] = {}
    for one in reads:
        identity = one.statement.identity
        if identity is None:
            continue
        for key, similarity in (*((identity.key, identity.similarity),), *identity.candidates):
            if key:
                nearest[key] = max(nearest.get(key, 0.0), similarity)
    keys = {key for one in (*reads, *others) for key in (*one.statement.keys, *one.statement.candidates)}
    return Unrecognised(
        declared,
        evidence,
        case.statements,
        nearest=tuple(sorted(nearest.items(), key=lambda one: (-one[1], one[0]))),
        candidates=tuple(sorted(keys)),
    )


def _together(case: Case, found: Sequence[Resolution]) -> Resolution:
    """The whole and its weight-bearing parts: their licences hold together."""
    if len(found) == 1:
        return found[0]
    resolved = [one for one in found if isinstance(one, Resolved)]
    if len(resolved) < len(found):
        return next(one for one in found if not isinstance(one, Resolved))
    rows = product(*(one.alternatives for one in resolved))
    first = resolved[0]
    return Resolved(
        first.declared,
        first.evidence,
        case.statements,
        expression=join(one.expression for one in resolved),
        alternatives=tuple(dict.fromkeys(tuple(sorted({key for keys in row for key in keys})) for row in rows)),
        confidence=max((one.confidence for one in resolved), key=lambda one: one.rank),
        governs=first.governs,
    )


def restated(
    statement: Statement, *, keys: tuple[str, ...] | None = None, evidence: Evidence | None = None
) -> Statement:
    """The same statement with other keys or from another place."""
    return replace(
        statement,
        keys=statement.keys if keys is None else keys,
        evidence=statement.evidence if evidence is None else evidence,
    )

"""One claim, read by itself: which licence it names, and how surely."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from licscan.core.artifact import Artifact, Claim, ClaimKind
from licscan.core.evidence import Confidence
from licscan.core.license import Change, Identity, Statement
from licscan.identification.text_diff import binds
from licscan.knowledge import Knowledge
from licscan.knowledge.names import Meaning, Named
from licscan.licensing.expression import parse
from licscan.licensing.prose_claims import understand

Identify = Callable[[str], Identity]

TEXTS = frozenset({ClaimKind.FILE, ClaimKind.LINKED, ClaimKind.PASTED})
"""Claims that are a licence text: they govern."""
BESIDE = frozenset({ClaimKind.NOTICE, ClaimKind.POLICY})
"""Texts that go along with a licence and are none."""
_PRODUCT = re.compile(r"[a-z][A-Z]|[A-Za-z]-?\d|\d[A-Za-z]")
"""Names of products are written like this (ChatGLM-6B, DeepFloyd), the words of the law are not."""
_A_WORD = 160
"""A licence file shorter than this is a name or an address, not a text."""


@dataclass(frozen=True, slots=True)
class Read:
    """A claim with what it comes to."""

    claim: Claim
    statement: Statement
    is_empty: bool = False
    """It points elsewhere or says that the licence is none of the list."""
    by_context: bool = False
    """The repository's name or date settled it, or could have."""

    @property
    def is_known(self) -> bool:
        """It names licences that the knowledge has."""
        return bool(self.statement.keys)


def read(claim: Claim, artifact: Artifact, knowledge: Knowledge, identify: Identify | None) -> Read:
    """What one claim says, by its kind."""
    if claim.kind in TEXTS | BESIDE:
        return _text(claim, artifact, knowledge, identify)
    if claim.kind is ClaimKind.PROSE:
        return _clause(claim, artifact, knowledge)
    return _word(claim, claim.text, artifact, knowledge)


def _clause(claim: Claim, artifact: Artifact, knowledge: Knowledge) -> Read:
    """A clause of a card or form: the licences that it names, or what it withholds."""
    said = understand(claim.text, knowledge)
    if len(said.names) == 1 and said.names[0].meaning is not Meaning.FAMILY:
        found = _named(claim, said.names[0], artifact, knowledge)
        return replace(found, statement=replace(found.statement, restricts=said.restricts))
    candidates = tuple(sorted({key for named in said.names for key in named.keys}))
    statement = replace(_state(claim, candidates=candidates), restricts=said.restricts, unknown=said.unknown)
    return Read(claim, statement, said.is_empty)


def _text(claim: Claim, artifact: Artifact, knowledge: Knowledge, identify: Identify | None) -> Read:
    if claim.kind is not ClaimKind.POLICY and len(claim.text) <= _A_WORD:
        return _word(claim, claim.text.strip(" \t\r\n#*=-."), artifact, knowledge)
    identity = identify(claim.text) if identify is not None else None
    if identity is None:
        return Read(claim, _state(claim))
    key = identity.key
    candidates = tuple(one for one, _ in identity.candidates)
    if key is None or not is_sure(identity):
        return Read(claim, _state(claim, identity=identity, candidates=candidates or ((key,) if key else ())))
    confidence = Confidence.CERTAIN if identity.result == "exact" else Confidence.LIKELY
    license = knowledge.licenses[key]
    statement = _state(claim, license.expression, (key,), confidence, identity=identity, candidates=candidates)
    return Read(claim, statement)


def is_sure(identity: Identity) -> bool:
    """Whether the terms of the edition may be taken for the terms of the text.

    A text with a changed sentence that touches a term, with one added that binds, or without one that the edition
    has, sets terms that nobody has written up: naming the edition would hide them. A sentence that names
    another product is of another licence, however alike the two are.
    """
    if identity.result == "exact":
        return True
    altered = any(map(_alters, identity.changes))
    return identity.result in {"near", "modified-standard"} and not altered


def _alters(change: Change) -> bool:
    if change.kind == "added":
        return bool(change.terms) or binds(change.theirs)
    return bool(change.terms) or change.kind == "removed" or _PRODUCT.search(change.theirs) is not None


def _word(claim: Claim, text: str, artifact: Artifact, knowledge: Knowledge) -> Read:
    """A name, an id, an address or an expression."""
    found = _meaning(text.strip(), claim.kind is ClaimKind.TAG, knowledge)
    if isinstance(found, Named):
        return _named(claim, found, artifact, knowledge)
    if found is None:
        is_pointer = claim.kind is ClaimKind.LINK and "://" not in claim.text
        return Read(claim, _state(claim), is_empty=is_pointer or not text.strip())
    expression, keys, candidates = found
    return Read(claim, _state(claim, expression if keys else None, keys, candidates=candidates))


@lru_cache(maxsize=4096)
def _meaning(
    text: str, is_tag: bool, knowledge: Knowledge
) -> Named | tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """What the words mean: a name, or an expression with the keys that may hold."""
    if "://" in text or text.lower().startswith("www."):
        return knowledge.link(text) or _spdx_page(text, knowledge)
    first, second = (knowledge.hub_id, knowledge.alias) if is_tag else (knowledge.alias, knowledge.hub_id)
    if named := first(text) or second(text):
        return named
    parsed = parse(text.removeprefix("license:").strip(), knowledge)
    if parsed is None:
        return None
    keys = tuple(sorted({key for together in parsed.alternatives for key in together}))
    return (parsed.text, keys, ()) if keys else None


def _spdx_page(address: str, knowledge: Knowledge) -> Named | None:
    """Addresses that end in the id of an SPDX licence, on the list's own site."""
    if "spdx.org/licenses/" not in address.lower():
        return None
    id = address.rstrip("/").rpartition("/")[2].removesuffix(".html").removesuffix(".json")
    license = knowledge.by_expression(id)
    return Named(Meaning.EXACT, (license.key,)) if license else None


def _named(claim: Claim, named: Named, artifact: Artifact, knowledge: Knowledge) -> Read:
    if named.meaning is Meaning.NOTHING:
        return Read(claim, _state(claim), is_empty=True)
    if named.meaning is Meaning.FAMILY:
        return Read(claim, _state(claim, candidates=named.keys))
    if named.key is not None:
        return Read(claim, _state(claim, knowledge.licenses[named.key].expression, (named.key,), _surety(claim)))
    key, confidence, left = settle(named, artifact, knowledge)
    if key is None:
        return Read(claim, _state(claim, candidates=left), by_context=True)
    expression = knowledge.licenses[key].expression
    candidates = left if len(left) > 1 else ()
    return Read(claim, _state(claim, expression, (key,), confidence, candidates=candidates), by_context=True)


def settle(named: Named, artifact: Artifact, knowledge: Knowledge) -> tuple[str | None, Confidence, tuple[str, ...]]:
    """Which licence an ambiguous name means here: by the repository, its date, a release in its name, or as usual."""
    path = artifact.repo.path.lower() if artifact.repo else artifact.id.lower()
    for start, key in named.repos:
        if not start.startswith("*") and path.startswith(start):
            return key, Confidence.LIKELY, named.keys
    created = (artifact.created or "")[:10]
    if created and named.dated:
        begun = [key for start, key in named.dated if start <= created]
        return (begun[-1] if begun else named.dated[0][1]) or None, Confidence.LIKELY, named.keys
    for part, key in named.repos:
        if part.startswith("*") and part[1:] in path:
            return key, Confidence.LIKELY, named.keys
    if named.usual is None:
        return None, Confidence.POSSIBLE, named.keys
    last = (artifact.modified or "")[:10]
    left = tuple(key for key in named.keys if _existed(key, named.usual, last, knowledge))
    return named.usual, Confidence.CERTAIN if len(left) == 1 else Confidence.LIKELY, left


def _existed(key: str, usual: str, day: str, knowledge: Knowledge) -> bool:
    """Whether the licence was out when the repository was last touched; an unknown date rules nothing out."""
    effective = knowledge.licenses[key].effective
    return key == usual or not day or not effective or effective[: len(day)] <= day


def _surety(claim: Claim) -> Confidence:
    if claim.kind is ClaimKind.METADATA:
        return Confidence.LIKELY  # tools copy it from the base model unasked
    return Confidence.POSSIBLE if claim.kind is ClaimKind.PROSE else Confidence.CERTAIN


def _state(
    claim: Claim,
    expression: str | None = None,
    keys: tuple[str, ...] = (),
    confidence: Confidence | None = None,
    *,
    identity: Identity | None = None,
    candidates: tuple[str, ...] = (),
) -> Statement:
    return Statement(
        expression=expression,
        keys=keys,
        says=claim.evidence.says if claim.kind in TEXTS | BESIDE else claim.text,
        evidence=claim.evidence,
        confidence=confidence or _surety(claim),
        part=claim.part,
        identity=identity,
        kind=claim.kind.value,
        candidates=candidates,
    )

"""Lineage out of weights: links for what is copied or derived, questions for what only shares an origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from licscan.core.evidence import Confidence, Evidence, Gap
from licscan.core.lineage import Link, Relation
from licscan.core.origin import WEIGHTS_PLACE
from licscan.core.text import Text, text
from licscan.sources.protocol import Hub, RepoInfo
from licscan.version import VERSION
from licscan.weights.compare import compare
from licscan.weights.comparison import Comparison, ComponentResult
from licscan.weights.fingerprints import fingerprints_of
from licscan.weights.sampling.open_model import Opened, open_model
from licscan.weights.statistics.component_test import LARGE
from licscan.weights.store import Hit, Store, open_store
from licscan.weights.verdict import DERIVED_R, LEAST_SLABS, Kind

MAIN = frozenset({"language_model", "embeddings", "lm_head", "unclassified", "mtp"})
"""Components that are the model itself and no part taken in."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one component of the subject has to do with one reference."""

    reference: str
    component: str
    kind: Kind
    log10_p: float | None
    r: float | None
    share: tuple[float, float]
    by: str
    """`ranges` (slabs of both were read), `sketches` (a stored fingerprint) or `files` (equal hashes)."""
    says: Text


@dataclass(frozen=True, slots=True)
class WeightEvidence:
    """All that the weights of one subject say about its lineage."""

    links: tuple[Link, ...] = ()
    """Copied and derived parts: certain, not declared by the card."""
    found: tuple[Found, ...] = ()
    questions: tuple[Text, ...] = ()
    """Shared origins: to be asked, never an accusation."""
    comparisons: tuple[Comparison, ...] = ()
    tried: tuple[str, ...] = ()
    """References that the subject was held against."""
    untested: float = 1.0
    """Share of the subject's parameters that no test reached."""
    gaps: tuple[Gap, ...] = ()
    bytes_read: int = 0
    requests: int = 0


def evidence_links(
    subject: RepoInfo,
    hub: Hub,
    references: Sequence[tuple[RepoInfo, Hub]] = (),
    *,
    stores: Sequence[Path] = (),
    node: str | None = None,
    budget: int | None = None,
) -> WeightEvidence:
    """Hold a subject against references whose weights can be read, and against stored fingerprints.

    `node` is the subject's node in the lineage, where that is not its repository's name. Links lead from it to the
    references' names; a reference that was published after the subject never becomes its parent.

    Raises:
        UsageError: the weights extra is not installed.
        SourceError: a store holds a file that is no fingerprint file.
    """
    child = node or str(subject.id)
    store = open_store(stores)
    made: list[Comparison] = [
        compare(subject, info, hub, hub_b=source, budget=budget, references=len(references) + 1, tokenizers=False)
        for info, source in references
    ]
    opened = open_model(subject, hub, budget, full=False)
    found = [one for comparison in made for one in _from_comparison(comparison)]
    found += _from_store(opened, store, frozenset(str(info.id) for info, _ in references))
    links = tuple(link for one in found if (link := _link(one, child, subject, made)) is not None)
    asked = tuple(one.says for one in found if one.kind in {Kind.SHARED_ORIGIN, Kind.MERGE})
    gaps = (opened.found,) if isinstance(opened.found, Gap) else opened.found.gaps
    return WeightEvidence(
        _once(links),
        tuple(found),
        asked,
        tuple(made),
        tuple(sorted({*(str(info.id) for info, _ in references), *(one.entry.id for one in store.entries)})),
        min((one.untested for one in made), default=_unsearched(opened, store)),
        gaps,
        opened.reader.meter.bytes + sum(one.bytes_read[0] + one.bytes_read[1] for one in made),
        opened.reader.meter.requests + sum(one.requests[0] + one.requests[1] for one in made),
    )


def _from_comparison(comparison: Comparison) -> list[Found]:
    reference = str(comparison.b.id)
    return [
        Found(
            reference,
            one.name,
            one.kind,
            one.trial.log10_p if one.trial is not None and one.trial.results else None,
            one.trial.median_r() if one.trial is not None else None,
            one.share,
            "ranges",
            _sentence(one, reference),
        )
        for one in comparison.components
        if one.kind.rank <= Kind.MERGE.rank
    ]


def _sentence(one: ComponentResult, reference: str) -> Text:
    trial = one.trial
    r = trial.median_r() if trial is not None else None
    return text(
        "{component}: {kind} of {reference}; {fixed} of {rows} sampled units in place, p <= 10^{p}, r {r}, "
        "{equal} equal",
        component=one.name,
        kind=one.kind.value,
        reference=reference,
        fixed=sum(result.match.fixed for result in trial.results) if trial is not None else 0,
        rows=sum(result.match.rows for result in trial.results) if trial is not None else 0,
        p=f"{trial.log10_p:.0f}" if trial is not None else "0",
        r="unknown" if r is None else f"{r:.3f}",
        equal=f"{trial.equal_bytes():.0%}" if trial is not None else "0%",
    )


def _from_store(opened: Opened, store: Store, known: frozenset[str]) -> list[Found]:
    """References that are known by their fingerprints only."""
    if isinstance(opened.found, Gap) or not len(store):
        return []
    whole = sum(side.parameters for side in opened.sides.values()) or 1
    skip = known | {str(opened.info.id)}
    digests = [entry.sha256 for entry in opened.info.files or () if entry.sha256]
    found = [
        Found(entry.id, entry.component, Kind.COPY, None, None, (0.0, 1.0), "files", _same(entry.id, path))
        for entry, path in store.same_files(digests)
        if entry.id not in skip
    ]
    skip |= {one.reference for one in found}
    mine, _ = fingerprints_of(opened, f"licscan {VERSION}")
    for one in mine:
        share = one.entry.parameters / whole
        hits = store.search(one, skip=frozenset(skip))[:3]
        found.extend(_of_hit(hit, one.entry.component, share) for hit in hits)
    return found


def _unsearched(opened: Opened, store: Store) -> float:
    """Share of the subject's parameters in components of which the store has nothing of the same width."""
    if isinstance(opened.found, Gap):
        return 1.0
    whole = sum(side.parameters for side in opened.sides.values()) or 1
    widths = {one.entry.width for one in store.entries}
    return sum(side.parameters for side in opened.sides.values() if side.width not in widths) / whole


def _same(reference: str, path: str) -> Text:
    return text("a weights file is byte for byte {path} of {reference} (SHA-256)", path=path, reference=reference)


def _of_hit(hit: Hit, component: str, share: float) -> Found:
    is_large = hit.entry.matrix >= LARGE and (len(hit.matches) >= LEAST_SLABS or hit.entry.role == "embedding")
    kind = Kind.DERIVED if hit.r >= DERIVED_R and is_large and hit.entry.role != "embedding" else Kind.SHARED_ORIGIN
    says = text(
        "{component}: {kind} of {reference} by its stored fingerprint; {fixed} of {rows} units in place, p <= 10^{p}, "
        "r about {r}",
        component=component,
        kind=kind.value,
        reference=hit.entry.id,
        fixed=sum(match.fixed for match in hit.matches),
        rows=sum(match.rows for match in hit.matches),
        p=f"{hit.log10_p:.0f}",
        r=f"{hit.r:.2f}",
    )
    return Found(hit.entry.id, component, kind, hit.log10_p, hit.r, (0.0, share), "sketches", says)


def _link(one: Found, child: str, subject: RepoInfo, made: Sequence[Comparison]) -> Link | None:
    """A link for what is copied or derived, unless the reference is younger than the subject."""
    if one.kind not in {Kind.COPY, Kind.DERIVED} or one.reference == child:
        return None
    reference = next((comparison.b for comparison in made if str(comparison.b.id) == one.reference), None)
    if reference is not None and is_younger(reference, subject):
        return None
    revision = None if reference is None else reference.revision
    return Link(
        child,
        one.reference,
        Relation.UNSTATED if one.component in MAIN else Relation.COMPONENT,
        None if one.component in MAIN else one.component,
        declared=False,
        confidence=Confidence.CERTAIN,
        evidence=(
            Evidence(str(subject.id), subject.revision, WEIGHTS_PLACE + one.component, str(one.says)),
            Evidence(one.reference, revision, WEIGHTS_PLACE + one.component, str(one.says)),
        ),
        share=one.share if one.share[1] > 0 else None,
    )


def is_younger(reference: RepoInfo, subject: RepoInfo) -> bool:
    """The reference was created later: then it cannot be the parent."""
    return bool(reference.created and subject.created and reference.created > subject.created)


def _once(links: Sequence[Link]) -> tuple[Link, ...]:
    """One link for each key; the shares of a language model and its embeddings are added."""
    by_key: dict[tuple[str, str, str, str], Link] = {}
    for link in links:
        known = by_key.get(link.key)
        if known is None:
            by_key[link.key] = link
            continue
        shares = [one.share or (0.0, 0.0) for one in (known, link)]
        share = (min(1.0, shares[0][0] + shares[1][0]), min(1.0, shares[0][1] + shares[1][1]))
        by_key[link.key] = replace(known, evidence=known.evidence + link.evidence, share=share)
    return tuple(by_key[key] for key in sorted(by_key))


def against_store(subject: RepoInfo, hub: Hub, stores: Sequence[Path] = ()) -> tuple[WeightEvidence, int]:
    """A subject against stored fingerprints alone, and how many there are."""
    return evidence_links(subject, hub, stores=stores), len(open_store(stores))

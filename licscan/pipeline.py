"""The whole program in one sentence.

`scan` crawls from the subjects up to a Lineage, finds the License behind each claim, sends its terms down the links as
Burdens, puts the result as one frozen Case before every rule, weighs what they find by the user's Policy and makes
the Report of it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from licscan import control
from licscan.core.collector import uncollected
from licscan.core.evidence import GapReason
from licscan.core.license import Identity, keys_of
from licscan.core.lineage import Lineage, Relation
from licscan.core.lock import Drift, History, Lock
from licscan.core.origin import OriginEvidence
from licscan.core.report import Outcome, Question, Report, Stats
from licscan.core.use import Use
from licscan.crawl import Start, Subject, Walked, crawl, parse_subject
from licscan.crawl.candidates import with_candidates
from licscan.crawl.listings import with_listings
from licscan.crawl.names import Names
from licscan.crawl.record import with_record
from licscan.errors import NeedsLogin, NoSuchRepo, SourceError, Unreachable
from licscan.hub.layered import hub_endpoint, open_hub
from licscan.hub.local import Local
from licscan.hub.source import Hub, RepoInfo
from licscan.knowledge import load
from licscan.licensing.curation import curate, to_read
from licscan.licensing.flow import flow
from licscan.licensing.release import release
from licscan.licensing.resolve import resolve_all
from licscan.policy import Policy, careful, judge, outcome
from licscan.render.questions import questions_of
from licscan.rule import Case, ask_all
from licscan.rules import RULES
from licscan.version import VERSION


@dataclass(frozen=True, slots=True)
class Limits:
    """Guards of the walk; reaching one is a gap in the report."""

    depth: int = 32
    nodes: int = 2000


_NO_LIMITS = Limits()
Seen = Callable[[str], None]


@uncollected()
def scan(
    subject: str | Subject,
    *,
    hub: Hub | None = None,
    policy: Policy | None = None,
    use: Use | None = None,
    limits: Limits = _NO_LIMITS,
    lock: Lock | None = None,
    weights: bool = False,
    against: Sequence[tuple[RepoInfo, Hub]] = (),
    stores: Sequence[Path] = (),
    history: bool = False,
    hashes: bool = False,
    lang: str = "en",
    seen: Seen | None = None,
) -> Report:
    """Scan one subject: a model's name (`org/model`, `org/model@REVISION`), its address, or a folder.

    With `hashes` every repository of the lineage and of `against` is searched for equal weights files. With `weights`
    the subject's weights are compared with those of its parents and possible parents, of `against`, and with the stored
    fingerprints, those of `stores` among them.

    Raises:
        UsageError: the subject is no name, address or folder; or weights are to be compared without the extra for it.
        SourceError: the subject could not be read, so there is nothing to report on.
    """
    began = time.monotonic()
    if weights:
        from licscan.provenance.extra import check

        check()
    source = hub or open_hub()
    decided = policy or Policy()
    asked = parse_subject(subject, endpoint=hub_endpoint()) if isinstance(subject, str) else subject
    meant = use or decided.use
    if meant.at and asked.repo is not None and asked.revision is None:
        from licscan.lockfile import revision_on

        asked = replace(asked, revision=revision_on(asked.repo, source, meant.at))
    walked = _with_named(walk(asked, source, limits, seen), decided, source, limits, seen)
    if not weights:  # which compares the files by itself
        walked = _with_equal_files(walked, source, limits, seen, against if hashes else (), asked=hashes)
    observed: tuple[OriginEvidence, ...] = ()
    open_questions: tuple[Question, ...] = ()
    if weights:
        from licscan.provenance.weighed import weigh

        weighed = weigh(walked.lineage, walked.roots, source, against, stores)
        lineage = _walked_on(weighed.lineage, [Start(base) for base in weighed.bases], source, limits, seen)
        walked, observed, open_questions = replace(walked, lineage=lineage), weighed.observed, weighed.questions
    past: Mapping[str, History] | None = None
    if history:
        walked, past = _with_past(walked, source, asked.revision, lock)
    dated = (*(walked.lineage.subjects if asked.revision else ()), *_pins(walked.lineage))
    lost = _lost(lock, source, walked.lineage) if lock else ()
    judged = assess(walked, decided, meant, lock, dated=dated, drift=lost, observed=observed, history=past)
    report = replace(judged, lang=lang, questions=judged.questions + open_questions)
    if "SOURCE_DATE_EPOCH" in os.environ:
        return report
    cost = source.stats
    stats = Stats(cost.requests, cost.bytes, cost.cache_hits, time.monotonic() - began)
    return replace(report, stats=stats)


def walk(subject: Subject, hub: Hub, limits: Limits = _NO_LIMITS, seen: Seen | None = None) -> Walked:
    """From a subject to its lineage.

    Raises:
        SourceError: the subject itself could not be read.
    """
    if subject.folder is not None:
        local = Local(subject.folder)
        start = Start(local.repo_id, source=local, name=subject.words)
    elif subject.bill is not None:
        start = Start(subject.bill.repo_id, source=subject.bill, name=subject.words)
    elif subject.repo is not None:
        start = Start(subject.repo, subject.revision)
    else:
        raise ValueError("a subject is a repository or a folder")
    walked = crawl([start], hub, Names(load().lineage), depth=limits.depth, nodes=limits.nodes, seen=seen)
    _must_be_read(walked.lineage)
    known = load().origins
    return replace(walked, lineage=with_candidates(with_record(walked.lineage, hub, known), hub, known))


def _with_equal_files(
    walked: Walked, hub: Hub, limits: Limits, seen: Seen | None, against: Sequence[tuple[RepoInfo, Hub]], *, asked: bool
) -> Walked:
    """The lineage with what equal weights files show, and with what stands above the repositories that they lead to."""
    found = with_listings(walked.lineage, walked.roots, hub, asked=asked, against=against)
    bases = [Start(base) for base in found.bases]
    return replace(walked, lineage=_walked_on(found.lineage, bases, hub, limits, seen))


def _with_named(walked: Walked, policy: Policy, hub: Hub, limits: Limits, seen: Seen | None) -> Walked:
    """The lineage with the parents that corrections in the policy name, and with what stands above them."""
    for _ in policy.curations:
        named = [Start(repo, revision) for repo, revision in to_read(walked.lineage, policy, load())]
        if not named:
            break
        walked = replace(walked, lineage=_walked_on(walked.lineage, named, hub, limits, seen))
    return walked


def _walked_on(lineage: Lineage, bases: Sequence[Start], hub: Hub, limits: Limits, seen: Seen | None) -> Lineage:
    """The lineage with what stands above the parents that only the weights, or corrections in the policy, name."""
    if not bases:
        return lineage
    above = crawl(bases, hub, Names(load().lineage), depth=limits.depth, nodes=limits.nodes, seen=seen).lineage
    known = {id: one for id, one in lineage.artifacts.items() if one.gap is None or id not in above}
    artifacts = {**above.artifacts, **known}
    links = {**{link.key: link for link in above.links}, **{link.key: link for link in lineage.links}}
    whole = Lineage.build(lineage.subjects, artifacts.values(), links.values())
    return with_candidates(with_record(whole, hub, load().origins), hub, load().origins)


def assess(
    walked: Walked,
    policy: Policy,
    use: Use,
    lock: Lock | None = None,
    *,
    dated: tuple[str, ...] = (),
    drift: tuple[Drift, ...] = (),
    observed: tuple[OriginEvidence, ...] = (),
    history: Mapping[str, History] | None = None,
) -> Report:
    """From a lineage to the report: no network, no files but our own data.

    `dated` are nodes read at a revision of the user's own choice; `drift` is what else changed since the lock;
    `observed` is what comparisons of weights came to; `history` is how terms changed, where that was read.
    """
    knowledge = load()
    now = _now()
    lineage = _sized(walked)
    resolutions = resolve_all(lineage, knowledge, _identified)
    resolutions = control.in_force(resolutions, lineage, knowledge, use.at, dated)
    publishers = control.publishers_of(lineage, knowledge, resolutions=resolutions)
    facts = curate(lineage, resolutions, publishers, policy, knowledge)
    lineage, resolutions, publishers = facts.lineage, dict(facts.resolutions), dict(facts.publishers)

    flowed = flow(lineage, resolutions, knowledge.licenses, use, publishers, knowledge.publishers.named)
    released = release(lineage, resolutions, knowledge.licenses, flowed, use, knowledge)
    observed += tuple(one for subject in lineage.subjects for one in knowledge.origins.of(subject))
    held = {key for one in resolutions.values() for key in keys_of(one)}
    report = Report(
        lineage=lineage,
        resolutions=MappingProxyType(resolutions),
        licenses=MappingProxyType({key: knowledge.licenses[key] for key in sorted(held)}),
        publishers=MappingProxyType(publishers),
        judgements=flowed.judgements,
        burdens=flowed.all,
        obligations=flowed.obligations,
        release=released,
        findings=(),
        use=use,
        policy=policy.summary(facts.applied),
        outcome=Outcome.UNKNOWN,
        version=VERSION,
        knowledge=knowledge.version,
        shares=control.shares(lineage, publishers, resolutions),
        control=control.facts(lineage, resolutions, knowledge.licenses, publishers, policy.stance)
        + control.past(history or {}),
        origins=control.origins(lineage, publishers, policy.stance, observed),
        made=now,
        rules=tuple(rule.info for rule in RULES),
        history=history,
    )
    case = Case(
        lineage=lineage,
        resolutions=resolutions,
        licenses=knowledge.licenses,
        publishers=publishers,
        judgements=flowed.judgements,
        burdens=flowed.all,
        use=use,
        stance=policy.stance,
        release=released,
        shares=report.shares,
        control=report.control,
        origins=report.origins,
        lock=lock,
        drift=drift + (_drift(lock, report) if lock else ()),
        history=history or {},
        changes=tuple(dict.fromkeys(one for org in _orgs(lineage) for one in knowledge.changes.of(org))),
        origin_evidence=observed,
        today=now[:10],
        lists=policy.lists,
    )
    findings = judge(ask_all(RULES, case), policy, lineage, case.today, facts.stale)
    released = careful(released, lineage.gaps, findings)
    verdict = outcome(findings, lineage, resolutions, flowed.judgements, released, knowledge.licenses)
    judged = replace(report, findings=findings, outcome=verdict, release=released)
    return replace(judged, questions=questions_of(judged))


def _lost(lock: Lock, source: Hub, lineage: Lineage) -> tuple[Drift, ...]:
    """Locked commits that are gone, among the nodes that are at another commit now."""
    from licscan.lockfile import lost_pins  # only where there is a lock

    moved = [
        node
        for node, entry in lock.entries.items()
        if node in lineage and lineage[node].revision not in (None, entry.revision)
    ]
    return lost_pins(lock, source, moved)


def _with_past(
    walked: Walked, source: Hub, revision: str | None, lock: Lock | None
) -> tuple[Walked, Mapping[str, History]]:
    """The histories of the subject and of what is above it; one that could not be read is a gap."""
    from licscan.lockfile import with_histories  # only where somebody asks

    pins = _pins(walked.lineage) | (dict.fromkeys(walked.lineage.subjects, revision) if revision else {})
    found = with_histories(walked.lineage, source, load(), _exact_key, pins=pins, lock=lock)
    return replace(walked, lineage=found.lineage), found.histories


def _pins(lineage: Lineage) -> dict[str, str]:
    """The nodes that were read at a revision which a child asks for."""
    return {link.parent: link.revision for link in lineage.links if link.revision is not None}


def _exact_key(text: str) -> str | None:
    found = _identified(text)
    return found.key if found.result == "exact" else None


def _drift(lock: Lock, report: Report) -> tuple[Drift, ...]:
    from licscan.lockfile import compare, lock_of, words_of  # only where there is a lock

    return compare(lock, lock_of(report), load().licenses, words_of(report))


def _identified(text: str) -> Identity:
    from licscan.licensing.identify import identify  # only where there is a text

    return identify(text, load())


def _sized(walked: Walked) -> Lineage:
    if not any(link.relation is Relation.COMPONENT for node, _, _ in walked.roots for link in walked.lineage.up(node)):
        return walked.lineage
    from licscan.provenance.sized import with_shares  # only where there are parts

    return with_shares(walked.lineage, walked.roots)


def _orgs(lineage: Lineage) -> list[str]:
    return sorted({org for artifact in lineage.artifacts.values() if (org := artifact.org)})


def _now() -> str:
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(fixed), UTC) if fixed.isdigit() else datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


_ERRORS: dict[GapReason, tuple[type[SourceError], str]] = {
    GapReason.ABSENT: (NoSuchRepo, "look for its name on the Hub; a private model needs a token (--token or HF_TOKEN)"),
    GapReason.GATED: (NeedsLogin, "ask for access on its page, then give a token (--token or HF_TOKEN)"),
    GapReason.PRIVATE: (NeedsLogin, "give a token that may read it (--token or HF_TOKEN)"),
    GapReason.UNREACHABLE: (Unreachable, "try again, or work from what is on this machine with --offline"),
    GapReason.OFFLINE: (Unreachable, "run once without --offline, or scan a recording with --from"),
}


def _must_be_read(lineage: Lineage) -> None:
    for subject in lineage.subjects:
        artifact = lineage[subject]
        if artifact.gap is not None and not artifact.claims:
            kind, hint = _ERRORS.get(
                artifact.gap.reason, (SourceError, "nothing can be said of it until this is mended")
            )
            raise kind(f"{subject} was not read: {artifact.gap.reason}: {artifact.gap.detail}", hint)

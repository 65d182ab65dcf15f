"""The second half of a scan: from a lineage to the report. No network, no files but our own data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from licscan import control
from licscan.causes import causes_of
from licscan.compatibility.doubt import doubts_of, with_doubts
from licscan.compatibility.propagate import flow
from licscan.compatibility.release import release
from licscan.core.clock import timestamp
from licscan.core.doubt import Recorded
from licscan.core.license import Identity, keys_of
from licscan.core.lineage import Lineage, Relation
from licscan.core.lock import Drift, History, Lock
from licscan.core.report import Outcome, Report
from licscan.core.use import Use
from licscan.knowledge import load
from licscan.licensing.curation import curate
from licscan.licensing.licensor import others_licenses
from licscan.licensing.resolve import resolve_all
from licscan.lineage import Walked
from licscan.policy import Policy, careful, judge, outcome
from licscan.render.questions import questions_of
from licscan.rule import Case, ask_all
from licscan.rules import RULES
from licscan.version import VERSION


def assess(
    walked: Walked,
    policy: Policy,
    use: Use,
    lock: Lock | None = None,
    *,
    dated: tuple[str, ...] = (),
    drift: tuple[Drift, ...] = (),
    history: Mapping[str, History] | None = None,
) -> Report:
    """From a lineage to the report: no network, no files but our own data.

    Args:
        walked: the lineage, and what comparisons of weights came to.
        policy: the user's.
        use: what the subject is to be used for.
        lock: what was pinned before.
        dated: nodes read at a revision of the user's own choice.
        drift: what else changed since the lock.
        history: how terms changed, where that was read.
    """
    knowledge = load()
    now = timestamp()
    lineage = _sized(walked)
    resolutions = resolve_all(lineage, knowledge, identified)
    resolutions = control.in_force(resolutions, lineage, knowledge, use.at, dated)
    publishers = control.publishers_of(lineage, knowledge, resolutions=resolutions)
    facts = curate(lineage, resolutions, publishers, policy, knowledge)
    resolutions, publishers = dict(facts.resolutions), dict(facts.publishers)

    doubts = doubts_of(lineage, resolutions, knowledge.licenses, _recorded)
    firm = doubts.firm
    flowed = flow(firm, resolutions, knowledge.licenses, use, publishers, knowledge.publishers.named)
    told = {one.link.key: one.judgement for one in doubts.found if one.link.parent in doubts.shown}
    judgements = {**flowed.judgements, **told}
    released = with_doubts(release(firm, resolutions, knowledge.licenses, flowed, use, knowledge), doubts)
    observed = walked.observed + tuple(one for subject in lineage.subjects for one in knowledge.origins.of(subject))
    held = {key for one in resolutions.values() for key in keys_of(one)}
    report = Report(
        lineage=doubts.shown,
        resolutions=MappingProxyType(resolutions),
        licenses=MappingProxyType({key: knowledge.licenses[key] for key in sorted(held)}),
        publishers=MappingProxyType(publishers),
        judgements=judgements,
        burdens=flowed.all,
        obligations=flowed.obligations,
        release=released,
        findings=(),
        use=use,
        policy=policy.summary(facts.applied),
        outcome=Outcome.UNKNOWN,
        version=VERSION,
        knowledge=knowledge.version,
        shares=control.shares(firm, publishers, resolutions),
        control=control.facts(firm, resolutions, knowledge.licenses, publishers, policy.stance, now[:10])
        + control.past(history or {}),
        origins=control.origins(firm, publishers, policy.stance, observed),
        made=now,
        rules=tuple(rule.info for rule in RULES),
        history=history,
    )
    case = Case(
        lineage=firm,
        resolutions=resolutions,
        licenses=knowledge.licenses,
        publishers=publishers,
        judgements=judgements,
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
        changes=tuple(dict.fromkeys(one for org in _orgs(firm) for one in knowledge.changes.of(org))),
        origin_evidence=observed,
        doubts=doubts.found,
        today=now[:10],
        lists=policy.lists,
        others_licenses=others_licenses(firm, resolutions, publishers, use, knowledge),
    )
    findings = judge(ask_all(RULES, case), policy, firm, case.today, facts.stale)
    released = careful(released, firm.gaps, findings)
    verdict = outcome(
        findings,
        firm,
        resolutions,
        judgements,
        released,
        knowledge.licenses,
        use=use,
        unproved=report.is_unproved,
    )
    causes = causes_of(findings, report.rules, firm)
    judged = replace(report, findings=findings, causes=causes, outcome=verdict, release=released)
    return replace(judged, questions=questions_of(judged) + walked.questions)


def _recorded(node: str) -> Recorded | None:
    """The licence of a model as the registry's dated table shows it; None where it shows none, or none that is sure."""
    registry = load().registry
    tag, model = registry.tag(node), registry.model(node)
    licence = (tag.licence if tag is not None else "") or (model.licence if model is not None else "")
    named = load().hub_id(licence) if licence else None
    return Recorded(named.key, licence, registry.tags_date) if named is not None and named.key else None


def _drift(lock: Lock, report: Report) -> tuple[Drift, ...]:
    from licscan.lockfile import compare, lock_of, words_of  # only where there is a lock

    return compare(lock, lock_of(report), load().licenses, words_of(report))


def identified(text: str) -> Identity:
    """Which licence a text is, by the shipped knowledge."""
    from licscan.identification.identify import identify  # only where there is a text

    return identify(text, load())


def _sized(walked: Walked) -> Lineage:
    if not any(link.relation is Relation.COMPONENT for node, _, _ in walked.roots for link in walked.lineage.up(node)):
        return walked.lineage
    from licscan.weights.sized import with_shares  # only where there are parts

    return with_shares(walked.lineage, walked.roots)


def _orgs(lineage: Lineage) -> list[str]:
    return sorted({org for artifact in lineage.artifacts.values() if (org := artifact.org)})

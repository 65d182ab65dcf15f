"""The whole program in one sentence.

`scan` collects the lineage of the subject (one crawler, asking every way to learn of parents), finds the License behind
each claim, sends its terms down the links as Burdens, puts the result as one frozen Case before every rule, weighs what
they find by the user's Policy and makes the Report of it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Unpack

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.clock import fixed_time
from licscan.core.collector import uncollected
from licscan.core.evidence import Gap, GapReason
from licscan.core.lineage import Lineage
from licscan.core.lock import History
from licscan.core.report import Report, Stats
from licscan.core.use import Use, with_assumptions
from licscan.errors import SourceError
from licscan.lineage import Subject, parse_subject
from licscan.lineage.provider import Walked
from licscan.pipeline.assess import assess
from licscan.pipeline.gather import collect, lost, pins, with_past
from licscan.pipeline.options import DEFAULT, Given, Limits, ScanOptions
from licscan.policy import Policy
from licscan.sources.layered import hub_endpoint, open_hub
from licscan.sources.protocol import Hub

__all__ = ["Limits", "ScanOptions", "assess", "collect", "scan", "unread"]


@uncollected()
def scan(subject: str | Subject, options: ScanOptions = DEFAULT, **given: Unpack[Given]) -> Report:
    """Scan one subject and judge it.

    Args:
        subject: a model's name (`org/model`, `org/model@REVISION`), its address, or a folder.
        options: what the scan is asked to do.
        given: single options by name, in the place of those of `options`: `scan("org/model", hub=hub)`.

    Raises:
        UsageError: the subject is no name, address or folder; or weights are to be compared without the extra for it.
        SourceError: the subject could not be read, so there is nothing to report on.
    """
    began, fixed = time.monotonic(), fixed_time()
    asks = replace(options, **given)
    if asks.weights:
        from licscan.weights.extra import check

        check()
    source = asks.hub or open_hub()
    policy = asks.policy or Policy()
    asked = parse_subject(subject, endpoint=hub_endpoint()) if isinstance(subject, str) else subject
    meant = with_assumptions(asks.use or policy.use, asked.repo.org if asked.repo is not None else None)
    named = _at(asked, source, meant)
    walked = collect(named, source, asks)
    past: Mapping[str, History] | None = None
    if asks.history:
        walked, past = with_past(walked, source, named.revision, asks.lock)
    dated = (*(walked.lineage.subjects if named.revision else ()), *pins(walked.lineage))
    gone = lost(asks.lock, source, walked.lineage) if asks.lock else ()
    judged = assess(walked, policy, meant, asks.lock, dated=dated, drift=gone, history=past)
    report = replace(judged, lang=asks.lang)
    if fixed is not None:
        return report
    cost = source.stats
    stats = Stats(cost.requests, cost.bytes, cost.cache_hits, time.monotonic() - began)
    return replace(report, stats=stats)


def unread(subject: str | Subject, error: SourceError, options: ScanOptions = DEFAULT) -> Report:
    """The report on a subject that could not be read: one node, with its gap, and no verdict.

    Args:
        subject: what was to be scanned.
        error: what `scan` raised.
        options: what the scan was asked to do.
    """
    asked = parse_subject(subject, endpoint=hub_endpoint()) if isinstance(subject, str) else subject
    policy = options.policy or Policy()
    meant = with_assumptions(options.use or policy.use, asked.repo.org if asked.repo is not None else None)
    id = str(asked.repo) if asked.repo is not None else asked.words
    reason = next((known for known in GapReason if known.value == error.reason), GapReason.UNREACHABLE)
    node = Artifact(id, NodeKind.MODEL, asked.repo, asked.revision, gap=Gap(id, reason, error.detail))
    judged = assess(Walked(Lineage.build((id,), (node,), ())), policy, meant)
    return replace(judged, lang=options.lang)


def _at(subject: Subject, source: Hub, use: Use) -> Subject:
    """The subject at the revision that was in force on the day of the use profile, where it names one."""
    if not use.at or subject.repo is None or subject.revision is not None:
        return subject
    from licscan.lockfile import revision_on  # only where somebody asks

    return replace(subject, revision=revision_on(subject.repo, source, use.at))

"""The whole program in one sentence.

`scan` crawls from the subjects up to a Lineage, finds the License behind each claim, sends its terms down the links as
Burdens, puts the result as one frozen Case before every rule, weighs what they find by the user's Policy and makes
the Report of it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from licscan.core.collector import uncollected
from licscan.core.lock import History, Lock
from licscan.core.origin import OriginEvidence
from licscan.core.report import Question, Report, Stats
from licscan.core.use import Use, with_assumptions
from licscan.lineage import Start, Subject, parse_subject
from licscan.pipeline.assess import assess
from licscan.pipeline.gather import (
    NO_LIMITS,
    Limits,
    Seen,
    lost,
    pins,
    walk,
    walked_on,
    with_equal_files,
    with_named,
    with_past,
)
from licscan.policy import Policy
from licscan.sources.layered import hub_endpoint, open_hub
from licscan.sources.protocol import Hub, RepoInfo

__all__ = ["Limits", "assess", "scan", "walk"]


@uncollected()
def scan(
    subject: str | Subject,
    *,
    hub: Hub | None = None,
    policy: Policy | None = None,
    use: Use | None = None,
    limits: Limits = NO_LIMITS,
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
        from licscan.weights.extra import check

        check()
    source = hub or open_hub()
    decided = policy or Policy()
    asked = parse_subject(subject, endpoint=hub_endpoint()) if isinstance(subject, str) else subject
    meant = with_assumptions(use or decided.use, asked.repo.org if asked.repo is not None else None)
    if meant.at and asked.repo is not None and asked.revision is None:
        from licscan.lockfile import revision_on

        asked = replace(asked, revision=revision_on(asked.repo, source, meant.at))
    walked = with_named(walk(asked, source, limits, seen), decided, source, limits, seen)
    if not weights:  # which compares the files by itself
        walked = with_equal_files(walked, source, limits, seen, against if hashes else (), asked=hashes)
    observed: tuple[OriginEvidence, ...] = ()
    open_questions: tuple[Question, ...] = ()
    if weights:
        from licscan.weights.weight_lineage import weigh

        weighed = weigh(walked.lineage, walked.roots, source, against, stores)
        lineage = walked_on(weighed.lineage, [Start(base) for base in weighed.bases], source, limits, seen)
        walked, observed, open_questions = replace(walked, lineage=lineage), weighed.observed, weighed.questions
    past: Mapping[str, History] | None = None
    if history:
        walked, past = with_past(walked, source, asked.revision, lock)
    dated = (*(walked.lineage.subjects if asked.revision else ()), *pins(walked.lineage))
    gone = lost(lock, source, walked.lineage) if lock else ()
    judged = assess(walked, decided, meant, lock, dated=dated, drift=gone, observed=observed, history=past)
    report = replace(judged, lang=lang, questions=judged.questions + open_questions)
    if "SOURCE_DATE_EPOCH" in os.environ:
        return report
    cost = source.stats
    stats = Stats(cost.requests, cost.bytes, cost.cache_hits, time.monotonic() - began)
    return replace(report, stats=stats)

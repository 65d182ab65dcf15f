"""How the terms of one repository changed, as a row of the JSON report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from licscan.core.evidence import Evidence
from licscan.core.lock import Drift, History, Revision


def history_row(history: History, evidence: Callable[[Evidence], dict[str, Any]]) -> dict[str, Any]:
    """The history as plain values; `evidence` writes one piece of evidence."""
    return {
        "id": history.id,
        "commits": history.commits,
        "read": history.read,
        "complete": history.complete,
        "first": history.first,
        "reachable": history.reachable,
        "squashed": history.squashed,
        "revisions": [_revision(one) for one in history.revisions],
        "changes": [{**_change(one), "evidence": [evidence(seen) for seen in one.evidence]} for one in history.changes],
    }


def _revision(one: Revision) -> dict[str, Any]:
    texts = [{"place": text.place, "role": text.role, "key": text.key, "sha256": text.sha256} for text in one.texts]
    return {"commit": one.commit, "date": one.date, "title": one.title, "declared": one.declared, "texts": texts}


def _change(one: Drift) -> dict[str, Any]:
    return {
        "what": str(one.what),
        "direction": one.direction,
        "before": one.before,
        "after": one.after,
        "term": one.term,
        "clause": one.clause,
    }

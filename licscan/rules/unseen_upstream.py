"""Something upstream that could not be looked at.

## What it looks at
Every gap of the scan: repositories that are gated, private, unreachable or too deep, and files that could not be read.
Also what is an adapter, a merge or a quantised copy by its own tags and files, of a model that nothing names.
Repositories that the Hub does not have are told by `missing-upstream`.

## Why it matters
What was not seen can hold any terms. A report with a gap is not complete, and `check` does not call it clean.

## Example
A fine-tune of a gated model, scanned without a token.

## What to do
Log in and accept the gate, raise `--depth` or `--max-nodes`, or scan again with the network. If the gap is known and
accepted, waive this rule for that repository, with a reason.

## Limits
What cannot be seen is not judged: neither for nor against the subject.
"""

from __future__ import annotations

from collections.abc import Iterator

from licscan.core.bounds import LINEAGE
from licscan.core.evidence import Evidence, Gap, GapReason
from licscan.core.finding import Severity, Topic
from licscan.core.license import Unseen
from licscan.core.text import Text, text
from licscan.rule import Case, Hit, lineage_rule

_REMEDIES: dict[GapReason, Text] = {
    GapReason.GATED: text("accept the gate on the Hub and scan with a token (HF_TOKEN)"),
    GapReason.PRIVATE: text("scan with a token that may read it (HF_TOKEN)"),
    GapReason.ABSENT: text("ask the publisher where it went; keep a mirror of what you use"),
    GapReason.DISABLED: text("find out why the Hub disabled it before you rely on it"),
    GapReason.UNREACHABLE: text("scan again when the network answers"),
    GapReason.TOO_DEEP: text("raise --depth or --max-nodes"),
    GapReason.OFFLINE: text("scan once without --offline, or from a recording that has it"),
    GapReason.MALFORMED: text("have its publisher mend it, and read it by hand until then"),
    GapReason.NOT_A_REPO: text("find out which repository is meant, and name it in licscan.toml: [[curate]]"),
    GapReason.TRUNCATED: text("read the rest of it by hand"),
    GapReason.DAMAGED: text("scan again; if it stays so, read the file by hand and tell its publisher"),
}
_ACCEPT = text("or accept it: waive unseen-upstream for this repository, with a reason")


@lineage_rule("unseen-upstream", "a parent that could not be read", Severity.MEDIUM, topic=Topic.UNREAD)
def unseen_upstream(case: Case) -> Iterator[Hit]:
    """One finding for each node that is a gap, or whose files are."""
    seen: dict[str, list[str]] = {}
    reasons: dict[str, GapReason] = {}
    gaps_of: dict[str, list[Gap]] = {}
    for gap in case.lineage.gaps:
        if gap.place == LINEAGE:
            continue
        if gap.is_open_end:
            yield _open_end(gap, case)
            continue
        where = f"{gap.place}: " if gap.place else ""
        seen.setdefault(gap.id, []).append(f"{where}{gap.detail}")
        reasons.setdefault(gap.id, gap.reason)
        gaps_of.setdefault(gap.id, []).append(gap)
    for node, details in seen.items():
        if case.is_missing(node):
            continue
        reason = reasons[node]
        whole = case.lineage[node].gap is not None
        yield Hit(
            node,
            _says(node, details, whole=whole),
            tuple(_place(gap, case) for gap in gaps_of[node][:4]),
            (_REMEDIES[reason], _ACCEPT),
            severity=None if whole or isinstance(case.resolutions[node], Unseen) else Severity.LOW,
            same=_cause(gaps_of[node]),
        )


def _open_end(gap: Gap, case: Case) -> Hit:
    """A parent that nothing names: which it is, nobody outside can see."""
    return Hit(
        gap.id,
        text("the lineage of {node} has an open end: {detail}", node=gap.id, detail=gap.detail),
        (_place(gap, case),),
        (text("name the model that it was made from on its card"), _REMEDIES[gap.reason], _ACCEPT),
    )


def _says(node: str, details: list[str], *, whole: bool) -> Text:
    detail = "; ".join(details[:4])
    if whole:
        return text("{node} could not be read: {detail}", node=node, detail=detail)
    return text("{node} could be read only in part: {detail}", node=node, detail=detail)


def _cause(gaps: list[Gap]) -> str | None:
    """What was not looked at for one reason that is not the repository's own is one finding together."""
    first = gaps[0]
    if len(gaps) > 1 or first.reason not in {GapReason.OFFLINE, GapReason.TOO_DEEP}:
        return None
    kind = "data sets" if first.id.startswith("datasets/") else "models"
    return f"{kind} {first.reason} {first.place} {first.detail}"


def _place(gap: Gap, case: Case) -> Evidence:
    return Evidence(gap.id, case.lineage[gap.id].revision, gap.place or "repository", gap.detail)

"""How often the program cries out over clean lineages of the bundled catalogue.

Clean: at least one link, no gap, every node's licence resolved, and every licence permissive or public domain, so that
nothing but notices has to go along. A false alarm is any finding at medium or above, whatever rule it comes from, or a
verdict of `blocked` or `unknown`.

Kept: every node under one and the same licence that is not a free one, so that no label can be wrong. There a false
alarm is a finding at medium or above from a rule about labels; what the licence itself demands is no false alarm.

    python benchmarks/false_alarms.py > benchmarks/false_alarms.md
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from licscan.core.finding import Severity
from licscan.core.license import Category, Resolved, keys_of
from licscan.core.report import Outcome, Report
from licscan.errors import LicscanError
from licscan.pipeline import scan
from licscan.sources.catalog import Catalog

FREE = frozenset({Category.PERMISSIVE, Category.PUBLIC_DOMAIN})
LABELS = frozenset(
    {
        "license-claims-disagree",
        "license-omitted",
        "looser-than-upstream",
        "share-alike-clash",
        "undeclared-license",
        "unrecognised-license",
        "use-restrictions-dropped",
    }
)
BAD = frozenset({Outcome.BLOCKED, Outcome.UNKNOWN})


@dataclass(slots=True)
class Tally:
    """What was counted over one set of lineages."""

    seen: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    loud: list[str] = field(default_factory=list)

    def add(self, report: Report, counted: frozenset[str] | None) -> None:
        """Count one report; only the rules of `counted`, or all of them."""
        self.seen += 1
        self.outcomes[report.outcome.value] += 1
        found = {
            one.rule
            for one in report.findings
            if one.severity.rank <= Severity.MEDIUM.rank and (counted is None or one.rule in counted)
        }
        self.rules.update(found)
        if found or (counted is None and report.outcome in BAD):
            self.loud.append(f"{report.subject}: {', '.join(sorted(found)) or report.outcome.value}")

    def row(self, name: str) -> str:
        """One line of the table."""
        share = len(self.loud) / max(1, self.seen)
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
        return f"| {name} | {self.seen} | {len(self.loud)} | {share:.1%} | {outcomes} |"


def is_whole(report: Report) -> bool:
    """A lineage that was read to its end."""
    resolved = all(isinstance(one, Resolved) for one in report.resolutions.values())
    return bool(report.lineage.links) and report.is_complete and resolved


def is_clean(report: Report) -> bool:
    """Nothing but notices has to go along."""
    keys = {key for one in report.resolutions.values() for key in keys_of(one)}
    return is_whole(report) and all(report.licenses[key].category in FREE for key in keys)


def is_kept(report: Report) -> bool:
    """Every node goes out under the same licence, which is not a free one."""
    return is_whole(report) and not is_clean(report) and len({keys_of(one) for one in report.resolutions.values()}) == 1


def main() -> None:
    """Scan the whole catalogue and print the page."""
    catalog = Catalog()
    clean, kept = Tally(), Tally()
    for id in catalog.ids:
        try:
            report = scan(id, hub=catalog)
        except LicscanError:
            continue
        if is_clean(report):
            clean.add(report, None)
        elif is_kept(report):
            kept.add(report, LABELS)
    print("# False alarms on real lineages\n")
    print("Made by `python benchmarks/false_alarms.py > benchmarks/false_alarms.md`; do not edit.\n")
    print(
        "Every model of the bundled catalogue was scanned offline, with no policy and no use stated. *Clean*: at least"
    )
    print("one link, no gap, all licences known and free; any finding at medium or above is a false alarm. *Kept*: all")
    print("nodes under one licence that is not free; only findings about labels are.\n")
    print("| lineages | seen | with a false alarm | share | verdicts |")
    print("| --- | --- | --- | --- | --- |")
    print(clean.row("clean"))
    print(kept.row("kept"))
    for one in (*clean.loud, *kept.loud):
        print(f"\n- {one}")


if __name__ == "__main__":
    main()

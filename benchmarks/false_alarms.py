"""How often rules of law cry out over clean lineages of the bundled catalogue.

Clean: at least one link, no gap, every node's licence resolved, and every licence permissive or public domain, so that
only notices have to go along. A false alarm: a finding at medium or above from a rule about licences along the links.
A second set are kept lineages: every node under one and the same licence, whatever it is, so that no label can be
wrong; there only rules about labels count. Rules about control, pins and locks report facts of another kind and are not
counted.

    python benchmarks/false_alarms.py [HOW_MANY]
"""

from __future__ import annotations

import sys
from collections import Counter

from licscan.core.finding import Severity
from licscan.core.license import Category, Resolved, keys_of
from licscan.core.report import Report
from licscan.errors import LicscanError
from licscan.hub.catalog import Catalog
from licscan.pipeline import scan

FREE = frozenset({Category.PERMISSIVE, Category.PUBLIC_DOMAIN})
LAW = frozenset(
    {
        "dataset-terms",
        "excluded-territory",
        "later-terms-bind",
        "license-claims-disagree",
        "license-omitted",
        "looser-than-upstream",
        "naming-clash",
        "naming-duty-unmet",
        "no-derivatives-upstream",
        "noncommercial-upstream",
        "outputs-restriction",
        "release-blocked",
        "revocable-grant",
        "share-alike-clash",
        "terminates-on-breach",
        "threshold-in-reach",
        "undeclared-license",
        "unrecognised-license",
        "use-policy-by-url",
        "use-restrictions-dropped",
    }
)


LABELS = frozenset(
    {
        "license-claims-disagree",
        "license-omitted",
        "looser-than-upstream",
        "share-alike-clash",
        "use-restrictions-dropped",
    }
)


def is_kept(report: Report) -> bool:
    """Every node goes out under the same licence."""
    keys = {keys_of(one) for one in report.resolutions.values()}
    resolved = all(isinstance(one, Resolved) for one in report.resolutions.values())
    return bool(report.lineage.links) and report.is_complete and resolved and len(keys) == 1


def is_clean(report: Report) -> bool:
    """Nothing but notices has to go along."""
    resolved = all(isinstance(one, Resolved) for one in report.resolutions.values())
    keys = {key for one in report.resolutions.values() for key in keys_of(one)}
    free = all(report.licenses[key].category in FREE for key in keys)
    return bool(report.lineage.links) and report.is_complete and resolved and free


def main() -> None:
    """Scan the catalogue until enough clean lineages were seen."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    catalog = Catalog()
    clean, alarms, rules = 0, 0, Counter[str]()
    for id in catalog.ids:
        try:
            report = scan(id, hub=catalog)
        except LicscanError:
            continue
        if not is_clean(report) and not is_kept(report):
            continue
        clean += 1
        counted = LAW if is_clean(report) else LABELS
        loud = {
            one.rule
            for one in report.findings
            if one.rule in counted and one.severity.rank <= Severity.MEDIUM.rank and one.waived is None
        }
        alarms += bool(loud)
        rules.update(loud)
        if loud:
            print(id, ", ".join(sorted(loud)))
        if clean >= wanted:
            break
    print(f"{clean} clean or kept lineages, {alarms} with a false alarm ({alarms / max(1, clean):.1%}) {dict(rules)}")


if __name__ == "__main__":
    main()

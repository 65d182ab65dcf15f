"""What a dossier puts on its tables: the report's facts picked and ordered for reading, still without any wording."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from licscan.core.artifact import Artifact, Claim, Source
from licscan.core.cause import Cause
from licscan.core.dependence import is_own
from licscan.core.evidence import Evidence, Gap
from licscan.core.finding import Finding, Severity
from licscan.core.judgement import Blocker, Burden, Obligation, Reason, ReasonKind
from licscan.core.license import Category, License, Provision, Resolution, Term, keys_of
from licscan.core.lineage import Link
from licscan.core.origin import INHERITING
from licscan.core.report import ControlFact, Outcome, Question, Report, Share
from licscan.core.text import harmless
from licscan.render.questions import questions_of

HUB = "https://huggingface.co"
_QUIET = frozenset({"none", "no", "silent"})
_MANY_LINKS = 300
_STATES_OF_DOUBT = frozenset({"disputed", "unrecognised", "undeclared", "unseen"})


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One term with what each licence of the lineage says about it."""

    term: Term
    cells: tuple[Provision, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Questions that several documents of the dossier ask of a report."""

    report: Report

    @property
    def subject(self) -> Artifact:
        """The node that was asked about."""
        return self.report.lineage[self.report.subject]

    @property
    def release_name(self) -> str:
        """The name under which the subject goes out."""
        return harmless(self.report.use.release_name or self.report.subject.rpartition("/")[2])

    @property
    def kept(self) -> tuple[Finding, ...]:
        """Findings that were not set aside, worst first."""
        return tuple(one for one in self.report.findings if one.waived is None)

    @property
    def waived(self) -> tuple[Finding, ...]:
        """Findings that were set aside, with their reasons."""
        return tuple(one for one in self.report.findings if one.waived is not None)

    @property
    def severities(self) -> tuple[tuple[Severity, int], ...]:
        """How many findings of each severity that occurs, worst first."""
        counts = {severity: sum(one.severity is severity for one in self.kept) for severity in Severity}
        return tuple((severity, count) for severity, count in counts.items() if count)

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What is behind the findings, worst first, apart from mere information."""
        return tuple(one for one in self.report.causes if one.severity is not Severity.INFO)

    @property
    def outcome_sentence(self) -> str:
        """Which sentence goes with the verdict: conditions that the policy's threshold holds have one of their own."""
        outcome = self.report.outcome
        return "held" if outcome is Outcome.CONDITIONS and self.blocking else str(outcome)

    @property
    def undeclared(self) -> tuple[Link, ...]:
        """Links to weights and parts of other houses that no card declares, nearest first."""
        report = self.report
        found = (link for link in self.links if not link.declared and link.relation in INHERITING)
        return tuple(link for link in found if not is_own(report.lineage, report.publishers, link.child, link.parent))

    def license_of(self, node: str) -> str:
        """The names of the licences that may hold for a node."""
        return harmless(" / ".join(self.license_name(key) for key in self.keys(node)))

    def publisher_of(self, node: str) -> str:
        """Who publishes a node, with the country; empty where that is not known."""
        publisher = self.report.publishers.get(node)
        if publisher is None:
            return ""
        return harmless(publisher.name + (f" ({publisher.country})" if publisher.country else ""))

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Findings at or above the policy's threshold; without one, the critical ones."""
        limit = Severity(self.report.policy.fail_on or "critical").rank
        return tuple(one for one in self.kept if one.severity.rank <= limit)

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """Why the requested licence is impossible."""
        return self.report.release.blockers if self.report.release else ()

    @property
    def duties(self) -> tuple[Obligation, ...]:
        """Everything to be done before the release, each once, by term."""
        return tuple(one for one, _ in self.duty_rows)

    @property
    def duty_rows(self) -> tuple[tuple[Obligation, int], ...]:
        """Each duty by its shortest way, and from how many more nodes the same duty comes."""
        whole = self.report.obligations + (self.report.release.obligations if self.report.release else ())
        order = {term: at for at, term in enumerate(Term)}
        groups: dict[tuple[int, str, str, str], dict[str, Obligation]] = {}
        for one in sorted(whole, key=lambda one: (len(one.path), one.path)):
            key = (order[one.term], one.license, one.clause or "", str(one.says))
            groups.setdefault(key, {}).setdefault(one.source, one)
        return tuple((next(iter(same.values())), len(same) - 1) for _, same in sorted(groups.items()))

    @property
    def binding(self) -> tuple[tuple[Burden, int], ...]:
        """Each term that binds the subject by its shortest way, and from how many more nodes the same term comes."""
        groups: dict[tuple[object, ...], tuple[Burden, set[str]]] = {}
        for one in sorted(self.report.burdens, key=lambda one: (len(one.path), one.path)):
            key = (one.provision, one.license, one.part, one.unsettled, one.question, one.certainty)
            groups.setdefault(key, (one, set()))[1].add(one.source)
        rows = ((one, len(sources) - 1) for one, sources in groups.values())
        return tuple(sorted(rows, key=lambda row: (row[0].provision.term, row[0].license, row[0].path)))

    @property
    def binding_by_license(self) -> tuple[tuple[str, str, int, tuple[Burden, ...]], ...]:
        """What binds, licence by licence, the nearest first: key, nearest source, how many more sources, terms."""
        report = self.report
        groups: dict[str, list[tuple[Burden, int]]] = {}
        for row in self.binding:
            groups.setdefault(row[0].license, []).append(row)
        found = []
        for key, rows in groups.items():
            nearest = min((one for one, _ in rows), key=lambda one: (len(one.path), one.source))
            sources = {one.source for one in report.burdens if one.license == key}
            found.append((key, nearest.source, len(sources) - 1, tuple(one for one, _ in rows)))
        return tuple(sorted(found, key=lambda row: (report.lineage.depth(row[1]), row[0])))

    @property
    def control_by_node(self) -> tuple[tuple[str, tuple[ControlFact, ...]], ...]:
        """Facts about change and control, node by node, nearest first."""
        nodes = dict.fromkeys(fact.node for fact in self.report.control)
        order = sorted(nodes, key=lambda one: (self.report.lineage.depth(one), one))
        return tuple((node, tuple(one for one in self.report.control if one.node == node)) for node in order)

    @property
    def doubts(self) -> tuple[tuple[Artifact, Resolution], ...]:
        """Nodes whose licence is not known, apart from those that were not seen at all."""
        return tuple(
            (artifact, resolution)
            for name, artifact in self.report.lineage.artifacts.items()
            if type(resolution := self.report.resolutions[name]).__name__.lower() in _STATES_OF_DOUBT
            and artifact.gap is None
        )

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not be looked at."""
        return self.report.gaps

    @property
    def unlooked(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Each kind of thing that was not looked at and why, with the nodes that it is true of."""
        found: dict[tuple[str, str], list[str]] = {}
        for name, artifact in self.report.lineage.artifacts.items():
            for kind, look in artifact.coverage.missing(needed=False) if artifact.looked_at is not None else ():
                found.setdefault((kind, look.why), []).append(name)
        return tuple((kind, why, tuple(nodes)) for (kind, why), nodes in found.items())

    @property
    def licenses(self) -> tuple[License, ...]:
        """Every licence that may hold somewhere in the lineage, strictest first."""
        wanted = {key for resolution in self.report.resolutions.values() for key in keys_of(resolution)}
        order = {kind: at for at, kind in enumerate(Category)}
        found = [self.report.licenses[key] for key in wanted if key in self.report.licenses]
        return tuple(sorted(found, key=lambda one: (-order[one.category], one.key)))

    @property
    def matrix(self) -> tuple[MatrixRow, ...]:
        """Licences by terms; a term that no licence says anything about is left out."""
        rows = (MatrixRow(term, tuple(license[term] for license in self.licenses)) for term in Term)
        return tuple(row for row in rows if any(not is_quiet(cell) for cell in row.cells))

    @property
    def quiet_terms(self) -> tuple[Term, ...]:
        """The terms that `matrix` leaves out."""
        shown = {row.term for row in self.matrix}
        return tuple(term for term in Term if term not in shown)

    @property
    def control(self) -> tuple[tuple[str, tuple[ControlFact, ...]], ...]:
        """Facts about change and control, by kind."""
        kinds = dict.fromkeys(fact.kind for fact in self.report.control)
        return tuple((kind, tuple(one for one in self.report.control if one.kind == kind)) for kind in kinds)

    @property
    def shares(self) -> tuple[tuple[str, tuple[Share, ...]], ...]:
        """Shares of the parameters, by heading, largest first and the unknown last."""
        headings = dict.fromkeys(share.by for share in self.report.shares)
        return tuple(
            (by, tuple(sorted((s for s in self.report.shares if s.by == by), key=_largest_first))) for by in headings
        )

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a machine cannot settle."""
        return self.report.questions or questions_of(self.report)

    @property
    def nodes(self) -> tuple[Artifact, ...]:
        """All nodes, nearest first."""
        lineage = self.report.lineage
        return tuple(
            sorted(
                lineage.artifacts.values(),
                key=lambda one: (lineage.depth(one.id) < 0, lineage.depth(one.id), one.id),
            )
        )

    @property
    def links(self) -> tuple[Link, ...]:
        """All links, nearest child first."""
        lineage = self.report.lineage
        return tuple(sorted(lineage.links, key=lambda one: (lineage.depth(one.child), one.key)))

    def keys(self, node: str) -> tuple[str, ...]:
        """The licence keys that may hold for a node."""
        return keys_of(self.report.resolutions[node])

    def license_name(self, key: str | None) -> str:
        """The name of a licence, or its key where it is not in the report."""
        if key is None:
            return ""
        return self.report.licenses[key].name if key in self.report.licenses else key

    def reasons(self, link: Link) -> tuple[Reason, ...]:
        """Why the link is judged so; in a large lineage the duties stand in their own table only."""
        judgement = self.report.judgements.get(link.key)
        if judgement is None:
            return ()
        is_large = len(self.report.lineage.links) > _MANY_LINKS
        return tuple(one for one in judgement.reasons if not is_large or one.kind is not ReasonKind.OBLIGATION)

    def verdict(self, link: Link) -> str:
        """The verdict on a link."""
        judgement = self.report.judgements.get(link.key)
        return str(judgement.verdict) if judgement else "unknown"

    def texts(self, node: str) -> tuple[Claim, ...]:
        """The licence texts, notices and policies of a node that were read and hashed."""
        return tuple(claim for claim in self.report.lineage[node].claims if claim.sha256)

    def hashed_files(self, node: str) -> int:
        """How many weight files of the node have a hash."""
        return sum(entry.sha256 is not None for entry in self.report.lineage[node].files or ())

    def address(self, evidence: Evidence) -> str | None:
        """The page of the Hub that shows the evidence at the revision that was read; None where there is none."""
        artifact = self.report.lineage.artifacts.get(evidence.repo)
        path = evidence.place.partition("#")[0].partition("[")[0]
        if artifact is None or artifact.repo is None or artifact.source is Source.PATH or not _is_file(path):
            return None
        return f"{HUB}/{artifact.id}/blob/{quote(evidence.revision or 'main')}/{quote(path)}"

    def declared(self, node: str) -> tuple[str, ...]:
        """What the node said about its licence, as published."""
        return tuple(harmless(one) for one in self.report.resolutions[node].declared)


def _largest_first(share: Share) -> tuple[bool, float, str]:
    return (share.value is None, -share.high, share.value or "")


def is_quiet(provision: Provision) -> bool:
    """The licence says nothing to act on about this term."""
    return provision.value in _QUIET and not provision.clause and not provision.conditions


def place_of(evidence: Evidence) -> str:
    """Where something was read: file, field and line."""
    return harmless(evidence.place + (f":{evidence.line}" if evidence.line else ""))


def _is_file(path: str) -> bool:
    """A path that can only mean a file of the repository."""
    return "." in path and not path.startswith(("/", ".")) and ".." not in path and ":" not in path and " " not in path

"""What the user decided: threshold, use, waivers with reasons, corrections; and what it makes of the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from hashlib import sha256

from licscan.core.artifact import Artifact, ClaimKind
from licscan.core.bounds import LINEAGE
from licscan.core.evidence import Confidence, Evidence, Gap
from licscan.core.finding import Finding, Severity, Waiver
from licscan.core.judgement import Judgement, ReasonKind, Release, Verdict
from licscan.core.known import unsaid
from licscan.core.license import License, Resolution
from licscan.core.lineage import Lineage, Relation
from licscan.core.report import Outcome, PolicySummary
from licscan.core.stance import Stance
from licscan.core.text import Text, text
from licscan.core.use import Use

_BREAKS = frozenset({ReasonKind.BREACH, ReasonKind.CONTRADICTION})
GAP_RULES = frozenset({"unseen-upstream", "missing-upstream"})
UNUSED, STALE = "unused-waiver", "stale-waiver"
_OPEN_LICENSE = GAP_RULES | {
    "undeclared-license",
    "unrecognised-license",
    "license-claims-disagree",
    "license-omitted",
}
"""Rules whose waiver accepts that a node's licence is not known."""


@dataclass(frozen=True, slots=True)
class WaiverRule:
    """One `[[waive]]` entry: which findings it sets aside, why, and what it is bound to."""

    place: str
    """Its key in the file: `waive[2]`."""
    rule: str
    reason: str
    repo: str = "*"
    """A node's id, or a pattern with `*` and `?`."""
    owner: str | None = None
    until: str | None = None
    """ISO date; the day after, it no longer holds."""
    revision: str | None = None
    """Holds only for this commit (or the beginning of its name)."""
    license_text: str | None = None
    """Holds only while the node's licence claims have this hash (or beginning of it)."""

    def names(self, node: str) -> bool:
        """The entry is about this node."""
        return fnmatchcase(node.lower(), self.repo.lower())


@dataclass(frozen=True, slots=True)
class Curation:
    """One `[[curate]]` entry: a fact that the user corrects, bound to the hash of what it corrects."""

    place: str
    repo: str
    corrects: str
    """Hash of the node's licence claims (`claims_hash`), or its beginning."""
    reason: str
    license: str | None = None
    parents: tuple[str, ...] = ()
    publisher: str | None = None
    country: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Lists:
    """What the user allows, denies or wants to look at: licences (SPDX ids, our keys, kinds) and terms."""

    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    denied_terms: tuple[str, ...] = ()
    """`term` or `term=value`."""
    review_terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OriginStatement:
    """One `[[origin]]` entry: what the user states of where a part comes from; shown in every report as a statement."""

    place: str
    repo: str
    """The node, or a pattern."""
    part: str
    """The role of the part; empty for the main weights."""
    trained_from: str
    """`scratch`, or the model that it was made from."""
    reason: str
    evidence: str = ""
    owner: str | None = None

    @property
    def is_scratch(self) -> bool:
        """Whether it states that there is no other model behind it."""
        return self.trained_from == SCRATCH

    def speaks_of(self, node: str, name: str) -> bool:
        """Whether it is about a node, by its id or by its bare name."""
        return any(fnmatchcase(one.lower(), self.repo.lower()) for one in (node, name))

    @property
    def sentence(self) -> str:
        """The statement in a line, with its reason and its evidence."""
        what = "trained from scratch" if self.is_scratch else f"made from {self.trained_from}"
        shown = f" (evidence: {self.evidence})" if self.evidence else ""
        return (
            f"{self.place}: {self.part or 'main weights'} of {self.repo}: {what}, says the user: {self.reason}{shown}"
        )


SCRATCH = "scratch"


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole of what the user decided; without a file, the neutral default."""

    file: str | None = None
    preset: str = "neutral"
    fail_on: Severity | None = Severity.HIGH
    """None: never."""
    use: Use = field(default_factory=Use)
    stance: Stance = field(default_factory=Stance)
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    """By rule; None sets the rule's findings aside."""
    lists: Lists = field(default_factory=Lists)
    waivers: tuple[WaiverRule, ...] = ()
    curations: tuple[Curation, ...] = ()
    origins: tuple[OriginStatement, ...] = ()

    def summary(self, curated: Iterable[str] = ()) -> PolicySummary:
        """For the report."""
        return PolicySummary(
            self.file,
            self.preset,
            self.fail_on,
            (*curated, *(one.sentence for one in self.origins)),
            self.stance.asks_origin,
        )


def claims_hash(artifact: Artifact) -> str:
    """The hash of everything that a node says about its licence; a correction or a waiver is bound to it."""
    said = sorted((claim.kind.value, claim.sha256 or claim.text) for claim in artifact.claims)
    return sha256("\n".join(f"{kind}\t{words}" for kind, words in said).encode()).hexdigest()


def judge(
    findings: Iterable[Finding], policy: Policy, lineage: Lineage, today: str, stale: Iterable[Finding] = ()
) -> tuple[Finding, ...]:
    """Apply the policy's severities and waivers; what a waiver should have met and did not is a finding itself.

    `stale` are findings about corrections that no longer fit (from `licensing.curation`).
    """
    desk = _Desk(policy, lineage, today)
    judged = [one for finding in findings for one in desk.judge(finding)]
    extra = [desk.weigh(one) for one in (*stale, *desk.leftovers())]
    return tuple(sorted([*judged, *extra], key=lambda one: one.sort_key))


class _Desk:
    """Goes through the findings once and remembers which waivers were of use."""

    def __init__(self, policy: Policy, lineage: Lineage, today: str) -> None:
        self._policy, self._lineage, self._today = policy, lineage, today
        self._used: set[str] = set()
        self._why_not: dict[str, Text] = {}

    def judge(self, finding: Finding) -> Iterator[Finding]:
        """The finding with its severity, split where a waiver covers only some of its nodes."""
        weighed = self.weigh(finding)
        nodes = (weighed.subject, *weighed.also)
        by_node = {node: self._waiver(weighed, node) for node in nodes}
        for waiver in dict.fromkeys(by_node.values()):
            mine = tuple(node for node in nodes if by_node[node] is waiver)
            part = replace(weighed, subject=mine[0], also=mine[1:]) if len(mine) < len(nodes) else weighed
            yield part if waiver is None else replace(part, waived=Waiver(waiver.reason, waiver.owner, waiver.until))

    def weigh(self, finding: Finding) -> Finding:
        """The finding with the severity that the policy gives its rule."""
        if finding.rule not in self._policy.severities:
            return finding
        severity = self._policy.severities[finding.rule]
        if severity is None:
            where = self._policy.file or "the policy"
            return replace(finding, waived=Waiver(f"{where} turns the rule {finding.rule} off"))
        return replace(finding, severity=severity)

    def _waiver(self, finding: Finding, node: str) -> WaiverRule | None:
        if finding.waived is not None:
            return None
        for waiver in self._policy.waivers:
            if waiver.rule == finding.rule and waiver.names(node):
                problem = self._problem(waiver, node)
                if problem is None:
                    self._used.add(waiver.place)
                    return waiver
                self._why_not.setdefault(waiver.place, problem)
        return None

    def _problem(self, waiver: WaiverRule, node: str) -> Text | None:
        """Why a waiver that names this finding does not hold."""
        if waiver.until is not None and waiver.until < self._today:
            return text("it ended on {until}", until=waiver.until)
        if node not in self._lineage:
            return (
                None
                if waiver.revision is None and waiver.license_text is None
                else text("{node} was not seen", node=node)
            )
        artifact = self._lineage[node]
        if waiver.revision is not None and not (artifact.revision or "").startswith(waiver.revision.lower()):
            return text("{node} is at another revision ({now})", node=node, now=artifact.revision or "unknown")
        if waiver.license_text is not None and not _has_text(artifact, waiver.license_text.lower()):
            return text("{node} has another licence text now ({now})", node=node, now=claims_hash(artifact)[:16])
        return None

    def leftovers(self) -> Iterator[Finding]:
        """Waivers that were of no use."""
        subject = self._lineage.subjects[0]
        file = self._policy.file or "licscan.toml"
        for waiver in self._policy.waivers:
            if waiver.place in self._used:
                continue
            evidence = (Evidence(subject, None, f"{file}#{waiver.place}", f"{waiver.rule} · {waiver.repo}"),)
            if waiver.place in self._why_not or (waiver.until is not None and waiver.until < self._today):
                why = self._why_not.get(waiver.place) or text("it ended on {until}", until=str(waiver.until))
                message = text(
                    "{place} ({rule} for {repo}) no longer holds: {why}",
                    place=waiver.place,
                    rule=waiver.rule,
                    repo=waiver.repo,
                    why=why,
                )
                remedy = text("Look at the case again, then renew the waiver or remove it.")
                yield _low(STALE, subject, message, evidence, remedy)
            else:
                message = text(
                    "{place} ({rule} for {repo}) set nothing aside",
                    place=waiver.place,
                    rule=waiver.rule,
                    repo=waiver.repo,
                )
                remedy = text("Remove it, or correct its rule or its repository.")
                yield _low(UNUSED, subject, message, evidence, remedy)


def _low(rule: str, subject: str, message: Text, evidence: tuple[Evidence, ...], remedy: Text) -> Finding:
    return Finding(rule, Severity.LOW, Confidence.CERTAIN, subject, message, (subject,), evidence, remedies=(remedy,))


def stale_curation(subject: str, curation: Curation, file: str | None, why: Text) -> Finding:
    """The finding about a correction that no longer fits what it corrects."""
    evidence = (Evidence(subject, None, f"{file or 'licscan.toml'}#{curation.place}", curation.repo),)
    message = text(
        "{place} (a correction for {repo}) was not applied: {why}", place=curation.place, repo=curation.repo, why=why
    )
    return _low(
        STALE, subject, message, evidence, text("Look at what the repository says now, then renew or remove it.")
    )


def _has_text(artifact: Artifact, wanted: str) -> bool:
    hashes = [
        claim.sha256 for claim in artifact.claims if claim.kind in {ClaimKind.FILE, ClaimKind.LINKED, ClaimKind.PASTED}
    ]
    return any(one.startswith(wanted) for one in (*hashes, claims_hash(artifact)))


def reaches(findings: Iterable[Finding], threshold: Severity | None) -> bool:
    """Something that was not set aside is at or above the threshold."""
    if threshold is None:
        return False
    return any(one.waived is None and one.severity.rank <= threshold.rank for one in findings)


def open_gaps(gaps: Iterable[Gap], findings: Iterable[Finding]) -> tuple[Gap, ...]:
    """The gaps that nobody waived; each of them keeps a check from calling the subject clean."""
    waived = {
        node
        for one in findings
        if one.rule in GAP_RULES and one.waived is not None
        for node in (one.subject, *one.also)
    }
    return tuple(gap for gap in gaps if gap.id not in waived and gap.place != LINEAGE)


def careful(release: Release, gaps: Iterable[Gap], findings: Iterable[Finding]) -> Release:
    """The release as far as it can be said: what nobody read, and nobody accepted, may stand against it."""
    unread = tuple(dict.fromkeys(gap.id for gap in open_gaps(gaps, findings)))
    if not unread:
        return release
    missing = tuple(text("{node} was not read as a whole", node=node) for node in unread)
    allowed = None if release.allowed else release.allowed
    return replace(release, allowed=allowed, suggested=(), missing=(*release.missing, *missing))


def accepted_nodes(findings: Iterable[Finding]) -> frozenset[str]:
    """The nodes whose unknown licence the user accepts, by a waiver."""
    waived = (one for one in findings if one.waived is not None and one.rule in _OPEN_LICENSE)
    return frozenset(node for one in waived for node in (one.subject, *one.also))


def _taken(key: tuple[str, str, str, str], verdict: Verdict, accepted: frozenset[str]) -> Verdict:
    """A link that nobody can judge is a condition, where the user accepts one of its ends as it is.

    It is an open question where data without a licence were trained on: whether their terms reach the weights at all is
    unsettled, so the model is not without a verdict. Data that could not be read are a gap, and gaps are counted apart.
    """
    if verdict is not Verdict.UNKNOWN:
        return verdict
    if not accepted.isdisjoint(key[:2]):
        return Verdict.CONDITIONS
    return Verdict.DEPENDS if key[2] == Relation.TRAINED_ON else verdict


def _is_broken(judgement: Judgement, lineage: Lineage, findings: Iterable[Finding]) -> bool:
    """The subject as it stands breaks or contradicts a licence of its own parent, and nobody accepted that."""
    child = judgement.link.child
    if judgement.verdict is not Verdict.CONFLICT or child not in lineage.subjects:
        return False
    accepted = {one.license for one in findings if one.waived is not None and child in (one.subject, *one.also)}
    firm = (one for one in judgement.reasons if one.kind in _BREAKS and one.firm and one.license not in accepted)
    return judgement.confidence is not Confidence.POSSIBLE and any(firm)


def outcome(
    findings: Iterable[Finding],
    lineage: Lineage,
    resolutions: Mapping[str, Resolution],
    judgements: Mapping[tuple[str, str, str, str], Judgement],
    release: Release | None = None,
    licenses: Mapping[str, License] | None = None,
    *,
    use: Use = Use(),  # noqa: B008 - frozen
    unproved: bool = False,
) -> Outcome:
    """The verdict on the subject: blocked before unknown before conditions before clear.

    `use` says whether the subject's own licence binds the user; `unproved`: the policy asks for proof of origin, and
    none was found.
    """
    findings = tuple(findings)
    standing = [one for one in findings if one.waived is None]
    refused = release is not None and release.requested is not None and release.allowed is False
    broken = any(_is_broken(one, lineage, findings) for one in judgements.values())
    if refused or broken or any(one.severity is Severity.CRITICAL for one in standing):
        return Outcome.BLOCKED
    accepted = accepted_nodes(findings)
    verdicts = {_taken(key, one.verdict, accepted) for key, one in judgements.items()}
    unsure = release is not None and release.requested is not None and release.allowed is None
    opened = any(one.leaves_open for one in standing)
    silent = any(one.node not in accepted for one in unsaid(lineage, resolutions, licenses or {}, use))
    if open_gaps(lineage.gaps, findings) or Verdict.UNKNOWN in verdicts or unsure or silent or opened or unproved:
        return Outcome.UNKNOWN
    owed = release is not None and any(one.is_open for one in release.obligations)
    settled = verdicts <= {Verdict.SAME, Verdict.OK} and not owed
    quiet = all(one.severity.rank >= Severity.LOW.rank for one in standing)
    return Outcome.CLEAR if settled and quiet else Outcome.CONDITIONS

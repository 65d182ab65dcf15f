"""The report as Markdown: the same order as the page for counsel, for pull requests, wikis and mail.

Everything from outside is escaped: what looks like markup, a table's bar or a mention stays text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from licscan.core.cause import Cause
from licscan.core.coverage import PLACE
from licscan.core.evidence import Evidence
from licscan.core.finding import Finding
from licscan.core.judgement import Burden
from licscan.core.license import Provision
from licscan.core.lineage import Link
from licscan.core.report import Outcome, Report
from licscan.core.text import Text, text
from licscan.render import wording
from licscan.render.labels import caption
from licscan.render.lines import share_of
from licscan.render.plainmark import code, escape
from licscan.render.profile import profile_line
from licscan.render.sheet import Sheet
from licscan.words import plural, say, word

_SHOWN_EVIDENCE = 6
_SHOWN_NODES = 3


def render(report: Report) -> str:
    """The whole document, ending in a newline."""
    return "\n".join(_Page(report).lines()).rstrip("\n") + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A table whose cells are Markdown already."""
    titles = list(head)
    yield "| " + " | ".join(titles) + " |"
    yield "|" + " --- |" * len(titles)
    for row in rows:
        yield "| " + " | ".join(cell.replace("\n", " ") or " " for cell in row) + " |"
    yield ""


@dataclass(frozen=True, slots=True)
class _Page:
    report: Report

    @property
    def sheet(self) -> Sheet:
        return Sheet(self.report)

    def _say(self, sentence: Text) -> str:
        return escape(say(sentence, self.report.lang))

    def _word(self, template: str) -> str:
        return say(Text(template), self.report.lang)

    def lines(self) -> Iterator[str]:
        """Every line, in order."""
        yield from self._head()
        yield from self._decision()
        yield from self._lineage()
        yield from self._duties()
        yield from self._terms()
        yield from self._control()
        yield from self._questions()
        yield from self._annex()

    def _head(self) -> Iterator[str]:
        report, lang = self.report, self.report.lang
        yield f"# {say(text('Licence review of {name}', name=escape(report.subject)), lang)}"
        yield ""
        yield escape(profile_line(report.use, lang))
        yield ""
        outcome = wording.called(wording.OUTCOMES, report.outcome, lang)
        sentence = wording.called(wording.OUTCOME_SENTENCES, self.sheet.outcome_sentence, lang)
        yield f"**{outcome}.** {sentence}"
        yield ""
        revision = self.sheet.subject.revision
        facts = [
            f"{self._say(text('Revision'))}: {code(revision or '-')}",
            f"{self._say(text('Policy'))}: {escape(report.policy.preset)}",
            f"licscan {report.version}, {self._say(text('knowledge {version}', version=report.knowledge))}",
            *([report.made] if report.made else []),
        ]
        yield " · ".join(facts)
        yield ""
        yield f"> {say(wording.DISCLAIMER, lang)}"
        yield ""

    def _decision(self) -> Iterator[str]:
        """Page one: what decides, undeclared parts, what was not looked at, room for counsel's decision."""
        sheet, lang = self.sheet, self.report.lang
        yield f"## {self._say(text('Decision'))}"
        yield ""
        blockers = [f"{self._say(one.says)} {self._clause(one.license, one.clause)}" for one in sheet.blockers]
        gaps = [
            f"{code(one.id)} {code(one.place)}: {wording.called(wording.GAPS, one.reason, lang)}"
            for one in sheet.gaps
            if one.place != PLACE
        ]
        gaps += [self._unlooked(*one) for one in sheet.unlooked]
        unknown = [
            f"{self._called(artifact.id)}: {wording.called(wording.STATES, wording.state_of(resolution), lang)}"
            for artifact, resolution in sheet.doubts
        ]
        for title, items in (
            (text("What decides"), [*blockers, *(item for one in sheet.causes for item in self._cause(one))]),
            (text("Parts that no card declares"), [self._undeclared(link) for link in sheet.undeclared]),
            (text("What was not looked at"), [*gaps, *unknown]),
        ):
            yield f"### {self._say(title)}"
            yield ""
            yield from (item if item.startswith("  ") else f"- {item}" for item in items or ["—"])
            yield ""
        head = (text("Release: yes, no, or on conditions"), text("Name and role"), text("Date and signature"))
        yield from table([self._say(one) for one in head], [["", "", ""]])

    def _unlooked(self, kind: str, why: str, nodes: tuple[str, ...]) -> str:
        lang = self.report.lang
        names = ", ".join(self._called(node) for node in nodes[:_SHOWN_NODES])
        if len(nodes) > _SHOWN_NODES:
            names += f" {self._say(text('and {n} more', n=len(nodes) - _SHOWN_NODES))}"
        what = escape(wording.called(wording.LOOKED_AT, kind, lang))
        return f"{what} ({escape(wording.why_not_read(why, lang))}): {names}"

    def _cause(self, cause: Cause) -> Iterator[str]:
        lang = self.report.lang
        severity = wording.called(wording.SEVERITIES, cause.severity, lang)
        yield f"**{severity}** {self._say(cause.title)} {self._clause(cause.license, cause.clause)}".rstrip()
        if cause.consequences:
            follows = "; ".join(
                word(one.title, lang) + (f" (§ {one.clause})" if one.clause else "") for one in cause.consequences
            )
            yield f"  - {self._word('with it:')} {escape(follows)}"
        yield f"  - {self._way(cause.path)}"
        if cause.remedies:
            yield "  - → " + "; ".join(self._say(one) for one in cause.remedies)

    def _undeclared(self, link: Link) -> str:
        lang = self.report.lang
        how = wording.called(wording.RELATIONS, link.relation, lang)
        part = escape(wording.component_name(link.component, lang)) if link.component else how
        share = f" {share_of(link.share)}" if link.share else ""
        licence = escape(self.sheet.license_of(link.parent)) or self._say(text("licence not known"))
        who = escape(self.sheet.publisher_of(link.parent)) or self._say(text("unknown publisher"))
        sure = wording.called(wording.CONFIDENCES, link.confidence, lang)
        return f"{part}{share}: {self._called(link.parent)} · {licence} · {who} · {sure}"

    def _lineage(self) -> Iterator[str]:
        yield f"## {self._say(text('Lineage'))}"
        yield ""
        lang = self.report.lang
        lineage = self.report.lineage
        yield " · ".join(
            (
                plural(lang, "{n} node", "{n} nodes", len(lineage)),
                plural(lang, "{n} link", "{n} links", len(lineage.links)),
                plural(lang, "{n} gap", "{n} gaps", len(self.report.gaps)),
            )
        )
        yield ""
        if lineage.links:
            head = (text("Made"), text("How"), text("From"), text("Verdict"), text("Evidence"))
            yield from table([self._say(one) for one in head], (self._link(link) for link in self.sheet.links))

    def _link(self, link: Link) -> Iterator[str]:
        lang = self.report.lang
        how = wording.called(wording.RELATIONS, link.relation, lang)
        if link.component:
            how += f" ({escape(wording.component_name(link.component, lang))})"
        if not link.declared:
            how += f" · **{self._say(text('undeclared'))}**"
        verdict = wording.called(wording.VERDICTS, self.sheet.verdict(link), lang)
        yield self._called(link.child)
        yield how
        yield self._called(link.parent)
        yield f"**{verdict}**" if self.sheet.verdict(link) == "conflict" else verdict
        yield ", ".join(self._place(one) for one in link.evidence[:2])

    def _duties(self) -> Iterator[str]:
        yield f"## {self._say(text('Duties'))}"
        yield ""
        if self.report.outcome is Outcome.BLOCKED:
            yield self._say(text("The release is blocked: its duties are listed once nothing stands against it."))
            yield ""
            return
        if not self.sheet.duties:
            yield self._say(text("No duty was found."))
            yield ""
            return
        head = (text("Term"), text("What to do"), text("Licence and clause"), text("How it reaches the release"))
        lang = self.report.lang
        rows = (
            (
                escape(wording.term_name(one.term, lang)),
                self._say(text("{duty} (met by what is shipped)", duty=one.says) if one.met else one.says),
                self._clause(one.license, one.clause),
                self._way(one.path),
            )
            for one in self.sheet.duties
        )
        yield from table([self._say(one) for one in head], rows)

    def _terms(self) -> Iterator[str]:
        """What binds the subject, licence by licence, with every condition in words."""
        lang = self.report.lang
        yield f"## {self._say(text('Terms'))}"
        yield ""
        if not self.report.burdens:
            yield self._say(text("No term from above binds it."))
            yield ""
        head = [self._say(one) for one in (text("Term"), text("What it says"), text("Clause"))]
        for key, source, _, rows in self.sheet.binding_by_license:
            yield f"### {escape(self.sheet.license_name(key))} ({self._called(source)})"
            yield ""
            yield from table(
                head,
                (
                    (
                        escape(wording.term_name(one.provision.term, lang)),
                        self._binding(one),
                        escape(one.provision.clause or "—"),
                    )
                    for one in rows
                ),
            )

    def _binding(self, one: Burden) -> str:
        lang = self.report.lang
        words = [wording.value_sentence(one.provision.term, one.provision.value, lang)]
        words += [f"“{one.provision.says}”"] if one.provision.says else []
        words += wording.conditions_of(one.provision, lang)
        words += [say(one.question, lang)] if one.unsettled and one.question else []
        return escape("; ".join(words))

    def _matrix(self) -> Iterator[str]:
        sheet, lang = self.sheet, self.report.lang
        if not sheet.matrix:
            return
        yield f"### {self._say(text('Licences and terms'))}"
        yield ""
        head = [self._say(text("Term")), *(escape(one.name) for one in sheet.licenses)]
        rows = (
            [
                escape(wording.term_name(row.term, lang)),
                *(
                    escape(
                        wording.value_sentence(cell.term, cell.value, lang)
                        + (f" § {cell.clause}" if cell.clause else "")
                    )
                    for cell in row.cells
                ),
            ]
            for row in sheet.matrix
        )
        yield from table(head, rows)

    def _cell(self, cell: Provision) -> str:
        clause = f" § {cell.clause}" if cell.clause else ""
        return escape(wording.value_sentence(cell.term, cell.value, self.report.lang) + clause)

    def _control(self) -> Iterator[str]:
        sheet, lang = self.sheet, self.report.lang
        if not sheet.control and not sheet.shares and not self.report.origins:
            return
        yield f"## {self._say(text('Change and control'))}"
        yield ""
        for by, shares in sheet.shares:
            heading = wording.called(wording.SHARES_BY, by, lang)
            yield f"### {self._say(text('Share of the parameters by {heading}', heading=heading))}"
            yield ""
            for one in shares:
                name = self._say(text("unknown")) if one.value is None else escape(one.value)
                yield f"- {name}: {one.low * 100:.1f}-{one.high * 100:.1f} %"
            yield ""
        for origin in self.report.origins:
            part = wording.component_name(origin.component, lang) if origin.component else self._word("the whole model")
            verdict = wording.called(wording.ORIGINS, origin.verdict, lang)
            yield f"- **{escape(part)}**: {verdict}. {self._say(origin.says)}"
        for kind, facts in sheet.control:
            for fact in facts:
                head = f"- **{wording.called(wording.CONTROLS, kind, lang)}** {code(fact.node)}"
                yield f"{head}: {self._say(fact.says)} {self._clause(fact.license, fact.clause)}"
        yield ""

    def _questions(self) -> Iterator[str]:
        yield f"## {self._say(text('Open questions'))}"
        yield ""
        if not self.sheet.questions:
            yield self._say(text("None was raised."))
            yield ""
            return
        head = (text("Question"), text("What would settle it"), text("Taken until then"))
        rows = ([self._say(item) for item in (one.asks, one.settles, one.default)] for one in self.sheet.questions)
        yield from table([self._say(one) for one in head], rows)

    def _annex(self) -> Iterator[str]:
        yield f"## {self._say(text('Annex'))}"
        yield ""
        yield from self._findings()
        yield from self._matrix()
        yield from self._nodes()

    def _findings(self) -> Iterator[str]:
        yield f"### {self._say(text('Findings'))}"
        yield ""
        if not self.report.findings:
            yield self._say(text("Nothing was found."))
            yield ""
        for finding in self.report.findings:
            yield from self._finding(finding)

    def _finding(self, finding: Finding) -> Iterator[str]:
        lang = self.report.lang
        severity = wording.called(wording.SEVERITIES, finding.severity, lang)
        yield f"#### {severity}: {self._say(finding.message)}"
        yield ""
        confidence = wording.called(wording.CONFIDENCES, finding.confidence, lang)
        yield f"- {code(finding.rule)} · {self._say(text('Confidence'))}: {confidence}"
        if finding.waived:
            until = f" ({finding.waived.until})" if finding.waived.until else ""
            yield f"- {self._say(text('set aside: {reason}', reason=finding.waived.reason))}{until}"
        if finding.path:
            yield f"- {self._say(text('Path'))}: {self._way(finding.path)}"
        if finding.also:
            yield f"- {self._say(text('Also at'))}: {', '.join(self._called(one) for one in finding.also)}"
        if finding.license or finding.clause:
            yield f"- {self._say(text('Clause'))}: {self._clause(finding.license, finding.clause)}"
        yield from (
            f"- {self._say(text('Evidence'))}: {self._place(one)} “{escape(one.says[:240])}”"
            for one in finding.evidence[:_SHOWN_EVIDENCE]
        )
        yield from (f"- {self._say(text('Remedy'))}: {self._say(one)}" for one in finding.remedies)
        yield ""

    def _nodes(self) -> Iterator[str]:
        yield f"### {self._say(text('Every node'))}"
        yield ""
        head = (text("Node"), text("Licence"), text("Publisher"), text("Revision and source"))
        yield from table([self._say(one) for one in head], (self._node(one.id) for one in self.sheet.nodes))

    def _node(self, name: str) -> Iterator[str]:
        report, lang = self.report, self.report.lang
        artifact, resolution = report.lineage[name], report.resolutions[name]
        state = wording.state_of(resolution)
        known = " / ".join(escape(self.sheet.license_name(key)) for key in self.sheet.keys(name))
        publisher = report.publishers.get(name)
        yield self._called(name)
        yield known if state == "resolved" else f"{wording.called(wording.STATES, state, lang)} {known}".rstrip()
        yield escape(f"{publisher.entity or publisher.name} ({publisher.country or '?'})") if publisher else "—"
        source = wording.called(wording.SOURCES, artifact.source, lang) if artifact.source else ""
        gap = wording.called(wording.GAPS, artifact.gap.reason, lang) if artifact.gap else ""
        yield " ".join(part for part in (code(artifact.revision or ""), source, artifact.as_of or "", gap) if part)

    def _clause(self, license: str | None, clause: str | None) -> str:
        parts = (escape(self.sheet.license_name(license)), f"§ {escape(clause)}" if clause else "")
        said = " ".join(part for part in parts if part)
        return f"({said})" if said else ""

    def _called(self, name: str) -> str:
        return code(caption(self.report.lineage[name]) if name in self.report.lineage else name)

    def _place(self, evidence: Evidence) -> str:
        line = f":{evidence.line}" if evidence.line else ""
        return f"{code(evidence.repo)} {code(evidence.place + line)}"

    def _way(self, path: Iterable[str]) -> str:
        return " ← ".join(self._called(one) for one in path)

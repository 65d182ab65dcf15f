"""What must be done before the subject goes out: each licence above it asked once, and what is met already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from licscan.compatibility.effective_terms import Source
from licscan.compatibility.limits import applies
from licscan.compatibility.obligations import Duty, duties_of
from licscan.compatibility.parties import begins_with, has_notice, in_plain_letters, name_of
from licscan.core.artifact import Artifact, ClaimKind
from licscan.core.judgement import Obligation
from licscan.core.license import License, Resolution, Statement, Term
from licscan.core.lineage import Lineage
from licscan.core.use import Distribution, Use
from licscan.knowledge.flowtable import FlowTable

_TEXTS = frozenset({ClaimKind.FILE.value, ClaimKind.PASTED.value})
_BY_LINK = frozenset({"link_ok", "copy_or_url"})
_UNFILLED = re.compile(r"_{4,}")
_MARKS = re.compile(r"\(c\)|©|\bcopyright\b|\ball rights reserved\b", re.IGNORECASE)
_SHORTEST_LINE = 12
_SHORTEST_SENTENCE = 30
_MOST_LINES_KEPT = 0.8


def release_duties(
    subject: str,
    sources: Iterable[Source],
    lineage: Lineage,
    resolutions: Mapping[str, Resolution],
    licenses: Mapping[str, License],
    use: Use,
    table: FlowTable,
) -> tuple[Obligation, ...]:
    """Everything that the licences of a subject ask of whoever passes it on, with what is met already.

    Args:
        subject: the node that goes out.
        sources: the licences that reach it; its own among them where it binds the user.
        lineage: all nodes.
        resolutions: their licences.
        licenses: the knowledge.
        use: what leaves the house; duties of distribution are not owed where nothing does.
        table: what gets along which way.
    """
    shipped = Shipped.of(lineage[subject], resolutions[subject], lineage, licenses, use, table)
    found: dict[tuple[str, ...], Obligation] = {}
    for source in sorted(sources, key=lambda one: (len(one.path), one.node)):
        license = licenses.get(source.license or "")
        if license is None or not _is_owed(license, use, table):
            continue
        parent = lineage[source.node]
        for duty in duties_of(license, source.way.column, table, has_notice=has_notice(parent)):
            term = duty.provision.term
            if applies(duty.provision, use) is False or (source.node == subject and _is_about_changes(term)):
                continue
            by_source = source.node if term is Term.NOTICE_FILE else ""
            key = (term, license.text_of or license.key, duty.clause or "", by_source)
            if key not in found:
                met = shipped.is_met(license, duty, parent)
                found[key] = Obligation(term, duty.says, license.key, duty.clause, source.node, source.path, met)
    return tuple(sorted(found.values(), key=lambda one: (one.term, one.license, one.source, one.clause or "")))


def _is_about_changes(term: Term) -> bool:
    """Who passes the work on as it is changes nothing and makes nothing that bears a name."""
    return term in {Term.MODIFICATION_NOTICE, Term.NAMING, Term.SHARE_ALIKE}


def _is_owed(license: License, use: Use, table: FlowTable) -> bool:
    """Duties of distribution: not owed for use in the house; for a service only where the text speaks of it."""
    if not use.distributes or Distribution.WEIGHTS in use.distributes:
        return True
    if use.distributes == frozenset({Distribution.INTERNAL}):
        return False
    return not license.is_standard or license[Term.SHARE_ALIKE].value in table.share_alike["network"]


@dataclass(frozen=True, slots=True)
class Shipped:
    """What goes out with the subject, as far as it was seen."""

    texts: frozenset[str]
    """Licences whose text is there, by key; of a publisher's record the key of the text."""
    named: frozenset[str]
    """Licences that are named or linked."""
    own: frozenset[str]
    """Expressions of the licences under which the subject itself goes out."""
    notices: tuple[str, ...]
    policies: frozenset[str]
    """Licences whose use policy is there."""
    is_listed: bool
    has_notice: bool
    """There is a notice, whether or not it was read."""
    says_changed: bool
    name: str
    table: FlowTable

    @classmethod
    def of(
        cls,
        artifact: Artifact,
        resolution: Resolution,
        lineage: Lineage,
        licenses: Mapping[str, License],
        use: Use,
        table: FlowTable,
    ) -> Shipped:
        """What a subject ships."""
        statements = resolution.statements
        notices = tuple(one.text for one in artifact.claims if one.kind is ClaimKind.NOTICE)
        keys = {key for one in getattr(resolution, "alternatives", ()) for key in one}
        return cls(
            texts=frozenset(_texts(statements, licenses)),
            named=frozenset(_text_of(key, licenses) for one in statements for key in one.keys),
            own=frozenset(licenses[key].expression for key in keys if key in licenses),
            notices=notices,
            policies=frozenset(_policies(statements, licenses)),
            is_listed=artifact.files is not None,
            has_notice=bool(has_notice(artifact)),
            says_changed=_says_changed(artifact, notices, lineage, table),
            name=use.release_name or name_of(artifact),
            table=table,
        )

    def is_met(self, license: License, duty: Duty, parent: Artifact) -> bool | None:
        """Whether the duty is met by what is there: None where that cannot be seen from here."""
        provision, key = duty.provision, license.text_of or license.key
        match provision.term:
            case Term.LICENSE_COPY:
                return self._found(key in self.texts or (provision.value in _BY_LINK and key in self.named))
            case Term.NOTICE_FILE:
                return self._notice(license, provision.value, provision.says, parent)
            case Term.MODIFICATION_NOTICE:
                return self._found(self.says_changed)
            case Term.NAMING:
                return begins_with(self.name, provision.says or "", self.table)
            case Term.RESTRICTION_PASSTHROUGH:
                return self._found(license.expression in self.own)
            case Term.USE_POLICY:
                inside = provision.value.startswith("embedded") and key in self.texts
                return self._found(key in self.policies or inside)
            case _:
                return None

    def _found(self, is_there: bool) -> bool | None:
        """What is not there is missing only where the files were listed."""
        return True if is_there else (False if self.is_listed else None)

    def _notice(self, license: License, value: str, says: str | None, parent: Artifact) -> bool | None:
        if value == "retain_notices" and not _lines(parent):
            return None
        if says and value == "yes":
            unread = self.has_notice and not self.notices
            return None if unread else self._found(any(_says(one, says) for one in self.notices))
        wanted = _lines(parent)
        if wanted:
            whole = in_plain_letters(" ".join(self.notices))
            kept = sum(1 for one in wanted if one in whole)
            return self._found(kept >= _MOST_LINES_KEPT * len(wanted))
        return self._found(self.has_notice) if value == "yes" or license.is_standard else None


def _says(notice: str, prescribed: str) -> bool:
    """The notice has the prescribed words, or their first sentence; how a copyright is marked does not count."""
    whole, first = (
        in_plain_letters(_MARKS.sub(" ", one)) for one in (prescribed, prescribed.split(". ", maxsplit=1)[0])
    )
    said = in_plain_letters(_MARKS.sub(" ", notice))
    return whole in said or (len(first) >= _SHORTEST_SENTENCE and first in said)


def _texts(statements: Iterable[Statement], licenses: Mapping[str, License]) -> Iterator[str]:
    """Licences whose text stands in a file or in the card, whatever else the file says."""
    for one in statements:
        if one.kind not in _TEXTS:
            continue
        yield from (_text_of(key, licenses) for key in one.keys)
        if one.identity is not None:
            yield from (_text_of(key, licenses) for key, _, _ in one.identity.parts)


def _policies(statements: Iterable[Statement], licenses: Mapping[str, License]) -> Iterator[str]:
    for one in statements:
        for key in (*one.keys, *((one.identity.key,) if one.identity and one.identity.key else ())):
            if key in licenses and licenses[key].policy_of:
                yield str(licenses[key].policy_of)


def _text_of(key: str, licenses: Mapping[str, License]) -> str:
    return (licenses[key].text_of or key) if key in licenses else key


def _says_changed(artifact: Artifact, notices: Iterable[str], lineage: Lineage, table: FlowTable) -> bool:
    """A notice, a file of changes or a sentence of the card says that the work was changed."""
    files = [entry.path.rpartition("/")[2].lower() for entry in artifact.files or ()]
    if any(name.startswith(table.change_files) for name in files):
        return True
    if any(table.says_changed.search(_UNFILLED.split(one)[0]) for one in notices):
        return True
    prose = (seen for link in lineage.up(artifact.id) for seen in link.evidence)
    return any(seen.place == "README.md" and table.says_changed.search(seen.says) for seen in prose)


def _lines(parent: Artifact) -> list[str]:
    """The lines of a work's own notices that have to be kept, in plain letters."""
    lines = [line for one in parent.claims if one.kind is ClaimKind.NOTICE for line in one.text.splitlines()]
    return [plain for line in lines if len(plain := in_plain_letters(line)) >= _SHORTEST_LINE]

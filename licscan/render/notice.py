"""The notices that must ship: `NOTICE`, the licence texts, the use policies and a list of what is left to fill in.

`NOTICE` is written for whoever receives the model, so it is in English in every language of the report; the list of
what is left to do is for the house and speaks the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from licscan.core.artifact import Artifact, Claim, ClaimKind, FactKind, NodeKind
from licscan.core.license import License, Term
from licscan.core.lineage import Relation
from licscan.core.report import Report
from licscan.core.text import Text, harmless, text
from licscan.render import bom
from licscan.render.labels import caption
from licscan.render.plainmark import escape
from licscan.render.sheet import Sheet
from licscan.render.spdx_texts import address_of, standard_text
from licscan.words import say

_RULE = "=" * 78
_THIN = "-" * 78
_TEXTS = frozenset({ClaimKind.FILE, ClaimKind.LINKED})
_SPDX_ID = re.compile(r"[A-Za-z0-9.+\-]+\Z")
_NOTICE_SENTENCE = re.compile(r"[“\"]([^“”\"]{3,120}\bis licensed under\b[^“”\"]{3,300})[”\"]")
_ASKED = frozenset({"yes", "required", "url", "embedded", "embedded_exhibit", "embedded_and_url", "file_and_url"})


@dataclass(frozen=True, slots=True)
class LegalText:
    """One licence text or use policy that goes into `licenses/`."""

    file: str
    content: str
    origin: str
    """Where it was read: repository, commit and file; or the package that has the standard text."""
    original_sha256: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything that ships, and what is left to do."""

    files: Mapping[str, str]
    """Path inside the folder to content: `NOTICE`, `licenses/...`, `NOTICE.todo.md`."""
    missing: tuple[str, ...]
    """Names of licences whose text could not be had."""


def render(report: Report) -> str:
    """`NOTICE` alone."""
    return bundle(report).files["NOTICE"]


def bundle(report: Report) -> Bundle:
    """All files of the notice bundle."""
    texts = {license.key: list(_texts_of(license, report)) for license in _licenses(report)}
    policies = {license.key: list(_policies_of(license, report)) for license in _licenses(report)}
    files = {one.file: one.content for group in (*texts.values(), *policies.values()) for one in group}
    missing = tuple(license.name for license in _licenses(report) if not texts[license.key])
    whole = {
        "NOTICE": "\n".join(_notice(report, texts, policies)).rstrip("\n") + "\n",
        **dict(sorted(files.items())),
        "NOTICE.todo.md": "\n".join(_todo(report, missing)).rstrip("\n") + "\n",
    }
    return Bundle(whole, missing)


def _parts(report: Report) -> tuple[Artifact, ...]:
    """What the subject is made of, nearest first; data sets stand in a list of their own."""
    return tuple(one for one in Sheet(report).nodes if one.id != report.subject and one.kind is not NodeKind.DATASET)


def _licenses(report: Report) -> tuple[License, ...]:
    """The licences of everything upstream, in a fixed order. The subject's own is the publisher's to choose."""
    sheet = Sheet(report)
    upstream = {key for artifact in _parts(report) for key in sheet.keys(artifact.id)}
    return tuple(sorted((one for one in sheet.licenses if one.key in upstream), key=lambda one: one.key))


def _holders(license: License, report: Report) -> tuple[str, ...]:
    sheet = Sheet(report)
    return tuple(one.id for one in _parts(report) if license.key in sheet.keys(one.id))


def _file_name(stem: str, ending: str = ".txt") -> str:
    return "licenses/" + (re.sub(r"[^A-Za-z0-9.+\-]+", "-", stem).strip(".-") or "licence") + ending


def _texts_of(license: License, report: Report) -> Iterator[LegalText]:
    """The texts as the nodes ship them, one file for each that differs; else the standard text."""
    seen: dict[str, None] = {}
    for node in _holders(license, report):
        for claim in _claims_for(node, license, report):
            hashed = bom.hash_of(claim)
            if hashed in seen:
                continue
            seen[hashed] = None
            stem = license.key if len(seen) == 1 else f"{license.key}-{len(seen)}"
            yield LegalText(_file_name(stem), claim.text, _origin(claim), hashed)
    if seen or not _SPDX_ID.match(license.expression) or license.expression.startswith("LicenseRef-"):
        return
    standard = standard_text(license.expression)
    if standard is not None:
        origin = f"the standard text of {license.expression} (SPDX licence list)"
        yield LegalText(_file_name(license.key), standard, origin, sha256(standard.encode()).hexdigest())


def _claims_for(node: str, license: License, report: Report) -> Iterator[Claim]:
    """The licence texts of the node that were recognised as this licence."""
    statements = report.resolutions[node].statements
    for claim in report.lineage[node].claims:
        is_named = any(license.key in one.keys and one.evidence == claim.evidence for one in statements)
        if claim.kind in _TEXTS and (is_named or _is_only(node, license, report)):
            yield claim


def _is_only(node: str, license: License, report: Report) -> bool:
    """The node has one licence and one licence text, so they belong together."""
    keys = Sheet(report).keys(node)
    texts = [one for one in report.lineage[node].claims if one.kind in _TEXTS]
    return keys == (license.key,) and len(texts) == 1


def _policies_of(license: License, report: Report) -> Iterator[LegalText]:
    seen: dict[str, None] = {}
    for node in _holders(license, report):
        for claim in report.lineage[node].claims:
            hashed = bom.hash_of(claim)
            if claim.kind is ClaimKind.POLICY and hashed not in seen:
                seen[hashed] = None
                stem = f"{license.key}-use-policy" + ("" if len(seen) == 1 else f"-{len(seen)}")
                yield LegalText(_file_name(stem), claim.text, _origin(claim), hashed)


def _origin(claim: Claim) -> str:
    at = claim.evidence.revision or "a revision that is not known"
    return harmless(f"{claim.evidence.repo} at {at}, {claim.evidence.place}")


def _notice(
    report: Report, texts: Mapping[str, list[LegalText]], policies: Mapping[str, list[LegalText]]
) -> Iterator[str]:
    yield Sheet(report).release_name
    yield _RULE
    yield ""
    yield "This release contains, or was made from, the works below. Each is used under its own licence;"
    yield "the texts are in the folder licenses/."
    sentences = _sentences(report)
    if sentences:
        yield ""
        yield from sentences
    for artifact in _parts(report):
        yield from _part(artifact, report, texts)
    yield from _data_sets(report)
    yield from _policy_lines(report, policies)
    yield from _upstream_notices(report)


def _sentences(report: Report) -> tuple[str, ...]:
    """The sentences that licences upstream ask for in so many words, each once."""
    asked: dict[str, None] = {}
    for license in _licenses(report):
        display, notice = license[Term.DISPLAY_ATTRIBUTION], license[Term.NOTICE_FILE]
        if display.value == "required" and display.binding and _is_sentence(display.says):
            asked[harmless(display.says or "")] = None
        if notice.value == "yes" and notice.binding:
            asked.update(dict.fromkeys(_prescribed(license, report)))
    return tuple(asked)


def _is_sentence(says: str | None) -> bool:
    """The record gives the words to show, not a description of them."""
    return bool(says) and str(says)[:1].isupper()


def _prescribed(license: License, report: Report) -> tuple[str, ...]:
    """The notice that the licence's own text prescribes, as the copy that was read has it."""
    found: dict[str, None] = {}
    for node in _holders(license, report):
        for claim in _claims_for(node, license, report):
            for sentence in _NOTICE_SENTENCE.findall(claim.text):
                found[harmless(" ".join(sentence.split()))] = None
    return tuple(found)


def _part(artifact: Artifact, report: Report, texts: Mapping[str, list[LegalText]]) -> Iterator[str]:
    sheet = Sheet(report)
    publisher = report.publishers.get(artifact.id)
    yield ""
    yield _THIN
    yield caption(artifact)
    roles = sorted({link.component for link in report.lineage.down(artifact.id) if link.component})
    if roles:
        yield f"  part:      {harmless(', '.join(roles)).replace('_', ' ')}"
    if publisher or artifact.org:
        yield f"  publisher: {harmless((publisher.entity or publisher.name) if publisher else artifact.org or '')}"
    if bom.page(artifact):
        yield f"  source:    {bom.page(artifact)}"
    for fact in artifact.facts_of(FactKind.COPYRIGHT):
        yield f"  {harmless(fact.value)}"
    keys = sheet.keys(artifact.id)
    if not keys:
        yield "  licence:   NOT KNOWN - to be settled before this notice ships"
    for key in keys:
        license = report.licenses.get(key)
        name = license.name if license else key
        yield f"  licence:   {name} ({license.expression if license else key})"
        files = texts.get(key, [])
        if not files and license is not None:
            yield f"  text:      not in the repositories that were read; it lives at {_lives_at(license)}"
        for one in files:
            yield f"  text:      {one.file} (from {one.origin}; SHA-256 {one.original_sha256})"
        if license is not None and license[Term.MODIFICATION_NOTICE].value == "yes" and _is_changed(artifact, report):
            clause = license[Term.MODIFICATION_NOTICE].clause
            yield f"  changes:   ________________________________ (to state{f', clause {clause}' if clause else ''})"


def _is_changed(artifact: Artifact, report: Report) -> bool:
    """A part that is contained as it is was not changed; everything else was."""
    downs = report.lineage.down(artifact.id)
    return not downs or any(link.relation is not Relation.TRAINED_ON for link in downs)


def _lives_at(license: License) -> str:
    if license.url:
        return license.url
    if not license.expression.startswith("LicenseRef-") and _SPDX_ID.match(license.expression):
        return address_of(license.expression)
    return next(iter(license.sources), "an address that is not known")


def _data_sets(report: Report) -> Iterator[str]:
    sheet = Sheet(report)
    found = [one for one in sheet.nodes if one.kind is NodeKind.DATASET and one.id != report.subject]
    if not found:
        return
    yield ""
    yield _THIN
    yield "Data sets named as training data (not contained in this release)"
    for artifact in found:
        names = " / ".join(sheet.license_name(key) for key in sheet.keys(artifact.id)) or "licence not known"
        yield f"  {harmless(artifact.id)}: {names}"


def _policy_lines(report: Report, policies: Mapping[str, list[LegalText]]) -> Iterator[str]:
    lines = []
    for license in _licenses(report):
        provision = license[Term.USE_POLICY]
        lines += [
            f"  {license.name}: {one.file} (from {one.origin}; SHA-256 {one.original_sha256})"
            for one in policies.get(license.key, [])
        ]
        if not policies.get(license.key) and provision.says and provision.value in _ASKED:
            lines.append(f"  {license.name}: {harmless(provision.says)}")
    if lines:
        yield ""
        yield _THIN
        yield "Use policies that go along with this release"
        yield from lines


def _upstream_notices(report: Report) -> Iterator[str]:
    seen: set[str] = set()
    for artifact in Sheet(report).nodes:
        for claim in artifact.claims:
            if claim.kind is ClaimKind.NOTICE and bom.hash_of(claim) not in seen and artifact.id != report.subject:
                seen.add(bom.hash_of(claim))
                yield ""
                yield _THIN
                yield f"Notice of {_origin(claim)}"
                yield ""
                yield harmless(claim.text.replace("\r\n", "\n").replace("\t", "    ")).rstrip()


def _todo(report: Report, missing: tuple[str, ...]) -> Iterator[str]:
    """What is left before the bundle may ship, for the house and not for shipping."""

    def line(one: Text) -> str:
        return escape(say(one, report.lang))

    yield f"# {line(text('Left to do before the notices ship'))}"
    yield ""
    yield line(text("This file is for you. It does not ship."))
    yield ""
    items = [line(text("State your changes in NOTICE wherever a line is left open."))]
    items += [
        line(text("Get the text of {license}; it was not in the repositories that were read.", license=name))
        for name in missing
    ]
    items += [line(one) for one in naming_check(report)]
    items += [line(one) for one in _wordless(report)]
    items += [
        line(text("Settle the licence of {node}; it is not known.", node=artifact.id))
        for artifact in _parts(report)
        if not Sheet(report).keys(artifact.id)
    ]
    yield from (f"- [ ] {item}" for item in items)


def _wordless(report: Report) -> Iterator[Text]:
    """Duties to display or to notify whose exact words the knowledge and the copies that were read do not give."""
    for license in _licenses(report):
        display, notice = license[Term.DISPLAY_ATTRIBUTION], license[Term.NOTICE_FILE]
        if display.value == "required" and display.binding and not _is_sentence(display.says):
            yield text(
                "Show the attribution that {license} asks for (clause {clause}): {words}.",
                license=license.name,
                clause=display.clause or "?",
                words=display.says or "?",
            )
        if notice.value == "yes" and notice.binding and not _prescribed(license, report):
            yield text(
                "Write the notice that {license} prescribes (clause {clause}) into NOTICE.",
                license=license.name,
                clause=notice.clause or "?",
            )


def naming_check(report: Report) -> Iterator[Text]:
    """Whether the release's name has what the naming duties upstream ask for."""
    name = Sheet(report).release_name
    for license in _licenses(report):
        provision = license[Term.NAMING]
        if provision.value != "required" or not provision.says or not provision.binding:
            continue
        asked = provision.says
        facts = {"name": name, "words": asked, "license": license.name, "clause": provision.clause or "?"}
        if name.casefold().startswith(asked.casefold()):
            yield text("The name {name} begins with “{words}”, as {license} asks (clause {clause}).", **facts)
        elif asked.casefold() in name.casefold():
            yield text(
                "The name {name} has “{words}”, but not at its beginning; read {license}, clause {clause}.", **facts
            )
        else:
            yield text("The name {name} lacks “{words}”, which {license} asks for (clause {clause}).", **facts)

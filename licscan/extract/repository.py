"""Reads one repository: which of its files to ask for, and all that they and the Hub say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from licscan.core.artifact import Artifact, ClaimKind, Fact, FactKind, NodeKind, Source
from licscan.core.bounds import BYTES, LICENSE_SENTENCES
from licscan.core.coverage import PLACE, Coverage, by_reason
from licscan.core.evidence import Confidence, Evidence, Gap, GapReason
from licscan.core.ids import RepoKind
from licscan.core.lineage import Relation
from licscan.core.text import harmless
from licscan.extract import (
    adapter,
    card,
    code,
    config,
    diffusers,
    gguf,
    license_prose,
    mergekit,
    modelfile,
    prose,
    safetensors,
    tool_files,
)
from licscan.extract import license_files as texts
from licscan.extract import tool_configs as traces
from licscan.extract.coverage import CARD, Looked, coverage
from licscan.extract.extraction import At, Said, as_text, shorten
from licscan.extract.file_selection import DEEP_ONLY, GGUF_HEADS, Selection, is_modelfile, is_part, select, wanted
from licscan.extract.leaves import parsed
from licscan.extract.license_link import linked_text
from licscan.extract.mention import Mention, Reading
from licscan.extract.sweep import is_swept, names_in_file
from licscan.formats import frontmatter
from licscan.formats.malformed import Malformed
from licscan.sources.protocol import Hub, RepoInfo, Want

__all__ = ["Mention", "Reading", "read_repo", "wanted"]

_UNSEEN = (Want("README.md"), Want("config.json"), Want("adapter_config.json"), Want("mergekit_config.yml"))
"""What to try where the listing was not seen (the catalogue): an absent file is then no news."""
_DUPLICATE = re.compile(r"duplicated? from ([\w.\-]+/[\w.\-]+)", re.IGNORECASE)
_FEW_COMMITS = 50
_WEAK = frozenset({"tag-name", "tag-word"})
"""Tags that happen to look like names do not tell where a model comes from."""
_SAYS_LICENSE = frozenset(ClaimKind) - {ClaimKind.NOTICE, ClaimKind.POLICY}


def read_repo(info: RepoInfo, hub: Hub, *, deep: bool) -> Reading:
    """Read everything that `select` names, and the Hub's own answer.

    What could not be read, or not to its end, is a gap of the artifact; `looked_at` says of every kind of thing whether
    it was read.

    Args:
        info: the Hub's answer.
        hub: where its files are.
        deep: it is the subject.
    """
    looked = Looked()
    heads: dict[str, bytes] = {}
    info, gaps = _listed(info, hub, looked)
    said, files = _read_files(info, hub, looked, gaps, heads, deep=deep)
    gaps += _unread_texts(info, said, gaps)
    metadata = (_metadata(files[CARD]) if CARD in files else None) or info.card
    said += _without_files(info, said)
    linked, unread_link = linked_text(said, info, hub)
    said += linked
    gaps += unread_link
    if deep and not any(one.kind is RepoKind.MODEL and one.source not in _WEAK for one in said.mentions):
        copied, unseen = _duplicated(info, hub)
        said += copied
        gaps += unseen
    if info.partial and not any(claim.kind in _SAYS_LICENSE and not claim.part for claim in said.claims):
        gaps.append(Gap(str(info.id), GapReason.OFFLINE, "the licence field of its card was not seen", CARD))
    covered = coverage(info, metadata if CARD not in files else metadata or {}, looked)
    gaps += _uncovered(info, covered, gaps)
    artifact = replace(
        _artifact(info),
        claims=said.claims,
        facts=_once(tuple(_with_signs(said.facts, info, metadata or {}))),
        file_gaps=tuple(gaps),
        looked_at=covered,
    )
    return Reading(artifact, said.mentions, _inferred(info, metadata or {}, said.mentions), files, heads)


def _read_files(
    info: RepoInfo, hub: Hub, looked: Looked, gaps: list[Gap], heads: dict[str, bytes], *, deep: bool
) -> tuple[Said, dict[str, bytes]]:
    """What the Hub's answer and the files say, and the small files themselves; what is not read goes into the rest.

    `heads` takes the first stretches of weights files.
    """
    said = card.read_hub(info)
    files: dict[str, bytes] = {}
    total = 0
    gaps += [
        Gap(str(info.id), GapReason.MALFORMED, f"the Hub's answer has a {name} that is none", name) for name in info.odd
    ]
    chosen = select(info, deep=deep)
    for bound, left in chosen.left:
        gaps.append(bound.gap(str(info.id), left))
        looked.failed.update(dict.fromkeys(left, str(GapReason.TRUNCATED)))
    wants = _wants(info, chosen)
    for place, want in enumerate(wants):
        if total > BYTES.value:
            left = tuple(one.path for one in wants[place:])
            gaps.append(BYTES.gap(str(info.id), left, want.path))
            looked.failed.update(dict.fromkeys(left, str(GapReason.TRUNCATED)))
            break
        raw, unread = _fetch(info, hub, want)
        if unread or raw is None:
            looked.failed[want.path] = str(unread[0].reason if unread else GapReason.ABSENT)
        gaps += [one for one in unread if not (want.path in chosen.swept and one.reason is GapReason.MALFORMED)]
        if raw is None:
            continue
        looked.read.add(want.path)
        (files if want.length is None else heads)[want.path] = raw
        said += _told(want, raw, info, looked, gaps)
        total += len(raw)
    return said, files


def _with_signs(facts: tuple[Fact, ...], info: RepoInfo, metadata: Mapping[str, Any]) -> Iterator[Fact]:
    """The facts with what tags, library and name show of a derivation; a folder of a whole model shows nothing."""
    is_whole = any(entry.path == "config.json" for entry in info.files or ())
    for fact in facts:
        inner = "/" in fact.evidence.place.partition("#")[0]
        if not (fact.kind is FactKind.DERIVED and inner and is_whole):
            yield fact
    if info.id.kind is RepoKind.MODEL:
        yield from card.signs_of_derivation(info, metadata)


def _told(want: Want, raw: bytes, info: RepoInfo, looked: Looked, gaps: list[Gap]) -> Said:
    """What one file says; what is malformed in it, or lies beyond a limit of its reader, is a gap."""
    try:
        found, odd = _read(want.path, raw, At(str(info.id), info.revision, want.path), info)
    except Malformed as problem:
        found, odd = Said(), str(problem)
    if odd:
        looked.failed[want.path] = str(GapReason.MALFORMED)
        gaps.append(Gap(str(info.id), GapReason.MALFORMED, f"{want.path}: {odd}", want.path))
    for bound, left in found.left:
        looked.failed[want.path] = str(GapReason.TRUNCATED)
        gaps.append(bound.gap(str(info.id), left, want.path))
    return found


def _uncovered(info: RepoInfo, covered: Coverage, gaps: list[Gap]) -> list[Gap]:
    """The gap that stands for what was not looked at, where no file's own gap tells of it."""
    missing = covered.missing()
    if not missing or (gaps and info.source is not Source.CATALOG):
        return []
    reason = GapReason.OFFLINE if info.source is Source.CATALOG else GapReason.MALFORMED
    detail = "; ".join(f"{', '.join(kinds).replace('_', ' ')} ({why})" for why, kinds in by_reason(missing).items())
    return [Gap(str(info.id), reason, f"not looked at: {detail}", PLACE)]


def _wants(info: RepoInfo, chosen: Selection) -> tuple[Want, ...]:
    """What to ask for; where the listing was not seen (the catalogue), the few files that it may hold."""
    if info.files is not None and info.source is not Source.CATALOG:
        return tuple(chosen.wants)
    return tuple(dict.fromkeys((*_UNSEEN, *chosen.wants)))


def _listed(info: RepoInfo, hub: Hub, looked: Looked) -> tuple[RepoInfo, list[Gap]]:
    """The repository with its files, asked for once more where its own answer did not show them.

    What is not listed is never looked for, so a listing that was not seen is a gap.
    """
    if info.files is not None or info.source is Source.CATALOG:
        return info, []
    found = hub.listing(info)
    if not found and info.card:
        found = Gap(str(info.id), GapReason.DAMAGED, "it is empty, and there is a card")
    if isinstance(found, Gap):
        looked.failed["listing"] = str(found.reason)
        detail = f"its list of files was not seen: {found.detail}"
        return info, [replace(found, id=str(info.id), detail=detail, place="listing")]
    return replace(info, files=found), []


def _unread_texts(info: RepoInfo, said: Said, gaps: list[Gap]) -> list[Gap]:
    """Licence texts at the top that are listed and were not asked for, where no other one was read.

    A PDF, or a name that leads out of the repository, is not asked for; that it is there is known all the same.
    """
    if any(one.kind is ClaimKind.FILE and "/" not in one.evidence.place for one in said.claims):
        return []
    told = {gap.place for gap in gaps}
    return [
        Gap(str(info.id), GapReason.MALFORMED, f"{harmless(entry.path)[:120]} is no file that can be read", entry.path)
        for entry in info.files or ()
        if texts.is_license(entry.path) and entry.path not in told
    ]


def _is_unseen(gap: Gap, info: RepoInfo) -> bool:
    """Whether an answer is no news: a file that nobody said is there, or that the catalogue never held."""
    if gap.reason is GapReason.OFFLINE:
        return info.source is Source.CATALOG
    return gap.reason is GapReason.ABSENT and info.files is None


def _without_files(info: RepoInfo, said: Said) -> Said:
    """The Hub's copies of card and config, where the files themselves were not read."""
    found = Said()
    seen = [one.evidence for one in said.mentions]
    seen += [one.evidence for one in said.claims] + [one.evidence for one in said.facts]
    places = {evidence.place.partition("#")[0] for evidence in seen}
    if info.card is not None and "README.md" not in places:
        found += card.read_metadata(frontmatter.Block(info.card, {}), At(str(info.id), info.revision, "README.md"))
    if info.config is not None and "config.json" not in places:
        found += config.read_mapping(info.config, At(str(info.id), info.revision, "config.json"))
    return found


def _duplicated(info: RepoInfo, hub: Hub) -> tuple[Said, list[Gap]]:
    """The Hub's duplicate function leaves the origin in the title of the first commit and nowhere else.

    So a history that could not be read is a gap, except of the catalogue and of a bill of materials, which hold none.
    """
    commits = hub.history(info, limit=_FEW_COMMITS)
    if isinstance(commits, Gap):
        if info.source is Source.CATALOG or commits.reason is GapReason.NOT_A_REPO:
            return Said(), []
        return Said(), [replace(commits, id=str(info.id), place="history")]
    if len(commits) >= _FEW_COMMITS:
        return Said(), []
    for commit in reversed(commits):
        if found := _DUPLICATE.match(commit.title):
            evidence = Evidence(str(info.id), commit.id, "history", commit.title)
            copy = Mention(found[1], evidence, "history", relation=Relation.CONVERTED, confidence=Confidence.LIKELY)
            return Said((copy,)), []
    return Said(), []


def _artifact(info: RepoInfo) -> Artifact:
    return Artifact(
        id=str(info.id),
        kind=NodeKind.DATASET if info.id.kind is RepoKind.DATASET else NodeKind.MODEL,
        repo=info.id,
        revision=info.revision,
        source=info.source,
        as_of=info.as_of,
        renamed_from=str(info.asked) if info.asked != info.id else None,
        gated=info.gated,
        parameters=info.parameters,
        created=info.created,
        modified=info.modified,
        files=info.files,
    )


def _fetch(info: RepoInfo, hub: Hub, want: Want) -> tuple[bytes | None, list[Gap]]:
    """The bytes of one want, and what of it could not be read."""
    raw: bytes | Gap
    if want.length is None:
        raw, rest = hub.read(info, want.path), None
    else:
        raw, rest = hub.read_range(info, want.path, want.start, want.length), None
        if isinstance(raw, bytes) and want.path.lower().endswith(".gguf"):
            raw, rest = _grown(info, hub, want, raw)
    if isinstance(raw, Gap):
        return None, [] if _is_unseen(raw, info) else [replace(raw, id=str(info.id), place=want.path)]
    return raw, [] if rest is None else [replace(rest, id=str(info.id), place=want.path)]


def _grown(info: RepoInfo, hub: Hub, want: Want, raw: bytes) -> tuple[bytes, Gap | None]:
    """The head of a GGUF file, which grows until its keys are all there; keys that were not read are a gap."""
    try:
        asked = want.length or 0
        for length in GGUF_HEADS:
            if len(raw) < asked or not gguf.needs_more(raw):
                break
            asked = max(length, asked)
            more = hub.read_range(info, want.path, len(raw), asked - len(raw))
            if isinstance(more, Gap):
                return raw, replace(more, detail=f"only the first {len(raw):,} bytes of its head: {more.detail}")
            raw += more
        if gguf.needs_more(raw):
            detail = f"{want.path}: its head goes on beyond the {len(raw):,} bytes that were read"
            return raw, Gap(str(info.id), GapReason.TRUNCATED, detail)
    except Malformed:
        pass  # whoever reads it says what is wrong
    return raw, None


def _read(path: str, raw: bytes, at: At, info: RepoInfo) -> tuple[Said, str]:
    """Give a file to its reader; what is odd about it comes beside what it says.

    Raises:
        Malformed: the reader cannot make anything of it.
    """
    if path == "README.md":
        return _read_card(raw, at, info)
    kind = texts.kind_of(path)
    if kind is not None:
        said = texts.read(raw, at, kind)
        return said, ""
    reader = _reader(path)
    said = reader(raw, at) if reader is not None else Said()
    if is_swept(path):
        said += Said(tuple(_outside(names_in_file(raw, at, {one.value for one in said.mentions}), info)))
    return said, said.oddity


def _outside(swept: Iterable[Mention], info: RepoInfo) -> Iterator[Mention]:
    """Names that are no folder or file of the repository itself."""
    own = {part for entry in info.files or () for part in _beginnings(entry.path)}
    return (one for one in swept if one.value.partition("@")[0] not in own)


def _beginnings(path: str) -> Iterator[str]:
    """`a/b` of `a/b/c.bin`: what a name with one slash may be in a listing."""
    parts = path.split("/")
    for start in range(len(parts) - 1):
        yield "/".join(parts[start : start + 2])


def _reader(path: str) -> Callable[[bytes, At], Said] | None:
    """What reads a file by its name; None for one that is only looked through."""
    name = path.rsplit("/", 1)[-1].lower()
    for matches, reader in (
        (name == "config.json" and is_part(path), diffusers.read_part),
        (name == "config.json", config.read),
        (name.endswith(".gguf"), gguf.read),
        (name.endswith(".safetensors"), safetensors.read),
        (name == "adapter_config.json", adapter.read),
        (name.startswith("mergekit") or ("merge" in name and name.endswith((".yml", ".yaml"))), mergekit.read),
        (name in ("model_index.json", "modular_model_index.json"), diffusers.read_index),
        (name == "tokenizer_config.json", traces.read_tokenizer),
        (name in ("quantize_config.json", "quant_config.json"), traces.read_quantizer),
        (name == "trainer_state.json", traces.read_trainer_state),
        (is_modelfile(path), modelfile.read),
        (tool_files.tool_of(path) is not None, _read_tool),
        (name.endswith(".py"), code.read),
        (name in DEEP_ONLY, traces.read_training),
    ):
        if matches:
            return reader
    return None


def _read_tool(raw: bytes, at: At) -> Said:
    """The config of a tool, or the arguments of a training run where another tool's file has the same name.

    Raises:
        Malformed: it is not what its ending says.
    """
    tool = tool_files.tool_of(at.path)
    value = parsed(raw, at.path)
    if tool is not None and tool_files.is_of(tool, value):
        return tool_files.read_values(value, at, tool)
    return traces.read_training(raw, at) if at.path.rsplit("/", 1)[-1].lower() in DEEP_ONLY else Said()


def _metadata(raw: bytes) -> dict[str, object]:
    try:
        return dict(frontmatter.split(as_text(raw)).values)
    except Malformed:
        return {}


def _read_card(raw: bytes, at: At, info: RepoInfo) -> tuple[Said, str]:
    """The card: its metadata (as the Hub read it, where ours fails) and its prose."""
    block = frontmatter.split(as_text(raw))
    said = card.read_metadata(block, at)
    if not block.values and info.card:
        said += card.read_metadata(frontmatter.Block(info.card, {}), at)
    is_model = info.id.kind is RepoKind.MODEL
    if is_model:
        said += prose.read(block.body, at, block.body_line)
    clauses = license_prose.read(block.body, at, block.body_line, of_data=not is_model)
    said += Said(claims=clauses[: LICENSE_SENTENCES.value])
    if len(clauses) > LICENSE_SENTENCES.value:
        said += Said(left=((LICENSE_SENTENCES, (shorten(clauses[-1].text, 60),)),))
    return said, f"metadata: {block.problem}" if block.problem else ""


def _inferred(info: RepoInfo, metadata: object, mentions: tuple[Mention, ...]) -> tuple[Relation, Evidence] | None:
    if info.id.kind is not RepoKind.MODEL or not isinstance(metadata, dict):
        metadata = {}
    bases = {
        m.value
        for m in mentions
        if m.source == "card" and "base_model" in m.evidence.place and m.kind is RepoKind.MODEL
    }
    relation, reason = card.inferred_relation(info, metadata, len(bases))
    return relation, Evidence(str(info.id), info.revision, "inferred", f"{relation}: {reason}")


def _once(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Each fact once: a text that stands in several places is shown with the first."""
    found: dict[tuple[FactKind, str, str], Fact] = {}
    for fact in facts:
        place = fact.evidence.place if fact.kind is FactKind.ARCHITECTURE else ""
        found.setdefault((fact.kind, fact.value, place), fact)
    return tuple(found.values())

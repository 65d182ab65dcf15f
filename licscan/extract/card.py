"""The model card: its metadata, the Hub's tags, and what both say of parents, licence and data."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from licscan.core.artifact import Claim, ClaimKind, Fact, FactKind
from licscan.core.evidence import Confidence, Evidence
from licscan.core.ids import RepoId, RepoKind
from licscan.core.lineage import Relation
from licscan.extract import license_prose
from licscan.extract.extraction import At, Said, shorten, word, words
from licscan.extract.keys import Sign, keys
from licscan.extract.mention import Mention
from licscan.formats.frontmatter import Block
from licscan.sources.protocol import RepoInfo

_TAG = re.compile(r"base_model:(?:(finetune|adapter|merge|quantized):)?(.+)\Z", re.DOTALL)
_NAMED_TAG = re.compile(r"[\w.\-]+/[\w.\-]+\Z")
_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/([\w.\-]+/[\w.\-]+?)(?:/(?:tree|blob|resolve|raw)/.*)?/?\Z"
)
_VERSIONED = re.compile(r"(?=[^:]*\d)[A-Za-z][\w.\-]{4,60}\Z")
_PASTED_FROM = 1500
_MOST_FIELDS = 60
_GATE_TEXTS = ("extra_gated_heading", "extra_gated_prompt", "extra_gated_description")
GATE_KEYS = (*_GATE_TEXTS, "extra_gated_fields")
"""Fields of a card that hold what has to be accepted before the files can be had."""
_MOST_PARENTS = 400
RELATIONS = {relation.value: relation for relation in Relation}


def declared_parents(info: RepoInfo) -> tuple[RepoId, ...]:
    """The repositories that card, tags and Hub name as parents, for asking ahead: cheap, and no judgement.

    A name with a revision is left to the walk, which knows whose revision counts.
    """
    names: dict[str, None] = dict.fromkeys(info.base_models or ())
    if not names:
        card = info.card or {}
        names.update((value, None) for _, value in _named(card.get("base_model")))
        names.update((found[2], None) for found in map(_TAG.match, info.tags or ()) if found)
    found: dict[RepoId, None] = {}
    for name in names:
        text = name.strip()
        if "@" in text:
            continue
        address = _ADDRESS.match(text) if "/" in text else None
        repo = RepoId.try_parse(address[1] if address else text)
        if repo is not None and repo != info.id and repo.org:
            found[repo] = None
    return tuple(found)[:_MOST_PARENTS]


def read_metadata(block: Block, at: At) -> Said:
    """What the metadata of a card says; keys that stand twice are read twice."""
    said = _read_values(block.values, at, block.lines)
    for key, value, line in block.again:
        said += _read_values({key: value}, at, {key: line})
        said += Said(facts=(Fact(FactKind.SUMMARY, f"{key} stands twice in the card", at.saw(key, value, line)),))
    return said


def read_hub(info: RepoInfo) -> Said:
    """What the Hub's own answer says: its list of parents, its tags, its licence tag, its page header."""
    at = At(str(info.id), info.revision, "hub")
    relation = RELATIONS.get(info.base_relation or "")
    listed = tuple(
        Mention(
            name,
            at.saw("baseModels", f"{info.base_relation or 'base'} of {name}"),
            "hub",
            relation=relation,
            declared=True,
        )
        for name in (info.base_models or ())[:_MOST_PARENTS]
        if word(name)
    )
    return Said(mentions=listed) + _read_tags(info, At(str(info.id), info.revision, "tags")) + _header(info)


def inferred_relation(info: RepoInfo, card: Mapping[str, Any], bases: int) -> tuple[Relation, str]:
    """The relation as the Hub infers it where nobody states it, with the reason.

    The order is the Hub's: a merge says so or has several parents, an adapter is told by its files or library, a
    quantised copy by its tags; what is left is a fine-tune.
    """
    library = str(card.get("library_name") or info.library or "").lower()
    tags = {tag.lower() for tag in (*(info.tags or ()), *(text for _, text in words(card.get("tags"))))}
    files = {entry.path for entry in info.files or ()}
    name = re.split(r"[\-_.]", info.id.name.lower())
    reason = _signs(library, tags, files, name, info)
    if bases > 1 and (reason is None or reason[0] is not Relation.QUANTIZED):
        return Relation.MERGE, f"{bases} base models are named"
    return reason or (Relation.FINETUNE, "nothing says otherwise: the Hub calls this a fine-tune")


def _signs(
    library: str, tags: set[str], files: set[str], name: Sequence[str], info: RepoInfo
) -> tuple[Relation, str] | None:
    for one in keys().infer:
        relation = RELATIONS[one.relation]
        if library in one.libraries:
            return relation, f"library {library}"
        if shared := sorted(tags & one.tags):
            return relation, f"tag {shared[0]}"
        if shared := sorted(files & one.files):
            return relation, f"file {shared[0]}"
        if shared := [part for part in one.names if part in name or part in info.id.name.lower().split("-")]:
            return relation, f"{shared[0]} in the name"
        if relation is Relation.QUANTIZED:
            if any(file.lower().endswith((".gguf", ".ggml")) for file in files):
                return relation, "GGUF files"
            if isinstance((info.config or {}).get("quantization_config"), Mapping):
                return relation, "quantization_config"
    return None


def signs_of_derivation(info: RepoInfo, card: Mapping[str, Any]) -> Iterator[Fact]:
    """What shows that a model was made from another one: its library, its tags, its files, its name, one fact a row."""
    at = At(str(info.id), info.revision, "README.md")
    library = str(card.get("library_name") or info.library or "").lower()
    tags = {tag.lower() for tag in (*(info.tags or ()), *(text for _, text in words(card.get("tags"))))}
    files = [entry.path for entry in info.files or ()]
    name = {part for part in re.split(r"[\-_.]", info.id.name.lower()) if part}
    method = (info.config or {}).get("quantization_config")
    for row in keys().signs:
        if any(fnmatchcase(file, pattern) for pattern in row.unless_files for file in files):
            continue
        if seen := _sign_of(row, at, library, tags, files, name):
            yield Fact(FactKind.DERIVED, row.relation, seen)
        if isinstance(method, Mapping):
            yield from quantized_by(method, At(at.repo, at.revision, "config.json"), (row,))


def _sign_of(
    row: Sign, at: At, library: str, tags: set[str], files: Sequence[str], name: Collection[str]
) -> Evidence | None:
    """The first sign of a row that a repository shows."""
    if library in row.libraries:
        return at.saw("library_name", library)
    if not tags & row.unless_tags and (shared := sorted(tags & row.tags)):
        return at.saw("tags", shared[0])
    if shared := [file for file in files if file in row.files or file.lower().endswith(row.endings or ("\0",))]:
        return Evidence(at.repo, at.revision, shared[0], "a file of this kind")
    shared = sorted(row.names & set(name))
    return Evidence(at.repo, at.revision, "name", shared[0]) if shared else None


def quantized_by(values: Mapping[str, Any], at: At, rows: Sequence[Sign] = ()) -> Iterator[Fact]:
    """A method of quantisation that is applied to a finished model; others a model may be born with."""
    method = word(values.get("quant_method"))
    for row in rows or keys().signs:
        if method and method.lower() in row.methods:
            yield Fact(FactKind.DERIVED, row.relation, at.saw("quantization_config.quant_method", method))


def read_license(values: Mapping[str, Any], at: At, lines: Mapping[str, int]) -> tuple[Claim, ...]:
    """The licence keys of a card: id, name, link, and a licence text pasted into the access form."""
    claims = [
        Claim(
            ClaimKind.TAG,
            text.strip(),
            at.saw(f"license{place}", text, lines.get(f"license{place}", lines.get("license"))),
        )
        for place, text in words(values.get("license"), 20)
        if text.strip()
    ]
    if values.get("license") not in (None, "") and not claims:
        odd = shorten(str(values["license"]))
        claims.append(Claim(ClaimKind.TAG, odd, at.saw("license", odd, lines.get("license"))))
    for key, kind in (("license_name", ClaimKind.NAME), ("license_link", ClaimKind.LINK)):
        claims.extend(
            Claim(kind, text.strip(), at.saw(f"{key}{place}", text, lines.get(key)))
            for place, text in words(values.get(key), 20)
            if text.strip()
        )
    for key in ("extra_gated_prompt", "license_text"):
        text = values.get(key)
        if isinstance(text, str) and len(text) >= _PASTED_FROM:
            claims.append(
                Claim(ClaimKind.PASTED, text, at.saw(key, f"a text of {len(text)} characters", lines.get(key)))
            )
    return (*claims, *_gate(values, at, lines))


def _gate(values: Mapping[str, Any], at: At, lines: Mapping[str, int]) -> Iterator[Claim]:
    """What the access form says of licence and use: terms that are accepted by a click.

    The choices of a field are the applicant's and say nothing; a box to tick says what its label says.
    """
    for key in _GATE_TEXTS:
        text = values.get(key)
        if isinstance(text, str) and len(text) < _PASTED_FROM:
            yield from license_prose.read(text, at, lines.get(key), field_path=key)
    fields = values.get("extra_gated_fields")
    if isinstance(fields, Mapping):
        for label in [one for one in fields if isinstance(one, str)][:_MOST_FIELDS]:
            line = lines.get("extra_gated_fields")
            yield from license_prose.read(label, at, line, field_path="extra_gated_fields")


def _read_values(values: Mapping[str, Any], at: At, lines: Mapping[str, int]) -> Said:
    mentions = [*_bases(values, at, lines), *_datasets(values.get("datasets"), at, lines)]
    facts: list[Fact] = []
    if "base_model" in values and not any(True for _ in _named(values["base_model"])):
        odd = values["base_model"]
        if odd not in (None, [], "", {}):
            facts.append(
                Fact(FactKind.MALFORMED_BASE, shorten(str(odd)), at.saw("base_model", odd, lines.get("base_model")))
            )
    if (how := word(values.get("base_model_relation"))) and not any(True for _ in _named(values.get("base_model"))):
        relation = RELATIONS.get(how.lower(), Relation.UNSTATED)
        seen = at.saw("base_model_relation", how, lines.get("base_model_relation"))
        facts.append(Fact(FactKind.DERIVED, relation, seen))
    for key, told in keys().card_keys.items():
        for place, text in words(values.get(key), 20):
            evidence = at.saw(f"{key}{place}", text, lines.get(key))
            mentions.append(
                Mention(text, evidence, "card", relation=RELATIONS[told], declared=True, confidence=Confidence.LIKELY)
            )
    for place, text in words(values.get("license_link"), 5):
        if found := _ADDRESS.match(text.strip()):
            # The licence of another repository hints at the base; the joining decides whether it counts.
            evidence = at.saw(f"license_link{place}", text, lines.get("license_link"))
            mentions.append(Mention(found[1], evidence, "license-link", confidence=Confidence.POSSIBLE))
    if version := word(values.get("new_version")):
        facts.append(Fact(FactKind.NEW_VERSION, version, at.saw("new_version", version, lines.get("new_version"))))
    return Said(tuple(mentions), read_license(values, at, lines), tuple(facts))


def _bases(values: Mapping[str, Any], at: At, lines: Mapping[str, int]) -> Iterator[Mention]:
    stated = values.get("base_model_relation")
    relation = RELATIONS.get(stated.strip().lower()) if isinstance(stated, str) else None
    for place, text in _named(values.get("base_model")):
        says = f"{text} ({stated})" if relation else text
        line = lines.get(f"base_model{place}", lines.get("base_model"))
        yield Mention(text, at.saw(f"base_model{place}", says, line), "card", relation=relation, declared=True)


def _named(value: object) -> Iterator[tuple[str, str]]:
    """The names in a `base_model`: one, a list of them, or a mapping of names or of descriptions."""
    if isinstance(value, str):
        parts = [part.strip() for part in re.split("[,+]", value)]
        if len(parts) > 1 and all(_NAMED_TAG.match(part) for part in parts):
            yield from (("", part) for part in parts)
        elif value.strip():
            yield "", value
    elif isinstance(value, list):
        for index, one in enumerate(value[:_MOST_PARENTS]):
            if isinstance(one, str | Mapping):
                yield from ((f"[{index}]{place}", text) for place, text in _named(one))
    elif isinstance(value, Mapping):
        told = [
            key for key in ("name", "id", "repo", "model", "path", "repo_id", "url") if isinstance(value.get(key), str)
        ]
        for key in told[:1] or [key for key, one in value.items() if isinstance(one, str) and "/" in one][:20]:
            yield f".{key}", value[key]
        if not told:
            yield from (
                (f".{key}", key) for key, one in value.items() if one is None and isinstance(key, str) and "/" in key
            )


def _datasets(value: object, at: At, lines: Mapping[str, int]) -> Iterator[Mention]:
    for place, text in words(value):
        if text.strip().lower() in keys().no_datasets or not text.strip():
            continue
        line = lines.get(f"datasets{place}", lines.get("datasets"))
        yield Mention(
            text.strip(),
            at.saw(f"datasets{place}", text, line),
            "card",
            kind=RepoKind.DATASET,
            relation=Relation.TRAINED_ON,
            declared=True,
        )


def _read_tags(info: RepoInfo, at: At) -> Said:
    mentions: list[Mention] = []
    claims: list[Claim] = []
    declared = {text.strip().lower() for _, text in words((info.card or {}).get("license"), 20)}
    for tag in (info.tags or ())[:5000]:
        if base := _TAG.match(tag):
            relation = RELATIONS.get(base[1] or "")
            mentions.append(Mention(base[2], at.saw("", tag), "tags", relation=relation, declared=True))
        elif tag.startswith("dataset:") and tag[8:].strip().lower() not in keys().no_datasets:
            mentions.append(
                Mention(
                    tag[8:], at.saw("", tag), "tags", kind=RepoKind.DATASET, relation=Relation.TRAINED_ON, declared=True
                )
            )
        elif tag.startswith("license:") and tag[8:].strip().lower() not in declared:
            claims.append(Claim(ClaimKind.TAG, tag[8:].strip(), at.saw("", tag)))
        elif _NAMED_TAG.match(tag):
            # Merge scripts write the merged models among the tags.
            mentions.append(Mention(tag, at.saw("", tag), "tag-name", declared=True, confidence=Confidence.LIKELY))
        elif _VERSIONED.match(tag):
            # A release among the tags is no claim; it counts only beside a config of that release's exact shape.
            mentions.append(Mention(tag, at.saw("", tag), "tag-word", confidence=Confidence.POSSIBLE))
    return Said(tuple(mentions), tuple(claims))


def _header(info: RepoInfo) -> Said:
    """The licence as a page header showed it, where the card itself was not seen."""
    shown = (info.displayed_license or "").strip()
    if not shown or (info.card or {}).get("license"):
        return Said()
    evidence = Evidence(str(info.id), info.revision, "page header", f"License: {shown}")
    bare = shown.removesuffix("(other)").rstrip()
    kind = ClaimKind.TAG if shown.lower() in keys().hub_licenses else ClaimKind.NAME
    return Said(claims=(Claim(kind, bare, evidence),))

"""`model_index.json` of a pipeline, and the configs in its component folders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from licscan.core.evidence import Confidence
from licscan.core.lineage import Relation
from licscan.extract import config
from licscan.extract.extraction import At, Said, architecture, as_object, word
from licscan.extract.keys import keys
from licscan.extract.mention import Mention

_OWN_PARTS = {
    "scheduler",
    "tokenizer",
    "tokenizer_2",
    "tokenizer_3",
    "feature_extractor",
    "image_processor",
    "processor",
}
_REPOSITORY_KEYS = ("pretrained_model_name_or_path", "repo", "repo_id", "model")
_MOST_ELEMENTS = 8


def read_index(raw: bytes, at: At) -> Said:
    """The pipeline's class, what it was loaded from, and components that are named by a repository.

    A component is `[library, class]`; a third element is the repository that it is loaded from, or (in the index of a
    modular pipeline) a mapping with the repository, its folder and its revision.

    Raises:
        Malformed: it is no JSON object.
    """
    index, odd = as_object(raw)
    mentions = []
    if name := word(index.get("_name_or_path")):
        mentions.append(Mention(name, at.saw("_name_or_path", name), "diffusers", confidence=Confidence.LIKELY))
    for key, value in index.items():
        if key.startswith("_") or not isinstance(value, list):
            continue
        for place, one in enumerate(value[:_MOST_ELEMENTS]):
            mentions += _element(one, at, key, f"{key}[{place}]")
    kind = word(index.get("_class_name"))
    facts = (architecture(at, "_class_name", kind),) if kind else ()
    return Said(tuple(mentions), facts=facts, oddity=odd)


def _element(value: object, at: At, key: str, place: str) -> Iterator[Mention]:
    """The repository that one element of a component names."""
    revision = None
    if isinstance(value, Mapping):
        told = next((name for name in _REPOSITORY_KEYS if word(value.get(name))), "")
        place, revision, value = f"{place}.{told}", word(value.get("revision")), value.get(told)
    name = word(value)
    if name is None or "/" not in name:
        return
    if key not in _OWN_PARTS:
        yield replace(_part(name, at, place, key), revision=revision)
    elif key.startswith("tokenizer"):
        yield replace(_part(name, at, place, "tokenizer"), revision=revision)


def read_part(raw: bytes, at: At) -> Said:
    """The config in the folder of a component: a mention of the folder's role for all that it names.

    A part's own inner parts are its maker's affair: they are no parts of the pipeline, and what they were loaded from
    counts for the folder, where nothing else tells what that was loaded from.

    Raises:
        Malformed: it is no JSON object.
    """
    values, odd = as_object(raw)
    role = keys().roles.get(at.path.split("/", 1)[0].lower(), "")
    said = config.read_mapping(values, at)
    kind = word(values.get("_class_name"))
    facts = said.facts + ((architecture(at, "_class_name", kind),) if kind else ())
    own = [one for one in said.mentions if _is_own(one)]
    inner = [one for one in said.mentions if one.family is None and not _is_own(one) and "/" in one.value]
    if any(one.family is None for one in own):
        inner = []
    return Said(tuple(_as_part(one, role) for one in (*own, *inner)), facts=facts, oddity=odd)


def _is_own(mention: Mention) -> bool:
    """Whether a mention stands at the top of the config, not in a section of it."""
    return "." not in mention.evidence.place.partition("#")[2]


def _as_part(mention: Mention, role: str) -> Mention:
    component = role or mention.component
    if mention.family is not None:
        return replace(mention, source="diffusers", relation=Relation.COMPONENT, component=component)
    confidence = mention.confidence if _is_own(mention) else Confidence.POSSIBLE
    return Mention(
        mention.value,
        mention.evidence,
        "diffusers",
        relation=Relation.COMPONENT,
        component=component,
        confidence=confidence,
    )


def _part(name: str, at: At, place: str, key: str) -> Mention:
    role = keys().roles.get(key.lower(), key or None)
    return Mention(
        name,
        at.saw(place, name),
        "diffusers",
        relation=Relation.COMPONENT,
        component=role,
        confidence=Confidence.LIKELY,
    )

"""`model_index.json` of a pipeline, and the configs in its component folders."""

from __future__ import annotations

from collections.abc import Iterator

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


def read_index(raw: bytes, at: At) -> Said:
    """The pipeline's class, what it was loaded from, and components that are named by a repository.

    Raises:
        Malformed: it is no JSON object.
    """
    index, odd = as_object(raw)
    mentions = []
    if name := word(index.get("_name_or_path")):
        mentions.append(Mention(name, at.saw("_name_or_path", name), "diffusers", confidence=Confidence.LIKELY))
    for key, value in index.items():
        if key.startswith("_") or key in _OWN_PARTS or not isinstance(value, list):
            continue
        for place, name in enumerate(value):
            if isinstance(name, str) and "/" in name and word(name):
                mentions.append(_part(name, at, f"{key}[{place}]", key))
    kind = word(index.get("_class_name"))
    facts = (architecture(at, "_class_name", kind),) if kind else ()
    return Said(tuple(mentions), facts=facts, oddity=odd)


def read_part(raw: bytes, at: At) -> Said:
    """The config in the folder of a component: a mention of the folder's role for all that it names.

    Raises:
        Malformed: it is no JSON object.
    """
    values, odd = as_object(raw)
    role = keys().roles.get(at.path.split("/", 1)[0].lower(), "")
    said = config.read_mapping(values, at)
    kind = word(values.get("_class_name"))
    facts = said.facts + ((architecture(at, "_class_name", kind),) if kind else ())
    return Said(tuple(_as_parts(said.mentions, role)), facts=facts, oddity=odd)


def _as_parts(mentions: tuple[Mention, ...], role: str) -> Iterator[Mention]:
    for mention in mentions:
        if mention.family is not None:
            yield Mention(
                mention.value,
                mention.evidence,
                "diffusers",
                relation=Relation.COMPONENT,
                component=mention.component or role or None,
                confidence=mention.confidence,
                family=mention.family,
                sizes=mention.sizes,
            )
        else:
            yield _part(mention.value, None, "", mention.component or role, mention)


def _part(name: str, at: At | None, place: str, key: str, known: Mention | None = None) -> Mention:
    role = keys().roles.get(key.lower(), key or None)
    evidence = known.evidence if known is not None else at.saw(place, name) if at is not None else None
    assert evidence is not None  # noqa: S101  (one of the two is always given)
    return Mention(
        name, evidence, "diffusers", relation=Relation.COMPONENT, component=role, confidence=Confidence.LIKELY
    )

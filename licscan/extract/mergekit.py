"""Recipes of mergekit (and of the scripts around it): every model that goes into a merge, whatever the method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licscan.core.artifact import Fact, FactKind
from licscan.core.evidence import Confidence
from licscan.core.lineage import Relation
from licscan.extract.extraction import At, Said, as_text, word
from licscan.extract.mention import Mention
from licscan.formats.frontmatter import load, load_all
from licscan.formats.malformed import Malformed

_MODEL_KEYS = {"model", "base_model", "source_model", "filter_model"}
_TOKENIZER_KEYS = {"tokenizer_source", "tokenizer"}
_NO_DONORS = {"union", "base", "none"}
"""Words of `tokenizer_source` that name no model."""
_DEEPEST = 30
_SIGNS = ("merge_method", "slices", "models", "experts", "base_model", "gate_mode")


def read(raw: bytes, at: At, *, confidence: Confidence = Confidence.CERTAIN) -> Said:
    """The models of a recipe; a `model+lora` is two parents.

    Raises:
        Malformed: it is no YAML mapping.
    """
    text = as_text(raw)
    recipes = [one for value in load_all(text) for one in (value if isinstance(value, list) else [value])]
    lines = load(text)[1]
    if not any(isinstance(recipe, Mapping) for recipe in recipes):
        raise Malformed("a recipe was expected: a mapping of keys")
    return read_values(recipes, at, lines, confidence)


def is_recipe(value: object) -> bool:
    """Whether a mapping is a merge recipe."""
    return isinstance(value, Mapping) and sum(key in value for key in _SIGNS) > 1


def read_values(recipes: list[Any], at: At, lines: Mapping[str, int], confidence: Confidence) -> Said:
    """The models of recipes that were parsed already."""
    own = {
        str(recipe["name"]) for recipe in recipes if isinstance(recipe, Mapping) and isinstance(recipe.get("name"), str)
    }
    found: dict[tuple[str, Relation], Mention] = {}
    for index, recipe in enumerate(recipes):
        prefix = f"[{index}]" if len(recipes) > 1 else ""
        for place, name, relation in _models(recipe, prefix, 0):
            if name in own or (name, relation) in found:
                continue
            line = lines.get(place.split(".")[0].split("[")[0])
            found[name, relation] = Mention(
                name,
                at.saw(place, name, line),
                "mergekit",
                relation=relation,
                component="tokenizer" if relation is Relation.COMPONENT else None,
                confidence=confidence,
            )
    # A model that was merged gave its tokenizer along with its weights.
    mentions = tuple(one for (name, _), one in found.items() if not one.component or not _is_merged(name, found))
    sign = next((str(key) for recipe in recipes if isinstance(recipe, Mapping) for key in recipe if key in _SIGNS), "")
    derived = Fact(FactKind.DERIVED, Relation.MERGE, at.saw(sign, "a merge recipe"))
    return Said(mentions, facts=(derived,) if sign else ())


def _is_merged(name: str, found: Mapping[tuple[str, Relation], Mention]) -> bool:
    return (name, Relation.MERGE) in found


def _models(value: object, path: str, depth: int) -> Iterator[tuple[str, str, Relation]]:
    """Every model reference below a value, in the order of the file."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _models(one, f"{path}[{index}]", depth + 1)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            place = f"{path}.{key}" if path else str(key)
            if key in _MODEL_KEYS:
                yield from _reference(one, place)
            elif key in _TOKENIZER_KEYS:
                yield from _donors(one, place, depth)
            else:
                yield from _models(one, place, depth + 1)


def _donors(value: object, place: str, depth: int) -> Iterator[tuple[str, str, Relation]]:
    """The models that a merge takes its vocabulary, or single tokens, from."""
    if isinstance(value, str):
        name = value.removeprefix("model:")
        if name.lower() not in _NO_DONORS:
            yield from ((at, donor, Relation.COMPONENT) for at, donor, _ in _reference(name, place))
    elif isinstance(value, Mapping) and depth <= _DEEPEST:
        for key in ("source", "model", "path"):
            if key in value:
                yield from _donors(value[key], f"{place}.{key}", depth + 1)
        tokens = value.get("tokens")
        for token, one in tokens.items() if isinstance(tokens, Mapping) else ():
            yield from _donors(one, f"{place}.tokens.{token}", depth + 1)


def _reference(value: object, place: str) -> Iterator[tuple[str, str, Relation]]:
    """One model reference: a name, `model+lora`, or the mapping form `{model: {path: ..., revision: ...}}`."""
    if isinstance(value, str):
        model, *adapters = value.split("+")
        if name := word(model):
            yield place, name, Relation.MERGE
        yield from ((place, name, Relation.MERGE) for adapter in adapters if (name := word(adapter)))
    elif isinstance(value, Mapping):
        for key in ("path", "model", "lora", "adapter"):
            if key in value:
                yield from _reference(_pinned(value, key), f"{place}.{key}")


def _pinned(value: Mapping[Any, Any], key: str) -> object:
    """The path with the revision beside it, as mergekit itself writes the two in one word."""
    path, revision = value[key], word(value.get("revision"))
    return f"{path}@{revision}" if key == "path" and revision and isinstance(path, str) and "@" not in path else path

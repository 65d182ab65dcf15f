"""Compares what a model shows of itself with the known models: which lines of weights it may come from, and how sure.

Nothing is read here: facts of one model and the registry in, candidates out. Each candidate says what agreed and what
did not, because all of it is evidence and none of it is proof, except equal bytes of weights.

The ladder:

* an equal file of weights: `certain`;
* equal sizes with vocabulary and model type, where one line alone has them or the name speaks of it: `likely`;
* equal sizes of the body with another vocabulary, or the widths at another depth: `likely` where the name agrees,
  else `possible`;
* several lines with equal sizes and no name that decides, or a name alone: `possible`, all of them named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from licscan.core.evidence import Confidence
from licscan.core.signature import Shape, Signature
from licscan.knowledge.registry import Registry
from licscan.knowledge.registry_entries import KnownModel, unlisted
from licscan.lineage.name_words import Spoken, generation_fits, of_word, spoken

BODY = ("hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "intermediate_size")
WIDTHS = ("hidden_size", "num_attention_heads", "num_key_value_heads", "intermediate_size")
CONTEXT = ("rope_theta", "rope_scaling", "max_position_embeddings")
"""What a later generation of one line changes first."""
EXTRA = ("head_dim", *CONTEXT, "bos_token_id", "eos_token_id", "tie_word_embeddings")
_LEAST_BODY = 3
_LEAST_WIDTHS = 3
_TINY = 128
"""Bodies of a smaller width are made for tests and tell nothing."""
_ADDED = 1024
"""Tokens that people add to a vocabulary; more make it another one."""
_MOST = 8
"""Candidates that are named; more would tell nothing."""


class Likeness(IntEnum):
    """How much of a body is equal, least first."""

    NONE = 0
    NAME = 1
    """Only a name."""
    RECORD = 7
    """The registry knows what the model was made from."""
    WIDTHS = 2
    """Widths and vocabulary, at another depth: stacked, merged up or cut."""
    BODY = 3
    """The body, with another vocabulary or one that is not stated."""
    RENAMED = 4
    """Body and vocabulary, under another model type."""
    FULL = 5
    """Body, vocabulary and model type."""
    BYTES = 6
    """A file of weights."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One known model beside the subject."""

    model: KnownModel
    likeness: Likeness
    agrees: tuple[str, ...]
    differs: tuple[str, ...]
    parameters: str = "unknown"
    """`equal`, `added` (they differ by whole rows of the vocabulary), `other` or `unknown`."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known model that the subject may come from."""

    model: KnownModel
    grade: Confidence
    likeness: Likeness
    agrees: tuple[str, ...]
    """What is equal, in words."""
    differs: tuple[str, ...]
    """What is not."""
    others: tuple[str, ...] = ()
    """Other models of the same line that fit no worse."""
    files: tuple[tuple[str, str], ...] = ()
    """Equal files: ours, theirs."""


def match(signature: Signature, registry: Registry) -> tuple[Candidate, ...]:
    """The known models that a model may come from, surest first; none for a line that its own publisher owns."""
    equal = tuple(_by_bytes(signature, registry))
    if equal:
        return equal
    own = registry.model(signature.repo) if signature.repo else None
    if own is not None and own.origin == "scratch":
        return ()
    if own is not None and own.origin:
        return tuple(_by_record(own, registry))
    names = spoken(signature.names, registry, without=signature.repo)
    best = _best_by_line(signature, names, registry)
    if own is not None and own.is_root:
        best = {line: one for line, one in best.items() if one[0].likeness >= Likeness.RENAMED}
    found = [*_graded(names, best, registry)]
    if not best and not _is_sized(signature.shape):
        found += _by_name(signature, names, registry)
    return tuple(sorted(found, key=lambda one: (one.grade.rank, -one.likeness, one.model.repo)))[:_MOST]


def _by_bytes(signature: Signature, registry: Registry) -> Iterator[Candidate]:
    """Repositories that hold one of the weights files."""
    held: dict[str, list[tuple[str, str]]] = {}
    for path, digest in signature.weights:
        for file in registry.files(digest):
            held.setdefault(file.repo, []).append((path, file.name))
        for model in registry.models("weights", digest.lower()):
            held.setdefault(model.repo, []).append((path, "its weights"))
    for repo, pairs in sorted(held.items()):
        if repo.lower() == signature.repo.lower() or repo.partition("/")[0].lower() == signature.org.lower() != "":
            continue
        model = registry.model(repo) or unlisted(repo)
        yield Candidate(model, Confidence.CERTAIN, Likeness.BYTES, ("bytes of a weights file",), (), files=tuple(pairs))


def _best_by_line(signature: Signature, names: Spoken, registry: Registry) -> dict[str, tuple[Comparison, ...]]:
    """For every foreign line the known models that are most alike, best first."""
    by_line: dict[str, list[Comparison]] = {}
    spelt = frozenset(model.repo for model in names.releases)
    for model in _near(signature, names, registry):
        if not model.line or (_is_own(signature, model, registry) and model.repo not in spelt):
            continue
        one = compare(signature, model, registry)
        if one.likeness is not Likeness.NONE:
            by_line.setdefault(model.line, []).append(one)
    found = {}
    for line, many in by_line.items():
        top = max(one.likeness for one in many)
        alike = [one for one in many if one.likeness is top]
        found[line] = tuple(sorted(alike, key=lambda one: _rank(one, alike, signature, names)))
    return found


def _near(signature: Signature, names: Spoken, registry: Registry) -> Iterable[KnownModel]:
    """The known models that share enough to be worth a comparison."""
    shape = signature.shape
    found: dict[str, KnownModel] = {}
    width = shape.size("hidden_size")
    if width is not None and width >= _TINY:
        layers, inner, vocab = (shape.size(key) for key in ("num_hidden_layers", "intermediate_size", "vocab_size"))
        keys = [("body", f"{width}:{layers}:{inner}")] if layers and inner else [("depth", f"{width}:{layers}")]
        keys += [("inner", f"{width}:{inner}"), ("vocab", f"{width}:{vocab}")]
        for kind, value in keys:
            for model in registry.models(kind, value):
                found.setdefault(model.repo, model)
    for model in names.releases:
        found.setdefault(model.repo, model)
    return [model for model in found.values() if model.repo.lower() != signature.repo.lower()]


def _is_own(signature: Signature, model: KnownModel, registry: Registry) -> bool:
    """A line that the subject's publisher owns: only a copy that bears the name of a release is looked into."""
    org = signature.org.lower()
    return bool(org) and (org in registry.owners.get(model.line, frozenset()) or org == model.org.lower())


def compare(signature: Signature, model: KnownModel, registry: Registry) -> Comparison:
    """One known model beside the subject."""
    shape, known = signature.shape, model.shape
    body = {key: _equal(key, shape, known) for key in BODY}
    agrees = [key for key, same in body.items() if same]
    differs = [key for key, same in body.items() if same is False]
    vocab = _vocabulary(shape, known)
    kind = _type(shape, known, registry)
    parameters = _parameters(signature, model)
    likeness = _likeness(agrees, differs, vocab, kind, parameters)
    for key, same in (("vocab_size", vocab in ("equal", "added")), ("type", kind in ("same", "kin"))):
        if key in known and key in shape.values:
            (agrees if same else differs).append(key)
    for key in EXTRA:
        if (equal := _equal(key, shape, known)) is not None:
            (agrees if equal else differs).append(key)
    return Comparison(model, likeness, tuple(agrees), tuple(differs), parameters)


def _likeness(agrees: list[str], differs: list[str], vocab: str, kind: str, parameters: str) -> Likeness:
    if len(agrees) >= _LEAST_BODY and not differs and {"hidden_size", "num_hidden_layers"} <= set(agrees):
        if kind in ("same", "kin"):
            return Likeness.FULL if vocab in ("equal", "added") else Likeness.BODY
        least = len(BODY) if kind == "other" else len(BODY) - 1
        return (
            Likeness.RENAMED if vocab == "equal" and parameters != "other" and len(agrees) >= least else Likeness.NONE
        )
    same = [key for key in agrees if key in WIDTHS]
    if differs == ["num_hidden_layers"] and len(same) >= _LEAST_WIDTHS and vocab == "equal" and kind in ("same", "kin"):
        return Likeness.WIDTHS
    return Likeness.NONE


def _equal(key: str, shape: Shape, known: Mapping[str, object]) -> bool | None:
    """Whether one value is equal; None where one of the two does not state it."""
    ours, theirs = shape.values.get(key), known.get(key)
    if key == "max_position_embeddings" and theirs is None:
        theirs = known.get("context_length")
    if ours is None or theirs is None:
        return None
    if key == "intermediate_size" and "moe_intermediate_size" in known:
        return ours in (theirs, known["moe_intermediate_size"])
    if isinstance(ours, tuple) or isinstance(theirs, list):
        return bool(set(_many(ours)) & set(_many(theirs)))
    return ours == theirs


def _many(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _vocabulary(shape: Shape, known: Mapping[str, object]) -> str:
    ours, theirs = shape.size("vocab_size"), known.get("vocab_size")
    if ours is None or not isinstance(theirs, int):
        return "unknown"
    if ours == theirs:
        return "equal"
    return "added" if abs(ours - theirs) <= min(_ADDED, theirs // 50) else "other"


def _type(shape: Shape, known: Mapping[str, object], registry: Registry) -> str:
    """Whether the model types are the same, kin (one body in two forms), others, or not known."""
    theirs, inner = known.get("type"), known.get("text_type")
    if not isinstance(theirs, str):
        return "unknown"
    packed = shape.values.get("gguf_type")
    if isinstance(packed, str):
        return "same" if theirs in registry.gguf.get(packed, (packed,)) else "other"
    ours = {one for key in ("type", "text_type") if isinstance(one := shape.values.get(key), str)}
    if not ours:
        named = shape.values.get("class_type")
        return "same" if isinstance(named, str) and named == theirs.replace("_", "").lower() else "unknown"
    if shape.values.get("type") == theirs:
        return "same"
    kin = {one for kind in ours for one in registry.kin.get(kind, ())} | ours
    return "kin" if theirs in kin or inner in kin else "other"


def _parameters(signature: Signature, model: KnownModel) -> str:
    """Whether the counts are equal, or apart by whole rows of the embedding and the head."""
    ours, theirs = signature.parameters, model.parameters
    width = signature.shape.size("hidden_size")
    if ours is None or theirs is None or not width:
        return "unknown"
    if ours == theirs:
        return "equal"
    vocabularies = [
        size for size in (signature.shape.size("vocab_size"), model.shape.get("vocab_size")) if isinstance(size, int)
    ]
    rows, rest = divmod(ours - theirs, width)
    return "added" if rest == 0 and abs(rows) <= 2 * max(vocabularies, default=0) else "other"


def _rank(one: Comparison, alike: list[Comparison], signature: Signature, names: Spoken) -> tuple[object, ...]:
    """The best model of a line first: spelt out, equal in the rest, of the generation in the name, the base of others.

    A tuned model and its base look alike; without a name that tells, the base is named, since its terms bind both.
    """
    repos = [model.repo for model in names.releases]
    spelt = repos.index(one.model.repo) if one.model.repo in repos else len(repos)
    apart = {"equal": 0, "added": 1, "unknown": 2, "other": 3}[one.parameters]
    return (
        spelt,
        sum(key in CONTEXT for key in one.differs),
        -sum(key in CONTEXT for key in one.agrees),
        not generation_fits(one.model, signature.names),
        sum(other.model.repo == one.model.origin for other in alike),
        apart,
        sum(key in EXTRA for key in one.differs) - sum(key in EXTRA for key in one.agrees),
        not one.model.is_root,
        one.model.released or "9",
        one.model.repo,
    )


def _base(one: Comparison, registry: Registry) -> KnownModel:
    """The model that a line begins with, where its body is not another one than that of its tuned copy."""
    root = registry.model(one.model.root) if one.model.root else None
    if root is None or root.line != one.model.line:
        return one.model
    apart = any(_equal(key, Shape(one.model.shape), root.shape) is False for key in BODY)
    return one.model if apart or _vocabulary(Shape(one.model.shape), root.shape) == "other" else root


def _graded(names: Spoken, best: Mapping[str, tuple[Comparison, ...]], registry: Registry) -> Iterator[Candidate]:
    top = max((many[0].likeness for many in best.values()), default=Likeness.NONE)
    full = [line for line, many in best.items() if many[0].likeness is Likeness.FULL]
    told = [line for line in best if names.agrees(line) or any(one.line == line for one in names.releases)]
    for line, many in best.items():
        one = many[0]
        model = one.model if one.model in names.releases else _base(one, registry)
        grade = _grade(one, line in told, full, [other for other in told if other != line], top)
        if grade is not None:
            agrees = (
                *one.agrees,
                *(("name",) if line in told else ()),
                *(("parameters",) if one.parameters in ("equal", "added") else ()),
            )
            differs = (*one.differs, *(("parameters",) if one.parameters == "other" else ()))
            others = tuple(other.model.repo for other in many if other.model.is_root and other.model != model)[:_MOST]
            yield Candidate(model, grade, one.likeness, agrees, differs, others)


def _grade(one: Comparison, is_told: bool, full: list[str], rivals: list[str], top: Likeness) -> Confidence | None:
    """How sure one line is, beside the others; None where another line is surer."""
    if one.likeness is Likeness.FULL:
        if is_told:
            return Confidence.LIKELY
        if len(full) == 1 and one.parameters != "other":
            return Confidence.LIKELY
        return None if any(line in full for line in rivals) else Confidence.POSSIBLE
    if top is Likeness.FULL:
        return None
    if is_told:
        return Confidence.LIKELY
    if one.likeness < top or rivals:
        return None
    return None if one.parameters == "other" and one.likeness is Likeness.BODY else Confidence.POSSIBLE


def _by_name(signature: Signature, names: Spoken, registry: Registry) -> Iterator[Candidate]:
    """What only a name tells, where no sizes were seen: a whole name, else a word with a size or a generation."""
    models = names.releases or of_word(signature.names, names, registry, derived=signature.derived)
    for model in models[:_MOST]:
        if _equal("hidden_size", signature.shape, model.shape) is False:
            continue
        if model.line and (model.org.lower() != signature.org.lower() or model in names.releases):
            yield Candidate(model, Confidence.POSSIBLE, Likeness.NAME, ("name",), ())


def _is_sized(shape: Shape) -> bool:
    """Whether enough sizes were seen to find a body by them."""
    return shape.size("hidden_size") is not None and shape.size("num_hidden_layers") is not None


def _by_record(own: KnownModel, registry: Registry) -> Iterator[Candidate]:
    """What the registry knows of the very model: what its publisher says that it was made from, or its name."""
    base = registry.model(own.origin)
    if base is None or base.repo == own.repo:
        return
    same = own.stated and _vocabulary(Shape(own.shape), base.shape) != "other"
    told = (
        "its publisher's statement, as the registry has it" if own.stated else "its name among its publisher's models"
    )
    yield Candidate(base, Confidence.LIKELY if same else Confidence.POSSIBLE, Likeness.RECORD, (told,), ())

"""Settles the parents of one repository: renames become one, what is inherited goes, relations and roles are given."""

from __future__ import annotations

from collections.abc import Callable, Collection

from licscan.core.artifact import Fact, FactKind
from licscan.core.lineage import Relation
from licscan.extract.mention import Mention, Reading
from licscan.knowledge.families import squeezed
from licscan.lineage.name_resolution import Names, sizes_of
from licscan.lineage.targets import DECLARING, IN_WORDS, Target, Targets

_COPIES = frozenset({Relation.QUANTIZED, Relation.CONVERTED})
_WEAK = frozenset({Relation.FINETUNE, Relation.UNSTATED})
_FIRM = frozenset({"adapter", "mergekit", "quantizer"})
"""Kinds of file that state what the model was made from and how."""


def settle(targets: Targets, reading: Reading, names: Names) -> None:
    """Drop what others contradict for certain, merge renames, and give every parent its relation and role."""
    _drop_swept(targets)
    _drop_data_twins(targets)
    _merge_renames(targets)
    _drop_inherited(targets)
    _drop_hints(targets, reading)
    _drop_wrong_sizes(targets, reading)
    _drop_second_names(targets)
    _merge_candidates(targets)
    for target in targets.all():
        _relate(target, reading)
    _compose(targets, names)


def _drop_swept(targets: Targets) -> None:
    """What files happen to name is no news beside a place that says what it is."""
    for target in targets.all():
        told = [mention for mention in target.mentions if mention.source != "sweep"]
        if told:
            target.mentions = told
        elif target.repo is None:
            targets.drop(target)


def _drop_data_twins(targets: Targets) -> None:
    """A name that the card lists as a data set is none of a model where only a sentence or a file at large has it."""
    data = {target.repo.path.lower() for target in targets.all() if target.is_data and target.repo is not None}
    for target in targets.all():
        loose = target.sources <= {"prose", "prose-words", "sweep"}
        if loose and not target.is_data and target.repo is not None and target.repo.path.lower() in data:
            targets.drop(target)


def _merge_renames(targets: Targets) -> None:
    """What the Hub's own list names is where the card's old name leads, if one of each is left over."""
    models = [target for target in targets.all() if target.repo is not None and not target.is_data]
    listed = [target for target in models if "hub" in target.sources and "card" not in target.sources]
    written = [
        target
        for target in models
        if "hub" not in target.sources and any(_is_base_key(mention) for mention in target.mentions)
    ]
    if len(listed) == 1 and len(written) == 1:
        listed[0].mentions = written[0].mentions + listed[0].mentions
        targets.drop(written[0])


def _is_base_key(mention: Mention) -> bool:
    return mention.source == "tags" or (mention.source == "card" and "base_model" in mention.evidence.place)


def _drop_inherited(targets: Targets) -> None:
    """A copy carries its original's config and GGUF bases: they name the original's parent, not the copy's."""
    bases = [target for target in targets.all() if not target.is_data]
    firm = [target for target in bases if target.sources & (DECLARING | _FIRM)]
    if not firm:
        return
    stated = {mention.relation for target in firm for mention in target.mentions}
    copies = targets.inferred in _COPIES or bool(stated & _COPIES)
    for target in bases:
        if target in firm or any(mention.component for mention in target.mentions):
            continue
        if target.sources <= {"gguf"} or (copies and target.sources <= {"config", "gguf"}):
            targets.drop(target)
            for mention in target.mentions:
                says = f"its {mention.evidence.place} names {mention.value}, as that of its original did"
                targets.facts.append(Fact(FactKind.SUMMARY, says, mention.evidence))


def _drop_hints(targets: Targets, reading: Reading) -> None:
    """Names in words and licence links count only where nothing names a base in a better way."""
    models = [target for target in targets.all() if not target.is_data]
    named = [target for target in models if target.sources - {"prose-words", "license-link", "notice"}]
    for target in models:
        hint = target.sources <= {"license-link"}
        if (target.sources <= {"prose-words"} and named) or (hint and (named or not _may_be_base(target, reading))):
            targets.drop(target)


def _drop_second_names(targets: Targets) -> None:
    """A checkpoint's file that is called like the named base is that base; its version tells nothing beside a name."""
    models = [target for target in targets.all() if not target.is_data]
    named = [target for target in models if target.sources - {"head", "head-version", "sweep", "name"}]
    files = [target for target in models if target.node is not None and target.sources <= {"head", "head-version"}]
    for target in files:
        alike = next((one for one in named if one.repo is not None and _called_alike(target, one)), None)
        if alike is not None:
            alike.mentions += target.mentions
        if alike is not None or (target.sources == {"head-version"} and len(models) > 1):
            targets.drop(target)


def _merge_candidates(targets: Targets) -> None:
    """A word that may stand for a release is that release where another key names it for the same part."""
    for target in targets.all():
        if target.node is None or not target.sources <= {"part", "tool"}:
            continue
        roles = {mention.component for mention in target.mentions}
        for other in targets.all():
            same = other.repo is not None and other.repo.path in target.named.candidates
            if same and roles & {mention.component for mention in other.mentions}:
                other.mentions += target.mentions
                targets.drop(target)
                break


def _called_alike(file: Target, base: Target) -> bool:
    """Whether one name begins with the other, marks and case aside."""
    ours = squeezed(file.mentions[0].value)
    theirs = squeezed(base.repo.name) if base.repo is not None else ""
    return len(min(ours, theirs, key=len)) > 3 and (ours.startswith(theirs) or theirs.startswith(ours))


def _may_be_base(target: Target, reading: Reading) -> bool:
    """A licence link into another publisher's model repository hints at the base."""
    if target.repo is None or target.repo.org.lower() == (reading.artifact.org or "").lower():
        return False
    return _sized_alike(target, reading) is not False


def _drop_wrong_sizes(targets: Targets, reading: Reading) -> None:
    """Of several parents in prose, one whose spelt size contradicts the model's own gives way to one that fits."""
    prose = [one for one in targets.all() if one.sources <= IN_WORDS and _is_whole(one) and one.repo is not None]
    if any(_sized_alike(target, reading) is True for target in prose):
        for target in prose:
            if _sized_alike(target, reading) is False:
                targets.drop(target)


def _is_whole(target: Target) -> bool:
    """Whether what was said of a name makes it a base: no data, no teacher, no part."""
    said = {mention.relation for mention in target.mentions}
    return not target.is_data and not said & {Relation.DISTILLED, Relation.COMPONENT}


def _sized_alike(target: Target, reading: Reading) -> bool | None:
    own = reading.artifact.repo
    if own is None or target.repo is None:
        return None
    ours, theirs = sizes_of(own.name), sizes_of(target.repo.name)
    return bool(ours & theirs) if ours and theirs else None


def _relate(target: Target, reading: Reading) -> None:
    """The relation: what the card states, then what the files show, then what the Hub infers."""
    if target.is_data:
        target.relation = Relation.TRAINED_ON
        return
    stated = _first(target, {"card"}, lambda one: one.relation is not None and _is_base_key(one))
    firm = stated or _first(target, _FIRM, lambda one: one.relation is not None and one.component is None)
    part = _first(target, None, lambda one: one.component is not None)
    whole = _first(target, {"config"}, lambda one: one.component is None)
    if firm is None and part is not None and whole is None:
        target.relation, target.component = Relation.COMPONENT, part.component
        return
    firm = firm or _first(target, {"hub", "tags"}, lambda one: one.relation is not None)
    said = firm or _first(target, None, lambda one: one.relation is not None and one.component is None)
    target.relation = said.relation if said is not None and said.relation is not None else Relation.UNSTATED
    if firm is None and target.relation in _WEAK and reading.inferred is not None:
        relation, reason = reading.inferred
        if said is None or relation in _COPIES | {Relation.ADAPTER}:
            target.relation, target.reason = relation, reason


def _first(target: Target, sources: Collection[str] | None, wanted: Callable[[Mention], bool]) -> Mention | None:
    return next((one for one in target.mentions if (sources is None or one.source in sources) and wanted(one)), None)


def _compose(targets: Targets, names: Names) -> None:
    """Several bases of which some are encoders are the parts of a composite, not a merge."""
    bases = [
        target
        for target in targets.all()
        if target.is_base() and target.repo is not None and target.sources & (DECLARING | {"notice"})
    ]
    if len(bases) < 2:
        return
    if any(_is_base_key(one) and one.source == "card" and one.relation for base in bases for one in base.mentions):
        return
    roles = {target.id: names.part_role(target.repo) for target in bases if target.repo}
    if any(roles.values()) and not all(roles.values()):
        for target in bases:
            target.relation, target.reason = Relation.COMPONENT, None
            target.component = roles[target.id] or "language_model"

"""How many parameters each component of a model has, and what share of the whole that is. No weight is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from licscan.core.evidence import Gap
from licscan.core.text import Text, text
from licscan.sources.protocol import Hub, RepoInfo
from licscan.weights.arithmetic import counted
from licscan.weights.reading.reader import Budget, Reader
from licscan.weights.tensors.headers import all_weights
from licscan.weights.tensors.inventory import Inventory
from licscan.weights.tensors.logical_weight import Weight
from licscan.weights.tensors.roles import EMBEDDINGS, HEAD, LANGUAGE_MODEL, UNCLASSIFIED

HEADER_BUDGET = Budget(bytes=32_000_000, requests=600)
_NOT_TRAINED = frozenset({"buffer"})
_TOLERATED = 0.02
_UNCLASSIFIED_TOLERATED = 0.01


@dataclass(frozen=True, slots=True)
class ComponentShare:
    """One component of a model by numbers of parameters; every pair is an interval."""

    name: str
    parameters: tuple[int, int]
    active: tuple[int, int]
    """Parameters that work on one token, where experts are chosen."""
    bytes: int | None
    share: tuple[float, float]
    """Of the stored parameters."""
    active_share: tuple[float, float]
    how: Text
    """The arithmetic."""
    includes: tuple[str, ...] = ()
    """Components that are counted inside this one in a wider sense, such as the embeddings of a language model."""


@dataclass(frozen=True, slots=True)
class Shares:
    """The components of one model, largest first, and where the numbers come from."""

    components: tuple[ComponentShare, ...]
    total: tuple[int, int]
    source: str
    """`headers` (exact), `sampled-headers` (one layer multiplied) or `config` (arithmetic)."""
    notes: tuple[Text, ...] = ()
    gaps: tuple[Gap, ...] = ()
    bytes_read: int = field(default=0, compare=False)
    requests: int = field(default=0, compare=False)

    def of(self, component: str) -> ComponentShare | None:
        """The component, where a language model counts with its embeddings and its head."""
        if component in {"text_encoder", "text_decoder", "decoder"} and not self._has(component):
            component = LANGUAGE_MODEL
        names = {LANGUAGE_MODEL, EMBEDDINGS, HEAD} if component == LANGUAGE_MODEL else {component}
        parts = [one for one in self.components if one.name in names]
        if len(parts) < 2:
            return parts[0] if parts else None
        return _joined(component, parts, self.total)

    def _has(self, component: str) -> bool:
        return any(one.name == component for one in self.components)


def shares_of(info: RepoInfo, hub: Hub, budget: Budget = HEADER_BUDGET) -> Shares | Gap:
    """Count parameters by component from the headers of the weights files.

    Only headers are read, by ranges. What cannot be read is a gap in the result; if nothing can, the result is a gap.
    """
    reader = Reader(hub, info, budget)
    found = all_weights(reader)
    if isinstance(found, Gap):
        return found
    shares = shares_from(found)
    notes = (*shares.notes, *_against_the_hub(info, shares.total))
    return replace(shares, notes=notes, bytes_read=reader.meter.bytes, requests=reader.meter.requests)


def shares_from(found: Inventory) -> Shares:
    """Count parameters by component in an inventory."""
    tied = _tied(found)
    stored: dict[str, int] = defaultdict(int)
    active: dict[str, int] = defaultdict(int)
    sizes: dict[str, int] = defaultdict(int)
    ratio = _expert_ratio(found)
    packed = 0
    for weight in found.weights:
        if weight.place.role in _NOT_TRAINED or weight.name in tied:
            continue
        times = _times(weight, found)
        name = weight.place.component
        stored[name] += weight.parameters * times
        sizes[name] += weight.bytes * times
        packed += weight.bits != 0
        is_expert = weight.place.expert is not None or weight.place.stacked
        active[name] += int(weight.parameters * times * ratio) if is_expert else weight.parameters * times
    unknown = stored.get(UNCLASSIFIED, 0)
    return Shares(
        _components(stored, active, sizes, unknown),
        (sum(stored.values()),) * 2,
        "headers" if found.scaled is None else "sampled-headers",
        tuple(_notes(found, stored, tied, packed, ratio)),
        found.gaps,
    )


def _times(weight: Weight, found: Inventory) -> int:
    return 1 if found.scaled is None else found.scaled.get(weight.name, 1)


def _components(
    stored: Mapping[str, int], active: Mapping[str, int], sizes: Mapping[str, int], unknown: int
) -> tuple[ComponentShare, ...]:
    total, working = sum(stored.values()), sum(active.values())
    is_doubtful = total and unknown / total > _UNCLASSIFIED_TOLERATED
    found = []
    for name in sorted(stored, key=lambda one: (-stored[one], one)):
        spare = unknown if is_doubtful and name != UNCLASSIFIED else 0
        low, high = stored[name], stored[name] + spare
        found.append(
            ComponentShare(
                name,
                (low, high),
                (active[name], active[name] + (spare if working else 0)),
                sizes[name],
                (low / total, min(1.0, high / total)) if total else (0.0, 0.0),
                (active[name] / working, min(1.0, (active[name] + spare) / working)) if working else (0.0, 0.0),
                _arithmetic(low, high, total),
            )
        )
    return tuple(found)


def _arithmetic(low: int, high: int, total: int) -> Text:
    part = millions(low) if low == high else f"{millions(low)} to {millions(high)}"
    share = percent(low / total if total else 0.0, high / total if total else 0.0)
    return text("{part} of {total} parameters = {share}", part=part, total=millions(total), share=share)


def _notes(
    found: Inventory, stored: Mapping[str, int], tied: frozenset[str], packed: int, ratio: float
) -> Iterable[Text]:
    total = sum(stored.values())
    if total and (part := stored.get(UNCLASSIFIED, 0)) / total > _UNCLASSIFIED_TOLERATED:
        yield text("{n} parameters have names that tell no component; they are not counted as text", n=millions(part))
    if tied:
        yield text("{name} is tied to the embeddings and counted once", name=", ".join(sorted(tied)))
    if packed:
        yield text("{n} weights are packed integers; they are counted unpacked", n=packed)
    if ratio < 1:
        yield text("active parameters count {share} of the experts", share=f"{ratio:.1%}")
    if found.scaled is not None:
        yield text("counted from some of the headers, multiplied by the layers, and equal to the index's total size")


def _tied(found: Inventory) -> frozenset[str]:
    """A head that is stored although the config says that it is the embedding."""
    text_config = found.config.get("text_config")
    says = found.config.get("tie_word_embeddings")
    if says is None and isinstance(text_config, Mapping):
        says = text_config.get("tie_word_embeddings")
    if says is not True:
        return frozenset()
    shapes = {one.shape for one in found.weights if one.place.component == EMBEDDINGS and one.place.role == "embedding"}
    return frozenset(one.name for one in found.weights if one.place.component == HEAD and one.shape in shapes)


def _expert_ratio(found: Inventory) -> float:
    """Chosen experts over all experts; 1 where nothing is chosen or it is not said."""
    experts = max((one.place.expert for one in found.weights if one.place.expert is not None), default=-1) + 1
    stacked = [one.shape[0] for one in found.weights if one.place.stacked and one.shape and len(one.shape) == 3]
    experts = max([experts, *stacked])
    if experts < 2:
        return 1.0
    for config in (found.config, found.config.get("text_config"), found.config.get("llm_config")):
        if not isinstance(config, Mapping):
            continue
        for key in ("num_experts_per_tok", "num_experts_per_token", "moe_topk", "top_k_experts", "moe_top_k", "top_k"):
            chosen = config.get(key)
            if isinstance(chosen, int) and not isinstance(chosen, bool) and 0 < chosen <= experts:
                return chosen / experts
    return 1.0


def _against_the_hub(info: RepoInfo, total: tuple[int, int]) -> Iterable[Text]:
    said = info.parameters
    if said and abs(said - total[0]) > _TOLERATED * max(said, total[0]):
        yield text(
            "the Hub counts {said} parameters, the headers come to {ours}; the headers are used",
            said=millions(said),
            ours=millions(total[0]),
        )


def shares_from_config(config: Mapping[str, Any]) -> Shares | None:
    """Count parameters by component from a config alone, as intervals; None where it says too little for shares.

    Without the sizes of the language model there is no whole that a share could be of.
    """
    parts = counted(config)
    if all(part.name != LANGUAGE_MODEL for part in parts):
        return None
    low, high = sum(one.low for one in parts), sum(one.high for one in parts)
    components = []
    for part in sorted(parts, key=lambda one: (-one.high, one.name)):
        rest_low, rest_high = low - part.low, high - part.high
        share = (_ratio(part.low, part.low + rest_high), _ratio(part.high, part.high + rest_low))
        sum_words = text(
            "{name}: {steps} = {part} of {total} parameters = {share} (arithmetic from the config, no header read)",
            name=part.name,
            steps=part.steps,
            part=_range(part.low, part.high),
            total=_range(low, high),
            share=percent(*share),
        )
        numbers = (part.low, part.high)
        components.append(ComponentShare(part.name, numbers, numbers, None, share, share, sum_words))
    return Shares(
        tuple(components),
        (low, high),
        "config",
        (text("computed from the sizes in config.json; parts that it does not describe are left out"),),
    )


def _joined(name: str, parts: list[ComponentShare], total: tuple[int, int]) -> ComponentShare:
    low, high = sum(one.parameters[0] for one in parts), sum(one.parameters[1] for one in parts)
    active = (sum(one.active[0] for one in parts), sum(one.active[1] for one in parts))
    sizes = [one.bytes for one in parts if one.bytes is not None]
    share = (min(1.0, sum(one.share[0] for one in parts)), min(1.0, sum(one.share[1] for one in parts)))
    working = (min(1.0, sum(one.active_share[0] for one in parts)), min(1.0, sum(one.active_share[1] for one in parts)))
    how = text(
        "{part} of {total} parameters = {share}",
        part=_range(low, high),
        total=_range(*total),
        share=percent(*share),
    )
    names = tuple(one.name for one in parts)
    return ComponentShare(name, (low, high), active, sum(sizes) if sizes else None, share, working, how, names)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _range(low: int, high: int) -> str:
    return millions(low) if millions(low) == millions(high) else f"{millions(low)} to {millions(high)}"


def millions(count: int) -> str:
    """A number of parameters as people say it."""
    if count >= 10_000_000_000:
        return f"{count / 1e9:.1f} B"
    if count >= 1_000_000_000:
        return f"{count / 1e9:.2f} B"
    if count >= 100_000:
        return f"{count / 1e6:.1f} M"
    return f"{count:,}"


def percent(low: float, high: float) -> str:
    """A share as people say it, as an interval where it is one."""
    words = [f"{one:.1%}" if one >= 0.001 or one == 0 else "<0.1%" for one in (low, high)]
    return words[0] if words[0] == words[1] else f"{words[0]} to {words[1]}"

"""Reads as few headers as tell all shapes: every one of a small model, one per kind of layer of a large one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from licscan.core.evidence import Gap
from licscan.weights.reading.reader import Reader, in_parallel
from licscan.weights.tensors.inventory import Inventory, Plan, configs_of, gathered, header_of, nothing, plan_of

MOST_WHOLE = 20
"""Up to so many shards every header is read."""
_NUMBERS = re.compile(r"(?<=\.)\d+(?=\.)")


def all_weights(reader: Reader) -> Inventory | Gap:
    """Every weight; for many shards by reading some headers and multiplying, checked against the index's total."""
    plan = plan_of(reader)
    if not plan.files:
        return plan.gaps[0] if plan.gaps else nothing(reader)
    configs = configs_of(reader, plan.files)
    names = plan.names
    few = _covering(plan) if len(plan.files) > MOST_WHOLE and len(names) == len(plan.files) else ()
    if few and plan.total and len(few) < len(plan.files):
        heads = in_parallel(lambda path: header_of(reader, path, names[path]), few, reader.hub.workers)
        sampled = gathered(few, heads, configs, plan.gaps)
        if not isinstance(sampled, Gap) and not any(isinstance(head, Gap) for head in heads):
            multiplied = _multiplied(sampled, plan)
            if multiplied is not None:
                return multiplied
        done = dict(zip(few, heads, strict=True))
    else:
        done = {}
    rest = [path for path in plan.files if path not in done]
    heads = in_parallel(lambda path: header_of(reader, path, names.get(path)), rest, reader.hub.workers)
    done.update(zip(rest, heads, strict=True))
    return gathered(plan.files, [done[path] for path in plan.files], configs, plan.gaps)


def _covering(plan: Plan) -> tuple[str, ...]:
    """A few files that hold every kind of tensor at least once: the greedy choice."""
    kinds = {path: {_NUMBERS.sub("*", name) for name in names} for path, names in plan.names.items()}
    wanted = set().union(*kinds.values())
    chosen = []
    while wanted:
        best = max(sorted(kinds), key=lambda path: len(kinds[path] & wanted))
        if not kinds[best] & wanted:
            break
        chosen.append(best)
        wanted -= kinds[best]
    return tuple(sorted(chosen))


def _multiplied(sampled: Inventory, plan: Plan) -> Inventory | None:
    """The sample with the number of times each weight occurs; None where the bytes do not come to the index's total."""
    counts: dict[str, int] = defaultdict(int)
    for names in plan.names.values():
        for name in names:
            counts[_NUMBERS.sub("*", name)] += 1
    seen: dict[str, list[int]] = defaultdict(list)
    for tensor in sampled.tensors:
        seen[_NUMBERS.sub("*", tensor.name)].append(tensor.length)
    if any(len(set(lengths)) > 1 for lengths in seen.values()) or set(seen) != set(counts):
        return None
    if sum(lengths[0] * counts[kind] for kind, lengths in seen.items()) != plan.total:
        return None
    times: dict[str, int] = {}
    kept = []
    done: set[str] = set()
    for weight in sampled.weights:
        kind = _NUMBERS.sub("*", weight.main.name)
        if kind in done:
            continue
        done.add(kind)
        times[weight.name] = counts[kind]
        kept.append(weight)
    return replace(sampled, weights=tuple(kept), scaled=times, files=_files(plan.files))


def _files(files: Sequence[str]) -> tuple[str, ...]:
    return tuple(files)

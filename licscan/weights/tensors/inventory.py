"""Lists the tensors of a repository from the headers of its weights files; no weight is read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from licscan.core.evidence import Gap, GapReason
from licscan.formats import gguf, safetensors
from licscan.formats.tensor import Header, Malformed, Tensor
from licscan.weights.reading.reader import Reader, in_parallel
from licscan.weights.tensors.logical_weight import Weight, weights_of
from licscan.weights.tensors.roles import Layout, layout_of

_A = TypeVar("_A")
_B = TypeVar("_B")
FIRST_BYTES = 65_536
_LEAST_FIRST = 16_384
_PER_TENSOR = 96
"""Bytes of a header entry beside its name: type, shape, offsets."""
_MOST_INDEX = 32_000_000
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".jit", ".msgpack", ".joblib")
_SHARD = re.compile(r"-(\d{3,6})-of-(\d{3,6})\.(safetensors|gguf)$")
_ASIDE = re.compile(
    r"(^|/)(onnx|openvino|original|checkpoint-\d+|global_step\d+|coreml|flax|tf|runs|\.git)(/|$)|"
    r"(^|/)(optimizer|scheduler|rng_state|training_args|consolidated|adapter_model)[^/]*$|"
    r"\.(fp16|bf16|non_ema|ema)\.safetensors$|\.(fp16|non_ema|bf16)-\d+-of-\d+\.safetensors$"
)


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every weight of a repository that a header tells of."""

    weights: tuple[Weight, ...]
    tensors: tuple[Tensor, ...]
    config: Mapping[str, Any]
    gaps: tuple[Gap, ...] = ()
    """Files that could not be read, or tensors that lie."""
    files: tuple[str, ...] = ()
    scaled: Mapping[str, int] | None = None
    """By pattern of names: how many layers stand behind the ones whose headers were read; None where all were."""
    packed: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Which files hold the weights."""

    files: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    """Tensor names by file, where an index tells them."""
    total: int | None = None
    """Bytes of all tensors, as the index says."""
    gaps: tuple[Gap, ...] = ()


def inventory(reader: Reader) -> Inventory | Gap:
    """Read configs, the index and every header."""
    plan = plan_of(reader)
    if not plan.files:
        return plan.gaps[0] if plan.gaps else nothing(reader)
    workers = reader.hub.workers
    heads, configs = _both(
        lambda: in_parallel(lambda path: header_of(reader, path, plan.names.get(path)), plan.files, workers),
        lambda: configs_of(reader, plan.files),
        workers,
    )
    return gathered(plan.files, heads, configs, plan.gaps)


def _both(first: Callable[[], _A], second: Callable[[], _B], workers: int) -> tuple[_A, _B]:
    """Two things at the same time, where the source allows."""
    if workers <= 1:
        return first(), second()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(second)
        return first(), waiting.result()


def gathered(
    files: Sequence[str],
    heads: Sequence[Header | Gap],
    configs: Mapping[str, Mapping[str, Any]],
    gaps: Sequence[Gap] = (),
) -> Inventory | Gap:
    """Join the headers of several files into one list of weights."""
    whole = list(gaps)
    tensors: list[Tensor] = []
    weights: list[Weight] = []
    seen: set[tuple[str, str]] = set()
    by_folder: dict[str, list[Tensor]] = {}
    for path, head in zip(files, heads, strict=True):
        if isinstance(head, Gap):
            whole.append(head)
            continue
        folder = path.rpartition("/")[0]
        whole.extend(Gap(path, GapReason.MALFORMED, flaw, path) for flaw in head.flaws[:20])
        for tensor in head.tensors:
            if (folder, tensor.name) in seen:
                whole.append(Gap(path, GapReason.MALFORMED, f"{tensor.name}: another file has it too", path))
                continue
            seen.add((folder, tensor.name))
            by_folder.setdefault(folder, []).append(tensor)
            tensors.append(tensor)
    for folder, found in sorted(by_folder.items()):
        config = configs.get(folder, {})
        weights.extend(weights_of(found, layout_of(config, folder), config))
    if not weights:
        return whole[0] if whole else Gap("", GapReason.MALFORMED, "the weights files hold no tensor")
    return Inventory(tuple(weights), tuple(tensors), configs.get("", {}), tuple(whole), tuple(files))


def nothing(reader: Reader) -> Gap:
    """Why a repository has no weights that can be read."""
    listed = [entry.path for entry in reader.info.files or ()]
    pickles = [path for path in listed if path.endswith(_PICKLES)]
    if pickles:
        said = f"only pickled or foreign weights ({pickles[0]}), which are never opened"
        return Gap(str(reader.info.id), GapReason.MALFORMED, said, pickles[0])
    return Gap(str(reader.info.id), GapReason.ABSENT, "no safetensors or GGUF file")


def plan_of(reader: Reader) -> Plan:
    """Choose the files: an index's shards, else one file of its kind in each folder."""
    if reader.info.files is None:
        return _unlisted(reader)
    listed = sorted(entry.path for entry in reader.info.files)
    usable = [path for path in listed if path.endswith((".safetensors", ".gguf")) and not _ASIDE.search(path)]
    if not usable:  # an adapter, a consolidated file, or one precision only
        usable = [path for path in listed if path.endswith((".safetensors", ".gguf"))]
    folders = sorted({path.rpartition("/")[0] for path in usable})
    if "" in folders:
        folders = [one for one in folders if not one or re.match(r"\d+_", one) or _is_pipeline(listed)]
    files: list[str] = []
    names: dict[str, tuple[str, ...]] = {}
    gaps: list[Gap] = []
    totals: list[int | None] = []
    for folder in folders:
        here = [path for path in usable if path.rpartition("/")[0] == folder]
        chosen = _chosen(here, reader)
        index = next(
            (p for p in listed if p.rpartition("/")[0] == folder and p.endswith(".safetensors.index.json")), None
        )
        if index and chosen and chosen[0].endswith(".safetensors") and len(chosen) > 1:
            found = _index(reader, index)
            if isinstance(found, Gap):
                gaps.append(found)
                totals.append(None)
            else:
                shards, total = found
                chosen = sorted(shards) or chosen
                names.update(shards)
                totals.append(total)
                gaps.extend(_absent(reader, path) for path in chosen if path not in listed)
                chosen = [path for path in chosen if path in listed]
        else:
            totals.append(None)
        files.extend(chosen)
    total = sum(one for one in totals if one is not None) if totals and None not in totals else None
    return Plan(tuple(files), names, total, tuple(gaps))


def _absent(reader: Reader, path: str) -> Gap:
    return Gap(str(reader.info.id), GapReason.ABSENT, "the index names this file, the listing does not", path)


def _is_pipeline(listed: Sequence[str]) -> bool:
    return "model_index.json" in listed


def _chosen(here: Sequence[str], reader: Reader) -> list[str]:
    """One full set of weights out of the several that a folder may hold."""
    tensors = [path for path in here if path.endswith(".safetensors")]
    if not tensors:
        return _gguf_set(here, reader)
    shards = [path for path in tensors if _SHARD.search(path)]
    if shards:
        sets: dict[str, list[str]] = {}
        for path in shards:
            sets.setdefault(_SHARD.sub("", path), []).append(path)
        preferred = sorted(sets, key=lambda stem: (not stem.endswith(("model", "model.safetensors")), stem))
        return sorted(sets[preferred[0]])
    for name in ("model.safetensors", "diffusion_pytorch_model.safetensors"):
        if single := [path for path in tensors if path.rpartition("/")[2] == name]:
            return single
    return [max(tensors, key=lambda path: (reader.sizes.get(path, 0), path))]


def _gguf_set(here: Sequence[str], reader: Reader) -> list[str]:
    """The largest quantisation (the most exact one), and the projector file that belongs to it."""
    sets: dict[str, list[str]] = {}
    for path in here:
        sets.setdefault(_SHARD.sub("", path), []).append(path)
    projectors = sorted(stem for stem in sets if "mmproj" in stem.lower())
    models = [stem for stem in sets if stem not in projectors]

    def size(stem: str) -> tuple[int, str]:
        return sum(reader.sizes.get(path, 0) for path in sets[stem]), stem

    chosen = [max(models, key=size)] if models else []
    chosen += [max(projectors, key=size)] if projectors else []
    return sorted(path for stem in chosen for path in sets[stem])


def _unlisted(reader: Reader) -> Plan:
    """Without a listing: the usual names."""
    index = _index(reader, "model.safetensors.index.json")
    if isinstance(index, Gap):
        return Plan(("model.safetensors",), {})
    return Plan(tuple(sorted(index[0])), index[0], index[1])


def _index(reader: Reader, path: str) -> tuple[dict[str, tuple[str, ...]], int | None] | Gap:
    """The shards that an index names, with the tensors in each, and the bytes of all tensors."""
    raw = reader.small(path, _MOST_INDEX)
    if isinstance(raw, Gap):
        return raw
    said = json_object(raw)
    mapping = said.get("weight_map") if said is not None else None
    if said is None or not isinstance(mapping, dict) or len(mapping) > safetensors.MOST_TENSORS * 4:
        return Gap(str(reader.info.id), GapReason.MALFORMED, "no weight_map", path)
    folder = path.rpartition("/")[0]
    shards: dict[str, list[str]] = {}
    for name, file in mapping.items():
        if not isinstance(file, str) or "/" in file or "\\" in file or not file.endswith(".safetensors"):
            return Gap(str(reader.info.id), GapReason.MALFORMED, f"{name[:80]} stands in no safetensors file", path)
        shards.setdefault(f"{folder}/{file}" if folder else file, []).append(name)
    metadata = said.get("metadata")
    total = metadata.get("total_size") if isinstance(metadata, dict) else None
    if not isinstance(total, (int, float)) or isinstance(total, bool) or not 0 < total < 2**62:
        total = None
    return {file: tuple(names) for file, names in shards.items()}, None if total is None else int(total)


def header_of(reader: Reader, path: str, names: Sequence[str] | None = None) -> Header | Gap:
    """The header of one file: a first guess at its length, then the rest."""
    parse = gguf.parse if path.endswith(".gguf") else safetensors.parse
    size = reader.sizes.get(path)
    head = reader.head(path, _first(size, names))
    for _ in range(8):
        if isinstance(head, Gap):
            return head
        found = parse(head, path, size)
        if isinstance(found, Header):
            return found
        if isinstance(found, Malformed):
            return Gap(str(reader.info.id), GapReason.MALFORMED, found.reason, path)
        before = len(head)
        head = reader.more(path, head, found.needed)
        if not isinstance(head, Gap) and len(head) <= before:
            return Gap(str(reader.info.id), GapReason.MALFORMED, "the file ends within its header", path)
    return Gap(str(reader.info.id), GapReason.MALFORMED, "the header never ends", path)


def _first(size: int | None, names: Sequence[str] | None) -> int:
    """How many bytes to ask for first: what an index lets us expect, else a share of the file."""
    if names is not None:
        guess = 400 + sum(len(name) + _PER_TENSOR for name in names)
        return min(max(guess, 4096), 4_000_000)
    if size is None:
        return FIRST_BYTES
    return min(max(size // 5000, _LEAST_FIRST), FIRST_BYTES)


def configs_of(reader: Reader, files: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """The config beside the weights, by folder; an unreadable one is an empty one."""
    found: dict[str, Mapping[str, Any]] = {}
    listed = None if reader.info.files is None else {entry.path for entry in reader.info.files}
    for folder in sorted({path.rpartition("/")[0] for path in files}):
        path = f"{folder}/config.json" if folder else "config.json"
        if listed is not None and path not in listed:
            continue
        raw = reader.small(path, 1_000_000)
        found[folder] = {} if isinstance(raw, Gap) else json_object(raw) or {}
    return found


def json_object(raw: bytes) -> dict[str, Any] | None:
    """A JSON object, or None for anything else."""
    try:
        said = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def layout_for(found: Inventory) -> Layout:
    """The layout of the repository's own folder."""
    return layout_of(found.config)

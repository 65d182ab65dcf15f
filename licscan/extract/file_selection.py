"""Which files of a repository are worth a request: only such as its listing shows, and every one that can name a term.

The same is read of an ancestor as of the subject, but for what can tell no more than how the subject itself was made:
its code, its tokenizer, the first steps of its history.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from licscan.core.bounds import (
    CHECKPOINTS,
    CODE_FILES,
    HEADS,
    LEGAL_TEXTS,
    NESTED_ADAPTERS,
    PARTS,
    RECIPES,
    SWEPT_FILES,
    TOOL_FILES,
    Bound,
)
from licscan.core.ids import RepoKind
from licscan.extract import license_files as texts
from licscan.extract.keys import keys
from licscan.extract.sweep import is_swept
from licscan.extract.tool_files import tool_of
from licscan.sources.protocol import RepoInfo, Want

HEAD = 65_536
"""The first stretch of a weights file; the general keys of nearly every file lie in it."""
GGUF_HEADS = (262_144, 1_000_000, 4_000_000, 16_000_000)
"""How far the head of a GGUF file grows where they do not."""
DEEP_ONLY = frozenset(
    {
        "axolotl_config.yml",
        "axolotl_config.yaml",
        "axolotl.yml",
        "axolotl.yaml",
        "config.yml",
        "config.yaml",
        "training_args.json",
        "train_args.json",
        "args.json",
        "training_args.yaml",
        "train_config.json",
        "train_config.yaml",
        "training_config.json",
        "training_config.yaml",
        "training_config.yml",
        "sft_args.json",
        "recipe.yaml",
        "recipe.yml",
        "trainer_config.yaml",
        "llamaboard_config.yaml",
        "hyperparams.yaml",
        "training_params.json",
        "finetune_config.json",
    }
)
"""Arguments of training runs."""
_CONFIGS = (
    *("config.json", "adapter_config.json", "model_index.json", "modular_model_index.json"),
    *("quantize_config.json", "quant_config.json"),
)
_OWN = ("tokenizer_config.json", "trainer_state.json")
"""What can tell only how the subject itself was made."""
_DEEPEST = 2
_SWEPT_UP_TO = 200_000
"""Bytes of a file that is looked through for names."""
_SHARD = re.compile(r"-0*(\d+)-of-\d+\.")
_PLAIN_WEIGHTS = re.compile(
    r"(?:\A|/)(?:model|adapter_model|pytorch_model|diffusion_pytorch_model|consolidated)[\w.\-]*\.safetensors\Z",
    re.IGNORECASE,
)
_PRECISION = re.compile(
    r"[-_.](?:ud[-_.])?+(?:i?q\d\w*+|tq\d\w*+|[mn](?:x|v)fp\d\w*+|b?fp?(?:8|16|32)|int\d|\d{1,2}[-_]?bits?|imat(?:rix)?)"
    r"(?=[-_.])",
    re.IGNORECASE,
)
"""What distinguishes copies of one model in several precisions."""
_STEP = re.compile(r"[-_.](?:steps?|epochs?|checkpoints?)?+[-_]?+\d{2,9}+(?=[-_.])", re.IGNORECASE)
"""What distinguishes the checkpoints of one training run."""


_RUN = re.compile(r"((?:checkpoint|ckpt|step|epoch|iter|global_step)s?[-_]?+)\d++(?=/)", re.IGNORECASE)
"""A folder of one step of a training run."""


@dataclass(slots=True)
class Selection:
    """What to ask for of one repository, and what the limits leave out."""

    wants: dict[Want, None] = field(default_factory=dict)
    left: list[tuple[Bound, tuple[str, ...]]] = field(default_factory=list)
    swept: set[str] = field(default_factory=set)
    """Files that are only looked through: one that turns out to be large holds data, and names no model."""

    def take(self, paths: Iterable[str], bound: Bound | None = None, length: int | None = None) -> None:
        """Ask for files, at most as many as a limit allows."""
        found = tuple(dict.fromkeys(paths))
        most = len(found) if bound is None else bound.value
        self.wants.update((Want(path, 0, length), None) for path in found[:most])
        if bound is not None and len(found) > most:
            self.left.append((bound, found[most:]))


def wanted(info: RepoInfo, *, deep: bool) -> tuple[Want, ...]:
    """The files, or heads of files, to ask for; nothing where the listing was not seen."""
    return tuple(select(info, deep=deep).wants)


def select(info: RepoInfo, *, deep: bool) -> Selection:
    """What to ask for of a repository.

    Args:
        info: the repository with its listing.
        deep: it is the subject, of which its code and its tokenizer are read, too.
    """
    chosen = Selection()
    paths = sorted(entry.path for entry in info.files or () if _is_safe(entry.path))
    listed = frozenset(paths)
    chosen.take(path for path in ("README.md",) if path in listed)
    if info.id.kind is RepoKind.MODEL:
        top = [path for path in paths if "/" not in path]
        chosen.take(path for path in _CONFIGS if path in listed)
        chosen.take((path for path in top if _is_recipe(path) or path.lower() in DEEP_ONLY), RECIPES)
        chosen.take((path for path in top if _is_of_tool(path)), TOOL_FILES)
        _take_nested(chosen, paths)
        if deep:
            chosen.take(path for path in _OWN if path in listed)
            chosen.take(_swept(info, chosen), SWEPT_FILES)
            chosen.take((path for path in top if path.endswith(".py")), CODE_FILES)
        chosen.take(_first_of_each(paths), HEADS, HEAD)
    legal = sorted((path for path in paths if texts.is_legal_text(path)), key=lambda one: (one.count("/"), one))
    chosen.take((path for path in legal if texts.is_readable(path)), LEGAL_TEXTS)
    return chosen


def _is_of_tool(path: str) -> bool:
    """Whether a file at the top is another tool's config or recipe that names parts."""
    return tool_of(path) is not None or is_modelfile(path)


def _swept(info: RepoInfo, chosen: Selection) -> Iterator[str]:
    """Further small files that may name a model, those at the top first."""
    known = {want.path for want in chosen.wants}
    for entry in sorted(info.files or (), key=lambda one: (one.path.count("/"), one.path)):
        path = entry.path
        is_new = path.count("/") < _DEEPEST and path not in known and not _is_config(path) and _is_safe(path)
        if is_new and is_swept(path) and (entry.size or 0) <= _SWEPT_UP_TO:
            chosen.swept.add(path)
            yield path


def _take_nested(chosen: Selection, paths: Sequence[str]) -> None:
    """The configs in folders: those of components, then those of whole models (checkpoints, older layouts)."""
    found = [path for path in paths if path.count("/") == 1 and path.endswith("/config.json")]
    chosen.take((path for path in found if is_part(path)), PARTS)
    chosen.take(_one_of_each_run(path for path in found if not is_part(path)), CHECKPOINTS)
    chosen.take(_one_of_each_run(path for path in paths if path.endswith("/adapter_config.json")), NESTED_ADAPTERS)


def _one_of_each_run(paths: Iterable[str]) -> list[str]:
    """The checkpoints of one training run say the same: the first speaks for all."""
    found: dict[str, str] = {}
    for path in paths:
        found.setdefault(_RUN.sub(r"\1", path.lower()), path)
    return list(found.values())


def configs(paths: Iterable[str]) -> list[str]:
    """The configurations, adapters, recipes and arguments of training runs among the files, one of each run."""
    return _one_of_each_run(path for path in sorted(paths) if _is_config(path))


def origins(paths: Iterable[str]) -> list[str]:
    """The weights files whose heads may name their origin, one of each model."""
    return _first_of_each(sorted(paths))


def _is_config(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    if "/" in path:
        return name == "adapter_config.json" or (name == "config.json" and path.count("/") == 1)
    return name in _CONFIGS or name.lower() in DEEP_ONLY or _is_recipe(path) or _is_of_tool(path)


def _may_name_origin(path: str) -> bool:
    """Whether the head of a weights file can name where the weights come from: the libraries' own never do."""
    name = path.lower()
    if name.endswith((".gguf", ".ggml")):
        return _first_shard(path)
    return name.endswith(".safetensors") and not _PLAIN_WEIGHTS.search(path) and not _SHARD.search(path)


def _same_model(path: str) -> str:
    """The name of a weights file without its precision and its step: equal for copies of one model."""
    return _STEP.sub("", _PRECISION.sub("", _SHARD.sub(".", f".{path.lower()}")))


def is_modelfile(path: str) -> bool:
    """Whether a file is a recipe of ollama, by its name."""
    name = path.rsplit("/", 1)[-1].lower()
    beginnings = ("modelfile.", "modelfile-", "modelfile_")
    return name == "modelfile" or name.startswith(beginnings) or name.endswith(".modelfile")


def _is_safe(path: str) -> bool:
    return not path.startswith(("/", "\\")) and ".." not in path.split("/") and "\0" not in path


def _is_recipe(path: str) -> bool:
    name = path.rsplit("/", 1)[-1].lower()
    return name.endswith((".yml", ".yaml")) and "merge" in name


def is_part(path: str) -> bool:
    """Whether a file lies in the folder of a component, by the folder's name."""
    return "/" in path and path.split("/", 1)[0].lower() in keys().roles


def _first_of_each(paths: Iterable[str]) -> list[str]:
    """One weights file of each model whose head may name its origin: copies in other precisions say the same."""
    found: dict[str, str] = {}
    for path in paths:
        if _may_name_origin(path):
            found.setdefault(_same_model(path), path)
    return list(found.values())


def _first_shard(path: str) -> bool:
    found = _SHARD.search(path)
    return found is None or found[1] == "1"

"""Which files of a repository are worth a request: only such as its listing shows, fewest where the card tells all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from licscan.core.artifact import ClaimKind, FileEntry
from licscan.core.ids import RepoKind
from licscan.extract import license_files as texts
from licscan.extract.extraction import words
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
"""Arguments of training runs, read for the subject alone."""
_TRACES = ("tokenizer_config.json", "quantize_config.json", "quant_config.json", "trainer_state.json")
_SMALL = 1_000_000
_SWEPT_UP_TO = 200_000
"""Bytes of a file that is looked through for names."""
_MOST_SWEPT = 8
_MOST_CODE, _MOST_TEXTS, _MOST_PARTS, _MOST_FOLDERS, _MOST_HEADS = 6, 12, 16, 6, 3
_SHARD = re.compile(r"-0*(\d+)-of-\d+\.")
_PLAIN_WEIGHTS = re.compile(
    r"(?:\A|/)(?:model|adapter_model|pytorch_model|diffusion_pytorch_model|consolidated)[\w.\-]*\.safetensors\Z",
    re.IGNORECASE,
)


def wanted(info: RepoInfo, *, deep: bool) -> tuple[Want, ...]:
    """The files, or heads of files, to ask for; nothing where the listing was not seen."""
    if info.files is None:
        return ()
    listed = {entry.path: entry for entry in info.files if _is_safe(entry.path)}
    if info.id.kind is RepoKind.DATASET:
        return tuple(
            _whole(listed, ["README.md"] if _needs_card(info) or deep else []) + _texts(listed, info, deep=deep)
        )
    return tuple(dict.fromkeys(_deep(info, listed) if deep else _brief(info, listed)))


def _deep(info: RepoInfo, listed: Mapping[str, FileEntry]) -> list[Want]:
    """All that carries facts, for the subject itself."""
    top = [path for path in listed if "/" not in path]
    names = ["README.md", "config.json", "adapter_config.json", "model_index.json", *_TRACES]
    names += [path for path in sorted(top) if path.lower() in DEEP_ONLY or _is_recipe(path)]
    names += _parts(listed)
    names += ["modular_model_index.json", *_tools(listed)]
    names += [path for path in sorted(listed) if path.endswith("adapter_config.json") and "/" in path][:4]
    names += _swept(listed, names)
    names += sorted(path for path in top if path.endswith(".py"))[:_MOST_CODE]
    return _whole(listed, names) + _texts(listed, info, deep=True) + _heads(listed, deep=True)


def _brief(info: RepoInfo, listed: Mapping[str, FileEntry]) -> list[Want]:
    """What an ancestor needs: the file that names its parents, its licence text, its card where the Hub's is silent."""
    names = [name for name in ("adapter_config.json", "model_index.json") if name in listed]
    names += [path for path in sorted(listed) if _is_recipe(path) and "/" not in path][:2]
    if "config.json" not in listed or not _has_base(info):
        names += ["modular_model_index.json", *_tools(listed)][:3]
    if "adapter_config.json" not in listed:
        names.append("config.json")
    if _needs_card(info) or (not _has_base(info) and _is_derived(info, listed)):
        names.append("README.md")
    if "model_index.json" in listed and not _has_base(info):
        names += _parts(listed)
    heads = _heads(listed, deep=False) if not _has_base(info) else []
    return _whole(listed, names) + _texts(listed, info, deep=False) + heads


def _whole(listed: Mapping[str, FileEntry], names: Iterable[str]) -> list[Want]:
    return [Want(name) for name in dict.fromkeys(names) if name in listed]


def is_modelfile(path: str) -> bool:
    """Whether a file is a recipe of ollama, by its name."""
    name = path.rsplit("/", 1)[-1].lower()
    beginnings = ("modelfile.", "modelfile-", "modelfile_")
    return name == "modelfile" or name.startswith(beginnings) or name.endswith(".modelfile")


def _tools(listed: Mapping[str, FileEntry]) -> list[str]:
    """The configs of other tools that name parts, at the top of a repository."""
    top = [path for path in sorted(listed) if "/" not in path]
    recipes = [path for path in top if is_modelfile(path)]
    return [path for path in top if tool_of(path) is not None] + recipes[:_MOST_FOLDERS]


def _swept(listed: Mapping[str, FileEntry], read: Iterable[str]) -> list[str]:
    """Further small files that may name a model, those at the top first."""
    known = set(read)
    found = [
        path
        for path in sorted(listed, key=lambda one: (one.count("/"), one))
        if path.count("/") < 2 and path not in known and is_swept(path) and (listed[path].size or 0) <= _SWEPT_UP_TO
    ]
    return found[:_MOST_SWEPT]


def _is_safe(path: str) -> bool:
    return not path.startswith(("/", "\\")) and ".." not in path.split("/") and "\0" not in path


def _is_recipe(path: str) -> bool:
    name = path.rsplit("/", 1)[-1].lower()
    return name.endswith((".yml", ".yaml")) and "merge" in name


def _parts(listed: Mapping[str, FileEntry]) -> list[str]:
    """The configs in folders: those of components first, then those of whole models (checkpoints, older layouts)."""
    found = [path for path in sorted(listed) if path.count("/") == 1 and path.endswith("/config.json")]
    parts = [path for path in found if is_part(path)]
    return parts[:_MOST_PARTS] + [path for path in found if path not in parts][:_MOST_FOLDERS]


def is_part(path: str) -> bool:
    """Whether a file lies in the folder of a component, by the folder's name."""
    return "/" in path and path.split("/", 1)[0].lower() in keys().roles


def _texts(listed: Mapping[str, FileEntry], info: RepoInfo, *, deep: bool) -> list[Want]:
    """Licence texts: for an ancestor the nearest one, and notices only where the licence id does not say it all."""
    found = [
        (path, kind)
        for path in sorted(listed, key=lambda one: (one.count("/"), one))
        if path.count("/") < 2 and texts.is_readable(path) and (kind := texts.kind_of(path)) is not None
    ]
    if deep:
        return [Want(path) for path, _ in found[:_MOST_TEXTS]]
    top = [(path, kind) for path, kind in found if "/" not in path]
    files = [path for path, kind in top if kind is ClaimKind.FILE]
    if _tells_license(info):
        return [Want(path) for path in files[:1]]
    return [Want(path) for path, _ in top[:4]]


def _heads(listed: Mapping[str, FileEntry], *, deep: bool) -> list[Want]:
    """The heads of weights files whose metadata may name their origin."""
    ggufs = [path for path in sorted(listed) if path.lower().endswith(".gguf") and _first_shard(path)]
    projectors = [path for path in ggufs if "mmproj" in path.lower()]
    models = [path for path in ggufs if path not in projectors]
    chosen = models[:1] + (projectors[:1] if deep else [])
    if deep:
        single = [
            path
            for path in sorted(listed)
            if path.endswith(".safetensors") and not _PLAIN_WEIGHTS.search(path) and not _SHARD.search(path)
        ]
        chosen += single[: _MOST_HEADS - 1]
    return [Want(path, 0, HEAD) for path in chosen]


def _first_shard(path: str) -> bool:
    found = _SHARD.search(path)
    return found is None or found[1] == "1"


def _tells_license(info: RepoInfo) -> bool:
    """Whether the card names a licence by an id that stands for one text."""
    named = [text.strip().lower() for _, text in words((info.card or {}).get("license"), 5)]
    return len(named) == 1 and named[0] in keys().hub_licenses - keys().ambiguous_licenses


def _needs_card(info: RepoInfo) -> bool:
    """Whether the Hub's copy of the metadata leaves the licence open."""
    card: Mapping[str, Any] = info.card or {}
    return not card.get("license")


def _has_base(info: RepoInfo) -> bool:
    return bool(
        (info.card or {}).get("base_model")
        or info.base_models
        or any(tag.startswith("base_model:") for tag in info.tags or ())
    )


def _is_derived(info: RepoInfo, listed: Mapping[str, FileEntry]) -> bool:
    """Whether something says that the model was made from another one."""
    from licscan.core.lineage import Relation
    from licscan.extract.card import inferred_relation

    tags = {tag.lower() for tag in info.tags or ()}
    relation, _ = inferred_relation(info, info.card or {}, 0)
    named = (info.card or {}).get("license_name") or not _tells_license(info)
    return (
        relation is not Relation.FINETUNE
        or "generated_from_trainer" in tags
        or bool(named)
        or "adapter_config.json" in listed
    )

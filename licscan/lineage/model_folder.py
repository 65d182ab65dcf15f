"""Tells a folder that holds a model from one that holds models below it, or none: nobody releases a source tree.

A model lies at the root of its folder: weights, a configuration that a model library reads, a recipe, or a card with
the front matter of a model. A licence, a README of a project or a folder `model/` make none.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from licscan.errors import LicscanError, UsageError
from licscan.files import read_file

_WEIGHTS = re.compile(
    r"\.(?:safetensors|bin|gguf|ggml|pth?|ckpt|h5|msgpack|onnx|npz|tflite|llamafile|nemo|keras|mlmodel|mlpackage|engine)\Z"
)
_MARKS = frozenset(
    {
        *("adapter_config.json", "model_index.json", "modelfile", "generation_config.json"),
        *("tokenizer_config.json", "tokenizer.json", "tokenizer.model", "preprocessor_config.json", "modules.json"),
        *("config_sentence_transformers.json", "open_clip_config.json", "gliner_config.json", "hyperparams.yaml"),
        *("quantize_config.json", "safetensors.index.json", "model.safetensors.index.json", "diffusers_config.json"),
    }
)
"""Names, in lower case, of files that only models have."""
_CODE = re.compile(r"(?:modeling|configuration|tokenization|pipeline)_[^/]{1,80}\.py\Z")
"""Code that a model brings along for its library."""
_CONFIGS = frozenset(
    {
        *("model_type", "architectures", "_class_name", "auto_map", "_name_or_path", "torch_dtype"),
        *("hidden_size", "num_hidden_layers", "n_layer", "d_model", "quantization_config", "transformers_version"),
        *("pretrained_cfg", "text_config", "vision_config", "peft_type", "base_model_name_or_path"),
    }
)
"""Keys of a `config.json` that a model library wrote."""
_KEY = re.compile(r"^[{ \t]{0,8}[\"']?([A-Za-z_][A-Za-z0-9_\-]{0,63})[\"']?[ \t]{0,8}:", re.MULTILINE)
_IN_LINE = re.compile(r"[{,][ \t]{0,8}[\"']([A-Za-z_][A-Za-z0-9_\-]{0,63})[\"'][ \t]{0,8}:")
_SECTIONS = re.compile(r"^(?:\[nlp\]|pipeline:)[ \t]{0,80}\r?$", re.MULTILINE)
"""What begins the description of a pipeline, in the two forms that libraries of language and of speech have."""
_OF_MODELS = frozenset(
    {
        *("base_model", "base_model_relation", "library_name", "pipeline_tag", "model-index", "model_name", "adapters"),
        *("license_name", "license_link", "new_version", "quantized_by", "inference", "instance_prompt"),
    }
)
_OF_CARDS = frozenset({"license", "licence", "datasets", "tags", "language", "metrics"})
_OF_OTHERS = frozenset(
    {"sdk", "app_file", "dataset_info", "task_categories", "size_categories", "annotations_creators", "configs"}
)
"""Keys of the cards of Spaces and of data sets."""
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})
_LARGEST = 1_000_000
_FRONT = 200_000
_DEEPEST, _MOST_FOLDERS, _SHOWN = 5, 4000, 5


def require_model(folder: Path, words: str) -> None:
    """Refuse a folder without a model at its root; where folders below it hold models, name them.

    Raises:
        UsageError: nothing at the root of the folder is a model's.
    """
    if holds_model(folder):
        return
    below = list(models_below(folder))
    if not below:
        raise UsageError(
            f"{words} holds no model at its root",
            "a model's folder has its weights, its config.json or its README.md with front matter at the root",
        )
    shown = [os.path.join(words, name) for name in below[:_SHOWN]]  # noqa: PTH118 (keeps the user's own ./)
    more = f" and {len(below) - _SHOWN} more" if len(below) > _SHOWN else ""
    raise UsageError(
        f"{words} holds no model at its root; there are models below it: {', '.join(shown)}{more}",
        f"name the folder that you mean, such as {shown[0]}",
    )


def holds_model(folder: Path) -> bool:
    """Whether the root of a folder holds what only a model's folder does; what cannot be read counts as such."""
    names = sorted(_files(folder))
    if any(_is_mark(name.lower()) for name in names):
        return True
    return any(test(folder / name) for name in names if (test := _TESTS.get(name.lower())) is not None)


def models_below(folder: Path) -> Iterator[str]:
    """The folders with models below a folder, nearest first, as paths from there; what is inside a model is its own."""
    waiting = [("", 0)]
    seen = 0
    while waiting and seen < _MOST_FOLDERS:
        place, depth = waiting.pop(0)
        for name in sorted(_folders(folder / place)):
            seen += 1
            path = f"{place}{name}"
            if holds_model(folder / path):
                yield path
            elif depth + 1 < _DEEPEST:
                waiting.append((f"{path}/", depth + 1))


def _files(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from (entry.name for entry in entries if not _is_folder(entry))
    except OSError:
        return


def _folders(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                hidden = entry.name.startswith(".") or entry.name in _SKIPPED
                if not hidden and not entry.is_symlink() and _is_folder(entry):
                    yield entry.name
    except OSError:
        return


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_mark(name: str) -> bool:
    is_recipe = name.endswith((".yml", ".yaml")) and "merge" in name
    return name in _MARKS or is_recipe or _WEIGHTS.search(name) is not None or _CODE.match(name) is not None


def _is_config(path: Path) -> bool:
    """Whether a `config.json` is a model's: programs of every kind have a file of that name."""
    text = _text(path)
    if text is None:
        return True
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return True
    return isinstance(said, dict) and not _CONFIGS.isdisjoint(said)


def _is_card(path: Path) -> bool:
    """Whether a README begins with the front matter of a model's card."""
    text = _text(path)
    if text is None:
        return True
    head, _, rest = text.lstrip("\ufeff \t\r\n")[:_FRONT].partition("\n")
    if head.rstrip() != "---":
        return False
    block = re.split(r"\n(?:---|\.\.\.)[ \t]{0,80}\r?(?:\n|\Z)", f"\n{rest}", maxsplit=1)[0]
    keys = {*_KEY.findall(block), *_IN_LINE.findall(block)}
    if not _OF_MODELS.isdisjoint(keys):
        return True
    return _OF_OTHERS.isdisjoint(keys) and not _OF_CARDS.isdisjoint(keys)


def _has_sections(path: Path) -> bool:
    """Whether a `config.cfg` or `config.yaml` describes a pipeline of models."""
    text = _text(path)
    return text is None or _SECTIONS.search(text) is not None


_TESTS: Mapping[str, Callable[[Path], bool]] = {
    "config.json": _is_config,
    "readme.md": _is_card,
    "config.cfg": _has_sections,
    "config.yaml": _has_sections,
}


def _text(path: Path) -> str | None:
    """The text of a small file; None where it cannot be read, which the scan then tells as a gap."""
    try:
        return read_file(path, _LARGEST, UsageError, "").decode("utf-8", "replace")
    except LicscanError:
        return None

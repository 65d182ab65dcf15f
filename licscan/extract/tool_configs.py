"""Traces of tools: tokenizer configs, quantisers' configs, training scripts' arguments, axolotl's recipe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from licscan.core.artifact import Fact, FactKind
from licscan.core.evidence import Confidence
from licscan.core.ids import RepoKind
from licscan.core.lineage import Relation
from licscan.extract.extraction import At, Said, as_object, as_text, word, words
from licscan.extract.keys import keys
from licscan.extract.mention import Mention
from licscan.formats.frontmatter import load
from licscan.formats.malformed import Malformed

_BASE_KEYS = (
    "base_model",
    "model_name_or_path",
    "model_id_or_path",
    "pretrained_model_name_or_path",
    "model_name",
    "model_path",
    "model_id",
    "init_model",
    "base_model_name_or_path",
)
_ADAPTER_KEYS = ("adapter_name_or_path", "lora_model_dir")
_TEACHER_KEYS = ("teacher_model", "teacher_model_name_or_path", "teacher_name_or_path", "teacher_model_path")
_DATASET_KEYS = ("dataset", "datasets", "dataset_name", "dataset_mixer", "train_dataset", "pretraining_dataset")
_CHECKPOINT = re.compile(r"/?checkpoint-\d+/?\Z")


def read_tokenizer(raw: bytes, at: At) -> Said:
    """Where the tokenizer was loaded from: a fact, not a parent.

    Raises:
        Malformed: it is no JSON object.
    """
    values, odd = as_object(raw)
    facts = []
    for key in ("name_or_path", "_name_or_path"):
        if name := word(values.get(key)):
            facts.append(Fact(FactKind.TOKENIZER, name, at.saw(key, name)))
            break
    if name := word(values.get("tokenizer_class")):
        facts.append(Fact(FactKind.SUMMARY, f"tokenizer class {name}", at.saw("tokenizer_class", name)))
    return Said(facts=tuple(facts), oddity=odd)


def read_quantizer(raw: bytes, at: At) -> Said:
    """`quantize_config.json` and its kin, which name the model that was quantised.

    Raises:
        Malformed: it is no JSON object.
    """
    values, odd = as_object(raw)
    mentions = tuple(
        Mention(name, at.saw(key, name), "quantizer", relation=Relation.QUANTIZED, confidence=Confidence.LIKELY)
        for key in ("model_name_or_path", "_name_or_path", "base_model", "model_id")
        if (name := word(values.get(key)))
    )
    return Said(mentions, oddity=odd)


def read_trainer_state(raw: bytes, at: At) -> Said:
    """The trainer's state: the folder that it trained in, which often spells the base.

    Raises:
        Malformed: it is no JSON object.
    """
    values, odd = as_object(raw)
    folder = word(values.get("best_model_checkpoint"))
    if not folder:
        return Said(oddity=odd)
    name = _CHECKPOINT.sub("", folder)
    return Said(
        facts=(Fact(FactKind.SUMMARY, f"trained in {name}", at.saw("best_model_checkpoint", folder)),), oddity=odd
    )


def read_training(raw: bytes, at: At) -> Said:
    """The arguments of a training run, as JSON or YAML (axolotl, LLaMA-Factory, TRL, ms-swift, torchtune).

    Raises:
        Malformed: it is neither.
    """
    if at.path.lower().endswith(".json"):
        values, odd = as_object(raw)
        lines: Mapping[str, int] = {}
    else:
        loaded, lines, _ = load(as_text(raw))
        if not isinstance(loaded, Mapping):
            raise Malformed("a mapping of keys was expected")
        values, odd = loaded, ""
    return Said(tuple(training(values, at, lines, Confidence.LIKELY)), oddity=odd)


def is_training(values: object) -> bool:
    """Whether a mapping looks like the arguments of a training run."""
    if not isinstance(values, Mapping):
        return False
    return any(key in values for key in _BASE_KEYS) and any(
        key in values
        for key in (*_DATASET_KEYS, "learning_rate", "num_epochs", "adapter", "load_in_4bit", "sequence_len")
    )


def training(values: Mapping[str, Any], at: At, lines: Mapping[str, int], confidence: Confidence) -> Iterator[Mention]:
    """The base, the adapter, the teacher and the data of a training run."""
    adapter = str(values.get("adapter") or values.get("finetuning_type") or values.get("train_type") or "").lower()
    base = Relation.ADAPTER if adapter in ("lora", "qlora", "dora") and not values.get("merge_lora") else None
    for names, relation in ((_BASE_KEYS, base), (_ADAPTER_KEYS, None), (_TEACHER_KEYS, Relation.DISTILLED)):
        for key in names:
            name = word(values.get(key))
            if name and "/" in name:
                evidence = at.saw(key, name, lines.get(key))
                yield Mention(name, evidence, "training", relation=relation, confidence=confidence)
                break
    for key in _DATASET_KEYS:
        for place, name in _datasets(values.get(key)):
            if "/" in name and name.lower() not in keys().no_datasets and not name.startswith(("/", ".", "~")):
                evidence = at.saw(key + place, name, lines.get(key))
                yield Mention(
                    name,
                    evidence,
                    "training",
                    kind=RepoKind.DATASET,
                    relation=Relation.TRAINED_ON,
                    confidence=confidence,
                )


def _datasets(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        yield from ((f".{key}", str(key)) for key in list(value)[:200] if isinstance(key, str))
    elif isinstance(value, list):
        for index, one in enumerate(value[:200]):
            path = one.get("path") if isinstance(one, Mapping) else one
            if name := word(path):
                yield f"[{index}]", name
    else:
        yield from words(value)

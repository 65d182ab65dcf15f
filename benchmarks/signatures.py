"""How often sizes, names and bytes lead to the right line of models, and how often they accuse the innocent.

From the files in the repository alone: every known model is taken out of the registry and shown to it as a stranger.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.core.signature import Shape, Signature  # noqa: E402
from licscan.knowledge.registry import Registry, read  # noqa: E402
from licscan.knowledge.registry_entries import KnownFile, KnownModel, Word  # noqa: E402
from licscan.lineage.name_words import spoken  # noqa: E402
from licscan.lineage.signature_match import BODY, Candidate, match  # noqa: E402

GRADES = ("certain", "likely", "possible", "none")


class Without(Registry):
    """The registry without some of its models, and without the words that only they account for."""

    def __init__(
        self, whole: Registry, *, lines: frozenset[str] = frozenset(), repos: frozenset[str] = frozenset()
    ) -> None:
        self._whole, self._out, self._repos = whole, lines, repos

    def _kept(self, model: KnownModel) -> bool:
        return model.line not in self._out and model.repo not in self._repos

    def models(self, kind: str, value: object) -> tuple[KnownModel, ...]:
        """What is kept of those that a fact leads to."""
        return tuple(model for model in self._whole.models(kind, value) if self._kept(model))

    def model(self, repo: str) -> KnownModel | None:
        """A model, where it is kept."""
        found = self._whole.model(repo)
        return found if found is not None and self._kept(found) else None

    def files(self, sha256: str) -> tuple[KnownFile, ...]:
        """No hashes: a file of the model itself would be found."""
        del sha256
        return ()

    @cached_property
    def words(self) -> Mapping[str, Word]:
        """The words of the lines that are kept."""
        return {word: one for word, one in self._whole.words.items() if not set(one.lines) & self._out}

    @property
    def kin(self) -> Mapping[str, frozenset[str]]:
        """As in the whole registry."""
        return self._whole.kin

    @property
    def owners(self) -> Mapping[str, frozenset[str]]:
        """As in the whole registry."""
        return self._whole.owners


def stranger(model: KnownModel, *, name: str | None = None) -> Signature:
    """A known model as it would show itself from an account that nobody knows."""
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in model.shape.items()}
    values.pop("vision", None)
    shown = model.repo.partition("/")[2] if name is None else name
    return Signature(names=(shown,) if shown else (), shape=Shape(values), parameters=model.parameters)


def is_sized(model: KnownModel) -> bool:
    """Whether enough of its sizes is known to be compared."""
    shape = model.shape
    return bool(shape.get("type") and shape.get("hidden_size") and shape.get("num_hidden_layers"))


def is_complete(model: KnownModel) -> bool:
    """Whether all of its sizes are known."""
    return is_sized(model) and bool(model.shape.get("vocab_size")) and all(model.shape.get(key) for key in BODY)


def grade_of(found: Iterable[Candidate]) -> str:
    """The surest grade among candidates."""
    return next((one.grade.value for one in found), "none")


def innocents(registry: Registry) -> Iterator[tuple[KnownModel, tuple[Candidate, ...]]]:
    """Every model that its line begins with, shown to a registry that does not know its line."""
    for model in registry.all():
        if model.origin == "scratch" and is_sized(model):
            yield model, match(stranger(model), Without(registry, lines=frozenset({model.line})))


def derived(registry: Registry, *, named: bool) -> Iterator[tuple[KnownModel, str]]:
    """Every model that goes back to another one, and what was found: `grade`, `wrong`, or `none`."""
    for model in registry.all():
        if model.root in (None, model.repo) or not model.line or not is_sized(model):
            continue
        own = Without(registry, repos=frozenset({model.repo}))
        found = match(stranger(model, name=None if named else ""), own)
        lines = {one.model.line for one in found}
        yield model, grade_of(found) if model.line in lines else "wrong" if found else "none"


def precision(registry: Registry) -> str:
    """The table about the innocent."""
    complete: Counter[str] = Counter()
    partial: Counter[str] = Counter()
    told: list[str] = []
    for model, found in innocents(registry):
        (complete if is_complete(model) else partial)[grade_of(found)] += 1
        if grade_of(found) in ("certain", "likely"):
            told.append(f"{model.repo} ({found[0].model.repo})")
    lines = ["| models | number | certain | likely | possible | nobody named |", "|---|---:|---:|---:|---:|---:|"]
    for name, counted in (
        ("all sizes known", complete),
        ("some sizes known", partial),
        ("together", complete + partial),
    ):
        all_ = sum(counted.values())
        cells = " | ".join(f"{counted[grade]} ({counted[grade] / all_:.1%})" for grade in GRADES)
        lines.append(f"| {name} | {all_} | {cells} |")
    lines += ["", f"Likely, and wrong: {'; '.join(told)}."]
    return "\n".join(lines)


def recall(registry: Registry) -> str:
    """The table about models that go back to another one."""
    lines = [
        "| shown | number | certain | likely | possible | another line | nobody named |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for words, named in (("sizes and name", True), ("sizes alone", False)):
        counted = Counter(what for _, what in derived(registry, named=named))
        all_ = sum(counted.values())
        cells = " | ".join(
            f"{counted[what]} ({counted[what] / all_:.1%})"
            for what in ("certain", "likely", "possible", "wrong", "none")
        )
        lines.append(f"| {words} | {all_} | {cells} |")
    return "\n".join(lines)


def population(path: Path, registry: Registry) -> dict[str, Any]:
    """Counts over a table that stands in no file of the repository: JSON lines of {id, parameters, config}.

    The truth are the lines of the known models with exactly the same type, vocabulary and sizes. The
    models of the registry themselves are left out.
    """
    agree: Counter[str] = Counter()
    other: Counter[str] = Counter()
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        truth = lines_of(row, registry)
        if not truth:
            continue
        name = row["id"].partition("/")[2]
        said = spoken((name,), registry, without=row["id"])
        found = match(signature_of(row), registry)
        what = grade_of(found) if truth & {one.model.line for one in found} else "wrong" if found else "none"
        (agree if truth & (said.lines | said.hinted) else other)[what] += 1
    return {"agree": dict(agree), "other": dict(other)}


def signature_of(row: Mapping[str, Any]) -> Signature:
    """A row of the table as a signature."""
    values = {key: value for key, value in row["config"].items() if value is not None}
    if kind := values.pop("model_type", None):
        values["type"] = kind
    org, _, name = row["id"].partition("/")
    return Signature(org=org, repo=row["id"], names=(name,), shape=Shape(values), parameters=row["parameters"])


def lines_of(row: Mapping[str, Any], registry: Registry) -> frozenset[str]:
    """The lines with exactly the sizes of a row; none for a model of the registry, or where a size is missing."""
    signature = signature_of(row)
    if registry.model(row["id"]) is not None:
        return frozenset()
    shape = signature.shape.values
    if any(shape.get(key) is None for key in ("type", "vocab_size", *BODY)):
        return frozenset()
    same = registry.models("body", f"{shape['hidden_size']}:{shape['num_hidden_layers']}:{shape['intermediate_size']}")
    keys = ("type", "vocab_size", *BODY)
    return frozenset(one.line for one in same if one.line and all(one.shape.get(key) == shape[key] for key in keys))


def section() -> str:
    """The part of docs/reference/accuracy.md about models that nobody declares."""
    registry = read()
    recorded = json.loads((ROOT / "benchmarks" / "signatures_tables.json").read_text(encoding="utf-8"))
    return "\n".join(
        (
            HEAD,
            "",
            "### The innocent",
            "",
            INNOCENT,
            "",
            precision(registry),
            "",
            "### Models of a known base",
            "",
            BASES,
            "",
            recall(registry),
            "",
            "### A table of the Hub",
            "",
            table(recorded),
        )
    )


def table(recorded: Mapping[str, Any]) -> str:
    """The counts over the outside table as they were recorded."""
    lines = [
        "| name | number | certain or likely | possible | another line | nobody named |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for key, words in (("agree", "agrees with the sizes"), ("other", "is silent or misleads")):
        counted = Counter(recorded["population"][key])
        all_ = sum(counted.values())
        sure = counted["certain"] + counted["likely"]
        cells = " | ".join(
            f"{n} ({n / all_:.1%})" for n in (sure, counted["possible"], counted["wrong"], counted["none"])
        )
        lines.append(f"| {words} | {all_} | {cells} |")
    return "\n".join((TABLE.format(**recorded), "", *lines))


HEAD = """## Lineage that nobody declares: sizes, names, bytes

What `licscan` concludes from sizes, vocabulary, parameter counts and names (`data/registry`, grades `likely` and
`possible`). Equal bytes are `certain` and are not counted here: a hash is right or there is no match. A *line* is
one family of weights, whatever its members are called."""
INNOCENT = """Each model that its line begins with is shown to a registry from which its whole line and the words for
it were taken out, under its own name and from an unknown account. Whoever is named then is named wrongly. Models that
share every size with another training (a second 7B with the same vocabulary, say) cannot be told apart by sizes; they
are the errors."""
BASES = """Each model that goes back to another one (fine-tunes, distillations, vision models on a known language model)
is taken out and shown again, with its name and without. Right is: a candidate of its line. What was classified by name
only stands in the same registry, so this shows how much the sizes tell, and not how good the classification is."""
TABLE = """Measured on {date} over {rows} models of {source},
which is not shipped: `python benchmarks/accuracy.py --tables FOLDER --date DAY` counts again. Counted are models whose
sizes are exactly those of a line of the registry; the models of the registry are left out."""


def record(folder: Path, date: str) -> None:
    """Count over the outside table again and keep the counts."""
    path = folder / "population.jsonl"
    rows = sum(1 for _ in path.open(encoding="utf-8"))
    found = {
        "date": date,
        "rows": rows,
        "source": "a table of the Hub of October 2026 (llmfit 1.1.17, hf_models.json)",
        "population": population(path, read()),
    }
    text = json.dumps(found, indent=1, sort_keys=True) + "\n"
    (ROOT / "benchmarks" / "signatures_tables.json").write_text(text, encoding="utf-8")

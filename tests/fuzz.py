"""A mutation fuzz of every reader: whatever stands in a file, a reader answers or says that the file is malformed.

`python -m tests.fuzz` runs 100,000 inputs over all readers; the suite runs a bounded sample. An input is a seed of the
right kind that was changed at random; its number gives it back: `python -m tests.fuzz --again READER NUMBER`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import struct
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from time import thread_time
from typing import Any

from licscan.config import load_policy
from licscan.core.artifact import ClaimKind, Source
from licscan.core.ids import RepoId
from licscan.errors import LicscanError
from licscan.extract import (
    adapter,
    card,
    code,
    config,
    diffusers,
    gguf,
    mergekit,
    modelfile,
    prose,
    safetensors,
    tool_files,
)
from licscan.extract import license_files as texts
from licscan.extract import tool_configs as tools
from licscan.extract.extraction import At, as_text
from licscan.formats import frontmatter
from licscan.formats.malformed import Malformed
from licscan.identification.identify import identify
from licscan.knowledge import load
from licscan.licensing.expression import parse
from licscan.lineage.subject import parse_subject
from licscan.lockfile import read_lock
from licscan.sources.bom import read_bill
from licscan.sources.cache import Damaged, Store
from licscan.sources.http import answers
from licscan.sources.http.client import Answer, told_to_wait
from licscan.sources.http.decoding import Undecodable, decoded
from licscan.sources.integrity import promised
from licscan.sources.protocol import RepoInfo
from licscan.sources.recording import Recorded
from licscan.sources.serialize import Unreadable
from licscan.sources.serialize import load as json_of

ROOT = Path(__file__).resolve().parent
MOST_SECONDS = 1.0
"""Of the processor, for one input."""
_LARGEST = 200_000
_MODEL = RepoId.parse("org/model")
_AT = At("org/model", "a" * 40, "file")
_REFUSES = (Malformed, LicscanError, Damaged, Undecodable)
"""What a reader may raise: each becomes a gap or a sentence."""
_TOKENS = [
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r", b"\n", b"\n\n", b"\t", b" ", b"\\u0000", b"\\ud800"),
    *(b"null", b"NaN", b"1e999", b"-1", b"9" * 400, b"true", b"{}", b"[]", b'""', b"{", b"[", b"]", b"}", b'"', b"'"),
    *(b"---\n", b"...\n", b"&a ", b"*a ", b"!!python/object ", b"<<: ", b"? ", b": ", b"- ", b"| ", b"> ", b"#"),
    *(b"<a href=", b"](", b"![", b"<!--", b"&amp;", b"\xe2\x80\xae", b"\xea\xb0\x80", b"://", b"../", b"%00", b"@"),
    *(b"\xff" * 8, b"\0" * 8, b"\x7f" + b"\xff" * 7, b" AND ", b" WITH ", b"(", b")", b"=", b"[[x]]\n", b"'''"),
]


@dataclass(frozen=True)
class Reader:
    """What is fuzzed: seeds and the call that reads them."""

    name: str
    seeds: Sequence[bytes]
    read: Callable[[bytes], object]


@dataclass
class Tally:
    """What came of it."""

    inputs: int = 0
    refused: int = 0
    slowest: float = 0.0
    crashes: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = f"{self.inputs:,} inputs ({self.refused:,} refused): {len(self.crashes)} crashes, {len(self.late)} over"
        return f"{told} {MOST_SECONDS:.0f} s (slowest {self.slowest:.2f} s)"


def _json(said: Any) -> bytes:
    return json.dumps(said).encode()


def _golden(*endings: str, most: int = 12) -> list[bytes]:
    """Files of the golden stories, as people published them."""
    found = sorted(path for path in (ROOT / "golden").rglob("*") if path.name.endswith(endings) and path.is_file())
    return [path.read_bytes()[:_LARGEST] for path in found[:most]]


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _gguf() -> bytes:
    texts_ = {
        "general.architecture": "llama",
        "general.license": "mit",
        "general.base_model.0.repo_url": "https://hf.co/a/b",
    }
    keys = b"".join(_string(key) + struct.pack("<I", 8) + _string(value) for key, value in texts_.items())
    keys += _string("llama.rope") + struct.pack("<If", 6, 1.0) + _string("general.tags") + struct.pack("<IIQ", 9, 8, 2)
    keys += _string("a") + _string("b") + _string("x") + struct.pack("<IIQ", 9, 4, 3) + b"\1\0\0\0" * 3
    return b"GGUF" + struct.pack("<IQQ", 3, 1, 6) + keys


def _safetensors() -> bytes:
    head = _json(
        {
            "__metadata__": {"ss_sd_model_name": "a/b", "license": "mit"},
            "w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
        }
    )
    return struct.pack("<Q", len(head)) + head + b"\0" * 4


def _merge() -> bytes:
    return b"merge_method: slerp\nslices:\n- sources:\n  - model: a/b\n    layer_range: [0, 32]\nbase_model: c/d\n---\nmodels: [x/y+z/w]\n"


def _answer(raw: bytes) -> Answer:
    return Answer(
        200, {"content-type": "application/json"}, raw, whole=True, url="https://hub.example/api/models/org/model"
    )


def _hub(raw: bytes) -> None:
    answers.info_of(_answer(raw), _MODEL, "2026-01-01")
    try:
        said = json_of(raw)
    except Unreadable:
        return
    answers.files_of(said)
    answers.commits_of(said)


def _headers(raw: bytes) -> None:
    text = raw.decode("latin-1")
    named = dict.fromkeys(("etag", "x-linked-etag", "x-linked-size", "content-range", "link", "retry-after"), text)
    named |= {"ratelimit": text, "x-error-message": text, "content-length": text}
    promised([named])
    told_to_wait(named, 0.0)
    answers.next_page(named)
    for status in (200, 206, 401, 403, 404, 416, 500):
        spoilt = Answer(status, named, raw, whole=True, url="https://hub.example/")
        answers.total_of(spoilt, 3)
        answers.gap_of(spoilt, _MODEL, "LICENSE", has_token=False)


def _text(raw: bytes) -> None:
    for kind in (ClaimKind.FILE, ClaimKind.NOTICE, ClaimKind.POLICY):
        for claim in texts.read(raw, _AT, kind).claims:
            if kind is ClaimKind.FILE:
                identify(claim.text, load())


def _card(raw: bytes) -> None:
    block = frontmatter.split(as_text(raw))
    card.read_metadata(block, _AT)
    prose.read(block.body, _AT, block.body_line)


def _names(raw: bytes) -> None:
    text = raw.decode("utf-8", "replace")
    parse(text, load())
    RepoId.try_parse(text)
    texts.kind_of(text)
    parse_subject(f"https://huggingface.co/{text}")


def _decode(raw: bytes) -> None:
    for coding in ("gzip", ""):
        for _ in decoded([raw[:50], raw[50:]], coding):
            pass


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="licscan-fuzz-"))


def _of_file(read: Callable[[Path], object], name: str) -> Callable[[bytes], object]:
    def written(raw: bytes) -> object:
        place = _folder() / name
        place.write_bytes(raw)
        return read(place)

    return written


def _recording(place: Path) -> None:
    folder = place.parent / "recording"
    home = folder / "models" / "org" / "model"
    home.mkdir(parents=True, exist_ok=True)
    (folder / "recording.json").write_bytes(_json({"kind": "licscan recording", "version": 1}))
    (home / "info.json").write_bytes(place.read_bytes())
    source = Recorded(folder)
    info = source.repo(_MODEL)
    known = info if isinstance(info, RepoInfo) else RepoInfo(_MODEL, _MODEL, Source.RECORDING)
    source.read(known, "README.md")
    source.listing(known)
    source.history(known)


def _head_of_recording(place: Path) -> None:
    folder = place.parent / "head"
    folder.mkdir(exist_ok=True)
    (folder / "recording.json").write_bytes(place.read_bytes())
    Recorded(folder)


def _entry(place: Path) -> None:
    store = Store("https://hub.example", place.parent / "cache")
    store.get_json(place)


def _lock_seeds() -> list[bytes]:
    node = '[[node]]\nid = "a/b"\nkind = "model"\nrevision = "' + "a" * 40 + '"\nlicense = "mit"\n'
    return [f'version = 1\nsubject = "a/b"\nchecksum = "{"0" * 64}"\n{node}'.encode()]


_POLICY = (
    b'[use]\ncommercial = true\nmonthly-users = 2_000_000\n[fail]\non = "medium"\n[[waive]]\nrule = "undeclared-license"\n'
    b'repo = "acme/*"\nreason = "ours"\nuntil = 2027-06-30\n[[curate]]\nrepo = "a/b"\nlicense = "mit"\nreason = "asked"\n'
)
_CYCLONEDX = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "components": [{"type": "machine-learning-model", "name": "a/b", "licenses": [{"license": {"id": "MIT"}}]}],
}
_SPDX = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [{"type": "ai_AIPackage", "name": "a/b"}],
}
_INFO = {
    "id": "org/model",
    "sha": "a" * 40,
    "cardData": {"license": "mit", "base_model": ["a/b"]},
    "siblings": [{"rfilename": "README.md", "size": 3, "blobId": "b" * 40, "lfs": {"sha256": "c" * 64}}],
    "tags": ["license:mit", "base_model:a/b"],
    "baseModels": {"relation": "finetune", "models": [{"id": "a/b"}]},
    "gated": "auto",
    "config": {"architectures": ["X"], "model_type": "llama"},
    "safetensors": {"parameters": {"BF16": 7}, "total": 7},
    "gguf": {"total": 7},
    "createdAt": "2024-01-02T03:04:05.000Z",
}
_TREE = [{"type": "file", "path": "a", "size": 1, "oid": "b" * 40, "lfs": {"oid": "c" * 64}, "xetHash": "d" * 64}]
_COMMITS = [{"id": "a" * 40, "title": "Duplicate from a/b", "date": "2024-01-02"}]


@cache
def readers() -> tuple[Reader, ...]:
    """Every reader of what comes from outside."""
    cards, configs = _golden("README.md"), _golden("config.json")
    small = _json({"base_model_name_or_path": "a/b", "peft_type": "LORA", "revision": "main", "_name_or_path": "/x/y"})
    index = _json({"_class_name": "X", "_name_or_path": "a/b", "vae": ["diffusers", "AutoencoderKL"]})
    mine = [
        _json({"model_type": "llava", "vision_config": {"model_type": "clip"}, "auto_map": {"x": "a/b--c.D"}}),
        small,
    ]
    legal = [*_golden("LICENSE", "NOTICE"), load_text("MIT"), load_text("Apache-2.0")]
    recorded = _golden("info.json")
    return (
        Reader(
            "front matter and prose",
            [*cards, b"---\nlicense: mit\nbase_model:\n- a/b\n---\n# A\n\nBased on a/b-7B."],
            _card,
        ),
        Reader("config", [*configs, *mine], lambda raw: config.read(raw, _AT)),
        Reader("adapter", [small], lambda raw: adapter.read(raw, _AT)),
        Reader("diffusers index", [index], lambda raw: diffusers.read_index(raw, _AT)),
        Reader("part of diffusers", [*mine, index], lambda raw: diffusers.read_part(raw, _AT)),
        Reader("recipe", [_merge()], lambda raw: mergekit.read(raw, _AT)),
        Reader("tokenizer", [small, *mine], lambda raw: tools.read_tokenizer(raw, _AT)),
        Reader("quantizer", [small], lambda raw: tools.read_quantizer(raw, _AT)),
        Reader("trainer state", [small], lambda raw: tools.read_trainer_state(raw, _AT)),
        Reader("training arguments", [small, _merge()], lambda raw: tools.read_training(raw, _AT)),
        Reader("tool file", [small, _merge()], lambda raw: tool_files.read(raw, At("org/model", None, "kohya.json"))),
        Reader("Modelfile", [b"FROM a/b\nADAPTER ./x\nLICENSE '''\nMIT\n'''\n"], lambda raw: modelfile.read(raw, _AT)),
        Reader("code", [b'# Copyright 2024 a\nx = from_pretrained("a/b")\n'], lambda raw: code.read(raw, _AT)),
        Reader("GGUF", [_gguf()], lambda raw: (gguf.read(raw, _AT), gguf.needs_more(raw))),
        Reader("safetensors", [_safetensors()], lambda raw: safetensors.read(raw, _AT)),
        Reader("licence text", legal, _text),
        Reader(
            "expression",
            [b"MIT OR (Apache-2.0 AND GPL-2.0-only WITH Classpath-exception-2.0)", b"org/model@main"],
            _names,
        ),
        Reader("bill of materials", [_json(_CYCLONEDX), _json(_SPDX)], _of_file(read_bill, "bill.json")),
        Reader("policy", [_POLICY], _of_file(load_policy, "licscan.toml")),
        Reader("lock", _lock_seeds(), _of_file(read_lock, "licscan.lock")),
        Reader("recording", recorded, _of_file(_recording, "info.json")),
        Reader(
            "head of a recording",
            [_json({"kind": "licscan recording", "version": 1})],
            _of_file(_head_of_recording, "head.json"),
        ),
        Reader("cache entry", [b'licscan 2 0\n{"id": "a/b"}'], _of_file(_entry, "entry")),
        Reader("answer of the Hub", [_json(_INFO), _json(_TREE), _json(_COMMITS)], _hub),
        Reader(
            "headers",
            [b'"' + b"a" * 40 + b'"', b"bytes 0-9/10", b'<https://x/?c=1>; rel="next"', b'"api";r=0;t=9'],
            _headers,
        ),
        Reader("compressed body", [gzip.compress(b"{}" * 200)], _decode),
    )


def load_text(id: str) -> bytes:
    """A standard licence."""
    from licscan.render.spdx_texts import standard_text

    return (standard_text(id) or "").encode()


def mutated(reader: Reader, number: int) -> bytes:
    """The input of this number."""
    chance = random.Random(f"{reader.name} {number}")  # noqa: S311  (a choice of tests)
    raw = chance.choice(reader.seeds)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        raw = _CHANGES[chance.randrange(len(_CHANGES))](raw, chance, reader)[:_LARGEST]
    return raw


def _place(raw: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(raw) + 1)
    return start, min(len(raw), start + chance.choice((1, 2, 4, 8, 40)))


def _flipped(raw: bytes, chance: random.Random, _: Reader) -> bytes:
    start, _end = _place(raw, chance)
    return (
        raw[:start] + bytes([raw[start] ^ (1 << chance.randrange(8))]) + raw[start + 1 :] if start < len(raw) else raw
    )


def _inserted(raw: bytes, chance: random.Random, _: Reader) -> bytes:
    start, _end = _place(raw, chance)
    return raw[:start] + chance.choice(_TOKENS) + raw[start:]


def _replaced(raw: bytes, chance: random.Random, _: Reader) -> bytes:
    start, end = _place(raw, chance)
    return raw[:start] + chance.choice(_TOKENS) + raw[end:]


def _dropped(raw: bytes, chance: random.Random, _: Reader) -> bytes:
    start, end = _place(raw, chance)
    return raw[:start] + raw[end:]


def _ended(raw: bytes, chance: random.Random, _: Reader) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def _repeated(raw: bytes, chance: random.Random, _: Reader) -> bytes:
    start, end = _place(raw, chance)
    return raw[:start] + raw[start:end] * chance.choice((2, 30, 1000, 20_000)) + raw[end:]


def _heaped(raw: bytes, chance: random.Random, _: Reader) -> bytes:
    start, _end = _place(raw, chance)
    return raw[:start] + chance.choice(_TOKENS) * chance.choice((30, 1000, 20_000)) + raw[start:]


def _spliced(raw: bytes, chance: random.Random, reader: Reader) -> bytes:
    other = chance.choice(reader.seeds)
    return raw[: chance.randrange(len(raw) + 1)] + other[chance.randrange(len(other) + 1) :]


_CHANGES = (_flipped, _inserted, _replaced, _dropped, _ended, _repeated, _heaped, _spliced)


def tried(reader: Reader, numbers: Iterator[int] | range) -> Tally:
    """Read the inputs of these numbers."""
    tally = Tally()
    for number in numbers:
        raw = mutated(reader, number)
        tally.inputs += 1
        begun = thread_time()
        try:
            reader.read(raw)
        except _REFUSES:
            tally.refused += 1
        except Exception as error:  # noqa: BLE001  (this is what is looked for)
            where = traceback.extract_tb(error.__traceback__)[-1]
            tally.crashes.append(f"{reader.name} {number}: {type(error).__name__}: {error!s:.120} ({where.name})")
        seconds = thread_time() - begun
        tally.slowest = max(tally.slowest, seconds)
        if seconds > MOST_SECONDS:
            tally.late.append(f"{reader.name} {number}: {seconds:.1f} s")
    return tally


def _share(name: str, begin: int, end: int) -> Tally:
    return tried(next(one for one in readers() if one.name == name), range(begin, end))


def main() -> int:
    """Run the whole fuzz and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", metavar="READER")
    parser.add_argument("--again", nargs=2, metavar=("READER", "NUMBER"))
    args = parser.parse_args()
    if args.again:
        reader = next(one for one in readers() if one.name == args.again[0])
        reader.read(mutated(reader, int(args.again[1])))
        return 0
    chosen = [one.name for one in readers() if args.only in (None, one.name)]
    each = -(-args.inputs // len(chosen))
    parts = [(name, begin, min(begin + 500, each)) for name in chosen for begin in range(0, each, 500)]
    totals = {name: Tally() for name in chosen}
    with ProcessPoolExecutor(args.workers) as pool:
        for (name, _, _), tally in zip(parts, pool.map(_share, *zip(*parts, strict=True)), strict=True):
            total = totals[name]
            total.inputs += tally.inputs
            total.refused += tally.refused
            total.slowest = max(total.slowest, tally.slowest)
            total.crashes += tally.crashes
            total.late += tally.late
            if total.inputs == each:
                print(f"{name}: {total}", flush=True)
                for line in (*total.crashes[:10], *total.late[:10]):
                    print(f"  {line}", flush=True)
    inputs, crashes = sum(one.inputs for one in totals.values()), sum(len(one.crashes) for one in totals.values())
    late, slowest = sum(len(one.late) for one in totals.values()), max(one.slowest for one in totals.values())
    print(
        f"altogether: {inputs:,} inputs of {len(chosen)} readers: {crashes} crashes, {late} over {MOST_SECONDS:.0f} s"
    )
    print(f"slowest: {slowest:.2f} s")
    return 1 if crashes or late else 0


if __name__ == "__main__":
    sys.exit(main())

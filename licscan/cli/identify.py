"""`licscan identify`: which licence a text is, and which edition of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from licscan.core.jsontext import json_text
from licscan.core.license import Change, Identity
from licscan.errors import UsageError
from licscan.files import open_file
from licscan.knowledge import Knowledge, load

_MOST_BYTES = 4_000_000
_CHUNK = 1 << 20
_MOST_READ = 256_000_000
"""Bytes; no text is longer, and a device has no end."""
_WIDTH = 300


@dataclass(frozen=True)
class _Answer:
    file: str
    found: Identity
    encoding: str
    sha256: str | None
    note: str = ""


def add_to(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "identify",
        help="which licence, and which edition, a text is",
        description="Name the licence of a text and its edition, or say how it differs from the nearest one. "
        "What is not certain is not named.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="licence file; - reads standard input")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="(default: text)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here, whole or not at all")
    parser.add_argument("--lang", default="en", metavar="LANG", help=argparse.SUPPRESS)
    parser.add_argument("-q", "--quiet", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Answer for every file that can be read, then refuse those that cannot."""
    from licscan.cli.output import write

    knowledge = load()
    answers, refused = [], []
    for name in args.files:
        try:
            answers.append(_answer(name, knowledge))
        except UsageError as error:
            refused.append(error.message)
        except OSError as error:
            refused.append(f"{name} cannot be read: {error.strerror or error}")
    if args.format == "json":
        shown = [_json(one, knowledge) for one in answers]
        write(json_text(shown, indent=2) + "\n", args.output)
    elif answers:
        write("\n".join("\n".join(_lines(one, knowledge)) + "\n" for one in answers), args.output)
    if refused:
        raise UsageError("; ".join(refused), "name text files; `licscan tree ./FOLDER` reads a whole model folder")
    return 0


def _answer(name: str, knowledge: Knowledge) -> _Answer:
    from licscan.identification.identify import LONGEST, identify
    from licscan.identification.text_encoding import NOT_TEXT, PDF, decode

    raw, digest, size = _read(name)
    text, encoding = decode(raw)
    if encoding in NOT_TEXT:
        what = "a PDF" if encoding == PDF else "no text"
        return _Answer(name, Identity("none"), encoding, digest, f"not read: this is {what}; save its words as text")
    if not text.strip():
        return _Answer(name, Identity("none"), encoding, digest, "the file is empty")
    if size > len(raw) or len(text) > LONGEST:
        return _Answer(name, Identity("none"), encoding, digest, f"too long for a licence ({size:,} bytes): not judged")
    return _Answer(name, identify(text, knowledge), encoding, digest)


def _read(name: str) -> tuple[bytes, str | None, int]:
    """The beginning of a file, the hash of all of it, and its size; no hash where it goes on for longer than is read.

    Raises:
        UsageError: it is no file; a named pipe that nobody writes to would hold the run for ever.
        OSError: it cannot be read.
    """
    hashed = sha256()
    kept = bytearray()
    size = 0
    stream = sys.stdin.buffer if name == "-" else open_file(Path(name), UsageError, "name text files")
    try:
        while chunk := stream.read(_CHUNK):
            if size > _MOST_READ:
                return bytes(kept), None, size
            hashed.update(chunk)
            size += len(chunk)
            if len(kept) < _MOST_BYTES:
                kept += chunk[: _MOST_BYTES - len(kept)]
    finally:
        if name != "-":
            stream.close()
    return bytes(kept), hashed.hexdigest(), size


def _expression(key: str | None, knowledge: Knowledge) -> str | None:
    if key is None or key not in knowledge.licenses:
        return None
    return knowledge.licenses[key].expression


def _json(answer: _Answer, knowledge: Knowledge) -> Mapping[str, Any]:
    found = answer.found
    return {
        "file": answer.file,
        "result": found.result,
        "key": found.key,
        "expression": _expression(found.key, knowledge),
        "similarity": found.similarity,
        "changes": [
            {
                "kind": one.kind,
                "theirs": one.theirs or None,
                "ours_hash": one.ours_hash or None,
                "terms": [term.value for term in one.terms],
            }
            for one in found.changes
        ],
        "parts": [{"key": key, "start": start, "end": end} for key, start, end in found.parts],
        "candidates": [{"key": key, "similarity": share} for key, share in found.candidates],
        "patterns": [{"term": term.value, "value": value, "says": says} for term, value, says in found.patterns],
        "encoding": answer.encoding,
        "sha256": answer.sha256,
        "note": answer.note or None,
    }


def _name(key: str, knowledge: Knowledge) -> str:
    if key not in knowledge.licenses:
        return key
    return f"{knowledge.licenses[key].name} ({knowledge.licenses[key].expression})"


def _lines(answer: _Answer, knowledge: Knowledge) -> Iterator[str]:
    found = answer.found
    yield f"{_clean(answer.file)}: {_headline(answer, knowledge)}"
    if found.result == "multiple":
        for key, start, end in found.parts:
            yield f"  characters {start}-{end}: {_name(key, knowledge)}"
    for key, share in found.candidates if found.result != "multiple" else ():
        if key != found.key:
            word = "same text as" if found.result == "exact" else "candidate"
            yield f"  {word}: {_name(key, knowledge)}, {_percent(share)}"
    for one in found.changes:
        yield from _change(one)
    if found.patterns:
        yield "  pattern hits, not a reading:"
        for term, value, says in found.patterns:
            yield f"    {term.value} ({value}): {_clip(says)}"


def _headline(answer: _Answer, knowledge: Knowledge) -> str:
    found = answer.found
    name = _name(found.key, knowledge) if found.key else ""
    share = _percent(found.similarity)
    if answer.note:
        return answer.note
    sentences = {
        "exact": name,
        "near": f"{name} with changes, {share} alike",
        "modified-standard": f"{name}, modified: not that licence any more, {share} alike",
        "family": "one of the candidates, or another edition of them; the text does not settle which",
        "use-policy": "a use policy, not a licence",
        "multiple": "several licences in one file",
        "none": "no licence that is known",
    }
    return sentences[found.result]


def _change(change: Change) -> Iterator[str]:
    terms = f" [{', '.join(term.value for term in change.terms)}]" if change.terms else ""
    if change.kind == "removed":
        yield f"  removed: a sentence of the licence is missing (hash {change.ours_hash})"
    else:
        yield f"  {change.kind}{terms}: {_clip(change.theirs)}"


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _clip(words: str) -> str:
    words = _clean(words)
    return words if len(words) <= _WIDTH else words[: _WIDTH - 2] + " …"


def _clean(words: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in words)

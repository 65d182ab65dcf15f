"""Licence files, notices and use policies: the text itself, its hash, and what a notice says of the parts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from licscan.core.artifact import Claim, ClaimKind, Fact, FactKind
from licscan.core.evidence import Confidence
from licscan.extract import license_prose
from licscan.extract.extraction import At, Said, as_text, shorten
from licscan.extract.mention import Mention
from licscan.formats.malformed import Malformed

_LICENSE = re.compile(
    r"\A(?:.*[-_. ])?(?:licen[cs]es?|copying|eula|model[-_ ]?licen[cs]e|terms(?:[-_ ]of[-_ ](?:use|service))?)"
    r"(?:[-_. ].*)?\Z",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\A(?:.*[-_. ])?(?:notices?|third[-_ ]?party.*|attribution|copyright)(?:[-_. ].*)?\Z", re.IGNORECASE
)
_POLICY = re.compile(
    r"\A(?:.*[-_. ])?(?:(?:acceptable[-_ ])?use[-_ ]?policy|usage[-_ ]?policy|prohibited[-_ ]?use.*|aup"
    r"|use[-_ ]restrictions?)"
    r"(?:[-_. ].*)?\Z",
    re.IGNORECASE,
)
_ENDINGS = ("", ".txt", ".md", ".rst", ".html", ".rtf", ".markdown", ".pdf")
_REPO = re.compile(
    r"(?:(?:huggingface\.co|hf\.co)/|(?<![\w./\-@]))([A-Za-z0-9][\w.\-]{1,60}+/[A-Za-z0-9][\w.\-]{2,90}+)(?![\w/@])"
)
_COPYRIGHT = re.compile(r"(?:copyright|©)[^\n]{0,10}(?:19|20)\d\d", re.IGNORECASE)
_NOT_REPOS = re.compile(
    r"\.(?:com|org|io|ai|net|txt|md|json|html|py|dev)\b|\A(?:and|or|www|licenses?|http|n)/|/(?:or|and|a|s)\Z",
    re.IGNORECASE,
)
_LONGEST_NAME = 255
"""Characters of a file name, as file systems have it."""
_DATE = re.compile(r"[\d./\-]+\Z")


def kind_of(path: str) -> ClaimKind | None:
    """Which kind of legal text a file name promises; None for other files."""
    name = path.rsplit("/", 1)[-1]
    if len(name) > _LONGEST_NAME:
        return None
    stem, dot, ending = name.rpartition(".")
    if dot and f".{ending.lower()}" not in _ENDINGS and (len(ending) > 3 or ending.isalpha()):
        return None
    bare = stem if dot and f".{ending.lower()}" in _ENDINGS else name
    for pattern, kind in ((_POLICY, ClaimKind.POLICY), (_NOTICE, ClaimKind.NOTICE), (_LICENSE, ClaimKind.FILE)):
        if pattern.match(bare):
            return kind
    return None


def is_license(path: str) -> bool:
    """Whether the file is, by its name, the licence text of the whole repository."""
    return "/" not in path and kind_of(path) is ClaimKind.FILE


def is_readable(path: str) -> bool:
    """Whether the file is text by its name; a PDF is shown and not read."""
    return not path.lower().endswith((".pdf", ".rtf"))


def read(raw: bytes, at: At, kind: ClaimKind) -> Said:
    """The text as a claim; of a notice also the repositories and copyright lines that it names.

    Raises:
        Malformed: it is binary, or a licence without a word.
    """
    text = as_text(raw)
    if not text.strip() and kind is ClaimKind.FILE:
        raise Malformed("it is empty, so it is open what its publisher meant to say")
    if not text.strip():
        return Said()
    folder = at.path.rsplit("/", 1)[0] if "/" in at.path else ""
    claim = Claim(
        kind,
        text,
        at.saw("", _heading(text)),
        part=_part(at.path) or folder,
        sha256=hashlib.sha256(raw).hexdigest(),
    )
    if kind not in {ClaimKind.NOTICE, ClaimKind.POLICY}:
        return Said(claims=(claim,))
    # What goes along with a licence may say more than the licence does, of the work as a whole.
    said = license_prose.read(text, at, named_only=True)
    if kind is ClaimKind.POLICY:
        return Said(claims=(claim, *said))
    return Said(tuple(_named(text, at)), (claim, *said), tuple(_copyrights(text, at)))


def _part(path: str) -> str:
    """`LICENSE-CODE` speaks of the code, `LICENSE-MODEL` of the weights."""
    name = path.rsplit("/", 1)[-1].lower()
    if "code" in re.split(r"[-_. ]", name):
        return "code"
    return "weights" if {"model", "models", "weight", "weights"} & set(re.split(r"[-_. ]", name)) else ""


def _heading(text: str) -> str:
    return next((shorten(line.strip(" #*=-"), 120) for line in text.splitlines() if line.strip(" #*=-")), "")


def _named(text: str, at: At) -> Iterator[Mention]:
    """Repositories that a notice names: what it must give notice of, it contains."""
    seen: set[str] = set()
    for index, line in enumerate(text.splitlines(), 1):
        if len(line) > 2000:
            continue
        for found in _REPO.finditer(line):
            name = found[1].rstrip(".")
            if (
                name.lower() in seen
                or _NOT_REPOS.search(name)
                or _DATE.match(name)
                or not _looks_like_model(name, found[0])
            ):
                continue
            seen.add(name.lower())
            yield Mention(name, at.saw("", line.strip(), index), "notice", confidence=Confidence.LIKELY)


def _looks_like_model(name: str, whole: str) -> bool:
    """A bare `a/b` in a legal text is a repository only where it looks like one: a digit and a mark in its name."""
    last = name.split("/", 1)[1]
    return whole.startswith(("huggingface.co/", "hf.co/")) or (
        bool(re.search(r"\d", last)) and bool(re.search(r"[-_.]", last))
    )


def _copyrights(text: str, at: At) -> Iterator[Fact]:
    seen: set[str] = set()
    for index, line in enumerate(text.splitlines(), 1):
        if len(seen) < 20 and len(line) < 500 and line.strip() not in seen and _COPYRIGHT.search(line):
            seen.add(line.strip())
            said = shorten(line.strip(" #*"), 200)
            yield Fact(FactKind.COPYRIGHT, said, at.saw("", said, index))

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

_MARKS = str.maketrans("-_.", "   ")
_LICENSE = re.compile(
    r"(?<!\S)(?:(?:un|model)?licen[cs]es?|licensing|licencia|copying|eula|tos|terms"
    r"|(?:licen[cs]e|model|community|user|access|usage) ?agreement)(?![^ (])"
    r"|许可(?:证|协议)|使用(?:条款|协议)|利用規約|ライセンス|라이(?:선스|센스)|이용 ?약관",
    re.IGNORECASE,
)
_NOTICE = re.compile(r"(?<!\S)(?:notices?|third ?party|attributions?|copyright)", re.IGNORECASE)
_POLICY = re.compile(
    r"(?<!\S)(?:use ?policy|acceptable use|usage ?(?:policy|guidelines?)|prohibited ?use|aup|use restrictions?)",
    re.IGNORECASE,
)
_NO_TEXT = re.compile(
    r"licen[cs]e ?(?:plate|key|number|server|detect|classif|check)"
    r"|(?:search|medical|legal|glossary|stop|key|query|domain|technical) terms|copyright(?:ed|s )",
    re.IGNORECASE,
)
"""Names that hold the words and promise no terms."""
_ENDINGS = ("", ".txt", ".md", ".rst", ".html", ".htm", ".rtf", ".markdown", ".pdf", ".docx", ".doc")
_NO_ENDING = re.compile(
    r"py[cix]?|ipynb|[jt]s|css|sh|bat|ps1|c|cc|cpp|h|hpp|java|go|rs|rb|php|jsonl?|ya?ml|toml|cfg|ini|[ct]sv|parquet|arrow|xml"
    r"|png|jpe?g|gif|svg|webp|bmp|ico|mp[34]|wav|flac|zip|gz|tar|xz|7z|bin|pth?|ckpt|safetensors|gguf|onnx|h5|msgpack|npz?"
    r"|npy|pkl|model|vocab|spm|lock|log|sig|asc|spdx",
    re.IGNORECASE,
)
"""Endings of files that hold no terms, whatever they are called."""
_CORE = re.compile(r"licen[cs]e|copying|notice|terms[-_ ]of[-_ ]use|use[-_ ]policy", re.IGNORECASE)
_FOLDER = re.compile(r"(?:\A|/)licen[cs]es?/[^/]+\Z", re.IGNORECASE)
"""A file of a folder of licence texts, as the REUSE specification has it."""
_DEEPEST = 1
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
    bare = (_bare(name) or "").translate(_MARKS)
    if not bare or _NO_TEXT.search(bare):
        return None
    if _FOLDER.search(path) and f".{name.rpartition('.')[2].lower()}" in _ENDINGS:
        return ClaimKind.FILE
    for pattern, kind in ((_POLICY, ClaimKind.POLICY), (_NOTICE, ClaimKind.NOTICE), (_LICENSE, ClaimKind.FILE)):
        if pattern.search(bare):
            return kind
    return None


def is_license(path: str) -> bool:
    """Whether the file is, by its name, the licence text of the whole repository."""
    return "/" not in path and kind_of(path) is ClaimKind.FILE


def _bare(name: str) -> str | None:
    """The name without the ending of a text; None where its ending is that of something else.

    `LICENSE.weights` and `LICENSE.Apache` say by their ending what they speak of.
    """
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem:
        return name
    if f".{ending.lower()}" in _ENDINGS:
        return stem
    if _NO_ENDING.fullmatch(ending):
        return None
    if ending.isalpha() and not (_CORE.fullmatch(stem) or _CORE.fullmatch(ending)):
        return None
    return name if len(ending) <= 3 or _CORE.fullmatch(stem) or _CORE.fullmatch(ending) else None


def is_legal_text(path: str) -> bool:
    """Whether a file promises, by its name and place, terms, a notice or a use policy for the repository."""
    return path.count("/") <= _DEEPEST and kind_of(path) is not None


def is_readable(path: str) -> bool:
    """Whether the file is text by its name; a PDF is shown and not read."""
    return not path.lower().endswith((".pdf", ".rtf", ".docx", ".doc"))


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

"""Python files of a repository: copyright lines and "adapted from" lines. They are read as text and never run."""

from __future__ import annotations

import re

from licscan.core.artifact import Fact, FactKind
from licscan.core.evidence import Confidence
from licscan.core.lineage import Relation
from licscan.extract.extraction import At, Said, as_text, shorten
from licscan.extract.mention import Mention

_COPYRIGHT = re.compile(r"(?:copyright|©|\(c\))[^\n]*+", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_ADAPTED = re.compile(
    r"(?:adapted|modified|copied|borrowed|derived|taken|ported|forked|based)\s+(?:heavily\s+)?(?:from|on|upon)[^\n]{3,200}",
    re.IGNORECASE,
)
_LOADED = re.compile(
    r"from_pretrained\(\s*(?:pretrained_model_name_or_path\s*=\s*)?[\"']([A-Za-z0-9][\w.\-]*+/[\w.\-]++)[\"']"
)
_CLASS = re.compile(r"(Tokenizer|Processor|ImageProcessor|FeatureExtractor|Config)\s*\.\s*\Z")
_MOST_LINES = 20_000
_MOST_FACTS = 12


def read(raw: bytes, at: At) -> Said:
    """The copyright and origin lines of a source file, and the repositories that it loads weights from.

    Raises:
        Malformed: it is binary.
    """
    facts: dict[str, Fact] = {}
    mentions: list[Mention] = []
    for index, line in enumerate(as_text(raw).splitlines()[:_MOST_LINES], 1):
        if len(facts) < _MOST_FACTS and len(line) < 1000:
            for pattern in (_COPYRIGHT, _ADAPTED):
                found = pattern.search(line) if _is_comment(line) else None
                if found and (pattern is not _COPYRIGHT or _YEAR.search(found[0])):
                    said = shorten(found[0].strip(" #*\"'"), 200)
                    facts.setdefault(said, Fact(FactKind.COPYRIGHT, said, at.saw("", said, index)))
        mentions += _loads(line, at, index)
    return Said(tuple(mentions[:20]), facts=tuple(facts.values()))


def _is_comment(line: str) -> bool:
    stripped = line.lstrip()
    return stripped.startswith(("#", "*", '"', "'")) or "copyright" in stripped.lower()[:40] or "from http" in stripped


def _loads(line: str, at: At, index: int) -> list[Mention]:
    """Weights that the code fetches by name while the model is being built."""
    if line.lstrip().startswith((">>>", "#", "...")) or "from_pretrained" not in line or len(line) > 1000:
        return []
    return [
        Mention(
            found[1],
            at.saw("", line.strip(), index),
            "code",
            relation=Relation.COMPONENT,
            component="part",
            confidence=Confidence.POSSIBLE,
        )
        for found in _LOADED.finditer(line)
        if not _CLASS.search(line[: found.start()])
    ]

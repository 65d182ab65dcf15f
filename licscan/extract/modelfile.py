"""`Modelfile` of ollama: the model that it starts from, and the adapters that it lays over it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from licscan.core.artifact import Claim, ClaimKind, Fact, FactKind
from licscan.core.evidence import Confidence
from licscan.core.lineage import Relation
from licscan.extract.extraction import At, Said, as_text, word
from licscan.extract.mention import Mention

_INSTRUCTION = re.compile(
    r"\s*+(FROM|ADAPTER|LICENSE|SYSTEM|TEMPLATE|MESSAGE|PARAMETER|REQUIRES)\s++(\S.*+)\Z", re.IGNORECASE
)
_REGISTRY = re.compile(r"(?:https?://)?(?:registry\.ollama\.ai|ollama\.com)/(?:library/)?", re.IGNORECASE)
_MOST_LINES = 20_000
_TEXT_FROM = 1500
"""A text behind LICENSE that is shorter is a name or a notice."""
_BLOCK = '"""'


def read(raw: bytes, at: At) -> Said:
    """What a Modelfile starts from; prompts and templates are texts in which nothing counts.

    Raises:
        Malformed: it is binary.
    """
    mentions: list[Mention] = []
    claims: list[Claim] = []
    facts: list[Fact] = []
    for number, name, value in _instructions(as_text(raw)):
        if name == "FROM" and (base := word(_REGISTRY.sub("", value))):
            mentions.append(_mention(base, at, number, name))
            facts.append(Fact(FactKind.DERIVED, Relation.UNSTATED, at.saw("FROM", base, number)))
        elif name == "ADAPTER" and (adapter := word(value)):
            mentions.append(_mention(adapter, at, number, name))
        elif name == "LICENSE":
            kind = ClaimKind.PASTED if len(value) >= _TEXT_FROM else ClaimKind.PROSE
            claims.append(Claim(kind, value, at.saw("LICENSE", value, number)))
    return Said(tuple(mentions[:20]), tuple(claims[:5]), tuple(facts[:5]))


def _mention(name: str, at: At, line: int, instruction: str) -> Mention:
    is_base = instruction == "FROM"
    return Mention(
        name,
        at.saw(instruction, name, line),
        "modelfile",
        relation=Relation.UNSTATED if is_base else Relation.COMPONENT,
        component=None if is_base else "adapter",
        confidence=Confidence.CERTAIN,
    )


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """The instructions with their lines; a text between three quotes belongs to the instruction before it."""
    lines = text.splitlines()[:_MOST_LINES]
    index = 0
    while index < len(lines):
        found = _INSTRUCTION.match(lines[index])
        start = index
        index += 1
        if found is None:
            continue
        value = found[2]
        if value.startswith(_BLOCK):
            value = value[len(_BLOCK) :]
            while _BLOCK not in value and index < len(lines):
                value += "\n" + lines[index]
                index += 1
            value = value.partition(_BLOCK)[0]
        yield start + 1, found[1].upper(), value.strip().strip('"')

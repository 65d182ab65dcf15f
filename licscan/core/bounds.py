"""Every limit of what is read, in one place. Reaching one is a gap of the reason `truncated`, and never silence.

`docs/explanation/limits.md` holds the same table; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from licscan.core.evidence import Gap, GapReason


@dataclass(frozen=True, slots=True)
class Bound:
    """One bound on what is read."""

    name: str
    value: int
    what: str
    """What there may be so many of."""

    def gap(self, node: str, left: Sequence[str] = (), place: str = "") -> Gap:
        """The gap of a node at which the limit was reached.

        Args:
            node: the node's id.
            left: what was left out, by name.
            place: the file that was cut off, where it is one.
        """
        rest = f"; left out: {listed(left)}" if left else ""
        return Gap(node, GapReason.TRUNCATED, f"more than {self.value:,} {self.what}{rest}", place)


LINEAGE = "lineage"
"""The place of the gap that says at the subject which limit of the crawl was reached: each node that was left out has a
gap of its own, which is what counts."""


def listed(names: Sequence[str], most: int = 8) -> str:
    """Names for a sentence; of many, the first and how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


DEPTH = Bound("depth", 32, "links between the subject and a node (--depth)")
NODES = Bound("nodes", 2000, "nodes of one lineage (--max-nodes)")
ROUNDS = Bound("rounds", 6, "times that new parents turn up after everything was read")
CANDIDATES = Bound("candidates", 4, "repositories that one part may be from")
HASHED_REPOSITORIES = Bound("hashed-repositories", 60, "repositories whose hashes are compared")
HASHED_CANDIDATES = Bound("hashed-candidates", 8, "repositories that parts may be from, where hashes are compared")
WEIGHED_REFERENCES = Bound("weighed-references", 8, "repositories that one subject's weights are compared with")
HISTORIES = Bound("histories", 100, "repositories whose histories are read")
LEGAL_TEXTS = Bound("legal-texts", 48, "licence texts, notices and use policies in one repository")
RECIPES = Bound("recipes", 24, "merge recipes and arguments of training runs in one repository")
TOOL_FILES = Bound("tool-files", 24, "configurations and recipes of other tools in one repository")
SWEPT_FILES = Bound("swept-files", 24, "further small files of the subject that may name a model")
PARTS = Bound("parts", 48, "configurations of parts in folders of one repository")
CHECKPOINTS = Bound("checkpoints", 12, "configurations of checkpoints in folders of one repository")
NESTED_ADAPTERS = Bound("nested-adapters", 12, "adapters in folders of one repository")
CODE_FILES = Bound("code-files", 48, "files of Python code at the top of the subject")
HEADS = Bound("heads", 8, "models in one repository whose weights files may name their origin")
BYTES = Bound("bytes", 25_000_000, "bytes of files that carry facts in one repository")
CARD_CHARACTERS = Bound("card-characters", 300_000, "characters of a card's text")
CARD_LINES = Bound("card-lines", 20_000, "lines of a card's text")
CARD_NAMES = Bound("card-names", 300, "names in the text of one card")
CARD_WORDS = Bound("card-words", 600, "words in the text of one card that may be a model's name")
LICENSE_SENTENCES = Bound("license-sentences", 60, "sentences of a card's text about its licence")

BOUNDS = (
    *(DEPTH, NODES, ROUNDS, CANDIDATES, HASHED_REPOSITORIES, HASHED_CANDIDATES, WEIGHED_REFERENCES),
    HISTORIES,
    *(LEGAL_TEXTS, RECIPES, TOOL_FILES, SWEPT_FILES, PARTS, CHECKPOINTS, NESTED_ADAPTERS, CODE_FILES, HEADS, BYTES),
    *(CARD_CHARACTERS, CARD_LINES, CARD_NAMES, CARD_WORDS, LICENSE_SENTENCES),
)

"""Names of repositories on the Hub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from licscan.errors import UsageError

_PART = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_])?\Z")
_LONGEST = 96
"""Characters of one part; a name with its organisation may be longer."""
_SHOWN = 120
_WHOLE_COMMIT = 40

_HEX = frozenset("0123456789abcdef")


class RepoKind(StrEnum):
    """The kinds of repository that a lineage can lead to."""

    MODEL = "model"
    DATASET = "dataset"


@dataclass(frozen=True, slots=True, order=True)
class RepoId:
    """A well-formed repository name; made only by `parse` and `try_parse`.

    `org` is empty for the Hub's oldest models, whose names have one part (`gpt2`).
    """

    kind: RepoKind
    org: str
    name: str

    @classmethod
    def try_parse(cls, text: str, kind: RepoKind = RepoKind.MODEL) -> RepoId | None:
        """Read `org/name` or a legacy `name` by the Hub's own rules; None where it is neither."""
        org, slash, name = text.partition("/") if "/" in text else ("", "", text)
        parts = (org, name) if slash else (name,)
        if (
            any(len(part) > _LONGEST for part in parts)
            or "--" in text
            or ".." in text
            or text.endswith((".git", ".ipynb"))
        ):
            return None
        if not all(_PART.match(part) for part in parts):
            return None
        return cls(kind, org, name)

    @classmethod
    def parse(cls, text: str, kind: RepoKind = RepoKind.MODEL) -> RepoId:
        """Read `org/name` or a legacy `name`.

        Raises:
            UsageError: the text is not a repository name.
        """
        found = cls.try_parse(text, kind)
        if found is None:
            raise UsageError(
                f"{text[:_SHOWN]!r} is not a model name",
                "a name looks like org/model: letters, digits, '-', '_' and '.', each part at most 96 characters; "
                "a folder on disk begins with ./ or /",
            )
        return found

    @property
    def path(self) -> str:
        """The name as the Hub writes it, without the kind: `org/name` or `name`."""
        return f"{self.org}/{self.name}" if self.org else self.name

    def __str__(self) -> str:
        """The id of this repository's node in a lineage; data sets carry the prefix of their address."""
        return self.path if self.kind is RepoKind.MODEL else f"datasets/{self.path}"


def is_commit(revision: str) -> bool:
    """Whether a revision names a commit, whole or shortened; branches and tags can move."""
    return 7 <= len(revision) <= 64 and set(revision) <= _HEX


def is_whole_commit(revision: str) -> bool:
    """Whether a revision names one commit by its whole id, so that an answer can be checked against it."""
    return len(revision) == _WHOLE_COMMIT and set(revision) <= _HEX

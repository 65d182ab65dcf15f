"""Opens what the user names for reading its weights: a repository or a folder."""

from __future__ import annotations

import argparse

from licscan.core.evidence import Gap, GapReason
from licscan.core.text import harmless
from licscan.errors import NeedsLogin, NoSuchRepo, SourceError, Unreachable
from licscan.sources.protocol import Hub, RepoInfo

_HINTS: dict[GapReason, tuple[type[SourceError], str]] = {
    GapReason.GATED: (NeedsLogin, "ask for access on the model's page and log in, or give --token"),
    GapReason.PRIVATE: (NeedsLogin, "log in with an account that may read it, or give --token"),
    GapReason.ABSENT: (NoSuchRepo, "check the name; a folder on disk begins with ./ or /"),
    GapReason.OFFLINE: (Unreachable, "run once without --offline, or read a recording with --from"),
    GapReason.UNREACHABLE: (Unreachable, "check the network and HF_ENDPOINT, and try again"),
}


def opened(words: str, hub: Hub) -> tuple[RepoInfo, Hub]:
    """The repository or folder that `words` name, and the source to read it from.

    Raises:
        UsageError: the words name nothing that can be read.
        SourceError: it cannot be read.
    """
    from licscan.lineage.subject import parse_subject
    from licscan.sources.local import Local

    subject = parse_subject(words)
    found: RepoInfo | Gap
    source: Hub
    if subject.folder is not None:
        local = Local(subject.folder)
        found, source = local.repo(), local
    else:
        source = hub
        found = source.repo(subject.repo, subject.revision) if subject.repo is not None else _nothing(words)
    if isinstance(found, Gap):
        kind, hint = _HINTS.get(found.reason, (SourceError, "see the detail, and try again"))
        raise kind(f"{harmless(words)} cannot be read: {found.detail}", hint)
    return found, source


def _nothing(words: str) -> Gap:
    return Gap(words, GapReason.NOT_A_REPO, "it is neither a repository nor a folder")


def count_of_bytes(words: str) -> int:
    """A number of bytes such as 500000, 500k, 2M or 1G.

    Raises:
        ArgumentTypeError: it is none.
    """
    factor = {"k": 1_000, "m": 1_000_000, "g": 1_000_000_000}.get(words[-1:].lower(), 1)
    digits = words[:-1] if factor > 1 else words
    if not digits.isdecimal() or not int(digits):
        raise argparse.ArgumentTypeError(f"{words!r} is no number of bytes such as 500k or 2M")
    return int(digits) * factor

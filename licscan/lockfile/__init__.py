"""What was seen, with hashes; what changed in law since; and how terms changed over a repository's history."""

from licscan.core.lock import LOCK_NAME
from licscan.lockfile.archive import archived
from licscan.lockfile.compare import across, compare
from licscan.lockfile.histories import namer, with_histories
from licscan.lockfile.history import commit_on, history_of, revision_on
from licscan.lockfile.lock_format import format_lock, read_lock
from licscan.lockfile.refresh import Now, look, lost_pins
from licscan.lockfile.snapshot import entry_of, lock_of, with_policies, words_of

__all__ = [
    "LOCK_NAME",
    "Now",
    "across",
    "archived",
    "commit_on",
    "compare",
    "entry_of",
    "format_lock",
    "history_of",
    "lock_of",
    "look",
    "lost_pins",
    "namer",
    "read_lock",
    "revision_on",
    "with_histories",
    "with_policies",
    "words_of",
]

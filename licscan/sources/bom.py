"""A bill of materials as a subject: what CycloneDX or SPDX says a model or an application is made of.

What it says of licences and of relations are claims, with the place in the file as evidence. A component is looked up
on the Hub only by an identity that it has there; the name of any other one never leaves this machine.
"""

from __future__ import annotations

import json
from pathlib import Path

from licscan.core.artifact import FileEntry, NodeKind, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.core.text import harmless
from licscan.errors import UsageError
from licscan.files import read_file
from licscan.sources.bill import Bill
from licscan.sources.bom_cyclonedx import cyclonedx
from licscan.sources.bom_spdx import spdx
from licscan.sources.protocol import Commit, Counts, RepoInfo

_LARGEST = 64_000_000
_MOST = 20_000
"""Things and relations of one bill; nobody's model is made of more."""
_UNNAMED = RepoId(RepoKind.MODEL, "", "bill-of-materials")


def read_bill(path: Path) -> Bill:
    """Read a bill of materials in CycloneDX JSON or SPDX 3 JSON-LD.

    Raises:
        UsageError: it cannot be read, is neither, or lists no model.
    """
    shown = harmless(str(path))
    hint = "name a CycloneDX or SPDX 3 file in JSON"
    content = read_file(path, _LARGEST, UsageError, hint)
    try:
        tree = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        what = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise UsageError(f"{shown} cannot be read as JSON: {what}", hint) from error
    if isinstance(tree, dict) and tree.get("bomFormat") == "CycloneDX":
        bill = cyclonedx(tree, path.name)
    elif isinstance(tree, dict) and isinstance(tree.get("@graph"), list):
        bill = spdx(tree["@graph"], path.name)
    else:
        raise UsageError(f"{shown} is neither CycloneDX nor SPDX 3", "XML and SPDX 2 are not read; convert it first")
    if len(bill.listed) > _MOST or len(bill.related) > _MOST:
        raise UsageError(f"{shown} lists more than {_MOST:,} models or relations", "no model is made of that many")
    if bill.described.kind is NodeKind.DATASET:
        raise UsageError(f"{shown} describes a data set", "the subject of a scan is a model or what is made of models")
    if bill.hub_subject is None and not bill.listed and bill.described.kind is not NodeKind.MODEL:
        raise UsageError(f"{shown} lists no model", "a model is a machine-learning-model or an AIPackage")
    return bill


class BillHub:
    """The source of a thing that only its bill of materials describes: it has no card and no files."""

    workers = 1

    def __init__(self, bill: Bill) -> None:
        self.stats = Counts()
        self.repo_id = _UNNAMED
        self._file = bill.file

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:  # noqa: ARG002
        """The thing described; nothing else is asked here."""
        return RepoInfo(id=repo, asked=repo, source=Source.PATH, files=())

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:  # noqa: ARG002
        """A bill holds no files."""
        return Gap(str(info.id), GapReason.ABSENT, f"{harmless(self._file)} holds no files", path)

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:  # noqa: ARG002
        """A bill holds no files."""
        return self.read(info, path)

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """A bill holds no files."""
        return info.files or ()

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:  # noqa: ARG002
        """A bill has no commits."""
        return Gap(str(info.id), GapReason.NOT_A_REPO, "a bill of materials has no history")

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:  # noqa: ARG002
        """A bill's links are not followed."""
        return Gap(url, GapReason.OFFLINE, "links of a bill of materials are not followed")

"""Short labels that several pictures share."""

from __future__ import annotations

from licscan.core.artifact import Artifact
from licscan.core.license import Disputed, Resolution, Resolved, Undeclared, Unrecognised
from licscan.core.text import harmless


def caption(artifact: Artifact) -> str:
    """The name of a node on one line."""
    return harmless(artifact.label).replace("\n", " ")


def license_label(resolution: Resolution) -> str:
    """The licence of a node on one line."""
    match resolution:
        case Resolved(expression=expression):
            return harmless(expression)
        case Disputed(options=options):
            said = sorted({option.expression or option.says for option in options})
            return "disputed: " + harmless(" / ".join(said)).replace("\n", " ")
        case Unrecognised(declared=declared):
            return "unrecognised: " + harmless(", ".join(declared))[:80].replace("\n", " ")
        case Undeclared():
            return "undeclared"
        case _:
            return "unseen"

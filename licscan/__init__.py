"""What an AI model is made of, under whose terms, and who can change or stop it.

The typed Python API is `scan`; the command line is its first user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licscan.version import VERSION

if TYPE_CHECKING:
    from licscan.core.report import Report
    from licscan.pipeline import scan

__all__ = ["Report", "__version__", "scan"]

__version__ = VERSION


def __getattr__(name: str) -> Any:
    """Load the API when it is asked for, so that small commands start fast."""
    if name == "scan":
        from licscan.pipeline import scan

        return scan
    if name == "Report":
        from licscan.core.report import Report

        return Report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

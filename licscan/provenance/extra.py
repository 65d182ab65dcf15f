"""The weights extra: numpy and its friends, imported only when weights are compared."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from licscan.errors import UsageError

_HINT = "pip install licscan[weights]"


def need(module: str) -> Any:
    """Import a module of the weights extra.

    Raises:
        UsageError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        raise UsageError(f"comparing weights needs {name}, which is not installed", _HINT) from error


def check() -> None:
    """Say at once, before anything is fetched, that the extra is missing.

    Raises:
        UsageError: it is not installed.
    """
    for module in ("numpy", "scipy.optimize", "ml_dtypes"):
        need(module)

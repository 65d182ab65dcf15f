"""The weights extra: numpy and its friends, imported only when weights are compared."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from threading import Thread
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
    """Say at once, before anything is fetched, that the extra is missing; nothing is imported yet.

    Raises:
        UsageError: it is not installed.
    """
    for module in ("numpy", "scipy", "ml_dtypes"):
        if module in sys.modules and sys.modules[module] is not None:
            continue
        try:
            is_there = find_spec(module) is not None
        except ValueError:  # the module was taken out of reach
            is_there = False
        if not is_there:
            raise UsageError(f"comparing weights needs {module}, which is not installed", _HINT)


def warm() -> Thread:
    """Import what every comparison needs while the first answers are on their way."""
    thread = Thread(target=need, args=("scipy.optimize",), daemon=True)
    thread.start()
    return thread

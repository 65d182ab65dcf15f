"""Python's search for circles of garbage, put off while many frozen values are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for circles meanwhile: frozen values make none, and going through all of them again and again costs
    almost half of a large scan. What nobody holds any more is freed at once all the same.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

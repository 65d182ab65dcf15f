"""Numbers of parameters and shares of them, for people."""

from __future__ import annotations


def percent(share: tuple[float, float]) -> str:
    """A share: one figure where the ends agree as far as they are shown, else an interval."""
    low, high = (f"{end * 100:.1f}" for end in share)
    return f"{low} %" if low == high else f"{low} to {high} %"


def count(parameters: float) -> str:
    """A number of parameters in the units of the field."""
    for size, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if parameters >= size:
            return f"{parameters / size:.1f} {unit}"
    return f"{parameters:.0f}"

"""Turns names as people publish them into repositories, where that can be done with care."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """What is known of names; `Names(knowledge.families)` in a run."""

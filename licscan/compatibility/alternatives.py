"""What may hold at a node: the choice of licence sets that its resolution leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from licscan.compatibility.parties import Child, Says
from licscan.core.license import Category, Disputed, License, Resolution, Resolved, Undeclared, Unrecognised
from licscan.knowledge.flowtable import FlowTable

_FREEDOM = {kind: place for place, kind in enumerate(Category)}


@dataclass(frozen=True, slots=True)
class Side:
    """The licence sets that may hold at a node."""

    says: Says
    sets: tuple[tuple[License, ...], ...] = ()
    choice: bool = True
    """The taker may choose among the sets; False where sources disagree and any of them may hold."""
    children: tuple[Child, ...] = field(init=False, compare=False, repr=False)
    """What a child with these sets says, one for each set."""
    binding: tuple[License, ...] = field(init=False, compare=False, repr=False)
    """The licences that bind: of a choice the freest set, of a dispute all."""
    key: str = field(init=False, compare=False, repr=False)
    """For remembering verdicts."""

    def __post_init__(self) -> None:
        children = tuple(Child(self.says, one) for one in self.sets) or (Child(self.says),)
        sets = "|".join(" ".join(license.key for license in one) for one in self.sets)
        object.__setattr__(self, "children", children)
        object.__setattr__(self, "binding", _binding(self.sets, choice=self.choice))
        object.__setattr__(self, "key", f"{self.says} {self.choice} {sets}")


def _binding(sets: tuple[tuple[License, ...], ...], *, choice: bool) -> tuple[License, ...]:
    if not sets:
        return ()
    if choice:
        return min(sets, key=lambda one: (_freedom(one), tuple(license.key for license in one)))
    return tuple({license.key: license for one in sets for license in one}.values())


def _freedom(licenses: tuple[License, ...]) -> int:
    return max(_FREEDOM[one.category] for one in licenses)


class Sides:
    """What may hold at the nodes of one lineage; equal choices are worked out once."""

    def __init__(self, licenses: Mapping[str, License], table: FlowTable) -> None:
        self._licenses, self._table = licenses, table
        self._known: dict[tuple[tuple[str, ...], ...], Side] = {}

    def of(self, resolution: Resolution) -> Side:
        """What may hold at a node with this resolution."""
        if not isinstance(resolution, Resolved):
            return side_of(resolution, self._licenses, self._table)
        sets = resolution.alternatives
        if sets not in self._known:
            self._known[sets] = side_of(resolution, self._licenses, self._table)
        return self._known[sets]


def side_of(resolution: Resolution, licenses: Mapping[str, License], table: FlowTable) -> Side:
    """What may hold at a node with this resolution."""
    match resolution:
        case Resolved(alternatives=sets):
            return _side(tuple(sets), licenses, choice=True)
        case Disputed(options=options):
            known = [one.keys for one in options if one.keys]
            if len(known) < len(options):
                return Side(Says.UNRECOGNISED)
            return _side(tuple(known), licenses, choice=False)
        case Unrecognised(declared=declared):
            closed = any(one.strip().lower() in table.closed for one in declared)
            return Side(Says.CLOSED if closed else Says.UNRECOGNISED)
        case Undeclared():
            return Side(Says.NOTHING)
        case _:
            return Side(Says.UNSEEN)


def _side(sets: tuple[tuple[str, ...], ...], licenses: Mapping[str, License], *, choice: bool) -> Side:
    if not sets or any(key not in licenses for one in sets for key in one):
        return Side(Says.UNRECOGNISED)
    ordered = sorted({tuple(sorted(set(one))) for one in sets if one})
    return Side(Says.LICENSED, tuple(tuple(licenses[key] for key in one) for one in ordered), choice)

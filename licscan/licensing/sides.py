"""What may hold at a node: the choice of licence sets that its resolution leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from licscan.core.license import Category, Disputed, License, Resolution, Resolved, Undeclared, Unrecognised
from licscan.knowledge.flowtable import FlowTable
from licscan.licensing.party import Child, Says

_FREEDOM = {kind: place for place, kind in enumerate(Category)}


@dataclass(frozen=True, slots=True)
class Side:
    """The licence sets that may hold at a node."""

    says: Says
    sets: tuple[tuple[License, ...], ...] = ()
    choice: bool = True
    """The taker may choose among the sets; False where sources disagree and any of them may hold."""

    @property
    def children(self) -> tuple[Child, ...]:
        """What a child with these sets says, one for each set."""
        return tuple(Child(self.says, one) for one in self.sets) or (Child(self.says),)

    @property
    def binding(self) -> tuple[License, ...]:
        """The licences that bind: of a choice the freest set, of a dispute all."""
        if not self.sets:
            return ()
        if self.choice:
            return min(self.sets, key=lambda one: (_freedom(one), tuple(license.key for license in one)))
        return tuple({license.key: license for one in self.sets for license in one}.values())

    @property
    def key(self) -> tuple[str, bool, tuple[tuple[str, ...], ...]]:
        """For remembering verdicts."""
        return (self.says, self.choice, tuple(tuple(license.key for license in one) for one in self.sets))


def _freedom(licenses: tuple[License, ...]) -> int:
    return max(_FREEDOM[one.category] for one in licenses)


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

"""How terms reach a node from above: by its weights, a part of them, an adapter, outputs or data.

One route is kept for each way in which a source can bind, the surest and shortest; paths are never enumerated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heappop, heappush

from licscan.core.artifact import NodeKind
from licscan.core.evidence import Confidence
from licscan.core.lineage import Lineage, Link, Relation
from licscan.core.origin import rests_on_signature
from licscan.knowledge.flowtable import Column

_ORDER = (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE)
_MOST_PARTS = 4
_COPIES = frozenset({Relation.QUANTIZED, Relation.CONVERTED})


@dataclass(frozen=True, slots=True, order=True)
class Way:
    """In which way a source binds, and (for a component) which part."""

    column: Column
    part: str = ""
    kind: str = field(init=False, compare=False, repr=False)
    """The column as a plain word, by which much is remembered."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", str(self.column))

    def __hash__(self) -> int:
        return hash((self.kind, self.part))


_WHOLE = {column: Way(column) for column in Column}


def column_of(link: Link, lineage: Lineage) -> Column:
    """The table's column for one link; learning from a model's data is learning from its outputs."""
    match link.relation:
        case Relation.TRAINED_ON if lineage[link.parent].kind is NodeKind.MODEL:
            return Column.DISTILLED
        case Relation.TRAINED_ON:
            return Column.TRAINED_ON
        case Relation.DISTILLED:
            return Column.DISTILLED
        case Relation.COMPONENT:
            return Column.COMPONENT
        case Relation.ADAPTER:
            return Column.ADAPTER
        case Relation.MERGE:
            return Column.MERGE
        case relation if relation in _COPIES:
            return Column.CONVERTED
        case Relation.UNSTATED:
            return Column.UNSTATED
        case _:
            return Column.TUNED


def way_of(link: Link, lineage: Lineage) -> Way:
    """The way in which a link's parent binds its child."""
    column = column_of(link, lineage)
    return Way(column, link.component or link.parent) if column is Column.COMPONENT else _WHOLE[column]


@lru_cache(maxsize=4096)
def joined(below: Way | None, above: Way) -> Way:
    """Two ways, one after the other: `below` from the bound node up, `above` from there on."""
    if below is None:
        return above
    if Column.TRAINED_ON in {below.column, above.column}:
        # Data that a model wrote are its outputs; what a teacher was trained on is only data.
        learns = below.column is Column.TRAINED_ON and above.column is Column.DISTILLED
        return Way(Column.DISTILLED if learns else Column.TRAINED_ON)
    if Column.DISTILLED in {below.column, above.column}:
        return Way(Column.DISTILLED)
    if below.column is Column.COMPONENT:
        return below
    if above.column is Column.COMPONENT:
        return above
    pair = {below.column, above.column}
    if pair == {Column.CONVERTED}:
        return Way(Column.CONVERTED)
    if pair <= {Column.CONVERTED, Column.ADAPTER}:
        return Way(Column.ADAPTER)
    return Way(Column.MERGE if Column.MERGE in pair else Column.TUNED)


def sureness(link: Link) -> Confidence:
    """How sure it is that the parent's terms come this way; an unstated relation is one step less sure.

    What sizes and names show is not: there the grade holds the doubt already, since nobody states any relation.
    """
    doubt = link.relation is Relation.UNSTATED and not rests_on_signature(link)
    rank = link.confidence.rank + (1 if doubt else 0)
    return _ORDER[min(rank, len(_ORDER) - 1)]


State = tuple[str, Way]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One source by one way: how sure, and the step before it."""

    node: str
    way: Way
    certainty: Confidence
    before: State | None
    hops: int


class Routes:
    """Everything that reaches one node, by every way."""

    def __init__(
        self, start: str, lineage: Lineage, ups: Mapping[str, tuple[Link, ...]], closed: Callable[[str], bool]
    ) -> None:
        self.start = start
        self._found: dict[State, Arrival] = {}
        waiting: list[tuple[int, int, int, str, Way | None, State | None]] = [(0, 0, 0, start, None, None)]
        count = 0
        parts: dict[str, int] = {}
        while waiting:
            rank, hops, _, node, way, before = heappop(waiting)
            state = (node, way) if way is not None else None
            if state is not None:
                if state in self._found:
                    continue
                if state[1].part:
                    # Through how many parts a source comes in changes the law no more; a few are named.
                    parts[node] = parts.get(node, 0) + 1
                    if parts[node] > _MOST_PARTS:
                        continue
                self._found[state] = Arrival(node, state[1], _ORDER[rank], before, hops)
            elif hops:
                continue
            if closed(node):
                continue
            for link in ups.get(node, ()):
                above = joined(way, way_of(link, lineage))
                if link.parent == start or (link.parent, above) in self._found:
                    continue
                count += 1
                step = max(rank, sureness(link).rank)
                heappush(waiting, (step, hops + 1, count, link.parent, above, state))

    def __iter__(self) -> Iterator[Arrival]:
        return iter(self._found.values())

    def path(self, arrival: Arrival) -> tuple[str, ...]:
        """From the start up to the source, both included."""
        return tuple(reversed((arrival.node, *self.below(arrival))))

    def below(self, arrival: Arrival) -> Iterator[str]:
        """The nodes of the path under the source, nearest to it first, down to the start."""
        state = arrival.before
        while state is not None:
            yield state[0]
            state = self._found[state].before
        yield self.start

    def arrival(self, node: str, way: Way) -> Arrival | None:
        """The arrival of one source by one way."""
        return self._found.get((node, way))

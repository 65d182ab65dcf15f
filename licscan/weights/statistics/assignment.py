"""Exact assignment of rows to columns, without the half second that a whole library for it takes to import.

Shortest augmenting paths with dual prices, as in Jonker and Volgenant; small matrices only. Where the library is in
memory already, or many matrices are to come, it does the work.
"""

from __future__ import annotations

import sys
from typing import Any

from licscan.weights.extra import need

_LIBRARY = "scipy.optimize"
MANY = 800
"""Matrices from which importing the library pays."""


def expect(count: int) -> None:
    """So many matrices are to come."""
    if count >= MANY:
        need(_LIBRARY)


def assign(similarity: Any) -> Any:
    """For each row the column that it gets in the assignment with the largest sum."""
    if (library := sys.modules.get(_LIBRARY)) is not None:
        return library.linear_sum_assignment(similarity, maximize=True)[1]
    return cheapest(-need("numpy").asarray(similarity, dtype="float64"))


def cheapest(cost: Any) -> Any:
    """For each row of a square matrix the column that it gets in the assignment with the smallest sum."""
    np = need("numpy")
    size = cost.shape[0]
    row_price, column_price = cost.min(axis=1), np.zeros(size)
    column_of, row_of = np.full(size, -1), np.full(size, -1)
    for row, column in enumerate(cost.argmin(axis=1)):
        if row_of[column] < 0:
            column_of[row], row_of[column] = column, row
    for row in np.flatnonzero(column_of < 0):
        _augment(int(row), cost, (row_price, column_price), (column_of, row_of), np)
    return column_of


def _augment(start: int, cost: Any, prices: tuple[Any, Any], found: tuple[Any, Any], np: Any) -> None:
    """Give one more row a column, along the cheapest way of moving others on."""
    row_price, column_price = prices
    column_of, row_of = found
    far = np.full(len(cost), np.inf)
    before = np.full(len(cost), -1)
    done = np.zeros(len(cost), dtype=bool)
    rows, row, reached = [], start, 0.0
    while True:
        rows.append(row)
        way = reached + cost[row] - row_price[row] - column_price
        nearer = (way < far) & ~done
        far[nearer] = way[nearer]
        before[nearer] = row
        column = int(np.where(done, np.inf, far).argmin())
        reached = float(far[column])
        done[column] = True
        if row_of[column] < 0:
            break
        row = int(row_of[column])
    row_price[start] += reached
    for other in rows[1:]:
        row_price[other] += reached - far[column_of[other]]
    column_price[done] -= reached - far[done]
    while True:
        row = int(before[column])
        row_of[column] = row
        column, column_of[row] = int(column_of[row]), column
        if row == start:
            return

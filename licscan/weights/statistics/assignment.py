"""Exact assignment of rows to columns: the permutation with the largest sum of likenesses."""

from __future__ import annotations

from typing import Any

from licscan.weights.extra import need


def assign(similarity: Any) -> Any:
    """Solve the linear sum assignment problem.

    Args:
        similarity: square matrix of floats, rows by columns.

    Returns:
        For each row the column that it gets in the assignment with the largest sum (integers, shape `(rows,)`).
    """
    return need("scipy.optimize").linear_sum_assignment(similarity, maximize=True)[1]

"""Which layers of one model are which layers of another, when some were dropped, repeated or grafted."""

from __future__ import annotations

from collections.abc import Mapping


def best_path(strong: Mapping[tuple[int, int], float], rows: int, columns: int) -> list[tuple[int, int]]:
    """The strictly rising chain of matched pairs with the most evidence; `strong` gives log10 p of each match.

    A pair is worth its -log10 p; the chain of the greatest worth is found row by row.
    """
    worth = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            taken = worth[i + 1][j + 1] - strong[i, j] if (i, j) in strong else 0.0
            worth[i][j] = max(worth[i + 1][j], worth[i][j + 1], taken)
    path = []
    i = j = 0
    while i < rows and j < columns:
        if (i, j) in strong and worth[i][j] == worth[i + 1][j + 1] - strong[i, j]:
            path.append((i, j))
            i, j = i + 1, j + 1
        elif worth[i][j] == worth[i + 1][j]:
            i += 1
        else:
            j += 1
    return path


def aside(strong: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Matched pairs off the diagonal: layers that were moved or repeated."""
    return sorted(pair for pair in strong if pair[0] != pair[1])

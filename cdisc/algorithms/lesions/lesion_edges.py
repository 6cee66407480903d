"""Which lesion came from which: a table of pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Parallel numbers of lesions: `child` came from `parent`, as row `record` of TU says."""

    child: Ints
    parent: Ints
    record: Ints

    def of_one_role(self, role: Ints) -> Edges:
        """Those of which both have the same role."""
        return self.take(role[self.child] == role[self.parent])

    def circular(self, count: int) -> Marks:
        """Which lead in a circle: a lesion that came from itself, by way of others or at once.

        Those between two circles count as circular too; `count` is the number of lesions.
        """
        within = ~(_free(self.child, self.parent, count) | _free(self.parent, self.child, count))
        result: Marks = within[self.child] & within[self.parent]
        return result

    def take(self, which: Marks) -> Edges:
        """Those that are marked."""
        return Edges(self.child[which], self.parent[which], self.record[which])


def _free(after: Ints, before: Ints, count: int) -> Marks:
    """Lesions that no circle leads to: all that lead to them are free."""
    waits = np.bincount(after, minlength=count)
    order = np.argsort(before, kind="stable")
    starts = np.searchsorted(before[order], np.arange(count + 1), side="left")
    free: Marks = waits == 0
    front = np.flatnonzero(free)
    # every edge is followed once, so that long chains cost no more than short ones
    while len(front):
        sizes = starts[front + 1] - starts[front]
        inside = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        reached = after[order[np.repeat(starts[front], sizes) + inside]]
        np.subtract.at(waits, reached, 1)
        front = np.unique(reached[waits[reached] == 0])
        free[front] = True
    return free

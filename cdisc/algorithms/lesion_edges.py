"""Which lesion came from which: a table of pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Parallel numbers of lesions: `child` came from `parent`, as row `record` of TU says."""

    child: Ints
    parent: Ints
    record: Ints

    def of_one_role(self, role: Ints) -> Edges:
        """Those of which both have the same role."""
        same = role[self.child] == role[self.parent]
        return Edges(self.child[same], self.parent[same], self.record[same])

"""Row lineage: which parent rows each row came from, as integer arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Parent edges of one table, one entry an edge.

    `child` is the 0-based row in the table; `parent` an index into `parents` (names of
    sources, `raw:ae`, or datasets, `EC`); `parent_row` the 0-based row there; `role` an
    index into `roles` (`rows`, or the name of the lookup that read the parent).
    """

    parents: tuple[str, ...]
    roles: tuple[str, ...]
    child: npt.NDArray[np.int64]
    parent: npt.NDArray[np.int16]
    parent_row: npt.NDArray[np.int64]
    role: npt.NDArray[np.int16]

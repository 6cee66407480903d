"""Lesions that are measured under their first name again after they had split or merged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.lesions.lesion_edges import Edges
from cdisc.algorithms.lesions.lesion_order import Assessments
from cdisc.algorithms.lesions.lesion_tables import Lesions, Pairs, Readings

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Returns:
    """Pairs of a lesion and an assessment: `back` counts there again, `away` does not."""

    back: Pairs
    away: Pairs


def returns_of(
    assessments: Assessments, lesions: Lesions, readings: Readings, edges: Edges
) -> Returns:
    """Where a lesion is measured itself, and nothing that it became.

    The lesion counts again, and so does everything else that had merged with it; what it became
    does not.
    """
    count = assessments.count
    number = assessments.number[readings.assessment]
    late = lesions.listed[readings.lesion] & (number >= lesions.until[readings.lesion])
    keys = readings.lesion * count + readings.assessment
    # every edge with every reading of its child
    by_child = np.argsort(readings.lesion, kind="stable")
    low, sizes = _runs(readings.lesion[by_child], edges.child)
    edge = np.repeat(np.arange(len(sizes)), sizes)
    child_reading = by_child[_inside(low, sizes)]
    followed = edges.parent[edge] * count + readings.assessment[child_reading]
    back = np.flatnonzero(late & ~np.isin(keys, followed))
    children = _related(edges.parent, edges.child, readings.lesion[back])
    away = np.unique(children[1] * count + readings.assessment[back][children[0]])
    lesion, at = np.divmod(away, max(count, 1))
    expected = lesions.awaits(lesion, assessments.number[at])
    lesion, at = lesion[expected], at[expected]
    parents = _related(edges.child, edges.parent, lesion)
    again = np.unique(np.r_[keys[back], parents[1] * count + at[parents[0]]])
    return Returns(Pairs(*np.divmod(again, max(count, 1))), Pairs(lesion, at))


def _related(from_: Ints, to: Ints, lesion: Ints) -> tuple[Ints, Ints]:
    """For each lesion those that edges lead to: its position and the other lesion."""
    order = np.argsort(from_, kind="stable")
    low, sizes = _runs(from_[order], lesion)
    return np.repeat(np.arange(len(lesion)), sizes), to[order[_inside(low, sizes)]]


def _runs(ordered: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    low = np.searchsorted(ordered, wanted, side="left")
    return low, np.searchsorted(ordered, wanted, side="right") - low


def _inside(low: Ints, sizes: Ints) -> Ints:
    places: Ints = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.repeat(low, sizes) + places

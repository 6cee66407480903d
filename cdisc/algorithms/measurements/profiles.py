"""Concentrations over time as points in order, and the areas under them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cdisc.algorithms.columns.records import Groups

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The points of every group, sorted by group and hour.

    `group`, `hour`, `value`, `row` are parallel, one a point; `row` is the row it comes from.
    `last` is for each group the point of its last quantifiable value, -1 without any. `tied`
    marks rows of one group and time that differ.
    """

    group: Positions
    hour: Floats
    value: Floats
    row: Positions
    last: Positions
    tied: Marks

    def highest(self) -> Positions:
        """For each group the first point of its highest value, -1 without points."""
        order = np.lexsort((np.arange(len(self.group)), -self.value, self.group))
        found = np.full(len(self.last), -1, dtype=np.int64)
        found[self.group[order[::-1]]] = order[::-1]
        return found

    def final(self) -> Positions:
        """For each group its last point, -1 without points."""
        found = np.full(len(self.last), -1, dtype=np.int64)
        found[self.group] = np.arange(len(self.group))
        return found

    def from_zero(self, count: int) -> Marks:
        """Which groups have a point at hour 0."""
        found = np.zeros(count, dtype=np.bool_)
        found[self.group[self.hour == 0]] = True
        return found

    def needed_until(self, end: float) -> Marks:
        """Points up to an hour, and the first one after it."""
        needed = self.hour <= end
        needed[1:] |= (self.hour[:-1] < end) & (self.group[1:] == self.group[:-1])
        return needed

    def sums(self, pieces: Floats, count: int) -> Floats:
        """The sum of each group's pieces, in the order of time; 0 without any."""
        return np.bincount(self.group[:-1], weights=pieces, minlength=count).astype(np.float64)


def profile(groups: Groups, value: Floats, below: Marks, hour: Floats) -> Profile:
    """The points that an analysis uses; `hour` is NaN for rows it does not.

    1. Rows at or before hour 0 count as hour 0, the last of them only.
    2. Values below the limit are 0 before the first quantifiable one and directly after the
       last; all others below the limit are left out.
    """
    rows = np.flatnonzero(~np.isnan(hour))
    rows = rows[np.lexsort((rows, hour[rows], groups.of[rows]))]
    rows = rows[_not_passed(groups.of[rows], hour[rows], groups.count)]
    group, at, low = groups.of[rows], hour[rows], below[rows]
    again = np.zeros(len(rows), dtype=np.bool_)
    again[1:] = (group[1:] == group[:-1]) & (at[1:] == at[:-1])
    level = np.where(low, -1.0, value[rows])
    differs = np.flatnonzero(again[1:] & (level[1:] != level[:-1])) + 1
    tied = np.zeros(len(value), dtype=np.bool_)
    tied[rows[differs]] = True
    tied[rows[differs - 1]] = True
    rows, group, low = rows[~again], group[~again], low[~again]
    at = np.maximum(at[~again], 0.0)
    place = np.arange(len(rows))
    last = np.full(groups.count, -1, dtype=np.int64)
    last[group[~low]] = place[~low]
    zero = counts_as_zero(group, at, low, groups.count) & (last[group] >= 0)
    used = np.flatnonzero(zero | ~low)
    number = np.full(len(rows) + 1, -1, dtype=np.int64)
    number[used] = np.arange(len(used))
    values = np.where(low, 0.0, value[rows])
    return Profile(group[used], at[used], values[used], rows[used], number[last], tied)


def counts_as_zero(group: Positions, at: Floats, below: Marks, count: int) -> Marks:
    """Which values below the limit count as 0, by where they are among the quantifiable ones.

    Those before the first quantifiable value of their group, and those of the first moment
    after the last; where no value is quantifiable, all. `at` is missing nowhere.
    """
    first = np.full(count, np.inf)
    last = np.full(count, -np.inf)
    np.minimum.at(first, group[~below], at[~below])
    np.maximum.at(last, group[~below], at[~below])
    after = below & (at > last[group])
    following = np.full(count, np.inf)
    np.minimum.at(following, group[after], at[after])
    zero: Marks = below & ((at < first[group]) | (at == following[group]))
    return zero


def _not_passed(group: Positions, at: Floats, count: int) -> Marks:
    """Rows after hour 0, and of those at or before it the latest of each group."""
    latest = np.full(count, -np.inf)
    early = at <= 0
    np.maximum.at(latest, group[early], at[early])
    stays: Marks = ~early | (at == latest[group])
    return stays


def areas(found: Profile, end: float) -> Floats:
    """The area under each piece from a point to the next, as far as hour `end`.

    Linear where the value rises, stays, or falls to 0; logarithmic where it falls. 0 between
    the last point of a group and the first of the next.
    """
    start, stop = found.hour[:-1], found.hour[1:]
    left, right = found.value[:-1], found.value[1:]
    same = found.group[1:] == found.group[:-1]
    falls = same & (right < left) & (right > 0)
    width = np.where(same, stop - start, 0.0)
    cut = same & (stop > end)
    part = np.clip(np.where(cut, end - start, width), 0.0, None)
    share = np.divide(part, width, out=np.zeros(len(part)), where=width > 0)
    straight = left + (right - left) * share
    ratio = np.divide(right, left, out=np.ones(len(left)), where=falls)
    curved = left * ratio**share
    value = np.where(cut, np.where(falls, curved, straight), right)
    area = (left + value) / 2 * part
    bends = falls & (value < left)
    drop = np.where(bends, left - value, 1.0)
    # log1p keeps its digits where the two values are nearly equal
    rate = np.log1p(np.divide(drop, value, out=np.ones(len(drop)), where=bends))
    area = np.where(bends, drop / rate * part, area)
    return np.where(same, area, 0.0)

"""Lesions under their first names: what pieces and merged lesions belong to, and numbers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.records import ranks
from cdisc.algorithms.columns.uniques import distinct, pair
from cdisc.algorithms.lesions.lesion_tables import Tumors

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

_DIGITS = re.compile(r"\d+")


def roots(found: Tumors, rank: Ints) -> Ints:
    """Of each lesion the one it was at first; of several that merged the first by `rank`.

    The edges lead in no circle, so that the way to the root halves with every step.
    """
    edges, count = found.edges, len(found.lesions)
    parent = np.arange(count, dtype=np.int64)
    order = np.lexsort((rank[edges.parent], edges.child))[::-1]
    parent[edges.child[order]] = edges.parent[order]  # of several the lowest rank is written last
    for _ in range(count.bit_length()):
        above = parent[parent]
        if np.array_equal(above, parent):
            break
        parent = above
    return parent


def numbers_of(found: Tumors, root: Ints, which: Marks, lesion: pd.Series[Any]) -> Ints:
    """Of each lesion its number: that in its name if they all differ, else its place by name."""
    lesions = found.lesions
    first = np.flatnonzero(which & (root == np.arange(len(lesions))))
    names = distinct(lesion.take(lesions.row).reset_index(drop=True))
    digits = [_DIGITS.search(text) for text in names.texts]
    said = np.array([*(int(one[0]) if one else -1 for one in digits), -1], dtype=np.int64)
    number = said[names.codes]
    person = lesions.subject[first]
    unclear = np.zeros(int(lesions.subject.max(initial=-1)) + 1, dtype=np.bool_)
    both = pair([person, number[first]])[0]
    unclear[person[(np.bincount(both)[both] > 1) | (number[first] < 0)]] = True
    order = np.lexsort((ranks(lesion)[lesions.row[first]], person))
    ranked, who = first[order], person[order]
    place = np.arange(len(ranked))
    new = np.ones(len(ranked), dtype=np.bool_)
    new[1:] = who[1:] != who[:-1]
    within = place - np.maximum.accumulate(np.where(new, place, 0)) + 1
    number[ranked] = np.where(unclear[who], within, number[ranked])
    return number

"""What became of which lesion: pieces of one that split, one that several merged into."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.columns.uniques import distinct, pair, text_column
from cdisc.algorithms.lesions.lesion_edges import Edges
from cdisc.algorithms.lesions.measurements import Measurements

Ints = npt.NDArray[np.int64]


def edges_of(measured: Measurements, parts: list[Ints]) -> Edges:
    """The edges between the lesions; `parts` are their subject, name and role.

    A name stands for all lesions of the subject that have it, whatever their role.
    """
    none = np.empty(0, dtype=np.int64)
    identified = measured.identified
    if identified is None or not len(identified) or not len(parts[0]):
        return Edges(none, none, none)
    subject, name, _ = parts
    texts = distinct(identified["parents"])
    split = [[part.strip() for part in text.split(",") if part.strip()] for text in texts.texts]
    sizes = np.array([*(len(part) for part in split), 0], dtype=np.int64)
    record = np.repeat(np.arange(len(identified)), sizes[texts.codes])
    # the parents of each distinct text stand together in one flat list
    flat = pd.Series([part for parts_ in split for part in parts_], dtype="str")
    begin = np.cumsum(sizes) - sizes
    many = sizes[texts.codes]
    inside = np.arange(len(record)) - np.repeat(np.cumsum(many) - many, many)
    parent_place = begin[texts.codes[record]] + inside
    names = distinct(
        pd.concat(
            [
                pd.Series(distinct(measured.lesion).texts, dtype="str"),
                text_column(identified["lesion"]),
                flat,
            ],
            ignore_index=True,
        )
    ).codes
    ours = len(distinct(measured.lesion).texts)
    child_name = names[ours : ours + len(identified)][record]
    parent_name = names[ours + len(identified) :][parent_place]
    lesion_name = names[:ours][name]
    people = distinct(
        pd.concat(
            [
                text_column(measured.subject).take(measured.groups.first),
                text_column(identified["by"]),
            ],
            ignore_index=True,
        )
    ).codes
    lesion_person = people[: measured.groups.count][subject]
    person = people[measured.groups.count :][record]
    children = _matches(lesion_person, lesion_name, person, child_name)
    parents = _matches(lesion_person, lesion_name, person, parent_name)
    return _join(children, parents, record)


def _matches(lesion_person: Ints, lesion_name: Ints, person: Ints, name: Ints) -> tuple[Ints, Ints]:
    """Pairs (position asked for, lesion) that agree in person and name."""
    key = pair([np.r_[lesion_person, person], np.r_[lesion_name, name]])[0]
    lesions, asked = key[: len(lesion_person)], key[len(lesion_person) :]
    order = np.argsort(lesions, kind="stable")
    low = np.searchsorted(lesions[order], asked, side="left")
    high = np.searchsorted(lesions[order], asked, side="right")
    sizes = high - low
    position = np.repeat(np.arange(len(asked)), sizes)
    inside = np.arange(len(position)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return position, order[np.repeat(low, sizes) + inside]


def _join(children: tuple[Ints, Ints], parents: tuple[Ints, Ints], record: Ints) -> Edges:
    """Every child with every parent of the same statement."""
    position, child = children
    asked, parent = parents
    low = np.searchsorted(asked, position, side="left")
    sizes = np.searchsorted(asked, position, side="right") - low
    left = np.repeat(np.arange(len(position)), sizes)
    inside = np.arange(len(left)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    right = np.repeat(low, sizes) + inside
    return Edges(child[left], parent[right], record[position[left]])

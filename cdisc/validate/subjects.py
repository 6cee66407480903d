"""Records of a table of subjects, found for the subjects of other records."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from cdisc.algorithms.columns.coded import Coded, coded, together
from cdisc.validate.columns import Column, arrow_text


def records_of(subjects: Column, listed: Column) -> npt.NDArray[np.int64]:
    """The first record that lists the subject of each row; -1 for no subject and one not listed.

    Worked out once for the same two columns, asked about for one variable after another.
    """
    asked, known = arrow_text(subjects), arrow_text(listed)
    return together("records", (asked, known), lambda: _records(coded(asked), coded(known)))


def _records(asked: Coded, known: Coded) -> npt.NDArray[np.int64]:
    # the place appended last is the one that index -1 takes: no subject, no record
    first = np.full(len(known.texts) + 1, -1, dtype=np.int64)
    first[known.codes[::-1]] = np.arange(len(known.codes))[::-1]
    first[-1] = -1
    place = pc.fill_null(pc.index_in(asked.texts, known.texts), -1).to_numpy()
    found = np.where(asked.blank, -1, first[place])
    return np.append(found, -1)[asked.codes]

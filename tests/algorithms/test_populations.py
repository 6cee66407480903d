"""Population flags are Y or N for everybody."""

import numpy as np
import pandas as pd
import pytest

from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.events.populations import population_flag
from cdisc.errors import UsageError

PEOPLE = pd.Series(["A", "B", "C", None], dtype="str")


def source(name, *people):
    rows = np.arange(len(people)) + 10
    return Selected(name, {"by": pd.Series(people, dtype="str")}, rows)


def test_a_population_flag_is_y_or_n_and_never_missing():
    exposed = source("EX", "B", "A", "B", None)
    result = population_flag(having=(exposed,), subject=PEOPLE)
    assert list(result.values) == ["Y", "Y", "N", "N"]
    assert [(x.rows.tolist(), x.parent_rows.tolist()) for x in result.links] == [([0, 1], [11, 10])]


def test_a_condition_and_records_are_both_needed():
    enrolled = np.array([True, False, True, False])
    flags = population_flag(enrolled, (source("EX", "A", "B"),), subject=PEOPLE).values
    assert list(flags) == ["Y", "N", "N", "N"]
    assert list(population_flag(enrolled, subject=PEOPLE).values) == ["Y", "N", "Y", "N"]


def test_any_or_all_selections():
    both = (source("LB", "A", "B"), source("PC", "B", "C"))
    assert list(population_flag(having=both, subject=PEOPLE).values) == ["Y", "Y", "Y", "N"]
    every = population_flag(having=both, need="all", subject=PEOPLE).values
    assert list(every) == ["N", "Y", "N", "N"]


def test_nothing_asked_is_refused():
    with pytest.raises(UsageError, match="needs a condition or records"):
        population_flag(subject=PEOPLE)

"""What the check takes the variables of the reference study for is what a build makes of them."""

from __future__ import annotations

import pandas as pd

from cdisc.build import Built
from cdisc.spec import StudySpec
from cdisc.spec.check import standards_of
from cdisc.spec.kinds import Kinds


def kind(column: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "date"
    return "number" if pd.api.types.is_numeric_dtype(column.dtype) else "text"


def test_kinds_told_without_data_are_those_of_the_build(study: StudySpec, built: Built) -> None:
    kinds = Kinds(study, standards_of(study))
    told = {
        (name, column): (
            kinds.of_dataset(study.datasets[name], column),
            kind(dataset.frame[column]),
        )
        for name, dataset in built.datasets.items()
        if name in study.datasets
        for column in study.datasets[name].variables
        if column in dataset.frame
    }
    known = {place: both for place, both in told.items() if both[0]}
    assert {place: both for place, both in known.items() if both[0] != both[1]} == {}
    assert len(known) > 0.95 * len(told) > 900

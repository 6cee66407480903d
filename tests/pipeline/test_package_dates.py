"""Dates of transport files are dates again, so that rules and waivers read them as a run does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from cdisc.model import Variable
from cdisc.pipeline import Study
from cdisc.pipeline.package_check import validate_study
from cdisc.pipeline.package_dates import with_dates
from cdisc.pipeline.run import run

ROOT = Path(__file__).parents[2]


def number(name: str, format_: str = "") -> Variable:
    return Variable(name=name, label=name, type="Num", format=format_)


def test_a_date_format_makes_dates_and_others_stay_numbers() -> None:
    frame = pd.DataFrame(
        {
            "ADT": [0.0, 23339.0, np.nan],
            "ADTM": [0.5, 1.0, 2.0],
            "ASTDTM": [60.0, np.nan, -86400.0],
            "ATM": [60.0, 0.0, 1.0],
            "AVAL": [1.0, 2.0, 3.0],
        }
    )
    variables = [
        number("ADT", "DATE9."),
        number("ADTM", "DATETIME20."),
        number("ASTDTM", "datetime20."),
        number("ATM", "TIME8."),
        number("AVAL"),
    ]
    found = with_dates(frame, variables)
    assert found["ADT"].dt.strftime("%Y-%m-%d").tolist()[:2] == ["1960-01-01", "2023-11-25"]
    assert pd.isna(found["ADT"].iloc[2])
    assert found["ASTDTM"].iloc[0] == pd.Timestamp("1960-01-01T00:01:00")
    assert found["ASTDTM"].iloc[2] == pd.Timestamp("1959-12-31")
    for name in ("ADTM", "ATM", "AVAL"):  # half a second is no moment that SAS dates have here
        pd.testing.assert_series_equal(found[name], frame[name])


def test_the_package_of_the_study_is_judged_by_validate_as_by_run(tmp_path: Path) -> None:
    study = Study.load(ROOT).spec
    made = run(study, out=tmp_path / "build")
    checked = validate_study(study, out=made.out, progress=lambda *_: None)
    assert (made.verdict.closed, checked.verdict.closed) == (False, False)
    unused = [finding for finding in checked.findings if finding.rule == "GATE.UNUSED"]
    assert unused == []

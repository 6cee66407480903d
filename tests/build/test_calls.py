"""What an algorithm cannot work with is refused where the spec stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cdisc.build import Built, build, read_inputs
from cdisc.errors import SpecError
from cdisc.spec import StudySpec

WriteStudy = Callable[..., StudySpec]

VS = """keys: [STUDYID, USUBJID, VSTESTCD]
rows: vs
variables:
  USUBJID: {copy: SUBJ}
  VSTESTCD: {copy: TEST}
  VSSTRESN: {number: {of: RESULT, if_text: missing}}
  VSDTC: {copy: WHEN}
"""
ADVS = """structure: BDS
keys: [STUDYID, USUBJID, PARAMCD]
rows: VS
variables:
  USUBJID: {copy: USUBJID}
  PARAMCD: {copy: VSTESTCD}
  AVAL: {copy: VSSTRESN}
  AVALC: {copy: EMPTY}
  ADT: {analysis_date: VSDTC}
  CHG: {CALL}
"""


def made(write_study: WriteStudy, call: str) -> Built:
    specs = ADVS.replace("{copy: EMPTY}", "{text_part: {of: VSTESTCD, separator: '-', part: 2}}")
    study = write_study(VS=VS, ADVS=specs.replace("CALL", call), vs=RAW)
    return build(study, read_inputs(study))


RAW = "SUBJ,TEST,RESULT,WHEN\nS1,WEIGHT,70,2024-01-01\nS2,WEIGHT,80,2024-01-02\n"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            "change: {value: PARAMCD, base: AVAL}",
            "value must be a number; PARAMCD is text. Make it one with number: PARAMCD",
        ),
        ("change: {value: AVAL, base: ADT}", "base must be a number; ADT is a date"),
        (
            "analysis_day: {date: ADT, reference: AVAL}",
            "reference must be a date; AVAL is a number",
        ),
    ],
)
def test_what_must_be_a_number_or_a_date_is_refused_otherwise(
    write_study: WriteStudy, call: str, message: str
) -> None:
    with pytest.raises(SpecError) as caught:
        made(write_study, call)
    assert str(caught.value) == f"mappings/adam/advs.yaml:11:3 CHG: {message}"


def test_text_without_any_value_counts_as_missing_numbers(write_study: WriteStudy) -> None:
    built = made(write_study, "change: {value: AVALC, base: AVAL}")
    assert built.datasets["ADVS"].frame["CHG"].isna().all()


def test_dates_and_texts_that_are_dates_are_dates(write_study: WriteStudy) -> None:
    built = made(write_study, "analysis_day: {date: ADT, reference: VSDTC}")
    assert built.datasets["ADVS"].frame["CHG"].tolist() == [1, 1]

"""Issues of several parameters about the same records are told once, and none is lost."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.arguments import Issue
from cdisc.algorithms.columns.uniques import TEXT
from cdisc.build import build, of_subjects, read_inputs
from cdisc.build.row_issues import RowIssue, untold
from cdisc.build.rowset import Parents, RowSet
from cdisc.errors import Location
from cdisc.model import Severity, merge_findings
from cdisc.spec import StudySpec

WriteStudy = Callable[..., StudySpec]

RAW = """\
SUBJ,VISIT,DATE,LESION,GROUP,RESULT
01,A,2024-01-02,T01,TARGET,30
01,B,2024-02-20,T01,TARGET,31
01,B,2024-02-20,X,OTHER,9
02,A,2024-01-02,T01,TARGET,20
02,B,2024-02-20,Y,OTHER,8
"""
TR = """\
keys: [USUBJID, VISIT, TRLNKID]
rows: tr
variables:
  USUBJID: {copy: SUBJ}
  VISIT: {copy: VISIT}
  TRDTC: {copy: DATE}
  TRLNKID: {copy: LESION}
  TRGRPID: {copy: GROUP}
  TRTESTCD: {constant: LDIAM}
  TRSTRESN: {number: RESULT}
  TRSTRESC: {copy: RESULT}
"""
DM = """\
keys: [USUBJID]
rows: dm
variables: {USUBJID: {copy: SUBJ}, RFXSTDTC: {copy: START}}
"""
STARTS = "SUBJ,START\n01,2024-01-10\n02,2024-01-10\n"


def adtr(*wheres: str) -> str:
    """ADTR with a parameter for each condition on TR."""
    parts = [
        f"""\
  P{number}:
    label: Sum {number}
    from:
      from: TR
      where: {where}
      derive:
        by: [USUBJID]
        tumor_sums: {{of: target, start: {{from: DM, date: RFXSTDTC}}}}
    set: {{AVAL: {{copy: SUM}}, VISIT: {{copy: ASSESSMENT}}}}
"""
        for number, where in enumerate(wheres)
    ]
    variables = "\n".join(
        f"  {name}: {{copy: {name}}}" for name in ("USUBJID", "PARAM", "PARAMCD", "VISIT", "AVAL")
    )
    return (
        "structure: BDS\nkeys: [STUDYID, USUBJID, PARAMCD, VISIT]\nparameters:\n"
        f"{''.join(parts)}variables:\n{variables}\n"
    )


ALL, FIRST = 'USUBJID != ""', 'USUBJID == "01"'


@pytest.mark.parametrize(
    ("wheres", "told"),
    [
        ([ALL], [(0, 2)]),
        ([ALL, ALL, ALL], [(0, 2)]),
        ([ALL, FIRST], [(0, 2)]),
        # what the first parameter does not read is told of by the second
        ([FIRST, ALL], [(0, 1), (1, 1)]),
    ],
)
def test_what_is_wrong_with_a_record_is_told_once_by_all_parameters(
    write_study: WriteStudy, wheres: list[str], told: list[tuple[int, int]]
) -> None:
    study = write_study(tr=RAW, dm=STARTS, TR=TR, DM=DM, ADTR=adtr(*wheres))
    inputs = read_inputs(study)
    whole = merge_findings(build(study, inputs).findings)
    found = [one for one in whole if one.rule == "tumor_sums.unknown_group"]
    lines = sorted({one.at.line for one in found})
    assert [(lines.index(one.at.line), one.count) for one in found] == told
    assert sum(one.count for one in found) == 2
    parts = [
        finding
        for subject in ("01", "02")
        for finding in build(study, of_subjects(study, inputs, frozenset([subject]))).findings
    ]
    assert merge_findings(parts) == whole


def rows_of(parents: list[int]) -> RowSet:
    count = len(parents)
    edges = Parents(
        np.arange(count, dtype=np.int32),
        np.zeros(count, dtype=np.int16),
        np.array(parents, dtype=np.int32),
    )
    return RowSet({}, count, np.zeros(count, np.int16), np.zeros(count, np.int32), edges)


def issue_of(rows: list[int], values: list[str], message: str = "wrong {value}") -> Issue:
    at = np.array(rows, dtype=np.int64)
    return Issue("a.b", message, at, Severity.ERROR, pd.Series(values, dtype=TEXT))


def test_another_message_value_or_record_of_one_raw_row_is_told() -> None:
    earlier = [RowIssue(issue_of([0, 1], ["x", "y"]), rows_of([7, 8, 9]), Location())]
    same = rows_of([9, 8, 7])
    assert untold(issue_of([1, 2], ["y", "x"]), same, earlier) is None
    assert untold(issue_of([1, 2], ["y", "x"], "odd {value}"), same, earlier) is not None
    rest = untold(issue_of([0, 1, 2], ["x", "x", "x"]), same, earlier)
    assert rest is not None
    assert rest.values is not None
    assert (rest.rows.tolist(), rest.values.tolist()) == ([0, 1], ["x", "x"])


@given(st.lists(st.lists(st.integers(0, 5), unique=True), max_size=4))
def test_every_record_is_told_exactly_once(parameters: list[list[int]]) -> None:
    earlier: list[RowIssue] = []
    for parents in parameters:
        rows = rows_of(parents)
        mine = issue_of(list(range(len(parents))), ["x"] * len(parents))
        rest = untold(mine, rows, earlier)
        if rest is not None:
            earlier.append(RowIssue(rest, rows, Location()))
    told = [int(one.rows.parents.row[row]) for one in earlier for row in one.issue.rows.tolist()]
    assert sorted(told) == sorted({parent for parents in parameters for parent in parents})

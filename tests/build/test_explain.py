"""What algorithms considered is kept with the records it is about, and only when asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.arguments import Considered
from cdisc.build import plan_of, read_inputs
from cdisc.build.engine import Engine
from cdisc.build.explain import Explanations
from cdisc.build.rowset import Parents, RowSet, stacked
from cdisc.errors import SpecError
from cdisc.spec import StudySpec, read_study

TRACED = Path(__file__).parents[1] / "pipeline" / "traced"


@pytest.fixture(scope="module")
def traced() -> StudySpec:
    return read_study(TRACED)


def computed(study: StudySpec, *, explain: bool) -> Engine:
    engine = Engine(study, read_inputs(study), explain=explain)
    engine.compute(plan_of(study).nodes("subjects"), lambda _node: None)
    return engine


def test_explanations_change_no_value(traced: StudySpec) -> None:
    silent, telling = (computed(traced, explain=explain) for explain in (False, True))
    assert silent.considered == []
    for name, values in silent.values.items():
        assert silent.rows[name].mark is None
        for variable, column in values.items():
            pd.testing.assert_series_equal(column, telling.values[name][variable])


def test_what_was_considered_is_about_records_of_the_dataset(traced: StudySpec) -> None:
    engine = computed(traced, explain=True)
    values = engine.values["ADTTE"]
    found = [one for one in engine.considered if one.dataset == "ADTTE"]
    about = {
        (values["PARAMCD"].iloc[row], values["USUBJID"].iloc[row])
        for one in found
        for row in one.considered.rows.tolist()
    }
    assert about == {("PFS", "S1-01")}
    assert {one.dataset for one in engine.considered} == {"DM", "ADTTE"}
    assert {one.variable for one in engine.considered} == {"RFPENDTC", ""}


def test_explanations_that_do_not_fit_are_refused_where_the_spec_stands(tmp_path: Path) -> None:
    (tmp_path / "mappings" / "sdtm").mkdir(parents=True)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "dm.csv").write_text("ID\na\n", encoding="utf-8")
    (tmp_path / "study.yaml").write_text(
        "study: {id: S}\ncreated: 2025-01-01T00:00:00\nalgorithms: [odd.py]\n"
        "standards: {sdtm: SDTMIG 3.4, terminology: sdtmct 2025-03-28}\n"
        "data: {raw: raw}\nsources:\n  dm: {file: dm.csv}\n",
        encoding="utf-8",
    )
    (tmp_path / "mappings" / "sdtm" / "dm.yaml").write_text(
        "dataset: DM\nkeys: [USUBJID]\nrows: dm\nvariables:\n  USUBJID: {misfit: ID}\n",
        encoding="utf-8",
    )
    (tmp_path / "odd.py").write_text(
        "import numpy as np\nimport pandas as pd\n"
        "from cdisc.algorithms import algorithm\n"
        "from cdisc.algorithms.arguments import Column, Considered, Explaining, Result\n"
        '@algorithm(main="of", method="{of}")\n'
        "def misfit(of: Column, explaining: Explaining = False) -> Result:\n"
        '    """A text, with an explanation too short."""\n'
        "    one = np.array([0])\n"
        "    told = Considered('DM', one, one, np.array([True]), pd.Series(dtype='str'))\n"
        "    return Result(of, considered=(told,) if explaining else ())\n",
        encoding="utf-8",
    )
    study = read_study(tmp_path)
    computed(study, explain=False)
    with pytest.raises(SpecError, match="misfit returned explanations that do not fit") as caught:
        computed(study, explain=True)
    assert str(caught.value).startswith("mappings/sdtm/dm.yaml:5")


# ---- marks ------------------------------------------------------------------------------------


def rows_of(count: int) -> RowSet:
    index = np.arange(count, dtype=np.int32)
    parents = Parents(index, np.zeros(count, dtype=np.int16), index)
    numbers = pd.Series(np.arange(count, dtype=np.float64))
    return RowSet({"N": numbers}, count, np.zeros(count, dtype=np.int16), index, parents)


def about(rows: list[int]) -> Considered:
    positions = np.array(rows, dtype=np.int64)
    why = pd.Series([f"row {row}" for row in rows], dtype="str")
    return Considered("X", positions, positions * 10, positions % 2 == 0, why)


@given(data=st.data())
def test_explanations_follow_their_rows_wherever_those_go(data: st.DataObject) -> None:
    """Rows are dropped, repeated, put in another order and stacked with rows without a mark."""
    explained = Explanations()
    parts = []
    for _ in range(data.draw(st.integers(1, 3))):
        count = data.draw(st.integers(0, 5))
        rows = rows_of(count)
        told = data.draw(st.lists(st.integers(0, max(count - 1, 0)), max_size=6 if count else 0))
        if told:
            rows = explained.of_rows(rows, [about(told)], "FLAG")
        kept = data.draw(st.lists(st.integers(0, max(count - 1, 0)), max_size=6 if count else 0))
        parts.append((rows.take(np.array(kept, dtype=np.int64)), kept, told))
    whole = stacked([rows for rows, _, _ in parts])
    expected = []
    start = 0
    for _, kept, told in parts:
        expected += [
            (start + place, 10 * row, row % 2 == 0, f"row {row}")
            for row in told
            for place, taken in enumerate(kept)
            if taken == row
        ]
        start += len(kept)
    found = [
        entry
        for column, one in explained.for_rows(whole)
        if column == "FLAG"
        for entry in zip(
            one.rows.tolist(),
            one.parent_rows.tolist(),
            one.taken.tolist(),
            one.why.tolist(),
            strict=True,
        )
    ]
    assert sorted(found) == sorted(expected)


def test_what_a_column_of_the_rows_was_chosen_by_is_told_of_the_variables_that_copy_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "mappings" / "sdtm").mkdir(parents=True)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "ae.csv").write_text("ID,GRADE\na,1\na,3\n", encoding="utf-8")
    (tmp_path / "study.yaml").write_text(
        "study: {id: S}\ncreated: 2025-04-01T00:00:00\n"
        "standards: {sdtm: SDTMIG 3.4, terminology: sdtmct 2025-03-28}\n"
        "data: {raw: raw}\nsources:\n  ae: {file: ae.csv}\n",
        encoding="utf-8",
    )
    flag = "{extreme_flag: {value: GRADE, by: ID, order: [GRADE]}}"
    (tmp_path / "mappings" / "sdtm" / "ae.yaml").write_text(
        "dataset: AE\nkeys: [USUBJID]\n"
        f"rows: {{from: ae, set: {{WORST: {flag}, OTHER: {flag}}}}}\n"
        "variables:\n  USUBJID: {copy: ID}\n  AETERM: {copy: WORST}\n"
        "  AELLT: {upper_case: OTHER}\n",
        encoding="utf-8",
    )
    engine = computed(read_study(tmp_path), explain=True)
    told = [(one.variable, one.considered.dataset) for one in engine.considered]
    # no variable copies OTHER: what decided it is told of the records
    assert told == [("AETERM", "ae"), ("", "ae")]

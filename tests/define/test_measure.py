"""Data types, lengths and digits measured in the data."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.define import common_lengths, data_type_of, measured, value_levels
from cdisc.define.measure import measure, result_type
from cdisc.errors import SpecError
from cdisc.model import Condition, Dataset, ValueLevel, Variable


def char(name: str, **more: object) -> Variable:
    return Variable(name=name, label=name, type="Char", **more)  # type: ignore[arg-type]


def num(name: str, **more: object) -> Variable:
    return Variable(name=name, label=name, type="Num", **more)  # type: ignore[arg-type]


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def dataset(variables: list[Variable], columns: dict[str, list[object]], name: str) -> Dataset:
    frame = pd.DataFrame(
        {
            v.name: pd.Series(columns[v.name], dtype="str" if v.type == "Char" else "float64")
            for v in variables
        }
    )
    return Dataset(
        name=name,
        label=name,
        class_="Findings",
        structure="",
        keys=(),
        variables=tuple(variables),
        frame=frame,
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2024-01-05", None, ""], "date"),
        (["2024-01-05T08:30:00", "2024-01-05T08:30:00+08:00"], "datetime"),
        (["2024-01-05", "2024-01", "2024"], "partialDate"),
        (["2024-01-05", "2024-01-05T08:30:00"], "partialDatetime"),
        (["2024-01-05T08:30", "2024-01"], "partialDatetime"),
        (["2024---20", "2024-01-05"], "incompleteDate"),
        (["2024---20T10:00"], "incompleteDatetime"),
        (["-----T10:00"], "incompleteDatetime"),
        (["2024-01-05/2024-01-07"], "intervalDatetime"),
        (["2024-01-05", "UNKNOWN"], "text"),
        ([None], "datetime"),
    ],
)
def test_a_date_variable_has_the_narrowest_type_all_values_fit(
    values: list[str | None], expected: str
) -> None:
    assert data_type_of(char("AESTDTC"), text(*values)) == expected


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("AEDUR", ["P2D", "PT4H30M", "P1Y2M"], "durationDatetime"),
        ("VSELTM", ["-PT30M", "P1W"], "durationDatetime"),
        ("LBEVLINT", ["P2D", "P"], "text"),
        ("AEDUR", ["two days"], "text"),
        ("DUR", ["P2D"], "text"),
    ],
)
def test_a_duration_variable_is_a_duration_when_every_value_is(
    name: str, values: list[str], expected: str
) -> None:
    assert data_type_of(char(name), text(*values)) == expected


@given(
    st.lists(
        st.tuples(
            st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.sampled_from([4, 7, 10])
        ),
        min_size=1,
    )
)
def test_truncated_dates_are_never_text(moments: list[tuple[datetime, int]]) -> None:
    values = text(*(moment.date().isoformat()[:size] for moment, size in moments))
    complete = all(size == 10 for _, size in moments)
    assert data_type_of(char("AEDTC"), values) == ("date" if complete else "partialDate")


def test_whole_numbers_are_integers_and_dates_are_numbers() -> None:
    assert data_type_of(num("AGE"), pd.Series([67.0, None])) == "integer"
    assert data_type_of(num("AVAL"), pd.Series([67.0, 0.5])) == "float"
    assert data_type_of(num("AVAL", data_type="float"), pd.Series([None], dtype="f8")) == "float"
    dates = pd.Series(["2024-01-05", None], dtype="datetime64[s]")
    assert data_type_of(num("ADT"), dates) == "integer"
    assert measure(dates, "integer").length == 8


@pytest.mark.parametrize(
    ("numbers", "length", "digits"),
    [
        ([70.25, 1000.0, None], 6, 2),
        ([0.1 + 0.2], 2, 1),
        ([-12.5], 3, 1),
        ([1 / 3], 16, 15),
        ([1e-7], 8, 7),
        ([123456.789, 0.5], 9, 3),
    ],
)
def test_floats_have_the_digits_that_write_them(
    numbers: list[float], length: int, digits: int
) -> None:
    found = measure(pd.Series(numbers, dtype="float64"), "float")
    assert (found.length, found.significant_digits) == (length, digits)


@given(st.lists(st.decimals(min_value=-(10**6), max_value=10**6, places=4), min_size=1))
def test_significant_digits_are_those_of_the_decimal_text(decimals: list) -> None:
    shortest = [f"{float(d):.15g}".partition(".")[2] for d in decimals]
    found = measure(pd.Series([float(d) for d in decimals]), "float")
    assert found.significant_digits == max(len(part) for part in shortest)


@pytest.mark.parametrize(
    ("format_", "length", "digits"),
    [
        ("", 17, 14),  # -12.5 and 100.10000000000001 at 15 significant digits, 1/7 at 15
        ("8.2", 5, 2),
        ("F8.2", 5, 2),
        ("comma10.3", 6, 3),
        ("8.", 3, 0),
        ("BEST12.", 17, 14),  # no number of decimals
        ("E10.2", 17, 14),  # of the mantissa
        ("20.18", 17, 14),  # more than the values have
    ],
)
def test_a_format_says_how_many_decimals_count(format_: str, length: int, digits: int) -> None:
    made = num("PCHG", format=format_)
    values = [-12.5, 100.10000000000001, 300 / 7, None]
    (found,) = measured(dataset([made], {"PCHG": values}, "ADLB")).variables
    assert (found.data_type, found.length, found.significant_digits) == ("float", length, digits)
    assert found.format == format_


def test_a_number_that_is_shown_with_one_digit_more_has_its_length() -> None:
    made = num("PCHG", format="8.2")
    (found,) = measured(dataset([made], {"PCHG": [999.996, 0.1]}, "ADLB")).variables
    assert found.length == 6  # 1000.00


def test_values_of_a_level_have_no_more_decimals_than_the_format_shows() -> None:
    made = [char("PARAMCD"), num("AVAL", format="8.2")]
    columns = {"PARAMCD": ["RDI", "RDI", "DOSE", "N"], "AVAL": [300 / 7, 1.0, 2.5, 4.0]}
    levels = value_levels(measured(dataset(made, columns, "ADEX")), by=["PARAMCD"], of=["AVAL"])
    said = {
        v.where[0].values[0]: (v.data_type, v.length, v.significant_digits)
        for v in levels.variable("AVAL").values
    }
    assert said == {"DOSE": ("float", 2, 1), "N": ("integer", 1, None), "RDI": ("float", 4, 2)}


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1))
def test_integer_length_counts_digits_without_the_sign(numbers: list[int]) -> None:
    found = measure(pd.Series(np.array(numbers, dtype="float64")), "integer")
    assert found.length == max(len(str(abs(n))) for n in numbers)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_text_length_is_bytes(texts: list[str]) -> None:
    assert measure(text(*texts), "text").length == max(len(t.encode()) for t in texts)


def test_no_values_leave_the_least_a_transport_file_holds() -> None:
    assert measure(text(None, ""), "text").length == 1
    assert measure(pd.Series([], dtype="float64"), "integer").length == 8


@pytest.mark.parametrize(
    ("values", "expected", "length", "digits"),
    [
        (["120", "85"], "integer", 3, None),
        (["1.10", "-12"], "float", 4, 2),
        (["007", "8"], "text", 3, None),
        (["<5", "8"], "text", 2, None),
        (["1.", "8"], "text", 2, None),
        (["1234567890123456"], "text", 16, None),
        (["2024-01-05"], "date", 10, None),
        (["P18Y"], "durationDatetime", 4, None),
        (["Y"], "text", 1, None),
    ],
)
def test_result_text_is_looked_at(
    values: list[str], expected: str, length: int, digits: int | None
) -> None:
    variable = char("VSORRES")
    kind = result_type(variable, text(*values))
    found = measure(text(*values), kind)
    assert (found.data_type, found.length, found.significant_digits) == (expected, length, digits)


def test_coded_results_stay_text() -> None:
    assert result_type(char("QVAL"), text("1", "2"), codelist="ECOG") == "text"


def findings() -> Dataset:
    variables = [char("RSTESTCD"), char("RSTEST"), char("RSCAT"), char("RSORRES"), num("RSSTRESN")]
    columns: dict[str, list[object]] = {
        "RSTESTCD": ["OVR", "OVR", "OVR", "SUM", "SUM", "NONE"],
        "RSTEST": ["Overall", "Overall", "Overall", "Sum", "Sum", "None"],
        "RSCAT": ["RECIST", "iRECIST", None, "RECIST", "RECIST", "RECIST"],
        "RSORRES": ["PR", "iCPD", "SD", "12.5", "100", None],
        "RSSTRESN": [None, None, None, 12.5, 100.0, None],
    }
    return dataset(variables, columns, "RS")


def where(level: ValueLevel) -> str:
    return " & ".join(f"{c.variable} {c.comparator} {'|'.join(c.values)}" for c in level.where)


def test_value_levels_cover_each_combination_that_has_values() -> None:
    made = value_levels(findings(), by=["RSTESTCD", "RSCAT"], of=["RSORRES", "RSSTRESN"])
    levels = made.variable("RSORRES").values
    assert [(where(level), level.data_type, level.length) for level in levels] == [
        ("RSTESTCD EQ OVR & RSCAT EQ ", "text", 2),
        ("RSTESTCD EQ OVR & RSCAT EQ RECIST", "text", 2),
        ("RSTESTCD EQ OVR & RSCAT EQ iRECIST", "text", 4),
        ("RSTESTCD EQ SUM & RSCAT EQ RECIST", "float", 4),
    ]
    assert [level.label for level in levels] == ["Overall"] * 3 + ["Sum"]
    assert [where(level) for level in made.variable("RSSTRESN").values] == [
        "RSTESTCD EQ SUM & RSCAT EQ RECIST"
    ]
    assert made.variable("RSTEST").values == ()


def test_every_value_is_on_exactly_one_level() -> None:
    from cdisc.define.conditions import selected

    made = value_levels(findings(), by=["RSTESTCD", "RSCAT"], of=["RSORRES"])
    counts = sum(
        selected(made.frame, level.where, "RS").astype(int)
        for level in made.variable("RSORRES").values
    )
    assert counts[made.frame["RSORRES"].notna()].eq(1).all()


def test_a_declared_level_wins_and_is_measured() -> None:
    declared = ValueLevel(
        where=(Condition("RSTESTCD", "IN", ("SUM", "NONE")),), data_type="text", method="by hand"
    )
    base = findings()
    variables = tuple(
        dataclasses.replace(v, values=(declared,)) if v.name == "RSORRES" else v
        for v in base.variables
    )
    made = measured(
        value_levels(
            dataclasses.replace(base, variables=variables), by=["RSTESTCD"], of=["RSORRES"]
        )
    )
    first, second = made.variable("RSORRES").values
    assert (first.data_type, first.length, first.method) == ("text", 4, "by hand")
    assert where(second) == "RSTESTCD EQ OVR"


def test_a_declared_number_that_the_data_refute_becomes_what_they_are() -> None:
    level = ValueLevel(where=(Condition("RSTESTCD", "EQ", ("SUM",)),), data_type="integer")
    base = findings()
    variables = tuple(
        dataclasses.replace(v, values=(level,)) if v.name == "RSORRES" else v
        for v in base.variables
    )
    (found,) = measured(dataclasses.replace(base, variables=variables)).variable("RSORRES").values
    assert (found.data_type, found.length, found.significant_digits) == ("float", 4, 1)


def test_levels_do_not_depend_on_the_order_of_records() -> None:
    base = findings()
    shuffled = dataclasses.replace(base, frame=base.frame.iloc[::-1])
    by = {"by": ["RSTESTCD", "RSCAT"], "of": ["RSORRES", "RSSTRESN"]}
    assert value_levels(base, **by).variables == value_levels(shuffled, **by).variables


def test_a_numeric_key_is_written_as_its_text() -> None:
    base = dataset(
        [num("VISITNUM"), num("AVAL")], {"VISITNUM": [1.0, 2.5, 2.5], "AVAL": [3.0, 4.0, 5.5]}, "AD"
    )
    levels = value_levels(base, by=["VISITNUM"], of=["AVAL"]).variable("AVAL").values
    assert [where(level) for level in levels] == ["VISITNUM EQ 1", "VISITNUM EQ 2.5"]
    assert [
        level.length
        for level in measured(value_levels(base, by=["VISITNUM"], of=["AVAL"]))
        .variable("AVAL")
        .values
    ] == [1, 2]


def test_an_unknown_name_is_refused_with_a_hint() -> None:
    with pytest.raises(SpecError, match=r"RS: .*RSTESCD.*Did you mean RSTESTCD\?"):
        value_levels(findings(), by=["RSTESCD"], of=["RSORRES"])


def test_one_length_for_a_name_in_all_datasets_but_supplemental_ones() -> None:
    def make(name: str, value: str) -> Dataset:
        return measured(dataset([char("USUBJID")], {"USUBJID": [value]}, name))

    made = common_lengths([make("DM", "1"), make("AE", "12345"), make("SUPPAE", "123")])
    assert [d.variables[0].length for d in made] == [5, 5, 3]


def test_measuring_a_concatenation_equals_the_widest_partition() -> None:
    rng = np.random.default_rng(1)
    values = [f"{n:.{d}f}" for n, d in zip(rng.normal(0, 50, 40), rng.integers(0, 4, 40), strict=1)]
    start = datetime(2024, 1, 1)
    dates = [(start + timedelta(days=int(n))).date().isoformat() for n in range(40)]
    variables = [char("VSORRES"), num("VSSTRESN"), char("VSDTC")]
    whole = dataset(
        variables,
        {"VSORRES": values, "VSSTRESN": [float(v) for v in values], "VSDTC": dates},
        "VS",
    )
    parts = [dataclasses.replace(whole, frame=whole.frame.iloc[i::3]) for i in range(3)]
    for index in range(3):
        widest = max(measured(part).variables[index].length or 0 for part in parts)
        # Digits before and after the point may come from different partitions.
        assert (measured(whole).variables[index].length or 0) >= widest

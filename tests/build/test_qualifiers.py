"""Supplemental qualifiers brought back to their records, against a slow second way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.build.qualifiers import with_qualifiers
from cdisc.errors import SpecError
from cdisc.sources import SourceSpec, SourceTable
from cdisc.spec.read_sources import COLLECTED, SourceDeclaration

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
SUPP = ("RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL")


def table(name, columns, records):
    frame = pd.DataFrame(
        {
            column: pd.Series([record[place] for record in records], dtype=TEXT)
            for place, column in enumerate(columns)
        }
    )
    return SourceTable(
        name=name,
        frame=frame,
        files=(f"{name}.xpt",),
        file_of=np.zeros(len(records), dtype=np.int16),
        row_of=np.arange(1, len(records) + 1),
    )


def declared(name):
    spec = SourceSpec(name=name, file=f"{name}.xpt")
    return SourceDeclaration(spec, "sdtm", "USUBJID", COLLECTED, person="USUBJID")


def merged(records, supp, columns=("DOMAIN", "USUBJID", "AESEQ", "AESPID"), name="ae"):
    """The columns that came in, as lists, and what was found: (rule, value) -> SUPP-- rows."""
    parent = table(name, columns, records)
    found = with_qualifiers(parent, table(f"supp{name}", SUPP, supp), declared(name))
    assert found.frame[list(columns)].equals(parent.frame)
    new = [column for column in found.frame.columns if column not in columns]
    values = {c: [None if pd.isna(v) else v for v in found.frame[c]] for c in new}
    told = {(f.rule, f.value): [o.row for o in f.occurrences] for f in found.notes}
    return values, told


AE = [("AE", "1", "1", "01"), ("AE", "1", "2", "02"), ("AE", "2", "1", "01")]


def test_a_qualifier_is_a_column_called_by_qnam():
    supp = [("AE", "1", "AESEQ", "2", "AETRTEM", "Y"), ("AE", "2", "AESEQ", "1", "AESP", "x")]
    assert merged(AE, supp) == ({"AESP": [None, None, "x"], "AETRTEM": [None, "Y", None]}, {})


def test_a_number_is_found_however_it_is_written():
    supp = [("AE", "1", "AESEQ", "1.0", "A", "a"), ("AE", "1", "AESEQ", " 2 ", "A", "b")]
    assert merged(AE, supp) == ({"A": ["a", "b", None]}, {})


def test_a_text_that_looks_like_a_number_is_a_text():
    supp = [("AE", "1", "AESPID", "02", "A", "a"), ("AE", "1", "AESPID", "1", "A", "b")]
    assert merged(AE, supp) == ({"A": [None, "a", None]}, {("supplemental.unmatched", "A"): [2]})


def test_what_is_written_alike_goes_before_what_is_the_same_number():
    parents = [("AE", "1", "1", "1"), ("AE", "1", "2", "1.0")]
    supp = [("AE", "1", "AESPID", "1.0", "A", "a"), ("AE", "1", "AESPID", "1", "A", "b")]
    assert merged(parents, supp) == ({"A": ["b", "a"]}, {})


def test_demographics_are_found_by_subject_alone():
    dm = [("DM", "1"), ("DM", "2")]
    supp = [("DM", "2", None, None, "RACE1", "ASIAN"), ("DM", "1", " ", "", "RACE1", "WHITE")]
    assert merged(dm, supp, ("DOMAIN", "USUBJID"), "dm") == ({"RACE1": ["WHITE", "ASIAN"]}, {})


def test_without_idvar_several_records_of_the_subject_are_a_finding():
    supp = [("AE", "1", None, None, "A", "a"), ("AE", "2", None, None, "A", "b")]
    told = {("supplemental.several_parents", "A"): [1]}
    assert merged(AE, supp) == ({"A": [None, None, "b"]}, told)


def test_a_group_is_qualified_as_a_whole():
    parents = [("AE", "1", "1", "G"), ("AE", "1", "2", "G"), ("AE", "1", "3", "H")]
    supp = [("AE", "1", "AESPID", "G", "A", "a")]
    assert merged(parents, supp) == ({"A": ["a", "a", None]}, {})


def test_a_qualifier_without_value_says_nothing():
    supp = [("AE", "1", "AESEQ", "1", "A", None), ("AE", "9", "AESEQ", "9", "B", " ")]
    assert merged(AE, supp) == ({}, {})


@pytest.mark.parametrize(
    "lost",
    [
        ("AE", "1", "AESEQ", "9", "A", "a"),
        ("AE", "9", "AESEQ", "1", "A", "a"),
        ("AE", None, "AESEQ", "1", "A", "a"),
        ("AE", "1", "AESEQ", None, "A", "a"),
        ("AE", "1", "AEGRPID", "1", "A", "a"),
        ("CM", "1", "AESEQ", "1", "A", "a"),
    ],
)
def test_a_qualifier_without_its_record_is_a_finding(lost):
    supp = [lost, ("AE", "1", "AESEQ", "1", "B", "b")]
    told = {("supplemental.unmatched", "A"): [1]}
    assert merged(AE, supp) == ({"B": ["b", None, None]}, told)


def test_two_values_of_one_qualifier_for_one_record_are_a_finding_and_none():
    supp = [
        ("AE", "1", "AESEQ", "1", "A", "a"),
        ("AE", "1", "AESPID", "01", "A", "b"),
        ("AE", "1", "AESEQ", "2", "A", "c"),
    ]
    told = {("supplemental.several_values", "A"): [1, 2]}
    assert merged(AE, supp) == ({"A": [None, "c", None]}, told)


def test_the_same_value_again_is_told_and_kept():
    supp = [("AE", "1", "AESEQ", "1", "A", "a"), ("AE", "1", "AESPID", "01", "A", "a")]
    assert merged(AE, supp) == (
        {"A": ["a", None, None]},
        {("supplemental.repeated", "A"): [2]},
    )


def test_a_qualifier_called_as_a_column_is_left_out_and_told():
    supp = [("AE", "1", "AESEQ", "1", "AESPID", "x")]
    assert merged(AE, supp) == ({}, {("supplemental.known_column", "AESPID"): [1]})


def test_no_qualifiers_and_no_records():
    assert merged(AE, []) == ({}, {})
    told = {("supplemental.unmatched", "A"): [1]}
    assert merged([], [("AE", "1", "AESEQ", "1", "A", "a")]) == ({}, told)


def test_a_file_that_is_no_supp_dataset_is_refused():
    parent = table("ae", ("USUBJID",), [("1",)])
    supp = table("suppae", ("USUBJID", "QNAM"), [("1", "A")])
    with pytest.raises(SpecError, match=r"suppae\.xpt has no column IDVAR and IDVARVAL and QVAL"):
        with_qualifiers(parent, supp, declared("ae"))


def slow(records, supp):
    """Record by record: the values that each QNAM has for it."""
    values: dict[str, list[list[str]]] = {}
    lost = []
    for row, (_, subject, idvar, wanted, name, value) in enumerate(supp, start=1):
        place = {"AESEQ": 2, "AESPID": 3}.get(idvar)
        mine = [
            n
            for n, record in enumerate(records)
            if record[1] == subject and (place is None or record[place] == wanted)
        ]
        if not mine or (place is None and len(mine) > 1):
            lost.append(row)
        else:
            for n in mine:
                values.setdefault(name, [[] for _ in records])[n].append(value)
    columns = {
        name: [one[0] if len(set(one)) == 1 else None for one in values[name]]
        for name in sorted(values)
    }
    return columns, lost


subject = st.sampled_from("12")
parents = st.lists(
    st.tuples(st.just("AE"), subject, st.sampled_from("123"), st.sampled_from("xy")), max_size=6
)
said = st.one_of(
    st.tuples(st.just("AESEQ"), st.sampled_from("123")),
    st.tuples(st.just("AESPID"), st.sampled_from("xy")),
    st.just((None, None)),
)
qualifiers = st.lists(
    st.builds(
        lambda s, i, n, v: ("AE", s, *i, n, v),
        subject,
        said,
        st.sampled_from("AB"),
        st.sampled_from("uv"),
    ),
    max_size=8,
)


@given(parents, qualifiers)
def test_every_qualifier_as_looked_for_by_itself(records, supp):
    values, told = merged(records, supp)
    columns, lost = slow(records, supp)
    assert values == columns
    found = ("supplemental.unmatched", "supplemental.several_parents")
    assert sorted(row for (rule, _), rows in told.items() if rule in found for row in rows) == lost

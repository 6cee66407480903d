"""Terms and codes by the codelist of a test."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.values.level_terms import term_by_test, term_code
from cdisc.algorithms.values.terminology import codelist_term
from cdisc.model import Codelist, Severity, Term
from tests.algorithms.columns import text

PACKAGE = "sdtmct-2025-03-28"
NY = Codelist(
    "NY",
    "No Yes Response",
    (Term("N", "C49487", "No", collected=("0",)), Term("Y", "C49488", "Yes", collected=("1",))),
    "C66742",
    standard=PACKAGE,
)
RESPONSE = Codelist(
    "ONCRSR",
    "Response",
    (Term("CR", "C4870", "Complete"), Term("OURS", extended=True)),
    "C96785",
    extensible=True,
    standard=PACKAGE,
)
OWN = Codelist("OWN", "A list of the sponsor", (Term("A"),))
LISTS = {"NEW": NY, "WORSE": NY, "OVERALL": RESPONSE}


def listed(series):
    return [None if pd.isna(value) else value for value in series]


def test_each_result_is_a_term_of_the_codelist_of_its_own_test():
    result = term_by_test(
        text("1", "CR", "0", "No", "1"), text("NEW", "OVERALL", "WORSE", "NEW", "OTHER"), LISTS
    )
    assert listed(result.values) == ["Y", "CR", "N", "N", "1"]
    assert result.issues == ()


def test_what_is_in_no_list_is_a_finding_on_the_rows_where_it_stands():
    result = term_by_test(
        text(None, "2", "PRX", "1", "2"), text("NEW", "NEW", "OVERALL", None, "WORSE"), LISTS
    )
    assert listed(result.values) == [None, None, "PRX", "1", None]
    found = {issue.message: (issue.rows.tolist(), issue.severity) for issue in result.issues}
    assert found == {
        "{value} is not in codelist NY": ([1, 4], Severity.ERROR),
        "{value} is not in codelist ONCRSR and is kept as collected": ([2], Severity.WARNING),
    }


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["NEW", "OVERALL", "OTHER"]),
            st.sampled_from(["0", "1", "Yes", "CR", "cr", ""]),
        )
    )
)
def test_agrees_with_codelist_term_record_by_record(records):
    tests = text(*(test for test, _ in records))
    results = text(*(result for _, result in records))
    expected = [
        listed(codelist_term(text(result), LISTS[test]).values)[0]
        if test in LISTS
        else result or None
        for test, result in records
    ]
    assert listed(term_by_test(results, tests, LISTS).values) == expected


def test_a_term_has_its_code_the_reference_and_the_release():
    values, by = (
        text("Y", "CR", "OURS", "free text", None),
        text("NEW", "OVERALL", "OVERALL", "TITLE", "NEW"),
    )
    assert listed(term_code(values, by, LISTS).values) == ["C49488", "C4870", None, None, None]
    assert listed(term_code(values, by, LISTS, "reference").values) == [
        "CDISC CT",
        "CDISC CT",
        None,
        None,
        None,
    ]
    assert listed(term_code(values, by, LISTS, "version").values) == [
        "2025-03-28",
        "2025-03-28",
        None,
        None,
        None,
    ]


def test_a_value_outside_the_codelist_is_told_once_though_asked_three_times():
    values, by = text("Y", "maybe"), text("NEW", "NEW")
    issues = [
        issue
        for give in ("code", "reference", "version")
        for issue in term_code(values, by, LISTS, give).issues
    ]
    assert [(i.rule, i.rows.tolist()) for i in issues] == [("term_code.unmatched", [1])]


def test_terms_of_a_sponsor_list_have_neither_code_nor_release():
    for give in ("code", "reference", "version"):
        result = term_code(text("A"), text("X"), {"X": OWN}, give)
        assert listed(result.values) == [None]
        assert result.issues == ()


def test_nothing_in_nothing_out():
    empty = text()
    assert len(term_code(empty, empty, LISTS).values) == 0
    assert len(term_by_test(empty, empty, LISTS).values) == 0

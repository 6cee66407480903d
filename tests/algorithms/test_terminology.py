"""Recoding, codelists and paired terms."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms.values.terminology import codelist_term, paired_term, recode
from cdisc.algorithms.values.values import first_present
from cdisc.errors import UsageError
from cdisc.model import Codelist, Severity, Term
from tests.algorithms.columns import text

OUTCOME = Codelist(
    "OUT",
    "Outcome of Event",
    (
        Term("RECOVERED/RESOLVED", "C49498", "Recovered or Resolved", ("Recovered", "Resolved")),
        Term("FATAL", "C48275", "Died", ("Death",)),
        Term("UNKNOWN", "C17998", "Unknown", ("Death", "U")),
    ),
    "C66768",
)
SPECIMEN = Codelist("SPEC", "Specimen", (Term("BLOOD", "C12434", "Blood"),), extensible=True)


def listed(series):
    return [None if pd.isna(value) else value for value in series]


def rules(result):
    return {issue.rule: issue.rows.tolist() for issue in result.issues}


def test_codelist_matches_the_submission_value_exactly():
    result = codelist_term(text("FATAL"), OUTCOME)
    assert listed(result.values) == ["FATAL"]
    assert result.issues == ()


def test_codelist_matches_the_decode_then_synonyms():
    result = codelist_term(text("Died", "Recovered", "U"), OUTCOME)
    assert listed(result.values) == ["FATAL", "RECOVERED/RESOLVED", "UNKNOWN"]


def test_submission_value_goes_before_decode_and_decode_before_synonym():
    terms = Codelist(
        "X", "X", (Term("B", decode="A", synonyms=("C",)), Term("A"), Term("D", decode="C"))
    )
    assert listed(codelist_term(text("A", "C"), terms).values) == ["A", "D"]


def test_codelist_is_case_sensitive_and_never_upper_cases_silently():
    result = codelist_term(text("fatal", "Fatal"), OUTCOME)
    assert listed(result.values) == [None, None]
    assert rules(result) == {"codelist_term.unmatched": [0, 1]}


def test_unmatched_in_a_closed_codelist_is_missing_with_an_error_and_a_hint():
    (issue,) = codelist_term(text("FATAL", "FATALL"), OUTCOME).issues
    assert issue.severity is Severity.ERROR
    assert issue.rows.tolist() == [1]
    assert issue.values.tolist() == ["FATALL"]
    assert issue.hint == "Did you mean FATAL?"
    assert "OUT" in issue.message


def test_unmatched_in_an_extensible_codelist_is_kept_as_collected_with_a_warning():
    result = codelist_term(text("Bone marrow", "BLOOD"), SPECIMEN)
    assert listed(result.values) == ["Bone marrow", "BLOOD"]
    (issue,) = result.issues
    assert (issue.rule, issue.severity) == ("codelist_term.unmatched", Severity.WARNING)
    assert issue.rows.tolist() == [0]


def test_upper_case_only_when_the_spec_says_so():
    result = codelist_term(text("Bone marrow", "blood", "died"), SPECIMEN, upper=True)
    assert listed(result.values) == ["BONE MARROW", "BLOOD", "DIED"]
    assert listed(codelist_term(text("died"), OUTCOME, upper=True).values) == ["FATAL"]


def test_trailing_blank_is_not_the_term():
    result = codelist_term(text("FATAL "), OUTCOME)
    assert listed(result.values) == [None]
    assert result.issues[0].hint == "Did you mean FATAL?"


def test_synonym_of_two_terms_matches_neither():
    result = codelist_term(text("Death"), OUTCOME)
    assert listed(result.values) == [None]
    assert rules(result) == {"codelist_term.ambiguous": [0]}


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_missing_value_of_a_codelist_is_its_own_question(nothing):
    assert rules(codelist_term(text(nothing), OUTCOME)) == {}
    asked = codelist_term(text(nothing), OUTCOME, if_missing="finding")
    assert rules(asked) == {"codelist_term.missing": [0]}
    assert listed(asked.values) == [None]


def test_hints_of_a_long_codelist_are_found_by_case_only():
    terms = Codelist("L", "L", tuple(Term(f"TERM{i}") for i in range(500)))
    issues = codelist_term(text("term7 ", "TERMX"), terms).issues
    assert {issue.hint for issue in issues} == {"Did you mean TERM7?", ""}


def test_numeric_column_is_matched_by_its_plain_text():
    terms = Codelist("N", "N", (Term("1"),))
    assert listed(codelist_term(pd.Series([1.0, float("nan")]), terms).values) == ["1", None]


RELATION = {"1": "UNRELATED", "2": "POSSIBLE"}


def test_recode_maps_exactly_and_keys_match_canonical_text():
    result = recode(text("1", "2.0", "1.00"), RELATION, "missing", "finding")
    assert listed(result.values) == ["UNRELATED", "POSSIBLE", "UNRELATED"]
    assert result.issues == ()


def test_recode_matches_canonical_keys_of_the_map_too():
    assert listed(recode(text("1"), {"1.0": "A"}, "missing", "finding").values) == ["A"]


def test_leading_zeros_are_part_of_a_code():
    result = recode(text("01"), RELATION, "missing", "finding")
    assert rules(result) == {"recode.unmapped": [0]}


def test_numeric_column_is_recoded_by_its_plain_text():
    values = recode(pd.Series([1.0, 2.0]), RELATION, "missing", "finding").values
    assert listed(values) == ["UNRELATED", "POSSIBLE"]


def test_recode_is_case_sensitive():
    result = recode(text("y"), {"Y": "YES"}, "missing", "finding")
    assert listed(result.values) == [None]
    assert result.issues[0].hint == "Did you mean Y?"


def test_two_keys_of_one_code_are_refused():
    with pytest.raises(UsageError, match="same code"):
        recode(text("2"), {"1.0": "A", "1.00": "B"}, "missing", "finding")


def test_unmapped_and_missing_codes_are_two_questions():
    codes = text("9", None, "1", " ")
    silent = recode(codes, RELATION, "missing", "missing")
    assert (listed(silent.values), rules(silent)) == ([None, None, "UNRELATED", None], {})
    asked = recode(codes, RELATION, "finding", "missing")
    assert rules(asked) == {"recode.missing": [1, 3]}
    found = recode(codes, RELATION, "missing", "finding")
    assert rules(found) == {"recode.unmapped": [0]}
    assert found.issues[0].severity is Severity.ERROR


def test_kept_code_is_a_warning():
    result = recode(text("9", "1"), RELATION, "missing", "keep")
    assert listed(result.values) == ["9", "UNRELATED"]
    assert [issue.severity for issue in result.issues] == [Severity.WARNING]


def test_text_for_missing_codes():
    result = recode(text(None, "1", "9"), RELATION, "missing", "missing", missing_as="NOT DONE")
    assert listed(result.values) == ["NOT DONE", "UNRELATED", None]


def test_several_mappings_coalesce_first_non_missing_wins():
    first = recode(text("1", "9", "9"), RELATION, "missing", "missing").values
    second = recode(text("X", "X", "Z"), {"X": "OTHER"}, "missing", "missing").values
    assert listed(first_present((first, second)).values) == ["UNRELATED", "OTHER", None]


@given(
    st.lists(st.one_of(st.none(), st.text("ab1.0", max_size=3)), max_size=40),
    st.dictionaries(st.text("ab", min_size=1, max_size=2), st.text("xy", min_size=1)),
)
def test_recode_is_the_dictionary_lookup(values, mapping):
    result = recode(text(*values), mapping, "missing", "missing")
    assert listed(result.values) == [mapping.get(v) if v is not None else None for v in values]


CODES = Codelist("LBTESTCD", "Code", (Term("ALB", "C64431"), Term("ZZZ", "C0")))
NAMES = Codelist("LBTEST", "Name", (Term("Albumin", "C64431"),))


def test_paired_term_shares_the_c_code():
    result = paired_term(text("ALB", None), CODES, NAMES)
    assert listed(result.values) == ["Albumin", None]
    assert result.issues == ()


def test_paired_term_without_a_pair_is_missing_with_a_finding():
    result = paired_term(text("ZZZ", "ALBB"), CODES, NAMES)
    assert listed(result.values) == [None, None]
    assert sorted(row for i in result.issues for row in i.rows.tolist()) == [0, 1]
    assert "Did you mean ALB?" in [issue.hint for issue in result.issues]

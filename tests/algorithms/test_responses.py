"""The overall response against the tables of RECIST 1.1."""

import numpy as np
import pandas as pd
import pytest

from cdisc.algorithms.endpoints.responses import overall_response

# Tables 1 and 2 of RECIST 1.1: target, non-target, new lesion, overall.
TABLES = [
    ("CR", "CR", False, "CR"),
    ("CR", "", False, "CR"),
    ("CR", "NON-CR/NON-PD", False, "PR"),
    ("CR", "NE", False, "PR"),
    ("PR", "NON-CR/NON-PD", False, "PR"),
    ("PR", "NE", False, "PR"),
    ("PR", "CR", False, "PR"),
    ("SD", "NON-CR/NON-PD", False, "SD"),
    ("SD", "NE", False, "SD"),
    ("NE", "NON-CR/NON-PD", False, "NE"),
    ("NE", "CR", False, "NE"),
    ("PD", "CR", False, "PD"),
    ("PD", "", True, "PD"),
    ("CR", "PD", False, "PD"),
    ("NE", "PD", False, "PD"),
    ("CR", "CR", True, "PD"),
    ("", "CR", False, "CR"),
    ("", "NON-CR/NON-PD", False, "NON-CR/NON-PD"),
    ("", "NE", False, "NE"),
    ("", "PD", False, "PD"),
    ("", "CR", True, "PD"),
    ("", "", True, "PD"),
    ("", "", False, None),
]


def respond(target, non_target, new):
    one = [pd.Series([value or None], dtype="str") for value in (target, non_target)]
    result = overall_response(*one, np.array([new]))
    value = result.values[0]
    return None if pd.isna(value) else value, result.issues


@pytest.mark.parametrize(("target", "non_target", "new", "overall"), TABLES)
def test_the_tables_of_recist(target, non_target, new, overall):
    assert respond(target, non_target, new) == (overall, ())


def test_all_rows_of_the_tables_at_once():
    target, non_target, new, overall = zip(*TABLES, strict=True)
    found = overall_response(
        pd.Series(target, dtype="str"), pd.Series(non_target, dtype="str"), np.array(new)
    ).values
    assert [None if pd.isna(value) else value for value in found] == list(overall)


@pytest.mark.parametrize(
    ("target", "non_target", "row"), [("iCR", "", 0), ("CR", "SD", 0), ("NON-CR/NON-PD", "", 0)]
)
def test_words_that_recist_does_not_know(target, non_target, row):
    value, (issue,) = respond(target, non_target, new=False)
    assert value is None
    assert (issue.rule, issue.rows.tolist()) == ("overall_response.unknown", [row])

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc.validate.rules.keys import not_unique


def test_records_that_share_their_keys(make, ask):
    dataset = make(
        "AE",
        {
            "USUBJID": ["1", "1", "1", "2"],
            "AETERM": ["Pain", "Pain", "Rash", "Pain"],
            "AESTDTC": [None, None, None, None],
        },
        keys=("USUBJID", "AETERM", "AESTDTC"),
    )
    assert ask(dataset, "KEY.UNIQUE", "USUBJID", "AETERM", "AESTDTC")[0].count == 2
    (finding,) = ask(dataset, "KEY.UNIQUE", "USUBJID", "AETERM")
    assert finding.message == "records are not unique by USUBJID, AETERM"
    assert finding.variable == ""
    assert finding.occurrences[0].keys == (("USUBJID", "1"), ("AETERM", "Pain"), ("AESTDTC", ""))


def test_unique_keys_pass(make, ask):
    dataset = make("AE", {"USUBJID": ["1", "1"], "AESEQ": [1, 2]})
    assert ask(dataset, "KEY.UNIQUE", "USUBJID", "AESEQ") == []


def test_sequence_numbers_within_a_subject(make, ask):
    dataset = make("AE", {"USUBJID": ["1", "1", "2"], "AESEQ": [1, 1, 1]})
    (finding,) = ask(dataset, "KEY.SEQUENCE", "AESEQ", "USUBJID", within="USUBJID")
    assert (finding.variable, finding.message, finding.count) == (
        "AESEQ",
        "AESEQ is not unique within USUBJID",
        2,
    )
    fine = make("AE", {"USUBJID": ["1", "1", "2"], "AESEQ": [1, 2, 1]})
    assert ask(fine, "KEY.SEQUENCE", "AESEQ", "USUBJID", within="USUBJID") == []


rows = st.lists(
    st.tuples(st.sampled_from(["a", "b", "", None]), st.sampled_from([1.0, 2.0, None])), max_size=12
)


@given(rows)
def test_a_record_is_not_unique_when_another_has_its_values(records):
    frame = pd.DataFrame(
        {
            "A": pd.Series([a for a, _ in records], dtype="str"),
            "B": pd.Series([np.nan if b is None else b for _, b in records], dtype="float64"),
        }
    )
    expected = [records.count(record) > 1 for record in records]
    assert not_unique(frame, ["A", "B"]).tolist() == expected

"""What holds for every built dataset: keys, numbers, subjects, terms, days."""

import pandas as pd
import pytest

from cdisc.algorithms.dates.iso_dates import complete_days

# One specimen of each laboratory with two results, one line of the form with two doses, and
# nothing that tells which one counts: both are kept.
NOT_UNIQUE = {"CM": 1, "LB": 2}


def test_there_are_records_in_every_dataset(frames):
    assert {name: len(frame) for name, frame in frames.items() if frame.empty} == {}


def test_keys_are_unique_but_where_the_laboratory_left_it_open(built):
    repeated = {
        name: int(dataset.frame.duplicated(list(dataset.keys)).sum())
        for name, dataset in built.datasets.items()
    }
    assert {name: count for name, count in repeated.items() if count} == NOT_UNIQUE


@pytest.mark.parametrize("name", ["SE", "EC", "EX", "AE", "VS", "EG", "LB", "TU", "TR", "RS"])
def test_sequence_numbers_are_1_to_n_in_each_subject(frames, name):
    numbers = frames[name].groupby("USUBJID")[f"{name}SEQ"]
    assert (numbers.min() == 1).all()
    assert (numbers.max() == numbers.size()).all()
    assert (numbers.nunique() == numbers.size()).all()


def test_every_subject_is_in_dm_once(frames):
    known = frames["DM"]["USUBJID"]
    assert known.is_unique
    assert len(known) == 43
    for name, frame in frames.items():
        if "USUBJID" in frame:
            # relations of whole datasets name no subject
            assert set(frame["USUBJID"].dropna()) <= set(known)
            assert name == "RELREC" or frame["USUBJID"].notna().all()


def test_required_values_are_there_but_for_the_term_that_is_not_coded(built):
    lacking = {}
    for dataset in built.datasets.values():
        if dataset.purpose == "Analysis":
            continue  # Req says there only that a variable is there
        for variable in dataset.variables:
            absent = int(dataset.frame[variable.name].isna().sum())
            if variable.core == "Req" and absent:
                lacking[f"{dataset.name}.{variable.name}"] = absent
    assert lacking == {"AE.AEDECOD": 1}


def test_study_days_count_from_the_first_dose_without_a_day_0(frames):
    first = frames["DM"].set_index("USUBJID")["RFSTDTC"]
    for name, variable in (
        ("AE", "AEST"),
        ("EX", "EXST"),
        ("LB", "LB"),
        ("TR", "TR"),
        ("RS", "RS"),
        ("VS", "VS"),
        ("EG", "EG"),
        ("SV", "SVST"),
        ("SV", "SVEN"),
    ):
        frame = frames[name]
        days = frame[f"{variable}DY"]
        start = complete_days(frame["USUBJID"].map(first).astype("str"))
        whole = complete_days(frame[f"{variable}DTC"]) - start
        assert not (days == 0).any()
        pd.testing.assert_series_equal(
            days, whole + (whole >= 0), check_names=False, check_dtype=False
        )


def test_an_epoch_is_that_of_the_element_around_the_date(frames):
    elements = frames["SE"][["USUBJID", "EPOCH", "SESTDTC", "SEENDTC", "TAETORD"]]
    for name, variable in (("EX", "EXSTDTC"), ("LB", "LBDTC"), ("TR", "TRDTC")):
        records = frames[name][["USUBJID", variable, "EPOCH", "TAETORD"]].dropna()
        both = records.merge(elements, on="USUBJID", suffixes=("", "_SE"))
        both = both[both["TAETORD"] == both["TAETORD_SE"]]
        assert len(both) == len(records) > 0
        assert (both["EPOCH"] == both["EPOCH_SE"]).all()
        # A date without time begins with its day.
        assert (both["SESTDTC"].str.slice(0, 10) <= both[variable].str.slice(0, 10)).all()
        assert (both[variable].str.slice(0, 7) <= both["SEENDTC"].str.slice(0, 7)).all()


def test_before_the_first_dose_is_screening(frames):
    first = frames["DM"].set_index("USUBJID")["RFXSTDTC"]
    records = frames["LB"].assign(FIRST=frames["LB"]["USUBJID"].map(first))
    early = records[records["LBDTC"] < records["FIRST"]]
    assert set(early["EPOCH"]) == {"SCREENING"}


def test_a_result_has_at_most_one_flag_before_exposure(frames):
    for name, by in (
        ("LB", ["LBTESTCD", "LBSPEC"]),
        ("TR", ["TRLNKID", "TRTESTCD"]),
        ("VS", ["VSTESTCD"]),
        ("EG", ["EGTESTCD"]),
    ):
        flagged = frames[name][frames[name][f"{name}LOBXFL"] == "Y"]
        assert len(flagged) > 75
        assert not flagged.duplicated(["USUBJID", *by]).any()
        treated = frames["DM"].set_index("USUBJID")["RFXSTDTC"]
        assert (flagged[f"{name}DTC"] < flagged["USUBJID"].map(treated)).all()

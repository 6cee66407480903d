"""Every analysis dataset against ADaMIG 1.3, and its records against the rules of ADaM.

The rules of `cdisc validate` hold all this too; here each is asked a second time, in plain pandas.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from cdisc.pipeline.metadata import described
from cdisc.standards import catalogue

IG = catalogue("ADaMIG", "1.3")
# the structure of the guide that each dataset follows, and the class that Define-XML names
BDS = ("BDS", "BASIC DATA STRUCTURE")
STRUCTURES = {
    "ADSL": ("ADSL", "SUBJECT LEVEL ANALYSIS DATASET"),
    "ADAE": ("AE", "OCCURRENCE DATA STRUCTURE/ADVERSE EVENT"),
    "ADCP": BDS,
    "ADCYT": BDS,
    "ADEX": BDS,
    "ADLB": BDS,
    "ADPC": ("BDS", "BASIC DATA STRUCTURE/NON-COMPARTMENTAL ANALYSIS"),
    "ADPP": BDS,
    "ADRS": BDS,
    "ADTR": BDS,
    "ADTTE": ("TTE", "BASIC DATA STRUCTURE/TIME-TO-EVENT"),
}
LONGEST_LABEL = 40
NAME = re.compile("[A-Z][A-Z0-9]{0,7}")
DATES = {"DTM": "DATETIME20.", "DT": "DATE9.", "TM": "TIME8."}
WITH_PARAMETERS = sorted(STRUCTURES.keys() - {"ADSL", "ADAE"})


@pytest.fixture(scope="module")
def datasets(study, built):
    """The analysis datasets as they are written: measured, with labels and formats."""
    found = described(study, built.datasets)[0]
    return {name: one for name, one in found.items() if one.purpose == "Analysis"}


@pytest.fixture(params=sorted(STRUCTURES))
def dataset(request, datasets):
    return datasets[request.param]


@pytest.fixture(params=WITH_PARAMETERS)
def parameters(request, datasets):
    """The records of a dataset of parameters."""
    return datasets[request.param].frame


# ---- the dataset and its variables ----------------------------------------------------------


def test_every_dataset_of_the_study_is_here(datasets):
    assert set(datasets) == set(STRUCTURES)


def test_its_class_is_that_of_its_structure(dataset):
    structure, class_ = STRUCTURES[dataset.name]
    known = IG.dataset(structure)
    assert dataset.class_ == class_
    assert class_.split("/")[0] == known.class_
    assert dataset.structure
    assert 0 < len(dataset.label) <= LONGEST_LABEL


def test_what_the_guide_requires_is_there(dataset):
    structure, _ = STRUCTURES[dataset.name]
    required = {variable.name for variable in IG.variables(structure) if variable.core == "Req"}
    if structure == "TTE":  # it adds to BDS
        required |= {variable.name for variable in IG.variables("BDS") if variable.core == "Req"}
    assert {"STUDYID", "USUBJID"} <= required
    prefix = dataset.name.removeprefix("AD")
    for name in required:  # AETERM for --TERM; TRT01P, and if need be TRT02P, for TRTxxP
        wanted = re.compile(name.replace("--", prefix).replace("xx", "[0-9]{2}"))
        assert any(map(wanted.fullmatch, dataset.frame.columns)), name
    if structure in ("BDS", "TTE"):
        assert {"AVAL", "AVALC"} & set(dataset.frame.columns)


def test_its_variables_stand_in_the_order_of_the_guide(dataset):
    structure, _ = STRUCTURES[dataset.name]
    names = [variable.name for variable in dataset.variables]
    assert names == list(dataset.frame.columns)
    assert names == sorted(names, key=lambda name: IG.position(structure, name))


def test_standard_variables_have_the_labels_and_types_of_the_guide(dataset):
    structure, _ = STRUCTURES[dataset.name]
    seen = 0
    for variable in dataset.variables:
        standard = IG.variable(structure, variable.name)
        assert variable.non_standard == (standard is None), variable.name
        if standard is None:
            continue
        assert variable.type == standard.type, variable.name
        # the label of AETERM is that of AE, not of any --TERM; that of MSCSDT the study's
        if not standard.general and standard.label:
            assert variable.label == standard.label, variable.name
            seen += 1
    assert seen > len(dataset.variables) / 3


def test_names_and_labels_fit_a_transport_file(dataset):
    for variable in dataset.variables:
        assert NAME.fullmatch(variable.name), variable.name
        assert variable.label == variable.label.strip(), variable.name
        assert 0 < len(variable.label) <= LONGEST_LABEL, variable.name


def test_a_variable_has_the_type_that_it_is_said_to_have(dataset):
    for variable in dataset.variables:
        column = dataset.frame[variable.name]
        number = not isinstance(column.dtype, pd.StringDtype)
        assert (variable.type == "Num") == number, variable.name


def test_a_variable_of_several_datasets_has_one_label_and_one_type(datasets):
    told: dict[str, set[tuple[str, str]]] = {}
    for dataset in datasets.values():
        for variable in dataset.variables:
            told.setdefault(variable.name, set()).add((variable.label, variable.type))
    assert {name: found for name, found in told.items() if len(found) > 1} == {}


def test_dates_are_numbers_with_a_format_and_nothing_else_is(dataset):
    for variable in dataset.variables:
        column = dataset.frame[variable.name]
        is_date = pd.api.types.is_datetime64_any_dtype(column.dtype)
        ending = next((end for end in DATES if variable.name.endswith(end)), "")
        if is_date:
            assert ending in ("DT", "DTM"), variable.name
            assert variable.format == DATES[ending], variable.name
        elif ending in ("DT", "DTM"):
            assert variable.type == "Char", variable.name
        if is_date and ending == "DT":
            known = column.dropna()
            assert (known == known.dt.normalize()).all(), variable.name


# ---- its records ----------------------------------------------------------------------------


def test_keys_begin_with_the_study_and_tell_each_record_apart(dataset):
    assert dataset.keys[:2] == ("STUDYID", "USUBJID")
    assert not dataset.frame.duplicated(list(dataset.keys)).any()


def test_records_are_in_the_order_of_their_subjects(dataset):
    assert dataset.frame["USUBJID"].is_monotonic_increasing


def test_a_sequence_number_is_of_one_record_of_the_subject(dataset):
    if "ASEQ" in dataset.frame:
        frame = dataset.frame
        assert not frame.duplicated(["USUBJID", "ASEQ"]).any()
        for _, numbers in frame.groupby("USUBJID")["ASEQ"]:
            assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_adsl_has_one_record_of_each_record_of_dm(frames):
    assert sorted(frames["ADSL"]["USUBJID"]) == sorted(frames["DM"]["USUBJID"])


def test_every_subject_is_in_adsl_and_is_told_the_same_of(dataset, frames):
    there = frames["ADSL"].set_index("USUBJID")
    frame = dataset.frame
    assert set(frame["USUBJID"]) <= set(there.index)
    for name in frame.columns.intersection(there.columns):
        expected = frame["USUBJID"].map(there[name])
        same = (frame[name] == expected) | (frame[name].isna() & expected.isna())
        assert same.all(), name


def test_a_parameter_has_one_code_one_text_and_one_number(parameters):
    pairs = parameters[["PARAMCD", "PARAM"]].drop_duplicates()
    assert not pairs.isna().any().any()
    assert pairs["PARAMCD"].is_unique
    assert pairs["PARAM"].is_unique
    assert pairs["PARAMCD"].str.fullmatch(NAME).all()
    if "PARAMN" in parameters:
        numbers = parameters[["PARAMCD", "PARAMN"]].drop_duplicates()
        assert numbers["PARAMCD"].is_unique
        assert numbers["PARAMN"].is_unique


def test_a_type_of_baseline_is_told_for_all_records_of_a_parameter_or_none(parameters):
    if "BASETYPE" in parameters:
        told = parameters["BASETYPE"].notna().groupby(parameters["PARAMCD"]).agg(["all", "any"])
        assert (told["all"] == told["any"]).all()


def _of_baseline(frame):
    return ["USUBJID", "PARAMCD", *(["BASETYPE"] if "BASETYPE" in frame else [])]


def test_a_subject_has_one_baseline_of_a_parameter_and_type(parameters):
    if "ABLFL" in parameters:
        assert set(parameters["ABLFL"].dropna()) == {"Y"}
        flagged = parameters[parameters["ABLFL"] == "Y"]
        assert not flagged.duplicated(_of_baseline(parameters)).any()


def test_base_is_the_value_of_the_flagged_record(parameters):
    if "BASE" in parameters and "ABLFL" in parameters:
        by = _of_baseline(parameters)
        flagged = parameters[parameters["ABLFL"] == "Y"].set_index(by)["AVAL"]
        keys = pd.MultiIndex.from_frame(parameters[by])
        expected = flagged.reindex(keys).to_numpy()
        told = parameters["BASE"].notna()
        assert told.any()
        np.testing.assert_array_equal(parameters["BASE"][told], expected[told])


def test_change_is_the_value_less_the_baseline(parameters):
    if "CHG" in parameters:
        told = parameters["CHG"].notna()
        assert told.any()
        difference = parameters["AVAL"] - parameters["BASE"]
        np.testing.assert_allclose(parameters["CHG"][told], difference[told], rtol=1e-12, atol=1e-9)
    if "PCHG" in parameters:
        told = parameters["PCHG"].notna()
        assert told.any()
        percent = 100 * (parameters["AVAL"] - parameters["BASE"]) / parameters["BASE"]
        np.testing.assert_allclose(parameters["PCHG"][told], percent[told], rtol=1e-9, atol=1e-9)


def test_a_flag_is_y_n_or_null_and_that_of_a_population_never_null(dataset):
    populations = {"FASFL", "SAFFL", "MSCFL", "DLTEVLFL", "EFFFL", "PKFL", "BIOFL", "ENRLFL"}
    for name in dataset.frame.columns:
        if name.endswith("FL"):
            column = dataset.frame[name]
            if name in populations:
                assert set(column) <= {"Y", "N"}, name
            else:
                assert set(column.dropna()) <= {"Y", "N"}, name

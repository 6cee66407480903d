"""Every dataset against SDTMIG 3.4 itself: variables, order, labels, types, keys, lengths."""

from __future__ import annotations

import pytest

from cdisc.pipeline.metadata import described
from cdisc.standards import catalogue

IG = catalogue("SDTMIG", "3.4")
LONGEST = 200


@pytest.fixture(scope="module")
def datasets(study, built):
    """The datasets as they are written: measured, with value levels and lengths."""
    found = described(study, built.datasets)[0]
    return {name: one for name, one in found.items() if one.purpose == "Tabulation"}


def test_every_dataset_is_one_of_the_guide(datasets):
    for name, dataset in datasets.items():
        known = IG.dataset(name)
        assert known is not None, name
        assert (name, dataset.label, dataset.class_) == (name, known.label, known.class_)
        assert dataset.structure
        assert not dataset.non_standard


def test_no_required_or_expected_variable_is_missing(datasets):
    absent = {
        f"{name}.{standard.name}"
        for name, dataset in datasets.items()
        for standard in IG.variables(name)
        if standard.core in ("Req", "Exp") and standard.name not in dataset.frame.columns
    }
    assert absent == set()


def test_order_labels_types_and_roles_are_those_of_the_guide(datasets):
    for name, dataset in datasets.items():
        names = [variable.name for variable in dataset.variables]
        assert names == sorted(names, key=lambda n, d=name: IG.position(d, n)), name
        assert names == list(dataset.frame.columns), name
        for variable in dataset.variables:
            standard = IG.variable(name, variable.name)
            assert standard is not None, f"{name}.{variable.name}"
            assert not variable.non_standard
            assert (
                f"{name}.{variable.name}",
                variable.label,
                variable.type,
                variable.role,
                variable.core,
            ) == (
                f"{name}.{variable.name}",
                standard.label,
                standard.type,
                standard.role,
                standard.core,
            )


def test_keys_are_variables_and_begin_with_the_study(datasets):
    for name, dataset in datasets.items():
        assert dataset.keys, name
        assert dataset.keys[0] == "STUDYID", name
        assert set(dataset.keys) <= set(dataset.frame.columns), name
        subjects = "USUBJID" in dataset.frame.columns
        assert (dataset.scope == "subject") == subjects, name


def test_a_text_is_as_long_as_its_longest_value_anywhere_and_fits_a_transport_file(datasets):
    longest: dict[str, int] = {}
    for dataset in datasets.values():
        for variable in dataset.variables:
            if variable.type == "Char":
                values = dataset.frame[variable.name].dropna()
                here = max((len(text.encode()) for text in values), default=1)
                longest[variable.name] = max(longest.get(variable.name, 1), here)
                assert here <= variable.length <= LONGEST, f"{dataset.name}.{variable.name}"
    for name, dataset in datasets.items():
        if name.startswith("SUPP"):
            continue
        for variable in dataset.variables:
            if variable.type == "Char":
                assert variable.length <= longest[variable.name], f"{name}.{variable.name}"


def test_values_are_ascii(datasets):
    odd = {
        f"{name}.{column}"
        for name, dataset in datasets.items()
        for column in dataset.frame.columns
        if dataset.variable(column).type == "Char"
        and not all(text.isascii() for text in dataset.frame[column].dropna().unique())
    }
    assert odd == set()

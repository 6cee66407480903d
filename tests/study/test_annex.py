"""Every variable of the study design is in the datasets, as the design says it is.

What is not so is listed here: datasets and variables that are not built yet, in lists that only
shrink, and departures that stay, each with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cdisc.model import Dataset

ANNEX = "annex_sdtm_variables.csv"
SUPPLEMENTAL = "SUPP--"

# ---- what other parts of the study still owe; both lists only shrink ---------------------

NOT_YET_DATASETS: set[str] = set()
NOT_YET: set[str] = set()

# ---- departures that stay ---------------------------------------------------------------

LEFT_OUT = {
    "CM.CMRSDISC": "no form asks why another treatment was stopped",
}
"""Permissible variables of the design without any value, which are left out."""

BEYOND = {
    "TS.TSVAL1": "outcome measures of more than 200 characters",
    "CO.COVAL1": "comments of more than 200 characters",
    "EG.EGCLSIG": "the form's interpretation also says whether a finding is significant",
}
"""Variables that the design does not list."""

ORIGINS = {
    "RELREC.RELID": ("Derived", "numbered by the program, record by record"),
}
"""Origins that differ from the design's, with the reason."""

BY_VALUE = {"QVAL"}
"""Variables whose values have an origin each, said by value."""


@pytest.fixture(scope="module")
def annex(design) -> list[Mapping[str, str]]:
    return list(design(ANNEX))


def named(annex, built) -> list[tuple[str, Mapping[str, str], Dataset]]:
    """Each line of the annex with a dataset it is about, as `LB.LBTESTCD`."""
    supplemental = [name for name in built.datasets if name.startswith("SUPP")]
    return [
        (f"{name}.{line['variable']}", line, built.datasets[name])
        for line in annex
        for name in (supplemental if line["dataset"] == SUPPLEMENTAL else [line["dataset"]])
        if name in built.datasets
    ]


def test_every_dataset_of_the_design_is_built(annex, built):
    wanted = {line["dataset"] for line in annex} - {SUPPLEMENTAL}
    assert wanted - set(built.datasets) == NOT_YET_DATASETS


def test_every_variable_of_the_design_is_there(annex, built):
    absent = {
        name
        for name, line, dataset in named(annex, built)
        if line["variable"] not in dataset.frame.columns
    }
    assert absent == NOT_YET | set(LEFT_OUT)
    there = {
        f"{name}.{variable.name}"
        for name, dataset in built.datasets.items()
        for variable in dataset.variables
        if dataset.purpose == "Tabulation"
    }
    assert there - {name for name, _, _ in named(annex, built)} == set(BEYOND)


def test_what_is_left_out_is_permissible(annex, built):
    core = {name: line["core"] for name, line, _ in named(annex, built)}
    assert {core[name] for name in LEFT_OUT} <= {"Perm", "model"}


def test_labels_and_types_are_those_of_the_design(annex, built):
    for name, line, dataset in named(annex, built):
        if name in NOT_YET or name in LEFT_OUT:
            continue
        variable = dataset.variable(line["variable"])
        type_ = {"DateTime": "Char"}.get(line["type"], line["type"])
        assert (name, variable.label, variable.type) == (name, line["label"], type_)


def test_origins_are_those_of_the_design_or_explained(annex, built):
    different = {}
    for name, line, dataset in named(annex, built):
        if name in NOT_YET or name in LEFT_OUT:
            continue
        variable = dataset.variable(line["variable"])
        if line["variable"] in BY_VALUE:
            assert all(level.origin is not None for level in variable.values), name
            continue
        assert variable.origin is not None, name
        if variable.origin.type != line["origin"]:
            different[name] = variable.origin.type
    assert different == {name: origin for name, (origin, _) in ORIGINS.items()}

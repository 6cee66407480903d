"""Lineage: every built record has the records it came from, and their values say so."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import HealthCheck, given, settings

from cdisc.algorithms.columns.uniques import text_column
from cdisc.build import Built, Inputs, build
from cdisc.spec import StudySpec

from .made_up import inputs_of, raw_data

several_runs = settings(
    max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

Parents = dict[int, list[tuple[str, int]]]


def parents(built: Built, dataset: str, role: str = "rows") -> Parents:
    """For each record its parents in one role: name of the table and row there."""
    edges = built.lineage[dataset]
    found: Parents = defaultdict(list)
    if role not in edges.roles:
        return found
    for index in np.flatnonzero(edges.role == edges.roles.index(role)):
        origin = edges.parents[edges.parent[index]]
        found[int(edges.child[index])].append((origin, int(edges.parent_row[index])))
    return found


def cell(built: Built, inputs: Inputs, origin: str, row: int, column: str) -> str | None:
    """One value of a raw table or built dataset, as text."""
    if origin.startswith("raw:"):
        frame = inputs.tables[origin.removeprefix("raw:")].frame
    else:
        frame = built.datasets[origin].frame
    found = text_column(frame[column].iloc[[row]]).iloc[0]
    return found if isinstance(found, str) else None


COPIED = {
    # variable: role of the parent, its column
    "DM": {"SUBJID": ("rows", "SUBJ"), "SEX": ("rows", "SEX"), "COUNTRY": ("site", "COUNTRY")},
    "AE": {
        "AETERM": ("rows", "TERM"),
        "AESTDTC": ("rows", "DAY"),
        "AESPID": ("rows", "N"),
        "AELLT": ("before", "DRUG"),
        "AEDUR": ("period", "EXSEQ"),
    },
    "VS": {"VSDTC": ("rows", "DAY"), "VSSPID": ("rows", "N")},
    "ADAE": {
        "USUBJID": ("rows", "USUBJID"),
        "AETERM": ("rows", "AETERM"),
        "AESEQ": ("rows", "AESEQ"),
        "SEX": ("DM", "SEX"),
    },
}


@several_runs
@given(tables=raw_data())
def test_copied_values_are_those_of_the_parents(study: StudySpec, tables) -> None:
    inputs = inputs_of(tables)
    built = build(study, inputs)
    for name, variables in COPIED.items():
        for variable, (role, column) in variables.items():
            found = parents(built, name, role)
            for row in range(len(built.datasets[name].frame)):
                value = cell(built, inputs, name, row, variable)
                origins = found[row]
                assert len(origins) <= 1 if role != "rows" else len(origins) == 1
                expected = [cell(built, inputs, *origin, column) for origin in origins]
                assert value == (expected[0] if expected else None), (name, variable, row)


@several_runs
@given(tables=raw_data())
def test_every_record_has_the_records_it_was_made_of(study: StudySpec, tables) -> None:
    built = build(study, inputs_of(tables))
    assert set(built.lineage) == set(built.datasets)
    for name, edges in built.lineage.items():
        records = len(built.datasets[name].frame)
        assert set(parents(built, name)) == set(range(records))
        assert edges.child.tolist() == sorted(edges.child)
        assert edges.child.dtype == edges.parent_row.dtype == np.int64
        assert edges.parent.dtype == edges.role.dtype == np.int16


@several_runs
@given(tables=raw_data())
def test_a_summary_has_all_records_of_its_group_as_parents(study: StudySpec, tables) -> None:
    inputs = inputs_of(tables)
    built = build(study, inputs)
    found = parents(built, "EX")
    dose = inputs.tables["dose"].frame
    for row in range(len(built.datasets["EX"].frame)):
        subject = cell(built, inputs, "EX", row, "USUBJID")
        drug = cell(built, inputs, "EX", row, "EXTRT")
        same = [
            place
            for place, (one, other) in enumerate(zip(dose["SUBJ"], dose["DRUG"], strict=True))
            if other == drug and (one == subject.removeprefix("S1-") if subject else one != one)
        ]
        assert found[row] == [("raw:dose", place) for place in same]


@several_runs
@given(tables=raw_data())
def test_a_reference_date_comes_from_a_record_with_that_date(study: StudySpec, tables) -> None:
    inputs = inputs_of(tables)
    built = build(study, inputs)
    for variable, columns in {
        "RFSTDTC": {"EX": "EXSTDTC"},
        "RFENDTC": {"EX": "EXENDTC", "AE": "AESTDTC"},
    }.items():
        found = parents(built, "DM", variable)
        for row in range(len(built.datasets["DM"].frame)):
            value = cell(built, inputs, "DM", row, variable)
            dates = [cell(built, inputs, o, r, columns[o]) for o, r in found[row]]
            subjects = {cell(built, inputs, o, r, "USUBJID") for o, r in found[row]}
            assert dates == ([value] if value else [])
            assert subjects <= {cell(built, inputs, "DM", row, "USUBJID")}


@several_runs
@given(tables=raw_data())
def test_a_supplemental_record_belongs_to_the_record_it_names(study: StudySpec, tables) -> None:
    inputs = inputs_of(tables)
    built = build(study, inputs)
    for parent in ("AE", "DM", "VS"):
        supp = f"SUPP{parent}"
        for row, [(origin, place)] in parents(built, supp).items():
            assert origin == parent
            assert cell(built, inputs, supp, row, "USUBJID") == cell(
                built, inputs, parent, place, "USUBJID"
            )
            sequence = cell(built, inputs, supp, row, "IDVARVAL")
            expected = (
                None if parent == "DM" else cell(built, inputs, parent, place, f"{parent}SEQ")
            )
            assert sequence == expected


@several_runs
@given(tables=raw_data())
def test_the_place_of_a_record_is_its_raw_row(study: StudySpec, tables) -> None:
    inputs = inputs_of(tables)
    built = build(study, inputs)
    for name in ("AE", "SUPPAE", "VS", "ADAE"):
        count = len(built.datasets[name].frame)
        for row, place in enumerate(built.locate(name, np.arange(count))):
            at = (name, row)
            while not at[0].startswith("raw:"):
                [at] = parents(built, at[0])[at[1]]
            table = inputs.tables[at[0].removeprefix("raw:")]
            assert (place.file, place.row) == (table.files[0], table.row_of[at[1]])
            assert (place.usubjid or None) == cell(built, inputs, name, row, "USUBJID")


@several_runs
@given(tables=raw_data())
def test_building_some_datasets_gives_them_as_building_all_does(study: StudySpec, tables) -> None:
    inputs = inputs_of(tables)
    whole = build(study, inputs)
    for name in ("AE", "ADAE", "DM"):
        part = build(study, inputs, only=[name])
        assert set(part.datasets) <= {name, f"SUPP{name}"}
        assert part.datasets[name].frame.equals(whole.datasets[name].frame)
        one, other = part.lineage[name], whole.lineage[name]
        assert one.roles == other.roles
        for field in ("child", "parent", "parent_row", "role"):
            np.testing.assert_array_equal(getattr(one, field), getattr(other, field))

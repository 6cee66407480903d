"""Parameters: what is made of an earlier one comes from its records; copies have predecessors."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cdisc.build import Built, build, read_inputs
from cdisc.errors import CdiscError
from cdisc.model import Origin, Variable
from cdisc.spec import StudySpec
from cdisc.spec.check import check_study

from .test_lineage import parents

EXAMPLE = Path(__file__).parents[1] / "examples" / "parameters"
WriteStudy = Callable[..., StudySpec]


def texts() -> dict[str, str]:
    """The specs and sources of the example, as `write_study` wants them."""
    found = {}
    for path in sorted(EXAMPLE.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        found[path.stem.upper()] = text.partition(f"dataset: {path.stem.upper()}\n")[2]
    for path in sorted((EXAMPLE / "input").glob("*.csv")):
        found[path.stem] = path.read_text(encoding="utf-8")
    return found


@pytest.fixture
def built(write_study: WriteStudy) -> Built:
    study = write_study(**texts())
    return build(study, read_inputs(study))


def row(built: Built, subject: str, code: str) -> int:
    frame = built.datasets["ADVS"].frame
    found = frame.index[(frame["USUBJID"] == subject) & (frame["PARAMCD"] == code)]
    return int(found[0])


def test_a_parameter_made_of_another_comes_from_its_records(built: Built) -> None:
    first = row(built, "S1-01", "WEIGHT")
    found = parents(built, "ADVS")[row(built, "S1-01", "MAXWT")]
    assert found == [("ADVS", first), ("ADVS", first + 1)]


def test_records_that_an_algorithm_chose_in_rows_are_parents_too(built: Built) -> None:
    found = parents(built, "ADVS")[row(built, "S1-01", "FIRSTWT")]
    assert found == [("ADSL", 0), ("ADVS", row(built, "S1-01", "WEIGHT"))]


def variable(built: Built, name: str) -> Variable:
    return built.datasets["ADVS"].variable(name)


def test_a_copy_has_a_predecessor_and_what_that_is(built: Built) -> None:
    sex = variable(built, "SEX")
    assert sex.origin == Origin("Predecessor", predecessor="ADSL.SEX")
    assert (sex.label, sex.codelist) == ("Sex", "SEX")
    started = variable(built, "STARTDTC")
    assert started.label == "Start of Treatment as Collected"


def test_what_is_copied_in_one_part_only_is_derived_and_parameters_are_assigned(
    built: Built,
) -> None:
    assert variable(built, "AVAL").origin == Origin("Derived", "Sponsor")
    assert variable(built, "PARAMCD").origin == Origin("Assigned", "Sponsor")


def test_a_copy_that_summarized_records_lack_is_described_by_the_records_that_have_it(
    write_study: WriteStudy,
) -> None:
    specs = texts()
    specs["ADVS"] += "  VSTESTCD: {copy: VSTESTCD}\n"
    study = write_study(**specs)
    found = variable(build(study, read_inputs(study)), "VSTESTCD")
    assert (found.label, found.type) == ("Vital Signs Test Short Name", "Char")
    assert found.origin == Origin("Predecessor", predecessor="VS.VSTESTCD")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "ADSL: [SEX, STARTDTC]",
            "ADSLL: [SEX]",
            "ADSLL is no dataset to carry from. Did you mean ADSL?",
        ),
        ("ADSL: [SEX, STARTDTC]", "ADSL: [SEXX]", "ADSL has no variable SEXX. Did you mean SEX?"),
        ("MAXWT:", "VS:", "a parameter cannot be called VS: that is a dataset or a lookup"),
        ("MAXWT:", "vs:", "a parameter cannot be called vs. The name is taken"),
    ],
)
def test_what_cannot_be_is_told_where_it_stands(
    write_study: WriteStudy, old: str, new: str, message: str
) -> None:
    specs = texts()
    specs["ADVS"] = specs["ADVS"].replace(old, new)
    if new == "vs:":
        specs["ADVS"] = specs["ADVS"].replace("label: Highest Weight (kg)", "")
    with pytest.raises(CdiscError, match=re.escape(message)) as caught:
        check_study(write_study(**specs)).raise_errors()
    assert "mappings/adam/advs.yaml:" in str(caught.value)

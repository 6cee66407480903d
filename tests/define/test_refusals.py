"""What a user can get wrong: located, with a hint, and no file left behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest

from cdisc.define import write_define
from cdisc.errors import SpecError, WriteError
from cdisc.model import Codelist, Condition, Dataset, Origin, Standard, StudyInfo, ValueLevel


def with_variable(dataset: Dataset, name: str, **changes: object) -> Dataset:
    variables = tuple(
        dataclasses.replace(v, **changes) if v.name == name else v for v in dataset.variables
    )
    return dataclasses.replace(dataset, variables=variables)


def replaced(dataset: Dataset, **changes: object) -> Dataset:
    return dataclasses.replace(dataset, **changes)


def test_user_errors_are_located_and_leave_no_file(
    study: StudyInfo, sdtm: list[Dataset], codelists: Mapping[str, Codelist], tmp_path: Path
) -> None:
    dm = sdtm[0]
    no_crf = dataclasses.replace(study, documents=())
    old_ct = tuple(s for s in study.standards if s.publishing_set != "SDTM")
    no_guide = tuple(s for s in study.standards if s.type == "CT")
    odd = (*study.standards, Standard("CDISC/NCI", "CT", "2025-03-28", "SDMT"))
    cases: list[tuple[StudyInfo, Dataset, str]] = [
        (study, replaced(dm, class_="Event"), "Did you mean EVENTS?"),
        (study, replaced(dm, class_="BDS/ADVERSE EVENT"), "not a subclass"),
        (study, with_variable(dm, "SEX", codelist="SEKS"), "DM.SEX: there is no codelist SEKS"),
        (study, with_variable(dm, "SEX", dictionary="MedDRA 27.1"), "one of the two"),
        (study, with_variable(dm, "AGE", origin=Origin("derived")), "Did you mean Derived?"),
        (study, with_variable(dm, "AGE", origin=Origin("Derived", "Site")), "origin source"),
        (no_crf, dm, "no annotated CRF"),
        (study, replaced(dm, keys=("USUBJD",)), "Did you mean USUBJID?"),
        (dataclasses.replace(study, standards=old_ct), dm, "sdtmct-2025-03-28"),
        (dataclasses.replace(study, standards=no_guide), dm, "no implementation guide"),
        (dataclasses.replace(study, standards=odd), dm, "publishing set"),
    ]
    path = tmp_path / "define.xml"
    for info, dataset, message in cases:
        with pytest.raises(SpecError, match=message.replace("?", r"\?")):
            write_define(info, [dataset], codelists, path)
    with pytest.raises(SpecError, match="DM: two datasets have this name"):
        write_define(study, [dm, dm], codelists, path)
    with pytest.raises(SpecError, match="at least one dataset"):
        write_define(study, [], codelists, path)
    assert list(tmp_path.iterdir()) == []


def test_a_control_character_is_refused(
    study: StudyInfo, sdtm: list[Dataset], codelists: Mapping[str, Codelist], tmp_path: Path
) -> None:
    bad = dataclasses.replace(sdtm[0], comment="bell \x07")
    with pytest.raises(WriteError, match=r"U\+0007"):
        write_define(study, [bad], codelists, tmp_path / "define.xml")
    lone = dataclasses.replace(sdtm[0], comment="half \ud800")
    with pytest.raises(WriteError, match=r"U\+D800"):
        write_define(study, [lone], codelists, tmp_path / "define.xml")


def test_a_where_clause_names_variables_that_exist(
    study: StudyInfo, sdtm: list[Dataset], codelists: Mapping[str, Codelist], tmp_path: Path
) -> None:
    level = ValueLevel(where=(Condition("VSTESCD", "EQ", ("1",)),), data_type="text", length=1)
    for codelist in ("", "NY"):
        levels = (dataclasses.replace(level, codelist=codelist),)
        broken = with_variable(sdtm[2], "VSORRES", values=levels)
        with pytest.raises(SpecError, match="VSTESCD, which"):
            write_define(study, [broken], codelists, tmp_path / "define.xml")

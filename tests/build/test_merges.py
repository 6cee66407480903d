"""A merge with several records on the right and nothing that says which: an error, no value."""

from __future__ import annotations

import pandas as pd
import pytest

from cdisc.build import build, read_inputs
from cdisc.errors import CdiscError
from cdisc.model import Severity

SPEC = """\
structure: ADSL
keys: [STUDYID, USUBJID]
rows: dm
lookups:
  weight: {{from: vs, match: {{SUBJ: SUBJ}}, {take}}}
variables:
  USUBJID: {{copy: SUBJ}}
  WEIGHT: {{copy: weight.KG, label: Weight}}
"""
DM = "SUBJ\n01\n02\n"
VS = "SUBJ,DAY,KG\n01,2024-01-02,70\n01,{day},71\n02,2024-01-02,80\n"


def merged(write_study, take: str, day: str = "2024-01-01"):
    study = write_study(ADSL=SPEC.format(take=take), dm=DM, vs=VS.format(day=day))
    built = build(study, read_inputs(study))
    weights = built.datasets["ADSL"].frame["WEIGHT"]
    found = [f for f in built.findings if f.rule.startswith("lookup.")]
    return [None if pd.isna(one) else one for one in weights], found


def test_duplicates_on_the_right_without_an_order_are_an_error_and_give_nothing(
    write_study,
) -> None:
    weights, found = merged(write_study, "take: one, if_none: missing")
    assert weights == [None, "80"]
    assert [(f.rule, f.severity, f.count) for f in found] == [("lookup.several", Severity.ERROR, 1)]
    assert "01" in found[0].message


def test_an_order_decides_and_nothing_is_found(write_study) -> None:
    assert merged(write_study, "take: last, order: [DAY], if_none: missing") == (["70", "80"], [])


def test_an_order_that_does_not_decide_is_an_error(write_study) -> None:
    take = "take: last, order: [DAY], if_none: missing"
    _, found = merged(write_study, take, day="2024-01-02")
    assert [(f.rule, f.severity, f.count) for f in found] == [("lookup.several", Severity.ERROR, 1)]


@pytest.mark.parametrize("take", ["first", "last"])
def test_the_first_or_last_of_no_order_is_refused(write_study, take) -> None:
    with pytest.raises(CdiscError, match="order"):
        merged(write_study, f"take: {take}, if_none: missing")


def test_several_records_of_a_subject_where_one_is_read_are_an_error(write_study) -> None:
    spec = """\
keys: [STUDYID, USUBJID]
rows: {name}
variables:
  USUBJID: {{copy: SUBJ}}
"""
    adsl = "structure: ADSL\n" + spec.format(name="dm") + "  WEIGHT: {copy: DM.SEX, label: Sex}\n"
    dm = spec.format(name="vs") + "  SEX: {copy: KG}\n"
    study = write_study(ADSL=adsl, DM=dm, dm=DM, vs=VS.format(day="2024-01-01"))
    built = build(study, read_inputs(study))
    found = [f for f in built.findings if f.rule == "lookup.several"]
    assert [(f.dataset, f.severity) for f in found] == [("ADSL", Severity.ERROR)]
    assert pd.isna(built.datasets["ADSL"].frame["WEIGHT"].iloc[0])

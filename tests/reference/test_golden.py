"""The slow implementations give the golden answers."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from . import golden
from .irecist import irecist
from .lesions import Assessment
from .recist import recist
from .study import Parameters, irecist_records, parameters, recist_records

pytestmark = pytest.mark.parametrize("number", golden.SUBJECTS)


def answers(number: str, assessments: list[Assessment]) -> Parameters:
    dates = golden.DATES[number]
    return parameters(
        recist_records(assessments, dates.first_dose),
        irecist_records(assessments, dates.first_dose),
        dates.enrolled,
        dates.first_dose,
        dates.first_infusion,
        dates.new_therapy,
        dates.death,
        dates.last_alive,
    )


def check(made: Parameters, wanted: dict[str, object]) -> None:
    for name in ("BOR", "CBOR", "IBOR", "ICBOR"):
        assert made.responses[name].value == wanted[name], name
    for name, key in (("CRSP", "RSPDT"), ("ICRSP", "IRSPDT")):
        when = made.responses[name].date
        assert (when and when.isoformat()) == wanted[key], name
    for name in ("PFS", "IPFS", "PFSS", "DOR", "IDOR", "OS"):
        one = made.times[name]
        found = None if one is None else [one.date.isoformat(), one.days, one.cnsr]
        assert found == wanted.get(name), name
    for name in ("TTR", "ITTR"):
        one = made.times[name]
        assert (one and one.days) == wanted.get(name), name


def test_parameters_from_lesions(number):
    made = answers(number, golden.assessments(number))
    check(made, golden.ANSWERS[number])
    assert made.responses["PSPR"].value == golden.PSEUDO_PROGRESSION[number]


def test_timepoints_from_lesions(number):
    dose = golden.DATES[number].first_dose
    seen = golden.assessments(number)
    made = [
        (one.known, one.tl, one.nt, one.new, one.ovr, other.iovr, one.new_sum)
        for one, other in zip(recist(seen, dose), irecist(seen, dose), strict=True)
    ]
    assert made == golden.TIMEPOINTS[number]


def test_the_order_of_assessments_does_not_matter(number):
    dose = golden.DATES[number].first_dose
    seen = golden.assessments(number)
    turned = [
        replace(one, targets=one.targets[::-1], non_targets=one.non_targets[::-1])
        for one in seen[::-1]
    ]
    assert recist(turned, dose) == recist(seen, dose)
    assert irecist(turned, dose) == irecist(seen, dose)


def test_lesions_written_out_are_those_of_the_design(number):
    assert golden.assessments(number) == golden.assessments_of_table(number)


def test_dates_written_out_are_those_of_the_design(number):
    (row,) = (row for row in golden.table("subjects.csv") if row["SUBJID"] == number)
    dates = golden.DATES[number]
    texts = [dates.enrolled, dates.first_dose, dates.first_infusion, dates.new_therapy]
    assert ["" if one is None else one.isoformat() for one in texts] == [
        row[name] for name in ("ENRLDT", "TRTSDT", "MSCSDT", "NACTDT")
    ]
    assert dates.last_alive.isoformat() == row["LSTALVDT"]
    assert (dates.death.isoformat() if dates.death else "").startswith(row["DTHDTC"])


def test_answers_written_out_are_those_of_the_design(number):
    wanted = json.loads(golden.path("expected.json").read_text(encoding="utf-8"))
    assert golden.ANSWERS[number] == wanted[number]


def test_timepoints_are_those_of_the_design(number):
    """Every column of the table; a percentage to one decimal."""
    dose = golden.DATES[number].first_dose
    seen = golden.assessments_of_table(number)
    made = []
    for one, other in zip(recist(seen, dose), irecist(seen, dose), strict=True):
        made.append(
            {
                "ADT": one.date.isoformat(),
                "DAY": str((one.date - dose).days + 1),
                "SLD": text(one.sum),
                "KNOWN": text(one.known),
                "BASE": text(one.base),
                "NADIR": text(one.nadir),
                "PCHG": text(one.pchg, ".1f"),
                "PCNAD": text(one.pchgnad, ".1f"),
                "CHGNAD": text(one.chgnad),
                "TL": one.tl,
                "NT": one.nt or "",
                "NEW": "Y" if one.new else "N",
                "R11": one.ovr or "",
                "IR": other.iovr,
                "NEWSUM": text(one.new_sum),
            }
        )
    wanted = [
        {name: value for name, value in row.items() if name not in ("SUBJID", "VISIT")}
        for row in golden.table("expected_timepoints.csv")
        if row["SUBJID"] == number
    ]
    assert made == wanted


def text(value: object, form: str = "") -> str:
    if value is None:
        return ""
    return format(float(value), form) if form else str(value)

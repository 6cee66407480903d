"""The rules of the study are arguments in its specs: another argument gives another answer.

The specs of ADRS, ADTTE, ADTR and ADAE are taken as they are, over a crafted subject; then one
argument is written otherwise, as often as it stands there, and the answer changes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.study.crafted import ADAE, ADRS, ADTR, ADTTE, SPECS, Changes, build_study


@pytest.fixture
def answers(tmp_path: Path) -> Callable[..., dict[str, pd.DataFrame]]:
    return partial(build_study, tmp_path)


def response(frames: dict[str, pd.DataFrame], parameter: str) -> list[str]:
    found = frames["ADRS"]
    return found.loc[found["PARAMCD"] == parameter, "AVALC"].tolist()


def time(frames: dict[str, pd.DataFrame], parameter: str) -> tuple[int, int] | None:
    found = frames["ADTTE"].set_index("PARAMCD")
    if parameter not in found.index:
        return None
    return int(found.loc[parameter, "AVAL"]), int(found.loc[parameter, "CNSR"])


# of one criterion and of the other: parameter, its responses, the answer, another argument, answer
RESPONSES = [
    # stable disease counts from 35 days on
    ("BOR", "40=SD", "SD", "stable_days: 35", "stable_days: 42", "NE"),
    ("IBOR", "40=iSD", "iSD", "stable_days: 35", "stable_days: 42", "NE"),
    ("BOR", "34=SD", "NE", "stable_days: 35", "stable_days: 34", "SD"),
    # a response is confirmed 28 days later
    ("CBOR", "42=PR 70=PR", "PR", "confirm_days: 28", "confirm_days: 29", "SD"),
    ("CBOR", "42=PR 69=PR", "SD", "confirm_days: 28", "confirm_days: 27", "PR"),
    ("CRSP", "42=PR 70=PR", "Y", "confirm_days: 28", "confirm_days: 29", "N"),
    ("ICRSP", "42=iCR 70=iCR", "Y", "confirm_days: 28", "confirm_days: 29", "N"),
    ("ICBOR", "42=iPR 70=iPR", "iPR", "confirm_days: 28", "confirm_days: 29", "iSD"),
    # with one assessment between that could not be evaluated
    ("CRSP", "42=PR 56=NE 70=PR", "Y", "max_not_evaluable: 1", "max_not_evaluable: 0", "N"),
    ("CRSP", "42=PR 50=NE 56=NE 70=PR", "N", "max_not_evaluable: 1", "max_not_evaluable: 2", "Y"),
    # benefit is stable disease for 24 weeks
    ("CB", "42=SD 168=SD", "Y", "at_least_days: 168", "at_least_days: 169", "N"),
    ("ICB", "42=iSD 167=iSD", "N", "at_least_days: 168", "at_least_days: 167", "Y"),
    # a PR after a CR stays what the investigator said
    ("PD", "42=CR 84=PR", "N", "read_as: as_reported", "read_as: pd", "Y"),
    ("LSTA", "42=CR 84=PR", "PR", "read_as: as_reported", "read_as: sd", "SD"),
    ("ILSTA", "42=iCR 84=iPR", "iPR", "read_as: as_reported", "read_as: sd", "iSD"),
]


@pytest.mark.parametrize(("parameter", "said", "answer", "old", "new", "other"), RESPONSES)
def test_response_conventions_are_arguments(answers, parameter, said, answer, old, new, other):
    history = {"irecist" if parameter.startswith("I") else "recist": said}
    assert response(answers(**history), parameter) == [answer]
    assert response(answers(**history, change=(ADRS, old, new)), parameter) == [other]


def test_responses_on_the_day_of_new_therapy_count_by_an_argument(answers):
    history = {"recist": "42=SD 84=PR", "NACTDT": 84}
    assert response(answers(**history), "RSP") == ["Y"]
    change = (ADRS, "day_of_new_therapy: included", "day_of_new_therapy: excluded")
    assert response(answers(**history, change=change), "RSP") == ["N"]


TIMES = [
    # progression 98 days after the last adequate assessment is an event, later it is not
    ("PFS", "recist", "42=SD 140=PD", {}, (141, 0), "if_gap_over: 98", "if_gap_over: 97", (43, 4)),
    ("PFS", "recist", "42=SD 141=PD", {}, (43, 4), "if_gap_over: 98", "if_gap_over: 99", (142, 0)),
    ("IPFS", "irecist", "42=iSD 140=iUPD", {}, (141, 0), "if_gap_over: 98", "if_gap_over: 97",
     (43, 4)),
    ("DOR", "recist", "42=PR 84=PR 182=PD", {}, (141, 0), "if_gap_over: 98", "if_gap_over: 97",
     (43, 4)),
    ("IDOR", "irecist", "42=iPR 84=iPR 182=iUPD", {}, (141, 0), "if_gap_over: 98",
     "if_gap_over: 97", (43, 4)),
    # a death without an assessment counts within as many days
    ("PFS", "recist", "", {"DTHDT": 98}, (99, 0), "within: 98", "within: 97", (1, 2)),
    ("PFSS", "recist", "", {"DTHDT": 99}, (1, 2), "within: 98", "within: 99", (100, 0)),
    # new therapy ends the time before a later progression
    ("PFS", "recist", "42=SD 84=PD", {"NACTDT": 60}, (43, 3), "stopped_by: NACTDT",
     "stopped_by: DTHDT", (85, 0)),
    # which rule holds is the first of them
    ("PFS", "recist", "42=SD 84=SD 141=SD", {"NACTDT": 90}, (85, 3), "censoring: first_match",
     "censoring: latest", (142, 1)),
    # what was never confirmed counts, when it was never resolved
    ("IPFS", "irecist", "42=iSD 84=iUPD", {}, (85, 0), "PARAMCD == \"IUPD\"",
     "PARAMCD == \"NONE\"", (85, 1)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("parameter", "criteria", "said", "dates", "answer", "old", "new", "other"), TIMES
)
def test_time_conventions_are_arguments(
    answers, parameter, criteria, said, dates, answer, old, new, other
):
    history = {criteria: said, **dates, "specs": (ADRS, ADTTE)}
    assert time(answers(**history), parameter) == answer
    assert time(answers(**history, change=(ADTTE, old, new)), parameter) == other


DERIVED = [
    # parameter, scans, answers by the visits, another argument, answers
    ("-7 T1=50 | 42 T1=60", ["PD"], "progression_percent: 20", "progression_percent: 21", ["SD"]),
    ("-7 T1=20 | 42 T1=25", ["PD"], "progression_mm: 5", "progression_mm: 6", ["SD"]),
    ("-7 T1=50 | 42 T1=35", ["PR"], "response_percent: 30", "response_percent: 31", ["SD"]),
    ("-7 N1*=20 | 42 N1*=9", ["CR"], "node_mm: 10", "node_mm: 9", ["PR"]),
    ("-7 T1=16 | 42 T1=TS", ["PR"], "too_small_mm: 5", "too_small_mm: 12", ["SD"]),
]


@pytest.mark.parametrize(("scans", "answer", "old", "new", "other"), DERIVED)
def test_limits_of_derived_responses_are_arguments(answers, scans, answer, old, new, other):
    assert response(answers(scans=scans), "OVRDRV") == answer
    assert response(answers(scans=scans, change=(ADRS, old, new)), "OVRDRV") == other


def test_the_days_to_confirmed_progression_are_an_argument(answers):
    scans = "-7 T1=50 | 42 T1=60 | 68 T1=65"
    assert response(answers(scans=scans), "IOVRDRV") == ["iUPD", "iCPD"]
    change = (ADRS, "confirmation_days: 26", "confirmation_days: 27")
    assert response(answers(scans=scans, change=change), "IOVRDRV") == ["iUPD", "iUPD"]


SAFETY = [
    # of events on a day, the flag, another argument, the flag then
    ("128=1", "TRTEMFL", ["Y"], "window: 28", "window: 27", [None]),
    ("129=1", "TRTEMFL", [None], "window: 28", "window: 29", ["Y"]),
    ("365=1", "TRAEFL", ["Y"], "MSCSDT + 365", "MSCSDT + 364", [None]),
    ("366=1", "TF12FL", [None], "MSCSDT + 365", "MSCSDT + 366", ["Y"]),
    ("28=1", "DLTFL", ["Y"], "MSCSDT + 28", "MSCSDT + 27", [None]),
    ("28=1", "W28FL", ["Y"], "AINFDY <= 28", "AINFDY <= 27", [None]),
]


@pytest.mark.parametrize(("events", "flag", "answer", "old", "new", "other"), SAFETY)
def test_windows_of_adverse_events_are_arguments(answers, events, flag, answer, old, new, other):
    def flags(**more: Changes) -> list[str | None]:
        found = answers(events=events, specs=(ADAE,), **more)["ADAE"][flag]
        return [None if pd.isna(one) else one for one in found]

    assert flags() == answer
    assert flags(change=(ADAE, old, new)) == other


# ---- the specs of the study ------------------------------------------------------------------


def given(tree: object, name: str) -> list[object]:
    """Every value of an argument in what a spec says."""
    if isinstance(tree, dict):
        own = [tree[name]] if name in tree else []
        return own + [value for part in tree.values() for value in given(part, name)]
    return [value for part in tree for value in given(part, name)] if isinstance(tree, list) else []


@pytest.mark.parametrize(
    ("spec", "name", "value", "times"),
    [
        (ADRS, "stable_days", 35, 4),  # BOR, CBOR, IBOR, ICBOR
        (ADRS, "confirm_days", 28, 4),  # CRSP, CBOR, ICRSP, ICBOR
        (ADRS, "max_not_evaluable", 1, 4),
        (ADRS, "at_least_days", 168, 2),  # CB, ICB
        (ADRS, "read_as", "as_reported", 4),  # OVR, IOVR, OVRDRV, IOVRDRV
        (ADRS, "day_of_new_therapy", "included", 4),
        (ADRS, "progression_percent", 20, 2),
        (ADRS, "progression_mm", 5, 2),
        (ADRS, "response_percent", 30, 2),
        (ADRS, "node_mm", 10, 2),
        (ADRS, "too_small_mm", 5, 2),
        (ADTR, "too_small_mm", 5, 4),
        (ADRS, "confirmation_days", 26, 1),
        (ADTTE, "if_gap_over", 98, 6),  # PFS and IPFS twice, DOR, IDOR
        (ADTTE, "within", 98, 3),  # PFS, PFSS, IPFS
        (ADTTE, "censoring", "first_match", 5),
        (ADAE, "window", 28, 1),
    ],
)
def test_every_convention_stands_in_its_spec(spec, name, value, times):
    text = (SPECS / f"{spec}.yaml").read_text(encoding="utf-8")
    assert given(yaml.safe_load(text), name) == [value] * times


# ---- ADTR ------------------------------------------------------------------------------------


def test_percent_from_nadir_is_missing_when_the_nadir_is_0(answers):
    found = answers(scans="-7 T1=20 | 42 T1=0 | 84 T1=10", specs=(ADTR,))["ADTR"]
    sums = found[found["PARAMCD"] == "SDIAM"].sort_values("ADT")
    assert sums["AVAL"].tolist() == [20, 0, 10]
    assert sums["NADIR"].iloc[1:].tolist() == [20, 0]
    assert sums["CHGNAD"].iloc[1:].tolist() == [-20, 10]
    assert sums["PCHGNAD"].iloc[1] == -100
    assert pd.isna(sums["PCHGNAD"].iloc[2])
    assert sums["PCHG"].iloc[1:].tolist() == [-100, -50]

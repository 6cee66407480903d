"""The displays of the reference study: every one is made, and the golden subjects' numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from statsmodels.duration.survfunc import SurvfuncRight

from cdisc.build import Built
from cdisc.errors import Location
from cdisc.results.analyse import analyse
from cdisc.results.outcome import Outcome
from cdisc.spec import StudySpec
from tests.study.conftest import ROOT, SUBJECT

COMBO, MONO = "MSC-IFNa + Immunochemotherapy", "MSC-IFNa Monotherapy"
GOLDEN = [SUBJECT + number for number in ("0001", "0002", "0003", "0004")]
IDS = (
    "14.2.1", "14.2.1i", "14.2.2", "14.2.2.1", "14.2.2.2", "14.2.3", "14.2.3.1", "14.2.3.2",
    "14.2.4", "14.2.4.1", "14.2.5", "14.2.5.1", "14.2.6", "14.2.6.1", "14.2.7",
    "14.2.8", "14.2.9", "14.2.10",
    "14.3.1", "14.3.2", "14.3.3", "14.3.4", "14.3.5",
)  # fmt: skip


class Reader:
    """Gives the datasets as built, of all subjects or of some."""

    def __init__(self, built: Built, subjects: Sequence[str] = ()) -> None:
        self.built = built
        self.subjects = subjects

    def __call__(self, dataset: str, _at: Location) -> pd.DataFrame:
        found = self.built.datasets[dataset]
        frame = found.frame
        if self.subjects:
            frame = frame[frame["USUBJID"].isin(self.subjects)].reset_index(drop=True)
        frame.attrs["labels"] = {variable.name: variable.label for variable in found.variables}
        return frame


@pytest.fixture(scope="module")
def made(study: StudySpec, built: Built) -> Mapping[str, Outcome]:
    return {display.id: analyse(display, Reader(built))[1] for display in study.displays}


@pytest.fixture(scope="module")
def golden(study: StudySpec, built: Built) -> Mapping[str, Outcome]:
    reader = Reader(built, GOLDEN)
    wanted = ("14.2.1", "14.2.1i", "14.2.2", "14.2.3", "14.2.4", "14.2.8")
    displays = study.displays.displays
    return {id_: analyse(displays[id_], reader)[1] for id_ in wanted}


def found(outcome: Outcome, group: str, **levels: str) -> dict[str, Any]:
    return {
        one.name: one.value
        for one in outcome.statistics
        if one.group == group and levels.items() <= dict(one.levels).items()
    }


def param(built: Built, code: str) -> str:
    frame = built.datasets["ADTTE"].frame
    return str(frame.loc[frame["PARAMCD"] == code, "PARAM"].iloc[0])


def test_every_display_of_the_study_is_made(made: Mapping[str, Outcome]) -> None:
    assert tuple(made) == IDS
    assert [id_ for id_, outcome in made.items() if not outcome.statistics] == []


def test_only_displays_of_registered_outcomes_say_so(study: StudySpec) -> None:
    lines = (ROOT / "define" / "registration.yaml").read_text(encoding="utf-8").splitlines()
    lists = [line.split("[")[1].rstrip("]") for line in lines if line.startswith("  displays: [")]
    outcomes = {id_ for shown in lists for id_ in shown.split(", ")}
    for display in study.displays:
        said = (display.reason, display.purpose)
        if display.id in outcomes:
            assert said[0] == "SPECIFIED IN PROTOCOL"
            assert said[1] in ("PRIMARY OUTCOME MEASURE", "SECONDARY OUTCOME MEASURE")
        else:
            assert said == ("SPECIFIED IN SAP", "EXPLORATORY OUTCOME MEASURE"), display.id


def test_displays_have_no_warning(study: StudySpec) -> None:
    from cdisc.spec.check import check_study

    checked = check_study(study)
    told = [str(note) for note in (*checked.errors, *checked.warnings) if "displays" in str(note)]
    assert told == []


@pytest.mark.parametrize(
    ("id_", "group", "expected"),
    [
        ("14.2.1", COMBO, (2, 3, 66.7, 9.4, 99.2)),
        ("14.2.1", MONO, (0, 1, 0.0, 0.0, 97.5)),
        ("14.2.1i", COMBO, (3, 3, 100.0, 29.2, 100.0)),
        ("14.2.1i", MONO, (0, 1, 0.0, 0.0, 97.5)),
    ],
)
def test_golden_response_rates(golden, id_: str, group: str, expected: tuple[float, ...]) -> None:
    values = found(golden[id_], group)
    rates = [round(100 * values[name], 1) for name in ("rate", "lower", "upper")]
    assert (values["n"], values["N"], *rates) == expected


def test_golden_times(golden, built: Built) -> None:
    pfs = found(golden["14.2.2"], COMBO, PARAM=param(built, "PFS"))
    assert (pfs["N"], pfs["events"], pfs["median"]) == (3, 2, 213)
    assert pfs["rate at 6 months"] == pytest.approx(2 / 3)
    irecist = found(golden["14.2.2"], COMBO, PARAM=param(built, "IPFS"))
    assert (irecist["events"], irecist["median"]) == (1, 213)
    alive = found(golden["14.2.3"], COMBO, PARAM=param(built, "OS"))
    assert (alive["events"], alive["median"]) == (1, None)
    alone = found(golden["14.2.3"], MONO, PARAM=param(built, "OS"))
    assert (alone["events"], alone["median"]) == (1, 200)
    lasting = found(golden["14.2.4"], COMBO, PARAM=param(built, "DOR"))
    assert (lasting["N"], lasting["events"], lasting["median"]) == (2, 1, 127)


def test_golden_best_changes(golden) -> None:
    best = {
        dict(one.levels)["USUBJID"][-4:]: round(float(one.value), 1)
        for one in golden["14.2.8"].statistics
    }
    assert best == {"0001": -60.2, "0002": -45.5, "0003": -15.2, "0004": -78.4}


# ---- the whole study by other routes ---------------------------------------------------


@pytest.mark.parametrize(
    ("id_", "code"), [("14.2.2", "PFS"), ("14.2.2", "IPFS"), ("14.2.3", "OS"), ("14.2.4", "DOR")]
)
def test_times_by_statsmodels(made, built: Built, id_: str, code: str) -> None:
    people = built.datasets["ADSL"].frame.query('FASFL == "Y"')
    times = built.datasets["ADTTE"].frame.query(f'PARAMCD == "{code}"')
    for arm in (COMBO, MONO):
        mine = times[times["USUBJID"].isin(people.loc[people["TRT01P"] == arm, "USUBJID"])]
        other = SurvfuncRight(mine["AVAL"].to_numpy(), (mine["CNSR"] == 0).to_numpy(dtype=float))
        values = found(made[id_], arm, PARAM=param(built, code))
        assert values["N"] == len(mine)
        assert values["events"] == int((mine["CNSR"] == 0).sum())
        day = 6 * 30.4375
        before = other.surv_times <= day
        expected = other.surv_prob[before][-1] if before.any() else 1.0
        if day <= mine["AVAL"].max():
            assert values["rate at 6 months"] == pytest.approx(expected)
        halves = np.isclose(other.surv_prob, 0.5)
        if not halves.any() and (other.surv_prob < 0.5).any():
            assert values["median"] == other.surv_times[other.surv_prob < 0.5][0]


@pytest.mark.parametrize(("id_", "code"), [("14.2.1", "CRSP"), ("14.2.1i", "ICRSP")])
def test_response_rates_by_scipy(made, built: Built, id_: str, code: str) -> None:
    people = built.datasets["ADSL"].frame.query('FASFL == "Y"')
    responses = built.datasets["ADRS"].frame.query(f'PARAMCD == "{code}" and AVALC == "Y"')
    for arm in (COMBO, MONO):
        mine = people[people["TRT01P"] == arm]
        count = int(mine["USUBJID"].isin(responses["USUBJID"]).sum())
        limits = binomtest(count, len(mine)).proportion_ci(0.95, method="exact")
        values = found(made[id_], arm)
        assert (values["n"], values["N"]) == (count, len(mine))
        assert (values["lower"], values["upper"]) == pytest.approx((limits.low, limits.high))


def test_events_one_subject_after_another(made, built: Built) -> None:
    people = built.datasets["ADSL"].frame.query('MSCFL == "Y"')["USUBJID"].tolist()
    events = built.datasets["ADAE"].frame.query('TRAEFL == "Y"')
    values = found(made["14.3.1"], "All subjects", row="Any event")
    assert values["n"] == sum((events["USUBJID"] == person).any() for person in people)
    severe = found(made["14.3.1"], "All subjects", row="Grade 3 or higher")
    grades = {
        person: events.loc[events["USUBJID"] == person, "AWTOXGR"].astype(float).max()
        for person in people
    }
    assert severe["n"] == sum(grade >= 3 for grade in grades.values())


def test_dose_limiting_toxicities_are_those_of_the_flag(made, built: Built) -> None:
    flagged = built.datasets["ADAE"].frame.query('DLTFL == "Y"')["USUBJID"].nunique()
    values = found(made["14.3.3"], "All subjects")
    assert values["n"] >= 1
    top = [one for one in made["14.3.3"].statistics if one.group == "All subjects"]
    assert next(one.value for one in top if one.name == "n") == flagged


def test_each_figure_of_subjects_has_each_subject_once(made, built: Built) -> None:
    people = set(built.datasets["ADSL"].frame.query('FASFL == "Y"')["USUBJID"])
    lanes = [
        dict(one.levels)["USUBJID"] for one in made["14.2.10"].statistics if one.name == "months"
    ]
    assert sorted(lanes) == sorted(people)
    bars = [dict(one.levels)["USUBJID"] for one in made["14.2.8"].statistics]
    assert len(bars) == len(set(bars))
    assert set(bars) <= people

"""The golden subjects' results, and the tables of a larger package by plain second routes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cdisc.errors import SpecError
from cdisc.pipeline.results import make_results
from cdisc.pipeline.study import Study

from . import adam

ROOT = Path(__file__).parents[2]
Values = dict[tuple[str, ...], Any]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Any]]:
    """Makes displays of frames by the displays of the reference study: their JSON by number."""
    from tests.results.conftest import SmallStudy

    def made(frames: dict[str, pd.DataFrame], *only: str, change: str = "") -> dict[str, Any]:
        home = tmp_path_factory.mktemp("study")
        small = SmallStudy(home)
        text = (ROOT / "define" / "displays.yaml").read_text(encoding="utf-8")
        if change:
            old, _, new = change.partition(" -> ")
            assert old in text
            text = text.replace(old, new)
        small.write("define/displays.yaml", text)
        adam.write(frames, home / "build" / "adam")
        results = make_results(Study.load(home).spec, only=only)
        assert results.errors == []
        return {
            data.display.id: json.loads((results.out / f"{data.display.id}.json").read_bytes())
            for data, _ in results.done
        }

    return made


@pytest.fixture(scope="module")
def golden(make) -> dict[str, Any]:
    return make(adam.golden(), "14.2.1", "14.2.1i", "14.2.2", "14.2.4", "14.2.8", "14.2.10")


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return adam.whole()


@pytest.fixture(scope="module")
def whole(make, frames) -> dict[str, Any]:
    return make(frames)


def values(document: dict[str, Any], **of: str) -> dict[tuple[str, str], Any]:
    """Values by group and statistic, of one block or line."""
    return {
        (one["group"], one["statistic"]): one["value"]
        for one in document["results"]
        if of.items() <= one.get("of", {}).items()
    }


def shown(document: dict[str, Any], group: str, *names: str) -> list[str]:
    texts = {(one["group"], one["statistic"]): one["shown"] for one in document["results"]}
    return [texts[(group, name)] for name in names]


RATE = ("n", "N", "rate", "lower", "upper")


def test_golden_response_rates(golden) -> None:
    assert shown(golden["14.2.1"], adam.COMBO, *RATE) == ["2", "3", "66.7", "9.4", "99.2"]
    assert shown(golden["14.2.1"], adam.MONO, *RATE) == ["0", "1", "0.0", "0.0", "97.5"]
    assert shown(golden["14.2.1i"], adam.COMBO, *RATE)[:3] == ["3", "3", "100.0"]


def test_golden_progression_free_survival(golden) -> None:
    found = values(golden["14.2.2"], PARAM="Progression-Free Survival (days)")
    assert found[(adam.COMBO, "median")] == 213
    assert found[(adam.COMBO, "events")] == 2
    # 6 months are 182.6 days: after day 45 and 171, before day 213
    assert found[(adam.COMBO, "rate at 6 months")] == pytest.approx(2 / 3)
    assert found[(adam.COMBO, "rate at 12 months")] == 0
    assert found[(adam.MONO, "median")] is None


def test_golden_duration_of_response_is_of_responders(golden) -> None:
    found = values(golden["14.2.4"], PARAM="Duration of Response (days)")
    assert found[(adam.COMBO, "N")] == 2
    assert found[(adam.COMBO, "median")] == 127
    assert found[(adam.MONO, "N")] == 0


def test_golden_best_changes(golden) -> None:
    best = {one["of"]["USUBJID"][-4:]: one["value"] for one in golden["14.2.8"]["results"]}
    assert best == {"0001": -60.2, "0002": -45.5, "0003": -15.2, "0004": -78.4}
    assert list(best) == ["0003", "0002", "0001", "0004"]
    colours = {
        one["of"]["USUBJID"][-4:]: one["of"]["category"] for one in golden["14.2.8"]["results"]
    }
    assert colours == {"0001": "PR", "0002": "PD", "0003": "SD", "0004": "CR"}


def test_golden_lanes(golden) -> None:
    found = {
        (one["of"]["USUBJID"][-4:], one["statistic"]): one["value"]
        for one in golden["14.2.10"]["results"]
    }
    assert found[("0001", "month of Death")] == pytest.approx(375 / 30.4375)
    assert found[("0001", "months")] == found[("0001", "month of Death")]
    assert found[("0004", "month of New anticancer therapy")] == pytest.approx(196 / 30.4375)
    assert ("0003", "month of Progression") not in found


# ---- second routes ---------------------------------------------------------------------


def test_counts_one_subject_after_another(whole, frames) -> None:
    arms = dict(zip(frames["ADSL"]["USUBJID"], frames["ADSL"]["TRT01A"], strict=True))
    for label, wanted in (
        ("Any event", lambda row: True),
        ("Grade 3 or higher", lambda row: row.ATOXGRN >= 3),
        ("Serious", lambda row: row.AESER == "Y"),
    ):
        found = values(whole["14.3.1"], row=label)
        for arm in (adam.MONO, adam.COMBO, "All subjects"):
            rows = [
                row
                for row in frames["ADAE"].itertuples()
                if wanted(row) and arm in (arms[row.USUBJID], "All subjects")
            ]
            assert found[(arm, "n")] == len({row.USUBJID for row in rows})
            assert found[(arm, "records")] == len(rows)
            subjects = sum(arm in (one, "All subjects") for one in arms.values())
            assert found[(arm, "fraction")] == pytest.approx(found[(arm, "n")] / subjects)


def test_terms_by_worst_grade_one_subject_after_another(whole, frames) -> None:
    arms = dict(zip(frames["ADSL"]["USUBJID"], frames["ADSL"]["TRT01A"], strict=True))
    worst: dict[tuple[str, str], int] = {}
    for row in frames["ADAE"].itertuples():
        for term in (row.AEBODSYS, row.AEDECOD):
            key = (term, row.USUBJID)
            worst[key] = max(worst.get(key, 0), int(row.AETOXGR))
    lines = {
        (
            one["of"].get("AEDECOD") or one["of"]["AEBODSYS"],
            one["of"]["AETOXGR"],
            one["group"],
        ): one["value"]
        for one in whole["14.3.2"]["results"]
        if one["statistic"] == "n" and "AEBODSYS" in one["of"]
    }
    assert len(lines) > 60
    for (term, grade, arm), number in lines.items():
        mine = [
            worst[key] for key in worst if key[0] == term and arm in (arms[key[1]], "All subjects")
        ]
        if grade == "Any":
            assert number == len(mine)
        elif grade.startswith("\u2265"):
            assert number == sum(found >= int(grade[1:]) for found in mine)
        else:
            assert number == sum(found == int(grade) for found in mine)


def test_grades_of_a_line_add_up_to_any(whole) -> None:
    sums: dict[tuple[Any, ...], int] = {}
    any_grade: dict[tuple[Any, ...], int] = {}
    for one in whole["14.3.2"]["results"]:
        if one["statistic"] == "n":
            of = dict(one["of"])
            grade = of.pop("AETOXGR")
            key = (one["group"], *of.items())
            if grade == "Any":
                any_grade[key] = one["value"]
            elif grade.isdigit():
                sums[key] = sums.get(key, 0) + one["value"]
    assert sums == any_grade


def test_lines_are_by_falling_number_of_subjects(whole) -> None:
    found = [
        (one["of"]["AEBODSYS"], one["value"])
        for one in whole["14.3.2"]["results"]
        if one["group"] == "All subjects"
        and one["statistic"] == "n"
        and "AEBODSYS" in one["of"]
        and "AEDECOD" not in one["of"]
        and one["of"]["AETOXGR"] == "Any"
    ]
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))


def test_shifts_one_subject_after_another(whole, frames) -> None:
    lab = frames["ADLB"][frames["ADLB"]["ATOXGRH"].notna()]
    expected: dict[tuple[str, str], int] = {}
    for subject in lab["USUBJID"].unique():
        rows = lab[lab["USUBJID"] == subject]
        key = (rows["BTOXGRH"].iloc[0], max(rows["ATOXGRH"]))
        expected[key] = expected.get(key, 0) + 1
    found = {
        (one["of"]["BTOXGRH"], one["of"]["ATOXGRH"]): one["value"]
        for one in whole["14.3.4"]["results"]
        if one["group"] == "All subjects" and one["value"]
    }
    assert found == expected


def test_summaries_by_the_library_of_python(whole, frames) -> None:
    import statistics

    data = frames["ADCYT"]
    rows = data[(data["PARAM"] == "Interleukin 6 (ng/L)") & (data["AVISIT"] == "DAY 7")]
    found = values(whole["14.2.6"], PARAM="Interleukin 6 (ng/L)", AVISIT="DAY 7", variable="AVAL")
    numbers = rows["AVAL"].tolist()
    assert found[("All subjects", "n")] == len(numbers) == 40
    assert found[("All subjects", "mean")] == pytest.approx(statistics.mean(numbers))
    assert found[("All subjects", "SD")] == pytest.approx(statistics.stdev(numbers))
    assert found[("All subjects", "median")] == pytest.approx(statistics.median(numbers))
    geometric = statistics.geometric_mean(numbers)
    assert found[("All subjects", "geometric mean")] == pytest.approx(geometric)
    spread = statistics.variance([np.log(number) for number in numbers])
    cv = 100 * np.sqrt(np.exp(spread) - 1)
    assert found[("All subjects", "geometric CV")] == pytest.approx(cv)


# ---- what is left out is said ----------------------------------------------------------


def test_a_subject_without_a_record_is_a_subject_without_response(make) -> None:
    frames = adam.golden()
    frames["ADRS"] = frames["ADRS"][frames["ADRS"]["USUBJID"] != adam.usubjid("0001")]
    found = make(frames, "14.2.1")["14.2.1"]
    assert shown(found, adam.COMBO, "n", "N") == ["1", "3"]
    assert found["notes"] == ["1 subject without a record, counted as without response."]


def test_subjects_outside_the_population_do_not_count_and_are_noted(make) -> None:
    frames = adam.golden()
    frames["ADSL"].loc[0, "FASFL"] = "N"
    found = make(frames, "14.2.1")["14.2.1"]
    assert shown(found, adam.COMBO, "n", "N") == ["1", "2"]
    assert found["notes"] == ["1 record of subjects outside the population left out."]


def test_several_records_of_a_subject_are_refused(make) -> None:
    frames = adam.golden()
    frames["ADRS"] = pd.concat([frames["ADRS"], frames["ADRS"].iloc[:1]], ignore_index=True)
    with pytest.raises(SpecError, match=r"displays.yaml:\d+.*1 subject with several records"):
        make(frames, "14.2.1")


def test_a_record_without_a_time_is_left_out_and_noted(make) -> None:
    frames = adam.golden()
    frames["ADTTE"].loc[0, "AVAL"] = np.nan
    found = make(frames, "14.2.2.1")["14.2.2.1"]
    assert found["notes"] == ["1 record without AVAL or CNSR left out."]


def test_confidence_is_an_argument(make) -> None:
    change = 'response_rate: {responder: AVALC == "Y"} -> '
    change += 'response_rate: {responder: AVALC == "Y", confidence: 0.5}'
    found = make(adam.golden(), "14.2.1", change=change)["14.2.1"]
    assert shown(found, adam.COMBO, "lower", "upper") == ["32.6", "90.9"]

"""What must hold of the analysis datasets whoever the subjects are: random studies, built whole.

Each study is simulated from a seed of its own. The rules are checked with plain pandas, from the
values in the datasets alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.build import Inputs, build, of_subjects, read_inputs
from cdisc.build.persons import rows_of
from cdisc.simulate import simulate
from cdisc.spec import StudySpec, read_study

ROOT = Path(__file__).parents[2]
SEEDS = (101, 202, 303, 404, 505)
SUBJECTS = 15
EVENTS = {"Disease progression", "Death", "Confirmed response"}
WITHOUT_EVENT = {"Ongoing", "Withdrawal", "Lost to follow-up"}

Frames = Mapping[str, pd.DataFrame]


def simulated(folder: Path, seed: int, subjects: int) -> tuple[StudySpec, Inputs]:
    simulate(folder, subjects=subjects, seed=seed)
    study = read_study(ROOT, {"raw": folder})
    return study, read_inputs(study)


def analysis(study: StudySpec) -> list[str]:
    return ["DM", *(name for name in study.datasets if name.startswith("AD"))]


def made(study: StudySpec, inputs: Inputs) -> Frames:
    built = build(study, inputs, only=analysis(study))
    return {name: dataset.frame for name, dataset in built.datasets.items()}


@pytest.fixture(scope="module", params=SEEDS)
def random_study(request, tmp_path_factory) -> Frames:
    """The analysis datasets of one random study, and DM."""
    return made(*simulated(tmp_path_factory.mktemp("raw"), request.param, SUBJECTS))


def of_adam(frames: Frames) -> dict[str, pd.DataFrame]:
    return {name: frame for name, frame in frames.items() if name.startswith("AD")}


def with_baselines(frames: Frames) -> dict[str, pd.DataFrame]:
    found = {name: frame for name, frame in of_adam(frames).items() if "ABLFL" in frame}
    assert {"ADLB", "ADCYT", "ADCP", "ADTR"} <= found.keys()
    return found


def series_of(frame: pd.DataFrame) -> list[str]:
    """What has a baseline of its own: subject, parameter and, where there is one, base type."""
    return [name for name in ("USUBJID", "PARAMCD", "BASETYPE") if name in frame]


# ---- subjects ------------------------------------------------------------------------------------


def test_adsl_has_one_record_for_each_subject_of_dm(random_study: Frames) -> None:
    adsl, dm = random_study["ADSL"], random_study["DM"]
    assert len(dm) > SUBJECTS  # screen failures, too
    assert sorted(adsl["USUBJID"]) == sorted(dm["USUBJID"])
    assert adsl["USUBJID"].is_unique


def test_every_subject_of_every_analysis_dataset_is_in_adsl(random_study: Frames) -> None:
    people = set(random_study["ADSL"]["USUBJID"])
    datasets = of_adam(random_study)
    assert len(datasets) == 11
    for name, frame in datasets.items():
        assert len(frame), name
        assert set(frame["USUBJID"]) <= people, name


# ---- baselines -----------------------------------------------------------------------------------


def test_each_series_has_at_most_one_baseline(random_study: Frames) -> None:
    for name, frame in with_baselines(random_study).items():
        flagged = frame[frame["ABLFL"] == "Y"]
        assert len(flagged), name
        assert not flagged.duplicated(series_of(frame)).any(), name


def test_base_is_the_value_of_the_baseline_record(random_study: Frames) -> None:
    for name, frame in with_baselines(random_study).items():
        keys = series_of(frame)
        flagged = frame[frame["ABLFL"] == "Y"].set_index(keys)["AVAL"]
        wanted = flagged.reindex(pd.MultiIndex.from_frame(frame[keys]))
        assert frame["BASE"].notna().any(), name
        np.testing.assert_array_equal(frame["BASE"], wanted, err_msg=name)


def test_change_is_value_less_base(random_study: Frames) -> None:
    for name, frame in with_baselines(random_study).items():
        changed = frame[frame["CHG"].notna()]
        assert len(changed), name
        difference = changed["AVAL"] - changed["BASE"]
        np.testing.assert_allclose(changed["CHG"], difference, rtol=0, atol=1e-9, err_msg=name)
        share = 100 * difference / changed["BASE"].abs()
        percent = changed["PCHG"]
        assert percent[changed["BASE"] == 0].isna().all(), name
        kept = changed["BASE"] != 0
        np.testing.assert_allclose(percent[kept], share[kept], rtol=1e-9, atol=1e-9, err_msg=name)


def test_every_later_value_has_its_change(random_study: Frames) -> None:
    """Where a value is on a later day than its baseline the change is there; before it, none is."""
    for name, frame in with_baselines(random_study).items():
        keys = series_of(frame)
        flagged = frame[frame["ABLFL"] == "Y"].set_index(keys)["ADT"]
        day = flagged.reindex(pd.MultiIndex.from_frame(frame[keys])).set_axis(frame.index)
        both = frame["AVAL"].notna() & frame["BASE"].notna()
        assert frame.loc[both & (frame["ADT"] > day), "CHG"].notna().all(), name
        assert frame.loc[frame["ADT"] < day, "CHG"].isna().all(), name


# ---- times to events -----------------------------------------------------------------------------


def test_there_is_at_most_one_time_for_each_subject_and_parameter(random_study: Frames) -> None:
    adtte = random_study["ADTTE"]
    assert {"OS", "PFS", "IPFS"} <= set(adtte["PARAMCD"])
    assert not adtte.duplicated(["USUBJID", "PARAMCD"]).any()


def test_censoring_and_its_words_agree(random_study: Frames) -> None:
    adtte = random_study["ADTTE"]
    event = adtte["CNSR"] == 0
    assert event.any()
    assert (~event).any()
    assert adtte["CNSR"].isin(range(5)).all()
    assert adtte["EVNTDESC"].notna().all()
    assert set(adtte.loc[event, "EVNTDESC"]) <= EVENTS
    assert adtte.loc[event, "CNSDTDSC"].isna().all()
    assert adtte.loc[~event, "CNSDTDSC"].notna().all()
    # an event is never the words of a censoring, and one sentence never tells of two codes
    assert not adtte.loc[~event, "EVNTDESC"].isin(EVENTS).any()
    codes = adtte[~event].groupby("CNSDTDSC")["CNSR"].nunique()
    assert (codes == 1).all()
    other = adtte[~event & (adtte["EVNTDESC"] != adtte["CNSDTDSC"])]
    assert (other["CNSR"] == 1).all()
    assert set(other["EVNTDESC"]) <= WITHOUT_EVENT


def test_a_time_is_the_days_from_its_start_to_its_end(random_study: Frames) -> None:
    adtte = random_study["ADTTE"]
    days = ((adtte["ADT"] - adtte["STARTDT"]).dt.days + 1).clip(lower=1)
    np.testing.assert_array_equal(adtte["AVAL"], days)


def test_progression_free_survival_never_ends_after_overall_survival(random_study: Frames) -> None:
    """By date, as the two start on different days."""
    ends = random_study["ADTTE"].pivot(index="USUBJID", columns="PARAMCD", values="ADT")
    for name in ("PFS", "PFSS", "IPFS"):
        assert ends[name].notna().any()
        assert (ends[name] <= ends["OS"]).all(), name


# ---- responses -----------------------------------------------------------------------------------


def test_responders_of_confirmed_best_response_are_responders(random_study: Frames) -> None:
    adrs = random_study["ADRS"]
    for best, confirmed, words in (
        ("BOR", "CBOR", ("CR", "PR")),
        ("IBOR", "ICBOR", ("iCR", "iPR")),
    ):
        some, sure = (
            set(adrs.loc[(adrs["PARAMCD"] == name) & adrs["AVALC"].isin(words), "USUBJID"])
            for name in (best, confirmed)
        )
        assert some, best
        assert sure <= some, confirmed


# ---- order and company ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small_study(tmp_path_factory) -> tuple[StudySpec, Inputs, Frames]:
    study, inputs = simulated(tmp_path_factory.mktemp("small"), 606, 8)
    return study, inputs, made(study, inputs)


few = settings(max_examples=2, derandomize=True)


@few
@given(seed=st.integers(0, 2**16))
def test_the_order_of_the_raw_records_does_not_matter(small_study, seed: int) -> None:
    study, inputs, frames = small_study
    order = np.random.default_rng(seed)
    shuffled = {
        name: rows_of(table, order.permutation(len(table.frame))) if name in study.sources
        else table
        for name, table in inputs.tables.items()
    }  # fmt: skip
    again = made(study, replace(inputs, tables=shuffled))
    for name, frame in of_adam(frames).items():
        pd.testing.assert_frame_equal(again[name], frame, obj=name, check_exact=True)


@few
@given(data=st.data())
def test_the_company_of_other_subjects_does_not_matter(small_study, data) -> None:
    """Two parts of the subjects, each built alone, are the whole."""
    study, inputs, frames = small_study
    people = sorted(set(inputs.tables["dm"].frame["PERSON"].dropna()))
    some = frozenset(
        data.draw(st.sets(st.sampled_from(people), min_size=1, max_size=len(people) - 1))
    )
    parts = [
        made(study, of_subjects(study, inputs, part))
        for part in (some, frozenset({*people, ""}) - some)
    ]
    for name, frame in of_adam(frames).items():
        together = pd.concat([part[name] for part in parts], ignore_index=True)
        together = together.sort_values("USUBJID", kind="stable", ignore_index=True)
        pd.testing.assert_frame_equal(together, frame, obj=name, check_exact=True)

"""ADaM made of the public SDTM package, held against the ADSL and ADAE that others published."""

from __future__ import annotations

import pandas as pd
import pytest

from cdisc.pipeline import RunResult
from cdisc.write.xpt import read_xpt

from .conftest import PUBLIC, PUBLISHED

pytestmark = pytest.mark.skipif(
    not (PUBLIC.is_dir() and PUBLISHED.is_dir()),
    reason="the public SDTM package and the published ADaM are not beside the repository",
)
KEYS = {"ADSL": ["USUBJID"], "ADAE": ["USUBJID", "AESEQ"]}

# README.md of the example says why.
DIFFERENT = {
    "ADSL": {"DCDECOD": 6},
    "ADAE": {
        "ADURN": 2,
        "ADURU": 489,
        "AOCCFL": 65,
        "AOCCSFL": 141,
        "AOCCPFL": 191,
        "AOCC01FL": 35,
    },
}
LACKING = {
    "ADSL": {
        "SITEGR1",
        "AVGDD",
        "CUMDOSE",
        "BMIBL",
        "BMIBLGR1",
        "HEIGHTBL",
        "WEIGHTBL",
        "MMSETOT",
    },
    "ADAE": set(),
}


def published(name: str) -> pd.DataFrame:
    return read_xpt(PUBLISHED / f"{name.lower()}.xpt").frame


def both(public: RunResult, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Our records and the published ones with the same keys, in the same order."""
    ours = read_xpt(public.out / "adam" / f"{name.lower()}.xpt").frame
    theirs = ours[KEYS[name]].merge(published(name), on=KEYS[name], how="left", indicator=True)
    assert (theirs.pop("_merge") == "both").all()
    return ours, theirs


@pytest.mark.parametrize("name", ["ADSL", "ADAE"])
def test_every_other_value_is_the_published_one(public: RunResult, name: str) -> None:
    ours, theirs = both(public, name)
    different = {}
    for column in set(ours) & set(theirs):
        left, right = ours[column], theirs[column]
        unlike = (left != right) & ~(left.isna() & right.isna())
        if unlike.any():
            different[column] = int(unlike.sum())
    assert different == DIFFERENT[name]
    assert set(theirs) - set(ours) == LACKING[name]


def test_all_subjects_are_there_and_the_events_that_the_sdtm_has(public: RunResult) -> None:
    assert len(public.datasets["ADSL"].frame) == len(published("ADSL")) == 254
    assert (len(public.datasets["ADAE"].frame), len(published("ADAE"))) == (961, 1191)


@pytest.mark.parametrize(
    ("flag", "by", "chosen"),
    [
        ("AOCCFL", ["USUBJID"], {}),
        ("AOCCSFL", ["USUBJID", "AEBODSYS"], {}),
        ("AOCCPFL", ["USUBJID", "AEBODSYS", "AEDECOD"], {}),
        ("AOCC01FL", ["USUBJID"], {"CQ01NAM": "DERMATOLOGIC EVENTS"}),
    ],
)
def test_first_occurrences_are_the_published_method_on_the_events_there_are(
    public: RunResult, flag: str, by: list[str], chosen: dict[str, str]
) -> None:
    """The published ADAE has 230 events more, so others come first there."""
    ours, theirs = both(public, "ADAE")
    asked = theirs[theirs["TRTEMFL"] == "Y"]
    for name, value in chosen.items():
        asked = asked[asked[name] == value]
    first = asked.sort_values(["USUBJID", "ASTDT", "AESEQ"]).drop_duplicates(by).index
    assert set(ours.index[ours[flag] == "Y"]) == set(first)


def test_labels_are_the_published_ones(public: RunResult) -> None:
    different = {}
    for name in KEYS:
        theirs = {v.name: v.label for v in read_xpt(PUBLISHED / f"{name.lower()}.xpt").variables}
        for variable in public.datasets.described[name].variables:
            if theirs.get(variable.name, variable.label) != variable.label:
                different[variable.name] = (variable.label, theirs[variable.name])
    assert different == {"DTHFL": ("Subject Death Flag", "Subject Died?")}


def test_the_flag_of_others_agrees_with_ours(public: RunResult) -> None:
    """AETRTEM, a qualifier of AE, says Y of the events that TRTEMFL says it of."""
    frame = public.datasets["ADAE"].frame
    assert (frame["AETRTEM"].eq("Y") == frame["TRTEMFL"].eq("Y")).all()


def test_the_gate_is_open(public: RunResult) -> None:
    assert public.verdict.reasons == ()

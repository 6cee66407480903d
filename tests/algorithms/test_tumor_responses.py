"""Responses derived from lesions: the golden answers, and a slow second way on random histories."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.algorithms.lesion_rows import Rows
from tests.reference.histories import lesion_histories, rows_of
from tests.reference.irecist import irecist
from tests.reference.lesions import parent_of_piece
from tests.reference.recist import recist

GOLDEN = next(
    (p / "shared/study/golden" for p in Path(__file__).parents if (p / "shared/study").exists()),
    Path("missing"),
)


# ---- the golden subjects of the study design ----------------------------------------------


@pytest.fixture(scope="module")
def golden():
    if not GOLDEN.exists():
        pytest.skip("the golden subjects are not here")
    lesions = pd.read_csv(GOLDEN / "lesions.csv", dtype=str)
    subjects = pd.read_csv(GOLDEN / "subjects.csv", dtype=str)
    rows = Rows()
    for one in lesions.itertuples():
        number = float(one.TRORRES) if one.TRORRES.isdigit() else np.nan
        result = None if one.TRORRES == "NOT DONE" else one.TRORRES
        rows.add(
            one.SUBJID, one.VISIT, one.ADT, one.TRLNKID, one.ROLE, one.TRTESTCD, result, number
        )
        if one.TRLNKID.endswith(".M"):
            rows.came_from(one.SUBJID, one.TRLNKID, "T02", "T03")
        elif "." in one.TRLNKID:
            rows.came_from(one.SUBJID, one.TRLNKID, one.TRLNKID.partition(".")[0])
    rows.starts = dict(zip(subjects["SUBJID"], subjects["TRTSDT"], strict=True))
    return rows


def test_golden_subjects_have_every_column_of_the_expected_timepoints(golden):
    expected = pd.read_csv(
        GOLDEN / "expected_timepoints.csv", dtype=str, keep_default_na=False
    ).set_index(["SUBJID", "VISIT"])
    recist = golden.responses("RECIST 1.1")
    immune = golden.responses("iRECIST")
    assert sorted(immune.index) == sorted(expected.index)

    def shown(number, digits=0):
        return "" if pd.isna(number) else f"{number:.{digits}f}"

    for key, want in expected.iterrows():
        got = immune.loc[key]
        start = pd.Timestamp(golden.starts[key[0]])
        change, share = got.SUM - got.NADIR, 100 * (got.SUM - got.NADIR) / got.NADIR
        found = {
            "ADT": got.DATE,
            "DAY": str((pd.Timestamp(got.DATE) - start).days + 1),
            "SLD": shown(got.SUM),
            "KNOWN": shown(got.KNOWN),
            "BASE": shown(got.BASE),
            "NADIR": shown(got.NADIR),
            "PCHG": shown(100 * (got.SUM - got.BASE) / got.BASE, 1),
            "PCNAD": shown(share, 1),
            "CHGNAD": shown(change),
            "TL": got.TARGET,
            "NT": "" if pd.isna(got.NONTARGET) else got.NONTARGET,
            "NEW": got.NEW,
            "R11": recist.RESPONSE.get(key, ""),
            "IR": got.RESPONSE,
            "NEWSUM": shown(got.NEWSUM),
        }
        assert found == want.to_dict(), key


# ---- the slow second way ------------------------------------------------------------------

HISTORIES = st.booleans().flatmap(lambda tenths: lesion_histories(tenths=tenths))
BATCHES = st.lists(HISTORIES, min_size=10, max_size=15)


def added(rows, subject, history):
    """The rows of a history; a lesion that was not done says nothing of its state."""
    for one in rows_of(history):
        visit, date, lesion = str(one["assessment"]), one["date"].isoformat(), one["lesion"]
        at = (subject, visit, date, lesion, one["role"])
        if one["role"] == "NON-TARGET":
            rows.state(*at, one["state"])
        elif one["role"] == "NEW NON-TARGET":
            state = one["certainty"]
            if state == "UNEQUIVOCAL" and one["grown"]:
                state = "ENLARGEMENT FROM NADIR"
            rows.state(*at, "ABSENT" if one["gone"] else state)
        else:
            size = None if one["size"] is None else float(one["size"])
            rows.diameter(*at, size, node=bool(one["nodal"]))
            if one["role"] == "NEW TARGET":
                rows.state(*at, one["certainty"])
        parents = one["parents"] or [parent_of_piece(lesion)]
        if parents[0]:
            rows.came_from(subject, lesion, *parents)
        if one["symptomatic"] and (subject, visit) not in rows.symptoms:
            rows.symptoms.append((subject, visit))


def seen(value):
    return None if pd.isna(value) else value


def by_subject(responses):
    """The responses of each subject in the order in which they came."""
    found = defaultdict(list)
    for one in responses.reset_index().itertuples():
        found[one.SUBJECT].append(one)
    return found


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(BATCHES)
def test_responses_are_those_of_the_slow_second_way(histories):
    """More than 2,000 subjects, from 10 to 15 an example, by RECIST 1.1 and by iRECIST."""
    rows = Rows()
    for number, history in enumerate(histories):
        added(rows, f"S{number}", history)
        rows.starts[f"S{number}"] = history.first_dose.isoformat()
    fast = by_subject(rows.responses("RECIST 1.1"))
    immune = by_subject(rows.responses("iRECIST"))
    for number, history in enumerate(histories):
        subject = f"S{number}"
        want, got = [], []
        for one in recist(history.assessments, history.first_dose):
            if one.ovr is None:
                continue
            new_sum = float(one.new_sum)
            want.append((str(one.number), one.date.isoformat(), one.ovr, one.tl, one.nt, one.new))
            want.append((None if one.sum is None else float(one.sum), new_sum))
            want.append([None if x is None else float(x) for x in (one.base, one.nadir)])
        for one in fast[subject]:
            got.append((one.ASSESSMENT, one.DATE, seen(one.RESPONSE), seen(one.TARGET),
                        seen(one.NONTARGET), one.NEW == "Y"))  # fmt: skip
            got.append((seen(one.SUM), one.NEWSUM))
            got.append([seen(one.BASE), seen(one.NADIR)])
        assert got == want
        assert [(one.ASSESSMENT, one.DATE, seen(one.RESPONSE)) for one in immune[subject]] == [
            (str(one.number), one.date.isoformat(), one.iovr)
            for one in irecist(history.assessments, history.first_dose)
            if one.iovr is not None
        ]

"""ADRS and ADTTE: golden subjects, a slow second route, and what must hold for everybody."""

import json
from datetime import date

import pandas as pd
import pytest

from tests.reference import golden
from tests.reference.best_response import Assessed
from tests.reference.study import parameters

GOLDEN = golden.SUBJECTS
TIMES = ("OS", "OSMSC", "PFS", "PFSS", "IPFS", "DOR", "IDOR", "TTR", "ITTR")


def day(value):
    return None if pd.isna(value) else value.date()


def time(row):
    return [row["ADT"].date().isoformat(), int(row["AVAL"]), int(row["CNSR"])]


@pytest.fixture(scope="module")
def adrs(frames):
    return frames["ADRS"]


@pytest.fixture(scope="module")
def adtte(frames):
    return frames["ADTTE"]


@pytest.fixture(scope="module")
def adsl(frames):
    return frames["ADSL"].set_index("USUBJID")


# ---- the golden subjects of the design -----------------------------------------------------------


def answers(subject, number):
    """What the two datasets say of a subject, in the words of expected.json."""
    said = subject("ADRS", number).set_index("PARAMCD")
    times = subject("ADTTE", number).set_index("PARAMCD")
    found = {name: said.loc[name, "AVALC"] for name in ("BOR", "CBOR", "IBOR", "ICBOR")}
    for name, parameter in (("RSPDT", "CRSP"), ("IRSPDT", "ICRSP")):
        when = day(said.loc[parameter, "ADT"])
        found[name] = when and when.isoformat()
    for name in TIMES:
        if name in times.index and name != "OSMSC":
            row = times.loc[name]
            found[name] = int(row["AVAL"]) if name in ("TTR", "ITTR") else time(row)
    return found


@pytest.mark.parametrize("number", GOLDEN)
def test_golden_answers(subject, number):
    assert answers(subject, number) == golden.ANSWERS[number]


@pytest.mark.parametrize("number", GOLDEN)
def test_golden_answers_are_those_of_the_design(subject, number):
    wanted = json.loads(golden.path("expected.json").read_text(encoding="utf-8"))
    assert answers(subject, number) == wanted[number]


@pytest.mark.parametrize("number", GOLDEN)
def test_pseudoprogression_of_golden_subjects(subject, number):
    (row,) = subject("ADRS", number, PARAMCD="PSPR").to_dict("records")
    assert row["AVALC"] == golden.PSEUDO_PROGRESSION[number]


def test_objective_response_rates_of_the_golden_subjects(subject):
    combined = [subject("ADRS", n, PARAMCD="CRSP")["AVAL"].item() for n in ("0001", "0002", "0004")]
    by_irecist = [
        subject("ADRS", n, PARAMCD="ICRSP")["AVAL"].item() for n in ("0001", "0002", "0004")
    ]
    alone = subject("ADRS", "0003", PARAMCD="CRSP")["AVAL"].item()
    assert (sum(combined), sum(by_irecist), alone) == (2, 3, 0)


# ---- a second route, one subject after another ---------------------------------------------------


@pytest.fixture(scope="module")
def slow(frames, adsl):
    """The parameters of each subject by the slow rules, from RS and ADSL."""
    rs = frames["RS"]
    rs = rs[(rs["RSTESTCD"] == "OVRLRESP") & rs["RSSTRESC"].notna()]
    found = {}
    for subject, one in adsl[adsl["FASFL"] == "Y"].iterrows():
        mine = rs[rs["USUBJID"] == subject]

        def assessed(category, mine=mine):
            rows = mine[mine["RSCAT"] == category]
            return [
                Assessed(date.fromisoformat(when[:10]), value, int(seq))
                for when, value, seq in zip(
                    rows["RSDTC"], rows["RSSTRESC"], rows["RSSEQ"], strict=True
                )
            ]

        names = ("ENRLDT", "TRTSDT", "MSCSDT", "NACTDT", "DTHDT", "LSTALVDT", "DCUTDT")
        found[subject] = parameters(
            assessed("RECIST 1.1"), assessed("iRECIST"), *(day(one[name]) for name in names)
        )
    return found


def test_responses_are_those_of_the_slow_route(adrs, adsl, slow):
    compared = 0
    for (subject, code), row in adrs.set_index(["USUBJID", "PARAMCD"]).iterrows():
        if code not in slow[subject].responses:
            continue
        wanted = slow[subject].responses[code]
        if code in ("PD", "LSTA", "ILSTA") and pd.notna(adsl.loc[subject, "NACTDT"]):
            continue  # the data set follows assessments after new therapy, too, as PFSS must
        value = "MISSING" if (code in ("LSTA", "ILSTA") and wanted.value == "N") else wanted.value
        assert (subject, code, row["AVALC"], day(row["ADT"])) == (
            subject,
            code,
            value,
            wanted.date,
        )
        compared += 1
    assert compared > 500


def test_times_are_those_of_the_slow_route(adtte, slow):
    made = adtte.set_index(["USUBJID", "PARAMCD"])
    for subject, wanted in slow.items():
        for code in TIMES:
            one = wanted.times[code]
            if one is None:
                assert (subject, code) not in made.index
                continue
            row = made.loc[(subject, code)]
            assert (subject, code, day(row["ADT"]), row["AVAL"], row["CNSR"]) == (
                subject,
                code,
                one.date,
                one.days,
                one.cnsr,
            )


# ---- what the registration says ------------------------------------------------------------------


@pytest.fixture(scope="module")
def outcomes(design):
    from tests.study.conftest import DESIGN

    path = DESIGN / "NCT05699811.txt"
    if not path.is_file():
        pytest.skip("the study design is not here: NCT05699811.txt")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "said",
    [
        # the tests that follow hold the datasets against these, one after another
        (
            "Progression free survival (PFS) is defined as the time from enrollment of the "
            "study to disease progression or death from any cause."
        ),
        (
            "Overall survival (OS) is defined as the time from treatment to death, regardless of "
            "disease recurrence"
        ),
        "RECIST 1.1) or immune RECIST (iRECIST)",
        "continues to respond to treatment without the cancer growing or spreading",
    ],
)
def test_the_registration_defines_its_outcomes_so(outcomes, said):
    assert said in outcomes


def test_progression_free_survival_is_the_time_from_enrollment(adtte, adsl):
    for code in ("PFS", "PFSS", "IPFS"):
        rows = adtte[adtte["PARAMCD"] == code].set_index("USUBJID")
        assert (rows["STARTDT"] == adsl.loc[rows.index, "ENRLDT"]).all()
        events = rows[rows["CNSR"] == 0]
        assert set(events["EVNTDESC"]) == {"Disease progression", "Death"}


def test_overall_survival_is_the_time_from_treatment(adtte, adsl):
    rows = adtte[adtte["PARAMCD"] == "OS"].set_index("USUBJID")
    assert (rows["STARTDT"] == adsl.loc[rows.index, "TRTSDT"]).all()
    died = adsl.loc[rows.index, "DTHDT"]
    assert ((rows["CNSR"] == 0) == died.notna()).all()
    assert (rows["ADT"] == died)[rows["CNSR"] == 0].all()
    # progression changes nothing: whoever progressed is followed to death or last contact
    assert set(rows["SRCDOM"]) == {"ADSL"}


def test_response_is_by_recist_or_irecist_each_a_rate_of_its_own(adrs):
    for code in ("RSP", "CRSP", "IRSP", "ICRSP"):
        assert set(adrs.loc[adrs["PARAMCD"] == code, "AVALC"]) == {"Y", "N"}


def test_duration_of_response_is_how_long_a_tumor_goes_on_responding(adrs, adtte):
    for code, start in (("DOR", "CRSP"), ("IDOR", "ICRSP")):
        rows = adtte[adtte["PARAMCD"] == code].set_index("USUBJID")
        responders = adrs[(adrs["PARAMCD"] == start) & (adrs["AVALC"] == "Y")].set_index("USUBJID")
        assert len(rows) > 0
        assert set(rows.index) == set(responders.index)
        assert (rows["STARTDT"] == responders.loc[rows.index, "ADT"]).all()


# ---- what holds for everybody --------------------------------------------------------------------


def test_every_subject_of_the_population_has_each_response_parameter_once(adrs, adsl):
    population = set(adsl.index[adsl["FASFL"] == "Y"])
    single = adrs[~adrs["PARAMCD"].isin(["OVR", "IOVR", "OVRDRV", "IOVRDRV"])]
    assert not single.duplicated(["USUBJID", "PARAMCD"]).any()
    for _, rows in single.groupby("PARAMCD"):
        assert set(rows["USUBJID"]) == population


def test_there_is_at_most_one_time_for_each_subject_and_parameter(adtte):
    assert not adtte.duplicated(["USUBJID", "PARAMCD"]).any()


def test_censoring_and_descriptions_agree(adtte):
    event = adtte["CNSR"] == 0
    assert set(adtte.loc[event, "EVNTDESC"]) == {
        "Disease progression",
        "Death",
        "Confirmed response",
    }
    assert adtte.loc[event, "CNSDTDSC"].isna().all()
    assert adtte.loc[~event, "CNSDTDSC"].notna().all()
    assert adtte["EVNTDESC"].notna().all()
    ended = {"Ongoing", "Withdrawal", "Lost to follow-up"}
    for _, row in adtte[~event].iterrows():
        if row["CNSR"] > 1:
            assert row["EVNTDESC"] == row["CNSDTDSC"]
        else:
            assert row["EVNTDESC"] in ended | {row["CNSDTDSC"]}
    # 2, no adequate assessment, is none of this study's subjects
    assert set(adtte["CNSR"]) | {2} == {0, 1, 2, 3, 4}


def test_values_are_days_from_start_to_end(adtte):
    days = (adtte["ADT"] - adtte["STARTDT"]).dt.days + 1
    assert (adtte["AVAL"] == days).all()


def test_progression_is_never_after_death_by_date(adtte):
    end = adtte.pivot(index="USUBJID", columns="PARAMCD", values="ADT")
    for code in ("PFS", "PFSS", "IPFS"):
        assert (end[code] <= end["OS"]).all()


def test_responders_of_confirmed_best_response_are_responders(adrs):
    said = adrs.pivot_table(index="USUBJID", columns="PARAMCD", values="AVALC", aggfunc="first")
    for best, confirmed, answer, confirmed_answer, words in (
        ("BOR", "CBOR", "RSP", "CRSP", ("CR", "PR")),
        ("IBOR", "ICBOR", "IRSP", "ICRSP", ("iCR", "iPR")),
    ):
        responders, sure = said[best].isin(words), said[confirmed].isin(words)
        assert (responders | ~sure).all()
        assert (responders == (said[answer] == "Y")).all()
        assert (sure == (said[confirmed_answer] == "Y")).all()


def test_every_source_is_a_record_that_has_that_date(adtte, adrs, adsl):
    by_sequence = adrs.set_index(["USUBJID", "ASEQ"])
    for _, row in adtte.iterrows():
        if row["SRCDOM"] == "ADRS":
            source = by_sequence.loc[(row["USUBJID"], row["SRCSEQ"])]
            assert source[row["SRCVAR"]] == row["ADT"]
        else:
            assert adsl.loc[row["USUBJID"], row["SRCVAR"]] == row["ADT"]
            assert pd.isna(row["SRCSEQ"])


def test_an_imputed_death_is_flagged_where_it_is_the_end(subject):
    rows = subject("ADTTE", "0003").set_index("PARAMCD")
    assert rows.loc["OS", "ADTF"] == "D"
    assert pd.isna(rows.loc["PFS", "ADTF"])


def test_measurable_disease_is_that_of_adsl(adrs, adsl):
    rows = adrs[adrs["PARAMCD"] == "MDIS"].set_index("USUBJID")
    assert (rows["AVALC"] == adsl.loc[rows.index, "MEASBLFL"]).all()


# ---- lineage -------------------------------------------------------------------------------------


def test_a_time_leads_to_the_event_that_it_is_made_of(built, adtte, adrs):
    edges = built.lineage["ADTTE"]
    (position,) = adtte.index[
        adtte["USUBJID"].str.endswith("0001") & (adtte["PARAMCD"] == "PFS")
    ].tolist()
    mine = edges.child == position
    parents = [
        (edges.parents[parent], row)
        for parent, row in zip(edges.parent[mine], edges.parent_row[mine], strict=True)
    ]
    of_adrs = [row for name, row in parents if name == "ADRS"]
    assert adrs.loc[of_adrs, "PARAMCD"].tolist() == ["PD"]
    assert "ADSL" in {name for name, _ in parents}
    # and the progression to the response it was read from
    edges = built.lineage["ADRS"]
    mine = edges.child == of_adrs[0]
    parents = {
        (edges.parents[parent], adrs.loc[row, "PARAMCD"])
        for parent, row in zip(edges.parent[mine], edges.parent_row[mine], strict=True)
        if edges.parents[parent] == "ADRS"
    }
    assert parents == {("ADRS", "OVR")}


def test_nothing_is_found_wrong_but_that_investigators_differ_from_measurements(built):
    rules = {f.rule for f in built.findings if f.dataset in ("ADRS", "ADTTE")}
    # a target that the list of baseline does not have (D13) is left out of derived responses
    assert rules == {
        "response_agreement.differs",
        "response_agreement.only_derived",
        "tumor_sums.not_at_baseline",
    }

"""ADPC and ADPP: the kinetics of the study design, and each number again from PC and PP."""

from datetime import datetime, timedelta

import pandas as pd
import pytest

GOLDEN = {"CMAX": 1200, "TMAX": 24, "TLST": 336, "CLST": 90, "AUCLST": 139994.2, "AUCINT": 147554.2}
FIRST = "MSC-IFNA INFUSION 1"


@pytest.fixture(scope="module")
def adpc(frames):
    return frames["ADPC"]


@pytest.fixture(scope="module")
def adpp(frames):
    return frames["ADPP"]


def moment(text):
    return datetime.fromisoformat(text)


def test_the_parameters_of_the_design(subject):
    made = subject("ADPP", "0001", ATPTREF=FIRST).set_index("PARAMCD")["AVAL"]
    assert {code: round(made[code], 1) for code in GOLDEN} == GOLDEN


def test_the_profile_of_the_design(subject):
    made = subject("ADPC", "0001", ATPTREF=FIRST, PARAMCD="MSCBLOOD").sort_values("NRRLT")
    assert made["NRRLT"].tolist() == [0, 24, 72, 168, 336, 504, 672]
    values = [None if pd.isna(v) else v for v in made["AVAL"]]
    assert values == [0, 1200, 800, 300, 90, 0, None]
    assert made["ARRLT"].tolist()[1:] == [24, 72, 168, 336, 504, 672]
    assert [flag == "Y" for flag in made["BLQFL"]] == [True, *[False] * 4, True, True]


def test_every_result_is_a_record_of_its_specimen(frames, adpc):
    done = frames["PC"][frames["PC"]["PCSTAT"].isna()]
    assert len(adpc) == len(done)
    assert set(zip(adpc["PCSPEC"], adpc["PARAMCD"], strict=True)) == {
        ("BLOOD", "MSCBLOOD"),
        ("TUMOR TISSUE", "MSCTUMOR"),
    }


def test_hours_are_those_between_the_sample_and_the_infusions(frames, adpc):
    """A second route: one record after another, from PC and EX."""
    doses = {}
    for dose in frames["EX"].itertuples():
        if dose.EXTRT == "MSC-IFNA" and dose.EXDOSE > 0:
            doses.setdefault(dose.USUBJID, []).append((dose.EXSTDTC, int(dose.EXSPID)))
    pc = frames["PC"].set_index(["USUBJID", "PCSEQ"])
    for made in adpc.itertuples():
        sample = pc.loc[(made.USUBJID, made.PCSEQ)]
        first = min(doses[made.USUBJID])[0]
        wanted = (moment(sample.PCDTC) - moment(first)) / timedelta(hours=1)
        assert pytest.approx(wanted) == made.AFRLT
        if pd.isna(sample.PCRFTDTC):
            assert pd.isna(made.ARRLT)
            assert pd.isna(made.NFRLT)
            continue
        since = moment(sample.PCDTC) - moment(sample.PCRFTDTC)
        assert pytest.approx(since / timedelta(hours=1)) == made.ARRLT
        (number,) = (n for when, n in doses[made.USUBJID] if when == sample.PCRFTDTC)
        nominal = 24 * int(sample.PCELTM.strip("PTDH"))
        assert (nominal, nominal + 672 * (number - 1)) == (made.NRRLT, made.NFRLT)


def test_results_below_the_limit_have_the_value_of_their_place(adpc):
    blood = adpc[adpc["PARAMCD"] == "MSCBLOOD"].dropna(subset=["ATPTREF"])
    for _, profile in blood.groupby(["USUBJID", "ATPTREF"]):
        ordered = profile.sort_values("ARRLT")
        known = [
            hour
            for hour, flag in zip(ordered["ARRLT"], ordered["BLQFL"], strict=True)
            if flag != "Y"
        ]
        after = [
            h
            for h, f in zip(ordered["ARRLT"], ordered["BLQFL"], strict=True)
            if f == "Y" and known and h > max(known)
        ]
        for record in ordered.itertuples():
            if record.BLQFL != "Y":
                assert record.AVAL == record.PCSTRESN or pd.isna(record.PCSTRESN)
            elif not known or min(known) > record.ARRLT or min(after, default=None) == record.ARRLT:
                assert record.AVAL == 0
            else:
                assert pd.isna(record.AVAL)


def test_parameters_of_blood_are_those_of_pp(frames, adpp):
    pp = frames["PP"].set_index(["USUBJID", "PPSEQ"])
    blood = adpp.dropna(subset=["PPSEQ"])
    assert len(blood) == len(pp)
    for made in blood.itertuples():
        source = pp.loc[(made.USUBJID, made.PPSEQ)]
        assert made.PARAMCD == source.PPTESTCD
        assert made.AVAL == source.PPSTRESN or (pd.isna(made.AVAL) and source.PPSTAT == "NOT DONE")
        assert f"{made.ADT:%Y-%m-%d}" == source.PPRFTDTC[:10]


def test_every_biopsy_has_its_copies_and_whether_any_was_detected(adpc, adpp):
    tumor = adpc[adpc["PARAMCD"] == "MSCTUMOR"].set_index(["USUBJID", "PCSEQ"])
    for code in ("TUMCOPY", "TUMDETFL"):
        assert len(adpp[adpp["PARAMCD"] == code]) == len(tumor)
    for made in adpp[adpp["PARAMCD"] == "TUMDETFL"].itertuples():
        sample = tumor.loc[(made.USUBJID, made.PCSEQ)]
        assert (("N", 0) if sample.BLQFL == "Y" else ("Y", 1)) == (made.AVALC, made.AVAL)
        assert pd.isna(made.AVALU)


def test_the_ratio_is_to_the_nearest_blood_of_three_days_each_way(adpc, adpp):
    """A second route: every sample of blood of the person is looked at."""
    wanted = {}
    for tumor in adpc[adpc["PARAMCD"] == "MSCTUMOR"].itertuples():
        near = [
            (abs((blood.ADT - tumor.ADT).days), blood.PCDTC, blood.AVAL)
            for blood in adpc[adpc["USUBJID"] == tumor.USUBJID].itertuples()
            if blood.PARAMCD == "MSCBLOOD"
            and not pd.isna(blood.AVAL)
            and abs((blood.ADT - tumor.ADT).days) <= 3
        ]
        if near and min(near)[2] > 0:
            wanted[tumor.USUBJID, tumor.PCSEQ] = tumor.AVAL / min(near)[2]
    ratios = adpp[adpp["PARAMCD"] == "TUMRATIO"]
    made = {(r.USUBJID, r.PCSEQ): r.AVAL for r in ratios.itertuples()}
    assert wanted
    assert made == pytest.approx(wanted)


def test_input_of_the_analysis_is_declared_as_such(built):
    assert built.datasets["ADPC"].class_ == "BASIC DATA STRUCTURE/NON-COMPARTMENTAL ANALYSIS"
    assert built.datasets["ADPP"].class_ == "BASIC DATA STRUCTURE"


def test_of_each_window_of_an_infusion_the_nearest_sample_is_analysed(adpc):
    windows = adpc[adpc["AVISIT"].notna() & adpc["AVAL"].notna()]
    for _, window in windows.groupby(["USUBJID", "PARAMCD", "ATPTREF", "AVISIT"]):
        near = [
            (abs((r.ADT - r.PCRFTDTM.normalize()).days - r.AVISITN), r.ADTM, -r.PCSEQ, r.PCSEQ)
            for r in window.itertuples()
        ]
        assert window.loc[window["ANL01FL"] == "Y", "PCSEQ"].tolist() == [min(near)[3]]
    assert adpc.loc[adpc["AVISIT"].isna() | adpc["AVAL"].isna(), "ANL01FL"].isna().all()


def test_every_result_names_its_record_unless_it_is_made_of_several(frames):
    samples, parameters = frames["ADPC"], frames["ADPP"]
    assert set(samples["SRCDOM"]) == {"PC"}
    assert samples["SRCSEQ"].equals(samples["PCSEQ"])
    for row in parameters.itertuples():
        if row.PARAMCD == "TUMRATIO":
            assert pd.isna(row.SRCDOM)
            assert pd.isna(row.SRCVAR)
            assert pd.isna(row.SRCSEQ)
            continue
        source = frames[row.SRCDOM]
        number = "ASEQ" if row.SRCDOM == "ADPC" else "PPSEQ"
        (found,) = source[
            (source["USUBJID"] == row.USUBJID) & (source[number] == row.SRCSEQ)
        ].to_dict("records")
        if row.PARAMCD == "TUMDETFL":
            assert (found["BLQFL"] == "Y") == (row.AVALC == "N")
        else:
            assert found[row.SRCVAR] == row.AVAL or pd.isna(row.AVAL)

"""AE and LB: how dirt and rules of the forms arrive."""

import pandas as pd


def listed(column):
    """Values as a list, missing ones as None."""
    return [None if pd.isna(value) else value for value in column]


def test_each_grade_of_an_event_is_a_record_and_they_follow_each_other(frames, at_cut):
    events = frames["AE"].assign(PART=frames["AE"]["AESPID"].str.rpartition("-")[2].astype(int))
    assert len(events) == len(at_cut("ae.csv")) - 1 + len(at_cut("aelog.csv"))
    events = events.sort_values(["USUBJID", "AEGRPID", "PART"])
    following = events.groupby(["USUBJID", "AEGRPID"])["AESTDTC"].shift(-1)
    earlier = following.notna()
    assert earlier.sum() == len(at_cut("aelog.csv"))
    assert (events["AEENDTC"][earlier] == following[earlier]).all()


def test_a_grade_change_inside_one_event(subject):
    grades = subject("AE", "0017", AEGRPID="6").sort_values("AESPID")
    assert listed(grades["AESPID"]) == ["6-1", "6-2", "6-3"]
    assert listed(grades["AETOXGR"]) == ["1", "2", "1"]
    assert listed(grades["AESTDTC"]) == ["2024-09-13", "2024-09-17", "2024-09-21"]
    assert listed(grades["AEENDTC"]) == ["2024-09-17", "2024-09-21", "2024-09-26"]
    assert set(grades["AETERM"]) == {"rash"}


def test_an_event_reported_twice_is_kept_under_its_first_number(subject):
    events = subject("AE", "0017", AETERM="low potassium", AESTDTC="2024-05-21")
    assert listed(events["AEGRPID"]) == ["1"]


def test_an_ongoing_event_is_ongoing_at_the_cut_off_and_only_in_its_last_grade(frames, at_cut):
    ongoing = frames["AE"][frames["AE"]["AEENRTPT"] == "ONGOING"]

    def goes_on(row) -> bool:
        """Ticked as going on, or ended when the data had been cut."""
        ended = pd.to_datetime(row["AEENDAT"], format="%d-%b-%Y", errors="coerce")
        return row["ONGO"] == "1" or ended > pd.Timestamp("2025-06-30")

    assert len(ongoing) == sum(goes_on(row) for row in at_cut("ae.csv"))
    assert set(ongoing["AEENTPT"]) == {"2025-06-30"}
    assert ongoing["AEENDTC"].isna().all()
    rest = frames["AE"][frames["AE"]["AEENRTPT"].isna()]
    assert rest["AEENTPT"].isna().all()


def test_an_event_before_the_first_dose_stays(subject):
    (event,) = subject("AE", "0012", AEGRPID="2").itertuples()
    assert event.AESTDY < 0
    assert event.EPOCH == "SCREENING"


def test_an_end_before_the_start_stays_as_collected(subject):
    (event,) = subject("AE", "0013", AEGRPID="6").itertuples()
    assert (event.AESTDTC, event.AEENDTC) == ("2023-11-25", "2023-11-22")


def test_unknown_parts_of_dates_are_left_out(subject):
    assert listed(subject("AE", "0035", AEGRPID="2")["AESTDTC"])[0] == "2024"
    assert listed(subject("AE", "0011", AEGRPID="7")["AESTDTC"])[0] == "2024-12"


def test_full_width_terms_are_coded(subject):
    (event,) = subject("AE", "0010", AEGRPID="1").itertuples()
    assert event.AETERM == "neutrophil count decreased"
    assert event.AEDECOD == "Neutrophil count decreased"
    assert event.AEPTCD > 0


def test_relation_and_action_are_the_strongest_over_the_drugs(frames, raw):
    relations = ("UNRELATED", "UNLIKELY", "POSSIBLE", "PROBABLE", "DEFINITE")
    actions = {
        "9": "NOT APPLICABLE",
        "0": "DOSE NOT CHANGED",
        "1": "DOSE REDUCED",
        "2": "DRUG INTERRUPTED",
        "3": "DRUG WITHDRAWN",
    }
    forms = {(row["SUBJECT"], row["AENO"]): row for row in raw("ae.csv")}
    drugs = ("MSC", "NAB", "CTX", "PD1")
    for event in frames["AE"].itertuples():
        form = forms[event.USUBJID[-8:], event.AEGRPID]
        answers = [form[f"REL_{drug}"] for drug in drugs if form[f"REL_{drug}"]]
        assert relations[max(int(answer) for answer in answers)] == event.AEREL
        taken = [form[f"ACN_{drug}"] for drug in drugs if form[f"ACN_{drug}"] in actions]
        assert max((actions[a] for a in taken), key=list(actions.values()).index) == event.AEACN


def test_a_serious_event_meets_the_criteria_that_were_ticked(frames):
    serious = frames["AE"][frames["AE"]["AESER"] == "Y"]
    criteria = serious[["AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE"]] == "Y"
    assert len(serious) >= 16
    assert criteria.any(axis=1).all()
    assert criteria.sum(axis=1).max() == 2  # 1;3
    rest = frames["AE"][frames["AE"]["AESER"] == "N"]
    assert not (rest[["AESDTH", "AESLIFE", "AESHOSP"]] == "Y").any(axis=None)


def results(frames, raw, injected, case):
    """The LB records made of the dirty cells of a case, in the order of the manifest."""
    found = []
    lines = raw("lab_local.csv")
    for cell in injected:
        if (cell["case"], cell["file"]) == (case, "lab_local.csv"):
            line = lines[int(cell["row"]) - 1]
            same = frames["LB"][
                frames["LB"]["USUBJID"].str.endswith(line["SUBJECT"])
                & (frames["LB"]["LBDTC"] == line["COLDTM"].replace(" ", "T"))
            ]
            found.append((line, same))
    return found


def test_texts_of_the_laboratory_are_read(frames, raw, injected):
    for line, same in results(frames, raw, injected, "D06"):
        match line["RESULT"]:
            case "3．77":
                assert 3.77 in listed(same["LBSTRESN"])
            case "＞10":
                (high,) = same[same["LBORRES"] == ">10"].itertuples()
                assert high.LBSTRESC == ">10"
                assert high.LBSTRESN != high.LBSTRESN
                assert high.LBNRIND == "HIGH"
            case "<0.5":
                low = same[same["LBORRES"] == "<0.5"]
                assert listed(low["LBSTRESC"]) == ["<0.5"]
                assert listed(low["LBSTRESN"]) == [None]


def test_a_result_not_done_is_told_from_one_that_is_not_there(frames):
    absent = frames["LB"][frames["LB"]["LBORRES"].isna()]
    assert sorted(zip(absent["LBTESTCD"], listed(absent["LBSTAT"]), strict=True)) == [
        ("ALB", None),
        ("GLUC", "NOT DONE"),
        ("INTLK6", "NOT DONE"),
    ]


def test_names_in_chinese_in_full_width_and_in_english_are_one_test(frames, at_cut):
    lines = pd.DataFrame(at_cut("lab_local.csv"))
    names = {"血红蛋白": "HGB", "Hemoglobin": "HGB", "ＡＳＴ": "AST", "γ-谷氨酰转移酶": "GGT"}
    for code in ("HGB", "GGT"):
        wanted = lines["TEST"].isin([name for name, known in names.items() if known == code])
        extra = lines["TEST"].eq("GGT") if code == "GGT" else False
        assert (frames["LB"]["LBTESTCD"] == code).sum() == (wanted | extra).sum()
    assert frames["LB"]["LBTEST"].notna().all()


def test_units_are_converted_exactly(frames):
    rows = frames["LB"]
    for code, unit, factor in (
        ("HGB", "g/dL", 10),
        ("BILI", "mg/dL", 17.1),
        ("CREAT", "mg/dL", 88.4),
    ):
        found = rows[(rows["LBTESTCD"] == code) & (rows["LBORRESU"] == unit)].dropna(
            subset="LBSTRESN"
        )
        assert len(found) > 50
        product = found["LBORRES"].astype(float) * factor
        assert ((found["LBSTRESN"] - product).abs() < 1e-9).all()
        # 15 significant digits: 0.7 * 88.4 is 61.88, not 61.880000000000003.
        assert found["LBSTRESC"].str.len().max() <= 7


def test_micro_and_tilde_are_written_in_one_way(frames):
    units = set(frames["LB"]["LBORRESU"].dropna())
    assert {"umol/L", "10^9/L"} <= units
    assert all(unit.isascii() and "~" not in unit for unit in units)


def test_a_unit_that_no_table_converts_leaves_the_collected_result(frames):
    (odd,) = frames["LB"][frames["LB"]["LBORRESU"] == "KU"].itertuples()
    assert odd.LBORRES == odd.LBORRES
    assert odd.LBSTRESN != odd.LBSTRESN


def test_indicators_agree_with_the_limits(frames):
    known = frames["LB"].dropna(subset=["LBSTRESN", "LBSTNRHI"])
    low = known["LBSTRESN"] < known["LBSTNRLO"]
    high = known["LBSTRESN"] > known["LBSTNRHI"]
    assert (known["LBNRIND"][low] == "LOW").all()
    assert low.any()
    assert (known["LBNRIND"][high] == "HIGH").all()
    assert high.any()
    assert (known["LBNRIND"][~low & ~high] == "NORMAL").all()


def test_two_results_of_one_specimen_are_both_kept(subject):
    counts = subject("LB", "0017", LBTESTCD="PLAT", VISIT="SCREENING")
    assert sorted(listed(counts["LBSTRESN"])) == [249.0, 258.0]

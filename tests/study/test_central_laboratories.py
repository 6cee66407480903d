"""LB cytokines, CP, PC and PP: how the central laboratories' transfers and their dirt arrive."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from cdisc.model import Severity
from cdisc.sources import read_source

from .conftest import ROOT, SUBJECT

ELISA, FLOW, QPCR = "clab_elisa.xlsx", "clab_flow.xlsx", "clab_qpcr.csv"
DATASETS = ("LB", "CP", "PC", "PP")


def listed(column):
    """Values as a list, missing ones as None."""
    return [None if pd.isna(value) else value for value in column]


def marked(injected, file, case, column=None):
    """Data rows of a transfer with a case of dirt."""
    return [
        int(cell["row"])
        for cell in injected
        if (cell["file"], cell["case"]) == (file, case) and column in (None, cell["column"])
    ]


@pytest.fixture(scope="session")
def sent(study, raw):
    """The rows of the three transfers as received."""
    found = {QPCR: raw(QPCR)}
    for name in ("elisa", "flow"):
        spec = study.sources[name].spec
        frame = read_source(spec, ROOT / "data" / "raw").frame
        file = {"elisa": ELISA, "flow": FLOW}[name]
        found[file] = [
            {column: "" if pd.isna(value) else value for column, value in row.items()}
            for row in frame.to_dict("records")
        ]
    return found


@pytest.fixture(scope="session")
def said(built):
    """For each dataset and rule, the file rows that findings name, and their severity."""
    found = defaultdict(set)
    for finding in built.findings:
        for occurrence in finding.occurrences:
            place = (occurrence.file, occurrence.row, finding.severity)
            found[finding.dataset, finding.variable, finding.rule].add(place)
    return found


def errors(file, *rows):
    return {(file, row, Severity.ERROR) for row in rows}


# ---- the standard -------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*DATASETS, "BE"])
def test_every_variable_of_the_study_design_is_there(built, design, name):
    wanted = {r["variable"] for r in design("annex_sdtm_variables.csv") if r["dataset"] == name}
    assert wanted - {variable.name for variable in built.datasets[name].variables} == set()


def test_tests_specimens_methods_and_units_are_those_of_the_study_design(frames):
    lb = frames["LB"][frames["LB"]["LBCAT"] == "CYTOKINES"]
    pairs = set(zip(lb["LBTESTCD"], lb["LBTEST"], strict=True))
    assert pairs == {
        ("IFNA", "Interferon Alpha"),
        ("IFNB", "Interferon Beta"),
        ("INTLK2", "Interleukin 2"),
        ("INTLK6", "Interleukin 6"),
        ("TNF", "Tumor Necrosis Factor"),
    }
    assert (set(lb["LBSPEC"]), set(lb["LBMETHOD"])) == ({"SERUM"}, {"ELISA"})
    assert set(lb["LBSTRESU"].dropna()) == {"ng/L"}
    cp = frames["CP"]
    columns = ["CPTESTCD", "CPTEST", "CPSBMRKS", "CPMRKSTR", "CPRESTYP", "CPSTRESU"]
    found = {
        tuple(None if pd.isna(v) else v for v in row)
        for row in cp.loc[cp["CPSTAT"].isna(), columns].drop_duplicates().to_numpy()
    }
    count, share = ("NUMBER CONCENTRATION", "10^6/L"), ("NUMBER FRACTION", "%")
    assert found == {
        ("MNS", "Mono Sub", "CD16+", "CD14+CD16+", *count),
        ("MNSMN", "Mono Sub/Mono", "CD16+", "CD14+CD16+/CD14+", *share),
        ("TLYH", "TLym Help", None, "CD3+CD4+", *count),
        ("TLYHTLY", "TLym Help/TLym", None, "CD3+CD4+/CD3+", *share),
        ("TLC", "TLym Cytx", None, "CD3+CD8+", *count),
        ("TLYCTLY", "TLym Cytx/TLym", None, "CD3+CD8+/CD3+", *share),
        ("NKCE", "Natural Killer Cells", None, "CD3-CD16+CD56+", *count),
        ("NKLY", "NK Cells/Lym", None, "CD3-CD16+CD56+/CD45+", *share),
    }
    for name, value in (
        ("CPMETHOD", "FLOW CYTOMETRY"),
        ("CPCAT", "IMMUNOPHENOTYPING"),
        ("CPSPEC", "BLOOD"),
        ("CPRESSCL", "QUANTITATIVE"),
    ):
        assert set(cp[name]) == {value}
    pc = frames["PC"]
    assert set(pc["PCSPEC"]) == {"BLOOD", "TUMOR TISSUE"}
    assert set(pc["PCMETHOD"]) == {"REAL-TIME POLYMERASE CHAIN REACTION ASSAY"}
    assert set(pc["PCSTRESU"].dropna()) == {"DNA copies/ug"}


def test_every_sample_that_was_sent_is_there(frames, sent):
    lb = frames["LB"][frames["LB"]["LBCAT"] == "CYTOKINES"]
    assert set(lb["LBREFID"]) == {row["ACCESSION"] for row in sent[ELISA]}
    assert len(frames["CP"]) == 8 * len(sent[FLOW])
    # one record is rejected, because nobody knows its subject
    assert len(frames["PC"]) == len(sent[QPCR]) - 1


# ---- time points --------------------------------------------------------------------------


def test_a_sample_belongs_to_the_infusion_before_it_and_a_pre_infusion_one_to_that_of_its_day(
    frames,
):
    ex = frames["EX"][frames["EX"]["EXTRT"] == "MSC-IFNA"]
    given = {
        (row.USUBJID, f"MSC-IFNA INFUSION {row.EXSPID}"): row.EXSTDTC for row in ex.itertuples()
    }
    starts = ex.groupby("USUBJID")["EXSTDTC"].apply(sorted)
    for name in ("LB", "CP", "PC"):
        timed = frames[name][frames[name][f"{name}TPTREF"].notna()]
        assert len(timed) > 1000
        for row in timed.to_dict("records"):
            reference, taken = row[f"{name}RFTDTC"], row[f"{name}DTC"]
            assert reference == given[row["USUBJID"], row[f"{name}TPTREF"]]
            days = (
                datetime.fromisoformat(taken[:10]) - datetime.fromisoformat(reference[:10])
            ).days
            if row[f"{name}TPT"] == "PRE-INFUSION":
                assert days == 0
                assert taken[:16] <= reference
            else:
                before = [start for start in starts[row["USUBJID"]] if start <= taken]
                assert before[-1] == reference
                low, high = {1: (1, 1), 3: (2, 5), 7: (6, 10), 14: (11, 17), 21: (18, 24),
                             28: (25, 35)}[row[f"{name}TPTNUM"]]  # fmt: skip
                assert low <= days <= high
                assert row[f"{name}ELTM"] == f"P{row[f'{name}TPTNUM']:.0f}D"


def test_a_sample_has_the_visit_of_its_day(frames):
    sv = frames["SV"].set_index(["USUBJID", "VISITNUM"])["SVSTDTC"]
    for name in ("LB", "CP", "PC"):
        timed = frames[name][frames[name][f"{name}TPTREF"].notna()]
        days = [sv[key] for key in zip(timed["USUBJID"], timed["VISITNUM"], strict=True)]
        assert days == timed[f"{name}DTC"].str[:10].tolist()
        early = frames[name][frames[name][f"{name}TPTREF"].isna()]
        if name != "LB":
            assert set(early["VISIT"]) == {"SCREENING"}


# ---- dirt, case by case -------------------------------------------------------------------


def test_d02_a_time_typed_by_hand_is_no_date_and_a_query(frames, sent, injected, said):
    rows = marked(injected, ELISA, "D02")
    accession = {sent[ELISA][row - 1]["ACCESSION"] for row in rows}
    assert {sent[ELISA][row - 1]["COLUTC"][-5:] for row in rows} == {" 2:30"}
    found = frames["LB"][frames["LB"]["LBREFID"].isin(accession)]
    assert len(found) == 5
    assert found[["LBDTC", "LBTPTREF", "VISITNUM"]].isna().all(axis=None)
    assert found["LBTPT"].notna().all()
    assert said["LB", "LBDTC", "iso8601.unreadable"] == errors(ELISA, *rows)


def test_d02_an_excel_serial_number_is_a_local_time(frames, sent, injected):
    (row,) = marked(injected, FLOW, "D02")
    cell = sent[FLOW][row - 1]
    assert 44000 < float(cell["COLLDATE"]) < 46000
    minutes = round(float(cell["COLLDATE"]) * 1440)
    expected = pd.Timestamp("1899-12-30") + pd.Timedelta(minutes=minutes)
    found = frames["CP"][frames["CP"]["CPREFID"] == cell["ACC"]]
    assert set(found["CPDTC"]) == {expected.isoformat()}


def test_d03_the_latest_rerun_counts(frames, sent, injected, said):
    dropped = said["LB", "", "rows.duplicate_dropped"]
    results = defaultdict(list)
    for number, cell in enumerate(sent[ELISA], 1):
        results[cell["ACCESSION"], cell["ANALYTE"]].append((int(cell["RERUN"]), number, cell))
    again = [runs for runs in results.values() if len({run for run, _, _ in runs}) > 1]
    assert len(again) == 3
    for runs in again:
        latest = max(run for run, _, _ in runs)
        cell = runs[0][2]
        found = frames["LB"][
            (frames["LB"]["LBREFID"] == cell["ACCESSION"])
            & (frames["LB"]["LBTESTCD"] == {"IFN-α": "IFNA", "IL-6": "INTLK6"}.get(
                cell["ANALYTE"], "TNF"))
        ]  # fmt: skip
        assert sorted(found["LBORRES"]) == sorted(c["CONC"] for run, _, c in runs if run == latest)
        for run, number, _ in runs:
            place = (ELISA, number, Severity.WARNING)
            assert (place in dropped) == (run < latest)


def test_d03_two_results_of_one_rerun_both_stay_and_are_asked_about(frames, sent, injected, said):
    rows = [row for row in marked(injected, ELISA, "D03", "CONC")
            if sent[ELISA][row - 1]["SUBJ"] == "BT078_001_11"
            and sent[ELISA][row - 1]["RERUN"] == "1"]  # fmt: skip
    assert len(rows) == 2
    found = frames["LB"][frames["LB"]["LBREFID"] == sent[ELISA][rows[0] - 1]["ACCESSION"]]
    il6 = found[found["LBTESTCD"] == "INTLK6"]
    assert sorted(il6["LBORRES"]) == ["41.07", "47.9"]
    assert said["LB", "", "rows.undecided"] == errors(ELISA, *rows)


def test_d03_a_sample_sent_twice_is_there_once(frames, sent, injected, said):
    rows = marked(injected, ELISA, "D03", "ACCESSION")
    assert len(rows) == 5
    (accession,) = {sent[ELISA][row - 1]["ACCESSION"] for row in rows}
    assert (frames["LB"]["LBREFID"] == accession).sum() == 5
    places = {(ELISA, row, Severity.WARNING) for row in rows}
    assert places <= said["LB", "", "rows.duplicate_dropped"]


@pytest.mark.parametrize("file", [ELISA, QPCR])
def test_d04_utc_of_the_evening_is_the_next_local_day(frames, sent, injected, file):
    rows = marked(injected, file, "D04")
    assert len(rows) > 5
    name, key, column = {ELISA: ("LB", "ACCESSION", "LBREFID"), QPCR: ("PC", "SPECID", "PCREFID")}[
        file
    ]
    for row in rows:
        cell = sent[file][row - 1]
        assert cell["COLUTC"][10:] > "T22:"
        expected = pd.Timestamp(cell["COLUTC"]).tz_convert("+08:00").tz_localize(None).isoformat()
        found = frames[name][frames[name][column] == cell[key]]
        assert set(found[f"{name}DTC"]) == {expected}
        assert expected[:10] > cell["COLUTC"][:10]
        assert set(found[f"{name}TPT"]) == {"DAY 7 AFTER INFUSION"}


def test_d05_an_unknown_id_is_rejected(frames, sent, injected, built):
    (row,) = marked(injected, QPCR, "D05")
    cell = sent[QPCR][row - 1]
    assert cell["SUBJ"] == "BT078_01_014"
    assert not (frames["PC"]["PCREFID"] == cell["SPECID"]).any()
    (finding,) = [f for f in built.findings if f.rule == "source.subject_unknown"]
    assert finding.severity is Severity.ERROR
    assert [(o.file, o.row) for o in finding.occurrences] == [(QPCR, row)]


@pytest.mark.parametrize(
    ("file", "raw_text", "original", "standard", "number"),
    [
        (ELISA, "＞０．５", ">0.5", ">500", None),
        (ELISA, "１２．５", "12.5", "12.5", 12.5),
        (QPCR, "＜50", "<50", "<50", None),
        (FLOW, "<20", "<20", "<20", None),
    ],
)
def test_d06_signs_and_full_width_digits(
    frames, sent, injected, file, raw_text, original, standard, number
):
    columns = {ELISA: "CONC", QPCR: "COPIES", FLOW: "NK.NK_ABS"}
    name, key, column = {
        ELISA: ("LB", "ACCESSION", "LBREFID"),
        QPCR: ("PC", "SPECID", "PCREFID"),
        FLOW: ("CP", "ACC", "CPREFID"),
    }[file]
    rows = marked(injected, file, "D06", columns[file])
    (cell,) = [c for c in (sent[file][r - 1] for r in rows) if c[columns[file]] == raw_text]
    found = frames[name][frames[name][column] == cell[key]]
    found = found[found[f"{name}ORRES"] == original]
    assert len(found) == 1
    assert listed(found[f"{name}STRESC"]) == [standard]
    assert listed(found[f"{name}STRESN"]) == [number]


def test_d06_full_width_counts(frames, sent, injected):
    rows = marked(injected, FLOW, "D06", "NK.NK_ABS")
    cell = next(c for c in (sent[FLOW][r - 1] for r in rows) if not c["NK.NK_ABS"].isascii())
    found = frames["CP"][frames["CP"]["CPREFID"] == cell["ACC"]].set_index("CPTESTCD")
    plain = "".join(chr(ord(char) - 0xFEE0) for char in cell["NK.NK_ABS"])
    assert found.loc["NKCE", "CPORRES"] == plain
    assert found.loc["NKCE", "CPSTRESN"] == float(plain)


def test_d06_what_could_not_be_measured_is_not_done(frames, sent, injected, said):
    for file, name, column, value in (
        (ELISA, "LB", "CONC", "QNS"),
        (FLOW, "CP", "MONO.MONO_ABS", "QNS"),
    ):
        rows = [r for r in marked(injected, file, "D06", column)
                if sent[file][r - 1][column] == value]  # fmt: skip
        assert len(rows) == 1
        cell = sent[file][rows[0] - 1]
        key = cell.get("ACCESSION", cell.get("ACC"))
        found = frames[name][(frames[name][f"{name}REFID"] == key)
                             & (frames[name][f"{name}STAT"] == "NOT DONE")]  # fmt: skip
        assert set(found[f"{name}REASND"]) == {"QUANTITY NOT SUFFICIENT"}
        empty = ["ORRES", "ORRESU", "STRESC", "STRESN", "STRESU"]
        absent = [f"{name}{c}" for c in empty if f"{name}{c}" != "LBORRESU"]
        assert found[absent].isna().all(axis=None)


def test_a_failed_assay_is_not_done_and_is_left_out_of_the_parameters(frames, sent, injected):
    (row,) = marked(injected, QPCR, "D06", "RESCODE")
    cell = sent[QPCR][row - 1]
    assert (cell["RESCODE"], cell["COPIES"]) == ("1", "")
    (found,) = frames["PC"][frames["PC"]["PCREFID"] == cell["SPECID"]].itertuples()
    assert (found.PCSTAT, found.PCREASND) == ("NOT DONE", "ASSAY FAILED")
    assert pd.isna(found.PCORRES)
    assert pd.isna(found.PCORRESU)
    group = frames["PP"][(frames["PP"]["USUBJID"] == found.USUBJID)
                         & (frames["PP"]["PPGRPID"] == found.PCGRPID)]  # fmt: skip
    assert group.set_index("PPTESTCD")["PPSTRESN"]["CMAX"] > 0


def test_d07_units_are_converted_exactly(frames, sent):
    factors = {"pg/mL": 1, "ng/L": 1, "ng/mL": 1000}
    lb = frames["LB"].set_index(["LBREFID", "LBTESTCD"]).sort_index()
    seen = set()
    for cell in sent[ELISA]:
        unit = cell["UNIT"]
        if cell["ANALYTE"] == "IL-2" and unit in factors and cell["CONC"][:1] in "0123456789":
            (found,) = lb.loc[[(cell["ACCESSION"], "INTLK2")]].itertuples()
            exact = round(float(cell["CONC"]) * factors[unit], 9)
            if cell["CONC"] == found.LBORRES:
                assert round(found.LBSTRESN, 9) == exact
                assert found.LBLLOQ == 2
                seen.add(unit)
    assert seen == set(factors)
    cp = frames["CP"][frames["CP"]["CPTESTCD"] == "TLYH"].set_index("CPREFID")
    thousands = [cell for cell in sent[FLOW] if cell["UNIT"] == "10^9/L"]
    assert len(thousands) > 50
    for cell in thousands:
        assert cp.loc[cell["ACC"], "CPSTRESN"] == round(float(cell["CD4.CD4_ABS"]) * 1000, 9)
    pc = frames["PC"].set_index("PCREFID")
    tenths = [c for c in sent[QPCR] if c["UNIT"] == "copies/100ng" and c["COPIES"][0].isdigit()]
    assert len(tenths) > 50
    for cell in tenths:
        found = pc.loc[cell["SPECID"]]
        assert found["PCORRESU"] == "copies/100 ng"
        assert found["PCSTRESN"] == round(float(cell["COPIES"]) * 10, 9)


def test_d07_an_unknown_unit_gives_no_standard_result_and_a_query(frames, sent, injected, said):
    for file, name, unit in ((ELISA, "LB", "IU/mL"), (QPCR, "PC", "copies/cell")):
        (row,) = [r for r in marked(injected, file, "D07") if sent[file][r - 1]["UNIT"] == unit]
        cell = sent[file][row - 1]
        key = cell.get("ACCESSION", cell.get("SPECID"))
        found = frames[name]
        found = found[(found[f"{name}REFID"] == key) & (found[f"{name}ORRESU"] == unit)]
        assert len(found) == 1
        assert found[[f"{name}STRESC", f"{name}STRESN"]].isna().all(axis=None)
        assert found[f"{name}ORRES"].notna().all()
        for variable, rule in (("STRESC", "standard_text"), ("STRESN", "standard_number")):
            place = (file, row, Severity.ERROR)
            assert place in said[name, f"{name}{variable}", f"{rule}.unknown_unit"]


def test_d28_names_with_greek_letters_and_both_signs_for_micro(frames, sent, injected):
    rows = marked(injected, ELISA, "D28")
    names = {sent[ELISA][row - 1]["ANALYTE"] for row in rows}
    assert names == {"ＩＦＮ－α", "ＴＮＦ－α", " IFN-ß"}
    for row in rows:
        cell = sent[ELISA][row - 1]
        found = frames["LB"][frames["LB"]["LBREFID"] == cell["ACCESSION"]]
        assert set(found["LBTESTCD"]) == {"IFNA", "IFNB", "INTLK2", "INTLK6", "TNF"}
    signs = {sent[FLOW][row - 1]["UNIT"][-2] for row in marked(injected, FLOW, "D28")}
    assert signs == {"μ", "µ"}
    units = frames["CP"]["CPORRESU"].dropna()
    assert set(units) == {"10^6/L", "10^9/L", "%"}


# ---- kinetics -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["0001", "0002", "0003", "0004"])
def test_golden_kinetics(subject, number):
    pc = subject("PC", number, PCGRPID="INFUSION 1", PCSPEC="BLOOD").sort_values("PCTPTNUM")
    assert listed(pc["PCORRES"]) == ["BLQ", "1200", "800", "300", "90", "BLQ", "BLQ"]
    assert set(pc["PCLLOQ"]) == {50}
    pp = subject("PP", number, PPGRPID="INFUSION 1").set_index("PPTESTCD")
    assert pp["PPSTRESN"].round(1).to_dict() == {
        "CMAX": 1200,
        "TMAX": 24,
        "CLST": 90,
        "TLST": 336,
        "AUCLST": 139994.2,
        "AUCINT": 147554.2,
    }
    assert pp["PPORRESU"].to_dict() == {
        "CMAX": "DNA copies/ug",
        "CLST": "DNA copies/ug",
        "TMAX": "h",
        "TLST": "h",
        "AUCLST": "h*DNA copies/ug",
        "AUCINT": "h*DNA copies/ug",
    }
    assert (pp.loc["AUCINT", "PPSTINT"], pp.loc["AUCINT", "PPENINT"]) == ("PT0H", "P28D")
    assert pp.loc["CMAX", ["PPSTINT", "PPENINT", "PPANMETH"]].isna().all()


def test_parameters_are_those_of_a_slower_way(frames):
    """CMAX, TMAX, TLST and AUCLST of every infusion, worked out again from PC."""
    blood = frames["PC"][(frames["PC"]["PCSPEC"] == "BLOOD") & frames["PC"]["PCGRPID"].notna()]
    pp = frames["PP"].set_index(["USUBJID", "PPGRPID", "PPTESTCD"])["PPSTRESN"]
    checked = 0
    for key, samples in blood.groupby(["USUBJID", "PCGRPID"]):
        start = datetime.fromisoformat(samples["PCRFTDTC"].iloc[0])
        points = []
        for row in samples.sort_values("PCDTC").itertuples():
            if pd.isna(row.PCSTRESC):
                continue
            hours = (datetime.fromisoformat(row.PCDTC) - start).total_seconds() / 3600
            points.append((max(hours, 0.0), row.PCSTRESN))
        known = [(h, c) for h, c in points if not math.isnan(c)]
        if not known or points[0][0] > 0:
            continue
        last = known[-1][0]
        curve = [(h, 0.0 if math.isnan(c) else c) for h, c in points if h <= last]
        curve = [p for p in curve if p[1] > 0 or p[0] < known[0][0]]
        area = 0.0
        for (t1, c1), (t2, c2) in pairwise(curve):
            mean = (c1 + c2) / 2 if c2 >= c1 else (c1 - c2) / math.log(c1 / c2)
            area += mean * (t2 - t1)
        top = max(c for _, c in known)
        assert pp[(*key, "CMAX")] == top
        assert pp[(*key, "TMAX")] == round(next(h for h, c in known if c == top), 2)
        assert pp[(*key, "TLST")] == round(last, 2)
        assert math.isclose(pp[(*key, "AUCLST")], area, rel_tol=1e-9, abs_tol=0.006)
        checked += 1
    assert checked > 150


def test_what_cannot_be_computed_says_why(frames):
    pp = frames["PP"]
    absent = pp["PPSTAT"] == "NOT DONE"
    assert absent.any()
    assert (absent == pp["PPREASND"].notna()).all()
    results = ["PPORRES", "PPORRESU", "PPSTRESC", "PPSTRESN", "PPSTRESU"]
    assert pp.loc[absent, results].isna().all(axis=None)
    assert pp.loc[~absent, results].notna().all(axis=None)
    assert (pp.groupby(["USUBJID", "PPGRPID"]).size() == 6).all()


def test_an_interval_ends_with_the_next_infusion(frames):
    ex = frames["EX"][frames["EX"]["EXTRT"] == "MSC-IFNA"].sort_values(["USUBJID", "EXSTDTC"])
    following = ex.groupby("USUBJID")["EXSTDTC"].shift(-1)
    hours = (pd.to_datetime(following) - pd.to_datetime(ex["EXSTDTC"])).dt.total_seconds() / 3600
    early = set(zip(ex["USUBJID"][hours < 672], ex["EXSPID"][hours < 672], strict=True))
    pp = frames["PP"][frames["PP"]["PPTESTCD"] == "AUCINT"]
    told = pp[pp["PPREASND"] == "NEXT DOSE BEFORE THE END OF THE INTERVAL"]
    found = set(zip(told["USUBJID"], told["PPGRPID"].str.split().str[1], strict=True))
    assert found
    assert found <= early
    there = pp[pp["PPSTRESN"].notna()]
    assert not set(zip(there["USUBJID"], there["PPGRPID"].str.split().str[1], strict=True)) & early


def test_only_the_samples_that_parameters_are_computed_from_are_related_to_them(frames):
    pc, pp = frames["PC"], frames["PP"]
    related = pc.merge(pp, left_on=["USUBJID", "PCGRPID"], right_on=["USUBJID", "PPGRPID"])
    assert len(related)
    assert (related["PCSPEC"] == related["PPSPEC"]).all()
    # A biopsy after an infusion is timed by it all the same.
    tissue = pc[(pc["PCSPEC"] == "TUMOR TISSUE") & pc["PCTPTREF"].notna()]
    assert len(tissue)
    assert tissue["PCGRPID"].isna().all()


def test_a_parameter_leads_back_to_the_samples_it_was_computed_from(built, frames):
    edges = built.lineage["PP"]
    pp, pc = frames["PP"], frames["PC"]
    place = pp.index[(pp["USUBJID"] == f"{SUBJECT}0001") & (pp["PPGRPID"] == "INFUSION 1")]
    used = {}
    for row in place:
        mine = (edges.child == row) & (edges.role == edges.roles.index("rows"))
        assert {edges.parents[parent] for parent in np.unique(edges.parent[mine])} == {"PC"}
        used[pp["PPTESTCD"][row]] = pc["PCTPTNUM"][edges.parent_row[mine]].sort_values().tolist()
    assert used == {
        "CMAX": [1],
        "TMAX": [1],
        "CLST": [14],
        "TLST": [14],
        "AUCLST": [0, 1, 3, 7, 14],
        "AUCINT": [0, 1, 3, 7, 14, 21],
    }


def test_the_last_result_before_exposure_of_the_combination_is_that_of_screening(subject):
    """Chemotherapy is five days before the infusion, so the sample before it is no baseline."""
    for name in ("LB", "CP"):
        flagged = subject(name, "0001", **{f"{name}LOBXFL": "Y"})
        flagged = flagged[flagged[f"{name}REFID"].notna()]
        assert len(flagged) == {"LB": 5, "CP": 8}[name]
        assert set(flagged["VISIT"]) == {"SCREENING"}
    mono = subject("CP", "0003", CPLOBXFL="Y")
    assert set(mono["CPTPT"]) == {"PRE-INFUSION"}


def test_samples_are_collected_and_sent(frames, sent):
    be = frames["BE"]
    for file, key in ((ELISA, "ACCESSION"), (FLOW, "ACC")):
        events = be[be["BEREFID"].isin({row[key] for row in sent[file]})]
        kinds = events.groupby("BEREFID")["BEDECOD"].apply(sorted)
        assert {tuple(kind) for kind in kinds} == {("COLLECTING", "SHIPPING")}
    tissue = be[be["BEREFID"].str.startswith("BX")]
    assert {"COLLECTING", "SHIPPING"} == set(tissue["BEDECOD"])
    assert not be.duplicated(["USUBJID", "BEREFID", "BEDECOD"]).any()


def test_the_workbook_of_the_flow_laboratory_has_two_header_rows():
    sheet = load_workbook(ROOT / "data" / "raw" / FLOW).worksheets[0]
    top, below = list(sheet.iter_rows(min_row=1, max_row=2, values_only=True))
    assert [cell for cell in top if cell] == ["MONO", "CD4", "CD8", "NK"]
    assert below[:6] == ("SUBJ", "ACC", "COLLDATE", "UNIT", "MONO_ABS", "MONO_PCT")
    assert len(sheet.merged_cells.ranges) == 4

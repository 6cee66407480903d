"""Traces of the reference study lead to the very cells of its raw files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from cdisc import Study
from cdisc.build import Inputs, read_inputs
from cdisc.cli.trace_screen import show_trace
from cdisc.errors import UsageError
from cdisc.pipeline.run import run
from cdisc.trace import Chain, Package
from cdisc.trace.answer import Answer, Candidate, Considered, Record
from cdisc.trace.summary import summary

ROOT = Path(__file__).parents[2]
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.load(ROOT)


@pytest.fixture(scope="module")
def package(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(study.spec, out=tmp_path_factory.mktemp("reference") / "build").out


@pytest.fixture(scope="module")
def ask(study: Study, package: Path) -> Ask:
    def asked(dataset: str, where: str, variable: str, **more: int) -> Answer:
        return study.trace(dataset, where=where, variable=variable, out=package, **more)

    return asked


@pytest.fixture(scope="module")
def inputs(study: Study) -> Inputs:
    return read_inputs(study.spec)


def records(record: Record) -> Iterator[Record]:
    yield record
    for below in record.below():
        yield from records(below)


def raw(answer: Answer) -> list[Record]:
    return [record for record in records(answer.record) if record.raw]


def cells(record: Record) -> dict[str, str]:
    return {cell.name: cell.text for cell in (*record.keys, *record.cells)}


def raw_row(file: str, row: int, encoding: str = "utf-8") -> dict[str, str]:
    """A row of a raw file, read by another route."""
    with (ROOT / "data" / "raw" / file).open(encoding=encoding, newline="") as lines:
        return list(csv.DictReader(lines))[row - 1]


def test_the_grade_of_an_event_is_the_cell_of_its_form(ask: Ask) -> None:
    where = 'USUBJID == "CHN-PLAGH-BT-078-001-0001" and AESPID == "4-1"'
    answer = ask("AE", where, "AETOXGR")
    [record] = raw(answer)
    file, _, row = record.place.partition(" row ")
    found = raw_row(file, int(row))
    assert file == "ae.csv"
    assert (found["SUBJECT"], found["AENO"]) == ("001-0001", "4")
    assert found["GRADE"] == answer.value == cells(record)["GRADE"]
    assert [cell.name for cell in (*record.keys, *record.cells) if cell.asked] == ["GRADE"]


def test_a_grade_that_changed_is_the_cell_of_the_log(ask: Ask) -> None:
    where = 'USUBJID == "CHN-PLAGH-BT-078-001-0001" and AESPID == "6-2"'
    answer = ask("AE", where, "AETOXGR")
    [record] = raw(answer)
    file, _, row = record.place.partition(" row ")
    assert (file, raw_row(file, int(row))["GRADE"]) == ("aelog.csv", answer.value)


def test_an_area_under_the_curve_leads_to_the_samples_of_the_laboratory(ask: Ask) -> None:
    where = 'USUBJID == "CHN-PLAGH-BT-078-001-0001" and PPTESTCD == "AUCLST"'
    answer = ask("PP", where, "PPSTRESN", limit=50)
    [samples] = [link for link in answer.record.content.links if link.records[0].origin == "PC"]
    results = [cells(record)["PCSTRESC"] for record in samples.records]
    measured = [one for record in samples.records for one in record.below() if one.raw]
    assert samples.more == 0
    assert len(measured) == len(samples.records) >= 5
    for record, result in zip(measured, results, strict=True):
        file, _, row = record.place.partition(" row ")
        assert file == "clab_qpcr.csv"
        assert raw_row(file, int(row))["COPIES"] == cells(record)["COPIES"] == result
    # a step on the way that no dataset has is told with its value
    [rule] = [rule for rule in answer.record.content.rules if rule.variable == "PPORRES"]
    [made] = [step for step in rule.steps if step.name == "RESULT"]
    assert round(float(made.value), 2) == pytest.approx(float(answer.value))


def test_the_first_exposure_is_the_cell_of_the_dose(ask: Ask) -> None:
    answer = ask("DM", 'SUBJID == "001-0001"', "RFSTDTC")
    [record] = raw(answer)
    file, _, row = record.place.partition(" row ")
    assert file == "dose_reg.csv"
    assert raw_row(file, int(row))["DTM"] == cells(record)["DTM"]
    assert answer.value == cells(record)["DTM"].replace("/", "-").replace(" ", "T")


def test_a_related_record_leads_to_the_record_it_names(ask: Ask) -> None:
    answer = ask("RELREC", 'RDOMAIN == "AE"', "")
    [link] = answer.record.content.links
    assert link.says == "names"
    assert link.records[0].origin == "AE"


def test_datasets_related_as_a_whole_come_from_no_record(ask: Ask) -> None:
    answer = ask("RELREC", "missing(USUBJID)", "")
    assert answer.record.content.links == []


def test_a_form_of_an_odm_file_is_named_with_its_row(ask: Ask) -> None:
    answer = ask("DM", 'SUBJID == "001-0001"', "SEX")
    assert [record.place.partition(" row ")[0] for record in raw(answer)] == ["edc_odm.xml [DM]"]


def test_a_record_of_no_subject_is_traced_too(ask: Ask) -> None:
    assert ask("TS", 'TSPARMCD == "ADDON"', "TSVAL").value


COPIES = ("AE", "CM", "MH", "EC", "LB", "TU", "TR", "RS", "EG")


@pytest.mark.parametrize("name", COPIES)
def test_what_is_only_copied_is_the_text_of_one_raw_cell(
    study: Study, package: Path, inputs: Inputs, name: str
) -> None:
    """Some records of every dataset, all variables that a spec only copies from a source."""
    spec, asked = study.spec.datasets[name], Package.at(package, "")
    copied = {
        variable: found.call.texts["of"].rpartition(".")[2]
        for variable, found in spec.variables.items()
        if found.call.algorithm.name == "copy" and variable in asked.table(name).names
    }
    chain = Chain(study.spec, asked, inputs, None)
    seen = 0
    for row in np.linspace(0, asked.table(name).count - 1, 12).astype(int).tolist():
        for variable, column in copied.items():
            record = chain.value(name, row, [variable])
            found = [below for below in records(record) if below.raw and column in cells(below)]
            if len(found) == 1:
                value = asked.texts(name, row)[variable]
                assert cells(found[0])[column].strip() == value, (variable, found[0].place)
                seen += 1
    assert seen or not copied


@pytest.mark.parametrize("name", ["AE", "DM", "LB", "RS", "TR", "PC", "EX"])
def test_a_subject_run_again_has_the_values_of_the_package(
    study: Study, package: Path, ask: Ask, name: str
) -> None:
    asked = Package.at(package, "")
    count = asked.table(name).count
    for row in {0, count // 3, count - 1}:
        texts = asked.texts(name, row)
        keys = [k for k in study.spec.datasets[name].keys if texts.get(k) and k != "STUDYID"]
        quotes = {key: "" if asked.table(name).is_number(key) else '"' for key in keys}
        where = " and ".join(f"{key} == {quotes[key]}{texts[key]}{quotes[key]}" for key in keys)
        answer = ask(name, where, "")
        assert answer.notes == ()
        for rule in answer.record.content.rules:
            for step in rule.steps:
                if step.name in texts and step.value is not None:
                    assert step.value == texts[step.name], step.name


def test_the_page_of_the_docs_shows_what_the_command_prints(ask: Ask) -> None:
    text = (ROOT / "docs" / "trace.md").read_text(encoding="utf-8")
    shown = re.search(r"^```\n\$ cdisc trace DM .*?\n(.*?)\n```$", text, re.M | re.S)[1]
    out = Console(file=io.StringIO(), width=100, color_system=None, legacy_windows=False)
    show_trace(ask("DM", 'SUBJID == "001-0001"', "RFSTDTC"), out)
    printed = [line.rstrip() for line in out.file.getvalue().splitlines()]
    assert printed == shown.splitlines()
    shown = re.search(r"^```\n\$ cdisc trace VS .*?\n(.*?)\n```$", text, re.M | re.S)[1]
    out = Console(file=io.StringIO(), width=100, color_system=None, legacy_windows=False)
    show_trace(ask("VS", 'VSTESTCD == "DIABP" and VISITNUM == 101', "VSLOBXFL"), out)
    lines = "\n".join(line.rstrip() for line in out.file.getvalue().splitlines())
    assert all(part.strip("\n") in lines for part in shown.split("..."))


def test_a_flag_leads_to_the_record_that_it_says_is_there(ask: Ask) -> None:
    answer = ask("ADSL", 'SUBJID == "001-0001"', "SAFFL")
    [link] = answer.record.content.links
    assert (link.says, link.records[0].origin) == ("chosen for SAFFL", "EX")
    assert float(cells(link.records[0])["EXDOSE"]) > 0


def test_a_flag_that_is_not_set_says_what_was_looked_for(ask: Ask) -> None:
    answer = ask("ADSL", 'SUBJID == "001-0001"', "PRIOPD1")
    [link] = answer.record.content.links
    assert (answer.value, link.count) == ("N", 0)
    assert link.origin.startswith('CM where CMCAT == "PRIOR ANTICANCER" and')


def test_a_survival_time_tells_its_candidates_down_to_the_form(ask: Ask) -> None:
    where = 'USUBJID == "CHN-PLAGH-BT-078-001-0001" and PARAMCD == "PFS"'
    answer = ask("ADTTE", where, "AVAL")
    [considered] = answer.record.content.considered
    taken = [one for one in considered.candidates if one.taken]
    left = {one.why for one in considered.candidates if not one.taken}
    assert [one.record.origin for one in taken] == ["ADRS"]
    assert any(why.startswith("Death: later than the event of ") for why in left)
    event = cells(taken[0].record)["ADT"]
    forms = [record for record in raw(answer) if record.origin == "resp"]
    days = {cells(record)["RSPDAT"] for record in forms}
    assert datetime.fromisoformat(event).strftime("%d-%b-%Y").upper() in days


def test_a_derived_response_leads_to_the_measurements_of_lesions(ask: Ask) -> None:
    where = 'USUBJID == "CHN-PLAGH-BT-078-001-0001" and PARAMCD == "OVRDRV" and AVALC == "PD"'
    answer = ask("ADRS", where, "AVALC", limit=50)
    [rule] = [rule for rule in answer.record.content.rules if rule.variable == "AVALC"]
    assert any("Response by RECIST 1.1 of the lesions" in step.says for step in rule.steps)
    forms = [record for record in raw(answer) if record.origin == "tl"]
    measured = [record for record in forms if "DIAM" in cells(record)]
    assert len(measured) >= 4
    for record in measured:
        file, _, row = record.place.partition(" row ")
        assert raw_row(file, int(row))["DIAM"] == cells(record)["DIAM"]


def test_the_response_of_an_investigator_rests_on_lesions_and_these_on_their_form(ask: Ask) -> None:
    where = 'USUBJID == "CHN-PLAGH-BT-078-001-0001" and PARAMCD == "PFS"'
    answer = ask("ADTTE", where, "ADT")
    [link] = [
        link
        for record in records(answer.record)
        for link in (record.content.links if record.content else ())
        if link.role == "RESPONSE"
    ]
    shown = [{**cells(record)} for record in link.records]
    sizes = {one["TRLNKID"]: one["TRSTRESC"] for one in shown if one.get("TRLNKID")}
    # STUDY.md section 7: 24, 9 and 9 mm on 2024-08-07, a sum of 42
    assert sizes == {"NT01": "PRESENT", "T01": "24", "T02": "9", "T03": "9"}
    assert [one["TRSTRESC"] for one in shown if one["TRTESTCD"] == "SUMDIAM"] == ["42"]
    diameters = {
        cells(record)["LESNO"]: cells(record)["DIAM"]
        for record in raw(answer)
        if record.origin == "tl" and "DIAM" in cells(record)  # the sum has another cell
    }
    assert diameters == {"T01": "24", "T02": "9", "T03": "9"}


def test_the_first_sentence_answers_why_the_time_is_as_long_as_it_is(ask: Ask) -> None:
    where = 'USUBJID == "CHN-PLAGH-BT-078-001-0001" and PARAMCD == "PFS"'
    answer = ask("ADTTE", where, "AVAL")
    said = summary(answer)
    assert str(said).startswith(
        "ADTTE.AVAL (Analysis Value) of PFS of subject CHN-PLAGH-BT-078-001-0001 is 213: days, "
        "both counted, from ENRLDT (2024-01-08) to the earliest event; the record taken is ADRS "
        "PARAMCD PD, ADT 2024-08-07 (Disease progression: the earliest event). It rests on "
    )
    counted = {(one.place, cell.name) for one in raw(answer) for cell in one.cells if cell.asked}
    counted |= {(one.place, cell.name) for one in raw(answer) for cell in one.keys if cell.asked}
    assert f" {len(counted)} raw cells of " in said.rests


def test_the_first_sentence_of_a_flag_says_why_it_is_not_on_this_record(ask: Ask) -> None:
    answer = ask("ADLB", f'{FIRST} and PARAMCD == "ALB" and LBSEQ == 3', "ABLFL")
    assert summary(answer).why == (
        "after 2024-01-10, which baseline lies before; "
        "the record taken is ADLB ADT 2024-01-10, ADTM 2024-01-10T07:24:00"
    )


# ---- flags ------------------------------------------------------------------------------------


def considered(answer: Answer, variable: str) -> Considered:
    [found] = [one for one in answer.record.content.considered if one.variable == variable]
    return found


def told(one: Candidate) -> tuple[bool, bool, str]:
    return one.itself, one.taken, one.why


FIRST = 'USUBJID == "CHN-PLAGH-BT-078-001-0001"'


def test_a_baseline_flag_names_its_rivals_and_counts_the_rest(ask: Ask) -> None:
    found = considered(
        ask("ADLB", f'{FIRST} and PARAMCD == "ALB" and LBSEQ == 1', "ABLFL"), "ABLFL"
    )
    itself, other, *later = found.candidates
    assert told(itself) == (True, False, "earlier than the last one, of 2024-01-10")
    assert told(other) == (False, True, "the last one that counts as before 2024-01-10")
    # what all of them have in common is not said again
    assert list(cells(other.record)) == ["ADT", "ADTM", "VISITNUM", "LBSEQ", "AVALC"]
    assert {one.why for one in later} == {"after 2024-01-10, which baseline lies before"}
    [rest] = found.others
    assert (rest.why, rest.taken, len(later)) == (later[0].why, False, 3)
    assert len(found.candidates) + rest.count == 21


def test_a_value_behind_the_one_asked_for_names_the_one_taken_and_counts_the_others(
    ask: Ask,
) -> None:
    answer = ask("ADLB", f'{FIRST} and PARAMCD == "ALB" and LBSEQ == 3', "CHG")
    [base] = considered(answer, "BASE").candidates
    assert cells(base.record)["LBSEQ"] == "2"
    assert (cells(base.record)["AVAL"], base.why) == ("40.1", "the baseline record")
    flag = considered(answer, "ABLFL")
    assert [(one.itself, one.taken) for one in flag.candidates] == [(True, False), (False, True)]
    assert sum(other.count for other in flag.others) == 19


def test_a_baseline_leads_to_the_raw_cell_of_its_own_record(ask: Ask) -> None:
    answer = ask("ADLB", f'{FIRST} and PARAMCD == "ALB" and LBSEQ == 3', "BASE")
    [link] = [one for one in answer.record.content.links if one.role == "BASE"]
    assert link.says == "value of BASE from"
    [own] = [one for one in records(link.records[0]) if one.raw and one.origin == "lab_local"]
    file, _, row = own.place.partition(" row ")
    assert raw_row(file, int(row), "gb18030")["RESULT"] == cells(own)["RESULT"] == answer.value


def test_an_end_that_is_the_next_start_leads_to_the_form_of_that(ask: Ask) -> None:
    where = 'USUBJID == "CHN-PLAGH-BT-078-001-0001" and AESPID == "6-1"'
    answer = ask("AE", where, "AEENDTC")
    [link] = [one for one in answer.record.content.links if one.role == "_NEXT"]
    assert cells(link.records[0])["AESTDTC"] == answer.value
    [form] = [one for one in records(link.records[0]) if one.raw]
    assert form.place.startswith("aelog.csv row ")


def test_candidates_and_their_reasons_are_few_enough_to_read(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cdisc.trace.considered.CANDIDATES", 4)
    found = considered(
        ask("ADLB", f'{FIRST} and PARAMCD == "ALB" and LBSEQ == 3', "ABLFL"), "ABLFL"
    )
    assert len(found.candidates) == 4
    assert [one.count for one in found.others] == [17]
    monkeypatch.setattr("cdisc.trace.considered.REASONS", 0)
    flag = considered(ask("ADLB", f'{FIRST} and PARAMCD == "ALB" and LBSEQ == 3', "CHG"), "ABLFL")
    assert [(one.why, one.count, one.taken) for one in flag.others] == [
        ("other reasons", 19, False)
    ]


def test_an_event_that_began_before_treatment_says_so(ask: Ask) -> None:
    answer = ask("ADAE", "missing(TRTEMFL) and AENDT >= TRTSDT", "TRTEMFL")
    [one] = considered(answer, "TRTEMFL").candidates
    shown = cells(answer.record) | cells(one.record)
    assert told(one) == (
        True,
        False,
        f"began {shown['ASTDT']}, before the start of treatment, {shown['TRTSDT']}",
    )


def test_a_later_occurrence_names_the_first_one(ask: Ask) -> None:
    answer = ask("ADAE", f'{FIRST} and missing(AOCCPFL) and TRTEMFL == "Y"', "AOCCPFL")
    itself, first, *_ = considered(answer, "AOCCPFL").candidates
    day = cells(first.record)["ASTDT"]
    assert told(itself) == (True, False, f"comes after the first one, of {day}")
    assert told(first) == (False, True, "the first one")
    assert day < cells(itself.record)["ASTDT"]


def test_a_nadir_names_the_record_of_the_lowest_sum(ask: Ask) -> None:
    where = f'{FIRST} and PARAMCD == "LDIAM1" and VISITNUM == 2018'
    answer = ask("ADTR", where, "NADIR")
    [lowest] = [one for one in considered(answer, "NADIR").candidates if one.taken]
    assert cells(lowest.record)["AVAL"] == answer.value


def test_a_flag_of_sdtm_explains_itself_too(ask: Ask) -> None:
    where = f'{FIRST} and VSTESTCD == "DIABP" and VISITNUM == 101'
    itself, last, *_ = considered(ask("VS", where, "VSLOBXFL"), "VSLOBXFL").candidates
    assert told(itself)[2] == "not known to be before first exposure, 2024-01-10T10:37"
    assert told(last) == (False, True, "the last one before first exposure, 2024-01-10T10:37")


def test_a_lookup_that_takes_the_first_record_names_it_and_counts_the_others(ask: Ask) -> None:
    found = considered(ask("DM", 'SUBJID == "001-0001"', "ACTARMCD"), "treated")
    [one] = found.candidates
    assert cells(one.record) == {"SESTDTC": "2024-01-10T10:37", "ETCD": "CMBO"}
    assert (one.taken, one.why) == (True, "the first one by SESTDTC")
    [rest] = found.others
    assert rest.why == "after the first one by SESTDTC, 2024-01-10T10:37"


def test_a_whole_record_is_told_without_the_rivals_of_its_flags(ask: Ask) -> None:
    answer = ask("ADLB", f'{FIRST} and PARAMCD == "ALB" and LBSEQ == 1', "")
    assert answer.record.content.considered == []


def test_only_the_part_that_a_record_comes_from_is_explained(ask: Ask) -> None:
    def said(code: str) -> str:
        where = f'USUBJID == "CHN-PLAGH-BT-078-001-0001" and PARAMCD == "{code}" and ABLFL == "Y"'
        rules = ask("ADLB", where, "AVAL").record.content.rules
        return " ".join(step.says for rule in rules for step in rule.steps)

    assert "LBSTRESN" in said("ALT")
    assert "CORRECTED" not in said("ALT")
    assert "CORRECTED rounded" in said("CACR")


def test_a_subject_without_record_of_a_parameter_is_told_what_it_would_be_made_of(ask: Ask) -> None:
    where = 'USUBJID == "CHN-PLAGH-BT-078-001-0009" and PARAMCD == "DOR"'
    with pytest.raises(UsageError) as caught:
        ask("ADTTE", where, "")
    assert caught.value.hint.startswith('DOR is made of records of ADRS where PARAMCD == "CRSP"')
    assert caught.value.hint.endswith(
        """see: cdisc trace ADRS --where 'USUBJID == "CHN-PLAGH-BT-078-001-0009" and """
        """PARAMCD == "CRSP"'"""
    )

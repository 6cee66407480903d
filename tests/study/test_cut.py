"""The data cut of the reference study: nothing later is in any dataset, all of it is listed.

The raw files are read again here by a slower route of their own.
"""

from __future__ import annotations

import re
from datetime import datetime

from cdisc.model import Severity

CUT = "2025-06-30"


def edc_day(text: str) -> str:
    known = re.sub(r"^UNK?-", "01-", re.sub(r"^UNK?-UNK?-", "01-JAN-", text))
    return datetime.strptime(known, "%d-%b-%Y").date().isoformat() if text else ""


def removed(inputs, source: str) -> set[int]:
    frame = inputs.cut.get(source)
    return set() if frame is None else set(frame["row"][frame["what"] == "removed"])


def test_the_records_removed_are_those_that_start_after_the_cut(study, inputs, late):
    for name, table in inputs.tables.items():
        if name in study.sources and study.sources[name].spec.file in late:
            rows = late[study.sources[name].spec.file]
            assert removed(inputs, name) == rows, name
            assert not rows & set(table.row_of.tolist()), name
    assert sum(len(rows) for rows in late.values()) > 40


def test_every_record_marked_as_after_the_cut_is_removed(injected, inputs):
    marked = [cell for cell in injected if cell["case"] == "A24"]
    assert marked
    for cell in marked:
        if cell["column"] == "AEENDAT":
            continue
        assert int(cell["row"]) in removed(inputs, cell["file"].removesuffix(".csv"))


def test_no_date_of_any_dataset_is_after_the_cut(frames):
    for name, frame in frames.items():
        for column in frame.columns:
            if column.endswith("DTC"):
                dates = frame[column].dropna().str[:10]
                assert dates[dates > CUT].tolist() == [], f"{name}.{column}"


def test_a_death_after_the_cut_is_nowhere(raw, late, subject):
    forms = raw("death.csv")
    died = [forms[row - 1]["SUBJECT"][-4:] for row in late["death.csv"]]
    assert died
    for number in died:
        person = subject("DM", number).iloc[0]
        assert person[["DTHFL", "DTHDTC"]].isna().all()
        assert subject("AE", number)["AEOUT"].tolist().count("FATAL") == 0
        assert set(subject("AE", number)["AESDTH"].dropna()) <= {"N"}


def test_what_was_cut_is_told_and_closes_nothing(inputs):
    notes = [note for note in inputs.notes if note.rule.startswith("cut.")]
    assert {note.severity for note in notes} <= {Severity.INFO, Severity.WARNING}
    told = sum(note.count for note in notes if note.rule == "cut.removed")
    assert told == sum(len(removed(inputs, name)) for name in inputs.cut)


def test_an_event_that_ends_after_the_cut_was_going_on(raw, injected, inputs, subject):
    ended = [cell["row"] for cell in injected if cell["case"] == "A24"]
    assert any(raw("ae.csv")[int(row) - 1]["OUT"] == "5" for row in ended)
    table = inputs.tables["ae"]
    place = {row: position for position, row in enumerate(table.row_of.tolist())}
    for number, row in enumerate(raw("ae.csv"), 1):
        if number not in place or not edc_day(row["AEENDAT"]) > CUT:
            continue
        kept = table.frame.iloc[place[number]]
        assert kept[["ONGO", "OUT"]].tolist() == ["1", "3"]
        events = subject("AE", row["SUBJECT"][-4:], AEGRPID=row["AENO"])
        last = events.sort_values("AESPID").iloc[-1]
        assert (last["AEENRTPT"], last["AEENTPT"]) == ("ONGOING", CUT)


def test_the_cut_off_date_of_ongoing_events_is_that_of_the_study(study, frames):
    spoken = frames["AE"]["AEENTPT"].dropna()
    assert len(spoken)
    assert set(spoken) == {study.cut.date}

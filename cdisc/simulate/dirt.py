"""Dirt put into fixed subjects on purpose, so that each case exists at least once.

What comes naturally (partial dates, split lesions, missed doses) is marked where it is made.
Subjects 1 to 4 stay clean: their values are the reference.
"""

from __future__ import annotations

from cdisc.simulate.dates import day, edc, without_day
from cdisc.simulate.history_dirt import soil_history
from cdisc.simulate.sheets import COLUMNS, Row, Sheets
from cdisc.simulate.subjects import Person
from cdisc.simulate.terms import UNCODED
from cdisc.simulate.tumor_dirt import soil_tumor

_FULL_WIDTH = {code: chr(code + 0xFEE0) for code in range(ord("!"), ord("~") + 1)}


def full_width(text: str) -> str:
    """`2.5` as typed with a Chinese keyboard: `２．５`."""
    return text.translate(_FULL_WIDTH)


def soil(person: Person, sheets: Sheets) -> None:
    """Make the rows of one subject dirty where the subject's number asks for it."""
    if person.golden is not None:
        return
    _soil_laboratory(person.number, sheets)
    _soil_events(person, sheets)
    if person.enrolled is not None:
        _soil_disposition(person.number, sheets)
        soil_tumor(person.number, sheets)
    soil_history(person, sheets)


def _soil_laboratory(number: int, sheets: Sheets) -> None:
    rows = sheets.tables["lab_local.csv"]
    if number == 5:
        row = _of(rows, 3, ("K", "Potassium", "钾"))
        text = row[4].replace(".", "．")
        sheets.set("D06", "lab_local.csv", row, "RESULT", text, "full-width point")
    elif number == 6:
        row = _of(rows, 3, ("INR", "国际标准化比值"))
        sheets.set("D06", "lab_local.csv", row, "RESULT", "＞10", "full-width sign, above range")
    elif number == 8:
        row = _of(rows, 3, ("Total bilirubin", "总胆红素"))
        sheets.set("D06", "lab_local.csv", row, "RESULT", "<0.5", "below the limit of the assay")
    elif number == 9:
        row = _of(rows, 3, ("ALT", "丙氨酸氨基转移酶"))
        sheets.set("D07", "lab_local.csv", row, "UNIT", "KU", "unit in no conversion table")
    elif number == 10:
        row = _of(rows, 3, ("Glucose", "葡萄糖"))
        sheets.set("D28", "lab_local.csv", row, "RESULT", "未做", "not done, in Chinese")
        row[5] = ""
    elif number == 11:
        row = _of(rows, 3, ("Albumin", "白蛋白"))
        row[4], row[5] = "", ""
        sheets.mark("D06", "lab_local.csv", row, "RESULT", "no result given")
    elif number == 12:
        row = rows[7]
        twin = list(row)
        rows.insert(8, twin)
        sheets.mark("D03", "lab_local.csv", twin, "RESULT", "exact duplicate of the row before")
    elif number == 14:
        row = _of(rows, 3, ("AST",))
        row[3] = full_width(row[3])
        sheets.mark("D28", "lab_local.csv", row, "TEST", "full-width name")
        row[4] = f"{row[4]} "
        sheets.mark("D28", "lab_local.csv", row, "RESULT", "blank after the number")
    elif number == 16:
        row = _of(rows, 3, ("Platelets", "血小板计数"))
        sheets.set("D28", "lab_local.csv", row, "RESULT", full_width(row[4]), "full-width digits")
    elif number == 17:
        row = _of(rows, 3, ("Platelets", "血小板计数"))
        twin = list(row)
        twin[4] = str(int(row[4]) + 9)
        rows.insert(rows.index(row) + 1, twin)
        sheets.mark("D03", "lab_local.csv", twin, "RESULT", "same specimen, other result")


def _soil_events(person: Person, sheets: Sheets) -> None:
    rows = sheets.tables["ae.csv"]
    number, first = person.number, person.first
    if first is None or not rows:
        return
    if number == 10:
        row = _of(rows, 2, ("fever", "Fever", "pyrexia", "FEVER", "nausea", rows[0][2]))
        sheets.set("D28", "ae.csv", row, "AETERM", f" {full_width(row[2])}", "full-width, blank")
    elif number == 12:
        row = _add(person, sheets, "back pain", edc(first - 4), edc(first + 3), 1)
        sheets.mark("D22", "ae.csv", row, "AESTDAT", "began before the first dose")
    elif number == 13:
        row = _add(person, sheets, "headache", edc(first + 21), edc(first + 18), 1)
        sheets.mark("D23", "ae.csv", row, "AEENDAT", "ends before it begins")
    elif number == 17:
        twin = list(rows[0])
        twin[1] = str(len(rows) + 1)
        rows.append(twin)
        sheets.mark("D24", "ae.csv", twin, "AENO", "same event reported twice")
    elif number == 18:
        row = _add(person, sheets, UNCODED, edc(first + 9), edc(first + 11), 1)
        sheets.mark("D08", "ae.csv", row, "AETERM", "verbatim the dictionary does not know")
    elif number == 20:
        row = rows[0]
        sheets.set("D08", "ae.csv", row, "ACN_MSC", "7", "code that the form does not have")
    elif number == 23:
        late = day("2025-07-04")
        row = _add(person, sheets, "common cold", edc(late), "", 1)
        sheets.mark("A24", "ae.csv", row, "AESTDAT", "begins after the data cut-off")
    elif number == 24:
        _die_of_an_event(person, sheets)
    elif number == 32:
        row = _add(person, sheets, "alopecia", edc(first + 19), "", 1)
        sheets.mark("D20", "ae.csv", row, "ONGO", "still ongoing at the data cut-off")


def _die_of_an_event(person: Person, sheets: Sheets) -> None:
    """The death after the data cut-off is that of an event which was going on at the cut-off."""
    (death,) = sheets.tables["death.csv"]
    place = {name: COLUMNS["ae.csv"].index(name) for name in COLUMNS["ae.csv"]}
    row = _add(person, sheets, "dyspnea", edc(day("2025-06-19")), death[1], 4)
    for name, value in (("SER", "1"), ("SERCRIT", "1;3"), ("OUT", "5")):
        row[place[name]] = value
    sheets.add("aelog.csv", person.subject, row[place["AENO"]], death[1], 5)
    death[3] = row[place["AENO"]]
    sheets.mark("A24", "ae.csv", row, "AEENDAT", "fatal after the data cut-off")


def _soil_disposition(number: int, sheets: Sheets) -> None:
    rows = sheets.tables["disp.csv"]
    if not rows:
        return
    if number == 15:
        row = rows[-1]
        sheets.set("D01", "disp.csv", row, "DSDAT", without_day(row[3]), "day of the end not known")
    elif number == 28:
        row = rows[0]
        sheets.set("D08", "disp.csv", row, "REASON", "moved abroad", "reason typed, not coded")


def _of(rows: list[Row], column: int, names: tuple[str, ...]) -> Row:
    """The first row whose cell holds one of the names; the generator must have made one."""
    return next(row for row in rows if row[column] in names)


def _add(person: Person, sheets: Sheets, term: str, start: str, end: str, grade: int) -> Row:
    """An event of its own, unrelated, without action."""
    combo = person.arm == 2
    number = len(sheets.tables["ae.csv"]) + 1
    cells: dict[str, object] = {
        "SUBJECT": person.subject,
        "AENO": number,
        "AETERM": term,
        "AESTDAT": start,
        "AEENDAT": end,
        "ONGO": int(not end),
        "GRADE": grade,
        "SER": 0,
        "OUT": 1 if end else 3,
        "DLT": 0,
    }
    for drug in ("MSC", "NAB", "CTX", "PD1"):
        used = combo or drug == "MSC"
        cells[f"REL_{drug}"] = 1 if used else ""
        cells[f"ACN_{drug}"] = 0 if used else 9
    return sheets.add("ae.csv", *(cells.get(name) for name in COLUMNS["ae.csv"]))

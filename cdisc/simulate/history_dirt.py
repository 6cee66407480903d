"""Dirt of the history and treatment forms, put into fixed subjects on purpose.

What comes naturally there (partial dates, Chinese terms, other spellings of units) is marked
where it is made.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from cdisc.simulate.catalogues import UNCODED_DRUG
from cdisc.simulate.dates import MONTHS, day, edc
from cdisc.simulate.sheets import COLUMNS, Row, Sheets
from cdisc.simulate.subjects import Person

_EXCEL_EPOCH = day("1899-12-30")
_FULL_WIDTH = {code: chr(code + 0xFEE0) for code in range(ord("!"), ord("~") + 1)}
_OFFSET = timedelta(hours=8)


def soil_history(person: Person, sheets: Sheets) -> None:
    """Make rows of mh.csv, cadx.csv, cm.csv and biopsy.csv dirty where the number asks for it."""
    if person.number == 28:
        row = sheets.tables["mh.csv"][0]
        text = f" {row[1].translate(_FULL_WIDTH)}"
        sheets.set("D28", "mh.csv", row, "MHTERM", text, "full-width letters, blank before")
    _soil_diagnosis(person.number, sheets)
    _soil_medication(person, sheets)
    _soil_biopsies(person.number, sheets)


def _soil_diagnosis(number: int, sheets: Sheets) -> None:
    row = sheets.tables["cadx.csv"][0]
    if number == 16:
        sheets.set("D08", "cadx.csv", row, "STAGE", "\u2163", "Roman numeral as one character")
    elif number == 20:
        sheets.set("D08", "cadx.csv", row, "STAGE", "Stage IV", "stage in other words")
    elif number == 33:
        sheets.set("D08", "cadx.csv", row, "NONCCN", "9", "code that the form does not have")


def _soil_medication(person: Person, sheets: Sheets) -> None:
    number, rows = person.number, sheets.tables["cm.csv"]
    when = edc((person.first or person.consent) + 10)
    if number == 10:
        _other_formats(rows, sheets)
    elif number == 13:
        row = _add(person, sheets, "mecobalamin", "0.5", "mg", _ambiguous(person))
        sheets.mark("D02", "cm.csv", row, "STDAT", "day and month cannot be told apart")
    elif number == 19:
        twin = _twice(person, sheets, when)
        sheets.mark("D03", "cm.csv", twin, "CMNO", "exact duplicate of the row before")
    elif number == 21:
        twin = _twice(person, sheets, when)
        twin[3] = str(2 * int(twin[3]))
        sheets.mark("D03", "cm.csv", twin, "DOSE", "same line of the form, other dose")
    elif number == 23:
        row = _add(person, sheets, "paracetamol", "500", "mg", "04-JUL-2025")
        sheets.mark("A24", "cm.csv", row, "STDAT", "begins after the data cut-off")
    elif number == 32:
        row = _add(person, sheets, "loratadine", "10", "mg", "25-JUN-2025")
        note = "still given at the data cut-off"
        sheets.set("D20", "cm.csv", row, "ENDAT", "03-JUL-2025", note)
    elif number == 26:
        row = _add(person, sheets, "promethazine", "12.5", "mg", when)
        text = row[3].translate(_FULL_WIDTH)
        sheets.set("D06", "cm.csv", row, "DOSE", text, "full-width digits")
    elif number == 29:
        row = _add(person, sheets, "lactulose", "1", "blister", when)
        sheets.mark("D08", "cm.csv", row, "DOSU", "unit that the published list does not have")
    elif number == 35:
        row = _add(person, sheets, UNCODED_DRUG, "150", "mL", when)
        sheets.mark("D08", "cm.csv", row, "CMTRT", "drug that the dictionary does not know")


def _twice(person: Person, sheets: Sheets, when: str) -> Row:
    """A line of its own that comes twice; the second of the two."""
    twin = list(_add(person, sheets, "loratadine", "10", "mg", when))
    sheets.tables["cm.csv"].append(twin)
    return twin


def _other_formats(rows: list[Row], sheets: Sheets) -> None:
    """The start of three lines as other departments and spreadsheets write dates."""
    column = COLUMNS["cm.csv"].index("STDAT")
    plain = [row for row in rows if not row[column].startswith("UN")]
    for place, row in enumerate(plain[:3]):
        when = datetime.strptime(row[column], "%d-%b-%Y").date()
        text, note = (
            (f"{when.day:02d}-{MONTHS[when.month - 1].title()}-{when.year}", "month as a word"),
            (f"{when.year}/{when.month}/{when.day}", "date with slashes"),
            (str(when.toordinal() - _EXCEL_EPOCH), "serial number of a spreadsheet"),
        )[place]
        sheets.set("D02", "cm.csv", row, "STDAT", text, note)


def _soil_biopsies(number: int, sheets: Sheets) -> None:
    rows = sheets.tables["biopsy.csv"]
    for row in rows:
        if row[3] == "lymph node, axillary" and number > 4:
            note = "organ in other words"
            sheets.set("D08", "biopsy.csv", row, "BXSITE", "right axilla", note)
    if number % 9 == 5 and rows:
        row = rows[-1]
        local = datetime.strptime(row[2], "%Y-%m-%d %H:%M")
        text = f"{(local - _OFFSET).isoformat()}Z"
        sheets.set("D04", "biopsy.csv", row, "BXDTM", text, "time in UTC")


def _ambiguous(person: Person) -> str:
    """A date on which day and month may each be the other: `03/04/2024`."""
    when = date.fromordinal((person.first or person.consent) + 10)
    while when.day > 12 or when.day == when.month:
        when += timedelta(days=1)
    return f"{when.day:02d}/{when.month:02d}/{when.year}"


def _add(person: Person, sheets: Sheets, drug: str, dose: str, unit: str, start: str) -> Row:
    """A line of its own, given once to prevent something."""
    number = len(sheets.tables["cm.csv"]) + 1
    end = start if start[2] == "-" else ""
    cells = (person.subject, number, drug, dose, unit, "once", "po", 3, "", start, end, 0)
    return sheets.add("cm.csv", *cells)

"""Dirt in the transfers of the central laboratories, in fixed subjects, once each."""

from __future__ import annotations

from cdisc.simulate.dirt import full_width
from cdisc.simulate.sheets import COLUMNS, Row, Sheets
from cdisc.simulate.subjects import Person

_ELISA, _FLOW, _QPCR = "clab_elisa.xlsx", "clab_flow.xlsx", "clab_qpcr.csv"
_ANALYTES = 5
# the draws of infusion 1 stand after the one at screening: PRE, D1, D3, ...
_PRE, _D1, _D3 = 1, 2, 3


def soil_central(person: Person, sheets: Sheets) -> None:
    """Make the rows of one subject dirty where the subject's number asks for it."""
    if person.golden is not None or not sheets.tables[_ELISA]:
        return
    _soil_elisa(person.number, sheets)
    _soil_flow(person.number, sheets)
    _soil_qpcr(person.number, sheets)


def _soil_elisa(number: int, sheets: Sheets) -> None:
    rows = sheets.tables[_ELISA]
    if number == 8:
        for row in rows[_PRE * _ANALYTES : _D1 * _ANALYTES]:
            day = row[2][:10].replace("-0", "/").replace("-", "/")
            sheets.set("D02", _ELISA, row, "COLUTC", f"{day} 2:30", "typed by hand, not ISO 8601")
    elif number == 9:
        first = _cell(rows, _D1, 0)
        _again(sheets, first, 1, "12.34", "measured again: the rerun counts")
    elif number == 10:
        sent = rows[_D1 * _ANALYTES : _D3 * _ANALYTES]
        for row in sent:
            twin = list(row)
            rows.append(twin)
            sheets.mark("D03", _ELISA, twin, "ACCESSION", "specimen sent a second time, unchanged")
    elif number == 11:
        first = _cell(rows, _D1, 3)
        _again(sheets, first, 1, "41.07", "two results of one rerun")
        _again(sheets, first, 1, "47.9", "two results of one rerun")
    elif number == 12:
        first = _cell(rows, _D3, 4)
        _again(sheets, first, 1, "18.2", "measured again: a later rerun counts")
        _again(sheets, first, 2, "19.55", "measured again: the rerun counts")
    elif number == 14:
        row = _cell(rows, _D1, 1)
        sheets.set("D06", _ELISA, row, "CONC", full_width(">0.5"), "full-width, above the range")
    elif number == 15:
        row = _cell(rows, _D3, 2)
        sheets.set("D06", _ELISA, row, "CONC", "１２．５", "full-width digits and point")
    elif number == 16:
        row = _cell(rows, _D1, 1)
        sheets.set("D07", _ELISA, row, "UNIT", "IU/mL", "unit in no conversion table")
    elif number == 17:
        for row in rows[_D1 * _ANALYTES : _D3 * _ANALYTES]:
            if "α" in row[4]:
                text = full_width(row[4])
                sheets.set("D28", _ELISA, row, "ANALYTE", text, "full-width name with Greek letter")
        row = _cell(rows, _D3, 1)
        sheets.set("D28", _ELISA, row, "ANALYTE", " IFN-ß", "sharp s in place of beta")
    elif number == 19:
        row = _cell(rows, _D3, 3)
        sheets.set("D06", _ELISA, row, "CONC", "QNS", "quantity not sufficient")


def _soil_flow(number: int, sheets: Sheets) -> None:
    rows = sheets.tables[_FLOW]
    if number == 9:
        row = rows[_D1]
        text = full_width(row[COLUMNS[_FLOW].index("NK.NK_ABS")])
        sheets.set("D06", _FLOW, row, "NK.NK_ABS", text, "full-width digits")
    elif number == 12:
        row = rows[_PRE]
        sheets.set("D06", _FLOW, row, "MONO.MONO_ABS", "QNS", "quantity not sufficient")
        sheets.set("D06", _FLOW, row, "MONO.MONO_PCT", "QNS", "quantity not sufficient")
    elif number == 13:
        row = rows[_PRE]
        sheets.set("D06", _FLOW, row, "NK.NK_ABS", "<20", "below the limit of the count")


def _soil_qpcr(number: int, sheets: Sheets) -> None:
    rows = sheets.tables[_QPCR]
    if number == 10:
        row = rows[_PRE]
        sheets.set("D06", _QPCR, row, "COPIES", "＜50", "full-width sign")
    elif number == 14:
        row = rows[_D3]
        sheets.set("D05", _QPCR, row, "SUBJ", "BT078_01_014", "id that the crosswalk does not know")
    elif number == 18:
        row = rows[_D3]
        row[COLUMNS[_QPCR].index("COPIES")] = ""
        sheets.set("D06", _QPCR, row, "RESCODE", "1", "the assay failed")
    elif number == 20:
        row = rows[_D1]
        sheets.set("D07", _QPCR, row, "UNIT", "copies/cell", "unit in no conversion table")


def _cell(rows: list[Row], draw: int, analyte: int) -> Row:
    return rows[draw * _ANALYTES + analyte]


def _again(sheets: Sheets, first: Row, rerun: int, result: str, note: str) -> None:
    """The same specimen and analyte measured once more, at the end of the subject's rows."""
    if all(mark.row is not first for mark in sheets.marks if mark.case == "D03"):
        sheets.mark("D03", _ELISA, first, "CONC", "measured again later")
    twin = list(first)
    twin[COLUMNS[_ELISA].index("RERUN")] = str(rerun)
    sheets.tables[_ELISA].append(twin)
    sheets.set("D03", _ELISA, twin, "CONC", result, note)

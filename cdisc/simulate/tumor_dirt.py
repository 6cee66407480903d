"""Dirt put into the tumor forms of fixed subjects, beside what comes with their lesions."""

from __future__ import annotations

from cdisc.simulate.sheets import COLUMNS, Row, Sheets

_FULL_WIDTH_DIGITS = {code: chr(code + 0xFEE0) for code in range(ord("0"), ord("9") + 1)}


def soil_tumor(number: int, sheets: Sheets) -> None:
    """Make the tumor rows of one subject dirty where the subject's number asks for it."""
    targets, responses = sheets.tables["tl.csv"], sheets.tables["resp.csv"]
    if number == 13:
        # The investigator left the date of one assessment open, by both criteria.
        visit = _cell("resp.csv", responses[-1], "VISIT")
        for row in responses:
            if _cell("resp.csv", row, "VISIT") == visit:
                note = "date left open, the scans of several days are dated"
                sheets.set("D26", "resp.csv", row, "RSPDAT", "", note)
    elif number == 19:
        row = next(row for row in targets if _cell("tl.csv", row, "DIAM").isdigit())
        text = _cell("tl.csv", row, "DIAM").translate(_FULL_WIDTH_DIGITS)
        sheets.set("D06", "tl.csv", row, "DIAM", f"{text} ", "full-width digits, blank after them")
    elif number == 24:
        row = [row for row in targets if _cell("tl.csv", row, "SLD")][2]
        total = str(int(_cell("tl.csv", row, "SLD")) + 3)
        sheets.set("D25", "tl.csv", row, "SLD", total, "not the sum of the lesions")


def _cell(file: str, row: Row, column: str) -> str:
    return row[COLUMNS[file].index(column)]

"""What the name of an analysis variable says of a moment: ADT a date, ADTM a date/time, ATM a time.

Source: ADaMIG 1.3, section 3.1.2 (variables that end in DT, DTM and TM).
"""

from __future__ import annotations

MOMENTS = {"DTM": "datetime", "DT": "date", "TM": "time"}
"""How the name of a variable ends, and what it then is; the longest ending counts."""

DURATIONS = ("ELTM",)
"""Ends of names that end in TM, too, but tell how long since a reference: ARELTM, LBELTM."""


def moment(name: str) -> str:
    """`date`, `datetime` or `time` by the name of a variable, else empty.

    A duration is none of them, nor is a name that is only the ending.

    Examples:
        >>> moment("TRTSDT"), moment("TRTSDTM"), moment("ASTTM"), moment("ARELTM")
        ('date', 'datetime', 'time', '')
    """
    if name.endswith(DURATIONS):
        return ""
    return next((kind for end, kind in MOMENTS.items() if name.endswith(end) and name != end), "")

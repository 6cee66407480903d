"""Small histories for tests of the endpoints: `PR@0 CR@31` are responses by days after a start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Made, Selected

START = date(2024, 1, 10)


def text(values: Sequence[str | None]) -> pd.Series:
    return pd.Series(pd.array(list(values), dtype="str"))


def after(days: int | None) -> date | None:
    return None if days is None else START + timedelta(days)


def dates(days: Sequence[int | None]) -> pd.Series:
    moments = [None if day is None else np.datetime64(after(day)) for day in days]
    return pd.Series(np.array(moments, dtype="datetime64[s]"))


def numbers(values: Sequence[float | None]) -> pd.Series:
    return pd.Series(np.array([np.nan if v is None else v for v in values], dtype=np.float64))


def responses(histories: Mapping[str, str]) -> Selected:
    """The responses of subjects, by id, as records of ADRS."""
    rows = [
        (subject, *token.split("@"))
        for subject, history in histories.items()
        for token in history.split()
    ]
    count = len(rows)
    columns = {
        "by": text([subject for subject, _, _ in rows]),
        "date": dates([int(day) for _, _, day in rows]),
        "response": text([answer for _, answer, _ in rows]),
        "domain": text(["RS"] * count),
        "variable": text(["RSSTRESC"] * count),
        "sequence": numbers(range(1, count + 1)),
    }
    return Selected("ADRS", columns, np.arange(count, dtype=np.int64) + 100)


def on(name: str, days: Mapping[str, Sequence[int | None]], variable: str = "ADT") -> Selected:
    """Records with a date, by subject."""
    pairs = [(subject, day) for subject, many in days.items() for day in many]
    columns = {
        "by": text([subject for subject, _ in pairs]),
        "date": dates([day for _, day in pairs]),
        "sequence": numbers(range(1, len(pairs) + 1)),
    }
    rows = np.arange(len(pairs), dtype=np.int64)
    return Selected(name, columns, rows, {"date": variable})


def answers(made: Made) -> list[tuple[str, int | None]]:
    """Value and days after the start, of each subject."""
    days = [None if pd.isna(day) else (day.date() - START).days for day in made.columns["ADT"]]
    return list(zip(made.columns["AVALC"].tolist(), days, strict=True))


def rules(made: object) -> dict[str, list[int]]:
    """The issues by rule, with the rows they hold for."""
    return {issue.rule: issue.rows.tolist() for issue in made.issues}

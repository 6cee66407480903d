"""The table of CTCAE 5.0 as rows, and columns of records that are held against it."""

import csv
from importlib.resources import files

TABLE = [
    *csv.DictReader(
        (files("cdisc.algorithms.measurements") / "data/ctcae-5.0.csv").read_text().splitlines()
    )
]
UNITS = {row["term"]: row["unit"] for row in TABLE}

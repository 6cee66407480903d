"""The frames of `benchmarks/laboratory.py`: results like those of LB, subjects as in ADSL."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc.algorithms.columns.uniques import TEXT, arrow_text

PER_SUBJECT = 196
STUDY = "CHN-PLAGH-BT-078"
MISSING = 0.02

# code, unit, centre, spread, lower and upper limit, low term, high term
TESTS: tuple[tuple[str, str, float, float, float, float, str, str], ...] = (
    ("ALB", "g/L", 40, 5, 40, 55, "Hypoalbuminemia", ""),
    ("ALP", "U/L", 90, 40, 45, 125, "", "Alkaline phosphatase increased"),
    ("ALT", "U/L", 40, 40, 9, 50, "", "Alanine aminotransferase increased"),
    ("AST", "U/L", 35, 30, 15, 40, "", "Aspartate aminotransferase increased"),
    ("BILI", "umol/L", 15, 10, 3, 23, "", "Blood bilirubin increased"),
    ("CA", "mmol/L", 2.3, 0.2, 2.1, 2.6, "Hypocalcemia", "Hypercalcemia"),
    ("CREAT", "umol/L", 80, 30, 45, 104, "", "Creatinine increased"),
    ("GGT", "U/L", 40, 30, 10, 60, "", "GGT increased"),
    ("GLUC", "mmol/L", 5, 1, 3.9, 6.1, "Hypoglycemia", ""),
    ("HGB", "g/L", 120, 20, 120, 160, "Anemia", "Hemoglobin increased"),
    ("K", "mmol/L", 4.2, 0.6, 3.5, 5.3, "Hypokalemia", "Hyperkalemia"),
    ("LDH", "U/L", 200, 50, 120, 250, "", "Blood lactate dehydrogenase increased"),
    (
        "LYM",
        "10^9/L",
        1.5,
        0.6,
        1.1,
        3.2,
        "Lymphocyte count decreased",
        "Lymphocyte count increased",
    ),
    ("MONO", "10^9/L", 0.4, 0.1, 0.1, 0.6, "", ""),
    ("NEUT", "10^9/L", 3.5, 1.5, 1.8, 6.3, "Neutrophil count decreased", ""),
    ("PLAT", "10^9/L", 200, 80, 125, 350, "Platelet count decreased", ""),
    ("SODIUM", "mmol/L", 140, 5, 137, 147, "Hyponatremia", "Hypernatremia"),
    ("WBC", "10^9/L", 6, 2, 3.5, 9.5, "White blood cell decreased", "Leukocytosis"),
)

Columns = dict[str, "pd.Series[Any]"]


def take(words: list[str | None], codes: Any) -> pd.Series[Any]:
    """Texts by code, as pandas holds them; the last word where the code is -1."""
    array = pa.array(words, pa.large_string())
    codes = np.where(codes < 0, len(words) - 1, codes)
    return pd.Series(pd.array(array.take(pa.array(codes)), dtype=TEXT))


def codes_of(column: pd.Series[Any]) -> tuple[Any, list[str]]:
    """A text column as a kernel codes it: -1 where missing, and the texts."""
    encoded = arrow_text(column).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64), encoded.dictionary.to_pylist()


def there(column: pd.Series[Any]) -> Any:
    """Where a text column has a value."""
    return arrow_text(column).is_valid().to_numpy(zero_copy_only=False)


class Laboratory:
    """The frames, and what they are made of."""

    def __init__(self, rows: int) -> None:
        random = np.random.default_rng(20240229)
        subjects = max(rows // PER_SUBJECT, 1)
        tests = len(TESTS)
        self.subject = np.minimum(np.arange(rows) // PER_SUBJECT, subjects - 1)
        within = np.arange(rows) - self.subject * PER_SUBJECT
        visits = -(-PER_SUBJECT // tests)
        self.test = np.minimum(within // visits, tests - 1)
        visit = within - self.test * visits
        table = np.array([test[2:6] for test in TESTS])
        self.value = np.round(random.normal(table[self.test, 0], table[self.test, 1]), 2)
        self.value = np.abs(self.value)
        self.value[random.random(rows) < MISSING] = np.nan
        self.low, self.high = table[self.test, 2], table[self.test, 3]
        first = np.datetime64("2023-06-01T08:00", "s") + random.integers(0, 300, subjects) * 86400
        self.start = first + 7200
        self.end = self.start + random.integers(30, 400, subjects) * 86400
        self.moment = first[self.subject] + (visit * 21 - 14) * np.timedelta64(86400, "s")
        self.visit = visit
        ids = [f"{STUDY}-{n // 300 + 1:03}-{n % 300 + 1:04}" for n in range(subjects)]
        stamps, codes = np.unique(self.moment, return_inverse=True)
        self.stamps = [text[:16] for text in np.datetime_as_string(stamps).tolist()]
        side = np.where(self.value < self.low, 0, np.where(self.value > self.high, 2, 1))
        self.side = np.where(np.isnan(self.value), -1, side)
        self.sides = ["LOW", "NORMAL", "HIGH", None]
        self.lb: Columns = {
            "STUDYID": take([STUDY], np.zeros(rows, dtype=np.int64)),
            "USUBJID": take(list(ids), self.subject),
            "LBSEQ": pd.Series(within + 1.0),
            "PARAMCD": take([test[0] for test in TESTS], self.test),
            "PARAM": take([f"{test[0]} ({test[1]})" for test in TESTS], self.test),
            "LBSTRESU": take([test[1] for test in TESTS], self.test),
            "ATOXDSCL": take([test[6] or None for test in TESTS], self.test),
            "ATOXDSCH": take([test[7] or None for test in TESTS], self.test),
            "AVAL": pd.Series(self.value),
            "ANRLO": pd.Series(self.low),
            "ANRHI": pd.Series(self.high),
            "ANRIND": take(self.sides, self.side),
            "VISITNUM": pd.Series(visit + 1.0),
            "VISIT": take([f"CYCLE {n + 1} DAY 1" for n in range(visits + PER_SUBJECT)], visit),
            "LBDTC": take(list(self.stamps), codes),
        }
        self.adsl: Columns = {
            "USUBJID": pd.Series(pd.array(pa.array(ids, pa.large_string()), dtype=TEXT)),
            "TRT01A": take(["MONO", "COMBO"], np.arange(subjects) % 2),
            "TRTSDT": pd.Series(self.start.astype("datetime64[D]").astype("datetime64[s]")),
            "TRTSDTM": pd.Series(self.start),
            "TRTEDT": pd.Series(self.end.astype("datetime64[D]").astype("datetime64[s]")),
            "SAFFL": take(["Y"], np.zeros(subjects, dtype=np.int64)),
        }
        self.rows = rows
        self.out: Columns = {}

    def group(self) -> Any:
        """One number for each subject and test, as a kernel makes it of the two columns."""
        subject, _ = codes_of(self.lb["USUBJID"])
        test, known = codes_of(self.lb["PARAMCD"])
        return subject * len(known) + test

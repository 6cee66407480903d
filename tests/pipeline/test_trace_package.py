"""A package as a trace reads it: whole columns once, whatever the number of questions."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from cdisc import Study
from cdisc.trace import package as of_package
from cdisc.trace.package import Package
from cdisc.write.xpt_rows import XptRows


@pytest.fixture
def package(traced: Study) -> Package:
    return Package.at(traced.spec.home / "build", "`cdisc run`")


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each dataset had a column read of all its records."""
    counted: Counter[str] = Counter()
    read = XptRows.frame

    def frame(self, rows=None, names=None):
        if rows is None:
            counted[self.name] += 1
        return read(self, rows, names)

    monkeypatch.setattr(XptRows, "frame", frame)
    return counted


def test_records_with_a_value_are_those_of_the_column(package: Package) -> None:
    subjects = package.column("RS", "USUBJID").to_numpy()
    for subject in {*subjects, "nobody"}:
        found = package.rows_with("RS", "USUBJID", subject)
        assert found.tolist() == np.flatnonzero(subjects == subject).tolist()


def test_records_without_a_value_are_asked_for_by_an_empty_text(package: Package) -> None:
    missing = package.column("DM", "DTHDTC").isna().to_numpy()
    assert missing.any()
    assert package.rows_with("DM", "DTHDTC", "").tolist() == np.flatnonzero(missing).tolist()


def test_numbers_are_asked_for_as_they_are_written(package: Package) -> None:
    expected = np.flatnonzero(package.column("RS", "RSSEQ").to_numpy() == 2).tolist()
    assert expected
    assert package.rows_with("RS", "RSSEQ", "2").tolist() == expected


def test_a_column_is_read_once_for_any_number_of_subjects(
    package: Package, whole: Counter[str]
) -> None:
    for subject in ("S1-01", "S1-02", "S1-03"):
        package.rows_with("RS", "USUBJID", subject)
    assert whole == {"RS": 1}


def test_few_columns_are_kept(
    package: Package, whole: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_package, "KEPT", 2)
    for variable in ("USUBJID", "RSSEQ", "USUBJID", "RSORRES", "USUBJID"):
        package.rows_with("RS", variable, "2")
    assert whole == {"RS": 3}
    package.rows_with("RS", "RSSEQ", "2")  # asked for the longest ago: no longer kept
    assert whole == {"RS": 4}


def test_an_answer_reads_a_whole_column_once(traced: Study, whole: Counter[str]) -> None:
    traced.trace("ADTTE", where='USUBJID == "S1-01" and PARAMCD == "PFS"', variable="AVAL")
    # two of the condition, and USUBJID once to find the subject's records
    assert whole["ADTTE"] <= 3
    assert all(count == 1 for name, count in whole.items() if name != "ADTTE")

"""What is built before the subjects, with them and after the last of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc.spec import StudySpec, read_study
from cdisc.spec.stages import stages, too_late, whole_only

HEAD = """\
study: {id: S1}
created: 2025-01-31T12:00:00
standards: {sdtm: SDTMIG 3.4, terminology: sdtmct 2025-03-28}
data: {raw: raw}
sources:
  ae: {file: ae.csv, subject: SUBJ}
  sites: {file: sites.csv}
"""
SPECS = {
    "ae": "rows: ae\nlookups: {visit: {from: TV, match: {VISIT: V}, take: one, if_none: missing}}\n"
    "variables: {USUBJID: {copy: SUBJ}, AETERM: {copy: TERM}, VISITNUM: {copy: visit.VISITNUM}}",
    "tv": "scope: study\nrows: sites\nvariables: {VISIT: {copy: V}, VISITNUM: {copy: N}}",
    "ts": "scope: study\nrows: AE\nvariables: {TSVAL: {copy: AETERM}}",
    "ti": "scope: study\nrows: TS\nvariables: {IETEST: {copy: TSVAL}}",
    "oi": "scope: study\nrows: ae\nvariables: {NHOID: {copy: TERM}}",
    "td": "rows: sites\nvariables: {TDORDER: {copy: N}}",
}


@pytest.fixture
def study(tmp_path: Path) -> StudySpec:
    return written(tmp_path, SPECS)


def written(home: Path, specs: dict[str, str]) -> StudySpec:
    folder = home / "mappings" / "sdtm"
    folder.mkdir(parents=True)
    (home / "study.yaml").write_text(HEAD, encoding="utf-8")
    for name, text in specs.items():
        head = f"dataset: {name.upper()}\nkeys: [STUDYID]\n"
        (folder / f"{name}.yaml").write_text(head + text + "\n", encoding="utf-8")
    return read_study(home)


def test_what_reads_subjects_directly_or_not_comes_last(study: StudySpec) -> None:
    found = stages(study.datasets, study.subject_sources)
    assert found.subjects == ("AE",)
    assert set(found.first) == {"TV", "TD"}
    assert set(found.last) == {"TS", "TI", "OI"}
    assert list(too_late(study.datasets, found)) == []
    assert list(whole_only(study.datasets, study.subject_sources)) == []


def test_a_dataset_of_subjects_that_reads_a_last_one_is_told_once_with_its_place(
    tmp_path: Path,
) -> None:
    text = SPECS["ae"].replace("from: TV", "from: TI").replace("VISIT: V", "IETEST: V")
    specs = {**SPECS, "ae": text.replace("visit.VISITNUM", "visit.IETEST")}
    specs["ts"] = "scope: study\nrows: ae\nvariables: {TSVAL: {copy: TERM}}"
    study = written(tmp_path, specs)
    found = stages(study.datasets, study.subject_sources)
    ((name, other, at),) = too_late(study.datasets, found)
    assert (name, other) == ("AE", "TI")
    assert (at.file, at.line) == ("mappings/sdtm/ae.yaml", 4)


def test_records_that_start_from_no_subject_are_told(tmp_path: Path) -> None:
    study = written(tmp_path, {**SPECS, "ae": SPECS["ae"].replace("rows: ae", "rows: sites")})
    ((name, origin, at),) = whole_only(study.datasets, study.subject_sources)
    assert (name, origin, at.line) == ("AE", "sites", 3)

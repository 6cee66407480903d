"""A study built by partitions of persons gives the package that it gives in one piece."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cdisc import RunResult, Study
from cdisc.pipeline import run as run_module
from cdisc.pipeline.new_study import write_template
from cdisc.pipeline.run import run

ROOT = Path(__file__).parents[2]
ONE_PIECE = 10**9
SUMMARY = """\
dataset: TS
keys: [STUDYID, TSPARMCD, TSSEQ]
scope: study
rows:
  stack:
    - from: DM
      where: not missing(ARMCD)
      set: {CODE: {constant: ACTSUB}, NAME: {constant: Actual Number of Subjects}}
      summarize: {by: [CODE, NAME], columns: {COUNT: {by: count, of: USUBJID}}}
    - from: DM
      set: {CODE: {constant: SSTDTC}, NAME: {constant: Study Start Date}}
      summarize: {by: [CODE, NAME], columns: {DATE: {by: earliest, of: RFICDTC}}}
variables:
  TSSEQ: {sequence: {by: TSPARMCD}}
  TSPARMCD: {copy: CODE}
  TSPARM: {copy: NAME}
  TSVAL: {join_text: {of: [COUNT, DATE], separator: "", if_missing: skip}}
"""


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a package."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def assert_same_package(one: Path, other: Path) -> None:
    first, second = files_of(one), files_of(other)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    out = tmp_path_factory.mktemp("whole") / "build"
    return run(Study.load(ROOT).spec, out=out, rows=ONE_PIECE)


@pytest.mark.parametrize("rows", [9000, 2500])
def test_every_byte_is_the_same(whole: RunResult, rows: int, tmp_path: Path) -> None:
    said: list[str] = []
    result = run(
        Study.load(ROOT).spec,
        out=tmp_path / "build",
        rows=rows,
        progress=lambda what, _done, _total: said.append(what),
    )
    assert sum("persons" in what for what in said) > 1
    assert_same_package(whole.out, result.out)
    assert result.findings == whole.findings
    assert list(result.datasets) == list(whole.datasets)
    for name in ("DM", "SUPPAE"):
        assert len(result.datasets.described[name].frame) < result.datasets[name].records
        pd.testing.assert_frame_equal(result.datasets[name].frame, whole.datasets[name].frame)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A study of a few subjects, with a dataset made of all of them."""
    home = tmp_path / "study"
    write_template(home)
    (home / "mappings" / "sdtm" / "ts.yaml").write_text(SUMMARY, encoding="utf-8")
    return home


@pytest.mark.parametrize("rows", [1, 5])
def test_what_reads_all_subjects_waits_for_the_last(small: Path, rows: int, tmp_path: Path) -> None:
    study = Study.load(small).spec
    one = run(study, out=tmp_path / "one", rows=ONE_PIECE)
    many = run(study, out=tmp_path / "many", rows=rows)
    assert_same_package(one.out, many.out)
    dm = one.datasets["DM"].frame
    assert dict(
        zip(*one.datasets["TS"].frame[["TSPARMCD", "TSVAL"]].T.to_numpy(), strict=True)
    ) == {
        "ACTSUB": str(int(dm["ARMCD"].notna().sum())),
        "SSTDTC": dm["RFICDTC"].min(),
    }


def test_part_of_a_package_is_the_same_too(small: Path, tmp_path: Path) -> None:
    study = Study.load(small).spec
    for only in (("AE",), ("TS",)):
        one = run(study, only=only, out=tmp_path / "one", rows=ONE_PIECE)
        many = run(study, only=only, out=tmp_path / "many", rows=1)
        assert_same_package(one.out, many.out)


def test_ids_in_another_order_than_usubjid_are_put_in_order(small: Path, tmp_path: Path) -> None:
    """USUBJID made of the id alone sorts as the id does; with the country before it, it may not."""
    for name in ("dm", "ex", "ae"):
        path = small / "mappings" / "sdtm" / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        made = "{join_text: {of: [STUDYID, SUBJECT]"
        assert made in text
        text = text.replace(made, "{join_text: {of: [STUDYID, _TURNED, SUBJECT]")
        turned = '  _TURNED: {choose: {cases: [{when: SUBJECT < "102", text: Z}], otherwise: A}}\n'
        path.write_text(text.replace("variables:\n", "variables:\n" + turned, 1), encoding="utf-8")
    study = Study.load(small).spec
    one = run(study, out=tmp_path / "one", rows=ONE_PIECE)
    many = run(study, out=tmp_path / "many", rows=1)
    assert one.datasets["DM"].frame["SUBJID"].iloc[0] == "102-001"
    assert_same_package(one.out, many.out)


def test_a_test_code_torn_between_persons_is_found(small: Path, tmp_path: Path) -> None:
    """A rule that must see all records gets them, and tells where they come from."""
    (small / "mappings" / "sdtm" / "vs.yaml").write_text(
        """\
dataset: VS
keys: [STUDYID, USUBJID, VSTESTCD]
rows: dm
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJECT], separator: "-"}}
  VSSEQ: {sequence: USUBJID}
  VSTESTCD: {constant: HEIGHT}
  VSTEST: {copy: SEX}
  VSORRES: {copy: AGE}
""",
        encoding="utf-8",
    )
    study = Study.load(small).spec
    one = run(study, out=tmp_path / "one", rows=ONE_PIECE)
    many = run(study, out=tmp_path / "many", rows=1)
    torn = [finding for finding in many.findings if finding.rule == "TEST.PAIR"]
    assert {place.file for finding in torn for place in finding.occurrences} == {"dm.csv"}
    assert_same_package(one.out, many.out)


def test_a_run_that_fails_leaves_the_last_package_and_nothing_else(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = Study.load(small).spec
    before = files_of(run(study, rows=1).out)

    def broken(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run_module, "write_lineage", broken)
    with pytest.raises(KeyboardInterrupt):
        run(study, rows=1)
    assert files_of(small / "build") == before
    assert [path.name for path in small.iterdir() if path.name.startswith(".build")] == []


def test_records_of_no_subject_keep_the_study_in_one_piece(small: Path, tmp_path: Path) -> None:
    """The same records of a source without subjects would come with every partition."""
    path = small / "study.yaml"
    text = path.read_text(encoding="utf-8")
    assert "{file: ae.csv, subject: SUBJECT}" in text
    path.write_text(text.replace("{file: ae.csv, subject: SUBJECT}", "{file: ae.csv}"), "utf-8")
    study = Study.load(small).spec
    one = run(study, out=tmp_path / "one", rows=ONE_PIECE)
    many = run(study, out=tmp_path / "many", rows=1)
    assert_same_package(one.out, many.out)

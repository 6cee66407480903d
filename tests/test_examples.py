"""Every folder below tests/examples is a small study: what it is given and what must come out.

    <name>/*.yaml              the mapping specs, one a dataset; relations of records
    <name>/input/*.csv         the sources, named as their files; SUBJ is the column of subjects
    <name>/study.yaml          only where the study itself matters; else one is made here
    <name>/tables/*.csv        what its study.yaml calls tables
    <name>/expected/<ds>.csv   the datasets, as text, value for value
    <name>/expected/findings.txt   the findings, one a line; no such file: there are none
    <name>/expected/error.txt      the error instead of all that

An example's specs must pass the check without data, unless its error is one of the check.
"""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest

from cdisc.algorithms.columns.uniques import text_column
from cdisc.build import Built, build, read_inputs
from cdisc.errors import CdiscError
from cdisc.model import Dataset
from cdisc.spec import read_study
from cdisc.spec.check import check_study

EXAMPLES = Path(__file__).parent / "examples"
NAMES = sorted(folder.name for folder in EXAMPLES.iterdir() if folder.is_dir())

STUDY = """\
study: {id: S1}
created: 2025-01-31T12:00:00
standards: {sdtm: SDTMIG 3.4, adam: ADaMIG 1.3, terminology: sdtmct 2025-03-28}
data: {raw: raw}
"""


def study_folder(example: Path, home: Path) -> Path:
    """A study folder made of an example."""
    shutil.copytree(example / "input", home / "raw")
    if (example / "tables").exists():
        shutil.copytree(example / "tables", home / "tables")
    for spec in example.glob("*.yaml"):
        text = spec.read_text(encoding="utf-8")
        if spec.name == "study.yaml":
            (home / "study.yaml").write_text(text, encoding="utf-8")
            continue
        found = re.findall(r"^dataset: (\w+)$", text, re.MULTILINE)
        name = found[0].lower() if found else "relrec"
        layer = "adam" if name.startswith("ad") else "sdtm"
        path = home / "mappings" / layer / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if not (home / "study.yaml").exists():
        (home / "study.yaml").write_text(STUDY + _sources(example / "input"), encoding="utf-8")
    return home


def _sources(folder: Path) -> str:
    lines = ["sources:"]
    for path in sorted(folder.glob("*.csv")):
        header = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
        subject = ", subject: SUBJ" if "SUBJ" in header else ""
        lines.append(f"  {path.stem}: {{file: {path.name}{subject}}}")
    return "\n".join(lines) + "\n"


def build_example(home: Path) -> Built:
    """The study checked and built, as a run does it."""
    study = read_study(home)
    check_study(study).raise_errors()
    return build(study, read_inputs(study))


def as_text(dataset: Dataset) -> list[list[str]]:
    """Header and records; missing is an empty text."""
    columns = [text_column(dataset.frame[name]).fillna("").tolist() for name in dataset.frame]
    return [list(dataset.frame.columns), *(list(record) for record in zip(*columns, strict=True))]


def read_expected(path: Path) -> list[list[str]]:
    """Header and records of an expected dataset."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def lines_of(path: Path) -> list[str]:
    """The lines of a text file; none when there is no such file."""
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


@pytest.mark.parametrize("name", NAMES)
def test_example_gives_what_is_expected(name: str, tmp_path: Path) -> None:
    expected = EXAMPLES / name / "expected"
    home = study_folder(EXAMPLES / name, tmp_path)
    if (expected / "error.txt").exists():
        with pytest.raises(CdiscError) as caught:
            build_example(home)
        assert str(caught.value).splitlines() == lines_of(expected / "error.txt")
        return
    built = build_example(home)
    files = sorted(expected.glob("*.csv"))
    assert files, f"{name} expects nothing"
    for path in files:
        assert path.stem.upper() in built.datasets
        assert as_text(built.datasets[path.stem.upper()]) == read_expected(path), path.name
    assert [str(finding) for finding in built.findings] == lines_of(expected / "findings.txt")

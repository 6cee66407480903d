"""A study's own algorithm: named in study.yaml, then used in specs like any other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cdisc.build import build, read_inputs
from cdisc.errors import SpecError
from cdisc.spec import read_study

STUDY = """\
study: {id: ABC}
created: 2025-01-01T00:00:00
standards: {sdtm: SDTMIG 3.4, terminology: sdtmct 2025-03-28}
algorithms: [own.py]
data: {raw: raw}
sources:
  dm: {file: dm.csv}
"""
SPEC = """\
dataset: DM
keys: [STUDYID, USUBJID]
rows: dm
variables:
  USUBJID: {copy: ID}
  SUBJID: {backwards: ID}
"""
OWN = '''\
from cdisc.algorithms import algorithm
from cdisc.algorithms.arguments import Column, Result


@algorithm(main="of", method="{of} read backwards.")
def NAME(of: Column) -> Result:
    """The text read backwards."""
    return Result(of.str[::-1])
'''


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "mappings" / "sdtm").mkdir(parents=True)
    (tmp_path / "mappings" / "sdtm" / "dm.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "dm.csv").write_text("ID\nabc\nxyz\n", encoding="utf-8")
    return tmp_path


def test_a_study_can_bring_an_algorithm(home: Path) -> None:
    (home / "own.py").write_text(OWN.replace("NAME", "backwards"), encoding="utf-8")
    study = read_study(home)
    dm = build(study, read_inputs(study)).datasets["DM"]
    assert dm.frame["SUBJID"].tolist() == ["cba", "zyx"]
    assert dm.variable("SUBJID").method == "ID read backwards."


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (None, "study.yaml:4:14: there is no module own.py"),
        (
            OWN.replace("NAME", "study_day"),
            "study.yaml:4:14: own.py: two algorithms are named study_day",
        ),
        (
            "import nowhere_to_be_found",
            (
                "study.yaml:4:14: own.py does not run: "
                "ModuleNotFoundError(\"No module named 'nowhere_to_be_found'\")"
            ),
        ),
    ],
)
def test_a_module_that_cannot_be_used_is_told(home: Path, module: str | None, message: str) -> None:
    if module is not None:
        (home / "own.py").write_text(module, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        read_study(home)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Result:\n", "Result\n", "own.py:6: SyntaxError: expected ':'"),
        (
            "of: Column",
            "of",
            (
                "own.py:5 backwards: the parameter of has no annotation. Say what a spec gives for "
                "it, e.g. of: Column"
            ),
        ),
    ],
)
def test_a_mistake_in_a_module_is_told_with_its_line(
    home: Path, old: str, new: str, message: str
) -> None:
    text = OWN.replace("NAME", "backwards").replace(old, new)
    (home / "own.py").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        read_study(home)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("Result(1 / 0)", "own.py:8 {used}: ZeroDivisionError: division by zero"),
        ("of", "own.py:5 {used}: must return Result(...), not Series"),
        ("Result(5)", "own.py:5 {used}: Result holds pandas Series, not int"),
        (
            "Result(of.head(1))",
            "mappings/sdtm/dm.yaml:6:3 SUBJID: backwards returned 1 values for 2 rows",
        ),
    ],
)
def test_what_fails_in_a_module_is_told_with_its_line_and_who_uses_it(
    home: Path, body: str, message: str
) -> None:
    text = OWN.replace("NAME", "backwards").replace("Result(of.str[::-1])", body)
    (home / "own.py").write_text(text, encoding="utf-8")
    study = read_study(home)
    with pytest.raises(SpecError) as caught:
        build(study, read_inputs(study))
    used = "backwards (used by mappings/sdtm/dm.yaml:6 SUBJID)"
    assert str(caught.value) == message.format(used=used)


def test_a_failure_of_the_library_stays_a_defect(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "own.py").write_text(OWN.replace("NAME", "backwards"), encoding="utf-8")
    study = read_study(home)
    copied = study.datasets["DM"].variables["USUBJID"].call

    def fails(**_: object) -> None:
        raise ZeroDivisionError

    broken = replace(copied, algorithm=replace(copied.algorithm, function=fails))
    variables = study.datasets["DM"].variables
    monkeypatch.setitem(variables, "USUBJID", replace(variables["USUBJID"], call=broken))  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        build(study, read_inputs(study))


def test_a_module_outside_the_study_is_refused(home: Path) -> None:
    (home / "study.yaml").write_text(STUDY.replace("own.py", "../own.py"), encoding="utf-8")
    with pytest.raises(SpecError, match="is not a Python module in the study folder"):
        read_study(home)

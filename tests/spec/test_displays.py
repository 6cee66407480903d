"""define/displays.yaml: what is read, and what is refused in its place."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest

from cdisc.errors import CdiscError, Problems
from cdisc.model import Condition
from cdisc.spec.analyses import ANALYSES, KaplanMeier, Kind, Swimmer
from cdisc.spec.displays import Displays
from cdisc.spec.read_displays import read_displays
from cdisc.spec.schema_displays import displays_schema
from cdisc.spec.yaml_nodes import parse_yaml
from tests.spec.test_schema import as_editor

POPULATIONS = """\
populations:
  FAS:
    label: Full analysis set
    from: ADSL
    where: FASFL == "Y"
    by: TRT01P
"""
ORR = """\
displays:
  14.2.1:
    title: Objective response rate
    population: FAS
    reason: SPECIFIED IN PROTOCOL
    purpose: SECONDARY OUTCOME MEASURE
    from: ADRS
    where: PARAMCD == "CRSP" and AVALC != "NE"
    response_rate: {responder: AVALC == "Y", confidence: 0.9}
"""
SCHEMA = jsonschema.Draft202012Validator(displays_schema())


def read(tmp_path: Path, text: str) -> Displays:
    (tmp_path / "define").mkdir(exist_ok=True)
    (tmp_path / "define" / "displays.yaml").write_text(text, encoding="utf-8")
    return read_displays(tmp_path)


def refused(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(CdiscError) as caught:
        read(tmp_path, text)
    error = caught.value
    return [str(e) for e in error.errors] if isinstance(error, Problems) else [str(error)]


def test_no_file_no_displays(tmp_path: Path) -> None:
    assert len(read_displays(tmp_path)) == 0


def test_a_display_as_read(tmp_path: Path) -> None:
    (display,) = read(tmp_path, POPULATIONS + ORR)
    assert display.name == "Table 14.2.1"
    assert display.population.by == "TRT01P"
    assert display.population.records.conditions == (Condition("FASFL", "EQ", ("Y",)),)
    assert display.analysis.confidence == 0.9  # type: ignore[attr-defined]
    assert display.reads() == {
        "ADSL": ("USUBJID", "TRT01P", "FASFL"),
        "ADRS": ("USUBJID", "PARAMCD", "AVALC"),
    }


def test_its_text_is_kept_as_written_without_comments_after_it(tmp_path: Path) -> None:
    more = "  # the next one\n" + ORR.split("\n", 1)[1].replace("14.2.1", "14.2.9")
    displays = read(tmp_path, POPULATIONS + ORR + more).displays
    code = displays["14.2.1"].code
    assert code.startswith("14.2.1:\n  title: Objective response rate\n")
    assert code.endswith('response_rate: {responder: AVALC == "Y", confidence: 0.9}')


def test_arguments_have_defaults(tmp_path: Path) -> None:
    text = ORR[: ORR.index("response_rate")] + "kaplan_meier:\n"
    (display,) = read(tmp_path, POPULATIONS + text)
    assert display.analysis == KaplanMeier()
    assert display.analysis.days_per_month == 30.4375  # type: ignore[attr-defined]


def test_records_of_other_datasets_are_read_too(tmp_path: Path) -> None:
    analysis = """swimmer:
      end: [DTHDT, LSTALVDT]
      marks:
        Response: {from: ADRS, where: PARAMCD == "CRSP", date: ADT}
        Death: {from: ADSL, date: DTHDT}
"""
    text = ORR.replace("ADRS", "ADSL").replace('where: PARAMCD == "CRSP" and AVALC != "NE"\n', "")
    text = text[: text.index("response_rate")].rstrip() + "\n    " + analysis
    (display,) = read(tmp_path, POPULATIONS + text)
    assert isinstance(display.analysis, Swimmer)
    assert display.name == "Figure 14.2.1"
    assert display.reads()["ADRS"] == ("USUBJID", "PARAMCD", "ADT")
    assert "DTHDT" in display.reads()["ADSL"]


REFUSED = {
    "unknown population": ("population: FAS", "population: FSA", "there is no population FSA. Did"),
    "unknown key": ("    title:", "    titel:", "titel"),
    "no analysis": (
        '    response_rate: {responder: AVALC == "Y", confidence: 0.9}\n',
        "",
        "14.2.1 says no analysis. There is response_rate, kaplan_meier",
    ),
    "unknown argument": ("confidence: 0.9", "confidense: 0.9", "confidense"),
    "missing argument": ('responder: AVALC == "Y", ', "", "response_rate needs responder"),
    "not a number": ("confidence: 0.9", "confidence: high", "confidence must be a number"),
    "out of bounds": ("confidence: 0.9", "confidence: 95", "between 0 and 1, not 95. 95 % is 0.95"),
    "infinite": ("confidence: 0.9", "confidence: inf", "confidence must be a number"),
    "or in where": ("CRSP\" and", 'CRSP" or', "cannot be a where clause of Define-XML"),
    "two variables compared": ('PARAMCD == "CRSP"', "PARAMCD == PARAM", "cannot be a where clause"),
    "another dataset": ('PARAMCD == "CRSP"', 'ADSL.SEX == "F"', "ADSL.SEX is not a variable of"),
    "no title": ("    title: Objective response rate\n", "", "14.2.1 needs title"),
    "a number no file can have": ("14.2.1:", '"14/2": ', "'14/2' cannot be the number of"),
    "no dataset": ("from: ADRS", "from: rs file", "'rs file' cannot be a dataset"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_its_place(case: str, tmp_path: Path) -> None:
    old, new, message = REFUSED[case]
    text = POPULATIONS + ORR
    assert text.count(old) >= 1
    place = text.rindex(old)
    errors = refused(tmp_path, text[:place] + new + text[place + len(old) :])
    assert len(errors) == 1, errors
    assert errors[0].startswith("define/displays.yaml:")
    assert message in errors[0]


def test_two_analyses_are_refused(tmp_path: Path) -> None:
    (error,) = refused(tmp_path, POPULATIONS + ORR + "    kaplan_meier:\n")
    assert "two analyses, response_rate and kaplan_meier" in error


def test_a_figure_has_no_blocks(tmp_path: Path) -> None:
    text = ORR[: ORR.index("    response_rate")] + "    each: PARAM\n    km_curve:\n"
    (error,) = refused(tmp_path, POPULATIONS + text)
    assert "a figure is of one block" in error


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    second = ORR.split("\n", 1)[1].replace("14.2.1", "14.2.9").replace("0.9}", "9}")
    errors = refused(tmp_path, POPULATIONS + ORR.replace("0.9}", "7}") + second)
    assert len(errors) == 2


# ---- the schema ------------------------------------------------------------------------


def problems(text: str) -> list[str]:
    node = as_editor(parse_yaml(text, "f"))
    return [error.message for error in SCHEMA.iter_errors(node)]


def test_the_schema_accepts_what_is_read() -> None:
    assert problems(POPULATIONS + ORR) == []
    study = Path(__file__).parents[2] / "define" / "displays.yaml"
    if study.exists():
        assert problems(study.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "case", ["unknown key", "no analysis", "unknown argument", "missing argument", "no title"]
)
def test_the_schema_refuses_what_is_refused(case: str) -> None:
    old, new, _ = REFUSED[case]
    text = POPULATIONS + ORR
    place = text.rindex(old)
    assert problems(text[:place] + new + text[place + len(old) :])


def test_every_analysis_says_what_its_arguments_hold() -> None:
    for name, kind in ANALYSES.items():
        assert kind.name == name
        assert kind.about
        for item in fields(kind):
            assert isinstance(item.metadata["kind"], Kind)
            assert item.metadata["about"]

"""From specs to define.xml and results: one declaration, two outputs that agree."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree

from cdisc.cli.main import run
from cdisc.define import references
from cdisc.errors import CdiscError, Location, SpecError
from cdisc.pipeline.results import each_cause_once, make_results

NAMES = {
    "a": "http://www.cdisc.org/ns/arm/v1.0",
    "o": "http://www.cdisc.org/ns/odm/v1.3",
    "d": "http://www.cdisc.org/ns/def/v2.1",
}


def built(small) -> Path:
    small.load().run()
    return small.home / "build"


def tree(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def test_define_xml_of_adam_has_the_displays_and_is_valid(small) -> None:
    build = built(small)
    path = build / "adam" / "define.xml"
    place = files("odmlib").joinpath("schemas", "arm", "1.0-define2.1", "arm1-0-0.xsd")
    schema = etree.XMLSchema(etree.parse(str(place), etree.XMLParser(no_network=True)))
    document = etree.parse(str(path))
    schema.assertValid(document)
    assert references(path).broken == ()
    found = document.xpath("//a:ResultDisplay/@Name", namespaces=NAMES)
    assert found == ["Table 14.2.2", "Figure 14.2.3"]
    code = document.xpath("string(//a:AnalysisResult[1]//a:Code)", namespaces=NAMES)
    assert "kaplan_meier: {months: [1, 2]}" in code
    assert b"arm" not in (build / "sdtm" / "define.xml").read_bytes()
    page = (build / "adam" / "define.html").read_text(encoding="utf-8")
    assert "Analysis results" in page


def test_a_where_clause_of_a_display_says_what_results_select(small) -> None:
    document = etree.parse(str(built(small) / "adam" / "define.xml"))
    clause = document.xpath(
        "string(//a:ResultDisplay[1]//a:AnalysisDataset[1]/d:WhereClauseRef/@WhereClauseOID)",
        namespaces=NAMES,
    )
    checks = document.xpath(f"//d:WhereClauseDef[@OID='{clause}']/o:RangeCheck", namespaces=NAMES)
    said = [
        (c.get("Comparator"), c.xpath("string(o:CheckValue)", namespaces=NAMES)) for c in checks
    ]
    assert said == [("EQ", "PFS"), ("NE", "9999"), ("NE", "")]


def test_a_part_of_the_study_leaves_out_what_it_cannot_show(small) -> None:
    result = small.load().run(only=["ADSL"])
    assert b"ResultDisplay" not in (result.out / "adam" / "define.xml").read_bytes()


def test_results_are_in_the_package_and_right(small) -> None:
    build = built(small)
    made = make_results(small.load().spec)
    assert made.out == build / "results"
    assert made.exit_code == 0
    found = json.loads((made.out / "14.2.2.json").read_bytes())
    values = {(one["group"], one["statistic"]): one["value"] for one in found["results"]}
    assert values[("A", "median")] == 45
    assert values[("A", "rate at 1 months")] == pytest.approx(2 / 3)
    assert values[("A", "events")] == 2
    assert values[("B", "median")] == 30
    assert found["datasets"][1]["where"] == ['PARAMCD == "PFS" and AVAL != 9999']
    lines = list(csv.DictReader((made.out / "14.2.2.csv").read_text().splitlines()))
    assert len(lines) == len(found["results"])
    assert {line["PARAM"] for line in lines} == {"Progression-Free Survival (days)"}


@pytest.mark.parametrize(
    ("unit", "per_month", "labels"),
    [
        ("days", 30.4375, ["Median, days", "Median, months"]),
        ("weeks", 30.4375 / 7, ["Median, weeks", "Median, months"]),
        ("months", 1, ["Median, months"]),
    ],
)
def test_a_time_is_told_in_the_unit_it_is_counted_in(small, unit, per_month, labels) -> None:
    small.change("define/displays.yaml", "months: [1, 2]", f"unit: {unit}, months: [10]")
    small.change("mappings/adam/adtte.yaml", "-Free Survival (days)", f"-Free Survival ({unit})")
    assert f"of AVAL in {unit}, an event" in (built(small) / "adam" / "define.xml").read_text(
        encoding="utf-8"
    )
    made = make_results(small.load().spec)
    found = json.loads((made.out / "14.2.2.json").read_bytes())
    values = {(one["group"], one["statistic"]): one["value"] for one in found["results"]}
    assert values[("A", "median")] == 45
    assert values[("A", "median months")] == pytest.approx(45 / per_month)
    # events at 20 and 45, censored at 60: ten months are past all that, or between the two
    expected = {"days": None, "weeks": 2 / 3, "months": 1.0}
    assert values[("A", "rate at 10 months")] == (
        None if expected[unit] is None else pytest.approx(expected[unit])
    )
    page = (made.out / "index.html").read_text(encoding="utf-8")
    assert [label for label in ("days", "weeks", "months") if f"Median, {label}" in page] == [
        label.removeprefix("Median, ") for label in labels
    ]


def test_the_same_bytes_again_and_whatever_the_order_of_records(small) -> None:
    built(small)
    first = tree(make_results(small.load().spec).out)
    assert first == tree(make_results(small.load().spec).out)
    from cdisc.write.xpt import read_xpt, write_xpt

    path = small.home / "build" / "adam" / "adtte.xpt"
    read = read_xpt(path)
    turned = read.frame.iloc[::-1].reset_index(drop=True)
    write_xpt(turned, path, name="ADTTE", variables=read.variables)
    again = tree(make_results(small.load().spec).out)
    del first["manifest.json"], again["manifest.json"]
    assert first == again


def test_the_page_is_whole_and_safe(small) -> None:
    built(small)
    page = (make_results(small.load().spec).out / "index.html").read_text(encoding="utf-8")
    assert "Overall survival &lt;curve&gt;" in page
    assert "Days &amp; months" in page
    assert "<curve>" not in page
    assert "<script" not in page
    assert "http:" not in page.replace("http://www.w3.org/2000/svg", "")
    figure = (small.home / "build" / "results" / "14.2.3.svg").read_bytes()
    assert etree.fromstring(figure).tag.endswith("svg")


def test_the_command(small, monkeypatch, capsys) -> None:
    built(small)
    monkeypatch.chdir(small.home)
    assert run(["results"]) == 0
    said = capsys.readouterr().out
    assert "Table 14.2.2" in said
    assert "build/results/index.html" in said
    assert run(["results", "--only", "14.2.9"]) == 2
    assert "there is no display 14.2.9" in capsys.readouterr().err


def test_a_part_of_the_displays_has_a_folder_of_its_own(small, monkeypatch) -> None:
    built(small)
    monkeypatch.chdir(small.home)
    assert run(["results", "--only", "14.2.2"]) == 0
    partial = small.home / "build" / "results-partial"
    assert (partial / "14.2.2.json").exists()
    assert not (partial / "14.2.3.json").exists()


def test_a_package_from_elsewhere(small, tmp_path, monkeypatch) -> None:
    moved = tmp_path / "elsewhere"
    built(small).rename(moved)
    monkeypatch.chdir(small.home)
    assert run(["results", "--package", str(moved / "adam"), "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "index.html").exists()


def test_without_a_package_it_says_how_to_make_one(small, monkeypatch, capsys) -> None:
    monkeypatch.chdir(small.home)
    assert run(["results"]) == 2
    assert "there is no package. `cdisc run` makes it" in capsys.readouterr().err


def test_without_displays_it_says_so(small, monkeypatch, capsys) -> None:
    (small.home / "define" / "displays.yaml").unlink()
    monkeypatch.chdir(small.home)
    assert run(["results"]) == 2
    assert "the study declares no displays" in capsys.readouterr().err


def test_a_display_that_cannot_be_made_does_not_keep_others(small, monkeypatch, capsys) -> None:
    built(small)
    (small.home / "build" / "adam" / "adtte.xpt").rename(small.home / "aside.xpt")
    monkeypatch.chdir(small.home)
    assert run(["results"]) == 3
    assert "the package has no ADTTE" in capsys.readouterr().err
    (small.home / "aside.xpt").rename(small.home / "build" / "adam" / "adtte.xpt")
    small.change("define/displays.yaml", "km_curve: {every: 1}", "km_curve: {time: NOTIME}")
    assert run(["results"]) == 2
    told = capsys.readouterr()
    assert "has no variable NOTIME" in told.err
    assert "Table 14.2.2" in told.out
    assert "Not made" in (small.home / "build" / "results" / "index.html").read_text()


def test_a_parameter_that_no_spec_makes_is_an_error_and_not_an_empty_table(
    small, monkeypatch, capsys
) -> None:
    built(small)
    small.change("define/displays.yaml", 'PARAMCD == "OS"', 'PARAMCD == "OSS"')
    monkeypatch.chdir(small.home)
    assert run(["results"]) == 2
    told = capsys.readouterr()
    assert "ADTTE has no parameter OSS. Did you mean OS?" in told.err
    assert "Table 14.2.2" in told.out
    assert not (small.home / "build" / "results" / "14.2.3.json").exists()


def test_a_display_without_records_and_a_condition_for_nobody_are_noted(small) -> None:
    built(small)
    small.change("define/displays.yaml", "AVAL != 9999", "AVAL > 9999")
    small.change(
        "define/displays.yaml", "km_curve: {every: 1}", "response_rate: {responder: AVAL < 0}"
    )
    made = make_results(small.load().spec)
    notes = {data.display.id: outcome.notes for data, outcome in made.done}
    assert 'There is no record of ADTTE where PARAMCD == "PFS" and AVAL > 9999.' in notes["14.2.2"]
    assert "AVAL < 0 holds for no record." in notes["14.2.3"]


def test_the_same_cause_in_several_displays_is_told_once() -> None:
    errors = [SpecError("no file", at=Location("d.yaml", n)) for n in (1, 2, 3)]
    other = SpecError("other", at=Location("d.yaml", 4))
    assert [str(error) for error in each_cause_once([*errors, other])] == [
        "d.yaml:1: no file (and 2 more displays)",
        "d.yaml:4: other",
    ]


EMPTY = {
    "response_rate": "{responder: CNSR == 0}",
    "kaplan_meier": "",
    "counts": "{rows: {All: }}",
    "counts_by": "{terms: PARAM}",
    "shift_table": "{before: AVAL, after: AVAL}",
    "descriptive": "{of: AVAL}",
    "km_curve": "",
    "waterfall": "{value: AVAL}",
    "spider": "{value: AVAL, time: AVAL}",
    "swimmer": "{start: STARTDT, treated_until: ADT, end: ADT, "
    "marks: {End: {from: ADTTE, date: ADT}}}",
}


@pytest.mark.parametrize("analysis", EMPTY)
def test_a_dataset_without_records_and_file_is_an_empty_one(small, analysis: str) -> None:
    small.write("raw/tte.csv", "SUBJ,WHAT,DAYS,CENSORED\n")
    small.change(
        "mappings/adam/adtte.yaml",
        "  CNSR:",
        "  STARTDT: {analysis_date: VSDTC}\n  ADT: {analysis_date: VSDTC}\n  CNSR:",
    )
    small.change("mappings/sdtm/vs.yaml", "  VSCAT:", '  VSDTC: {constant: "2024-01-01"}\n  VSCAT:')
    small.change("define/displays.yaml", "    each: PARAM\n", "")
    small.change(
        "define/displays.yaml", "kaplan_meier: {months: [1, 2]}", f"{analysis}: {EMPTY[analysis]}"
    )
    build = built(small)
    assert not (build / "adam" / "adtte.xpt").exists()
    made = make_results(small.load().spec, only=["14.2.2"])
    (found,) = made.done
    assert made.errors == []
    assert not found[1].figure
    values = {one.value for one in found[1].statistics if one.name not in ("N", "upper")}
    assert values <= {0, None}
    assert (made.out / "index.html").exists()


@pytest.mark.parametrize(
    ("own", "clauses"),
    [("", ["WC.ADSL.FASFL.Y"]), ('SEX == "F"', ["WC.ADSL.FASFL.Y.SEX.F", "WC.ADSL.FASFL.Y"])],
)
def test_records_of_the_population_s_dataset_are_those_of_its_subjects(
    small, own: str, clauses: list[str]
) -> None:
    where = f"    where: {own}\n" if own else ""
    small.change("define/displays.yaml", "    each: PARAM\n", "")
    small.change(
        "define/displays.yaml",
        'from: ADTTE\n    where: PARAMCD == "PFS" and AVAL != 9999\n',
        f"from: ADSL\n{where}",
    )
    small.change("define/displays.yaml", "kaplan_meier: {months: [1, 2]}", "descriptive: {of: AGE}")
    document = etree.parse(str(built(small) / "adam" / "define.xml"))
    found = document.xpath(
        "//a:ResultDisplay[1]//d:WhereClauseRef/@WhereClauseOID", namespaces=NAMES
    )
    assert found == clauses


def test_without_scipy_the_extra_is_named(small, monkeypatch, capsys) -> None:
    small.change(
        "define/displays.yaml",
        "kaplan_meier: {months: [1, 2]}",
        "response_rate: {responder: CNSR == 0}",
    )
    built(small)
    monkeypatch.chdir(small.home)
    monkeypatch.setitem(__import__("sys").modules, "scipy.special", None)
    assert run(["results"]) == 2
    assert 'pip install "cdisc[results]"' in capsys.readouterr().err


@pytest.mark.parametrize("package", ["matplotlib", "scipy.stats"])
def test_without_a_library_its_displays_name_the_extra(
    small, monkeypatch, capsys, package: str
) -> None:
    built(small)
    monkeypatch.chdir(small.home)
    for name in [name for name in sys.modules if f"{name}.".startswith(f"{package}.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    assert run(["results"]) == 2
    said = capsys.readouterr().err
    assert f"needs {package.partition('.')[0]}, which is not installed" in said
    assert 'pip install "cdisc[results]"' in said


# ---- the check -------------------------------------------------------------------------


CHECKED = {
    "unknown variable": ("km_curve: {every: 1}", "km_curve: {time: AVALL}", "no variable AVALL"),
    "unknown parameter": ('"OS"', '"OSS"', "ADTTE has no parameter OSS. Did you mean OS?"),
    "unknown document": (
        "footnote: Days & months",
        "documents: {sap: }",
        "study.yaml declares no document sap",
    ),
    "population of records": ("from: ADSL", "from: ADTTE", "cannot be a population"),
}


def test_a_unit_must_be_known(small) -> None:
    small.change("define/displays.yaml", "months: [1, 2]", "unit: day")
    with pytest.raises(CdiscError, match=r"displays.yaml:16.*unit cannot be 'day'. Did you mean"):
        small.load()


def test_a_label_that_names_another_unit_is_a_warning(small) -> None:
    small.change("define/displays.yaml", "months: [1, 2]", "unit: weeks")
    found = [str(warning) for warning in small.load().check().warnings]
    [told] = [text for text in found if "weeks" in text]
    assert told == (
        "define/displays.yaml:14:12 14.2.2: PFS is 'Progression-Free Survival (days)', and its "
        "times are told in weeks. Write unit: days in kaplan_meier"
    )


@pytest.mark.parametrize("case", CHECKED)
def test_the_check_tells_it_in_its_place(small, case: str) -> None:
    old, new, message = CHECKED[case]
    small.change("define/displays.yaml", old, new)
    errors = [str(error) for error in small.load().check().errors]
    assert any(
        message in error and error.startswith("define/displays.yaml:") for error in errors
    ), errors


def test_the_small_study_checks_clean(small) -> None:
    checked = small.load().check()
    assert checked.errors == ()
    assert [str(warning) for warning in checked.warnings if "display" in str(warning)] == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("PRIMARY OUTCOME MEASURE", "PRIMARY OUTCOME", "Did you mean PRIMARY OUTCOME MEASURE?"),
        ("from: ADTTE\n    where: PARAMCD == \"OS\"", "from: ADTT", "no spec describes ADTT"),
    ],
)  # fmt: skip
def test_the_check_warns(small, old: str, new: str, message: str) -> None:
    small.change("define/displays.yaml", old, new)
    assert any(message in str(warning) for warning in small.load().check().warnings)

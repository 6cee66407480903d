"""The committed expectation suites are those that the specs of today give."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cdisc import Study
from cdisc.pipeline.metadata import described
from cdisc.pipeline.rules import checks_of
from cdisc.spec import StudySpec
from cdisc.validate import suite_for
from cdisc.validate.suite import suite_bytes

ROOT = Path(__file__).parents[2]


def test_suites_are_current(built) -> None:
    study = Study.load(ROOT).spec
    datasets, _ = described(study, built.datasets)
    current = {}
    for name, dataset in datasets.items():
        due = checks_of(study, dataset, datasets)
        current[f"{name.lower()}.json"] = suite_bytes(suite_for(name, due.checks, due.codelists))
    committed = {p.name: p.read_bytes() for p in (ROOT / "validation" / "suites").glob("*.json")}
    assert sorted(committed) == sorted(current)
    stale = [name for name in current if committed[name] != current[name]]
    assert stale == [], "run `cdisc run` and `cdisc validate`, and commit validation/suites"


def test_a_study_without_adsl_is_asked_once_and_a_part_of_one_that_has_it_is_not(built) -> None:
    study = Study.load(ROOT).spec
    datasets, _ = described(study, built.datasets)
    there = ("DM", "ADLB", "ADAE")
    specs = {name: spec for name, spec in study.datasets.items() if name != "ADSL"}
    unlisted = replace(study, datasets=specs)

    def asking(one: StudySpec) -> list[str]:
        due = {name: checks_of(one, datasets[name], there).checks for name in there}
        rules = {name: {check.rule for check in checks} for name, checks in due.items()}
        return [name for name in there if "SUBJECT.NO_ADSL" in rules[name]]

    assert asking(unlisted) == ["ADAE"]
    assert asking(study) == []

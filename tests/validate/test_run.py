from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cdisc.errors import Location, UsageError
from cdisc.model import Dataset, Occurrence, merge_findings
from cdisc.standards import catalogue, terminology
from cdisc.validate import RULES, Check, checks_for, codelists_of, run_checks, standard_of


def test_every_rule_says_what_it_is_and_where_it_comes_from():
    for name, rule in RULES.items():
        topic, _, word = name.partition(".")
        assert name == rule.id
        assert topic.isupper()
        assert word.replace("_", "").isupper()
        assert rule.description.endswith(".")
        assert not rule.message.endswith(".")
        assert rule.reference


def test_a_rule_that_does_not_exist_is_refused_with_a_hint(make):
    with pytest.raises(UsageError, match=r"there is no rule 'CT.TERMS'. Did you mean CT.TERM\?"):
        run_checks(make("AE", {"A": ["x"]}), [Check(rule="CT.TERMS", dataset="AE")])


def test_checks_of_another_dataset_are_left_alone(make):
    check = Check(rule="STRUCTURE.REQUIRED", dataset="DM", variables=("USUBJID",))
    assert run_checks(make("AE", {"A": ["x"]}), [check]) == []


def test_findings_carry_the_raw_records_and_the_place_in_the_spec(make):
    dataset = make("AE", {"AETERM": ["a", None, "b", None]})
    asked = []

    def locate(name, rows):
        asked.append((name, rows.tolist()))
        return [Occurrence("ae.csv", int(row) + 100, "1") for row in rows]

    place = Location("mappings/sdtm/ae.yaml", 12, 3, "AE.AETERM")
    (finding,) = run_checks(
        dataset,
        [Check(rule="STRUCTURE.NULL", dataset="AE", variables=("AETERM",))],
        locate=locate,
        at={"AETERM": place},
    )
    assert asked == [("AE", [1, 3])]
    assert str(finding) == (
        "mappings/sdtm/ae.yaml:12:3 AE.AETERM: AETERM is required and has no value "
        "(2 rows, first ae.csv row 101)"
    )


def demographics(make, **changed):
    columns = {
        "STUDYID": ["S", "S"],
        "DOMAIN": ["DM", "DM"],
        "USUBJID": ["S-1", "S-2"],
        "SUBJID": ["1", "2"],
        "SEX": ["F", "M"],
    }
    return make("DM", {**columns, **changed}, keys=("STUDYID", "USUBJID"))


def findings_against_the_standard(dataset, **others):
    ct = terminology("sdtmct", "2025-03-28")
    names = [variable.name for variable in dataset.variables]
    standard = standard_of(catalogue("SDTMIG", "3.4"), dataset.name, names)
    checks = checks_for(
        dataset, standard=standard, codelist=ct.codelist, subjects="DM", study_id="S"
    )
    codelists = codelists_of(checks, ct.codelist)
    return run_checks(dataset, checks, others={"DM": dataset, **others}, codelists=codelists)


def test_the_standard_prescribes_codelists_and_required_variables(make):
    found = findings_against_the_standard(demographics(make, SEX=["F", "X"]))
    messages = [f.message for f in found]
    assert "'X' is not in codelist SEX" in messages
    assert "required variable COUNTRY is not in DM" in messages
    assert "expected variable RFSTDTC is not in DM" in messages
    assert not any("SUBJID" in m and "required" in m for m in messages)


def test_variables_of_the_model_are_known_and_in_order(make):
    dataset = make("AE", {"STUDYID": ["S"], "AESEQ": [1], "AEGRPID": ["g"], "AETERM": ["a"]})
    found = findings_against_the_standard(dataset, DM=demographics(make))
    assert [f.message for f in found if f.rule in ("STRUCTURE.UNKNOWN", "STRUCTURE.ORDER")] == []


def test_placeholders_of_adam_give_way_to_the_variables_that_fit():
    adam = catalogue("ADaMIG", "1.3")
    with_treatment = standard_of(adam, "ADSL", ["USUBJID", "TRT01P"])
    assert "TRT01P" in with_treatment
    assert "TRTxxP" not in with_treatment
    assert "TRTxxP" in standard_of(adam, "ADSL", ["USUBJID"])


def test_analysis_datasets_may_have_variables_of_their_own(make):
    dataset = make("ADSL", {"USUBJID": ["1"], "MYVAR": ["x"]}, purpose="Analysis")
    standard = standard_of(catalogue("ADaMIG", "1.3"), "ADSL", ["USUBJID", "MYVAR"])
    rules = {check.rule for check in checks_for(dataset, standard=standard)}
    assert "STRUCTURE.REQUIRED" in rules
    assert rules.isdisjoint({"STRUCTURE.UNKNOWN", "STRUCTURE.ORDER"})


def test_partitions_by_subject_give_the_findings_of_the_whole(make):
    rng = np.random.default_rng(7)
    columns = {
        "USUBJID": [f"S-{n % 5}" for n in range(60)],
        "AETERM": rng.choice(["Pain ", "Rash", "naïve"], 60).tolist(),
        "AESTDTC": rng.choice(["2024-02-30", "2024-01-01", "x"], 60).tolist(),
        "AEENDTC": rng.choice(["2023-12-31", "2024-05"], 60).tolist(),
    }
    whole = make("AE", columns)
    checks = checks_for(whole)
    parts = []
    for _, frame in whole.frame.groupby("USUBJID"):
        part = Dataset(
            name="AE",
            label="AE",
            class_="Events",
            structure="",
            keys=(),
            variables=whole.variables,
            frame=frame.reset_index(drop=True),
        )
        parts += run_checks(part, checks)
    everything = run_checks(whole, checks)
    assert len(everything) >= 5
    assert merge_findings(parts) == merge_findings(everything)


def test_kernels_do_not_depend_on_the_index_of_the_frame(make, ask):
    dataset = make("AE", {"USUBJID": ["1", "1", "2"], "AETERM": ["a ", "b", "c "]})
    dataset.frame.index = pd.Index([7, 7, 3])
    findings = ask(dataset, "TEXT.BLANKS", "AETERM")
    assert [f.occurrences[0].usubjid for f in findings] == ["1", "2"]


EVERY_COLUMN = {
    "STUDYID": "S",
    "DOMAIN": "AE",
    "RDOMAIN": "AE",
    "USUBJID": "1",
    "IDVAR": "AESEQ",
    "IDVARVAL": "1",
    "AETERM": "a",
    "AETESTCD": "A",
    "AETEST": "a",
    "AEOUT": "x",
    "AESTDTC": "2024-01-01",
    "AEENDTC": "2024-01-02",
    "AEDUR": "P1D",
    "AESEQ": 1.0,
    "AESTDY": 1.0,
}


@pytest.mark.parametrize("rows", [0, 3])
@pytest.mark.parametrize("kind", ["str", "object", "missing"])
def test_no_shape_of_data_breaks_a_kernel(make, out, rows, kind):
    dataset = make(
        "AE",
        {name: [value] for name, value in EVERY_COLUMN.items()},
        keys=("USUBJID", "AESEQ"),
        meta={"AEOUT": {"codelist": "OUT"}, "AETERM": {"length": 3}},
    )
    frame = dataset.frame.iloc[[0] * rows].reset_index(drop=True)
    texts = [name for name, value in EVERY_COLUMN.items() if isinstance(value, str)]
    if kind == "missing":
        frame.loc[:, :] = np.nan
    if kind == "object":
        frame = frame.astype(dict.fromkeys(texts, object))
    odd = Dataset(
        name="AE",
        label="AE",
        class_="Events",
        structure="",
        keys=dataset.keys,
        variables=dataset.variables,
        frame=frame,
    )
    checks = checks_for(odd, codelist={"OUT": out}.get, subjects="DM", study_id="S")
    dm = make("DM", {"USUBJID": ["1"], "RFSTDTC": ["2024-01-01"]})
    findings = run_checks(odd, checks, others={"DM": dm, "AE": odd}, codelists={"OUT": out})
    rules = {finding.rule for finding in findings}
    expected = {
        ("str", 3): {"CT.TERM", "KEY.UNIQUE", "KEY.SEQUENCE"},
        ("object", 3): {"CT.TERM", "KEY.UNIQUE", "KEY.SEQUENCE"},
        ("missing", 3): {"KEY.UNIQUE", "KEY.SEQUENCE"},
    }
    assert rules == expected.get((kind, rows), {"STRUCTURE.EMPTY"})

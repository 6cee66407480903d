from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.model import (
    Codelist,
    Condition,
    Finding,
    Severity,
    Term,
    ValueLevel,
    merge_findings,
)
from cdisc.validate import Check, capped, checks_for, codelists_of, run_checks


def ask_terms(dataset, rule, variable, *codelists, **params):
    check = Check(
        rule=rule,
        dataset=dataset.name,
        variables=(variable,),
        params={
            "codelist": " or ".join(c.name for c in codelists),
            "codelists": [c.name for c in codelists],
            **params,
        },
    )
    return run_checks(dataset, [check], codelists={c.name: c for c in codelists})


def test_value_outside_a_codelist_names_the_nearest_term(make, out):
    dataset = make("AE", {"AEOUT": ["FATAL", "Recovered/Resolved ", "Recovered/Resolved ", None]})
    (finding,) = ask_terms(dataset, "CT.TERM", "AEOUT", out)
    assert finding.message == "'Recovered/Resolved ' is not in codelist OUT"
    assert finding.hint == "Did you mean RECOVERED/RESOLVED?"
    assert (finding.value, finding.count, finding.severity.value) == (
        "Recovered/Resolved ",
        2,
        "error",
    )


def test_terms_pass(make, out):
    dataset = make("AE", {"AEOUT": ["FATAL", "UNKNOWN", None]})
    assert ask_terms(dataset, "CT.TERM", "AEOUT", out) == []


def test_undeclared_extension_is_a_warning_and_a_declared_one_passes(make, unit):
    dataset = make("EX", {"EXDOSU": ["mg", "10^6 CELLS/KG", "ML"]})
    (finding,) = ask_terms(dataset, "CT.EXTENSION", "EXDOSU", unit)
    assert finding.message == ("'ML' is not in codelist UNIT and not declared as its extension")
    assert (finding.severity.value, finding.hint) == ("warning", "Did you mean mL?")


def test_a_value_may_be_in_any_of_several_codelists(make, out, unit):
    dataset = make("AE", {"AEOUT": ["mg", "FATAL", "x"]})
    (finding,) = ask_terms(dataset, "CT.EXTENSION", "AEOUT", out, unit)
    assert finding.message.startswith("'x' is not in codelist OUT or UNIT")


def test_values_are_counted_one_finding_each_sorted_by_value(make, out):
    dataset = make("AE", {"AEOUT": ["b", "a", "b", "b"]})
    findings = ask_terms(dataset, "CT.TERM", "AEOUT", out)
    assert [(f.value, f.count) for f in findings] == [("a", 1), ("b", 3)]


def test_value_level_codelist_holds_for_the_records_that_it_is_for(make, unit):
    dataset = make("VS", {"VSTESTCD": ["WEIGHT", "TEMP", None], "VSORRESU": ["oz", "oz", "oz"]})
    where = [{"variable": "VSTESTCD", "comparator": "EQ", "values": ["WEIGHT"]}]
    (finding,) = ask_terms(dataset, "CT.EXTENSION", "VSORRESU", unit, where=where)
    assert finding.count == 1


def test_codelist_that_is_not_there_is_said_and_not_passed(make):
    dataset = make("AE", {"AEOUT": ["x"]})
    check = Check(
        rule="CT.TERM",
        dataset="AE",
        variables=("AEOUT",),
        params={"codelist": "OUT", "codelists": ["OUT"]},
    )
    (finding,) = run_checks(dataset, [check])
    assert finding.rule == "CHECK.NOT_RUN"
    assert finding.message == "check CT.TERM was not run: codelist OUT is not there"


def test_checks_follow_extensibility_and_value_levels(make, out, unit):
    level = ValueLevel(
        where=(Condition("EXTRT", "IN", ("A", "B")),), data_type="text", codelist="UNIT"
    )
    dataset = make(
        "EX",
        {"EXTRT": ["A"], "EXDOSU": ["mg"], "EXOUT": ["x"], "EXNUM": [1]},
        meta={
            "EXDOSU": {"values": (level,)},
            "EXOUT": {"codelist": "OUT"},
            "EXNUM": {"codelist": "OUT"},
        },
    )
    by_name = {"OUT": out, "UNIT": unit}
    checks = [c for c in checks_for(dataset, codelist=by_name.get) if c.rule.startswith("CT.")]
    assert [(c.rule, c.variables, c.params["codelists"]) for c in checks] == [
        ("CT.EXTENSION", ("EXDOSU",), ["UNIT"]),
        ("CT.TERM", ("EXOUT",), ["OUT"]),
    ]
    assert checks[0].params["where"] == [
        {"variable": "EXTRT", "comparator": "IN", "values": ["A", "B"]}
    ]
    assert codelists_of(checks, by_name.get) == by_name


def test_a_column_that_fails_throughout_gives_1000_values_and_the_rest_counted(make, out):
    dataset = make("AE", {"AEOUT": [f"v{n}" for n in range(1205)]})
    findings = ask_terms(dataset, "CT.TERM", "AEOUT", out)
    assert len(findings) == 1001
    (rest,) = [f for f in findings if f.value is None]
    assert rest.message == "more than 1,000 values of AEOUT fail this check; these are the others"
    assert rest.count == 205


@given(values=st.lists(st.integers(0, 3000), max_size=3000), at=st.integers(0, 3000))
@settings(max_examples=20)
def test_values_of_parts_are_capped_as_those_of_the_whole(values, at):
    def found(numbers):
        told = [
            Finding(rule="R", severity=Severity.ERROR, message=f"v{n}", variable="V", value=f"v{n}")
            for n in numbers
        ]
        return capped(merge_findings(told))

    parts = [*found(values[:at]), *found(values[at:])]
    assert capped(merge_findings(parts)) == found(values)


def test_occurrences_stop_at_1000_and_the_count_does_not(make, out):
    dataset = make("AE", {"USUBJID": ["1"] * 1500, "AEOUT": ["x"] * 1500})
    (finding,) = ask_terms(dataset, "CT.TERM", "AEOUT", out)
    assert (finding.count, len(finding.occurrences)) == (1500, 1000)


def test_pairs_of_code_and_name(make, ask):
    dataset = make(
        "VS",
        {
            "VSTESTCD": ["TEMP", "TEMP", "WEIGHT", "HEIGHT", "MASS", None],
            "VSTEST": ["Temperature", "Temp", "Weight", "Height", "Weight", "Height"],
        },
    )
    findings = ask(dataset, "TEST.PAIR", "VSTESTCD", "VSTEST", codes="VSTESTCD", names="VSTEST")
    assert [f.message for f in findings] == [
        "VSTESTCD 'MASS' with VSTEST 'Weight' is not one to one",
        "VSTESTCD 'TEMP' with VSTEST 'Temp' is not one to one",
        "VSTESTCD 'TEMP' with VSTEST 'Temperature' is not one to one",
        "VSTESTCD 'WEIGHT' with VSTEST 'Weight' is not one to one",
    ]
    fine = make("VS", {"VSTESTCD": ["TEMP", "TEMP"], "VSTEST": ["Temperature", "Temperature"]})
    assert ask(fine, "TEST.PAIR", "VSTESTCD", "VSTEST", codes="VSTESTCD", names="VSTEST") == []


def test_codes_that_cannot_become_variable_names(make, ask):
    dataset = make("VS", {"VSTESTCD": ["TEMP", "1HOUR", "TEMPERATURE", "Temp", "A B", None]})
    assert [f.value for f in ask(dataset, "TEST.CODE", "VSTESTCD")] == [
        "1HOUR",
        "A B",
        "TEMPERATURE",
        "Temp",
    ]
    assert ask(dataset, "TEST.CODE", "VSTESTCD")[0].message == (
        "'1HOUR' in VSTESTCD is not a code of up to 8 capital letters, digits and _"
    )
    assert ask(make("VS", {"VSTESTCD": ["SYSBP_1"]}), "TEST.CODE", "VSTESTCD") == []


def test_where_conditions_compare_numbers_and_texts(make):
    from cdisc.validate.grouping import select

    frame = make("VS", {"N": [1, 2, None], "T": ["a", None, "b"]}).frame

    def chosen(variable, comparator, *values):
        return select(
            frame, [{"variable": variable, "comparator": comparator, "values": list(values)}]
        ).tolist()

    assert chosen("N", "GE", "2") == [False, True, False]
    assert chosen("N", "LT", "2") == [True, False, False]
    assert chosen("N", "GT", "1") == [False, True, False]
    assert chosen("N", "LE", "1") == [True, False, False]
    assert chosen("N", "IN", "1.0") == [True, False, False]
    assert chosen("T", "NE", "a") == [False, False, True]
    assert chosen("T", "NOTIN", "b") == [True, False, False]
    assert chosen("T", "EQ", "a") == [True, False, False]


def test_missing_dates_of_an_analysis_dataset_are_null(make):
    dates = pd.Series(np.array(["2024-01-05", "NaT"], dtype="datetime64[s]"))
    dataset = make("ADSL", {"USUBJID": ["1", "2"]})
    dataset.frame["TRTSDT"] = dates
    check = Check(rule="STRUCTURE.NULL", dataset="ADSL", variables=("TRTSDT",))
    (finding,) = run_checks(dataset, [check])
    assert finding.count == 1


def test_sponsor_list_is_not_extensible(make):
    own = Codelist("CMCAT", "Category", (Term("PRIOR"),))
    dataset = make("CM", {"CMCAT": ["PRIOR", "prior"]}, meta={"CMCAT": {"codelist": "CMCAT"}})
    checks = checks_for(dataset, codelist={"CMCAT": own}.get)
    findings = run_checks(dataset, checks, codelists={"CMCAT": own})
    assert [f.rule for f in findings] == ["CT.TERM"]


def test_a_measured_result_is_no_term_of_a_codelist_of_results(make):
    results = Codelist("LBSTRESC", "Results", (Term("POSITIVE"),), code="C1", extensible=True)
    values = ["5.2", "<0.5", "10-20", "POSITIVE", "Positiv"]
    dataset = make("LB", {"LBSTRESC": values}, meta={"LBSTRESC": {"codelist": "LBSTRESC"}})
    checks = [
        check
        for check in checks_for(dataset, codelist={"LBSTRESC": results}.get)
        if check.rule == "CT.EXTENSION"
    ]
    findings = run_checks(dataset, checks, codelists={"LBSTRESC": results})
    assert [(f.value, f.count) for f in findings] == [("Positiv", 1)]


def test_a_value_level_that_repeats_the_codelist_of_its_variable_asks_nothing_twice(make, unit):
    level = ValueLevel(
        where=(Condition("EXTRT", "EQ", ("A",)),), data_type="text", codelist=unit.name
    )
    columns = {"EXTRT": ["A"], "EXDOSU": ["ML"]}
    meta = {"EXDOSU": {"codelist": unit.name, "values": (level,)}}
    dataset = make("EX", columns, meta=meta)
    checks = [c for c in checks_for(dataset, codelist={unit.name: unit}.get) if "CT." in c.rule]
    findings = run_checks(dataset, checks, codelists={unit.name: unit})
    assert [(f.value, f.count) for f in findings] == [("ML", 1)]

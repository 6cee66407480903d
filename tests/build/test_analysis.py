"""What Define-XML says of analysis datasets: class, structure, label, lists, value levels."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cdisc.build import Built, build, read_inputs
from cdisc.model import Condition, Dataset, Origin
from cdisc.pipeline.metadata import BY_PARAMETER, described, used_codelists
from cdisc.spec import StudySpec

WriteStudy = Callable[..., StudySpec]

LB = """\
keys: [USUBJID, LBTESTCD, LBSEQ]
rows: lb
variables:
  USUBJID: {copy: SUBJ}
  LBSEQ: {sequence: USUBJID}
  LBTESTCD: {copy: TEST}
  LBTEST: {copy: TEST}
  LBORRES: {copy: RESULT}
  LBSTRESN: {number: RESULT}
"""
ADLB = """\
structure: BDS
keys: [STUDYID, USUBJID, PARAMCD, LBSEQ]
parameters:
  ALB:
    label: Albumin (g/L)
    from: LB
    where: LBTESTCD == "ALB"
    set: {AVAL: {copy: LBSTRESN}}
  DOUBLE:
    label: Twice the Albumin (g/L)
    from: ALB
    set: {AVAL: {compute: AVAL * 2.5}}
  NEVER:
    label: Never Measured
    from: LB
    where: LBTESTCD == "XX"
    set: {AVAL: {copy: LBSTRESN}}
variables:
  USUBJID: {copy: USUBJID}
  LBSEQ: {copy: LBSEQ}
  PARAM: {copy: PARAM}
  PARAMCD: {copy: PARAMCD}
  AVAL: {copy: AVAL}
"""
COPY = "variables: {USUBJID: {copy: USUBJID}}\n"
RAW = "SUBJ,TEST,RESULT\n01,ALB,40\n01,ALB,41\n02,ALB,39\n"


def described_study(write_study: WriteStudy, **specs: str) -> tuple[StudySpec, dict[str, Dataset]]:
    study = write_study(lb=RAW, LB=LB, **specs)
    built: Built = build(study, read_inputs(study))
    return study, described(study, built.datasets)[0]


@pytest.mark.parametrize(
    ("structure", "class_"),
    [
        ("ADSL", "SUBJECT LEVEL ANALYSIS DATASET"),
        ("BDS", "BASIC DATA STRUCTURE"),
        ("BDS-TTE", "BASIC DATA STRUCTURE/TIME-TO-EVENT"),
        ("OCCDS", "OCCURRENCE DATA STRUCTURE"),
        ("AE", "OCCURRENCE DATA STRUCTURE/ADVERSE EVENT"),
    ],
)
def test_class_and_subclass_are_those_of_the_structure(
    write_study: WriteStudy, structure: str, class_: str
) -> None:
    spec = f"structure: {structure}\nkeys: [USUBJID]\nrows: LB\n{COPY}"
    _, datasets = described_study(write_study, ADXX=spec)
    assert datasets["ADXX"].class_ == class_


def test_a_spec_may_say_another_subclass(write_study: WriteStudy) -> None:
    spec = ADLB.replace(
        "structure: BDS\n",
        "structure: BDS\nclass: BASIC DATA STRUCTURE/NON-COMPARTMENTAL ANALYSIS\n",
    )
    _, datasets = described_study(write_study, ADPC=spec)
    assert datasets["ADPC"].class_ == "BASIC DATA STRUCTURE/NON-COMPARTMENTAL ANALYSIS"


def test_the_structure_is_told_by_the_keys(write_study: WriteStudy) -> None:
    _, datasets = described_study(write_study, ADLB=ADLB)
    assert datasets["ADLB"].structure == (
        "One record per subject per parameter per sequence number"
    )


def test_adsl_has_its_label_and_others_their_name_unless_told(write_study: WriteStudy) -> None:
    rows = "rows: {from: LB, take: {record: first, by: [USUBJID], order: [LBSEQ]}}\n"
    spec = f"structure: ADSL\nkeys: [STUDYID, USUBJID]\n{rows}{COPY}"
    _, datasets = described_study(write_study, ADSL=spec, ADLB=ADLB)
    assert datasets["ADSL"].label == "Subject-Level Analysis Dataset"
    assert datasets["ADSL"].structure == "One record per subject"
    assert datasets["ADLB"].label == "ADLB"


def test_parameters_are_codelists_with_their_labels_also_those_without_records(
    write_study: WriteStudy,
) -> None:
    study, datasets = described_study(write_study, ADLB=ADLB)
    lists = used_codelists(study, [datasets["ADLB"]])
    assert [(t.value, t.decode) for t in lists["PARAMCD_ADLB"].terms] == [
        ("ALB", "Albumin (g/L)"),
        ("DOUBLE", "Twice the Albumin (g/L)"),
        ("NEVER", "Never Measured"),
    ]
    assert not lists["PARAMCD_ADLB"].open
    assert [t.value for t in lists["PARAM_ADLB"].terms][:1] == ["Albumin (g/L)"]


def test_parameters_that_only_the_data_know_are_an_open_list(write_study: WriteStudy) -> None:
    spec = ADLB.replace("    label: Twice the Albumin (g/L)\n", "").replace(
        "{compute: AVAL * 2.5}}",
        "{compute: AVAL * 2.5}, PARAMCD: {constant: D}, PARAM: {constant: d}}",
    )
    study, datasets = described_study(write_study, ADLB=spec)
    assert used_codelists(study, [datasets["ADLB"]])["PARAMCD_ADLB"].open


def test_a_list_that_the_spec_names_goes_first(write_study: WriteStudy) -> None:
    spec = ADLB.replace("PARAMCD: {copy: PARAMCD}", "PARAMCD: {copy: PARAMCD, codelist: NY}")
    _, datasets = described_study(write_study, ADLB=spec)
    assert datasets["ADLB"].variable("PARAMCD").codelist == "NY"


def test_values_are_described_parameter_by_parameter(write_study: WriteStudy) -> None:
    _, datasets = described_study(write_study, ADLB=ADLB)
    levels = datasets["ADLB"].variable("AVAL").values
    assert [level.where for level in levels] == [
        (Condition("PARAMCD", "EQ", (code,)),) for code in ("ALB", "DOUBLE")
    ]
    assert [(level.label, level.data_type) for level in levels] == [
        ("Albumin (g/L)", "integer"),
        ("Twice the Albumin (g/L)", "float"),
    ]


def test_each_parameter_says_where_its_values_come_from(write_study: WriteStudy) -> None:
    _, datasets = described_study(write_study, ADLB=ADLB)
    copied, computed = datasets["ADLB"].variable("AVAL").values
    assert (copied.origin, copied.method) == (
        Origin("Predecessor", predecessor="LB.LBSTRESN"),
        "",
    )
    assert computed.origin == Origin("Derived", "Sponsor")
    assert computed.method == "AVAL * 2.5."


def test_where_each_value_is_told_the_variable_is_brief(write_study: WriteStudy) -> None:
    _, datasets = described_study(write_study, ADLB=ADLB)
    assert datasets["ADLB"].variable("AVAL").method == BY_PARAMETER


def test_the_method_of_other_variables_names_parameters_made_alike_together(
    write_study: WriteStudy,
) -> None:
    spec = ADLB.replace(
        "set: {AVAL: {copy: LBSTRESN}}", "set: {AVAL: {copy: LBSTRESN}, WHO: {copy: LBTESTCD}}"
    )
    spec = spec.replace(
        "set: {AVAL: {compute: AVAL * 2.5}}",
        "set: {AVAL: {compute: AVAL * 2.5}, WHO: {constant: me}}",
    )
    _, datasets = described_study(write_study, ADLB=spec + "  WHO: {copy: WHO, label: Who}\n")
    assert datasets["ADLB"].variable("WHO").method == (
        "For ALB, NEVER: Copied from LBTESTCD. For DOUBLE: always 'me'."
    )


def test_a_method_explains_the_columns_that_its_part_makes(write_study: WriteStudy) -> None:
    spec = ADLB.replace(
        "set: {AVAL: {compute: AVAL * 2.5}}",
        "set: {HALF: {compute: AVAL / 2}, AVAL: {compute: HALF * 5}}",
    )
    _, datasets = described_study(write_study, ADLB=spec)
    made = datasets["ADLB"].variable("AVAL").values[1]
    assert made.method == "HALF * 5. HALF: AVAL / 2."


def test_a_method_does_not_say_that_it_copies_what_it_explains(write_study: WriteStudy) -> None:
    spec = ADLB.replace(
        "set: {AVAL: {compute: AVAL * 2.5}}",
        "set: {HALF: {compute: AVAL / 2}, AVAL: {copy: HALF}}",
    )
    _, datasets = described_study(write_study, ADLB=spec)
    assert datasets["ADLB"].variable("AVAL").values[1].method == "AVAL / 2."


def test_types_of_baseline_are_described_one_by_one(write_study: WriteStudy) -> None:
    spec = ADLB.replace(
        "  AVAL: {copy: AVAL}\n", "  AVAL: {copy: AVAL}\n  BASETYPE: {constant: LAST}\n"
    )
    _, datasets = described_study(write_study, ADLB=spec)
    first = datasets["ADLB"].variable("AVAL").values[0]
    assert [c.variable for c in first.where] == ["PARAMCD", "BASETYPE"]
    assert first.origin == Origin("Predecessor", predecessor="LB.LBSTRESN")


@pytest.mark.parametrize(
    ("flag", "terms"),
    [
        ("ABLFL: {constant: Y}", ["Y"]),
        ("CRIT1FL: {constant: Y}", ["N", "Y"]),
        ("SAFFL: {constant: Y, codelist: NY}", ["N", "Y"]),
        ("OWNFL: {constant: Y, label: Own Flag, codelist: NY}", ["N", "NA", "U", "Y"]),
    ],
)
def test_a_flag_has_the_terms_that_the_guide_permits(
    write_study: WriteStudy, flag: str, terms: list[str]
) -> None:
    study, datasets = described_study(write_study, ADLB=f"{ADLB}  {flag}\n")
    name = flag.partition(":")[0]
    found = used_codelists(study, [datasets["ADLB"]])
    codelist = found[datasets["ADLB"].variable(name).codelist]
    assert sorted(term.value for term in codelist.terms) == terms
    assert codelist.code == "C66742"
    # what the whole list is asked for by its code stays the whole
    assert study.codelists.find("C66742").name == "NY"


def test_what_a_parameter_is_called_is_assigned_though_it_is_made_of_another_dataset(
    write_study: WriteStudy,
) -> None:
    spec = ADLB.replace("from: LB\n", "from: ADLB\n").replace("LBSTRESN", "AVAL")
    spec = spec.replace('LBTESTCD == "ALB"', 'PARAMCD == "ALB"').replace("LBTESTCD", "PARAMCD")
    _, datasets = described_study(write_study, ADLB=ADLB, ADX=spec)
    for name in ("PARAM", "PARAMCD"):
        assert datasets["ADX"].variable(name).origin == Origin("Assigned", "Sponsor")
    assert datasets["ADX"].variable("LBSEQ").origin == Origin(
        "Predecessor", predecessor="ADLB.LBSEQ"
    )


def test_a_variable_that_some_parts_lack_is_that_of_the_others(write_study: WriteStudy) -> None:
    spec = ADLB.replace("variables:\n", "variables:\n  LBTEST: {copy: LBTEST}\n").replace(
        """  NEVER:
    label: Never Measured
    from: LB
    where: LBTESTCD == "XX"
    set: {AVAL: {copy: LBSTRESN}}
""",
        """  NEVER:
    label: Never Measured
    from: ADX
    set: {AVAL: {compute: LBSEQ}}
""",
    )
    other = ADLB.replace("ADLB", "ADX")
    _, datasets = described_study(write_study, ADX=other, ADLB=spec)
    assert datasets["ADLB"].variable("LBTEST").origin == Origin(
        "Predecessor", predecessor="LB.LBTEST"
    )

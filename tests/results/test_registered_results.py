"""From a registered outcome to its ADaM parameter and its display, checked and on the page."""

from __future__ import annotations

import pytest

from cdisc.build import build, read_inputs
from cdisc.errors import CdiscError
from cdisc.model import Condition
from cdisc.pipeline.registered_results import allows
from cdisc.pipeline.registration import read_registration, traceability

LINE = """\
O01:
  kind: outcome
  line: Progression-free survival
  sdtm: [VS.VSSTRESN VSTESTCD=PFS]
  adam: [ADTTE.AVAL PARAMCD=PFS]
  displays: [14.2.2]
"""


def page(small, text: str) -> str:
    small.write("define/registration.yaml", text)
    study = small.load().spec
    lines = read_registration(small.home / "define" / "registration.yaml", "registration.yaml")
    return traceability(study, build(study, read_inputs(study)), lines)


def test_the_page_leads_from_outcome_to_display(small) -> None:
    row = next(line for line in page(small, LINE).splitlines() if line.startswith("| O01"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells == [
        "O01",
        "Progression-free survival",
        "tte.csv: DAYS",
        "VS.VSSTRESN (VSTESTCD = PFS)",
        "ADTTE.AVAL (PARAMCD = PFS)",
        "Table 14.2.2: Progression-free survival",
    ]


def test_a_line_may_have_no_analysis(small) -> None:
    text = LINE[: LINE.index("  adam")]
    assert "| VS.VSSTRESN (VSTESTCD = PFS) |  |  |" in page(small, text)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("PARAMCD=PFS", "PARAMCD=PFSX", "ADTTE has no parameter PFSX. Did you mean PFS?"),
        ("ADTTE.AVAL PARAMCD", "ADTT.AVAL PARAMCD", "no spec describes a dataset ADTT. Did you"),
        ("ADTTE.AVAL", "ADTTE.AVALL", "ADTTE has no variable AVALL. Did you mean AVAL?"),
        ("[14.2.2]", "[14.2.9]", "there is no display 14.2.9. Did you mean 14.2"),
        ("[14.2.2]", "[14.2.3]", "Figure 14.2.3 is made of ADTTE where"),
        ("adam: [ADTTE.AVAL PARAMCD=PFS]", "adam: [ADSL.FASFL]", "of none of the ADaM places"),
        ("adam: [ADTTE.AVAL", "adam: [ADTTE", "is not a place"),
    ],
)
def test_what_leads_nowhere_is_refused_in_its_place(small, old, new, message) -> None:
    assert LINE.count(old) == 1
    with pytest.raises(CdiscError) as caught:
        page(small, LINE.replace(old, new))
    assert message in str(caught.value)
    assert "registration.yaml:" in str(caught.value)


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ('PARAMCD != "PFS"', False),
        ('PARAMCD != "OS"', True),
        ('PARAMCD not in ("OS", "PFS")', False),
        ('PARAMCD not in ("OS", "XX")', True),
        ('PARAMCD in ("OS", "PFS")', True),
        ('PARAMCD in ("OS", "XX")', False),
        ("not missing(PARAMCD)", True),
        ("missing(PARAMCD)", False),
        ('PARAMCD == "PFS" and AVAL > 3', True),
    ],
)
def test_a_display_of_other_records_does_not_count_as_showing_a_line(small, where, shown) -> None:
    small.change("define/displays.yaml", 'PARAMCD == "PFS" and AVAL != 9999', where)
    if shown:
        assert "Table 14.2.2" in page(small, LINE)
    else:
        with pytest.raises(CdiscError, match="of none of the ADaM places"):
            page(small, LINE)


@pytest.mark.parametrize(
    ("comparator", "value", "allowed"),
    [
        ("GT", "9", True),
        ("GT", "10", False),
        ("GE", "10.0", True),
        ("LT", "9", False),
        ("LE", "10", True),
        ("EQ", "10.0", True),
        ("NE", "10.0", False),
        ("GT", "A", False),
    ],
)
def test_numbers_of_a_line_are_compared_as_numbers(comparator, value, allowed) -> None:
    assert allows(Condition("AVISITN", comparator, (value,)), {"AVISITN": "10"}) is allowed
    assert allows(Condition("AVAL", comparator, (value,)), {"AVISITN": "10"})


def test_a_code_that_looks_like_no_number_is_a_text() -> None:
    assert allows(Condition("PARAMCD", "EQ", ("NAN",)), {"PARAMCD": "NAN"})


def test_a_parameter_that_only_the_data_know_is_looked_for_there(small) -> None:
    small.change(
        "mappings/adam/adtte.yaml",
        '  OS:\n    label: Overall Survival (days)\n    from: VS\n    where: VSTESTCD == "OS"\n',
        '  each:\n    from: VS\n    where: VSTESTCD == "OS"\n'
        "    set: {PARAMCD: {copy: VSTESTCD}, PARAM: {copy: VSTEST}}\n",
    )
    both = LINE.replace("PARAMCD=PFS]", "PARAMCD=PFS, ADTTE.AVAL PARAMCD=OS]")
    assert "ADTTE.AVAL (PARAMCD = OS)" in page(small, both)
    with pytest.raises(CdiscError, match="no record is so"):
        page(small, LINE.replace("PARAMCD=PFS]", "PARAMCD=XX]").replace("[14.2.2]", "[]"))

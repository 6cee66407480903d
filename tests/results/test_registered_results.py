"""From a registered outcome to its ADaM parameter and its display, checked and on the page."""

from __future__ import annotations

import pytest

from cdisc.build import build, read_inputs
from cdisc.errors import CdiscError
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

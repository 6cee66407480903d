"""The EDC forms that are exported as ODM-XML: their events, item groups, items and code lists.

A form has one item group of the same name. The first column of its sheet is the subject, the
others are its items, named by their OIDs.
"""

from __future__ import annotations

from dataclasses import dataclass

ODM_FILE = "edc_odm.xml"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a form: `type` is a DataType of ODM 1.3.2, `codes` the name of a code list."""

    oid: str
    question: str
    type: str = "text"
    codes: str = ""
    mandatory: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """One form, filled in at one study event; the item group of a `repeating` one repeats."""

    oid: str
    name: str
    event: str
    items: tuple[Item, ...]
    repeating: bool = False


EVENTS = {"SCREENING": "Screening", "ENROLLMENT": "Enrollment", "COMMON": "Common forms"}

CODE_LISTS: dict[str, dict[str, str]] = {
    "NOYES": {"0": "No", "1": "Yes"},
    "SEX": {"1": "Male", "2": "Female"},
    "ETHNIC": {"1": "Hispanic or Latino", "2": "Not Hispanic or Latino", "9": "Not reported"},
    "ARM": {"1": "MSC-IFNa monotherapy", "2": "MSC-IFNa with immunochemotherapy"},
    "CRITERION": {
        **{f"I{number}": f"Inclusion criterion {number}" for number in range(1, 11)},
        **{f"E{number}": f"Exclusion criterion {number}" for number in range(1, 11)},
    },
}

FORMS = (
    Form(
        "IC",
        "Informed consent",
        "SCREENING",
        (
            Item("ICDAT", "Date of informed consent", "partialDate"),
            Item("SCRNO", "Screening number"),
            Item("PREVSCR", "Earlier screening number", mandatory=False),
        ),
    ),
    Form(
        "DM",
        "Demography",
        "SCREENING",
        (
            Item("BRTHYR", "Year of birth", "integer"),
            Item("SEX", "Sex", "integer", "SEX"),
            Item("RACE", "Race"),
            Item("ETHNIC", "Ethnicity", "integer", "ETHNIC"),
            Item("WOCBP", "Woman of childbearing potential", "integer", "NOYES", mandatory=False),
            Item("LIFEXP", "Life expectancy more than 3 months", "integer", "NOYES"),
        ),
    ),
    Form(
        "IE",
        "Eligibility criteria",
        "SCREENING",
        (
            Item("IETEST", "Criterion", "text", "CRITERION"),
            Item("IEYN", "Does the criterion apply to the subject", "integer", "NOYES"),
            Item("IEDAT", "Date of assessment", "date"),
        ),
        repeating=True,
    ),
    Form(
        "ENR",
        "Enrollment",
        "ENROLLMENT",
        (
            Item("ENRDAT", "Date of enrollment", "date"),
            Item("ARM", "Arm", "integer", "ARM", mandatory=False),
        ),
    ),
    # The study design has no form for comments, yet asks for CO: this is its source.
    Form(
        "CO",
        "General comments",
        "COMMON",
        (
            Item("COVAL", "Comment"),
            Item("CODAT", "Date of comment", "date"),
        ),
        repeating=True,
    ),
)


def sheet_name(form: str) -> str:
    """What the sheet of a form is called among the raw tables: `edc_odm.xml#DM`."""
    return f"{ODM_FILE}#{form}"


def file_of(sheet: str) -> str:
    """The raw file that a sheet goes into."""
    return sheet.partition("#")[0]


SHEETS: dict[str, tuple[str, ...]] = {
    sheet_name(form.oid): ("SUBJECT", *(item.oid for item in form.items)) for form in FORMS
}

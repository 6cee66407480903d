"""A small study that has one of everything Define-XML has to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree

from cdisc.define import measured, value_levels, write_define
from cdisc.model import (
    Codelist,
    Condition,
    Dataset,
    Document,
    Origin,
    Standard,
    StudyInfo,
    Term,
    ValueLevel,
    Variable,
)

SDTM_CT = "sdtmct-2025-03-28"
ADAM_CT = "adamct-2025-03-28"

STUDY = StudyInfo(
    study_id="ABC-101",
    name="ABC-101",
    description="Étude of μ-agonist <ABC> & placebo in adults ≥ 65 years",
    protocol="ABC-101 / Phase II",
    created=datetime(2025, 6, 30, 12, 0, 5),
    standards=(
        Standard("SDTMIG", "IG", "3.4"),
        Standard("ADaMIG", "IG", "1.3"),
        Standard("CDISC/NCI", "CT", "2025-03-28", "SDTM"),
        Standard("CDISC/NCI", "CT", "2025-03-28", "ADaM"),
        Standard("CDISC/NCI", "CT", "2025-03-28", "DEFINE-XML"),
    ),
    documents=(
        Document("acrf", "Annotated CRF", "acrf.pdf"),
        Document("csdrg", "Clinical Study Data Reviewer's Guide", "csdrg.pdf"),
    ),
)

CODELISTS = {
    "NY": Codelist(
        "NY",
        "No Yes Response",
        (
            Term("N", "C49487", "No"),
            Term("NA", "C48660", "Not Applicable"),
            Term("U", "C17998", "Unknown"),
            Term("Y", "C49488", "Yes"),
        ),
        code="C66742",
        standard=SDTM_CT,
    ),
    "SEX": Codelist(
        "SEX",
        "Sex",
        (Term("F", "C16576", "Female"), Term("M", "C20197", "Male")),
        code="C66731",
        standard=SDTM_CT,
    ),
    "VSTESTCD": Codelist(
        "VSTESTCD",
        "Vital Signs Test Code",
        (
            *(Term(f"OTHER{n:02d}", f"C9000{n:02d}", f"Other {n}") for n in range(30)),
            Term("SYSBP", "C25298", "Systolic Blood Pressure"),
            Term("WEIGHT", "C25208", "Weight"),
        ),
        code="C66741",
        extensible=True,
        standard=SDTM_CT,
    ),
    "UNIT": Codelist(
        "UNIT",
        "Unit",
        (*(Term(f"u{n}", f"C8000{n:02d}") for n in range(25)), Term("kg", "C28252", "Kilogram")),
        code="C71620",
        extensible=True,
        standard=SDTM_CT,
    ),
    "AEREL": Codelist(
        "AEREL",
        "Causality",
        (Term("RELATED", "C99999", "Related to treatment"), Term("UNRELATED")),
    ),
    "SEXN": Codelist("SEXN", "Sex (N)", (Term("1", "", "Male"), Term("2", "", "Female"))),
}

COLLECTED = Origin("Collected", "Investigator", pages=("12", "14"))
ASSIGNED = Origin("Assigned")
DERIVED = Origin("Derived")
FORM = Origin("Collected", "Subject", pages=("AEFORM",))


def char(name: str, label: str, **more: object) -> Variable:
    return Variable(name=name, label=label, type="Char", **more)  # type: ignore[arg-type]


def num(name: str, label: str, **more: object) -> Variable:
    return Variable(name=name, label=label, type="Num", **more)  # type: ignore[arg-type]


def identifiers() -> tuple[Variable, ...]:
    return (
        char("STUDYID", "Study Identifier", core="Req", role="Identifier", origin=ASSIGNED),
        char("DOMAIN", "Domain Abbreviation", core="Req", role="Identifier", origin=ASSIGNED),
        char(
            "USUBJID",
            "Unique Subject Identifier",
            core="Req",
            role="Identifier",
            origin=DERIVED,
            method="STUDYID, SITEID and SUBJID joined by a hyphen",
            comment="One person keeps one USUBJID over the extension study",
        ),
    )


def frame(variables: tuple[Variable, ...], columns: dict[str, list[object]]) -> pd.DataFrame:
    made = {
        v.name: pd.Series(columns[v.name], dtype="str" if v.type == "Char" else "float64")
        for v in variables
    }
    return pd.DataFrame(made)


def dm() -> Dataset:
    variables = (
        *identifiers(),
        char("SUBJID", "Subject Identifier for the Study", core="Req", origin=COLLECTED),
        char("RFSTDTC", "Subject Reference Start Date/Time", origin=DERIVED, method="First dose"),
        num("AGE", "Age", origin=DERIVED, method="Whole years from birth to consent"),
        char("SEX", "Sex", codelist="SEX", core="Req", origin=COLLECTED),
        char("DTHFL", "Subject Death Flag", codelist="NY", origin=ASSIGNED),
    )
    columns: dict[str, list[object]] = {
        "STUDYID": ["ABC-101"] * 3,
        "DOMAIN": ["DM"] * 3,
        "USUBJID": ["ABC-101-01-1", "ABC-101-01-2", "ABC-101-02-10"],
        "SUBJID": ["1", "2", "10"],
        "RFSTDTC": ["2024-01-05T08:30", "2024-02-10", None],
        "AGE": [67.0, 101.0, None],
        "SEX": ["F", "M", "F"],
        "DTHFL": [None, None, None],
    }
    return Dataset(
        name="DM",
        label="Demographics",
        class_="Special-Purpose",
        structure="One record per subject",
        keys=("STUDYID", "USUBJID"),
        variables=variables,
        frame=frame(variables, columns),
        repeating=False,
        comment="Screen failures <without> consent & data are left out",
    )


def ae() -> Dataset:
    variables = (
        *identifiers(),
        num("AESEQ", "Sequence Number", core="Req", role="Identifier", origin=DERIVED),
        char("AETERM", "Reported Term for the Adverse Event", core="Req", origin=COLLECTED),
        char("AEDECOD", "Dictionary-Derived Term", dictionary="MedDRA 27.1", origin=ASSIGNED),
        num("AEPTCD", "Preferred Term Code", dictionary="MedDRA 27.1", origin=ASSIGNED),
        char("AEREL", "Causality", codelist="AEREL", origin=Origin("Collected", pages=("20-22",))),
        char("AESER", "Serious Event", codelist="NY", origin=FORM),
        char("AESTDTC", "Start Date/Time of Adverse Event", origin=COLLECTED),
        char("AEDUR", "Duration of Adverse Event", origin=COLLECTED),
    )
    columns: dict[str, list[object]] = {
        "STUDYID": ["ABC-101"] * 3,
        "DOMAIN": ["AE"] * 3,
        "USUBJID": ["ABC-101-01-1", "ABC-101-01-1", "ABC-101-02-10"],
        "AESEQ": [1.0, 2.0, 1.0],
        "AETERM": ["Kopfschmerz – stärker", "<b>RASH</b> & itch", "Nausea"],
        "AEDECOD": ["Headache", "Rash", "Nausea"],
        "AEPTCD": [10019211.0, 10037844.0, 10028813.0],
        "AEREL": ["RELATED", "UNRELATED", None],
        "AESER": ["N", "N", "Y"],
        "AESTDTC": ["2024-01", "2024-01-09", "2024"],
        "AEDUR": ["P2D", "PT4H30M", None],
    }
    return Dataset(
        name="AE",
        label="Adverse Events",
        class_="Events",
        structure="One record per adverse event per subject",
        keys=("STUDYID", "USUBJID", "AESEQ"),
        variables=variables,
        frame=frame(variables, columns),
    )


def vs() -> Dataset:
    to_kg = "VSORRES times the exact factor of the unit"
    variables = (
        *identifiers(),
        num("VSSEQ", "Sequence Number", core="Req", role="Identifier", origin=DERIVED),
        char("VSTESTCD", "Vital Signs Test Short Name", codelist="VSTESTCD", core="Req"),
        char("VSTEST", "Vital Signs Test Name", core="Req"),
        char("VSORRES", "Result or Finding in Original Units", origin=COLLECTED),
        char("VSORRESU", "Original Units", codelist="UNIT", origin=COLLECTED),
        num("VSSTRESN", "Numeric Result in Standard Units", origin=DERIVED, method=to_kg),
    )
    columns: dict[str, list[object]] = {
        "STUDYID": ["ABC-101"] * 6,
        "DOMAIN": ["VS"] * 6,
        "USUBJID": ["ABC-101-01-1"] * 6,
        "VSSEQ": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        "VSTESTCD": ["WEIGHT", "WEIGHT", "SYSBP", "FRAILTY", "FRAILTY", "FRAILTY"],
        "VSTEST": ["Weight", "Weight", "Systolic", "Frailty/Score", "Frailty/Score", None],
        "VSORRES": ["70.25", "154", "120", "FIT", "frail", None],
        "VSORRESU": ["kg", "lb", "u3", None, None, None],
        "VSSTRESN": [70.25, 69.8532250, 120.0, None, None, None],
    }
    dataset = Dataset(
        name="VS",
        label="Vital Signs",
        class_="Findings",
        structure="One record per measurement per subject",
        keys=("STUDYID", "USUBJID", "VSSEQ"),
        variables=variables,
        frame=frame(variables, columns),
    )
    return value_levels(dataset, by=["VSTESTCD"], of=["VSORRES", "VSSTRESN"])


def suppae() -> Dataset:
    declared = ValueLevel(
        where=(Condition("QNAM", "EQ", ("AEDLT",)),),
        data_type="text",
        label="Dose Limiting Toxicity",
        codelist="NY",
        origin=Origin("Derived"),
        method="Y for grade 3 or more within 28 days",
        comment="Adjudicated by the board",
    )
    variables = (
        identifiers()[0],
        char("RDOMAIN", "Related Domain Abbreviation", core="Req"),
        identifiers()[2],
        char("IDVAR", "Identifying Variable", core="Exp"),
        char("IDVARVAL", "Identifying Variable Value", core="Exp"),
        char("QNAM", "Qualifier Variable Name", core="Req"),
        char("QLABEL", "Qualifier Variable Label", core="Req"),
        char("QVAL", "Data Value", core="Req", values=(declared,)),
        char("QORIG", "Origin", core="Req"),
    )
    columns: dict[str, list[object]] = {
        "STUDYID": ["ABC-101"] * 3,
        "RDOMAIN": ["AE"] * 3,
        "USUBJID": ["ABC-101-01-1", "ABC-101-01-1", "ABC-101-02-10"],
        "IDVAR": ["AESEQ"] * 3,
        "IDVARVAL": ["1", "2", "1"],
        "QNAM": ["AEDLT", "AEDTC2", "AEDLT"],
        "QLABEL": ["Dose Limiting Toxicity", "Second Date", "Dose Limiting Toxicity"],
        "QVAL": ["Y", "2024-03-01", "N"],
        "QORIG": ["Derived", "eDT", "Derived"],
    }
    dataset = Dataset(
        name="SUPPAE",
        label="Supplemental Qualifiers for AE",
        class_="Relationship",
        structure="One record per supplemental qualifier per related record",
        keys=("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM"),
        variables=variables,
        frame=frame(variables, columns),
    )
    return value_levels(dataset, by=["QNAM"], of=["QVAL"])


def cm_without_records() -> Dataset:
    variables = (
        *identifiers(),
        char("CMTRT", "Reported Name of Drug, Med, or Therapy", core="Req"),
        char("CMDOSU", "Dose Units", codelist="UNIT"),
        num("CMDOSE", "Dose per Administration"),
    )
    return Dataset(
        name="CM",
        label="Concomitant Medications",
        class_="Interventions",
        structure="One record per medication per subject",
        keys=("STUDYID", "USUBJID", "CMTRT"),
        variables=variables,
        frame=frame(variables, {v.name: [] for v in variables}),
    )


def time_to_event() -> Dataset:
    variables = (
        char("STUDYID", "Study Identifier", origin=Origin("Predecessor", "", (), "ADSL.STUDYID")),
        char("USUBJID", "Subject", origin=Origin("Predecessor", predecessor="ADSL.USUBJID")),
        num("SEXN", "Sex (N)", codelist="SEXN", origin=DERIVED),
        char("PARAMCD", "Parameter Code"),
        char("PARAM", "Parameter"),
        num("AVAL", "Analysis Value", origin=DERIVED, method="ADT - STARTDT + 1"),
        num("ADT", "Analysis Date", format="DATE9.", origin=DERIVED, method="Imputed to day 15"),
    )
    made = frame(
        variables[:-1],
        {
            "STUDYID": ["ABC-101"] * 3,
            "USUBJID": ["1", "2", "2"],
            "SEXN": [2.0, 1.0, 1.0],
            "PARAMCD": ["PFS", "PFS", "OSM"],
            "PARAM": ["Progression-Free Survival (days)"] * 2 + ["Overall Survival (months)"],
            "AVAL": [120.0, 85.0, 12.45],
        },
    )
    made["ADT"] = pd.Series(["2024-03-01", "2024-04-15", None], dtype="datetime64[s]")
    dataset = Dataset(
        name="ADTTE",
        label="Time-to-Event Analysis",
        class_="BDS-TTE",
        structure="One record per subject per parameter",
        keys=("STUDYID", "USUBJID", "PARAMCD"),
        variables=variables,
        frame=made,
        purpose="Analysis",
    )
    return measured(value_levels(dataset, by=["PARAMCD"], of=["AVAL"]))


@pytest.fixture
def study() -> StudyInfo:
    return STUDY


@pytest.fixture
def codelists() -> Mapping[str, Codelist]:
    return CODELISTS


@pytest.fixture
def sdtm() -> list[Dataset]:
    return [measured(made()) for made in (dm, ae, vs, suppae, cm_without_records)]


@pytest.fixture
def adtte() -> Dataset:
    return time_to_event()


@pytest.fixture
def define(sdtm: list[Dataset], tmp_path: Path) -> Path:
    """The define.xml of the SDTM example."""
    path = tmp_path / "define.xml"
    write_define(STUDY, sdtm, CODELISTS, path)
    return path


@pytest.fixture
def adam_define(adtte: Dataset, tmp_path: Path) -> Path:
    """The define.xml of the ADaM example."""
    path = tmp_path / "define-adam.xml"
    write_define(STUDY, [adtte], CODELISTS, path)
    return path


@pytest.fixture(scope="session")
def schema() -> etree.XMLSchema:
    """The published Define-XML 2.1 schema; nothing outside the package is loaded."""
    place = files("odmlib").joinpath("schemas", "define", "2.1", "define2-1-0.xsd")
    return etree.XMLSchema(etree.parse(str(place), etree.XMLParser(no_network=True)))


@pytest.fixture
def find(define: Path) -> Callable[[str], list[etree._Element]]:
    """Elements of the example by XPath, `o:` for ODM and `d:` for Define-XML."""
    root = etree.parse(str(define)).getroot()
    names = {
        "o": "http://www.cdisc.org/ns/odm/v1.3",
        "d": "http://www.cdisc.org/ns/def/v2.1",
        "x": "http://www.w3.org/1999/xlink",
    }
    return lambda path: root.xpath(path, namespaces=names)

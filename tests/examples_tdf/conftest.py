"""A small SDTM package of our own as XPT, and the public one, for the example of ADaM from SDTM."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest

from cdisc.pipeline import RunResult, Study
from cdisc.write.xpt import write_xpt

ROOT = Path(__file__).parents[2]
HOME = ROOT / "examples" / "tdf-adam"
PUBLIC = ROOT / ".." / "shared" / "real" / "tdf-sdtm"
PUBLISHED = ROOT / ".." / "shared" / "real" / "dataset-json"

Records = Sequence[Mapping[str, object]]


def keyed(columns: str, *records: tuple[object, ...]) -> Records:
    names = columns.split()
    return [dict(zip(names, record, strict=True)) for record in records]


def suppqual(domain: str, *records: tuple[object, ...]) -> Records:
    made = keyed("USUBJID IDVAR IDVARVAL QNAM QVAL", *records)
    return [{"STUDYID": "CDISCPILOT01", "RDOMAIN": domain, **record} for record in made]


DM = "USUBJID RFSTDTC RFENDTC AGE ARMCD ARM DTHFL RACE"
AE = "USUBJID AESEQ AETERM AESTDTC AEENDTC AESER"
SAME = {"AELLT": None, "AELLTCD": None, "AEHLT": None, "AEPTCD": None, "AEHLTCD": None}
SAME |= dict.fromkeys(["AEHLGT", "AEHLGTCD", "AESOC", "AEBDSYCD", "AESOCCD", "AEACN", "AEOUT"])
SAME |= dict.fromkeys(
    ["AESCAN", "AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESOD"], "N"
)
SDTM: Mapping[str, Records] = {
    "DM": [
        {
            "STUDYID": "CDISCPILOT01",
            "DOMAIN": "DM",
            "SUBJID": r["USUBJID"],
            "SITEID": "701",
            "AGEU": "YEARS",
            "SEX": "F",
            "ETHNIC": "NOT HISPANIC OR LATINO",
            **r,
        }
        for r in keyed(
            DM,
            ("T-1", "2014-01-02", "2014-07-02", 64, "Pbo", "Placebo", None, "WHITE"),
            ("T-2", "2014-02-01", "2014-03-01", 80, "Xan_Hi", "Xanomeline High Dose", "Y", "ASIAN"),
            ("T-3", "2014-03-01", "2014-03-20", 81, "Xan_Lo", "Xanomeline Low Dose", None, "WHITE"),
            ("T-4", None, None, 70, "Scrnfail", "Screen Failure", None, "WHITE"),
        )
    ],
    "SUPPDM": suppqual(
        "DM",
        *[(f"T-{n}", None, None, name, "Y") for n in "123" for name in ("SAFETY", "ITT")],
        ("T-1", None, None, "EFFICACY", "Y"),
        *[("T-1", None, None, f"COMPLT{week}", "Y") for week in (8, 16, 24)],
    ),
    "DS": keyed(
        "USUBJID DOMAIN DSSEQ DSCAT DSDECOD DSSTDTC VISITNUM",
        ("T-1", "DS", 1, "DISPOSITION EVENT", "COMPLETED", "2014-07-02", 13),
        ("T-1", "DS", 2, "OTHER EVENT", "FINAL LAB VISIT", "2014-07-02", 13),
        ("T-2", "DS", 1, "DISPOSITION EVENT", "DEATH", "2014-03-01", 5),
        ("T-3", "DS", 1, "DISPOSITION EVENT", "PROTOCOL DEVIATION", "2014-03-20", 4),
    ),
    "SUPPDS": suppqual("DS", ("T-3", "DSSEQ", "1.0", "ENTCRIT", "16")),
    "EX": keyed(
        "USUBJID EXSEQ EXSTDTC EXENDTC",
        ("T-1", 1, "2014-01-02", "2014-01-16"),
        ("T-1", 2, "2014-01-17", "2014-07-01"),
        ("T-2", 1, "2014-02-01", "2014-02-27"),
        ("T-3", 1, "2014-03-01", None),
    ),
    "SV": keyed(
        "USUBJID VISITNUM SVSTDTC",
        *[(f"T-{n}", 1, f"2013-12-0{n}") for n in "1234"],
        ("T-1", 3, "2014-01-02"),
        ("T-2", 3, "2014-02-01"),
        ("T-3", 3, "2014-03-01"),
    ),
    "MH": keyed(
        "USUBJID MHCAT MHSTDTC",
        ("T-1", "PRIMARY DIAGNOSIS", "2012-12-01"),
        ("T-2", "PRIMARY DIAGNOSIS", "2013-06-01"),
        ("T-2", "OTHER", "2001"),
    ),
    "SC": keyed("USUBJID SCTESTCD SCSTRESN", ("T-1", "EDULEVEL", 16)),
    "AE": [
        {
            "STUDYID": "CDISCPILOT01",
            "DOMAIN": "AE",
            "AEDECOD": r["AETERM"],
            "AEBODSYS": "BODY",
            "AESEV": "MILD",
            "AEREL": "NONE",
            **SAME,
            **r,
        }
        for r in keyed(
            AE,
            ("T-1", 1, "RASH", "2013-12-30", "2014-01-01", "N"),
            ("T-1", 2, "APPLICATION SITE PAIN", "2014-01-05", "2014-01-06", "N"),
            ("T-1", 3, "RASH", "2014-01", None, "Y"),
            ("T-1", 4, "RASH", "2014-02", None, "Y"),
            ("T-2", 1, "COUGH", "2003", None, "N"),
            ("T-2", 2, "COUGH", "2014-02-01", None, "N"),
        )
    ],
    "SUPPAE": suppqual(
        "AE",
        ("T-1", "AESEQ", "2", "AETRTEM", "Y"),
        ("T-1", "AESEQ", "9", "AETRTEM", "Y"),
        ("T-2", "AESEQ", "2", "AETRTEM", "Y"),
        ("T-2", "AESEQ", "2", "AETRTEM", "N"),
    ),
}


def frame_of(records: Records) -> pd.DataFrame:
    columns = {}
    for name in records[0]:
        values = [record[name] for record in records]
        kind = "str" if any(isinstance(v, str) for v in values) or not any(values) else "float64"
        columns[name] = pd.Series(values, dtype=kind)
    return pd.DataFrame(columns)


def write_package(folder: Path, sdtm: Mapping[str, Records] = SDTM) -> Path:
    folder.mkdir()
    for name, records in sdtm.items():
        write_xpt(frame_of(records), folder / f"{name.lower()}.xpt", name=name)
    return folder


def write_dataset_json(folder: Path, sdtm: Mapping[str, Records] = SDTM) -> Path:
    folder.mkdir()
    for name, records in sdtm.items():
        document = {
            "datasetJSONCreationDateTime": "2024-01-01T00:00:00",
            "datasetJSONVersion": "1.1.0",
            "itemGroupOID": f"IG.{name}",
            "records": len(records),
            "name": name,
            "label": name,
            "columns": [
                {"itemOID": f"IT.{c}", "name": c, "label": c, "dataType": "string"}
                for c in records[0]
            ],
            "rows": [list(record.values()) for record in records],
        }
        (folder / f"{name.lower()}.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """What the example makes of the small package."""
    folder = tmp_path_factory.mktemp("tdf")
    study = Study.load(HOME, data={"sdtm": write_package(folder / "sdtm")})
    return study.run(out=folder / "build")


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """What the example makes of the public package."""
    if not PUBLIC.is_dir():
        pytest.skip("the public SDTM package is not beside the repository")
    out = tmp_path_factory.mktemp("tdf") / "public"
    return Study.load(HOME, data={"sdtm": PUBLIC}).run(out=out)


@pytest.fixture
def run_in(tmp_path: Path) -> Callable[..., RunResult]:
    """Runs the example on some package, its study.yaml changed as told."""

    def run(data: Path, *changes: tuple[str, str]) -> RunResult:
        home = tmp_path / "study"
        (home / "mappings" / "adam").mkdir(parents=True)
        text = (HOME / "study.yaml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (home / "study.yaml").write_text(text, encoding="utf-8")
        for path in (HOME / "mappings" / "adam").glob("*.yaml"):
            content = path.read_text(encoding="utf-8")
            (home / "mappings" / "adam" / path.name).write_text(content, encoding="utf-8")
        return Study.load(home, data={"sdtm": data}).run(out=tmp_path / "build")

    return run

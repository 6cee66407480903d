"""One crafted subject, and the specs of the study over it, one argument of them changed or none."""

from __future__ import annotations

import csv
import io
import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from cdisc.build import build, read_inputs
from cdisc.spec import read_study

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "mappings" / "adam"
ADRS, ADTTE, ADTR, ADAE = "adrs", "adtte", "adtr", "adae"

STUDY = """
study: {id: ST-01}
created: 2025-07-31T12:00:00
standards: {sdtm: SDTMIG 3.4, adam: ADaMIG 1.3, terminology: [sdtmct 2025-03-28, adamct 2026-03-27]}
data: {raw: raw}
sources:
  people: {file: people.csv, subject: USUBJID}
  answers: {file: answers.csv, subject: USUBJID}
  scans: {file: scans.csv, subject: USUBJID}
  events: {file: events.csv, subject: USUBJID}
"""
RS = """
dataset: RS
keys: [STUDYID, USUBJID, RSCAT, RSDTC]
rows: answers
variables:
  USUBJID: {copy: USUBJID}
  RSSEQ: {sequence: {by: USUBJID}}
  RSTESTCD: {constant: OVRLRESP}
  RSTEST: {constant: Overall Response}
  RSCAT: {copy: CRITERIA}
  RSORRES: {copy: ANSWER}
  RSSTRESC: {copy: ANSWER}
  VISITNUM: {number: NUMBER}
  VISIT: {copy: DAY}
  RSDTC: {copy: DAY}
"""
TR = """
dataset: TR
keys: [STUDYID, USUBJID, TRLNKID, TRDTC]
rows: scans
variables:
  USUBJID: {copy: USUBJID}
  TRSEQ: {sequence: {by: USUBJID}}
  TRLNKID: {copy: LESION}
  TRGRPID: {copy: ROLE}
  TRTESTCD: {copy: TEST}
  TRTEST: {copy: TEST}
  TRORRES: {copy: RESULT}
  TRSTRESC: {copy: RESULT}
  TRSTRESN: {number: NUMBER}
  VISIT: {copy: DAY}
  TRDTC: {copy: DAY}
"""
TU = """
dataset: TU
keys: [STUDYID, USUBJID, TULNKID]
rows: {from: scans, where: TEST == "NONE"}
variables:
  USUBJID: {copy: USUBJID}
  TUSEQ: {sequence: {by: USUBJID}}
  TULNKID: {copy: LESION}
  TUGRPID: {copy: ROLE}
  TUTESTCD: {constant: TUSPLIT}
  TUTEST: {constant: Tumor Split}
"""
SV = """
dataset: SV
keys: [STUDYID, USUBJID, VISIT]
rows: {from: scans, take: {record: first, by: [USUBJID, DAY], order: [LESION, TEST]}}
variables:
  USUBJID: {copy: USUBJID}
  VISITNUM: {sequence: {by: USUBJID}}
  VISIT: {copy: DAY}
  SVSTDTC: {copy: DAY}
"""
EX = """
dataset: EX
keys: [STUDYID, USUBJID, EXSTDTC]
rows: people
variables:
  USUBJID: {copy: USUBJID}
  EXSEQ: {sequence: {by: USUBJID}}
  EXSPID: {constant: "1"}
  EXTRT: {constant: MSC-IFNA}
  EXDOSE: {compute: 1 + 1}
  EXDOSU: {constant: 10^6 Therapeutic Cells/kg}
  EXSTDTC: {copy: MSCSDT}
  EXENDTC: {copy: MSCSDT}
"""
OWN = ("AERELMSC", "AERELNAB", "AERELCTX", "AERELPD1", "AEDLT")
# what ADAE copies, so that its spec can be taken as it is
COPIED = re.findall(
    r"^  (AE\w+): \{copy: \1\}$", (SPECS / "adae.yaml").read_text(encoding="utf-8"), re.M
)
EVENT = {
    "AESEQ": "{sequence: {by: USUBJID}}",
    "AEGRPID": '{constant: "1"}',
    "AESTDTC": "{copy: DAY}",
    "AEENDTC": '{choose: {cases: [{when: USUBJID == "nobody", text: D}]}}',
    "AETOXGR": "{copy: GRADE}",
}
AE = "dataset: AE\nkeys: [STUDYID, USUBJID, AESTDTC]\nrows: events\nvariables:\n" + "".join(
    f"  {name}: {made}\n"
    for name, made in {
        "USUBJID": "{copy: USUBJID}",
        **dict.fromkeys(COPIED, '{constant: "1"}'),
        **{name: f'{{constant: "Y", label: {name}}}' for name in OWN},
        **EVENT,
    }.items()
)
DATES = ("ENRLDT", "TRTSDT", "TRTEDT", "DCUTDT", "MSCSDT", "NACTDT", "DTHDT", "LSTALVDT")
FLAGS = ("FASFL", "SAFFL", "DLTEVLFL", "EFFFL", "MSCFL", "MEASBLFL")
ADSL = (
    """
dataset: ADSL
structure: ADSL
keys: [STUDYID, USUBJID]
rows: people
variables:
  USUBJID: {copy: USUBJID}
  SUBJID: {copy: USUBJID}
  SITEID: {constant: "1"}
  AGE: {compute: 30 + 2}
  AGEU: {constant: YEARS}
  SEX: {constant: M}
  RACE: {constant: ASIAN}
  ARM: {constant: A}
  TRT01P: {constant: A}
  TRT01A: {constant: A}
  EOSSTT: {constant: ONGOING}
  DTHDTF: {choose: {cases: [{when: USUBJID == "nobody", text: D}]}}
  DCSREAS: {choose: {cases: [{when: USUBJID == "nobody", text: OTHER}]}}
"""
    + "".join(f"  {name}: {{analysis_date: {name}, label: {name}}}\n" for name in DATES)
    + "".join(f'  {name}: {{constant: "Y", label: {name}}}\n' for name in FLAGS)
)
START = date(2024, 1, 10)


def day(number: int) -> str:
    """The date so many days after the first dose."""
    return (START + timedelta(number)).isoformat()


def table(names: str, rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([names.split(), *rows])
    return text.getvalue()


Changes = tuple[str, str, str]


def build_study(
    folder: Path,
    *,
    recist: str = "",
    irecist: str = "",
    scans: str = "",
    events: str = "",
    specs: tuple[str, ...] = (ADRS,),
    change: Changes | None = None,
    **dates: int,
) -> dict[str, pd.DataFrame]:
    """The datasets over subject S, by the specs of the study named and simple ones before them.

    Args:
        folder: where the study is written.
        recist: responses by RECIST 1.1 as `42=SD 84=PD`, with days after the first dose.
        irecist: those by iRECIST.
        scans: measurements, see `measured`.
        events: adverse events with their grades, as `28=1`.
        specs: the specs of the study that are taken as they are.
        change: one of these specs, a text in it, and another for it.
        dates: days of ADSL.
    """
    home = folder / ("other" if change else "study")
    shutil.rmtree(home, ignore_errors=True)
    for part in ("raw", "mappings/sdtm", "mappings/adam", "define"):
        (home / part).mkdir(parents=True)
    for name in ("codelists.yaml", "methods.yaml"):
        shutil.copy(ROOT / "define" / name, home / "define")
    (home / "study.yaml").write_text(STUDY, encoding="utf-8")
    for name, text in (("rs", RS), ("tr", TR), ("tu", TU), ("sv", SV), ("ae", AE), ("ex", EX)):
        (home / "mappings/sdtm" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (home / "mappings/adam/adsl.yaml").write_text(ADSL, encoding="utf-8")
    for name in specs:
        text = (SPECS / f"{name}.yaml").read_text(encoding="utf-8")
        if change and change[0] == name:
            assert change[1] in text, f"{change[1]} stands no more in {name}.yaml"
            text = text.replace(*change[1:])
        (home / f"mappings/adam/{name}.yaml").write_text(text, encoding="utf-8")
    known = {
        "ENRLDT": 0,
        "TRTSDT": 0,
        "TRTEDT": 100,
        "MSCSDT": 0,
        "LSTALVDT": 400,
        "DCUTDT": 900,
    } | dates
    person = ("S", *(day(known[name]) if name in known else "" for name in DATES))
    said = [
        ("S", criteria, day(int(when)), value, when)
        for criteria, text in (("RECIST 1.1", recist), ("iRECIST", irecist))
        for when, value in (one.split("=") for one in text.split())
    ]
    raw = {
        "people": table("USUBJID " + " ".join(DATES), [person]),
        "answers": table("USUBJID CRITERIA DAY ANSWER NUMBER", said),
        "scans": table("USUBJID DAY LESION ROLE TEST RESULT NUMBER", measured(scans)),
        "events": table(
            "USUBJID DAY GRADE",
            [
                ("S", day(int(when)), grade)
                for when, grade in (one.split("=") for one in events.split())
            ],
        ),
    }
    for name, text in raw.items():
        (home / "raw" / f"{name}.csv").write_text(text, encoding="utf-8")
    study = read_study(home)
    built = build(study, read_inputs(study))
    return {name: dataset.frame for name, dataset in built.datasets.items()}


def measured(scans: str) -> list[tuple[str, ...]]:
    """Rows of `-7 T1=30 N1*=20 | 42 T1=TS`: targets in mm, `*` a node, TS too small to measure."""
    rows = []
    for one in filter(None, (part.split() for part in scans.split("|"))):
        for lesion in one[1:]:
            name, _, size = lesion.partition("=")
            test = "LPERP" if name.endswith("*") else "LDIAM"
            result, number = ("TOO SMALL TO MEASURE", "") if size == "TS" else (size, size)
            rows.append(("S", day(int(one[0])), name.rstrip("*"), "TARGET", test, result, number))
    return rows

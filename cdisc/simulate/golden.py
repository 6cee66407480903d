"""The four golden subjects of the reference study, whose answers were worked out by hand.

Their dates and lesions are part of the study design (section 7), so they are carried as data and
never drawn. Tokens of a scan are `lesion=value`: millimetres or `TSTM` or `ND` for targets, the
status code of the form for non-targets (NT..), millimetres for new lesions (NEW..).
"""

from __future__ import annotations

from dataclasses import dataclass

PROGRESSION, PHYSICIAN, SUBJECT_DECISION = 2, 6, 5


@dataclass(frozen=True, slots=True)
class Golden:
    """One golden subject; dates are ISO texts.

    `lesions` is (name, organ, site, nodal); `scans` is (visit, date, tokens). `stop` is the day
    treatment was given up and `stop_reason` the code of the disposition form.
    """

    arm: int
    sex: int
    birth_year: int
    enrolled: str
    first_dose: str
    stop: str
    stop_reason: int
    last_alive: str
    lesions: tuple[tuple[str, str, str, bool], ...]
    scans: tuple[tuple[str, str, str], ...]
    death: str = ""
    death_text: str = ""
    new_therapy: str = ""


GOLDEN: dict[int, Golden] = {
    1: Golden(
        arm=2,
        sex=1,
        birth_year=1961,
        enrolled="2024-01-08",
        first_dose="2024-01-10",
        stop="2024-09-11",
        stop_reason=PROGRESSION,
        last_alive="2025-01-10",
        death="2025-01-19",
        new_therapy="2024-09-25",
        lesions=(
            ("T01", "liver", "", False),
            ("T02", "lung", "", False),
            ("T03", "lymph node", "axillary", True),
            ("NT01", "pleura", "", False),
        ),
        scans=(
            ("SCREENING", "2024-01-03", "T01=42 T02=28 T03=18 NT01=2"),
            ("TUMOR WEEK 6", "2024-02-21", "T01=35 T02=22 T03=14 NT01=2"),
            ("TUMOR WEEK 12", "2024-04-03", "T01=24 T02=TSTM T03=9 NT01=2"),
            ("TUMOR WEEK 18", "2024-05-15", "T01=22 T02=TSTM T03=8 NT01=2"),
            ("TUMOR WEEK 24", "2024-06-26", "T01=23 T02=6 T03=8 NT01=2"),
            ("TUMOR WEEK 30", "2024-08-07", "T01=24 T02=9 T03=9 NT01=2"),
            ("UNSCHEDULED TUMOR 1", "2024-09-11", "T01=28 T02=11 T03=10 NT01=2"),
        ),
    ),
    2: Golden(
        arm=2,
        sex=2,
        birth_year=1968,
        enrolled="2024-03-04",
        first_dose="2024-03-06",
        stop="2024-10-09",
        stop_reason=PHYSICIAN,
        last_alive="2025-06-20",
        lesions=(
            ("T01", "lung", "", False),
            ("T02", "liver", "", False),
            ("NT01", "bone", "", False),
            ("NEW01", "liver", "", False),
        ),
        scans=(
            ("SCREENING", "2024-02-27", "T01=30 T02=25 NT01=2"),
            ("TUMOR WEEK 6", "2024-04-17", "T01=38 T02=29 NT01=2 NEW01=12"),
            ("UNSCHEDULED TUMOR 1", "2024-05-17", "T01=26 T02=20 NT01=2 NEW01=9"),
            ("TUMOR WEEK 18", "2024-07-10", "T01=18 T02=14 NT01=2 NEW01=0"),
            ("TUMOR WEEK 24", "2024-08-21", "T01=16 T02=14 NT01=2 NEW01=0"),
            ("TUMOR WEEK 30", "2024-10-02", "T01=16 T02=14 NT01=2 NEW01=0"),
        ),
    ),
    3: Golden(
        arm=1,
        sex=1,
        birth_year=1957,
        enrolled="2024-02-19",
        first_dose="2024-02-20",
        stop="2024-06-03",
        stop_reason=PHYSICIAN,
        last_alive="2024-09-05",
        death="2024-09-06",
        death_text="UN-SEP-2024",
        lesions=(
            ("T01", "liver", "", False),
            ("T02", "lung", "", False),
            ("T03", "lung", "", False),
        ),
        scans=(
            ("SCREENING", "2024-02-14", "T01=50 T02=20 T03=22"),
            ("TUMOR WEEK 6", "2024-04-02", "T01.1=24 T01.2=20 T02.M=34"),
            ("TUMOR WEEK 12", "2024-05-14", "T01.1=22 T01.2=ND T02.M=33"),
        ),
    ),
    4: Golden(
        arm=2,
        sex=1,
        birth_year=1972,
        enrolled="2024-05-06",
        first_dose="2024-05-08",
        stop="2024-11-13",
        stop_reason=SUBJECT_DECISION,
        last_alive="2025-06-15",
        new_therapy="2024-11-20",
        lesions=(
            ("T01", "lymph node", "mediastinal", True),
            ("T02", "lung", "", False),
            ("NT01", "lung", "", False),
            ("NT02", "lymph node", "hilar", True),
            ("NEW01", "liver", "", False),
        ),
        scans=(
            ("SCREENING", "2024-05-02", "T01=22 T02=15 NT01=2 NT02=2"),
            ("TUMOR WEEK 6", "2024-06-19", "T01=12 T02=6 NT01=2 NT02=2"),
            ("UNSCHEDULED TUMOR 1", "2024-07-16", "T01=8 T02=0 NT01=1 NT02=1"),
            ("TUMOR WEEK 12", "2024-07-31", "T01=8 T02=0 NT01=1 NT02=1"),
            ("TUMOR WEEK 18", "2024-09-11", "T01=8 T02=0 NT01=1 NT02=1"),
            ("TUMOR WEEK 24", "2024-10-23", "T01=9 T02=0 NT01=1 NT02=1"),
            ("TUMOR WEEK 30", "2024-12-04", "T01=9 T02=0 NT01=1 NT02=1 NEW01=14"),
        ),
    ),
}

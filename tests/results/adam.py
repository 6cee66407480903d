# ruff: noqa: E501
"""A small ADaM package: the four golden subjects, and others made up with a fixed seed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cdisc.write.xpt import write_xpt

STUDY = "CHN-PLAGH-BT-078"
MONO, COMBO = "MSC-IFNa Monotherapy", "MSC-IFNa + Immunochemotherapy"
LABELS = {"PCHG": "Percent Change from Baseline", "AVAL": "Analysis Value", "CHG": "Change"}


def usubjid(number: str) -> str:
    return f"{STUDY}-001-{number}"


# subject, arm, enrolled, first dose, last dose, death, last known alive, new therapy
GOLDEN = [
    ("0001", COMBO, "2024-01-08", "2024-01-10", "2024-08-01", "2025-01-19", "2025-01-10", "2024-09-25"),
    ("0002", COMBO, "2024-03-04", "2024-03-06", "2025-02-01", None, "2025-06-20", None),
    ("0003", MONO, "2024-02-19", "2024-02-20", "2024-05-20", "2024-09-06", "2024-09-05", None),
    ("0004", COMBO, "2024-05-06", "2024-05-08", "2024-11-10", None, "2025-06-15", "2024-11-20"),
]  # fmt: skip
# parameter, subject, days, censor
TIMES = [
    ("PFS", "0001", 213, 0), ("PFS", "0002", 45, 0), ("PFS", "0003", 44, 4), ("PFS", "0004", 171, 3),
    ("IPFS", "0001", 213, 0), ("IPFS", "0002", 213, 1), ("IPFS", "0003", 44, 4), ("IPFS", "0004", 171, 3),
    ("OS", "0001", 376, 0), ("OS", "0002", 472, 1), ("OS", "0003", 200, 0), ("OS", "0004", 404, 1),
    ("DOR", "0001", 127, 0), ("DOR", "0004", 127, 3),
    ("IDOR", "0001", 127, 0), ("IDOR", "0002", 85, 1), ("IDOR", "0004", 127, 3),
]  # fmt: skip
PARAMS = {
    "PFS": "Progression-Free Survival (days)",
    "IPFS": "Progression-Free Survival by iRECIST (days)",
    "OS": "Overall Survival (days)",
    "DOR": "Duration of Response (days)",
    "IDOR": "Duration of Response by iRECIST (days)",
}
# confirmed response (RECIST, iRECIST), confirmed best response, date of response, of progression
RESPONSES = [
    ("0001", "Y", "Y", "PR", "2024-04-03", "2024-08-07"),
    ("0002", "N", "Y", "PD", None, "2024-04-17"),
    ("0003", "N", "N", "SD", None, None),
    ("0004", "Y", "Y", "CR", "2024-06-19", "2024-12-04"),
]
CHANGES = [
    ("0001", "2024-01-10", [(43, -19.3), (85, -56.8), (127, -60.2), (169, -58.0), (211, -52.3)]),
    ("0002", "2024-03-06", [(43, 21.8), (73, -16.4), (127, -41.8), (169, -45.5)]),
    ("0003", "2024-02-20", [(43, -15.2), (85, None)]),
    ("0004", "2024-05-08", [(43, -51.4), (70, -78.4), (127, -78.4), (169, -75.7), (211, -75.7)]),
]


def golden() -> dict[str, pd.DataFrame]:
    """ADSL, ADRS, ADTTE and ADTR of the four golden subjects."""
    adsl = pd.DataFrame(
        [_subject(*row) for row in GOLDEN],
    )
    return {
        "ADSL": adsl,
        "ADTTE": _frame(
            {
                "USUBJID": usubjid(number),
                "PARAMCD": code,
                "PARAM": PARAMS[code],
                "PARAMN": float(list(PARAMS).index(code) + 1),
                "AVAL": float(days),
                "CNSR": float(censor),
            }
            for code, number, days, censor in TIMES
        ),
        "ADRS": _frame(row for one in RESPONSES for row in _responses(*one)),
        "ADTR": _frame(
            {
                "USUBJID": usubjid(number),
                "PARAMCD": "SDIAM",
                "ADY": float(day),
                "PCHG": np.nan if change is None else change,
            }
            for number, _, changes in CHANGES
            for day, change in changes
        ),
    }


def _frame(rows: Any) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows))
    for name in frame.columns:
        if name.endswith("DT"):
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    return frame


def _subject(
    number: str,
    arm: str,
    enrolled: str,
    first: str,
    last: str,
    death: str | None,
    alive: str,
    therapy: str | None,
) -> dict[str, Any]:
    dates = {"ENRLDT": enrolled, "TRTSDT": first, "TRTEDT": last, "DTHDT": death}
    dates |= {"LSTALVDT": alive, "NACTDT": therapy}
    return {
        "USUBJID": usubjid(number),
        "TRT01P": arm,
        "TRT01PN": 1.0 if arm == MONO else 2.0,
        "TRT01A": arm,
        "TRT01AN": 1.0 if arm == MONO else 2.0,
        "FASFL": "Y",
        "SAFFL": "Y",
        "MSCFL": "Y",
        "DLTEVLFL": "Y",
        "PKFL": "Y",
        "BIOFL": "Y",
        "EOSSTT": "ONGOING" if death is None else "DISCONTINUED",
        **{
            name: np.datetime64("NaT", "s") if text is None else np.datetime64(text, "s")
            for name, text in dates.items()
        },
    }


def _responses(
    number: str, recist: str, irecist: str, best: str, began: str | None, ended: str | None
) -> list[dict[str, Any]]:
    rows = (
        ("CRSP", recist, began),
        ("ICRSP", irecist, began or ("2024-07-10" if irecist == "Y" else None)),
        ("CBOR", best, None),
        ("PD", "N" if ended is None else "Y", ended),
    )
    return [
        {
            "USUBJID": usubjid(number),
            "PARAMCD": code,
            "AVALC": value,
            "AVAL": 1.0 if value == "Y" else 0.0,
            "ADT": np.datetime64(date, "s") if date else np.datetime64("NaT", "s"),
        }
        for code, value, date in rows
    ]


TERMS = [
    ("Blood and lymphatic system disorders", "Anaemia"),
    ("Blood and lymphatic system disorders", "Neutropenia"),
    ("General disorders and administration site conditions", "Pyrexia"),
    ("General disorders and administration site conditions", "Fatigue"),
    ("Gastrointestinal disorders", "Nausea"),
]


def whole(subjects: int = 40, seed: int = 7) -> dict[str, pd.DataFrame]:
    """All ADaM datasets that the study's displays read, of the golden subjects and others."""
    random = np.random.default_rng(seed)
    frames = golden()
    first = np.datetime64("2024-02-01", "s")
    day = np.timedelta64(86_400, "s")
    people, responses, times, changes = [], [], [], []
    for number in range(5, subjects + 1):
        name = f"{number:04d}"
        arm = MONO if number % 3 == 0 else COMBO
        began = first + int(random.integers(0, 300)) * day
        died = int(random.exponential(420)) + 40
        seen = min(died, int((np.datetime64("2025-06-30", "s") - began) / day))
        death = began + died * day if died == seen else None
        people.append(
            _subject(
                name, arm, str(began - 2 * day), str(began),
                str(began + int(seen * random.uniform(0.2, 0.8)) * day),
                None if death is None else str(death), str(began + (seen - 3) * day), None,
            )
        )  # fmt: skip
        best = str(random.choice(["CR", "PR", "SD", "SD", "PD", "PD", "NE"]))
        depth = {"CR": -100, "PR": -50, "SD": -12, "PD": 25, "NE": 0}[best]
        steps = [s for s in (43, 85, 127, 169, 211, 253) if s < seen][: int(random.integers(1, 7))]
        if best != "NE":
            changes += [
                {
                    "USUBJID": usubjid(name),
                    "PARAMCD": "SDIAM",
                    "ADY": float(step),
                    "PCHG": max(
                        -100.0,
                        round(depth * min(1, (n + 1) / 2) + float(random.normal(0, 8)), 1),
                    ),
                }
                for n, step in enumerate(steps)
            ]
        answered = "Y" if best in ("CR", "PR") else "N"
        progressed = int(random.exponential(150)) + 30
        responses += _responses(
            name, answered, answered, best,
            str(began + 84 * day) if answered == "Y" else None,
            str(began + progressed * day) if progressed < seen else None,
        )  # fmt: skip
        for code, days in (("PFS", progressed), ("IPFS", progressed + 20), ("OS", died)):
            times.append((code, name, min(days, seen), 0 if days <= seen else 1))
        if answered == "Y":
            times += [(code, name, max(progressed - 84, 1), 0) for code in ("DOR", "IDOR")]
    frames["ADSL"] = pd.concat([frames["ADSL"], pd.DataFrame(people)], ignore_index=True)
    frames["ADRS"] = pd.concat([frames["ADRS"], _frame(responses)], ignore_index=True)
    frames["ADTR"] = pd.concat([frames["ADTR"], _frame(changes)], ignore_index=True)
    more = _frame(
        {
            "USUBJID": usubjid(number), "PARAMCD": code, "PARAM": PARAMS[code],
            "PARAMN": float(list(PARAMS).index(code) + 1), "AVAL": float(days), "CNSR": float(censor),
        }
        for code, number, days, censor in times
    )  # fmt: skip
    frames["ADTTE"] = pd.concat([frames["ADTTE"], more], ignore_index=True)
    names = frames["ADSL"]["USUBJID"].tolist()
    frames["ADAE"] = _adverse_events(names, random)
    frames["ADLB"] = _laboratory(names, random)
    frames["ADPP"] = _kinetics(names, random)
    for name in ("ADCYT", "ADCP"):
        frames[name] = _markers(names, random)
    return frames


def _adverse_events(names: list[str], random: np.random.Generator) -> pd.DataFrame:
    rows = []
    for name in names:
        for _ in range(int(random.integers(0, 5))):
            soc, term = TERMS[int(random.integers(0, len(TERMS)))]
            grade = int(random.integers(1, 5))
            rows.append(
                {
                    "USUBJID": name, "AEBODSYS": soc, "AEDECOD": term, "AETOXGR": str(grade),
                    "ATOXGRN": float(grade), "AWTOXGR": str(grade), "TRAEFL": "Y", "RELFL": "Y" if grade > 2 else "N",
                    "AESER": "Y" if grade > 3 else "N", "AEOUT": "RECOVERED/RESOLVED",
                    "DLTFL": "Y" if grade == 4 and random.random() < 0.3 else None,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _laboratory(names: list[str], random: np.random.Generator) -> pd.DataFrame:
    rows = []
    for name in names:
        for number, param in enumerate(("Alanine Aminotransferase (U/L)", "Platelets (10^9/L)")):
            base = int(random.choice([0, 0, 0, 1]))
            for _ in range(3):
                high = str(min(4, base + int(random.integers(0, 3))))
                rows.append(
                    {
                        "USUBJID": name, "PARAM": param, "PARAMN": float(number + 1), "ONTRTFL": "Y",
                        "BTOXGRH": str(base) if number == 0 else None, "ATOXGRH": high if number == 0 else None,
                        "BTOXGRL": str(base) if number == 1 else None, "ATOXGRL": high if number == 1 else None,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


def _kinetics(names: list[str], random: np.random.Generator) -> pd.DataFrame:
    rows = []
    for name in names:
        for number, (code, param, size) in enumerate(
            (("CMAX", "Cmax (copies/ug)", 1000), ("TMAX", "Tmax (h)", 24), ("AUCINT", "AUC (h*copies/ug)", 1e5))
        ):  # fmt: skip
            rows.append(
                {
                    "USUBJID": name, "ATPTREF": "INFUSION 1", "PARAMCD": code,
                    "PARAM": param, "PARAMN": number + 1.0,
                    "AVAL": round(float(size * random.lognormal(0, 0.6)), 1),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _markers(names: list[str], random: np.random.Generator) -> pd.DataFrame:
    rows = []
    for name in names:
        for number, param in enumerate(("Interferon Alpha (ng/L)", "Interleukin 6 (ng/L)")):
            base = round(float(random.lognormal(1.5, 0.4)), 1)
            peak = len(rows) + 2
            for day, visit in ((0, "PRE"), (3, "DAY 3"), (7, "DAY 7")):
                value = round(base * float(random.lognormal(0.2 if day else 0, 0.3)), 1)
                rows.append(
                    {
                        "USUBJID": name, "PARAM": param, "PARAMN": number + 1.0, "AVISIT": visit,
                        "AVISITN": float(day), "BASETYPE": "PRE-INFUSION 1", "ANL01FL": "Y",
                        "AVAL": value, "CHG": value - base if day else np.nan,
                        "PCHG": 100 * (value - base) / base if day else np.nan,
                        "FOLD": value / base if day else np.nan,
                        "PEAKFL": "Y" if len(rows) == peak else None,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


def write(frames: Mapping[str, pd.DataFrame], folder: Path) -> Path:
    """The frames as XPT files, in a folder made for them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        labels = {column: LABELS[column] for column in frame.columns if column in LABELS}
        formats = {
            column: "DATE9."
            for column in frame.columns
            if pd.api.types.is_datetime64_any_dtype(frame[column].dtype)
        }
        text = [
            c for c in frame.columns if frame[c].dtype == object or str(frame[c].dtype) == "str"
        ]
        frame = frame.astype(dict.fromkeys(text, "str"))
        write_xpt(frame, folder / f"{name.lower()}.xpt", name=name, labels=labels, formats=formats)
    return folder

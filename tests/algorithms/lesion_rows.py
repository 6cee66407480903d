"""Measurements as rows of TR and TU, and the responses that are made of them, for tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc.algorithms import find
from cdisc.algorithms.arguments import Selected
from cdisc.algorithms.columns.records import groups_of

START = "2024-01-10"
STATES = {"UP": "ENLARGEMENT FROM NADIR", "UPUP": "FURTHER ENLARGEMENT FROM NADIR", "ND": None}


def text(values):
    return pd.Series(list(values), dtype="str")


def called(name, **arguments):
    """What an algorithm makes, its arguments given as a spec gives them."""
    return find(name).call(arguments)


class Rows:
    """Rows of TR, in any order, with what TU says and when treatment started."""

    def __init__(self):
        self.rows = []
        self.parents = []
        self.starts = {}
        self.symptoms = []

    def add(self, subject, visit, date, lesion, group, test, result, number=np.nan):
        self.rows.append((subject, visit, date, lesion, group, test, result, number))

    def diameter(self, subject, visit, date, lesion, group, size, node=False):
        """`size` None: NOT DONE; TS: too small to measure."""
        test = "LPERP" if node else "LDIAM"
        if size is None:
            self.add(subject, visit, date, lesion, group, test, None)
        elif size == "TS":
            self.add(subject, visit, date, lesion, group, test, "TOO SMALL TO MEASURE")
        else:
            self.add(subject, visit, date, lesion, group, test, str(size), float(size))

    def state(self, subject, visit, date, lesion, group, state):
        self.add(subject, visit, date, lesion, group, "TUMSTATE", state)

    def came_from(self, subject, lesion, *parents):
        if (subject, lesion) not in [one[:2] for one in self.parents]:
            self.parents.append((subject, lesion, ",".join(parents)))

    @property
    def table(self):
        names = ["subject", "visit", "date", "lesion", "group", "test", "result", "number"]
        found = pd.DataFrame(self.rows, columns=names)
        types = dict.fromkeys(names[:-1], "str") | {"number": "float64"}
        return found.astype(types)

    def selected(self):
        subjects = sorted({row[0] for row in self.rows})
        starts = [self.starts.get(one, START) for one in subjects]
        start = Selected(
            "ADSL", {"by": text(subjects), "date": text(starts)}, np.arange(len(subjects))
        )
        by, lesion, parents = zip(*self.parents, strict=True) if self.parents else ([], [], [])
        identified = Selected(
            "TU",
            {"by": text(by), "lesion": text(lesion), "parents": text(parents)},
            np.arange(len(by)),
        )
        who, visit = zip(*self.symptoms, strict=True) if self.symptoms else ([], [])
        symptoms = Selected("RS", {"by": text(who), "assessment": text(visit)}, np.arange(len(who)))
        return start, identified, symptoms

    def arguments(self):
        """The arguments that all algorithms over these rows share."""
        table = self.table
        start, identified, _ = self.selected()
        return {
            "groups": groups_of([table["subject"]]),
            "start": start,
            "identified": identified,
            "too_small": (table["result"] == "TOO SMALL TO MEASURE").to_numpy(dtype=np.bool_),
            "lesion": table["lesion"],
            "group": table["group"],
            "test": table["test"],
            "number": table["number"],
            "result": table["result"],
            "assessment": table["visit"],
            "date": table["date"],
            "subject": table["subject"],
        }

    def made(self, criteria, **options):
        symptoms = self.selected()[2]
        return called(
            "tumor_responses",
            criteria=criteria,
            symptoms=symptoms,
            **{**self.arguments(), **options},
        )

    def responses(self, criteria, **options):
        """One row a record, with subject, index (subject, ASSESSMENT)."""
        made = self.made(criteria, **options)
        found = pd.DataFrame(dict(made.columns))
        groups = self.arguments()["groups"]
        found["SUBJECT"] = self.table["subject"].take(groups.first[made.group]).to_numpy()
        return found.set_index(["SUBJECT", "ASSESSMENT"])


def told(made):
    return sorted(issue.rule for issue in made.issues)


def history(*lines, subject="S"):
    """Rows of `-7 T01=30 T02*=12 NT01=PRESENT`, `42 NEW01?=12 !`: see tests/reference/shorthand.

    An assessment is called A1, A2, ... by its line; `*` is a node, `?` equivocal, `!` symptoms.
    """
    rows = Rows()
    for number, line in enumerate(lines, start=1):
        days, *tokens = line.split()
        for token in tokens:
            if token == "!":
                rows.symptoms.append((subject, f"A{number}"))
                continue
            name, _, result = token.partition("=")
            result, _, later = result.partition("@")
            date = str(
                (pd.Timestamp(START) + pd.Timedelta(days=int(days) + int(later or 0))).date()
            )
            lesion = name.rstrip("*?")
            at = (subject, f"A{number}", date, lesion)
            size = None if result == "ND" else "TS" if result == "TS" else result
            if lesion.startswith("NT"):
                rows.state(*at, "NON-TARGET", STATES.get(result, result))
            elif lesion.startswith("NEW"):
                if result[0].isdigit() or result == "ND":
                    rows.diameter(*at, "NEW TARGET", size)
                    state = "EQUIVOCAL" if name.endswith("?") else "UNEQUIVOCAL"
                    rows.state(*at, "NEW TARGET", state)
                else:
                    rows.state(*at, "NEW NON-TARGET", STATES.get(result, result))
            else:
                rows.diameter(*at, "TARGET", size, node=name.endswith("*"))
                if lesion.endswith(".M"):
                    rows.came_from(subject, lesion, "T02", "T03")
                elif "." in lesion:
                    rows.came_from(subject, lesion, lesion.rpartition(".")[0])
    return rows


def column(lines, name, criteria="RECIST 1.1", **options):
    found = history(*lines).responses(criteria, **options)[name]
    return [None if pd.isna(value) else value for value in found]


def recist(*lines, **options):
    return column(lines, "RESPONSE", **options)


def immune(*lines, **options):
    return column(lines, "RESPONSE", "iRECIST", **options)


def sums(*lines, of="target"):
    made = called("tumor_sums", of=of, **history(*lines).arguments())
    return [None if np.isnan(value) else value for value in made.columns["SUM"]]

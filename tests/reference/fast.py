"""The fast algorithms, asked about the same histories as the slow ones.

Many subjects are asked about at once and their records stand in any order, as in a dataset.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from cdisc.algorithms import find
from cdisc.algorithms.arguments import Made, Selected
from cdisc.algorithms.columns.records import groups_of
from cdisc.algorithms.endpoints.clinical_benefit import clinical_benefit
from cdisc.algorithms.endpoints.immune_progression import immune_progression, pseudoprogression
from cdisc.algorithms.endpoints.responders import last_assessment, response
from cdisc.algorithms.endpoints.response_inputs import partial_after_complete, response_input

from .best_response import RECIST, Answer, Criteria
from .histories import ResponseHistory
from .time_to_event import Outcome

NAMES = {True: "RECIST 1.1", False: "iRECIST"}


def text(values: Sequence[str | None]) -> pd.Series:
    return pd.Series(pd.array(list(values), dtype="str"))


def dates(values: Sequence[date | None]) -> pd.Series:
    return pd.Series(pd.to_datetime(pd.Series(list(values), dtype="object"))).astype(
        "datetime64[s]"
    )


def ids(count: int) -> list[str]:
    return [f"S{number:03}" for number in range(count)]


def selected(rows: list[dict[str, object]], dated: Sequence[str] = ("date",)) -> Selected:
    """Records of a dataset called RS."""
    names = ("by", "date", "response", "domain", "variable", "sequence")
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        if name in dated:
            columns[name] = dates(values)
        elif name == "sequence":
            columns[name] = pd.Series(values, dtype="float64")
        else:
            columns[name] = text(values)
    return Selected("RS", columns, np.arange(len(rows), dtype=np.int64))


def kept(records: Selected, keep: np.ndarray) -> Selected:
    rows = np.flatnonzero(keep)
    columns = {name: c.take(rows).reset_index(drop=True) for name, c in records.columns.items()}
    return Selected(records.name, columns, records.rows[rows])


class Subjects:
    """Histories of several subjects as one dataset, one row of ADSL each."""

    def __init__(self, histories: Sequence[ResponseHistory], criteria: Criteria):
        self.count = len(histories)
        self.criteria = criteria
        self.name = NAMES[criteria is RECIST]
        self.subject = text(ids(self.count))
        self.groups = groups_of([self.subject])
        self.reference = dates([one.reference for one in histories])
        rows = [
            {
                "by": subject,
                "date": record.date,
                "response": record.value,
                "domain": "RS",
                "variable": "RSSTRESC",
                "sequence": record.seq,
                "start": one.reference,
                "therapy": one.new_therapy,
            }
            for subject, one in zip(ids(self.count), histories, strict=True)
            for record in one.records
        ]
        self.records = selected(rows)
        self.start = dates([row["start"] for row in rows])
        self.therapy = dates([row["therapy"] for row in rows])

    def input(
        self,
        *,
        therapy: bool = True,
        read_as: str = "as_reported",
        through: bool = True,
        day: str = "included",
    ) -> Selected:
        """The responses that count, by the algorithms that say so."""
        columns = dict(self.records.columns)

        def flags(**more: object) -> np.ndarray:
            made = response_input(
                columns["response"],
                columns["date"],
                start=self.start,
                new_therapy=self.therapy if therapy else None,
                day_of_new_therapy=day,
                worst_first=self.criteria.worst,
                sequence=columns["sequence"],
                subject=columns["by"],
                **more,
            )
            return made.values.notna().to_numpy()

        once = flags()
        columns["response"] = partial_after_complete(
            columns["response"], columns["date"], read_as, self.name, once, columns["by"]
        ).values
        counting = Selected("RS", columns, self.records.rows)
        if not through:
            return kept(counting, once)
        # only those that count: what was read otherwise is not the worst of its day any more
        counting, self_start = kept(counting, once), self.start.take(np.flatnonzero(once))
        made = response_input(
            counting["response"],
            counting["date"],
            start=self_start.reset_index(drop=True),
            through=(self.criteria.last,),
            worst_first=self.criteria.worst,
            sequence=counting["sequence"],
            subject=counting["by"],
        )
        return kept(counting, made.values.notna().to_numpy())

    def answers(self, made: Made) -> list[Answer]:
        """Value and date of each subject."""
        assert made.group.tolist() == list(range(self.count))
        days = [None if pd.isna(day) else day.date() for day in made.columns["ADT"]]
        return [Answer(v, d) for v, d in zip(made.columns["AVALC"], days, strict=True)]

    def best(self, records: Selected, **more: object) -> list[Answer]:
        asked = self.asked(records) | {"reference": self.reference} | more
        return self.answers(find("best_overall_response").call(asked))

    def confirmed(self, records: Selected, **more: object) -> Made:
        return find("confirmed_response").call(self.asked(records) | more)

    def asked(self, records: Selected) -> dict[str, object]:
        """The arguments of everything that is asked of responses."""
        return {
            "groups": self.groups,
            "responses": records,
            "criteria": self.name,
            "subject": self.subject,
            "explain": True,
        }

    def response(self, records: Selected, terms: tuple[str, ...]) -> list[Answer]:
        made = response(self.groups, records, terms, self.name, subject=self.subject, explain=True)
        return self.answers(made)

    def progression(self, records: Selected, take: str) -> list[Answer]:
        made = immune_progression(self.groups, records, take, subject=self.subject, explain=True)
        return self.answers(made)

    def pseudoprogression(self, records: Selected) -> list[Answer]:
        made = pseudoprogression(self.groups, records, subject=self.subject, explain=True)
        return self.answers(made)

    def last(self, records: Selected) -> list[Answer]:
        made = last_assessment(self.groups, records, self.name, subject=self.subject, explain=True)
        return self.answers(made)

    def benefit(self, records: Selected, responders: Made, days: int) -> list[Answer]:
        columns = responders.columns
        yes = np.flatnonzero(columns["AVALC"] == "Y")
        chosen = {
            "by": self.subject,
            "date": columns["ADT"],
            "domain": columns["SRCDOM"],
            "variable": columns["SRCVAR"],
            "sequence": columns["SRCSEQ"],
        }
        taken = {name: c.take(yes).reset_index(drop=True) for name, c in chosen.items()}
        made = clinical_benefit(
            self.groups,
            records,
            Selected("RS", taken, yes + len(self.records)),
            self.reference,
            days,
            self.name,
            subject=self.subject,
            explain=True,
        )
        return self.answers(made)


def outcomes(made: Made, count: int) -> list[Outcome | None]:
    """The time of each subject, None without a record."""
    found: list[Outcome | None] = [None] * count
    columns = made.columns
    for record, group in enumerate(made.group.tolist()):
        days = columns["AVAL"][record]
        start, end = columns["STARTDT"][record], columns["ADT"][record].date()
        cnsr = int(columns["CNSR"][record])
        said = columns["CNSDTDSC" if cnsr else "EVNTDESC"][record]
        early = not pd.isna(start) and end < start.date()
        found[group] = Outcome(end, None if pd.isna(days) else int(days), cnsr, said, early)
    return found


def dated_records(name: str, by: Sequence[str], when: Sequence[date | None]) -> Selected:
    """Records with a date and a sequence number; a missing date is one too."""
    columns = {
        "by": text(by),
        "date": dates(when),
        "sequence": pd.Series(np.arange(len(by)), dtype="float64"),
    }
    return Selected(name, columns, np.arange(len(by), dtype=np.int64), {"date": "ADT"})

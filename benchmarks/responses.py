"""What endpoints cost: BOR, CBOR, OS and PFS on 290,000 overall responses.

    python benchmarks/responses.py
    python benchmarks/responses.py --rows 2900000

Responses of ten assessments a subject are made, in no order, and a frame like ADSL. Each step calls
the algorithm that a spec names, with the arguments of the reference study: which responses count
(twice), best overall response without and with confirmation, first progression, the last adequate
assessment, overall survival, progression-free survival with all its rules of censoring. Printed are
the CPU seconds (all threads) of each step, and of a bare numpy pass over the same columns: coding
the ids by Arrow, one sort by subject and day, the best rank, the first progression, the last
assessment and the two times, without confirmation, ties, checks or findings. The target is 2 CPU
seconds in all.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc.algorithms.arguments import Made, Selected
from cdisc.algorithms.columns.coded import forget
from cdisc.algorithms.columns.records import groups_of
from cdisc.algorithms.columns.uniques import TEXT
from cdisc.algorithms.endpoints.best_response import best_overall_response
from cdisc.algorithms.endpoints.censoring import Censor, Event
from cdisc.algorithms.endpoints.responders import last_assessment, response
from cdisc.algorithms.endpoints.response_inputs import response_input
from cdisc.algorithms.endpoints.time_to_event import time_to_event

PER_SUBJECT = 10
ANSWERS = ("PD", "NON-CR/NON-PD", "SD", "PR", "CR", "NE")
SHARES = (0.08, 0.04, 0.38, 0.32, 0.12, 0.06)
GAP = 98


def text(values: Any) -> pd.Series:
    return pd.Series(pd.array(pa.array(values, pa.large_string(), from_pandas=True), dtype=TEXT))


def dates(days: np.ndarray) -> pd.Series:
    moments = days.astype("datetime64[D]").astype("datetime64[s]")
    return pd.Series(moments)


class Study:
    """Responses and subjects, made once."""

    def __init__(self, rows: int) -> None:
        random = np.random.default_rng(20240229)
        count = max(rows // PER_SUBJECT, 1)
        ids = np.array([f"STUDY-001-{number:07}" for number in range(count)])
        origin = int(np.datetime64("2024-01-10", "D").astype(np.int64))
        start = origin + random.integers(0, 300, count)
        subject = np.repeat(np.arange(count), PER_SUBJECT)
        visit = np.tile(np.arange(1, PER_SUBJECT + 1), count)
        day = start[subject] + visit * 42 + random.integers(-7, 8, len(subject))
        answer = random.choice(len(ANSWERS), len(subject), p=SHARES)
        order = random.permutation(len(subject))
        self.ids, self.subject = text(ids), text(ids[subject[order]])
        self.day, self.answer = dates(day[order]), text(np.array(ANSWERS)[answer[order]])
        self.sequence = pd.Series(visit[order].astype(np.float64))
        none = np.full(count, np.datetime64("NaT", "s"))

        def some(share: float, first: int, last: int) -> pd.Series:
            days = dates(start + random.integers(first, last, count)).to_numpy()
            return pd.Series(np.where(random.random(count) < share, days, none))

        self.enrolled, self.start = dates(start - 2), dates(start)
        self.death, self.therapy = some(0.5, 30, 700), some(0.3, 60, 500)
        self.alive = dates(start + 700)
        # ADSL.TRTSDT and ADSL.NACTDT beside each response, as the engine reads them
        self.start_of = self.start.take(subject[order]).reset_index(drop=True)
        self.therapy_of = self.therapy.take(subject[order]).reset_index(drop=True)

    def adsl(self, dated: pd.Series, variable: str) -> Selected:
        """The dates of ADSL that are there."""
        rows = np.flatnonzero(dated.notna())
        columns = {
            "by": self.ids.take(rows).reset_index(drop=True),
            "date": dated.take(rows).reset_index(drop=True),
        }
        return Selected("ADSL", columns, rows, {"date": variable})


def selected(study: Study, flag: pd.Series, where: np.ndarray | None = None) -> Selected:
    """Responses that a flag marks, as the engine selects them."""
    keep = flag.notna().to_numpy() if where is None else flag.notna().to_numpy() & where
    rows = np.flatnonzero(keep)
    source = pd.Series(pd.array(["RS"], dtype=TEXT)).take(np.zeros(len(study.day), dtype=np.int64))
    columns = {
        "by": study.subject,
        "date": study.day,
        "response": study.answer,
        "domain": source,
        "variable": source,
        "sequence": study.sequence,
    }
    taken = {name: column.take(rows).reset_index(drop=True) for name, column in columns.items()}
    return Selected("ADRS", taken, rows, {"date": "ADT"})


def of_made(study: Study, made: Made) -> Selected:
    """Records of a parameter with a date."""
    rows = np.flatnonzero(made.columns["ADT"].notna())
    columns = {
        "by": study.ids.take(made.group[rows]).reset_index(drop=True),
        "date": made.columns["ADT"].take(rows).reset_index(drop=True),
        "sequence": made.columns["SRCSEQ"].take(rows).reset_index(drop=True),
    }
    return Selected("ADRS", columns, rows, {"date": "ADT"})


def endpoints(study: Study, step: Callable[[str, Callable[[], Any]], Any]) -> None:
    """All steps, each by `step`, which takes its time."""
    groups = step("groups of subjects", lambda: groups_of([study.ids]))
    subject: dict[str, Any] = {"subject": study.ids}

    def counted(**more: Any) -> pd.Series:
        made = response_input(
            study.answer, study.day, sequence=study.sequence, subject=study.subject, **more
        )
        return made.values

    def to_progression() -> pd.Series:
        return counted(
            start=study.start_of,
            new_therapy=study.therapy_of,
            day_of_new_therapy="included",
            through=("PD",),
        )

    ended = step("responses up to progression", to_progression)
    every = step("responses whatever followed", lambda: counted(start=study.start_of))
    upto = step("selecting them", lambda: selected(study, ended))
    seen = step("selecting those", lambda: selected(study, every))
    adequate = step(
        "selecting adequate ones",
        lambda: selected(study, every, (study.answer != "NE").to_numpy(dtype=bool)),
    )
    for name, confirmed in (("BOR", False), ("CBOR", True)):
        step(
            name,
            lambda confirmed=confirmed: best_overall_response(
                groups, upto, study.start, 35, confirmed, **subject
            ),
        )
    progressed = step("PD", lambda: response(groups, seen, ("PD",), **subject))
    last = step("LSTA", lambda: last_assessment(groups, seen, **subject))
    died = study.adsl(study.death, "DTHDT")
    step(
        "OS",
        lambda: time_to_event(
            groups,
            study.start,
            (Event(died, "Death"),),
            (Censor(study.adsl(study.alive, "LSTALVDT"), "Last known alive"),),
            **subject,
        ),
    )
    enrolled = study.adsl(study.enrolled, "ENRLDT")
    progression, assessed = of_made(study, progressed), of_made(study, last)
    limit = study.therapy
    step(
        "PFS",
        lambda: time_to_event(
            groups,
            study.enrolled,
            (Event(progression, "Disease progression", assessed=True), Event(died, "Death")),
            (
                Censor(enrolled, "a", 2, up_to=limit, if_none=adequate, unless=died, within=GAP),
                Censor(adequate, "b", 3, stopped_by=limit),
                Censor(enrolled, "c", 3, stopped_by=limit),
                Censor(adequate, "d", 4, if_gap_over=GAP),
                Censor(enrolled, "e", 4, if_gap_over=GAP, if_none=adequate),
                Censor(assessed, "f"),
            ),
            "first_match",
            **subject,
        ),
    )


def bare(study: Study) -> None:
    """The least that anybody could do: one sort, then what each subject's run says."""
    ids = study.subject.array.__arrow_array__().combine_chunks().dictionary_encode()
    said = study.answer.array.__arrow_array__().combine_chunks().dictionary_encode()
    person = ids.indices.to_numpy()
    rank = np.array([ANSWERS.index(word) for word in said.dictionary.to_pylist()])
    answer = rank[said.indices.to_numpy()]
    day = study.day.to_numpy().astype(np.int64) // 86400
    order = np.lexsort((answer, day, person))
    person, answer, day = person[order], answer[order], day[order]
    starts = np.flatnonzero(np.r_[True, person[1:] != person[:-1]])
    best = np.array([4, 3, 2, 1, 0, 5])[answer]
    np.minimum.reduceat(best, starts)
    far = np.iinfo(np.int64).max
    progressed = np.minimum.reduceat(np.where(answer == 0, day, far), starts)
    last = np.maximum.reduceat(np.where(answer == 5, -1, day), starts)
    death = study.death.to_numpy().astype(np.int64) // 86400
    death[death < 0] = far
    start = study.enrolled.to_numpy().astype(np.int64) // 86400
    end = np.minimum(progressed, death)
    np.where(end < far, end, last) - start + 1
    np.where(death < far, death, study.alive.to_numpy().astype(np.int64) // 86400) - start + 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=290_000, help="overall responses")
    options = parser.parse_args()
    study = Study(options.rows)
    endpoints(Study(100), lambda _name, call: call())  # what is loaded on first use is no cost
    steps: list[tuple[str, float]] = []

    def timed(name: str, call: Callable[[], Any]) -> Any:
        begin = time.process_time()
        found = call()
        steps.append((name, time.process_time() - begin))
        return found

    forget()
    endpoints(study, timed)
    for name, seconds in steps:
        print(f"{name:30} {seconds:7.3f} s")
    total = sum(seconds for _, seconds in steps)
    forget()
    begin = time.process_time()
    bare(study)
    kernel = time.process_time() - begin
    print(f"{'in all':30} {total:7.3f} s for {len(study.day):,} responses (target 2 s)")
    print(f"{'a bare numpy pass':30} {kernel:7.3f} s")
    print(f"ratio {total / kernel:.1f}")


if __name__ == "__main__":
    main()

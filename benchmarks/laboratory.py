"""What the laboratory analysis costs: the steps of ADLB on 3,000,000 results, then XPT.

    python benchmarks/laboratory.py
    python benchmarks/laboratory.py --rows 300000

A frame like LB is made (15,300 subjects at 3,000,000 rows) and one like ADSL. Each step calls the
algorithm that a spec names. Printed are its CPU seconds (all threads), the most memory that the
process held meanwhile, and the CPU seconds of a bare numpy kernel on the same columns, with their
ratio. Both are measured warm: a step is run once more, knowing of columns what it knew at first,
and a kernel twice, since memory touched for the first time costs more than the work. A kernel
knows that all is well, so it has no ties, no findings and no checks; the texts that it needs it
codes by Arrow, and those it makes it takes by code. The target is 12 CPU seconds and 3 GB in all,
and no step at more than 3 times its kernel.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from laboratory_data import Laboratory, codes_of, take, there
from xpt import forget_peak, peak_memory

from cdisc.algorithms.columns import coded
from cdisc.algorithms.columns.uniques import arrow_text, distinct
from cdisc.algorithms.dates.analysis_dates import analysis_date, analysis_datetime
from cdisc.algorithms.dates.study_days import analysis_day
from cdisc.algorithms.measurements.analysis_baseline import (
    after_baseline,
    baseline_flag,
    baseline_value,
)
from cdisc.algorithms.measurements.changes import change, percent_change, ratio, shift
from cdisc.algorithms.measurements.toxicity import toxicity_grade
from cdisc.algorithms.measurements.toxicity_criteria import packaged
from cdisc.algorithms.values.values import Case, choose
from cdisc.build.date_values import arithmetic, compare
from cdisc.build.lookups import match_rows, one_of, rows_found
from cdisc.write.xpt import write_xpt

Kernel = Callable[[], object]
T = TypeVar("T")


def is_y(flag: pd.Series[Any]) -> Any:
    """What the condition `FLAG == "Y"` gives."""
    values = distinct(flag)
    return values.flags([text == "Y" for text in values.texts])


# ---- the steps: ours, and the kernel of each -------------------------------------------------


def merge(lab: Laboratory) -> Kernel:
    ours, theirs = match_rows([lab.lb["USUBJID"]], [lab.adsl["USUBJID"]])
    chosen, _ = one_of(theirs, [], take="one")
    found = rows_found(ours, chosen)
    for name in ("TRT01A", "TRTSDT", "TRTSDTM", "TRTEDT", "SAFFL"):
        values = pd.api.extensions.take(lab.adsl[name].array, found, allow_fill=True)
        lab.out[name] = pd.Series(values)

    def kernel() -> object:
        codes, words = codes_of(lab.lb["USUBJID"])
        ids = {text: row for row, text in enumerate(lab.adsl["USUBJID"].tolist())}
        row = np.array([ids.get(word, -1) for word in words])[codes]
        dates = [lab.adsl[name].to_numpy()[row] for name in ("TRTSDT", "TRTSDTM", "TRTEDT")]
        texts = [codes_of(lab.adsl[name]) for name in ("TRT01A", "SAFFL")]
        return [*dates, *(take([*words, None], codes[row]) for codes, words in texts)]

    return kernel


def date(lab: Laboratory) -> Kernel:
    lab.out["ADT"] = analysis_date(lab.lb["LBDTC"]).values
    lab.out["ADTM"] = analysis_datetime(
        lab.lb["LBDTC"], impute_time="first", highest_time="second"
    ).values
    lab.out["ADY"] = analysis_day(lab.out["ADT"], lab.out["TRTSDT"]).values
    start = lab.out["TRTSDT"].to_numpy()

    def kernel() -> object:
        # every text has the 16 letters of 2024-01-31T08:00
        texts = arrow_text(lab.lb["LBDTC"])
        letters = np.frombuffer(texts.buffers()[2], dtype=np.uint8, count=16 * len(texts))
        digits = letters.reshape(-1, 16).astype(np.int16) - ord("0")
        year = digits[:, :4] @ np.array([1000, 100, 10, 1], dtype=np.int16)
        month, day, hour, minute = (digits[:, n] * 10 + digits[:, n + 1] for n in (5, 8, 11, 14))
        first = ((year.astype(np.int64) - 1970) * 12 + month - 1).astype("datetime64[M]")
        days = (first.astype("datetime64[D]") + (day - 1)).astype("datetime64[s]")
        moments = days + (hour.astype(np.int64) * 3600 + minute.astype(np.int64) * 60)
        apart = (days - start).astype(np.int64) // 86400
        return days, moments, np.where(apart >= 0, apart + 1, apart).astype(np.float64)

    return kernel


def on_treatment(lab: Laboratory) -> Kernel:
    day, start, end = lab.out["ADT"], lab.out["TRTSDT"], lab.out["TRTEDT"]
    # what the condition ADT >= TRTSDT and ADT <= TRTEDT + 28 does
    last = arithmetic("+", end, pd.Series(np.full(lab.rows, 28.0)))
    on = compare(">=", day, start) & compare("<=", day, last)
    lab.out["ONTRTFL"] = choose((Case(on, text="Y"),)).values
    arrays = [column.to_numpy() for column in (day, start, end)]

    def kernel() -> object:
        days, first, last = arrays
        inside = (days >= first) & (days <= last + np.timedelta64(28 * 86400, "s"))
        return take(["Y", None], np.where(inside, 0, -1))

    return kernel


def baseline(lab: Laboratory) -> Kernel:
    by = (lab.lb["USUBJID"], lab.lb["PARAMCD"])
    lab.out["ABLFL"] = baseline_flag(
        lab.lb["AVAL"],
        by,
        lab.out["ADT"],
        lab.out["TRTSDT"],
        lab.out["ADTM"],
        lab.out["TRTSDTM"],
        order=(lab.lb["VISITNUM"], lab.lb["LBSEQ"]),
    ).values
    moment, start = lab.out["ADTM"].to_numpy(), lab.out["TRTSDTM"].to_numpy()

    def kernel() -> object:
        rows = np.flatnonzero((moment < start) & ~np.isnan(lab.value))
        group = lab.group()
        place = np.full(int(group[-1]) + 1, -1)
        place[group[rows]] = rows
        codes = np.full(lab.rows, -1)
        codes[place[place >= 0]] = 0
        return take(["Y", None], codes)

    return kernel


def base(lab: Laboratory) -> Kernel:
    by = (lab.lb["USUBJID"], lab.lb["PARAMCD"])
    mark = is_y(lab.out["ABLFL"])
    order = (lab.lb["VISITNUM"], lab.lb["LBSEQ"])
    lab.out["BASE"] = baseline_value(lab.lb["AVAL"], by, mark).values
    lab.out["BNRIND"] = baseline_value(lab.lb["ANRIND"], by, mark).values
    after = after_baseline(lab.out["ADT"], by, mark, lab.out["ADTM"], order).values
    lab.out["_AFTER"] = after
    moment = lab.out["ADTM"].to_numpy()

    def kernel() -> object:
        rows = np.flatnonzero(there(lab.out["ABLFL"]))
        group = lab.group()
        place = np.full(int(group[-1]) + 1, -1)
        place[group[rows]] = rows
        source = place[group]
        values = np.where(source >= 0, lab.value[source], np.nan)
        side, sides = codes_of(lab.lb["ANRIND"])
        words = take([*sides, None], np.where(source >= 0, side[source], -1))
        later = (source >= 0) & (moment > moment[source])
        return values, words, take(["Y", None], np.where(later, 0, -1))

    return kernel


def changes(lab: Laboratory) -> Kernel:
    after = is_y(lab.out["_AFTER"])
    value, start = lab.lb["AVAL"], lab.out["BASE"]
    lab.out["CHG"] = change(value, start, after).values
    lab.out["PCHG"] = percent_change(value, start, after).values
    ours, theirs = value.to_numpy(), start.to_numpy()

    def kernel() -> object:
        after = there(lab.out["_AFTER"])
        # the decimal difference, of results that are known to have two decimals
        apart = np.where(after, np.rint((ours - theirs) * 100) / 100, np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            return apart, np.where(theirs == 0, np.nan, 100 * apart / np.abs(theirs))

    return kernel


def toxicity(lab: Laboratory, direction: str) -> Kernel:
    side = "L" if direction == "low" else "H"
    after = is_y(lab.out["_AFTER"])
    lab.out[f"ATOXGR{side}"] = toxicity_grade(
        lab.lb["AVAL"],
        lab.lb[f"ATOXDSC{side}"],
        direction,  # type: ignore[arg-type]
        lab.lb["LBSTRESU"],
        lab.lb["ANRLO"],
        lab.lb["ANRHI"],
        lab.out["BASE"],
        lab.out["BNRIND"],
        after,
    ).values
    terms = packaged("ctcae-5.0")
    start = lab.out["BASE"].to_numpy()

    def kernel() -> object:
        codes, known = codes_of(lab.lb[f"ATOXDSC{side}"])
        indicator, words = codes_of(lab.out["BNRIND"])
        units, unit_words = codes_of(lab.lb["LBSTRESU"])
        after = there(lab.out["_AFTER"])
        wrong = after & (indicator == words.index(direction.upper()))
        grades = np.full(lab.rows, -1, dtype=np.int8)
        of = {"LLN": lab.low, "ULN": lab.high}
        for number, name in enumerate(known):
            term = terms[name.lower(), direction]
            right = units == unit_words.index(term.unit) if term.unit else units >= 0
            rows = np.flatnonzero((codes == number) & right)
            values = lab.value[rows]
            mine = np.zeros(len(rows), dtype=np.int8)
            abnormal = wrong[rows]
            for one in term.criteria:
                holds = np.ones(len(rows), dtype=bool)
                for part in one.comparisons:
                    if part.reference == "BASE":
                        limit = np.where(after[rows], start[rows], np.nan) * float(part.factor)
                    elif part.reference:
                        limit = of[part.reference][rows] * float(part.factor) + float(part.more)
                    else:
                        limit = float(part.more)
                    compare = {"<": np.less, "<=": np.less_equal, ">": np.greater}
                    holds &= compare.get(part.sign, np.greater_equal)(values, limit)
                if one.baseline:
                    holds &= abnormal if one.baseline == "abnormal" else ~abnormal
                mine[holds] = one.grade
            mine[np.isnan(values)] = -1
            grades[rows] = mine
        return take(["0", "1", "2", "3", "4", None], grades)

    return kernel


def baseline_grades(lab: Laboratory) -> Kernel:
    by = (lab.lb["USUBJID"], lab.lb["PARAMCD"])
    mark = is_y(lab.out["ABLFL"])
    for side in "LH":
        lab.out[f"BTOXGR{side}"] = baseline_value(lab.out[f"ATOXGR{side}"], by, mark).values

    def kernel() -> object:
        rows = np.flatnonzero(there(lab.out["ABLFL"]))
        group = lab.group()
        place = np.full(int(group[-1]) + 1, -1)
        place[group[rows]] = rows
        source = place[group]
        grades = [codes_of(lab.out[f"ATOXGR{side}"]) for side in "LH"]
        return [
            take([*words, None], np.where(source >= 0, codes[source], -1))
            for codes, words in grades
        ]

    return kernel


def ratios(lab: Laboratory) -> Kernel:
    value = lab.lb["AVAL"]
    to = {"R2BASE": lab.out["BASE"], "R2ANRLO": lab.lb["ANRLO"], "R2ANRHI": lab.lb["ANRHI"]}
    for name, other in to.items():
        lab.out[name] = ratio(value, other).values
    arrays = [column.to_numpy() for column in to.values()]

    def kernel() -> object:
        with np.errstate(divide="ignore", invalid="ignore"):
            return [np.where(other == 0, np.nan, lab.value / other) for other in arrays]

    return kernel


def shifts(lab: Laboratory) -> Kernel:
    after = is_y(lab.out["_AFTER"])
    pairs = [("BNRIND", "ANRIND", "SHIFT1"), ("BTOXGRH", "ATOXGRH", "SHIFT2")]
    columns = {**lab.lb, **lab.out}
    for from_, to, name in pairs:
        lab.out[name] = shift(columns[from_], columns[to], after).values

    def kernel() -> object:
        after = there(lab.out["_AFTER"])
        made = []
        for from_, to, _ in pairs:
            (before, froms), (now, tos) = codes_of(columns[from_]), codes_of(columns[to])
            words = [f"{a} to {b}" for a in froms for b in tos]
            known = after & (before >= 0) & (now >= 0)
            made.append(take([*words, None], np.where(known, before * len(tos) + now, -1)))
        return made

    return kernel


def transport(lab: Laboratory, folder: Path) -> Kernel:
    frame = pd.DataFrame(
        {**lab.lb, **{k: v for k, v in lab.out.items() if k[0] != "_"}}, copy=False
    )
    formats = {"TRTSDT": "DATE9.", "TRTEDT": "DATE9.", "ADT": "DATE9."}
    formats |= {"TRTSDTM": "DATETIME20.", "ADTM": "DATETIME20."}
    written = write_xpt(
        frame, folder / "adlb.xpt", name="ADLB", label="Laboratory", formats=formats
    )

    def kernel() -> object:
        kinds = [
            (name, f"S{written.lengths[name]}" if name in written.lengths else ">u8")
            for name in frame
        ]
        texts = {}
        for name, length in written.lengths.items():
            codes, words = codes_of(frame[name])
            padded = [word.ljust(length) for word in [*words, ""]]
            texts[name] = codes, np.array(padded, dtype=f"S{length}")
        with (folder / "bare.bin").open("wb") as file:
            for start in range(0, lab.rows, 1 << 16):
                stop = min(start + (1 << 16), lab.rows)
                records = np.empty(stop - start, dtype=kinds)
                for name, _ in kinds:
                    if name in texts:
                        codes, words = texts[name]
                        records[name] = words[codes[start:stop]]
                    else:
                        values = frame[name].to_numpy()[start:stop]
                        if values.dtype.kind == "M":
                            values = values.astype(np.int64) / 86400 + 3653
                        records[name] = ibm(values)
                records.tofile(file)
        return None

    return kernel


def ibm(values: Any) -> Any:
    """Numbers as SAS holds them: a sign, an exponent of 16, 56 bits; a dot where missing."""
    fraction, exponent = np.frexp(values)
    sixteens = -(-exponent // 4)
    bits = np.ldexp(np.abs(fraction), exponent - 4 * sixteens + 56)
    absent = np.isnan(values)
    bits[absent] = 0
    found = bits.astype(np.uint64) | ((sixteens + 64).astype(np.uint64) << np.uint64(56))
    found |= np.signbit(values).astype(np.uint64) << np.uint64(63)
    found[values == 0] = 0
    found[absent] = 0x2E << 56
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=3_000_000)
    rows = parser.parse_args().rows
    lab = Laboratory(rows)
    gc.collect()
    print(f"{rows:,} results of {len(lab.adsl['USUBJID']):,} subjects\n")
    print(f"{'step':28} {'CPU s':>7} {'peak MB':>8} {'again':>7} {'kernel':>7} {'ratio':>6}")
    whole, most = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        steps: list[tuple[str, Callable[[], Kernel]]] = [
            ("merge of ADSL", lambda: merge(lab)),
            ("dates and study day", lambda: date(lab)),
            ("on-treatment flag", lambda: on_treatment(lab)),
            ("baseline flag", lambda: baseline(lab)),
            ("base, after baseline", lambda: base(lab)),
            ("change, percent change", lambda: changes(lab)),
            ("toxicity, low", lambda: toxicity(lab, "low")),
            ("toxicity, high", lambda: toxicity(lab, "high")),
            ("two baseline grades", lambda: baseline_grades(lab)),
            ("three ratios", lambda: ratios(lab)),
            ("two shifts", lambda: shifts(lab)),
            ("XPT", lambda: transport(lab, Path(folder))),
        ]
        for name, step in steps:
            forget_peak()
            known = remembered()
            mine, kernel = timed(step)
            peak = peak_memory()
            remembered(known)
            again, kernel = timed(step)
            bare = min(timed(kernel)[0] for _ in range(2))
            whole, most = whole + mine, max(most, peak)
            print(
                f"{name:28} {mine:7.2f} {peak / 1e6:8.0f} {again:7.2f} {bare:7.2f} "
                f"{again / bare:6.1f}",
                flush=True,
            )
    print(f"{'in all':28} {whole:7.2f} {most / 1e6:8.0f}")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def remembered(again: tuple[Any, int] | None = None) -> tuple[Any, int]:
    """What is known of columns so far; given again, nothing else is known."""
    # ruff: noqa: SLF001 - only a measurement sets back what the library remembers
    if again is not None:
        coded._known, coded._held = again[0].copy(), again[1]
        coded._made.clear()
    return coded._known.copy(), coded._held


if __name__ == "__main__":
    main()

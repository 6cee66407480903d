"""The witnesses of a dataset, also of its parts put together, are described as the dataset is."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc.define import DueLevels, common_lengths, measured, value_levels, witnesses
from cdisc.define.codelists import Codelists
from cdisc.model import Codelist, Condition, Dataset, Term, ValueLevel, Variable

LISTS = {
    "NY": Codelist("NY", "No Yes", (Term("N"), Term("Y")), extensible=True),
    "TEST": Codelist("TEST", "Tests", tuple(Term(f"T{n}") for n in range(30)), extensible=True),
}
TEXTS = st.sampled_from(
    (None, "", "1", "12", "007", "1.50", "-.5", "-3", "1234567890123456", "N", "Y", "LONGER TEXT",
     "2024-01-05", "2024-01", "2024-01-05T08:30", "2024---20", "PT1H", "P1D", "2024-99-99")
)  # fmt: skip
NUMBERS = st.one_of(
    st.none(), st.integers(-2000, 2000).map(float), st.floats(-1e6, 1e6).map(lambda x: round(x, 4))
)
DECLARED = ValueLevel(where=(Condition("XXTESTCD", "EQ", ("T1",)),), data_type="integer")
BY = ("XXTESTCD", "XXSPEC")
OF = ("XXORRES", "XXSTRESN", "XXSTRESC")


def variables() -> tuple[Variable, ...]:
    def char(name: str, **more: object) -> Variable:
        return Variable(name=name, label=name, type="Char", **more)  # type: ignore[arg-type]

    return (
        char("DOMAIN"),
        char("XXTESTCD", codelist="TEST"),
        char("XXTEST"),
        char("XXSPEC"),
        char("XXORRES", values=(DECLARED, replace(DECLARED, codelist="NY", data_type="text"))),
        char("XXSTRESC", codelist="NY"),
        Variable(name="XXSTRESN", label="XXSTRESN", type="Num", values=(DECLARED,)),
        char("XXDTC"),
        char("XXDUR"),
    )


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    count = draw(st.integers(0, 12))

    def column(values: st.SearchStrategy, dtype: str) -> pd.Series:
        return pd.Series(draw(st.lists(values, min_size=count, max_size=count)), dtype=dtype)

    tests = st.sampled_from(["T1", "T2", None])
    return pd.DataFrame(
        {
            "DOMAIN": column(st.sampled_from(["XX", "YY"]), "str"),
            "XXTESTCD": column(tests, "str"),
            "XXTEST": column(st.sampled_from(["One", "Two", None]), "str"),
            "XXSPEC": column(st.sampled_from(["BLOOD", None]), "str"),
            "XXORRES": column(TEXTS, "str"),
            "XXSTRESC": column(TEXTS, "str"),
            "XXSTRESN": column(NUMBERS, "float64"),
            "XXDTC": column(TEXTS, "str"),
            "XXDUR": column(TEXTS, "str"),
        }
    )


def dataset(frame: pd.DataFrame) -> Dataset:
    return Dataset(
        name="XX",
        label="Made Up",
        class_="Findings",
        structure="",
        keys=(),
        variables=variables(),
        frame=frame,
    )


def described(frame: pd.DataFrame) -> tuple:
    """Variables with value levels and lengths, the terms used, and which columns are empty."""
    (found,) = common_lengths(
        [measured(value_levels(dataset(frame), by=BY, of=OF, codelists={"BLOOD": "NY"}))]
    )
    lists = Codelists(LISTS, [found])
    used = {
        key: (use.data_type, dict(sorted(use.values.items()))) for key, use in lists._uses.items()
    }
    empty = [bool((frame[name].isna() | (frame[name] == "")).all()) for name in frame.columns]
    return found.variables, used, empty, sorted(frame["DOMAIN"].dropna().unique())


def witnessed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.take(witnesses(dataset(frame), [DueLevels(BY, OF, {"BLOOD"})])).reset_index(
        drop=True
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(parts=st.lists(frames(), min_size=1, max_size=3))
def test_the_witnesses_of_parts_tell_what_the_whole_tells(parts: list[pd.DataFrame]) -> None:
    whole = pd.concat(parts, ignore_index=True)
    few = pd.concat([witnessed(part) for part in parts], ignore_index=True)
    assert described(few) == described(whole)


def test_witnesses_are_few() -> None:
    frame = pd.concat([pd.DataFrame({name: ["T1"] for name in frames_columns()})] * 5000)
    frame["XXSTRESN"] = 1.0
    assert (
        len(witnesses(dataset(frame.reset_index(drop=True)), [DueLevels(BY, OF, {"BLOOD"})])) == 1
    )


def frames_columns() -> list[str]:
    return [variable.name for variable in variables()]


def test_of_no_records_there_are_no_witnesses() -> None:
    frame = pd.DataFrame({name: pd.Series(dtype="str") for name in frames_columns()})
    assert len(witnesses(dataset(frame), [DueLevels(BY, OF, {"BLOOD"})])) == 0

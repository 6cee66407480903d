"""Small datasets and one call that asks one check of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cdisc.model import Codelist, Dataset, Finding, Term, Variable
from cdisc.validate import Check, run_checks


def _column(values: Sequence[object]) -> pd.Series:
    if any(isinstance(value, str) for value in values):
        return pd.Series(list(values), dtype="str")
    return pd.Series([np.nan if v is None else v for v in values], dtype="float64")


def build_dataset(
    name: str,
    columns: Mapping[str, Sequence[object]],
    *,
    keys: tuple[str, ...] = (),
    meta: Mapping[str, Mapping[str, Any]] | None = None,
    purpose: str = "Tabulation",
) -> Dataset:
    frame = pd.DataFrame({n: _column(values) for n, values in columns.items()})
    facts = meta or {}
    variables = []
    for column in frame.columns:
        kind = "Num" if frame[column].dtype == "float64" else "Char"
        given = {"label": f"Label of {column}", "type": kind, **facts.get(column, {})}
        variables.append(Variable(name=column, **given))
    return Dataset(
        name=name,
        label=name,
        class_="Events",
        structure="One record per event",
        keys=keys,
        variables=tuple(variables),
        frame=frame,
        purpose=purpose,
    )


@pytest.fixture
def make() -> Callable[..., Dataset]:
    """`make("AE", {"AETERM": [...]}, keys=..., meta={"AETERM": {"length": 8}})`."""
    return build_dataset


@pytest.fixture
def ask() -> Callable[..., list[Finding]]:
    """`ask(dataset, "CT.TERM", "AEOUT", codelist=..., others=...)`: findings of one check."""

    def asked(
        dataset: Dataset,
        rule: str,
        *variables: str,
        others: Mapping[str, Dataset] | None = None,
        codelists: Mapping[str, Codelist] | None = None,
        **params: object,
    ) -> list[Finding]:
        check = Check(rule=rule, dataset=dataset.name, variables=variables, params=params)
        return run_checks(dataset, [check], others=others, codelists=codelists)

    return asked


@pytest.fixture
def out() -> Codelist:
    """The codelist of outcomes, not extensible."""
    terms = ("FATAL", "NOT RECOVERED/NOT RESOLVED", "RECOVERED/RESOLVED", "UNKNOWN")
    return Codelist("OUT", "Outcome of Event", tuple(Term(t) for t in terms), code="C66768")


@pytest.fixture
def unit() -> Codelist:
    """An extensible codelist with one declared extension."""
    terms = (Term("mg"), Term("mL"), Term("10^6 CELLS/KG", extended=True))
    return Codelist("UNIT", "Unit", terms, code="C71620", extensible=True, standard="sdtmct")

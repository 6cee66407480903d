"""Terms of the codelist that goes with a test or parameter, and their codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Column, Issue, LevelTerms, Result
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.uniques import distinct, spread_text, text_column
from cdisc.algorithms.registry import algorithm
from cdisc.algorithms.values.terminology import codelist_term
from cdisc.model import Codelist, Severity

_REFERENCE = "CDISC CT"


@algorithm(
    main="from",
    origin="Carried",
    method="{from} as the submission value of the codelist of {by}; as it is where {by} has none.",
    gives="text",
)
def term_by_test(from_: Column, by: Column, lists_of: LevelTerms, upper: bool = False) -> Result:
    """The submission value of a collected result in the codelist of its own test.

    1. Take the codelist that the value levels of `lists_of` name for the test.
    2. Find the term as `codelist_term` does: by submission value, collected code, decode or
       synonym.
    3. A result of a test without a codelist stays as it is.

    Missing: stays missing. A missing test has no codelist.
    Unmatched: as `codelist_term`: a closed codelist gives a missing value and a finding, an
    extensible one keeps the text with a finding.
    Source: SDTMIG 3.4, section 4.3.1 (types of controlled terminology).
    Example: from `1`, by NEWLIND, whose codelist is NY with 1 collected for Y, gives Y.

    Args:
        from_: the collected result.
        by: the test or parameter, the last variable in `by` of the value levels.
        lists_of: the variable whose value levels have codelists.
        upper: whether case is ignored, and what is kept is in upper case.
    """
    result = text_column(from_).reset_index(drop=True).copy()
    issues: tuple[Issue, ...] = ()
    for codelist, rows in _by_codelist(by, lists_of):
        found = codelist_term(result.take(rows).reset_index(drop=True), codelist, upper)
        result.iloc[rows] = found.values.array
        issues += tuple(replace(one, rows=rows[one.rows]) for one in found.issues)
    return Result(result, issues)


@algorithm(main="term", origin="Assigned", gives="text")
def term_code(
    term: Column,
    by: Column,
    lists_of: LevelTerms,
    give: Literal["code", "reference", "version"] = "code",
) -> Result:
    """The NCI code of a value that is a term of the codelist of its parameter.

    1. Take the codelist that the value levels of `lists_of` name for the parameter.
    2. Give the C-code of the term, or with `give: reference` where the code is published, or
       with `give: version` the release it was taken from.

    Missing: stays missing; missing as well where the parameter has no codelist, and for the
    sponsor's own terms, which have no code.
    Unmatched: a value that is not in the codelist of its parameter has no code, with a finding.
    Source: SDTMIG 3.4, section 7.4.2 (TSVALCD, TSVCDREF, TSVCDVER).
    Example: term `OPEN LABEL`, by TBLIND, whose codelist is TBLIND, gives C49659.

    Args:
        term: the value.
        by: the parameter, the last variable in `by` of the value levels.
        lists_of: the variable whose value levels have codelists.
        give: the code itself, the name of the terminology, or its version.
    """
    values = text_column(term).reset_index(drop=True)
    result = spread_text(np.full(len(values), -1, dtype=np.int64), [])
    issues: tuple[Issue, ...] = ()
    for codelist, rows in _by_codelist(by, lists_of):
        group = values.take(rows).reset_index(drop=True)
        found = distinct(group)
        terms = [codelist.by_value.get(text) for text in found.texts]
        codes = [None if known is None else known.code or None for known in terms]
        if give != "code":
            source = _REFERENCE if give == "reference" else _version(codelist)
            codes = [None if code is None else source for code in codes]
        result.iloc[rows] = found.text(codes).array
        if give == "code":
            unknown = found.flags([known is None for known in terms])
            issues += tuple(
                replace(one, rows=rows[one.rows])
                for one in issue(
                    "term_code.unmatched",
                    f"{{value}} is not in codelist {codelist.name}, so it has no code",
                    unknown,
                    group,
                    severity=Severity.WARNING if codelist.extensible else Severity.ERROR,
                )
            )
    return Result(result, issues)


def _by_codelist(
    by: pd.Series[Any], lists: LevelTerms
) -> Iterator[tuple[Codelist, npt.NDArray[np.int64]]]:
    """Each codelist with the rows whose code it is for, in the order of the lists' names."""
    values = distinct(by)
    names = {codelist.name: codelist for codelist in lists.values()}
    for name in sorted(names):
        marked = [text in lists and lists[text].name == name for text in values.texts]
        rows = np.flatnonzero(values.flags(marked))
        if len(rows):
            yield names[name], rows


def _version(codelist: Codelist) -> str:
    """The release of a published codelist: `2025-03-28` of `sdtmct-2025-03-28`."""
    return codelist.standard.partition("-")[2]

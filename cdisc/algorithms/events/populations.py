"""Population flags: whether a subject belongs to a set of subjects, Y or N for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np

from cdisc.algorithms.arguments import (
    Column,
    Condition,
    Link,
    Result,
    Selected,
    default,
    records,
)
from cdisc.algorithms.columns.subjects import first_row, links_to, of_subject
from cdisc.algorithms.columns.uniques import spread_text
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError


def _method(texts: Mapping[str, str]) -> str:
    parts = [texts["when"]] if texts.get("when") else []
    if texts.get("having"):
        quantity = "each" if texts.get("need") == "all" else "any"
        parts.append(f"the subject has a record in {quantity} of {texts['having']}")
    return f"Y when {' and '.join(parts) or 'declared'}; N otherwise, never null."


@algorithm(main="when", method=_method, gives="text")
def population_flag(
    when: Condition | None = None,
    having: Annotated[tuple[Selected, ...], records(by="USUBJID")] | None = None,
    need: Literal["any", "all"] = "any",
    subject: Column = default("USUBJID"),
) -> Result:
    """Whether a subject belongs to a population: Y or N, never missing.

    1. Y where the condition holds and the subject has a record in one of the selections of
       `having`, or with `need: all` in each of them. What is not given asks for nothing.
    2. N otherwise.

    How many records there are is for `summary_over`; a flag on one record of many for
    `occurrence_flag` or `extreme_flag`.

    Missing: never missing; a comparison with a missing value does not hold, so the flag is N.
    Source: ADaMIG 1.3, section 3.2.3 (population flags are Y or N on every record of ADSL).
    Example: `population_flag: not missing(ENRLDT)` gives N for whoever was not enrolled.

    Args:
        when: the condition on the subject.
        having: records the subject must have, one or several selections.
        need: whether a record in any selection is enough, or one in all of them is needed.
        subject: the subject of the row.
    """
    if when is None and having is None:
        raise UsageError("population_flag needs a condition or records under having")
    count = len(subject)
    holds = np.ones(count, dtype=np.bool_) if when is None else when.copy()
    links: list[Link] = []
    if having is not None:
        marks = []
        for part in having:
            people = of_subject(subject, [part])
            record = first_row(people.records, people.count)[people.rows]
            marks.append(record >= 0)
            links += links_to([part], record)
        holds &= np.all(marks, axis=0) if need == "all" else np.any(marks, axis=0)
    return Result(spread_text(holds.astype(np.int64), ("N", "Y")), links=tuple(links))

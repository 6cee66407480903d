"""Building the issues of a result from a yes/no array over the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc.algorithms.arguments import Issue
from cdisc.model import Severity


def issue(
    rule: str,
    message: str,
    where: npt.NDArray[np.bool_],
    values: pd.Series[Any] | None = None,
    *,
    severity: Severity = Severity.ERROR,
    hint: str = "",
) -> tuple[Issue, ...]:
    """One issue for the rows where `where` holds, with their values; none if it never does."""
    rows = np.flatnonzero(where).astype(np.int64)
    if not len(rows):
        return ()
    found = None if values is None else values.take(rows).reset_index(drop=True)
    return (Issue(rule, message, rows, severity, found, hint),)

"""Each display by its analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cdisc.errors import UsageError
from cdisc.results.counts import counts, counts_by, shift_table
from cdisc.results.data import Data, Read
from cdisc.results.descriptive import descriptive
from cdisc.results.figure_change import spider, waterfall
from cdisc.results.figure_km import km_curve
from cdisc.results.figure_swimmer import swimmer
from cdisc.results.outcome import Outcome
from cdisc.results.rates import kaplan_meier_table, response_rate
from cdisc.spec.displays import Display

HOW: Mapping[str, Callable[[Data, Any], Outcome]] = {
    "response_rate": response_rate,
    "kaplan_meier": kaplan_meier_table,
    "counts": counts,
    "counts_by": counts_by,
    "shift_table": shift_table,
    "descriptive": descriptive,
    "km_curve": km_curve,
    "waterfall": waterfall,
    "swimmer": swimmer,
    "spider": spider,
}
"""How each analysis of `cdisc.spec.analyses` is done."""


def analyse(display: Display, read: Read) -> tuple[Data, Outcome]:
    """The data of a display and what its analysis gives.

    Raises:
        SpecError: the datasets lack a variable, or have several records where there must be one.
        SourceError: a dataset cannot be read.
        UsageError: scipy or matplotlib is not installed.
    """
    data = Data(display, read)
    try:
        outcome = HOW[display.analysis.name](data, display.analysis)
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if package not in ("matplotlib", "scipy"):
            raise
        raise UsageError(
            f"{display.name} needs {package}, which is not installed",
            hint='pip install "cdisc[results]"',
        ) from None
    return data, replace(outcome, notes=(*data.notes, *outcome.notes))

"""The results of a display as JSON and CSV, the same numbers in both."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import orjson

from cdisc.results.data import Data
from cdisc.results.outcome import Outcome, Value
from cdisc.spec.analyses import Analysis, Records
from cdisc.spec.displays import Display
from cdisc.spec.expressions import Expr

JSON = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def results_json(data: Data, outcome: Outcome) -> bytes:
    """A display and its results: what was asked, of which data, and every statistic.

    Values are not rounded but to fifteen digits; null is what cannot be estimated; `shown` is the
    text in the table.
    """
    display = data.display
    document = {
        "display": display.id,
        "name": display.name,
        "title": display.title,
        "reason": display.reason,
        "purpose": display.purpose,
        "population": {
            "name": display.population.name,
            "label": display.population.label,
            "selection": str(display.population.records),
            "by": display.population.by,
        },
        "analysis": display.analysis.name,
        "arguments": _arguments(display.analysis),
        "documentation": display.analysis.said(),
        "datasets": _datasets(display),
        "records": len(data.frame),
        "groups": [{"name": group.name, "subjects": group.subjects} for group in data.groups],
        "notes": list(outcome.notes),
        "results": [
            {
                "group": one.group,
                **({"of": dict(one.levels)} if one.levels else {}),
                "statistic": one.name,
                "value": _plain(one.value),
                "shown": one.text,
            }
            for one in outcome.statistics
        ],
    }
    return orjson.dumps(document, option=JSON)


def results_csv(outcome: Outcome) -> bytes:
    """The statistics of a display, one a line; the columns between are the blocks and rows."""
    names = list(dict.fromkeys(name for one in outcome.statistics for name, _ in one.levels))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["group", *names, "statistic", "value", "shown"])
    for one in outcome.statistics:
        levels = dict(one.levels)
        value = _plain(one.value)
        cells = [levels.get(name, "") for name in names]
        written = "" if value is None else f"{value:.15g}" if _is_number(value) else value
        writer.writerow([one.group, *cells, one.name, written, one.text])
    return text.getvalue().encode("utf-8")


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float)


def _plain(value: Value) -> Value:
    """A value with fifteen digits at most: the rest of a double is noise of the machine."""
    return float(f"{value:.15g}") if isinstance(value, float) else value


def _datasets(display: Display) -> list[dict[str, Any]]:
    """The datasets read, with the variables, and what selects their records."""
    selected: dict[str, list[str]] = {}
    for selection in (display.population.records, display.records):
        selected.setdefault(selection.dataset, []).append(str(selection.where or ""))
    for records in display.analysis.other_records():
        selected.setdefault(records.dataset, []).append(str(records.where or ""))
    return [
        {
            "name": dataset,
            "where": [where for where in dict.fromkeys(selected[dataset]) if where],
            "variables": list(variables),
        }
        for dataset, variables in display.reads().items()
    ]


def _arguments(analysis: Analysis) -> Mapping[str, Any]:
    return {item.name: _argument(getattr(analysis, item.name)) for item in fields(analysis)}


def _argument(value: Any) -> Any:
    match value:
        case None | str() | int() | float():
            return value
        case tuple():
            return [_argument(item) for item in value]
        case Records():
            where = f" where {value.where}" if value.where is not None else ""
            return f"{value.dataset}.{value.variable}{where}"
        case Mapping():
            return {name: _argument(item) for name, item in value.items()}
    expression: Expr = value
    return str(expression)

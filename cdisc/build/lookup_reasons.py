"""Why a lookup took this record of several that match: told when a trace asks, from a build."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cdisc.algorithms.arguments import Considered, Selected
from cdisc.algorithms.columns.records import group_codes, ranks
from cdisc.algorithms.columns.rivals import Reasons, at, of_selections, records_of
from cdisc.algorithms.columns.subjects import Subjects
from cdisc.build.calls import select
from cdisc.build.engine import Engine
from cdisc.spec.expressions import Ref
from cdisc.spec.model import Lookup, RecordsArgument


def considered_in_lookup(engine: Engine, dataset: str, name: str) -> tuple[Considered, ...]:
    """Of rows that several records match, which one a lookup took, and why not the others.

    Nothing of a lookup that takes the only record there is.
    """
    lookup, found = engine.study.datasets[dataset].lookups.get(name), engine.found
    if lookup is None or lookup.take == "one" or (dataset, name) not in found:
        return ()
    has = np.flatnonzero(found[(dataset, name)] >= 0)
    if not len(has):
        return ()
    theirs = _records(engine, lookup)
    place = np.searchsorted(theirs.rows, found[(dataset, name)][has])
    group = group_codes([theirs[column] for column in lookup.match])
    whose = Subjects(group[place], group, int(group.max()) + 1)
    row, record = records_of(whose, (np.arange(len(has)), place))
    several = np.bincount(row)[row] > 1
    row, record = row[several], record[several]
    best = place[row]
    why = _reasons(lookup, theirs, record, best)
    taken = record == best
    return of_selections([theirs], has[row], record, taken, why.take(np.arange(len(row))))


def _records(engine: Engine, lookup: Lookup) -> Selected:
    """The records that a lookup may take, with the columns that decide."""
    named = {name: Ref(name) for name in (*lookup.match, *lookup.order)}
    argument = RecordsArgument(lookup.origin, named, lookup.where, lookup.at)
    if lookup.origin in engine.study.datasets:
        columns: Any = engine.columns_of(lookup.origin)
        count = engine.rows[lookup.origin].count
    else:
        rows = engine.inputs.rows(lookup.origin, engine.parent(lookup.origin))
        columns, count = rows.columns, rows.count
    return select(argument, lambda ref: columns[ref.name], count)


def _reasons(lookup: Lookup, theirs: Selected, record: Any, best: Any) -> Reasons:
    """Why each record that matches was taken or not: by the first column in which they differ."""
    side = "after" if lookup.take == "first" else "before"
    by = ", ".join(lookup.order)
    why = Reasons(len(record), f"not told apart by {by} from the one taken")
    differs = np.zeros(len(record), dtype=np.bool_)
    for name in lookup.order:
        column: pd.Series[Any] = theirs[name]
        rank = ranks(column)
        here = ~differs & (rank[record] != rank[best])
        why.say(here, f"{side} the {lookup.take} one by {name}, {{}}", at(column, best))
        differs |= here
    why.say(record == best, f"the {lookup.take} one by {by}")
    return why

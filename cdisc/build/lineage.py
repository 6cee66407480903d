"""Lineage of built datasets: the parent rows of each record, in submission order throughout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from cdisc.build.engine import Engine
from cdisc.model import Edges

Positions = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.signedinteger[Any]]


def lineage_of(engine: Engine, places: Mapping[str, Positions]) -> dict[str, Edges]:
    """The edges of every dataset; `places` gives for each built row its submission position.

    `places` may also hold, under `raw:ae`, the rows that the records of a source have in the
    whole, where the engine has only a part of them. What is not in it keeps its rows.

    Roles: `rows` for the records a row was made of, a lookup's name for what it looked up, and
    a variable's name for records an algorithm chose (epochs, reference dates).
    """
    return {name: _edges(engine, name, places) for name in engine.study.datasets if name in places}


def edges_to(engine: Engine, parent: str, rows: Positions) -> Edges:
    """The edges of a SUPP-- dataset: each record to the record of its parent dataset at `rows`."""
    count = len(rows)
    parents = np.full(count, engine.parent(parent), dtype=np.int16)
    roles = np.zeros(count, dtype=np.int16)
    return Edges(engine.parent_names, ("rows",), np.arange(count), parents, rows, roles)


def _edges(engine: Engine, dataset: str, places: Mapping[str, Positions]) -> Edges:
    rows = engine.rows[dataset]
    lookups = {name: found for (ds, name), found in engine.found.items() if ds == dataset}
    links = [link for link in engine.links if link.dataset == dataset]
    spec = engine.study.datasets[dataset]
    linked = {link.variable for link in links if len(link.link.rows)}
    # in the order of the spec: which of them found anything differs between partitions
    named = [name for name in (*spec.variables, *spec.supplemental) if name in linked]
    roles = ("rows", *lookups, *named)
    parts: list[tuple[Numbers, Numbers, Numbers, int]] = [
        (rows.parents.child, rows.parents.table, rows.parents.row, 0)
    ]
    for name, found in lookups.items():
        origin = spec.lookups[name].origin if name in spec.lookups else name
        child = np.flatnonzero(found >= 0)
        parent = np.full(len(child), engine.parent(origin), dtype=np.int16)
        parts.append((child, parent, found[child], roles.index(name)))
    for value_link in links:
        if value_link.variable not in linked:
            continue
        link = value_link.link
        parent = np.full(len(link.rows), engine.parent(link.dataset), dtype=np.int16)
        parts.append((link.rows, parent, link.parent_rows, roles.index(value_link.variable)))
    child = np.concatenate([part[0] for part in parts]).astype(np.int64)
    parent = np.concatenate([part[1] for part in parts]).astype(np.int16)
    row = np.concatenate([part[2] for part in parts]).astype(np.int64)
    role = np.concatenate([np.full(len(part[0]), part[3], dtype=np.int16) for part in parts])
    for number, name in enumerate(engine.parent_names):
        if name in places:
            mine = parent == number
            row[mine] = places[name][row[mine]]
    child = places[dataset][child]
    order = np.lexsort((row, parent, role, child))
    return Edges(engine.parent_names, roles, child[order], parent[order], row[order], role[order])

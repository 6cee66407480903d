"""Codelists of parameters: PARAMCD with PARAM beside it, as the specs name them.

A dataset's parameters are sponsor's terms, so each dataset of parameters has lists of its own. A
part of the rows without a label, and rows without `parameters:`, have their codes in the data
only: their list is open, and what the data hold becomes its terms.
"""

from __future__ import annotations

from collections.abc import Mapping

from cdisc.model import Codelist, Term
from cdisc.spec.model import DatasetSpec, VariableSpec

CODE, NAME = "PARAMCD", "PARAM"
_TITLES = {CODE: "Parameter Code", NAME: "Parameter"}


def parameter_list(spec: DatasetSpec, variable: VariableSpec) -> str:
    """The name of the list that PARAMCD or PARAM of an analysis dataset has, else empty."""
    named = spec.layer == "adam" and variable.name in _TITLES and CODE in spec.variables
    return f"{variable.name}_{spec.name}" if named else ""


def parameter_lists(datasets: Mapping[str, DatasetSpec]) -> dict[str, Codelist]:
    """The lists of parameters of all analysis datasets, by name."""
    lists = {}
    for spec in datasets.values():
        for variable in spec.variables.values():
            name = parameter_list(spec, variable)
            if name:
                lists[name] = _list(name, variable.name, spec)
    return lists


def declared_parameters(spec: DatasetSpec) -> frozenset[str] | None:
    """The PARAMCDs a spec can make, or None when only its data can tell."""
    labelled = spec.rows.labelled
    return (
        frozenset(labelled) if labelled and labelled.keys() == spec.rows.parameters.keys() else None
    )


def _list(name: str, kind: str, spec: DatasetSpec) -> Codelist:
    labelled = spec.rows.labelled.values()
    terms = (Term(p.name, decode=p.label) if kind == CODE else Term(p.label) for p in labelled)
    title = f"{_TITLES[kind]} ({spec.name})"
    return Codelist(name, title, tuple(terms), open=declared_parameters(spec) is None)

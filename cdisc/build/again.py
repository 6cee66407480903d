"""Building some datasets once more under other specs, upon what was built before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cdisc.build.built import given_of
from cdisc.build.engine import Engine, Given
from cdisc.build.finish import record_order
from cdisc.build.inputs import Inputs
from cdisc.build.plan import Plan
from cdisc.spec import StudySpec
from cdisc.spec.stages import datasets_read


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Datasets of subjects as the study's own specs make them.

    `given` is what others read of each dataset that was needed, also from before the subjects.
    """

    inputs: Inputs
    given: Mapping[str, Given]

    def frame(self, name: str, columns: Collection[str]) -> pd.DataFrame:
        """Records of a dataset, those of the columns that it has."""
        return _frame(self.given[name], columns)


def basis(plan: Plan, inputs: Inputs, first: Mapping[str, Given]) -> Basis:
    """What a plan builds of the subjects of `inputs`, upon datasets built before them."""
    # rows are those of these inputs, not of a whole they are part of: they are read once more
    inputs = replace(inputs, positions={})
    engine = Engine(plan.study, inputs, first)
    engine.compute(plan.nodes("subjects"), lambda _node: None)
    return Basis(inputs, {**first, **_given(engine, plan.study, first)})


def built_again(plan: Plan, upon: Basis, names: Collection[str]) -> Basis:
    """The datasets `names` by the specs of another plan, all else as it was before."""
    kept = {name: dataset for name, dataset in upon.given.items() if name not in names}
    engine = Engine(plan.study, upon.inputs, kept)
    nodes = [node for node in plan.nodes("subjects") if node.dataset not in kept]
    engine.compute(nodes, lambda _node: None)
    return Basis(upon.inputs, {**kept, **_given(engine, plan.study, kept)})


def affected(study: StudySpec, changed: Collection[str], needed: Collection[str]) -> frozenset[str]:
    """The datasets among `needed` that are, or read, one of those changed."""
    found = {name for name in needed if name in changed}
    reads = {name: datasets_read(study.datasets[name], study.datasets) for name in needed}
    while grown := {name for name in needed if reads[name] & found} - found:
        found |= grown
    return frozenset(found)


def _given(engine: Engine, study: StudySpec, before: Mapping[str, Any]) -> dict[str, Given]:
    return {
        name: given_of(engine, name, record_order(engine, study.datasets[name]), None)
        for name in engine.rows
        if name not in before
    }


def _frame(dataset: Given, columns: Collection[str]) -> pd.DataFrame:
    return pd.DataFrame({name: dataset.values[name] for name in columns if name in dataset.values})

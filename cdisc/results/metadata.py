"""The displays as analysis results metadata, from the declarations that results are made by."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import cdisc
from cdisc.model import AnalysisDataset, AnalysisDisplay, AnalysisResult
from cdisc.results.data import SUBJECT
from cdisc.spec.displays import Display, Displays
from cdisc.spec.where_clauses import conditions_of

PARAMETER = "PARAMCD"


def analysis_displays(
    displays: Displays, variables: Mapping[str, Collection[str]]
) -> tuple[AnalysisDisplay, ...]:
    """The displays that these datasets, with their variables, can be the source of.

    Others are left out: a package may be a part of the study, and what a display lacks is told
    where displays are checked and made.
    """
    return tuple(
        AnalysisDisplay(
            id=display.id,
            name=display.name,
            title=display.title,
            results=(_result(display, variables),),
            documents=(),
        )
        for display in displays
        if all(
            set(names) <= set(variables.get(dataset, ()))
            for dataset, names in display.reads().items()
        )
    )


def _result(display: Display, variables: Mapping[str, Collection[str]]) -> AnalysisResult:
    datasets = tuple(_datasets(display))
    several = len({used.dataset for used in datasets}) > 1
    main = display.records.dataset
    has_parameter = PARAMETER in variables[main] and bool(
        {PARAMETER, "PARAM"} & {*display.records.variables(), *display.each}
    )
    return AnalysisResult(
        id="1",
        description=display.analysis.about,
        reason=display.reason,
        purpose=display.purpose,
        datasets=datasets,
        parameter=(main, PARAMETER) if has_parameter else None,
        join=_join(display) if several else "",
        documentation=_documentation(display),
        documents=display.documents,
        code=display.code,
        context=f"cdisc {cdisc.__version__}, define/displays.yaml",
    )


def _datasets(display: Display) -> list[AnalysisDataset]:
    """The main dataset first; the same records named twice are one, with the variables of both.

    Records of the population's own dataset are those of its subjects.
    """
    population, analysis = display.population, display.analysis
    by = (population.by,) if population.by else ()
    wanted = [
        (
            display.records.dataset,
            display.records.conditions,
            (*display.each, *analysis.own_variables()),
        ),
        (population.records.dataset, population.records.conditions, by),
        *(
            (other.dataset, conditions_of(other.where, other.at), (other.variable,))
            for other in analysis.other_records()
        ),
    ]
    merged: dict[tuple[object, ...], tuple[str, ...]] = {}
    for dataset, conditions, names in wanted:
        where = conditions
        if dataset == population.records.dataset:
            where = tuple(dict.fromkeys((*population.records.conditions, *conditions)))
        merged[(dataset, where)] = (*merged.get((dataset, where), ()), *names)
    return [
        AnalysisDataset(dataset, where, tuple(dict.fromkeys(names)))  # type: ignore[arg-type]
        for (dataset, where), names in merged.items()
    ]


def _join(display: Display) -> str:
    population = display.population
    text = f"Records are joined to the subjects of {population.records.dataset} by {SUBJECT}; "
    if population.by:
        return f"{text}{population.records.dataset}.{population.by} gives the groups."
    return f"{text}there is one group."


def _documentation(display: Display) -> str:
    text = f"{display.population.label}. {display.analysis.said()}"
    if display.each:
        text += f" Separately for each {' and '.join(display.each)}."
    return f"{text} {display.footnote}" if display.footnote else text

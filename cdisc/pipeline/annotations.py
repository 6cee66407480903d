"""What an annotated CRF says of each raw column: the SDTM variables that are collected there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from cdisc.build.origins import variable_origin
from cdisc.spec import StudySpec
from cdisc.spec.feeds import feeds
from cdisc.spec.model import DatasetSpec, Rows, Unpivot, VariableSpec

NOT_SUBMITTED = "NOT SUBMITTED"


def annotated(study: StudySpec) -> dict[str, dict[str, list[str]]]:
    """For each form its declared columns, each with the variables collected there.

    Forms are the sources whose values the site collects, in the order of study.yaml; a laboratory's
    transfer is none. A result that is one of several tests says of which (`VSORRES when VSTESTCD =
    SYSBP`). A column that no collected variable reads is `NOT SUBMITTED`.
    """
    forms: dict[str, dict[str, list[str]]] = {
        name: {column: [] for column in source.spec.columns}
        for name, source in study.sources.items()
        if (source.origin.type, source.origin.source) == ("Collected", "Investigator")
    }
    for spec in study.datasets.values():
        for name, variable, is_qualifier in _collected(study, spec):
            for said, codes in _by_test(spec, variable, is_qualifier):
                for feed in feeds(study.datasets, spec.name, name, codes=codes):
                    noted = forms.get(feed.origin, {}).get(feed.column)
                    if noted is not None and said not in noted:
                        noted.append(said)
    return {
        form: {column: sorted(noted) or [NOT_SUBMITTED] for column, noted in columns.items()}
        for form, columns in forms.items()
    }


def _collected(study: StudySpec, spec: DatasetSpec) -> Iterator[tuple[str, VariableSpec, bool]]:
    """The collected variables and supplemental qualifiers of a dataset, in the spec's order."""
    for variables, is_qualifier in ((spec.variables, False), (spec.supplemental, True)):
        for name, variable in variables.items():
            if variable.intermediate:
                continue
            if variable_origin(study, spec, variable).type == "Collected":
                yield name, variable, is_qualifier


def _by_test(
    spec: DatasetSpec, variable: VariableSpec, is_qualifier: bool
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """How a variable is annotated, and the tests it is about when it differs by test."""
    if is_qualifier:
        yield f"QVAL in SUPP{spec.name} when QNAM = {variable.name}", ()
        return
    test = f"{spec.name}TESTCD"
    named = {unpivot.name for unpivot in _unpivots(spec.rows)}
    tests = dict.fromkeys(_tests(spec.rows, named)) if test in spec.variables else {}
    if not tests or not variable.name.endswith(("ORRES", "ORRESU")):
        yield f"{spec.name}.{variable.name}", ()
    for code in tests if variable.name.endswith(("ORRES", "ORRESU")) else ():
        yield f"{spec.name}.{variable.name} when {test} = {code}", (code,)


def _unpivots(rows: Rows) -> Iterator[Unpivot]:
    if rows.unpivot:
        yield rows.unpivot
    for part in rows.stack:
        yield from _unpivots(part)


def _tests(rows: Rows, columns: Collection[str]) -> Iterator[str]:
    """The tests of an unpivot, and those that a part beside it calls by a constant."""
    if rows.unpivot:
        yield from rows.unpivot.each
    for name, call in rows.columns.items():
        if name in columns and call.algorithm.name == "constant":
            yield call.texts["value"]
    for part in rows.stack:
        yield from _tests(part, columns)


def pages_of(forms: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """The page of each form: one a form, after the first page, which lists them."""
    return {form: (str(number),) for number, form in enumerate(forms, start=2)}
